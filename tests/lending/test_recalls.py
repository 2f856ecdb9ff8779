"""Urgent recalls: at once, daily, until any sheet of the lender shows the book back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ill_workflows.ledger.merge import newest_sheets
from ill_workflows.lending.kinds import true_today
from ill_workflows.lending.recalls import LATELY, Recall, recalls, resting
from tests.ledger.rows import day, frame, issues, loans, versions
from tests.lending.invented import LOAN, READER, Story

ROW = {
    "library": "NSUT", "month": None, "as_of": date(2025, 10, 6), "receipt": "R9", "interim": False,
    "seq": 9, "row": 2, "card": "HDU-07", "item": "C450006", "title": "食品化學",
    "reason": "教師指定參考書", "needed_by": date(2025, 10, 20), "opened_on": date(2025, 10, 6),
    "returned_on": None, "cancelled_on": None,
}  # fmt: skip
OPENED = date(2025, 10, 6)
RECALL = Recall(
    "NSUT", "HDU", "HDU-07", "C450006", "食品化學", "312.8", "教師指定參考書", date(2025, 10, 20),
    OPENED, OPENED, READER,
)  # fmt: skip
TODAY = day("10-08")


def told(
    *rows: dict[str, Any],
    lent: tuple[dict[str, Any], ...] = ({},),
    held: tuple[dict[str, Any], ...] = ({},),
    sheets: tuple[dict[str, Any], ...] = ({},),
    today: date = TODAY,
) -> list[Recall]:
    """The recalls of these rows of 緊急調回, loans and issues."""
    usage = newest_sheets(versions(*sheets), "usage")
    return recalls(frame(ROW, *(rows or ({},))), loans(*lent), issues(*held), usage, today)


def days(*numbers: int) -> list[date]:
    return [OPENED + timedelta(days=number) for number in numbers]


def run(story: Story, today: date, *found: Recall) -> list[tuple[str, str, str]]:
    """(policy, step, who) of the day's notices."""
    return [(one.policy, one.step, one.to[0]) for one in story.run(today, cases=found)]  # type: ignore[arg-type]


def test_the_home_library_and_the_reader_hear_at_once_and_daily_and_the_lender_once() -> None:
    story = Story()
    assert run(story, OPENED, RECALL) == [
        ("recall", "0", "library"), ("recall", "0", "reader"), ("recall_lender", "0", "library"),
    ]  # fmt: skip
    assert run(story, OPENED, RECALL) == []
    for number, today in enumerate(days(1, 2, 3, 4), start=1):
        assert run(story, today, RECALL) == [
            ("recall", str(number), "library"), ("recall", str(number), "reader"),
        ]  # fmt: skip
    assert {notice.to for _, notice in story.written if notice.policy == "recall"} == {
        ("library", "HDU"), ("reader", "HDU/H1"),
    }  # fmt: skip
    back = replace(RECALL, ended="back", back_on=day("10-10"), by_sheet=True)
    assert run(story, day("10-11"), back) == [("recall_lender", "back", "library")]
    assert run(story, day("10-12"), back) == []


def test_a_missed_weekend_is_not_made_up_for_by_letters_on_one_day() -> None:
    story = Story()
    run(story, OPENED, RECALL)
    (home, reader) = run(story, OPENED + timedelta(days=4), RECALL)
    assert (home[1], reader[1]) == ("1", "1")


def test_a_card_that_nobody_held_leads_to_no_reader() -> None:
    (found,) = told(held=({"issued_on": "9-20"},), lent=({"lent_on": "9-08"},))
    assert found.reader is None
    assert run(Story(), TODAY, found) == [
        ("recall", "0", "library"),
        ("recall_lender", "0", "library"),
    ]


def test_the_reader_is_who_held_the_card_when_the_book_went_out() -> None:
    first = {"issued_on": "9-05", "returned_on": "9-20", "patron": "H1"}
    later = {"issued_on": "9-21", "patron": "H2"}
    (found,) = told(held=(first, later))
    assert found.reader is not None
    assert (found.reader.number, found.lent_on) == ("H1", day("9-08"))
    (unknown,) = told(held=(first, later), lent=({"item": "another"},))
    assert unknown.reader is not None
    assert (unknown.reader.number, unknown.lent_on) == ("H2", None), "of the day of the recall"


@pytest.mark.parametrize("back_on", ["10-06", "10-07"])
def test_a_later_sheet_that_shows_the_book_back_ends_it(back_on: str) -> None:
    lent = ({}, {"month": "2025-10", "interim": True, "seq": 5, "returned_on": back_on})
    (found,) = told(lent=lent)
    assert (found.ended, found.back_on, found.by_sheet) == ("back", day(back_on), True)
    story = Story()
    run(story, OPENED, RECALL)
    assert run(story, TODAY, found) == [("recall_lender", "back", "library")]


