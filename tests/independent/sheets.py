"""What the workbook's sheets must say: 繳交情形, 月趨勢, and all the others together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.independent import recompute as again
from tests.independent.recompute import DAY, Told, first_of, last_of, month_of, percentage
from tests.independent.sheets_cards import card_use, flows
from tests.independent.sheets_material import copies, material
from tests.independent.sheets_requests import refusals, supply, turnaround
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


NAMES = {
    "cards_issued": "換證次數", "cards_used": "使用借書證張數", "loans_lent": "貸出件數",
    "loans_borrowed": "借入件數", "requests_received": "收到申請件數",
    "requests_filled": "滿足件數", "requests_refused": "拒絕件數", "fill_rate": "滿足率（貸方）(%)",
    "refusal_rate": "拒絕率(%)", "copies_supplied": "複印供應件數", "copy_pages": "複印頁數",
    "overdue_loans": "新增逾期件數", "recalls": "緊急調回件數",
}  # fmt: skip


def trend(world: Told, months: Sequence[str]) -> list[Expected]:
    found = again.measures(world, months)
    then = [month_of(first_of(m) - timedelta(days=365)) for m in months]
    now = {(minguo(m),): {NAMES[n]: found[n]["by_month"][m] for n in NAMES} for m in months}
    before = {(minguo(month),): dict.fromkeys(NAMES.values()) for month in then}
    begins = ("月份", "換證次數")
    return [Expected("月趨勢", begins, now), Expected("月趨勢", begins, before, 1)]


def expected(world: Told, months: Sequence[str]) -> list[Expected]:
    """Every table whose figures are recomputed, but for the state 處理中."""
    makers = (
        card_use, flows, supply, refusals, turnaround, material, copies, arrivals, trend,
    )  # fmt: skip
    return [table for make in makers for table in make(world, months)]
