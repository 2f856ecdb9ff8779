"""A due date that a letter has told stands, unless a later closure makes it later than today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ill_workflows.lending.cases import Loan
from ill_workflows.lending.told import with_told_dates
from ill_workflows.rules.calendar import Calendar, parse_weekdays
from ill_workflows.rules.policy import LendingRules, Member
from tests.lending.invented import DUE, LOAN, Story, after

MEMBERS = {
    "NSUT": Member("NSUT", "", Calendar(parse_weekdays("mon-fri")), LendingRules(fine_per_day=5))
}


def kept(loan: Loan, day: int, story: Story) -> Loan:
    (found,) = with_told_dates([loan], story.history, MEMBERS, after(day))
    return found


def told(*days: int, loan: Loan = LOAN) -> Story:
    story = Story()
    story.runs(days, loan)
    return story


def test_a_due_date_that_nobody_was_told_moves_freely() -> None:
    moved = replace(LOAN, due_on=after(3))
    assert kept(moved, 10, Story()) == moved


def test_a_told_due_date_stands_and_the_steps_go_on() -> None:
    moved = replace(LOAN, due_on=after(3), fine=20)
    found = kept(moved, 7, told(1))
    assert (found.due_on, found.key, found.fine) == (DUE, LOAN.key, 35)


def test_a_later_closure_that_makes_it_later_than_today_moves_it() -> None:
    moved = replace(LOAN, due_on=after(3))
    assert kept(moved, 2, told(1)) == moved
    assert kept(moved, 3, told(1)).due_on == DUE


def test_a_due_date_that_would_come_earlier_than_told_does_not() -> None:
    moved = replace(LOAN, due_on=after(-2))
    assert kept(moved, -3, told(-3)).due_on == DUE
    assert kept(moved, 1, told(-3)).due_on == DUE


def test_a_due_date_that_the_lender_wrote_stands_as_written() -> None:
    written = replace(LOAN, due_on=after(10), due_written=True)
    assert kept(written, 20, told(1)) == written
    earlier = replace(LOAN, due_on=after(-5), due_written=True)
    assert kept(earlier, 20, told(1)) == earlier


def test_the_date_told_last_stands() -> None:
    story = told(1)
    moved = replace(LOAN, due_on=after(9))
    story.run(after(6), [moved])
    assert kept(replace(LOAN, due_on=after(11)), 20, story).due_on == after(9)
    assert kept(LOAN, 20, story).due_on == after(9)


def test_letters_about_an_earlier_loan_of_the_same_book_say_nothing_about_this_one() -> None:
    again = replace(LOAN, lent_on=after(2), due_on=after(16))
    assert kept(again, 20, told(1)) == again
    same_day = replace(LOAN, lent_on=after(1), due_on=after(15))
    assert kept(same_day, 20, told(1)) == same_day


def test_a_date_told_to_a_library_stands_too() -> None:
    nobody = replace(LOAN, reader=None)
    assert kept(replace(nobody, due_on=after(3)), 10, told(1, loan=nobody)).due_on == DUE


def test_item_numbers_with_odd_characters_are_found_again() -> None:
    odd = replace(LOAN, item="C 45/6%")
    assert kept(replace(odd, due_on=after(3)), 10, told(1, loan=odd)).due_on == DUE
    other = replace(LOAN, item="C 45", due_on=date(2025, 9, 25))
    assert kept(other, 10, told(1, loan=odd)) == other
