"""Rows of claims, written down in a line or two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ill_workflows.ledger.accounts import FINE, LOST, Told
from ill_workflows.ledger.places import Place
from tests.ledger.rows import day

FILED = Told(
    "NSUT", "A-1", "HDU-07", "C450006", FINE, 350, 0, date(2025, 10, 3), date(2025, 10, 3), 1,
    Place("R1", "處理通知單.xlsx", "罰款賠償", 5), word="未結",
)  # fmt: skip
LENT = Told(
    "NSUT", "HDU-07/C450006/2025-09-08/fine", "HDU-07", "C450006", FINE, 50, 0, date(2025, 9, 25),
    date(2025, 10, 2), 1, Place("R1", "月報表.xlsx", "借出紀錄", 5), month="2025-09",
    lent_on=date(2025, 9, 8),
)  # fmt: skip


def _row(base: Told, changed: dict[str, Any]) -> Told:
    seq = changed.get("seq", base.seq)
    days = {
        key: day(value) if isinstance(value, str) and key.endswith(("_on", "as_of")) else value
        for key, value in changed.items()
    }
    return replace(base, **{"place": replace(base.place, receipt=f"R{seq}"), **days})


def filed(*rows: dict[str, Any]) -> list[Told]:
    """Rows of 罰款賠償, each of the next submission."""
    return [_row(FILED, {"seq": n, **row}) for n, row in enumerate(rows, 1)]


def lent(*rows: dict[str, Any]) -> list[Told]:
    """Rows of 借出紀錄 with a fine that is not paid, each of the next submission."""
    return [_row(LENT, {"seq": n, **row}) for n, row in enumerate(rows, 1)]


def lost(**changed: Any) -> Told:
    """A row of 借出紀錄 whose book is lost."""
    number = "HDU-07/C450006/2025-09-08/lost"
    return _row(LENT, {"number": number, "kind": LOST, "amount": None, **changed})
