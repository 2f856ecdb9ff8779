"""繳交情形: what this sheet must say of sheets in time, late and missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.independent.recompute import DAY, Told, first_of, last_of, percentage
from tests.independent.tables import TOTAL, Cells, Expected, minguo, summed


def arrival(world: Told, code: str, form: str, month: str) -> str | None:
    """準時, 遲交 or 未繳; nothing before the library joined."""
    alliance = world.alliance
    if not alliance.members[code].belongs(first_of(month), last_of(month)):
        return None
    following = (last_of(month) + DAY).replace(day=alliance.due_day)
    due = alliance.next_open(alliance.host, following)
    came = [
        one.day for one in world.sent
        if (one.library, one.form, one.month) == (code, form, month) and not one.interim
    ]  # fmt: skip
    if not came:
        return "未繳"
    return "準時" if min(came) <= due else "遲交"


def arrivals(world: Told, months: Sequence[str]) -> list[Expected]:
    codes = world.codes(months)
    forms = {"usage": "月報表", "cards": "借書證登記簿"}
    words = ("準時", "遲交", "未繳")
    rows: dict[tuple[Any, ...], Cells] = {}
    for code in codes:
        for form, title in forms.items():
            states = {minguo(m): arrival(world, code, form, m) for m in months}
            counts = Counter(states.values())
            rows[code, world.alliance.members[code].name, title] = {
                **states, **{word: counts[word] for word in words}
            }  # fmt: skip
    rows[TOTAL, None, None] = summed(rows.values(), words)
    by_month: dict[tuple[Any, ...], Cells] = {}
    for month in months:
        counts = Counter(arrival(world, c, form, month) for c in codes for form in forms)
        due = sum(counts[word] for word in words)
        by_month[minguo(month),] = {
            "應繳份數": due, "準時": counts["準時"], "遲交": counts["遲交"],
            "未完成": counts["未繳"], "回報率(%)": percentage(due - counts["未繳"], due),
        }  # fmt: skip
    return [
        Expected("繳交情形", ("館代碼", "館名", "表單"), rows, width=3),
        Expected("繳交情形", ("月份", "應繳份數"), by_month),
    ]
