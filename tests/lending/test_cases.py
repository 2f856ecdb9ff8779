"""From the sheets to what somebody is waited on for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest

from ill_workflows.ledger.merge import newest_sheets
from ill_workflows.lending.cases import Loan, Sheets, case_key, open_loans, without
from ill_workflows.lending.contradictions import discrepancies
from ill_workflows.lending.notices import bundle
from ill_workflows.rules.calendar import Calendar, parse_weekdays
from ill_workflows.rules.policy import LendingRules, Member
from tests.ledger.rows import day, issues, loans, versions
from tests.lending.invented import Story

OPEN = Calendar(parse_weekdays("mon-fri"))
MEMBERS = {
    code: Member(code, code, OPEN, LendingRules(fine_per_day=5))
    for code in ("NSUT", "NSU", "HDU", "TMUT")
}
SEPTEMBER = ({}, {"form": "cards", "library": "HDU"}, {"library": "TMUT"})
Rows = tuple[dict[str, Any], ...]


def sheets(lent: Rows = ({},), register: Rows = ({},), received: Rows = SEPTEMBER) -> Sheets:
    came = versions(*received)
    usage, cards = newest_sheets(came, "usage"), newest_sheets(came, "cards")
    return Sheets(loans(*lent), issues(*register), usage, cards)


def out(given: Sheets, today: str = "10-03", stale_after: int = 10) -> list[Loan]:
    return open_loans(given, MEMBERS, day(today), stale_after)


def test_an_open_loan_has_its_reader_due_date_fine_and_the_age_of_its_facts() -> None:
    (loan,) = out(sheets())
    assert loan.key == "loan/NSUT/HDU-07/C450006/2025-09-22"
    assert (loan.home, loan.due_on, loan.overdue(day("10-03"))) == ("HDU", day("9-22"), 11)
    assert (loan.as_of, loan.sheet, loan.asked, loan.fine) == (day("10-02"), "R1", "", 55)
    assert loan.reader is not None
    assert (loan.reader.number, loan.reader.email) == ("H1", "h1@mail.hdu.example")


@pytest.mark.parametrize(
    "row", [{"returned_on": "9-20"}, {"condition": "遺失"}, {"library": "GONE"}]
)
def test_a_book_that_is_back_or_lost_or_a_strangers_is_not_out(row: dict[str, Any]) -> None:
    assert out(sheets(({}, {"item": "C2", **row}))) == out(sheets())


def test_a_book_known_from_a_stale_sheet_is_asked_about_not_on_the_tenth_day() -> None:
    assert [loan.asked for loan in out(sheets(), "10-12")] == [""]
    assert [loan.asked for loan in out(sheets(), "10-13")] == ["stale"]


def test_an_interim_sheet_makes_the_facts_of_its_loans_younger() -> None:
    interim = {"month": "2025-10", "interim": True, "as_of": "10-17"}
    given = sheets(({}, {**interim, "seq": 4}, {"item": "C2"}), received=(*SEPTEMBER, interim))
    assert [(loan.item, loan.as_of, loan.asked) for loan in out(given, "10-27")] == [
        ("C2", day("10-02"), ""),
        ("C450006", day("10-17"), ""),
    ]


def test_an_older_month_sent_again_makes_no_facts_younger() -> None:
    again = {"seq": 9, "as_of": "11-20"}
    given = sheets(
        ({"month": "2025-10", "as_of": "11-03"}, {"item": "C2", **again}),
        received=({"month": "2025-10", "as_of": "11-03"}, {"as_of": "11-20"}, *SEPTEMBER[1:]),
    )
    by_item = {loan.item: loan for loan in out(given, "11-21")}
    assert by_item["C450006"].asked == "stale"
    assert by_item["C2"].asked == "missing"
    assert by_item["C2"].as_of == day("11-03")


def test_a_loan_that_the_next_months_sheet_forgot_is_asked_about() -> None:
    given = sheets(received=(*SEPTEMBER, {"month": "2025-10", "as_of": "11-03"}))
    assert [(loan.asked, loan.sheet) for loan in out(given, "11-04")] == [("missing", "R4")]


def test_a_renewal_is_the_same_loan_with_a_later_due_date() -> None:
    (loan,) = out(sheets(({}, {"lent_on": "9-20"})))
    assert loan.due_on == day("10-07")
    assert out(sheets(({}, {"lent_on": "9-20", "returned_on": "9-25"}))) == []


def test_two_rows_of_one_book_that_come_due_together_are_one_case() -> None:
    rows = ({"lent_on": "9-06"}, {"lent_on": "9-08"})
    assert [loan.key for loan in out(sheets(rows))] == ["loan/NSUT/HDU-07/C450006/2025-09-22"]


def test_a_readers_address_is_that_of_the_newest_issue_that_has_one() -> None:
    register = (
        {"returned_on": "9-20"},
        {"card": "HDU-08", "issued_on": "9-21", "email": "new@mail.hdu.example"},
        {"card": "HDU-09", "issued_on": "9-25", "email": "no address"},
        {"card": "NSU-09", "library": "NSU", "email": "another@mail.nsu.example"},
    )
    (loan,) = out(sheets(register=register))
    assert loan.reader is not None
    assert loan.reader.email == "new@mail.hdu.example"


def test_a_refused_address_is_none_until_the_register_has_another() -> None:
    (loan,) = without(out(sheets()), frozenset({"h1@mail.hdu.example"}), {})
    assert loan.reader is not None
    assert loan.reader.email == ""
    changed = sheets(register=({"email": "H2@mail.hdu.example"},))
    assert without(out(changed), frozenset({"h1@mail.hdu.example"}), {}) == out(changed)
    (upper,) = without(out(changed), frozenset({"h2@mail.hdu.example"}), {})
    assert upper.reader == replace(upper.reader, email="")  # type: ignore[type-var]


def test_case_keys_encode_their_parts() -> None:
    key = case_key("loan", "NSUT", "HDU-07", "C 45/6%", date(2025, 9, 22))
    assert key == "loan/NSUT/HDU-07/C%2045%2F6%25/2025-09-22"
    assert unquote(key.split("/")[3]) == "C 45/6%"


def told(given: Sheets, today: str = "10-03") -> list[tuple[str, date, str]]:
    found = discrepancies(given, MEMBERS, day(today), 10)
    return [(case.kind, case.day, case.lender) for case in found]


NOBODY = ("nobody", date(2025, 9, 8), "NSUT")
ELSEWHERE = ({"card": "HDU-08"},)


def test_a_contradiction_is_told_when_both_sheets_that_show_it_are_in() -> None:
    assert told(sheets(register=ELSEWHERE)) == [NOBODY]
    assert told(sheets(register=(), received=({},))) == []


@pytest.mark.parametrize(
    "register",
    [
        {"month": "2025-08", "as_of": "9-02"},
        {"month": "2025-10", "as_of": "11-02"},  # September's own never came
        {"as_of": "9-07"},  # filled in before the day of the loan
    ],
)
def test_a_register_that_does_not_cover_the_day_of_the_loan_contradicts_nothing(
    register: dict[str, Any],
) -> None:
    came = ({}, {"form": "cards", "library": "HDU", **register})
    assert told(sheets(register=ELSEWHERE, received=came)) == []


def test_a_card_given_out_again_is_told_once_the_lenders_later_sheet_is_in() -> None:
    again = ({"returned_on": "9-19"}, {"patron": "H2", "issued_on": "10-15", "month": "2025-10"})
    october = {"form": "cards", "library": "HDU", "month": "2025-10", "as_of": "11-03"}
    assert told(sheets(register=again, received=(*SEPTEMBER, october)), "11-04") == []
    usage = {"month": "2025-10", "as_of": "11-03", "seq": 5}
    given = sheets(({}, usage), again, (*SEPTEMBER, october, usage))
    assert told(given, "11-04") == [("reissued", date(2025, 10, 15), "NSUT")]
    back = sheets(({}, {**usage, "returned_on": "10-14"}), again, (*SEPTEMBER, october, usage))
    assert told(back, "11-04") == []


def test_the_card_of_a_lost_book_may_be_given_out_again() -> None:
    again = ({"returned_on": "9-19"}, {"patron": "H2", "issued_on": "9-24"})
    assert told(sheets(({"condition": "遺失"},), again)) == []
    assert len(told(sheets(register=again))) == 1


def test_a_loan_that_is_long_back_is_no_longer_worth_a_letter() -> None:
    given = sheets(({"returned_on": "9-20"},), ELSEWHERE)
    assert told(given, "10-03") == [NOBODY]
    assert told(given, "2026-03-01") == []


def test_a_contradiction_knows_whom_it_waits_for() -> None:
    (case,) = discrepancies(sheets(register=ELSEWHERE), MEMBERS, day("10-03"), 10)
    assert (case.key, case.home, case.rests) == (
        "discrepancy/nobody/HDU-07/2025-09-08",
        "HDU",
        False,
    )
    assert case.answered_on == (day("10-02"), day("10-02"))
    (old,) = discrepancies(sheets(register=ELSEWHERE), MEMBERS, day("10-13"), 10)
    assert old.rests


def test_two_lenders_of_one_card_and_day_reach_the_home_library_in_one_letter() -> None:
    given = sheets(({}, {"library": "TMUT", "item": "T1"}), ELSEWHERE)
    cases = discrepancies(given, MEMBERS, day("10-03"), 10)
    assert [case.lender for case in cases] == ["NSUT", "TMUT"]
    letters = bundle(Story().run(day("10-03"), cases=cases))
    assert {one.to[1]: len(one.notices) for one in letters} == {"NSUT": 1, "HDU": 2, "TMUT": 1}
