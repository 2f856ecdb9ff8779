"""Due dates (Article 7.3)."""

from __future__ import annotations

from datetime import date, timedelta

from ill_workflows.rules.calendar import Calendar


def due_date(lent_on: date, days: int, calendar: Calendar) -> date:
    """The day by which a book is due where the lender wrote none: ``lent_on + days``, moved to
    the lender's next open day.
    """  # noqa: D205
    return calendar.next_open(lent_on + timedelta(days=days))
