"""Stale facts: the lender is asked, and the reader is left in peace."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.lending.notices import bundle
from tests.lending.invented import CONTRADICTION, LOAN, Story, after, stale


def test_a_stale_sheet_is_asked_about_at_once_and_every_seven_days() -> None:
    told = Story().runs(range(1, 24), stale())
    assert told == [
        (1, "still_out", "0"),
        (8, "still_out", "7"),
        (15, "still_out", "14"),
        (22, "still_out", "21"),
    ]


def test_a_loan_that_is_not_overdue_is_not_asked_about() -> None:
    assert Story().runs(range(-10, 1), stale()) == []


def test_each_staleness_starts_anew() -> None:
    story = Story()
    story.runs([1, 8], stale())
    story.runs([9, 10], LOAN)
    assert story.runs([21, 28], stale(sheet="R2")) == [
        (21, "still_out", "0"),
        (28, "still_out", "7"),
    ]


def test_a_loan_that_falls_overdue_meanwhile_gets_its_own_beginning_at_once() -> None:
    later = replace(stale(), item="C450007", due_on=after(3))
    told = Story()
    assert told.runs([1, 3], stale(), later) == [(1, "still_out", "0")]
    found = told.run(after(4), [stale(), later])
    assert [(notice.case, notice.step) for notice in found] == [(later.key, "0")]
    found = told.run(after(8), [stale(), later])
    assert [(notice.case, notice.step) for notice in found] == [(stale().key, "7")]


def test_what_the_newest_sheet_forgot_is_asked_about_before_it_is_due() -> None:
    missing = replace(LOAN, asked="missing")
    assert Story().runs([-10, -9], missing) == [(-10, "still_out", "0")]


def test_once_the_facts_are_fresh_again_the_readers_letters_go_on_where_they_were() -> None:
    story = Story()
    story.runs([1], LOAN)
    story.runs(range(2, 20), stale())
    told = story.runs([20, 26, 27], LOAN)
    overdue = [(day, step) for day, policy, step in told if policy == "overdue"]
    assert overdue == [(20, "second"), (27, "final")]


@settings(deadline=None)
@given(st.lists(st.sampled_from(("fresh", "R1", "R2", "R3")), max_size=60))
def test_nobody_is_both_asked_and_reminded_on_one_day(states: list[str]) -> None:
    story = Story()
    for number, state in enumerate(states, -5):
        loan = LOAN if state == "fresh" else stale(sheet=state)
        told = {notice.policy for notice in story.run(after(number), [loan])}
        assert not ("still_out" in told and len(told) > 1)
        assert told <= {"still_out"} or state == "fresh"
    for (policy, _, _), steps in story.history.items():
        if policy == "still_out":
            days = sorted(steps.values())
            assert all((b - a).days >= 7 for a, b in pairwise(days))


def both(story: Story, day: int, **changes: object) -> list[tuple[str, str]]:
    case = replace(CONTRADICTION, **changes)  # type: ignore[arg-type]
    return [(notice.library, notice.step) for notice in story.run(after(day), cases=[case])]


def test_both_libraries_are_told_of_a_contradiction_and_again_after_a_fortnight() -> None:
    story = Story()
    assert both(story, 0) == [("NSUT", "0"), ("HDU", "0")]
    assert both(story, 1) == []
    story.history.clear()
    story.written.clear()
    late = {"answered_on": (None, after(-5))}
    assert both(story, 20, **late) == [("NSUT", "0"), ("HDU", "0")]
    assert both(story, 33, **late) == []
    assert both(story, 34, **late) == [("NSUT", "14"), ("HDU", "14")]
    assert both(story, 60, **late) == []


def test_a_contradiction_rests_once_both_have_sent_newer_sheets() -> None:
    story = Story()
    both(story, 0)
    assert both(story, 14, answered_on=(after(3), after(4))) == []
    assert both(story, 14, answered_on=(after(3), after(0))) == [("NSUT", "14"), ("HDU", "14")]


def test_a_contradiction_rests_while_its_lender_is_asked() -> None:
    story = Story()
    old = {"answered_on": (after(-5), after(-5))}
    assert len(both(story, 0, rests=True)) == 2
    assert both(story, 14, rests=True, **old) == []
    assert len(both(story, 20, **old)) == 2


def test_two_lenders_on_one_card_and_day_are_told_apart_and_the_home_library_once() -> None:
    other = replace(CONTRADICTION, lender="TMUT", loans=(replace(LOAN, lender="TMUT"),))
    story = Story()
    letters = bundle(story.run(after(0), cases=[CONTRADICTION, other]))
    assert sorted((one.to[1], len(one.notices)) for one in letters) == [
        ("HDU", 2),
        ("NSUT", 1),
        ("TMUT", 1),
    ]
    assert all(one.cases == (CONTRADICTION.key,) for one in letters)


def test_one_letter_for_many_loans_of_a_reader_and_step() -> None:
    loans = [replace(LOAN, item=f"C{n}", lender="NSUT" if n % 2 else "TMUT") for n in range(10)]
    later = replace(LOAN, item="C99", due_on=after(5))
    other = replace(LOAN, item="C98", reader=replace(LOAN.reader, number="H2"))  # type: ignore[type-var]
    story = Story()
    story.runs([1], *loans)
    letters = bundle(story.run(after(7), [*loans, later, other]))
    told = sorted((one.policy, one.step, one.to[1], len(one.notices)) for one in letters)
    assert told == [
        ("overdue", "first", "HDU/H1", 1),
        ("overdue", "first", "HDU/H2", 1),
        ("overdue", "second", "HDU/H1", 10),
    ]
    (second,) = (one for one in letters if one.step == "second")
    assert second.cases == tuple(sorted(loan.key for loan in loans))
