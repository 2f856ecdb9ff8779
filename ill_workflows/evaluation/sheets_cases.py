"""緊急調回 and 離校清查: what libraries asked of each other, and how soon it was done."""

from __future__ import annotations

import pandas as pd

from ill_workflows.evaluation.facts import Facts, months_of
from ill_workflows.evaluation.layout import LIBRARY, rate, total
from ill_workflows.evaluation.model import Cell, Chart, Column, Formula, Series, Sheet, Table


def recalls(facts: Facts) -> Sheet:
    """緊急調回: recalls by lender, how many were back by the day asked for, and how soon."""
    rows = facts.recalls
    rows = rows[facts.within(rows["opened_on"]) & rows["lender"].isin(facts.codes)]
    lines: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        mine = rows[rows["lender"] == code]
        back = mine[mine["returned_on"].notna()]
        in_time = back[back["returned_on"] <= back["needed_by"]]
        lines.append(
            (
                code, facts.names[code], len(mine), len(back), len(in_time),
                int(mine["cancelled_on"].notna().sum()),
                rate(len(in_time), len(mine), (4,), (2,)),
                _median((back["returned_on"] - back["opened_on"]).dt.days),
            )
        )  # fmt: skip
    columns = (
        *LIBRARY, Column("調回", "count"), Column("已歸還", "count"), Column("期限內歸還", "count"),
        Column("取消", "count"), Column("達成率(%)", "rate"), Column("歸還天數中位數", "number"),
    )  # fmt: skip
    back = rows[rows["returned_on"].notna()]
    sums = total(lines, len(columns), [2, 3, 4, 5], {6: ((4,), (2,))})
    days = _median((back["returned_on"] - back["opened_on"]).dt.days)
    table = Table(columns, tuple(lines), total=(*sums[:-1], days))
    return Sheet(
        "緊急調回",
        (table,),
        notes=(
            "調回：處理通知單所列，申請日落在期間內，歸貸方館；同一件重寄不重複計。",
            "歸還日取處理通知單或貸方館後來的月報表；達成率＝期限內歸還 ÷ 調回。",
        ),
        frozen=2,
    )


def departures(facts: Facts) -> Sheet:
    """離校清查: leavers by home library and how they stand; lenders and how soon they answer."""
    day = months_of(facts.leavers["leaving_on"])
    leavers = facts.leavers[day.isin(list(facts.months))]
    return Sheet(
        "離校清查",
        (_by_home(facts, leavers), _by_lender(facts)),
        (
            Chart(
                "columns", "各館回覆天數中位數", 0, (Series(6, 1),),
                "直條圖：各貸方館從第一次請教到回覆的天數中位數。", 1, "日",
            ),
        ),
        (
            "離校人數：名單上異動日落在期間內者；未曾換證者不留個人資料，只計人數，直接放行。",
            "清查中含貸方館尚未回覆者；沉默不算同意。暫不放行：有館回覆有欠，或借書證未繳回查核。",
            "回覆天數：第一次請教至該館回覆之日；未回覆者不計入中位數。",
        ),
        frozen=2,
    )  # fmt: skip


def _by_home(facts: Facts, leavers: pd.DataFrame) -> Table:
    without = facts.without_card[facts.without_card["month"].isin(list(facts.months))]
    lines: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        mine = leavers[leavers["home"] == code]
        never = int(without.loc[without["home"] == code, "count"].sum())
        states = mine["state"].value_counts()
        counts = [int(states.get(name, 0)) for name in ("cleared", "held", "open", "withdrawn")]
        every = Formula("C{r}+D{r}", never + len(mine))
        lines.append((code, facts.names[code], never, len(mine), every, *counts))
    columns = (
        *LIBRARY, Column("未曾換證", "count"), Column("曾換證", "count"),
        Column("離校人數", "count"), Column("可放行", "count"), Column("暫不放行", "count"),
        Column("清查中", "count"), Column("已撤銷", "count"),
    )  # fmt: skip
    return Table(columns, tuple(lines), total=total(lines, len(columns), range(2, 9)))


def _by_lender(facts: Facts) -> Table:
    rows = facts.clearances
    rows = rows[facts.within(rows["leaving_on"]) & rows["lender"].isin(facts.codes)]
    lines: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        mine = rows[rows["lender"] == code]
        answered = mine[mine["answered_on"].notna()]
        states = mine["state"].value_counts()
        lines.append(
            (
                code, facts.names[code], len(mine), len(answered), int(states.get("owes", 0)),
                int(states.get("waiting", 0)),
                _median((answered["answered_on"] - answered["asked_on"]).dt.days.clip(lower=0)),
            )
        )  # fmt: skip
    columns = (
        *LIBRARY, Column("請教", "count"), Column("已回覆", "count"), Column("有欠", "count"),
        Column("未回覆", "count"), Column("回覆天數中位數", "number"),
    )  # fmt: skip
    answered = rows[rows["answered_on"].notna()]
    sums = total(lines, len(columns), range(2, 6))
    days = _median((answered["answered_on"] - answered["asked_on"]).dt.days.clip(lower=0))
    return Table(columns, tuple(lines), "貸方館的回覆", (*sums[:-1], days))


def _median(days: pd.Series) -> float | None:
    """To one decimal; nothing where nothing happened."""
    known = days.dropna()
    return round(float(known.median()), 1) if len(known) else None
