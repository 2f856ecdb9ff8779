"""評比: the ranking for awards, live: the meeting changes a weight and sees it (Article 8.2).

Only functions that Excel 2010, LibreOffice and WPS all know.
"""

from __future__ import annotations

from typing import Final

from ill_workflows.evaluation.arrived import NOT_DUE
from ill_workflows.evaluation.figures import Figures, quantile
from ill_workflows.evaluation.measures import measures, percent
from ill_workflows.evaluation.model import (
    As,
    Cell,
    Chart,
    Column,
    Formula,
    Series,
    Sheet,
    Table,
)
from ill_workflows.evaluation.ranking import (
    CRITERIA,
    NO_WEIGHTS,
    TOO_FEW_MONTHS,
    TOO_FEW_POINTS,
    Candidate,
    Number,
    Standing,
    Thresholds,
    exact,
    rank,
    rounded,
)
from ill_workflows.evaluation.said import Both, Said, Several
from ill_workflows.evaluation.sheets.layout import LIBRARY, known
from ill_workflows.forms.book import letters

_COUNT: Final = len(CRITERIA)
_POINTS: Final = 3
"""The place of the first points; above them, in the same columns, stand the weights."""
_SCORE: Final = _POINTS + _COUNT
_VALUES: Final = _SCORE + 6
"""The place of the first value; its denominator stands beside it."""
_WEIGHT, _SHARE, _MINIMUM, _OVER, _DIRECTION, _MONTHS, _REPORTED, _COVERED = range(8)
"""The rows of the table of settings."""
_SUM_AT: Final = 2
"""The place of the settings that hold for all measures, and of the places below them."""
_VALUE_HEADINGS: Final = (
    "準時\n回報率\n(%)", "滿足率\n(%)", "月均\n貸出\n(件)", "處理\n天數\n(日)",
    "借書證\n使用率\n(%)",
)  # fmt: skip
_OVER_HEADINGS: Final = (
    "應繳\n份數", "滿足＋\n拒絕", "貸出\n已報\n月數", "回覆\n件數", "可用\n證日",
)  # fmt: skip
LISTED, UNLISTED = Said("列入"), Said("未列入")
_WHYS: Final = tuple(map(Said, (NO_WEIGHTS, TOO_FEW_MONTHS, TOO_FEW_POINTS)))
_AND: Final = Both("、", ", ")

_NOTES: Final = (
    *(
        Said(
            "{name}（{unit}）：{sentence}",
            name=Said(one.name),
            unit=Said(one.unit),
            sentence=Said(one.sentence),
        )
        for one in CRITERIA
    ),
    "得分：在該項有值的館中贏過幾成，即 100 ×（較差的館數＋同值的館數的一半）÷ 其他館數。",
    "得分只看先後，不受館的大小與極端值影響；只有一館有值時為 100。",
    "沒有值（灰底），或分母低於最低分母：該項不計分，不是零分。",
    "總分：有得分各項的加權平均，四捨五入至小數一位。權數加總不必為 100；0 即不採計。",
    "列入條件：已報比例與涵蓋權數都達門檻。涵蓋權數：有得分各項占總權數的比例。",
    "已報月數：月報表與借書證登記簿都已收妥的月份才算。",
    "應報月數：本期中全聯盟都已到期的月份；中途加入的館也以此計。",
    "名次：總分相同者同名次，其後名次跳過，例如 1、2、2、4。",
    "改動權數、最低分母或門檻，得分、總分、是否列入與名次立即重算。",
    "各列依預設權數的名次排列，不會自行移動；要重排，請選取各館名次表的全部資料列，依名次排序。",
    "本表供提名參考，由會議決定。",
)


def _setting(row: int, at: int) -> str:
    """The address of a cell of the settings, to be filled in by the writer."""
    return f"${letters(at)}${{0:{row}}}"


def _across(row: str) -> str:
    """The columns of the points, in a row."""
    return f"${letters(_POINTS)}{row}:${letters(_SCORE - 1)}{row}"


_WEIGHTS: Final = _across(f"${{0:{_WEIGHT}}}")
_WHOLE: Final = _setting(_WEIGHT, _SUM_AT)
_OWN: Final = _across("{r}")
_HAS: Final = f"SUMPRODUCT(ISNUMBER({_OWN})*({_WEIGHTS}>0),{_WEIGHTS})"
_SUM: Final = f"SUMPRODUCT(({_WEIGHTS}>0)*1,{_WEIGHTS},{_OWN})"
_AT: Final = {
    name: f"${letters(_SCORE + n)}{{r}}"
    for n, name in enumerate(("score", "covered", "months", "reported", "listed"))
}
_LATE: Final = f"N({_AT['reported']})<ROUND(N({_setting(_REPORTED, _SUM_AT)}),1)"
_THIN: Final = (
    f"OR(N({_AT['covered']})=0,N({_AT['covered']})<ROUND(N({_setting(_COVERED, _SUM_AT)}),1))"
)


