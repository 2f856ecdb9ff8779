"""Whether a day's letters are far more than usual: then the host is asked before any is sent.

A sheet whose dates have slipped by a year makes every loan of a library overdue; a clock that runs
ahead makes all of them so.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    counts: Mapping[str, int], usual: Mapping[str, int], libraries: int, guard: Guard
) -> dict[str, tuple[int, int]]:
    """Policy → letters of today, and the most that were usual, where today's are too many.

    Where nothing was written of late, nothing is unusual.
    """
    if not usual:
        return {}
    found = {}
    for policy, count in counts.items():
        before = usual.get(policy, 0)
        allowed = guard.times * before if before else FIRST * libraries
        if count > max(allowed, guard.at_least):
            found[policy] = (count, before)
    return found


def clock_doubted(last: date | None, today: date, guard: Guard) -> bool:
    """Whether the day is too far from the last that anything came or went."""
    return last is not None and (today - last).days > guard.silent_days
