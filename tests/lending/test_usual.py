"""What is far more than usual, and what is only a busy day."""

from __future__ import annotations

from datetime import date

import pytest

from ill_workflows.lending.usual import Guard, above_usual, last_before_silence

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
    assert above_usual({"overdue": 500}, None, 3, GUARD) == {}


def test_after_two_silent_months_too_many_are_too_many() -> None:
    assert above_usual({"overdue": 500}, {}, 3, GUARD) == {"overdue": (500, 0)}


TODAY, LAST = date(2026, 10, 7), date(2025, 10, 7)


@pytest.mark.parametrize(
    ("days", "vouched", "found"),
    [
        ([], None, None), ([LAST], None, LAST), ([date(2026, 4, 10)], None, None),
        ([date(2026, 4, 9)], None, date(2026, 4, 9)),
        ([LAST, date(2026, 10, 5), date(2026, 10, 6)], None, LAST),
        ([LAST, date(2026, 10, 5)], TODAY, None),
        ([LAST, date(2026, 10, 6)], date(2026, 10, 5), None),
        ([LAST, date(2026, 8, 1), date(2026, 9, 9)], None, None), ([LAST], LAST, LAST),
    ],
)  # fmt: skip
def test_half_a_year_of_silence_makes_the_clock_doubtful_until_the_host_has_said_that_it_is_right(
    days: list[date], vouched: date | None, found: date | None
) -> None:
    assert last_before_silence(days, TODAY, vouched, GUARD) == found