def ranking_sheet(figures: Figures) -> Sheet:
    """評比: weights and thresholds on top, below them how every library stands."""
    weights = tuple(one.weight for one in CRITERIA)
    minima = tuple(one.minimum for one in CRITERIA)
    thresholds = Thresholds(len(months_due(figures)))
    standings = sorted(
        rank(candidates(figures), weights, minima, thresholds),
        key=lambda one: (one.place is None, one.place),
    )
    return Sheet(
        "評比",
        (_settings(weights, minima, thresholds), _standings(standings)),
        (
            Chart(
                "bars", "各館總分", 1, (Series(_SCORE, 1),),
                "橫條圖：各館總分，依預設權數由高到低；未列入的館沒有橫條。", 1, "分",
            ),
        ),
        _NOTES,
        frozen=len(LIBRARY),
        about="獎勵提名的評比：權數可改，名次立即重算",
    )  # fmt: skip


def months_due(figures: Figures) -> tuple[str, ...]:
    """The months of the period whose sheets are due from everybody."""
    board = figures.board
    early = set(board.loc[board["state"].isin(NOT_DUE), "month"])
    return tuple(month for month in figures.months if month not in early)


def candidates(figures: Figures) -> list[Candidate]:
    """What is measured of every member, in their order; all access to the figures is here."""
    found = measures(figures, figures.months)
    board, answered, cards = figures.board, figures.of("answer_days"), figures.of("card_days")
    due_months, told = months_due(figures), []
    for code in figures.codes:
        due = board[(board["library"] == code) & ~board["state"].isin(NOT_DUE)]
        filled = found["requests_filled"].by_library[code]
        refused = found["requests_refused"].by_library[code]
        lent = found["loans_lent"].by_library[code]
        usage = figures.months_of(code, "usage")
        mine = answered[answered["lender"] == code]
        timely, own = (due["state"] == "accepted").sum(), cards[cards["library"] == code]
        asked = None if filled is None else int(filled + (refused or 0))
        out, available = int(own["out"].sum()), int(own["available"].sum())
        measured = (
            (percent(int(timely), len(due)), len(due)),
            (percent(filled, asked), asked),
            (None if lent is None else _one_decimal(lent, len(usage)), len(usage)),
            (quantile(mine, 0.5), int(mine["n"].sum())),
            (percent(out, available), available),
        )
        both = {*figures.months_of(code, "cards", due_months)} & {*usage}
        told.append(
            Candidate(
                code,
                figures.names[code],
                len(both),
                tuple(value for value, _ in measured),
                tuple(over for _, over in measured),
            )
        )
    return told


def _one_decimal(part: Number, whole: int) -> float | None:
    return float(rounded(exact(part) / whole)) if whole else None


def _input(value: Number) -> As:
    """A cell that the meeting may change."""
    return As(value, "input")


def _settings(
    weights: tuple[Number, ...], minima: tuple[Number, ...], thresholds: Thresholds
) -> Table:
    whole, blank = sum(weights), (None,) * _COUNT
    all_of_them = f"${letters(_SUM_AT)}${{first}}"
    shares: list[Cell] = []
    for at, weight in enumerate(weights, start=_POINTS):
        own = f"MAX(0,N({letters(at)}{{first}}))"
        text = f'IF({all_of_them}=0,"",ROUND(100*{own}/{all_of_them},1))'
        shares.append(As(Formula(text, float(rounded(exact(100 * weight) / exact(whole)))), "rate"))
    directions = (Said("愈低愈好" if one.lower_is_better else "愈高愈好") for one in CRITERIA)
    denominators = (Said(one.denominator) for one in CRITERIA)
    summed = Formula(f'SUMIF({_across("{first}")},">0")', whole)
    rows: tuple[tuple[Cell, ...], ...] = (
        (Said("權數"), Said("可改；0 即不採計"), summed, *map(_input, weights)),
        (Said("占總權數(%)"), Said("總分依此加權"), None, *shares),
        (Said("最低分母"), Said("可改；不足者該項不計分"), None, *map(_input, minima)),
        (Said("分母"), Said("各項的分母或件數"), None, *denominators),
        (Said("方向"), Said("何者得分較高"), None, *directions),
        (Said("應報月數"), Said("本期已到期的月份"), thresholds.months, *blank),
        (Said("最低已報比例(%)"), Said("可改；不足者不列入"), _input(thresholds.reported), *blank),
        (Said("最低涵蓋權數(%)"), Said("可改；不足者不列入"), _input(thresholds.covered), *blank),
    )  # fmt: skip
    columns = (
        Column("設定"), Column("說明"), Column("全體", "count"),
        *(Column(one.name, "count") for one in CRITERIA),
    )  # fmt: skip
    return Table(columns, rows)


