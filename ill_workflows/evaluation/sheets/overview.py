"""摘要, 月趨勢: where the period stands and where it goes (Articles 3.2.6, 7.8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ill_workflows.evaluation.arrived import NOT_DUE
from ill_workflows.evaluation.definitions import BY_NAME
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import ORDER, RATES, Measure, Value, measures
from ill_workflows.evaluation.model import (
    As,
    Cell,
    Chart,
    Column,
    Link,
    Series,
    Sheet,
    Table,
)
from ill_workflows.evaluation.period import (
    academic_years,
    before,
    month_name,
    span_days,
    span_name,
    year_before,
)
from ill_workflows.evaluation.said import Said, Several
from ill_workflows.evaluation.sheets.layout import (
    BLANK_IS_MISSING,
    difference,
    growth,
    known,
)

_MOVED: Final = (
    "cards_issued", "loans_lent", "loans_borrowed", "requests_refused", "copies_supplied",
    "overdue_loans",
)  # fmt: skip
_EARLIER: Final = "前期：{span}（長度相同、緊接在本期之前）。比率的增減為百分點。"
_NAMED: Final = 3
"""So many months that are still open are named, if there are no more."""
_TREND: Final = ("loans_lent", "copies_supplied", "requests_refused", "cards_issued")


def summary(figures: Figures) -> Sheet:
    """摘要: the headline figures beside the period before and the same months a year before, and
    what changed most.
    """  # noqa: D205
    earlier = before(figures.months)
    now, then = measures(figures, figures.months), measures(figures, earlier)
    return Sheet(
        "摘要",
        (
            _headlines(figures, now, then, earlier),
            _changes(figures, now, then),
            _period(figures),
            _by_month(figures.months, now, _TREND, "各月走勢"),
        ),
        (
            Chart(
                "line", "各月主要件數", 0,
                tuple(Series(n, 3) for n in range(1, len(_TREND) + 1)),
                "折線圖：期間內各月的貸出、複印供應、拒絕件數與換證次數。", 3, "件、次",
            ),
        ),
        (
            Said(_EARLIER, span=span_name(earlier)),
            "館數：本期至少有一個月資料的館。回報館數不同時，前後期不宜直接比較。",
            "點選指標可跳到說明該數字的工作表；各指標的算法見『指標定義』，來源檔見『來源』。",
            BLANK_IS_MISSING,
        ),
        one_page=True,
        about="本期與前期的主要數字、繳交概況、變動最大的項目",
    )  # fmt: skip


def _headlines(
    figures: Figures, now: dict[str, Measure], then: dict[str, Measure], earlier: Sequence[str]
) -> Table:
    ago = year_before(figures.months)
    apart = tuple(ago) != tuple(earlier)
    last_year = measures(figures, ago) if apart else {}
    columns = [
        Column("指標"), Column("單位"),
        Column(Said("本期\n{span}", span=span_name(figures.months)), "count"),
        Column(Said("前期\n{span}", span=span_name(earlier)), "count"), Column("增減", "count"),
        Column("增減率(%)", "rate"),
    ]  # fmt: skip
    if apart:
        columns += [
            Column(Said("去年同期\n{span}", span=span_name(ago)), "count"),
            Column("與去年同期\n增減", "count"), Column("與去年同期\n增減率(%)", "rate"),
        ]  # fmt: skip
    columns.append(Column("有資料的館數", "count"))
    rows: list[tuple[Cell, ...]] = []
    for name in ORDER:
        about, this, last = BY_NAME[name], _told(now, name), _told(then, name)
        told = sum(value is not None for value in now[name].by_library.values())
        cells = [_cell(name, known(this)), *_beside(name, this, last, 3)]
        if apart:
            cells += _beside(name, this, _told(last_year, name), 6)
        rows.append((Link(about.called, about.sheet), Said(about.unit), *cells, told))
    return Table(tuple(columns), tuple(rows))


def _beside(name: str, this: Value, other: Value, at: int) -> list[Cell]:
    """Another period's figure, in the column ``at``, the change, and its rate."""
    change = None if name in RATES else growth(this, other, 2, at)
    return [_cell(name, known(other)), _cell(name, difference(this, other, 2, at)), change]


def _cell(name: str, cell: Cell) -> Cell:
    return As(cell, "rate") if name in RATES else cell  # type: ignore[arg-type]


def _told(found: dict[str, Measure], name: str, month: str = "") -> Value:
    """A total (of a month); None where no library reported anything at all.

    What is known from others is 0 in ``figures --json`` then; to a meeting that would read as
    a fact.
    """
    told = [found["loans_lent"], found["cards_issued"]]
    if all((m.by_month[month] if month else m.total) is None for m in told):
        return None
    return found[name].by_month[month] if month else found[name].total


