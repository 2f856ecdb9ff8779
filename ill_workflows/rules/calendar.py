"""Open days: which days a library can take a book back (Article 7.3, notices rule 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Final

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON: Final = 400
"""Days after which a search for an open day gives up: a library closed for over a year."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which somebody is closed: a typhoon, a move, an anniversary.

    ``libraries`` and ``city`` narrow it down; both empty means every member.
    """

    first: date
    last: date
    reason: str = ""
    libraries: tuple[str, ...] = ()
    city: str = ""

    def concerns(self, library: str, city: str) -> bool:
        """Whether this closure is one of the library's."""
        if self.libraries or self.city:
            return library in self.libraries or (bool(self.city) and self.city == city)
        return True


@dataclass(frozen=True, slots=True)
class Calendar:
    """The open days of one library: its weekdays and make-up days, no holidays, no closures."""

    weekdays: frozenset[int]
    closures: tuple[Closure, ...] = field(default=())

    def is_open(self, day: date) -> bool:
        """Whether a book can be returned on that day."""
        if any(closure.first <= day <= closure.last for closure in self.closures):
            return False
        off, working = public_days(day.year)
        if day in working:
            return True
        return day.weekday() in self.weekdays and day not in off

    def next_open(self, day: date) -> date:
        """The day itself where it is open, else the first open day after it.

        Where no day of the coming year is open, the day itself: such a library has no
        calendar that a due date could be moved by.
        """
        for offset in range(HORIZON):
            candidate = day + timedelta(days=offset)
            if self.is_open(candidate):
                return candidate
        return day

    def count_open(self, after: date, until: date) -> int:
        """How many open days lie in ``after < day <= until``."""
        days = (until - after).days
        return sum(self.is_open(after + timedelta(days=n)) for n in range(1, days + 1))


@cache
def public_days(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Taiwan's public holidays of a year, and its make-up working days.

    Source: the package *holidays*, which follows the government's office calendar as amended:
    in 2025 that includes the three days which the Act of 28 May added after it was printed.
    """
    import holidays  # a third of the time that our smallest process takes to start

    table = holidays.country_holidays("TW", years=year, language="zh_TW")
    return frozenset(table), frozenset(d for d in table.weekend_workdays if d.year == year)


def parse_weekdays(text: str) -> frozenset[int]:
    """Read ``mon-fri`` or ``mon,wed,fri`` (0 = Monday).

    Raises:
        ValueError: a word that is no weekday.
    """
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        start = WEEKDAYS.index(first)
        end = WEEKDAYS.index(last) if dash else start
        days.update(range(start, end + 1) if end >= start else [*range(start, 7), *range(end + 1)])
    return frozenset(days)
