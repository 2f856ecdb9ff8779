"""資料類型與年代, 複印: what these sheets must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.independent import recompute as again
from tests.independent.reading import Row
from tests.independent.recompute import Told
from tests.independent.tables import TOTAL, UNKNOWN, Cells, Expected, summed, within


def band(row: Row, day: str) -> str:
    if row["出版年"] is None:
        return "不明"
    age = row[day].year - row["出版年"]
    return next(
        name
        for most, name in ((1, "1年以內"), (5, "2–5年"), (10, "6–10年"), (9999, "超過10年"))
        if age <= most
    )


BANDS = ("1年以內", "2–5年", "6–10年", "超過10年", "不明")


def material(world: Told, months: Sequence[str]) -> list[Expected]:
    lent = within(world, months, again.loans_lent(world), "借出日")
    copied = within(world, months, again.answered(world, "提供"), "回覆日")
    found = []
    for nth, (rows, day) in enumerate(((lent, "借出日"), (copied, "回覆日"))):
        counts = Counter((row["資料類型"] or UNKNOWN, band(row, day)) for row in rows)
        lines: dict[tuple[Any, ...], Cells] = {}
        for kind in {kind for kind, _ in counts}:
            cells = {name: counts[kind, name] for name in BANDS}
            lines[kind,] = {**cells, TOTAL: sum(cells.values())}
        lines[TOTAL,] = summed(lines.values(), (*BANDS, TOTAL))
        found.append(Expected("資料類型與年代", ("資料類型", *BANDS), lines, nth))
    return found


def copies(world: Told, months: Sequence[str]) -> list[Expected]:
    rows = within(world, months, again.answered(world, "提供"), "回覆日")
    heads = ("件數", "頁數", "費用(元)")

    def table(*by: str) -> dict[tuple[Any, ...], Cells]:
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(row[name] or UNKNOWN for name in by), []).append(row)
        lines: dict[tuple[Any, ...], Cells] = {}
        for key, mine in groups.items():
            sums = (len(mine), sum(r["頁數"] or 0 for r in mine), sum(r["費用"] or 0 for r in mine))
            lines[key] = dict(zip(heads, sums, strict=True))
        total = summed(lines.values(), heads)
        return {**lines, (TOTAL, *[None] * (len(by) - 1)): total}

    return [
        Expected("複印", ("資料類型", "館代碼"), table("資料類型", "館"), width=2),
        Expected("複印", ("提供方式", "館代碼"), table("提供方式", "館"), width=2),
        Expected("複印", ("資料類型", "件數"), table("資料類型")),
    ]