def test_a_book_that_its_own_sheet_shows_back_is_asked_of_nobody_and_the_lender_is_told_once() -> (
    None
):
    (found,) = told(lent=({"returned_on": "10-01"},))
    assert (found.ended, found.back_on) == ("back", day("10-01"))
    story = Story()
    assert run(story, TODAY, found) == [("recall_lender", "0", "library")]
    assert run(story, TODAY + timedelta(days=1), found) == []
    (after_all,) = told(lent=({},))  # the sheet was wrong, and is mended
    assert run(story, TODAY + timedelta(days=2), after_all) == [
        ("recall", "0", "library"), ("recall", "0", "reader"),
    ]  # fmt: skip


def test_the_row_itself_ends_it_and_the_row_sent_last_counts() -> None:
    (back,) = told({}, {"seq": 10, "returned_on": "10-07", "as_of": "10-07"})
    assert (back.ended, back.back_on, back.by_sheet) == ("back", day("10-07"), False)
    (gone,) = told({}, {"seq": 10, "cancelled_on": "10-07"})
    assert gone.ended == "cancelled"
    story = Story()
    assert run(story, TODAY, back, gone) == [], "nobody was asked, so there is nothing to tell"
    run(story, OPENED, RECALL)
    assert run(story, TODAY, gone) == []
    assert run(story, TODAY, back) == [("recall_lender", "back", "library")]
    (moved,) = told({}, {"seq": 10, "needed_by": day("10-31")})
    assert (moved.key, moved.needed_by, moved.ended) == (RECALL.key, day("10-31"), "")


def test_a_lost_book_is_asked_for_no_more() -> None:
    (found,) = told(lent=({"condition": "遺失"},))
    assert found.ended == "lost"
    assert run(Story(), TODAY, found) == []


def test_a_book_lent_again_on_the_same_card_is_recalled_as_the_loan_that_is_out() -> None:
    lent = ({"returned_on": "9-20"}, {"lent_on": "9-22", "row": 6})
    (found,) = told(lent=lent)
    assert (found.ended, found.lent_on) == ("", day("9-22"))


def test_of_a_book_that_is_recalled_anew_the_newer_recall_counts() -> None:
    (found,) = told({}, {"opened_on": "10-07", "seq": 10})
    assert found.opened_on == day("10-07")


def test_a_recall_goes_on_while_the_lenders_sheet_grows_old() -> None:
    (found,) = told(today=day("11-10"))
    assert found.chased


def test_a_newer_sheet_that_has_forgotten_the_loan_lets_the_reader_rest() -> None:
    newer = {"month": "2025-10", "as_of": "11-03", "received_on": "11-03"}
    (found,) = told(sheets=({}, newer), today=day("11-04"))
    assert (found.ended, found.rests, found.chased) == ("", True, False)
    story = Story()
    assert run(story, day("11-04"), found) == [("recall_lender", "0", "library")]
    (loan,) = resting([replace(LOAN, asked="missing")], [found])
    assert loan.recalled is None, "the lender is asked whether it is still out"


def test_what_ended_long_ago_is_forgotten() -> None:
    back = {"returned_on": "10-07"}
    assert told(back, today=day("10-07") + LATELY - timedelta(days=1))
    assert told(back, today=day("10-07") + LATELY) == []


def test_the_loans_own_letters_rest_while_it_is_recalled_and_its_key_stays() -> None:
    (loan,) = resting([LOAN], [RECALL])
    assert (loan.key, loan.recalled) == (LOAN.key, RECALL.needed_by)
    for asked in ("", "stale", "missing"):
        story = Story()
        assert story.runs(range(-5, 40), replace(loan, asked=asked)) == []
    (free,) = resting([loan], [replace(RECALL, ended="back")])
    assert Story().runs([1], free) == [(1, "overdue", "first")]


def test_what_is_true_of_a_recall_is_to_the_right_persons() -> None:
    true = true_today([RECALL], TODAY)
    assert true["recall", RECALL.key] == ["HDU", READER]
    assert ("recall_lender:first", RECALL.key) in true
    back = true_today([replace(RECALL, ended="back")], TODAY)
    assert back == {("recall_lender", RECALL.key): [None]}
    assert true_today([replace(RECALL, ended="cancelled")], TODAY) == {}


def test_a_policy_that_is_switched_off_writes_nothing() -> None:
    policies = Story().policies
    off = [replace(policies[name], enabled=False) for name in ("recall", "recall_lender")]
    assert run(Story(*off), OPENED, RECALL) == []
