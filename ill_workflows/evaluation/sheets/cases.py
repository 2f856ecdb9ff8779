"""緊急調回 and 離校清查: what libraries asked of each other, and how soon it was done."""

from __future__ import annotations

from typing import Final

from ill_workflows.evaluation.figures import Figures, quantile
from ill_workflows.evaluation.model import Cell, Chart, Column, Formula, Series, Sheet, Table
from ill_workflows.evaluation.sheets.layout import LIBRARY, rate, total

_RECALLS: Final = {
    "opened": "調回", "due": "期限已到", "in_time": "期限內歸還", "back": "已歸還",
    "cancelled": "取消",
}  # fmt: skip
_EVENTS: Final = {
    "without_card": "未曾換證", "with_card": "曾換證", "cleared": "可放行", "withdrawn": "撤銷",
}  # fmt: skip
_STATES: Final = {"held": "期末暫不放行", "open": "期末清查中"}
_ASKED: Final = {"asked": "請教", "answered": "已回覆", "owes": "有欠"}


def recalls(figures: Figures) -> Sheet:
    """緊急調回: recalls by lender, how many were back by the day asked for, and how soon."""
    counts, days = figures.sums("recalls", ["lender", "what"]), figures.of("recall_days")
    lines: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        told = {name: counts.get((code, name), 0) for name in _RECALLS}
        lines.append(
            (
                code, figures.names[code], *told.values(),
                rate(told["in_time"], told["due"], (4,), (3,)),
                quantile(days[days["lender"] == code], 0.5),
            )
        )  # fmt: skip
    columns = (
        *LIBRARY,
        *(
            Column(heading, "count", trace="recalls" if name == "opened" else "")
            for name, heading in _RECALLS.items()
        ),
        Column("達成率(%)", "rate"), Column("歸還天數中位數", "number"),
    )  # fmt: skip
    sums = total(lines, len(columns), range(2, 7), {7: ((4,), (3,))})
    table = Table(columns, tuple(lines), total=(*sums[:-1], quantile(days, 0.5)))
    return Sheet(
        "緊急調回",
        (table,),
        notes=(
            "調回：處理通知單所列，申請日落在期間內，歸貸方館；同一件重寄不重複計。",
            "期限已到：調回期限落在期間內，且未在期限前取消；達成率＝期限內歸還 ÷ 期限已到。",
            "已歸還、取消依發生日計，可能是期間之前調回的；歸還日取處理通知單或貸方館後來的月報表。",
        ),
        frozen=2,
        about="緊急調回多少件、多少件在期限內歸還",
    )


def departures(figures: Figures) -> Sheet:
    """離校清查: leavers by home library and how they stand; lenders and how soon they answer."""
    return Sheet(
        "離校清查",
        (_by_home(figures), _by_lender(figures)),
        (
            Chart(
                "columns", "各館回覆天數中位數", 0, (Series(6, 1),),
                "直條圖：各貸方館從第一次請教到回覆的天數中位數。", 1, "日",
            ),
        ),
        (
            "離校人數：名單上異動日落在期間內者；未曾換證者不留個人資料，只計人數，直接放行。",
            "可放行、撤銷依告知與撤銷之日計；期末暫不放行：有館回覆有欠，或借書證未繳回查核；期末清查中：貸方館尚未回覆，沉默不算同意。",
            "回覆天數：第一次請教至該館回覆之日；未回覆者不計入中位數。",
        ),
        frozen=2,
        about="離校的讀者查清了沒有，貸方館多久回覆",
    )  # fmt: skip


def _by_home(figures: Figures) -> Table:
    counts = figures.sums("leavers", ["library", "what"])
    rows = figures.of("leavers")
    ends = rows[rows["month"] == figures.months[-1]].groupby(["library", "what"])["n"].sum()
    lines: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        without, with_card, *others = (counts.get((code, name), 0) for name in _EVENTS)
        states = (int(ends.get((code, name), 0)) for name in _STATES)
        every = Formula("C{r}+D{r}", without + with_card)
        lines.append((code, figures.names[code], without, with_card, every, *others, *states))
    columns = (
        *LIBRARY, Column("未曾換證", "count"), Column("曾換證", "count"),
        Column("離校人數", "count"), Column("可放行", "count"), Column("撤銷", "count"),
        *(Column(heading, "count") for heading in _STATES.values()),
    )  # fmt: skip
    return Table(columns, tuple(lines), total=total(lines, len(columns), range(2, 9)))


def _by_lender(figures: Figures) -> Table:
    counts, days = figures.sums("clearances", ["lender", "what"]), figures.of("clearance_days")
    rows = figures.of("clearances")
    silent = rows[(rows["month"] == figures.months[-1]) & (rows["what"] == "silent")]
    left = silent.set_index("lender")["n"]
    lines: list[tuple[Cell, ...]] = [
        (
            code, figures.names[code], *(counts.get((code, name), 0) for name in _ASKED),
            int(left.get(code, 0)), quantile(days[days["lender"] == code], 0.5),
        )
        for code in figures.codes
    ]  # fmt: skip
    columns = (
        *LIBRARY, *(Column(heading, "count") for heading in _ASKED.values()),
        Column("期末未回覆", "count"), Column("回覆天數中位數", "number"),
    )  # fmt: skip
    sums = total(lines, len(columns), range(2, 6))
    return Table(columns, tuple(lines), "貸方館的回覆", (*sums[:-1], quantile(days, 0.5)))
