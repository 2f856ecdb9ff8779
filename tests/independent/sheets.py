"""What the workbook's sheets must say: 月趨勢, and all the others together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.independent import recompute as again
from tests.independent.recompute import Told, first_of, month_of
from tests.independent.sheets_cards import card_use, flows
from tests.independent.sheets_cases import recalls, suspensions
from tests.independent.sheets_claims import settlement
from tests.independent.sheets_material import copies, material
from tests.independent.sheets_overdue import overdue
from tests.independent.sheets_ranking import ranking
from tests.independent.sheets_requests import refusals, supply, supply_open, turnaround
from tests.independent.tables import Expected, minguo
from tests.independent.timely import arrivals

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
    """Every table whose figures are recomputed."""
    makers = (
        card_use, flows, supply, supply_open, refusals, turnaround, material, copies, arrivals,
        trend, overdue, recalls, suspensions, settlement, ranking,
    )  # fmt: skip
    return [table for make in makers for table in make(world, months)]
