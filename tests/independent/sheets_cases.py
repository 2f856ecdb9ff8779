"""緊急調回 and 停權人次: what they must say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any

from tests.independent.reading import Row
from tests.independent.recompute import DAY, Told, last_of, month_of, percentage
from tests.independent.tables import TOTAL, Cells, Expected, of, summed


def _back(world: Told, row: Row) -> date | None:
    """By the note itself, or by a later sheet of the lender."""
    if row["歸還日"]:
        return row["歸還日"]  # type: ignore[no-any-return]
    days = [
        one["歸還日"]
        for one in of(world.loans, 館=row["館"], 借書證號=row["借書證號"], 登錄號=row["登錄號"])
        if one["歸還日"] and one["歸還日"] >= row["申請日"]
    ]
    return min(days, default=None)


def recalls(world: Told, months: Sequence[str]) -> list[Expected]:
    heads = ("調回", "期限已到", "期限內歸還", "已歸還", "取消")

    def here(day: date | None) -> bool:
        return day is not None and month_of(day) in months

    def told(mine: Sequence[Row]) -> Cells:
        rows = [{**row, "回來": _back(world, row)} for row in mine]
        due = [
            r for r in rows
            if here(r["調回期限"]) and not (r["取消日"] and r["取消日"] <= r["調回期限"])
        ]  # fmt: skip
        timely = [r for r in due if r["回來"] and r["回來"] <= r["調回期限"]]
        back = [r for r in rows if here(r["回來"])]
        counts = (
            sum(here(r["申請日"]) for r in rows), len(due), len(timely), len(back),
            sum(here(r["取消日"]) for r in rows),
        )  # fmt: skip
        days = [(r["回來"] - r["申請日"]).days for r in back]
        return {
            **dict(zip(heads, counts, strict=True)), "達成率(%)": percentage(len(timely), len(due)),
            "歸還天數中位數": float(median(days)) if days else None,
        }  # fmt: skip

    codes = world.codes(months)
    rows: dict[tuple[Any, ...], Cells] = {(c,): told(of(world.recalls, 館=c)) for c in codes}
    rows[TOTAL,] = told([row for row in world.recalls if row["館"] in codes])
    return [Expected("緊急調回", ("館代碼", "館名", "調回"), rows)]


def suspensions(world: Told, months: Sequence[str]) -> list[Expected]:
    """Those that begin, those that end, those that stand on the last day; it holds on its last."""
    heads, end = ("停權", "期間內結束", "期末仍停權"), last_of(months[-1])
    rows: dict[tuple[Any, ...], Cells] = {}
    for code in world.codes(months):
        counts = [0, 0, 0]
        for row in of(world.suspensions, 館=code):
            ends = [row["解除日"], row["停權迄日"] and row["停權迄日"] + DAY]
            over = min((day for day in ends if day), default=None)
            counts[0] += month_of(row["停權起日"]) in months
            counts[1] += over is not None and month_of(over) in months
            counts[2] += row["停權起日"] <= end and (over is None or over > end)
        if any(counts):
            rows[code,] = dict(zip(heads, counts, strict=True))
    if rows:
        rows[TOTAL,] = summed(rows.values(), heads)
    return [Expected("停權與賠償", ("館代碼", "館名", "停權"), rows)]
