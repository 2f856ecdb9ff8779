from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.rules.calendar import Calendar, Closure, parse_weekdays
from ill_workflows.rules.fines import fine
from ill_workflows.rules.policy import LendingRules, Member

ALWAYS_OPEN = Calendar(frozenset(range(7)))
MON_FRI = Calendar(parse_weekdays("mon-fri"))
DUE = date(2025, 9, 1)
RULES = st.builds(
    LendingRules,
    fine_per_day=st.integers(0, 50),
    fine_cap=st.none() | st.integers(0, 500),
    fine_cap_unit=st.sampled_from(["ntd", "days"]),
    grace_days=st.integers(0, 10),
    grace_mode=st.sampled_from(["forgive", "back_charge"]),
    fine_counts_closed_days=st.booleans(),
)


def late(days: int, **rules: object) -> int:
    found = LendingRules(**{"fine_per_day": 5, **rules})
    return fine(DUE, DUE + timedelta(days=days), found, ALWAYS_OPEN)


@pytest.mark.parametrize("mode", ["forgive", "back_charge"])
@pytest.mark.parametrize("days", [-30, -1, 0, 1, 2, 3])
def test_a_book_back_within_grace_costs_nothing(days, mode):
    assert late(days, grace_days=3, grace_mode=mode) == 0


def test_forgiven_days_are_taken_off_and_charged_back_days_are_not():
    assert late(4, grace_days=3, grace_mode="forgive") == 5
    assert late(4, grace_days=3, grace_mode="back_charge") == 20
    assert late(4) == 20


def test_a_cap_in_dollars_limits_the_sum():
    assert late(100, fine_cap=300) == 300
    assert late(60, fine_cap=300) == 300
    assert late(59, fine_cap=300) == 295
    assert late(9, fine_cap=0) == 0


def test_a_cap_in_days_limits_the_days_late_before_grace_is_taken_off():
    capped = {"fine_cap": 30, "fine_cap_unit": "days"}
    assert late(40, **capped) == 150
    assert late(40, grace_days=3, grace_mode="back_charge", **capped) == 150
    assert late(40, grace_days=3, grace_mode="forgive", **capped) == 27 * 5
    assert late(29, grace_days=3, grace_mode="forgive", **capped) == 26 * 5


def test_a_cap_in_days_below_grace_charges_nothing_where_grace_is_forgiven():
    capped = {"fine_cap": 2, "fine_cap_unit": "days", "grace_days": 5}
    assert late(9, grace_mode="forgive", **capped) == 0
    assert late(9, grace_mode="back_charge", **capped) == 10


def test_a_library_that_counts_open_days_only_charges_no_weekend_holiday_or_typhoon():
    # due on Friday 3 October; Monday 6 is a holiday, Tuesday 7 a typhoon, Friday 10 a holiday
    shut = Calendar(MON_FRI.weekdays, (Closure(date(2025, 10, 7), date(2025, 10, 7)),))
    back = date(2025, 10, 13)
    counting = LendingRules(fine_per_day=5)
    assert fine(date(2025, 10, 3), back, counting, shut) == 50
    sparing = LendingRules(fine_per_day=5, fine_counts_closed_days=False)
    assert fine(date(2025, 10, 3), back, sparing, shut) == 15
    assert fine(date(2025, 10, 3), date(2025, 10, 7), sparing, shut) == 0


def test_a_library_without_a_fine_charges_none():
    assert late(500, fine_per_day=0) == 0


@given(RULES, st.integers(-20, 400))
def test_a_fine_is_never_negative_and_never_above_its_cap(rules, days):
    charged = fine(DUE, DUE + timedelta(days=days), rules, MON_FRI)
    assert charged >= 0
    assert days > rules.grace_days or charged == 0
    if rules.fine_cap is not None:
        worth = rules.fine_cap * (rules.fine_per_day if rules.fine_cap_unit == "days" else 1)
        assert charged <= worth


@given(RULES, st.integers(-20, 400))
def test_a_later_return_never_costs_less(rules, days):
    first, second = (
        fine(DUE, DUE + timedelta(days=days + more), rules, MON_FRI) for more in (0, 1)
    )
    assert first <= second


@given(RULES, st.integers(0, 400))
def test_a_fine_follows_the_formula(rules, days):
    back = DUE + timedelta(days=days)
    n = days if rules.fine_counts_closed_days else MON_FRI.count_open(DUE, back)
    free = rules.grace_days if rules.grace_mode == "forgive" else 0
    if n <= rules.grace_days:
        wanted = 0
    elif rules.fine_cap is not None and rules.fine_cap_unit == "days":
        wanted = max(min(n, rules.fine_cap) - free, 0) * rules.fine_per_day
    else:
        wanted = (n - free) * rules.fine_per_day
        wanted = wanted if rules.fine_cap is None else min(wanted, rules.fine_cap)
    assert fine(DUE, back, rules, MON_FRI) == wanted


@pytest.mark.parametrize(
    ("joined", "left", "belongs"),
    [
        (None, None, True),
        (date(2025, 10, 31), None, True),
        (date(2025, 11, 1), None, False),
        (None, date(2025, 10, 1), True),
        (None, date(2025, 9, 30), False),
        (date(2025, 10, 10), date(2025, 10, 12), True),
    ],
)
def test_a_library_belongs_on_any_day_of_its_membership(joined, left, belongs):
    member = Member("NSUT", "南星示範科技大學", MON_FRI, joined=joined, left=left)
    assert member.belongs(date(2025, 10, 1), date(2025, 10, 31)) is belongs
