from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.rules.calendar import Calendar, Closure, parse_weekdays, public_days
from ill_workflows.rules.due import due_date

OFFICE = Path(__file__).parents[1] / "data" / "tw_2025.json"
MON_FRI = Calendar(parse_weekdays("mon-fri"))
ADDED_LATER = {date(2025, 9, 29), date(2025, 10, 24), date(2025, 12, 25)}
"""Days off by the Act of 28 May 2025; the office calendar was printed the year before."""
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def office_calendar() -> dict[date, dict[str, str | bool]]:
    return {
        date(int(day["date"][:4]), int(day["date"][4:6]), int(day["date"][6:])): day
        for day in json.loads(OFFICE.read_text(encoding="utf-8"))
    }


def test_every_day_of_2025_is_open_or_closed_as_in_the_office_calendar():
    office = office_calendar()
    assert len(office) == 365
    differing = {day for day, said in office.items() if MON_FRI.is_open(day) == said["isHoliday"]}
    assert differing == ADDED_LATER


def test_the_make_up_saturday_of_2025_is_open_and_no_other_weekend_day_is():
    office = office_calendar()
    working = {d for d, said in office.items() if d.weekday() >= 5 and not said["isHoliday"]}
    assert working == {date(2025, 2, 8)}
    assert working == public_days(2025)[1]
    assert {d for d in office if d.weekday() >= 5 and MON_FRI.is_open(d)} == working


def test_a_closure_holds_on_both_its_ends_and_on_a_make_up_day():
    week = Calendar(MON_FRI.weekdays, (Closure(date(2025, 2, 3), date(2025, 2, 8)),))
    assert week.is_open(date(2025, 1, 24))
    assert not any(week.is_open(date(2025, 2, day)) for day in range(3, 9))
    assert week.is_open(date(2025, 2, 10))


@pytest.mark.parametrize(
    ("closure", "concerned"),
    [
        ({}, {"NSUT", "HDU", "NSU"}),
        ({"libraries": ("NSUT", "NSU")}, {"NSUT", "NSU"}),
        ({"city": "高雄市"}, {"HDU"}),
        ({"libraries": ("NSUT",), "city": "高雄市"}, {"NSUT", "HDU"}),
        ({"city": "臺東縣"}, set()),
    ],
)
def test_a_closure_concerns_everybody_or_the_libraries_or_the_city_that_it_names(
    closure, concerned
):
    day = Closure(date(2025, 10, 6), date(2025, 10, 6), "颱風停班停課", **closure)
    cities = {"NSUT": "臺南市", "HDU": "高雄市", "NSU": ""}
    assert {code for code, city in cities.items() if day.concerns(code, city)} == concerned


def test_the_next_open_day_over_new_year_is_the_second_of_january():
    assert MON_FRI.next_open(date(2025, 12, 31)) == date(2025, 12, 31)
    assert MON_FRI.next_open(date(2026, 1, 1)) == date(2026, 1, 2)
    shut = Calendar(MON_FRI.weekdays, (Closure(date(2025, 12, 29), date(2026, 1, 4)),))
    assert shut.next_open(date(2025, 12, 29)) == date(2026, 1, 5)


def test_the_next_open_day_over_lunar_new_year_skips_the_whole_holiday():
    assert MON_FRI.next_open(date(2025, 1, 25)) == date(2025, 2, 3)


def test_a_library_that_never_opens_moves_nothing():
    never = Calendar(frozenset(), (Closure(date(2025, 1, 1), date(2028, 1, 1)),))
    assert never.next_open(date(2025, 3, 3)) == date(2025, 3, 3)


@given(DAYS)
def test_the_next_open_day_is_open_and_no_day_before_it_is(day):
    found = MON_FRI.next_open(day)
    assert MON_FRI.is_open(found)
    assert not any(MON_FRI.is_open(day + timedelta(days=n)) for n in range((found - day).days))


@given(DAYS, st.integers(0, 120), st.integers(0, 120))
def test_open_days_of_two_spans_add_up(day, first, second):
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)
    whole = MON_FRI.count_open(day, end)
    assert whole == MON_FRI.count_open(day, middle) + MON_FRI.count_open(middle, end)
    assert whole <= first + second


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon-sat", {0, 1, 2, 3, 4, 5}),
        ("mon, wed,FRI", {0, 2, 4}),
        ("sat-mon", {5, 6, 0}),
        ("mon-sun", set(range(7))),
        ("tue", {1}),
        ("mon-wed,sat", {0, 1, 2, 5}),
    ],
)
def test_weekdays_are_read_as_spans_and_lists(text, days):
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "mon-", "-fri", "monday", "週一", "mon,,tue", "mon-fri-sun"])
def test_a_word_that_is_no_weekday_is_refused(text):
    with pytest.raises(ValueError, match="not in tuple"):
        parse_weekdays(text)


@pytest.mark.parametrize(
    ("lent", "days", "due"),
    [
        (date(2025, 9, 2), 14, date(2025, 9, 16)),
        (date(2025, 9, 22), 14, date(2025, 10, 7)),  # 6 October: Mid-Autumn
        (date(2025, 9, 26), 14, date(2025, 10, 13)),  # 10 October: a Friday, a holiday
        (date(2025, 1, 24), 14, date(2025, 2, 7)),
        (date(2025, 1, 25), 14, date(2025, 2, 8)),  # a make-up Saturday
        (date(2025, 12, 18), 14, date(2026, 1, 2)),
    ],
)
def test_a_due_date_is_moved_to_the_lenders_next_open_day(lent, days, due):
    assert due_date(lent, days, MON_FRI) == due


def test_a_library_open_on_saturdays_is_due_on_a_saturday():
    assert due_date(date(2025, 9, 6), 14, MON_FRI) == date(2025, 9, 22)
    assert due_date(date(2025, 9, 6), 14, Calendar(parse_weekdays("mon-sat"))) == date(2025, 9, 20)
