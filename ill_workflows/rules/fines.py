"""Fines for books returned late (Article 7.6)."""

from __future__ import annotations

from datetime import date

from ill_workflows.rules.calendar import Calendar
from ill_workflows.rules.policy import LendingRules


def fine(due_on: date, returned_on: date, rules: LendingRules, calendar: Calendar) -> int:
    """The fine in whole NT$ for one book.

    Days late are calendar days or, where the library does not count the days on which it is
    closed, open days.  With ``n`` days late, grace ``g`` and rate ``r``: ``n <= g`` costs
    nothing; *forgive* charges ``(n - g) * r``, *back_charge* ``n * r``; a cap in days limits
    ``n`` before grace is taken off, a cap in NT$ limits the sum.
    """
    late = (returned_on - due_on).days
    if late <= 0 or rules.fine_per_day == 0:
        return 0
    counted = late if rules.fine_counts_closed_days else calendar.count_open(due_on, returned_on)
    if counted <= rules.grace_days:
        return 0
    if rules.fine_cap is not None and rules.fine_cap_unit == "days":
        counted = min(counted, rules.fine_cap)
    free = rules.grace_days if rules.grace_mode == "forgive" else 0
    total = max(0, counted - free) * rules.fine_per_day
    if rules.fine_cap is not None and rules.fine_cap_unit == "ntd":
        total = min(total, rules.fine_cap)
    return total