def _period(figures: Figures) -> Table:
    states = figures.board["state"]
    due = int((~states.isin(NOT_DUE)).sum())
    late, timely = int((states == "accepted_late").sum()), int((states == "accepted").sum())
    silent = [
        code
        for code in figures.codes
        if not figures.months_of(code, "usage") and not figures.months_of(code, "cards")
    ]
    host = figures.names.get(figures.host, figures.host)
    rows: tuple[tuple[Cell, ...], ...] = (
        (Said("結算"), _closed(figures)),
        (Said("期間"), span_days(figures.months)),
        (Said("學年度"), academic_years(figures.months)),
        (Said("聯盟"), figures.alliance), (Said("承辦圖書館"), f"{figures.host} {host}"),
        (Said("會員館數"), As(len(figures.codes), "count")),
        (Said("應繳份數"), As(due, "count")),
        (Said("準時"), As(timely, "count")), (Said("遲交"), As(late, "count")),
        (Said("尚未有合格報表"), As(due - timely - late, "count")),
        (Said("整期未繳的館"), Several(silent) or Said("無")),
    )  # fmt: skip
    return Table((Column("項目"), Column("內容", "free")), rows, "期間與繳交")


def _closed(figures: Figures) -> Cell:
    """How many months are frozen, which are not, and whether sheets have come since that would
    change them.
    """  # noqa: D205
    closed = {one.month for one in figures.closings if one.reopened_on is None}
    waiting = [one for one in figures.restatements if one.waiting]
    facts = {"months": len(figures.months), "closed": len(closed)}
    said = Said("{months} 個月中已結算 {closed} 個月", **facts)
    still = [month_name(month) for month in figures.months if month not in closed]
    if closed and 0 < len(still) <= _NAMED:
        said = Said("{said}，{still}的數字仍可能變動", said=said, still=Several(still))
    if not waiting:
        return said
    left = "{said}；結算後有 {waiting} 筆更正未納入，見『資料品質』"
    return Link(Said(left, said=said, waiting=len(waiting)), "資料品質")


def _changes(figures: Figures, now: dict[str, Measure], then: dict[str, Measure]) -> Table:
    moved = []
    for name in _MOVED:
        for code in figures.codes:
            this, last = now[name].by_library[code], then[name].by_library.get(code)
            both = bool(figures.months_of(code, "usage", before(figures.months)))
            if this is not None and last is not None and both and this != last:
                moved.append((abs(this - last), code, name, this, last))
    moved.sort(key=lambda m: -m[0])
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            BY_NAME[name].called, code, this, last,
            difference(this, last, 2, 3), growth(this, last, 2, 3), figures.names[code],
        )
        for _, code, name, this, last in moved[:10]
    )  # fmt: skip
    return Table(
        (
            Column("指標"), Column("館代碼"), Column("本期", "count"), Column("前期", "count"),
            Column("增減", "count"), Column("增減率(%)", "rate"), Column("館名"),
        ),
        rows,
        "變動最大的十項",
        empty="前期沒有可比較的資料。",
    )  # fmt: skip


def _by_month(
    months: Sequence[str], found: dict[str, Measure], names: Sequence[str], title: str
) -> Table:
    columns = [
        Column(Said("{measure}(%)", measure=BY_NAME[n].called), "rate") if n in RATES
        else Column(BY_NAME[n].called, "count")
        for n in names
    ]  # fmt: skip
    rows = tuple((month_name(m), *(known(_told(found, n, m)) for n in names)) for m in months)
    return Table((Column("月份"), *columns), rows, title)


def trend(figures: Figures) -> Sheet:
    """月趨勢: every headline figure by month, and the same months a year before."""
    then = year_before(figures.months)
    this, last = measures(figures, figures.months), measures(figures, then)
    lent, filled = 1 + ORDER.index("loans_lent"), 1 + ORDER.index("fill_rate")
    return Sheet(
        "月趨勢",
        (_by_month(figures.months, this, ORDER, ""), _by_month(then, last, ORDER, "去年同月")),
        (
            Chart(
                "line", "貸出件數：本期與去年同月", 0,
                (Series(lent, 0, "本期"), Series(lent, 1, "去年同月")),
                "折線圖：各月貸出件數，本期與去年同月。", 0, "件",
            ),
            Chart(
                "line", "滿足率：本期與去年同月", 0,
                (Series(filled, 0, "本期"), Series(filled, 1, "去年同月")),
                "折線圖：各月滿足率，本期與去年同月。", 0, "%",
            ),
        ),
        (
            "使用借書證張數逐月各自計算，不可相加；整期張數見『借書證使用』。",
            BLANK_IS_MISSING,
        ),
        one_page=True,
        about="每項主要數字的逐月走勢，與去年同月",
    )  # fmt: skip
