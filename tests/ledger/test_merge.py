"""Which row counts: a fact once, however many sheets carry it over."""

from __future__ import annotations

from datetime import date

import pytest

from ill_workflows.ledger.merge import due_dates, latest, missing_since, newest_sheets, renewed
from ill_workflows.rules.calendar import Calendar, Closure, parse_weekdays
from ill_workflows.rules.policy import LendingRules, Member
from tests.ledger.rows import day, loans, versions

KEY = ("card", "item", "lent_on")


def test_the_row_of_the_latest_month_counts_in_whatever_order_the_sheets_came() -> None:
    out = {"month": "2025-09", "seq": 7}
    back = {"month": "2025-10", "seq": 3, "returned_on": "10-06"}
    for rows in ((out, back), (back, out)):
        (row,) = latest(loans(*rows), KEY).to_dict("records")
        assert row["returned_on"] == date(2025, 10, 6)


def test_within_a_month_the_version_accepted_later_counts() -> None:
    interim = {"month": "2025-10", "seq": 4, "interim": True, "returned_on": "10-06"}
    monthly = {"month": "2025-10", "seq": 9}
    (row,) = latest(loans(monthly, interim), KEY).to_dict("records")
    assert row["returned_on"] is None
    (row,) = latest(loans({**monthly, "seq": 2}, interim), KEY).to_dict("records")
    assert row["returned_on"] == date(2025, 10, 6)


def test_an_older_month_sent_again_changes_only_what_no_later_month_says() -> None:
    rows = loans(
        {"month": "2025-10", "seq": 5},
        {"month": "2025-09", "seq": 9, "returned_on": "9-20"},
        {"month": "2025-09", "seq": 9, "item": "C450007", "returned_on": "9-21"},
    )
    found = {r["item"]: r["returned_on"] for r in latest(rows, KEY).to_dict("records")}
    assert found == {"C450006": None, "C450007": date(2025, 9, 21)}


def test_the_same_key_at_two_libraries_is_two_facts() -> None:
    assert len(latest(loans({}, {"library": "NSU"}), KEY)) == 2


def test_no_rows_stay_no_rows() -> None:
    assert latest(loans(), KEY).empty


def test_the_newest_sheet_is_that_of_the_newest_month_not_the_last_to_come() -> None:
    sheets = newest_sheets(
        versions(
            {"month": "2025-10", "as_of": "11-03", "received_on": "11-03"},
            {"month": "2025-09", "as_of": "11-20", "received_on": "11-20"},
        ),
        "usage",
    )
    assert sheets.loc["NSUT", "as_of"] == date(2025, 11, 3)
    assert sheets.loc["NSUT", "receipt"] == "R1"
    assert sheets.loc["NSUT", "full_months"] == {"2025-09", "2025-10"}


def test_an_interim_sheet_is_the_newest_and_leaves_its_month_unreported() -> None:
    sheets = newest_sheets(
        versions({}, {"month": "2025-10", "interim": True, "as_of": "10-17"}), "usage"
    )
    assert sheets.loc["NSUT", "as_of"] == date(2025, 10, 17)
    assert sheets.loc["NSUT", "full_month"] == "2025-09"


def test_a_library_with_interim_sheets_only_has_reported_no_month() -> None:
    sheets = newest_sheets(versions({"interim": True}), "usage")
    assert sheets.loc["NSUT", "full_month"] is None
    assert not missing_since(loans({"interim": True}), sheets).any()


@pytest.mark.parametrize(
    "left_out",
    [{"form": "cards"}, {"state": "returned"}, {"state": "held"}, {"superseded_by": 9}],
)
def test_only_accepted_sheets_of_the_form_that_nothing_replaces_are_newest(left_out: dict) -> None:
    later = {"month": "2025-10", "as_of": "11-03", **left_out}
    sheets = newest_sheets(versions({}, later), "usage")
    assert sheets["month"].to_dict() == {"NSUT": "2025-09"}


def test_an_open_loan_that_the_next_months_sheet_forgot_is_missing() -> None:
    sheets = newest_sheets(versions({}, {"month": "2025-10"}), "usage")
    rows = loans(
        {"item": "forgotten"},
        {"item": "listed again", "month": "2025-10"},
        {"item": "back", "returned_on": "9-20"},
        {"item": "lost", "condition": "遺失"},
        {"item": "known since", "month": "2025-11", "interim": True},
    )
    assert list(rows["item"][missing_since(rows, sheets)]) == ["forgotten"]


def test_a_loan_that_an_interim_sheet_does_not_list_is_not_missing() -> None:
    sheets = newest_sheets(versions({}, {"month": "2025-10", "interim": True}), "usage")
    assert not missing_since(loans({}), sheets).any()


def test_a_book_lent_again_on_the_same_card_is_one_loan_from_then_on() -> None:
    rows = loans(
        {},
        {"lent_on": "9-20"},
        {"item": "C450007"},
        {"card": "HDU-08", "lent_on": "9-01"},
        {"library": "NSU", "lent_on": "9-01"},
    )
    assert list(renewed(rows)) == [True, False, False, False, False]


MEMBERS = {
    "NSUT": Member("NSUT", "南星", Calendar(parse_weekdays("mon-fri"))),
    "TMUT": Member("TMUT", "台墨", Calendar(parse_weekdays("mon-sat")), LendingRules(days=21)),
    "HDU": Member(
        "HDU",
        "虹島",
        Calendar(parse_weekdays("mon-fri"), (Closure(day("9-22"), day("9-24"), "遷館"),)),
    ),
}


@pytest.mark.parametrize(
    ("library", "lent", "written", "due"),
    [
        ("NSUT", "9-08", "9-13", "9-13"),  # the lender's own stands, a Saturday or not
        ("NSUT", "9-08", None, "9-22"),
        ("NSUT", "9-05", None, "9-19"),
        ("NSUT", "9-06", None, "9-22"),  # the 20th is a Saturday
        ("NSUT", "9-22", None, "10-07"),  # the 6th is Mid-Autumn Festival
        ("HDU", "9-08", None, "9-25"),  # closed from the 22nd to the 24th
        ("TMUT", "9-06", None, "9-27"),  # open on Saturdays, three weeks
    ],
)
def test_due_dates_are_the_lenders_own_or_computed_from_its_days(
    library: str, lent: str, written: str | None, due: str
) -> None:
    rows = loans({"library": library, "lent_on": lent, "due_on": written})
    assert list(due_dates(rows, MEMBERS)) == [day(due)]
