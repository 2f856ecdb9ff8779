"""資料供應, 拒絕原因, 處理時效: what was asked, given, refused, how fast (Articles 6.5, 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from ill_workflows.evaluation.counting.events import CANCELLED, DUPLICATE, REFUSED, SUPPLIED
from ill_workflows.evaluation.counting.lending import NO_REASON
from ill_workflows.evaluation.figures import Figures, quantile
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
from ill_workflows.evaluation.period import month_name
from ill_workflows.evaluation.said import Both, Said, same
from ill_workflows.evaluation.sheets.layout import (
    BLANK_IS_MISSING,
    LIBRARY,
    REPORTED,
    known,
    library_cells,
    rate,
    share,
    total,
)
from ill_workflows.forms.choices import REASONS, SERVICES

_ANSWERS: Final = (SUPPLIED, REFUSED, CANCELLED, DUPLICATE)
_GROUPS: Final = ("政策", "可得性", "申請端")
_GROUP_OF: Final = {reason.zh: reason.group for reason in REASONS}
_CODE_OF: Final = {reason.zh: reason.code for reason in REASONS}
_QUICK: Final = 3
"""Answered within so many days."""


def _supply(*traced: str) -> tuple[Column, ...]:
    """The headings; ``traced`` are the kinds of events behind what was not filled."""
    refused, cancelled, duplicate = traced or ("", "", "")
    return (
        Column("收到", "count"), Column("滿足", "count"), Column("拒絕", "count", trace=refused),
        Column("取消", "count", trace=cancelled), Column("重複", "count", trace=duplicate),
        Column("期末處理中", "count"), Column("滿足率(%)", "rate"), Column("拒絕率(%)", "rate"),
    )  # fmt: skip


def _line(counts: Mapping[Any, int], place: str, waiting: int, at: int) -> tuple[Cell, ...]:
    """The six counts, fill rate and refusal rate; ``at`` is the place of the first count."""
    answers = [counts.get((place, outcome), 0) for outcome in _ANSWERS]
    filled, refused = at + 1, at + 2
    whole = answers[0] + answers[1]
    return (
        sum(answers), *answers, waiting,
        rate(answers[0], whole, (filled,), (filled, refused)),
        rate(answers[1], whole, (refused,), (filled, refused)),
    )  # fmt: skip


def _totals(rows: list[tuple[Cell, ...]], at: int) -> tuple[Cell, ...]:
    filled, refused = at + 1, at + 2
    rates = {at + 6: ((filled,), (filled, refused)), at + 7: ((refused,), (filled, refused))}
    return total(rows, at + 8, range(at, at + 6), rates)


def supply(figures: Figures) -> Sheet:
    """資料供應: requests by outcome, by lender, by service and by month."""
    by_lender, by_service, by_month = (
        figures.sums("outcomes", [by, "outcome"]) for by in ("lender", "service", "month")
    )
    left = figures.at_end("waiting", "usage", "lender")
    still, of_service = (left.groupby(by)["n"].sum() for by in ("lender", "service"))
    of_month = figures.sums("waiting", ["month"])
    found = measures(figures, figures.months)["requests_received"]
    missing = (MISSING,) * len(_supply())
    lenders: list[tuple[Cell, ...]] = [
        (
            *library_cells(figures, code, "usage"),
            *(
                _line(by_lender, code, int(still.get(code, 0)), 3)
                if figures.months_of(code, "usage")
                else missing
            ),
        )
        for code in figures.codes
    ]
    services: list[tuple[Cell, ...]] = [
        (Said(name), *_line(by_service, name, int(of_service.get(name, 0)), 1)) for name in SERVICES
    ]
    months: list[tuple[Cell, ...]] = [
        (
            month_name(month),
            *(
                missing
                if found.by_month[month] is None
                else _line(by_month, month, of_month.get(month, 0), 1)
            ),
        )
        for month in figures.months
    ]
    sums = list(_totals(months, 1))
    sums[6] = None  # what waits at the end of one month may still wait at the end of the next
    first = (*LIBRARY, REPORTED, *_supply("refused", "cancelled", "duplicate"))
    return Sheet(
        "資料供應",
        (
            Table(first, tuple(lenders), total=_totals(lenders, 3)),
            Table((Column("服務"), *_supply()), tuple(services), "服務別", _totals(services, 1)),
            Table((Column("月份"), *_supply()), tuple(months), "各月", tuple(sums)),
        ),
        (
            Chart(
                "line", "各月滿足率與拒絕率", 0, (Series(7, 2), Series(8, 2)),
                "折線圖：各月滿足率與拒絕率。", 2, "%",
            ),
        ),
        (
            "滿足＝貸出件數＋複印供應件數；滿足率＝滿足 ÷（滿足＋拒絕），沒有分母時空白。",
            "收到＝滿足＋拒絕＋取消＋重複，依回覆日；取消、重複與處理中不在比率的分母。",
            "期末處理中：月底（整期為該館最近一個已報月份的月底）已申請而未回覆者，回覆後才計入收到。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
        about="收到的申請有多少滿足、拒絕、取消，與滿足率",
    )  # fmt: skip


def refusals(figures: Figures) -> Sheet:
    """拒絕原因: reasons from the most frequent, their groups, and by lender."""
    counts = figures.sums("reasons", ["reason"])
    ordered = sorted(counts, key=lambda reason: (-counts[reason], _CODE_OF.get(reason, "R99")))
    whole, running = sum(counts.values()), 0
    reasons: list[tuple[Cell, ...]] = []
    for reason in ordered:
        running += counts[reason]
        cumulative = Formula("ROUND(100*SUM(D${first}:D{r})/SUM(D${first}:D${last}),1)",
                             percent(running, whole))  # fmt: skip
        reasons.append(
            (
                _CODE_OF.get(reason, ""), _called(reason),
                Said(_GROUP_OF.get(reason, "可得性")), counts[reason],
                share(counts[reason], whole, 3), cumulative,
            )
        )  # fmt: skip
    columns = (
        Column("代號"), Column(Both("拒絕原因", "Reason for refusal")), Column("類別"),
        Column("件數", "count"), Column("比例(%)", "rate"), Column("累計(%)", "rate"),
    )  # fmt: skip
    return Sheet(
        "拒絕原因",
        (
            Table(columns, tuple(reasons), total=total(reasons, 6, [3], {4: ((3,), (3,))})),
            _groups(counts, whole),
            _by_lender(figures, ordered),
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
        about="為什麼不能提供：原因、類別、各館",
    )  # fmt: skip


def _called(reason: str) -> str:
    """A reason, in our words unless the list once had another."""
    return Said(reason) if reason in _CODE_OF or reason == NO_REASON else reason


def _groups(counts: Mapping[str, int], whole: int) -> Table:
    grouped = dict.fromkeys(_GROUPS, 0)
    for reason, count in counts.items():
        grouped[_GROUP_OF.get(reason, "可得性")] += count
    rows: list[tuple[Cell, ...]] = [
        (Said(name), count, share(count, whole, 1)) for name, count in grouped.items()
    ]
    columns = (Column("類別"), Column("件數", "count"), Column("比例(%)", "rate"))
    return Table(columns, tuple(rows), "三類", total(rows, 3, [1], {2: ((1,), (1,))}))


def _by_lender(figures: Figures, reasons: list[str]) -> Table:
    counts = figures.sums("reasons", ["lender", "reason"])
    rows: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        told = bool(figures.months_of(code, "usage"))
        cells = [known(counts.get((code, r), 0) if told else None) for r in reasons]
        rows.append((code, figures.names[code], *cells))
    headings = (
        Column(
            same(_CODE_OF[r]) if r in _CODE_OF else Said(NO_REASON),
            "count",
            heat=True,
            trace="refused",
        )
        for r in reasons
    )
    columns = (*LIBRARY, *headings)
    table_total = total(rows, len(columns), range(2, len(columns)))
    return Table(columns, tuple(rows), "各館拒絕原因", table_total)


def turnaround(figures: Figures) -> Sheet:
    """處理時效: days from request to answer, by lender."""
    days = figures.of("answer_days")
    cells: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        told = bool(figures.months_of(code, "usage"))
        line = _speed(days[days["lender"] == code]) if told else (MISSING,) * 5
        cells.append((*library_cells(figures, code, "usage"), *line))
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
        about="從申請到回覆要幾天",
    )  # fmt: skip


def _speed(days: pd.DataFrame) -> tuple[Cell, ...]:
    count, quick = int(days["n"].sum()), int(days.loc[days["days"] <= _QUICK, "n"].sum())
    if not count:
        return (0, 0, None, None, None)
    middle, slow = quantile(days, 0.5), quantile(days, 0.9)
    return (count, quick, rate(quick, count, (4,), (3,)), middle, slow)