def _standings(standings: list[Standing]) -> Table:
    columns = [
        *LIBRARY, Column("名次", "count"),
        *(Column(Said("得分\n{name}", name=Said(one.name)), "rate") for one in CRITERIA),
        Column("總分", "rate"), Column("涵蓋權數(%)", "rate"), Column("已報月數", "count"),
        Column("已報比例(%)", "rate"), Column("是否列入", "count"), Column("未列入原因"),
    ]  # fmt: skip
    for one, value, over in zip(CRITERIA, _VALUE_HEADINGS, _OVER_HEADINGS, strict=True):
        columns += [Column(value, one.kind), Column(over, "count")]
    rows = tuple(_row(one) for one in standings)
    return Table(tuple(columns), rows, "各館名次", colours=((UNLISTED, "pale"),))


def _row(one: Standing) -> tuple[Cell, ...]:
    score = letters(_SCORE)
    months = _setting(_MONTHS, _SUM_AT)
    place = f'IF(ISNUMBER({score}{{r}}),RANK({score}{{r}},{score}${{first}}:{score}${{last}}),"")'
    why = (
        f'IF({_WHOLE}=0,"{NO_WEIGHTS}",IF({_LATE},"{TOO_FEW_MONTHS}","")'
        f'&IF(AND({_LATE},{_THIN}),"{_AND}","")&IF({_THIN},"{TOO_FEW_POINTS}",""))'
    )
    values: list[Cell] = []
    for value, over in zip(one.candidate.values, one.candidate.denominators, strict=True):
        values += [known(value), known(over)]
    return (
        one.candidate.code,
        one.candidate.name,
        Formula(place, one.place),
        *(Formula(_points(at), points) for at, points in enumerate(one.points)),
        Formula(
            f'IF({_AT["listed"]}="{LISTED}",{_settled(f"{_SUM}/{_HAS}")},"")', one.score, (LISTED,)
        ),
        Formula(f'IF({_WHOLE}=0,"",{_settled(f"100*{_HAS}/{_WHOLE}")})', one.covered),
        one.candidate.reported,
        Formula(f'IF({months}=0,"",ROUND(100*{_AT["months"]}/{months},1))', one.reported),
        Formula(
            f'IF(OR({_LATE},{_THIN}),"{UNLISTED}","{LISTED}")',
            UNLISTED if one.why else LISTED, (LISTED, UNLISTED),
        ),
        Formula(why, _why(one), (*_WHYS, _AND)),
        *values,
    )  # fmt: skip


def _why(one: Standing) -> Several:
    """Why a library has no place; nothing where it has one."""
    return Several(why for why in _WHYS if why in one.why.split(_AND))


def _settled(text: str) -> str:
    """Rounded to one decimal, and to six before: a sum of fractions may miss a half by a hair."""
    return f"ROUND(ROUND({text},6),1)"


def _points(at: int) -> str:
    value, over = letters(_VALUES + 2 * at), letters(_VALUES + 2 * at + 1)
    minimum = _setting(_MINIMUM, _POINTS + at)
    all_values = f"${value}${{first}}:${value}${{last}}"
    counted = f"ISNUMBER({all_values})*(${over}${{first}}:${over}${{last}}>={minimum})"
    worse = f"{all_values}{'>' if CRITERIA[at].lower_is_better else '<'}${value}{{r}}"
    beaten = f"SUMPRODUCT({counted}*(({worse})+({all_values}=${value}{{r}})/2))-0.5"
    others = f"(SUMPRODUCT({counted})-1)"
    share = f"IF({others}=0,100,ROUND(100*({beaten})/{others},1))"
    return f'IF(AND(ISNUMBER(${value}{{r}}),${over}{{r}}>={minimum}),{share},"")'
