"""Suspensions: who it is only the home library learns; it is told, and told when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ill_workflows.lending.kinds import true_today
from ill_workflows.lending.suspensions import Suspension, barred, suspensions, turns
from tests.ledger.rows import day, frame, issues
from tests.lending.invented import READER, Story

ROW = {
    "library": "NSUT", "month": None, "as_of": date(2025, 10, 6), "receipt": "R9", "interim": False,
    "seq": 9, "row": 2, "card": "HDU-07", "violated_on": date(2025, 9, 30),
    "reason": "攜出未借館藏", "suspended_from": date(2025, 10, 6),
    "suspended_until": None, "lifted_on": None,
}  # fmt: skip
CASE = Suspension(
    "NSUT", "HDU", "HDU-07", day("9-30"), "攜出未借館藏", day("10-06"), None, None, day("10-06"),
    READER,
)  # fmt: skip
TODAY = day("10-07")


def told(*rows: dict[str, Any], held: tuple[dict[str, Any], ...] = ({},)) -> Suspension:
    (found,) = suspensions(frame(ROW, *(rows or ({},))), issues(*held))
    return found


def run(story: Story, today: str, case: Suspension) -> list[tuple[str, str]]:
    return [(one.step, one.to[0]) for one in story.run(day(today), cases=[case])]  # type: ignore[list-item]


def test_it_is_told_once_to_both_and_once_more_when_it_is_lifted() -> None:
    story = Story()
    assert run(story, "10-07", CASE) == [("0", "library"), ("0", "reader")]
    assert run(story, "10-08", CASE) == []
    lifted = replace(CASE, lifted_on=day("10-20"))
    assert run(story, "10-20", lifted) == [("lifted", "library"), ("lifted", "reader")]
    assert run(story, "10-21", lifted) == []


def test_it_is_over_when_its_last_day_has_passed() -> None:
    story, case = Story(), replace(CASE, until=day("10-31"))
    run(story, "10-07", case)
    assert run(story, "10-31", case) == []
    assert [step for step, _ in run(story, "11-01", case)] == ["lifted", "lifted"]
    assert case.over(day("11-01")) == "ended"
    assert replace(case, lifted_on=day("10-09")).over(day("10-09")) == "lifted"


def test_who_never_heard_of_it_does_not_hear_that_it_is_over() -> None:
    assert run(Story(), "10-07", replace(CASE, lifted_on=day("10-06"))) == []
    assert run(Story(), "10-07", replace(CASE, until=day("10-06"))) == []


def test_days_that_the_lender_has_changed_are_told_anew() -> None:
    story = Story()
    run(story, "10-07", told({"suspended_until": day("10-31")}))
    longer = told({"suspended_until": day("10-31")}, {"seq": 10, "suspended_until": day("11-30")})
    assert longer.turn == 1
    assert [step for step, _ in run(story, "10-10", longer)] == ["0", "0"]
    assert run(story, "11-01", longer) == []
    assert [step for step, _ in run(story, "12-01", longer)] == ["lifted", "lifted"]
    assert run(story, "12-02", longer) == []


def test_one_that_was_lifted_by_mistake_is_told_again() -> None:
    story, lifted = Story(), {"seq": 10, "lifted_on": "10-08"}
    run(story, "10-07", told({}))
    assert [step for step, _ in run(story, "10-08", told({}, lifted))] == ["lifted", "lifted"]
    again = told({}, lifted, {"seq": 11})
    assert [step for step, _ in run(story, "10-09", again)] == ["0", "0"]


def test_days_changed_and_lifted_at_once_is_only_over() -> None:
    story = Story()
    run(story, "10-07", told({}))
    both = told({}, {"seq": 10, "suspended_until": day("12-31")}, {"seq": 11, "lifted_on": "10-08"})
    assert [step for step, _ in run(story, "10-08", both)] == ["lifted", "lifted"]
    assert run(story, "10-09", both) == []


def test_who_it_is_follows_from_the_day_of_the_violation() -> None:
    first = {"issued_on": "9-05", "returned_on": "9-29", "patron": "H1"}
    second = {"issued_on": "9-30", "patron": "H2"}
    found = told(held=(first, second))
    assert found.reader is not None
    assert found.reader.number == "H2"
    assert told(held=(first,)).reader is None
    assert run(Story(), "10-07", told(held=(first,))) == [("0", "library")]


@pytest.mark.parametrize(
    ("on", "lasts"), [("10-05", False), ("10-06", True), ("10-31", True), ("11-01", False)]
)
def test_it_lasts_from_its_first_day_to_its_last(on: str, lasts: bool) -> None:
    assert replace(CASE, until=day("10-31")).lasts_on(day(on)) == lasts
    assert not replace(CASE, lifted_on=day("10-06")).lasts_on(day(on))


def test_only_a_librarys_own_readers_are_given_for_its_register() -> None:
    other = replace(
        CASE, home="NSUT", lender="HDU", reader=replace(READER, home="NSUT", number="N1")
    )
    assert barred([CASE, other, replace(CASE, reader=None)], "HDU") == {"H1": [CASE]}


def test_what_is_true_changes_when_it_is_over() -> None:
    assert set(true_today([CASE], TODAY)) == {("suspension:first", CASE.key)}
    over = true_today([replace(CASE, lifted_on=TODAY)], TODAY)
    assert over == {("suspension:later", CASE.key): ["HDU", READER]}


def test_changes_are_counted_after_the_first_telling() -> None:
    told = ([], ["a"], ["a", "a"], ["a", "b"], ["a", None, "a"], [None])
    assert [turns(one) for one in told] == [0, 0, 0, 1, 1, 0]
