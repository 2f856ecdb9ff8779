"""Steps: none hurried, none twice, none out of turn, whatever days the runs fall on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.lending.cases import Loan
from ill_workflows.lending.policies import NoticePolicy, Step, steps
from tests.lending.invented import DUE, LOAN, TABLE, Story, after

RUNS = st.lists(st.integers(-10, 90), max_size=60).map(sorted)
"""Days of runs: some missed, some twice."""


AFTER = {"first": 1, "second": 7, "final": 14}


@settings(deadline=None)
@given(RUNS, st.sampled_from((LOAN, replace(LOAN, reader=None))))
def test_after_any_pattern_of_runs_the_steps_of_a_case_come_in_order_and_unhurried(
    days: list[int], loan: Loan
) -> None:
    story = Story()
    story.runs(days, loan)
    told: dict[str, list[tuple[int, int]]] = {}
    for today, notice in story.written:
        wanted = 14 if notice.policy == "overdue_lender" else AFTER.get(notice.step)
        number = int(notice.step) if wanted is None else wanted
        told.setdefault(notice.policy, []).append(((today - DUE).days, number))
    for policy, steps_told in told.items():
        numbers = [number for _, number in steps_told]
        plan = [AFTER.get(step.name, step.after) for step in TABLE[policy].steps]
        plan = [1, *plan] if policy == "overdue_library" and loan.reader is None else plan
        plan += [plan[-1] + 7 * n for n in range(1, 20)] if TABLE[policy].every else []
        assert policy == "overdue_lender" or numbers == plan[: len(numbers)]
        assert all(day >= number for day, number in steps_told)
        for (earlier, one), (later, two) in pairwise(steps_told):
            assert later - earlier >= two - one


@st.composite
def plans(draw: st.DrawFn) -> NoticePolicy:
    days = sorted(draw(st.sets(st.integers(-5, 40), min_size=1, max_size=5)))
    return NoticePolicy("any", steps(*days), every=draw(st.none() | st.integers(1, 20)))


@settings(deadline=None)
@given(plans(), RUNS)
def test_any_policy_keeps_its_own_distances(plan: NoticePolicy, days: list[int]) -> None:
    written: dict[str, object] = {}
    told: list[tuple[int, int]] = []
    for number in days:
        step = plan.next_step(DUE, written, after(number))  # type: ignore[arg-type]
        if step is not None:
            assert step.name not in written
            written[step.name] = after(number)
            told.append((number, step.after))
    sequence = [step.after for step in plan.steps]
    while plan.every is not None and len(sequence) < len(told):
        sequence.append(sequence[-1] + plan.every)
    assert [wanted for _, wanted in told] == sequence[: len(told)]
    assert all(day >= wanted for day, wanted in told)
    for (earlier, one), (later, two) in pairwise(told):
        assert later - earlier >= two - one


def test_a_missed_week_still_starts_with_the_mild_letter() -> None:
    told = Story().runs([30, 31, 35, 36, 42, 43], LOAN)
    overdue = [(day, step) for day, policy, step in told if policy == "overdue"]
    assert overdue == [(30, "first"), (36, "second"), (43, "final")]


def test_run_every_day_the_letters_come_on_the_days_of_the_policy() -> None:
    told = Story().runs(range(-10, 30), LOAN)
    assert told == [
        (-3, "due_soon", "-3"),
        (1, "overdue", "first"),
        (7, "overdue", "second"),
        (14, "overdue", "final"),
        (14, "overdue_lender", "final"),
        (14, "overdue_library", "14"),
        (21, "overdue_library", "21"),
        (28, "overdue_library", "28"),
    ]


def test_due_soon_is_never_written_on_or_after_the_due_date() -> None:
    for day in (0, 1, 5):
        assert "due_soon" not in [policy for _, policy, _ in Story().runs([day], LOAN)]
    assert Story().runs([-1], LOAN) == [(-1, "due_soon", "-3")]


def test_an_extended_loan_starts_anew_and_an_earlier_history_is_not_its_own() -> None:
    story = Story()
    story.runs(range(16), LOAN)
    extended = replace(LOAN, due_on=after(20))
    assert story.runs([21], extended) == [(21, "overdue", "first")]


def test_a_step_put_in_before_those_that_are_written_is_not_made_up_for() -> None:
    story = Story()
    story.runs([1, 7], LOAN)
    gentler = (Step("hint", 0), Step("first", 1), Step("again", 4), Step("second", 7))
    story.policies["overdue"] = NoticePolicy("overdue", (*gentler, Step("final", 14)))
    told = story.runs([8, 14], LOAN)
    assert [step for _, policy, step in told if policy == "overdue"] == ["final"]


def test_the_lender_is_told_with_the_final_letter_once() -> None:
    told = Story().runs([20, 26, 33, 34, 60], LOAN)
    lender = [(day, step) for day, policy, step in told if policy == "overdue_lender"]
    assert lender == [(33, "final")]


def test_the_lender_is_still_told_where_its_letter_was_taken_back() -> None:
    story = Story()
    story.runs([1, 7, 14], LOAN)
    del story.history["overdue_lender", LOAN.key, ""]
    assert (15, "overdue_lender", "final") in story.runs([15], LOAN)


def test_the_home_library_is_told_at_fourteen_days_and_every_seven_days_after() -> None:
    told = Story().runs([13, 14, 20, 21, 40, 41, 46, 47], LOAN)
    library = [(day, step) for day, policy, step in told if policy == "overdue_library"]
    assert library == [(14, "14"), (21, "21"), (40, "28"), (47, "35")]


def test_where_nobody_held_the_card_the_home_library_is_told_at_the_first_step() -> None:
    told = Story().runs([0, 1, 2, 13, 14, 21], replace(LOAN, reader=None))
    assert told == [
        (1, "overdue_library", "1"),
        (14, "overdue_library", "14"),
        (21, "overdue_library", "21"),
    ]


def test_a_reader_whom_the_register_names_later_begins_with_the_mild_letter() -> None:
    story = Story()
    nobody = replace(LOAN, reader=None)
    assert story.runs([14], nobody) == [(14, "overdue_library", "1")]
    told = story.runs([15, 26, 27], LOAN)
    assert [t for t in told if t[1] == "overdue"] == [
        (15, "overdue", "first"),
        (26, "overdue", "second"),
    ]
    assert [t for t in told if t[1] == "overdue_library"] == [(27, "overdue_library", "14")]
    assert story.runs([28, 34], nobody) == [(34, "overdue_library", "21")]


@pytest.mark.parametrize("policy", ["due_soon", "overdue", "overdue_library", "overdue_lender"])
def test_a_policy_that_is_switched_off_writes_nothing(policy: str) -> None:
    story = Story(replace(TABLE[policy], enabled=False))
    told = {name for _, name, _ in story.runs(range(-10, 40), LOAN)}
    assert policy not in told


def test_a_policy_without_steps_writes_nothing() -> None:
    plan = NoticePolicy("none", (), every=7)
    assert plan.next_step(DUE, {}, DUE + timedelta(days=99)) is None
