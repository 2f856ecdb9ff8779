"""What is far more than usual, and what is only a busy day."""

from __future__ import annotations

from datetime import date

import pytest

from ill_workflows.lending.usual import Guard, above_usual, clock_doubted

GUARD = Guard(times=5, at_least=30, silent_days=180)


@pytest.mark.parametrize(
    ("count", "usual", "libraries", "asked"),
    [
        (80, 8, 40, True), (40, 8, 40, False), (41, 8, 40, True), (30, 1, 40, False),
        (31, 1, 40, True), (400, 0, 40, False), (401, 0, 40, True), (31, 0, 3, True),
    ],
)  # fmt: skip
def test_five_times_the_busiest_day_is_asked_about(
    count: int, usual: int, libraries: int, *, asked: bool
) -> None:
    before = {"sheet": 3, "overdue": usual} if usual else {"sheet": 3}
    found = above_usual({"overdue": count, "sheet": 3}, before, libraries, GUARD)
    assert found == ({"overdue": (count, usual)} if asked else {})


def test_an_alliance_that_begins_is_not_asked() -> None:
    assert above_usual({"overdue": 500}, {}, 3, GUARD) == {}


def test_half_a_year_of_silence_makes_the_clock_doubtful() -> None:
    last = date(2025, 10, 7)
    assert not clock_doubted(None, date(2030, 1, 1), GUARD)
    assert not clock_doubted(last, date(2026, 4, 5), GUARD)
    assert clock_doubted(last, date(2026, 4, 6), GUARD)
    assert not clock_doubted(last, date(2025, 1, 1), GUARD)
