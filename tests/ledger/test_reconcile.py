"""Contradictions between a lender's sheet and a home library's register."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from ill_workflows.ledger.holders import holders
from ill_workflows.ledger.reconcile import contradictions
from tests.ledger.rows import issues, loans

AGAIN = {"patron": "H2", "issued_on": "9-24", "destination": "NSU"}


def found(loan: dict[str, Any], *register: dict[str, Any], covered: bool = True) -> list[Any]:
    rows, given = loans(loan), issues(*register)
    held = holders(rows, given)
    joined = rows.assign(patron=held["patron"], issued_on=held["issued_on"])
    told = contradictions(joined, given, pd.Series([covered]))
    return list(zip(told["kind"], told["day"], told["loan"], strict=True))


def test_a_loan_on_a_card_that_nobody_held_is_told_once_the_register_is_in() -> None:
    other = {"card": "HDU-08"}
    assert found({}, other) == [("nobody", date(2025, 9, 8), 0)]
    assert found({}, other, covered=False) == []


def test_a_card_given_out_again_while_the_book_is_out() -> None:
    told = found({}, {"returned_on": "9-19"}, AGAIN)
    assert told == [("reissued", date(2025, 9, 24), 0)]


@pytest.mark.parametrize(
    ("loan", "why"),
    [
        ({"returned_on": "9-19"}, "it was back before"),
        ({"returned_on": "9-24"}, "it came back that day"),
        ({"as_of": "9-23"}, "the lender's sheet is older than the re-issue"),
    ],
)
def test_nothing_is_contradicted_when(loan: dict[str, Any], why: str) -> None:
    assert found(loan, {"returned_on": "9-19"}, AGAIN) == [], why


def test_a_book_that_came_back_after_the_re_issue_contradicts_it_too() -> None:
    assert found({"returned_on": "9-25"}, {"returned_on": "9-19"}, AGAIN) == [
        ("reissued", date(2025, 9, 24), 0)
    ]


def test_the_lenders_sheet_of_the_very_day_shows_the_book_out() -> None:
    assert len(found({"as_of": "9-24"}, {"returned_on": "9-19"}, AGAIN)) == 1


def test_a_card_may_come_back_and_go_out_again_on_the_day_of_the_loan() -> None:
    """Sample HDU-44: nobody knows which of the two came first that day."""
    first = {"returned_on": "9-15"}
    assert found({"lent_on": "9-15"}, first, {**AGAIN, "issued_on": "9-15"}) == []


def test_a_later_issue_to_the_same_reader_is_one_too() -> None:
    told = found({}, {"returned_on": "9-19"}, {**AGAIN, "patron": "H1"})
    assert [kind for kind, _, _ in told] == ["reissued"]


def test_the_first_re_issue_is_told_and_no_other() -> None:
    third = {"patron": "H3", "issued_on": "9-30"}
    told = found({}, {"returned_on": "9-19"}, third, {**AGAIN, "returned_on": "9-29"})
    assert told == [("reissued", date(2025, 9, 24), 0)]


def test_no_sheets_contradict_nothing() -> None:
    rows = loans().assign(patron=None, issued_on=None)
    assert contradictions(rows, issues(), pd.Series([], dtype=bool)).empty
