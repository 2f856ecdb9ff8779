"""資料供應, 拒絕原因, 處理時效: what was asked, given, refused, how fast (Articles 6.5, 8.1)."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ill_workflows.evaluation.facts import Facts, months_of
from ill_workflows.evaluation.layout import (
    BLANK_IS_MISSING,
    LIBRARY,
    REPORTED,
    known,
    library_cells,
    rate,
    share,
    total,
)
from ill_workflows.evaluation.measures import measures, percent
from ill_workflows.evaluation.model import (
    MISSING,
    Cell,
    Chart,
    Column,
    Formula,
    Series,
    Sheet,
    Table,
)
from ill_workflows.forms.choices import REASONS, SERVICES
from ill_workflows.forms.month import minguo

_COUNTS: Final = ("收到", "滿足", "拒絕", "取消", "重複", "處理中")
_GROUPS: Final = ("政策", "可得性", "申請端")
_GROUP_OF: Final = {reason.zh: reason.group for reason in REASONS}
_CODE_OF: Final = {reason.zh: reason.code for reason in REASONS}


def outcomes(facts: Facts) -> pd.DataFrame:
    """One row a loan lent or a request of the period: ``lender, service, month, outcome``.

    Only of months that the lender reported; a request still open counts in the month in which
    it was made, all others in the month of their answer.
    """
    loans = facts.loans
    lent = pd.DataFrame(
        {"lender": loans["lender"], "service": "借閱", "day": loans["lent_on"], "outcome": "滿足"}
    )
    asked = facts.requests
    asked = asked[(asked["outcome"] != "提供") | (asked["service"] == "複印")]
    open_ = asked["outcome"] == "處理中"
    rows = pd.concat(
        [
            lent,
            pd.DataFrame(
                {
                    "lender": asked["lender"],
                    "service": asked["service"],
                    "day": asked["requested_on"].where(open_, asked["answered_on"]),
                    "outcome": asked["outcome"].replace("提供", "滿足"),
                }
            ),
        ],
        ignore_index=True,
    )
    rows = rows[facts.within(rows["day"]) & facts.known(rows["lender"], rows["day"], "usage")]
    return rows.assign(month=months_of(rows["day"]))


def _counted(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    counts = pd.crosstab(rows[by], rows["outcome"])
    counts = counts.reindex(columns=list(_COUNTS[1:]), fill_value=0)
    counts["收到"] = counts[["滿足", "拒絕", "取消", "重複"]].sum(axis=1)
    return counts[list(_COUNTS)]


def _line(counts: pd.DataFrame, place: str, at: int) -> tuple[Cell, ...]:
    """The six counts, fill rate and refusal rate; ``at`` is the place of the first count."""
    zero = [0] * len(_COUNTS)
    row = [int(counts[name][place]) for name in _COUNTS] if place in counts.index else zero
    filled, refused = at + 1, at + 2
    whole = row[1] + row[2]
    return (
        *row,
        rate(row[1], whole, (filled,), (filled, refused)),
        rate(row[2], whole, (refused,), (filled, refused)),
    )


_SUPPLY: Final = (
    *(Column(name, "count") for name in _COUNTS), Column("滿足率(%)", "rate"),
    Column("拒絕率(%)", "rate"),
)  # fmt: skip


def _totals(rows: list[tuple[Cell, ...]], at: int) -> tuple[Cell, ...]:
    filled, refused = at + 1, at + 2
    rates = {at + 6: ((filled,), (filled, refused)), at + 7: ((refused,), (filled, refused))}
    return total(rows, at + 8, range(at, at + 6), rates)


def supply(facts: Facts) -> Sheet:
    """資料供應: requests by outcome, by lender, by service and by month."""
    rows = outcomes(facts)
    by_lender, by_service, by_month = (_counted(rows, by) for by in ("lender", "service", "month"))
    found = measures(facts, facts.months)["requests_received"]
    missing = (MISSING,) * len(_SUPPLY)
    lenders: list[tuple[Cell, ...]] = [
        (
            *library_cells(facts, code, "usage"),
            *(_line(by_lender, code, 3) if facts.months_of(code, "usage") else missing),
        )
        for code in facts.codes
    ]
    services: list[tuple[Cell, ...]] = [(name, *_line(by_service, name, 1)) for name in SERVICES]
    months: list[tuple[Cell, ...]] = [
        (minguo(m), *(missing if found.by_month[m] is None else _line(by_month, m, 1)))
        for m in facts.months
    ]
    return Sheet(
        "資料供應",
        (
            Table((*LIBRARY, REPORTED, *_SUPPLY), tuple(lenders), total=_totals(lenders, 3)),
            Table((Column("服務"), *_SUPPLY), tuple(services), "服務別", _totals(services, 1)),
            Table((Column("月份"), *_SUPPLY), tuple(months), "各月", _totals(months, 1)),
        ),
        (
            Chart(
                "line", "各月滿足率與拒絕率", 0, (Series(7, 2), Series(8, 2)),
                "折線圖：各月滿足率與拒絕率。", 2, "%",
            ),
        ),
        (
            "滿足＝貸出件數＋複印供應件數；滿足率＝滿足 ÷（滿足＋拒絕），沒有分母時空白。",
            "取消、重複與處理中不在分母。",
            "收到＝滿足＋拒絕＋取消＋重複，依回覆日；處理中依申請日列出，回覆後才計入收到。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
    )  # fmt: skip


def refusals(facts: Facts) -> Sheet:
    """拒絕原因: reasons from the most frequent, their groups, and by lender."""
    asked = facts.requests
    rows = asked[
        (asked["outcome"] == "拒絕")
        & facts.within(asked["answered_on"])
        & facts.known(asked["lender"], asked["answered_on"], "usage")
    ]
    counts = rows["reason"].fillna("未填原因").value_counts().sort_index(key=_by_code)
    counts = counts.sort_values(ascending=False, kind="stable")
    whole, running = int(counts.sum()), 0
    reasons: list[tuple[Cell, ...]] = []
    for name, count in counts.items():
        running += int(count)
        cumulative = Formula("ROUND(100*SUM(D${first}:D{r})/SUM(D${first}:D${last}),1)",
                             percent(running, whole))  # fmt: skip
        reason = str(name)
        reasons.append(
            (
                _CODE_OF.get(reason, ""), reason, _GROUP_OF.get(reason, "可得性"), int(count),
                share(int(count), whole, 3), cumulative,
            )
        )  # fmt: skip
    columns = (
        Column("代號"), Column("拒絕原因"), Column("類別"), Column("件數", "count"),
        Column("比例(%)", "rate"), Column("累計(%)", "rate"),
    )  # fmt: skip
    pairs = rows.assign(reason=rows["reason"].fillna("未填原因")).groupby(["lender", "reason"])
    return Sheet(
        "拒絕原因",
        (
            Table(columns, tuple(reasons), total=total(reasons, 6, [3], {4: ((3,), (3,))})),
            _groups(counts, whole),
            _by_lender(facts, pairs.size(), [str(name) for name in counts.index]),
        ),
        (
            Chart(
                "pareto", "拒絕原因柏拉圖", 0, (Series(3), Series(5, line=True)),
                "柏拉圖：各拒絕原因（代號）的件數由多到少，折線為累計百分比。", 0, "件",
            ),
        ),
        (
            "類別：政策＝貸方規定不提供；申請端＝申請或讀者的條件不符；可得性＝當時拿不到。重複與取消不是拒絕。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
    )  # fmt: skip


def _by_code(names: pd.Index) -> pd.Index:
    return names.map(lambda name: _CODE_OF.get(name, "R99"))


def _groups(counts: pd.Series, whole: int) -> Table:
    grouped = counts.groupby(lambda name: _GROUP_OF.get(name, "可得性")).sum()
    rows: list[tuple[Cell, ...]] = [
        (name, int(grouped.get(name, 0)), share(int(grouped.get(name, 0)), whole, 1))
        for name in _GROUPS
    ]
    columns = (Column("類別"), Column("件數", "count"), Column("比例(%)", "rate"))
    return Table(columns, tuple(rows), "三類", total(rows, 3, [1], {2: ((1,), (1,))}))


def _by_lender(facts: Facts, counts: pd.Series, reasons: list[str]) -> Table:
    known_counts = {pair: int(count) for pair, count in counts.items()}
    rows: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        told = bool(facts.months_of(code, "usage"))
        cells = [known(known_counts.get((code, r), 0) if told else None) for r in reasons]
        rows.append((code, facts.names[code], *cells))
    columns = (*LIBRARY, *(Column(_CODE_OF.get(r, r), "count", heat=True) for r in reasons))
    table_total = total(rows, len(columns), range(2, len(columns)))
    return Table(columns, tuple(rows), "各館拒絕原因", table_total)


def turnaround(facts: Facts) -> Sheet:
    """處理時效: days from request to answer, by lender."""
    asked = facts.requests
    rows = asked[
        asked["outcome"].isin(["提供", "拒絕"])
        & facts.within(asked["answered_on"])
        & facts.known(asked["lender"], asked["answered_on"], "usage")
        & asked["requested_on"].notna()
    ]
    days = (rows["answered_on"] - rows["requested_on"]).dt.days.clip(lower=0)
    cells: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        mine = days[rows["lender"] == code]
        told = bool(facts.months_of(code, "usage"))
        line = _speed(mine) if told else (MISSING,) * 5
        cells.append((*library_cells(facts, code, "usage"), *line))
    columns = (
        *LIBRARY, REPORTED, Column("回覆件數", "count"), Column("三日內回覆", "count"),
        Column("三日內(%)", "rate"), Column("中位數(日)", "number"),
        Column("第90百分位數(日)", "number"),
    )  # fmt: skip
    sums = total(cells, len(columns), [3, 4], {5: ((4,), (3,))})
    return Sheet(
        "處理時效",
        (Table(columns, tuple(cells), total=(*sums[:6], *_speed(days)[3:])),),
        (
            Chart(
                "columns", "處理天數中位數", 0, (Series(6),),
                "直條圖：各館從申請到回覆的天數中位數。", 0, "日",
            ),
        ),
        (
            "日曆天；提供與拒絕都計，處理中、取消、重複不計。合計列的中位數與百分位數由全部申請計算，不是各館的平均。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
    )  # fmt: skip


def _speed(days: pd.Series) -> tuple[Cell, ...]:
    quick, count = int((days <= 3).sum()), len(days)
    if not count:
        return (0, 0, None, None, None)
    middle, slow = (round(float(days.quantile(q)), 1) for q in (0.5, 0.9))
    return (count, quick, rate(quick, count, (4,), (3,)), middle, slow)
