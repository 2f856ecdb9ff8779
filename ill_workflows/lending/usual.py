"""Whether a day's letters are far more than usual: then the host is asked before any is sent.

A sheet whose dates have slipped by a year makes every loan of a library overdue; a clock that runs
ahead makes all of them so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

DAYS = 60
"""What was usual is what the last so many days have seen."""
FIRST = 10
"""Letters a library that a policy may write when it writes for the first time."""


@dataclass(frozen=True, slots=True)
class Guard:
    """``times`` as many letters of a policy as on any day of late are too many, where they are
    more than ``at_least``; after ``silent_days`` without a file or a letter the clock is doubted.
    """  # noqa: D205

    times: int
    at_least: int
    silent_days: int


def above_usual(
    counts: Mapping[str, int], usual: Mapping[str, int] | None, libraries: int, guard: Guard
) -> dict[str, tuple[int, int]]:
    """Policy → letters of today, and the most that were usual, where today's are too many.

    Of an alliance that begins (``usual`` is None) nothing is unusual.
    """
    if usual is None:
        return {}
    found = {}
    for policy, count in counts.items():
        before = usual.get(policy, 0)
        allowed = guard.times * before if before else FIRST * libraries
        if count > max(allowed, guard.at_least):
            found[policy] = (count, before)
    return found


def last_before_silence(
    days: Iterable[date], today: date, vouched: date | None, guard: Guard
) -> date | None:
    """The last day on which anything came or went before a silence after which the clock is in
    doubt; None where the day is to be believed.

    A clock that runs ahead dates what comes and goes under it: ``days``, all before today, may be
    its own, so a silence of late counts too.  ``vouched`` is the newest day that the host has said
    to be right.
    """  # noqa: D205
    later = today
    for day in sorted({*days, *([vouched] if vouched else [])}, reverse=True):
        if later == vouched or (today - later).days > DAYS:
            return None
        if (later - day).days > guard.silent_days:
            return day
        later = day
    return None
