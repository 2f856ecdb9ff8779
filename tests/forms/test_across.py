"""What several rows of a sheet say together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forms.sheets import (
    ISSUES,
    KNOWN,
    LOANS,
    REQUESTS,
    STOCK,
    at,
    checked,
    filled,
    sound,
    told,
)


def loans(*rows: dict[str, Any]) -> Any:
    return checked(filled(LOANS, *(sound(LOANS, **row) for row in rows)))


def issues(*spans: tuple[str, str], card: str = "HDU-07") -> Any:
    """Issues of one card, each to another reader: from, to."""
    back = (
        {"returned_on": b, "checked_by": "電話", "checked_on": b} if b else {} for _, b in spans
    )
    return checked(filled(ISSUES, *(
        sound(ISSUES, card=card, patron=f"H4{n}", issued_on=lent, **more)
        for n, ((lent, _), more) in enumerate(zip(spans, back, strict=True))
    )))  # fmt: skip


def cells(read: Any) -> list[tuple[str, str]]:
    return [(cell, code) for _, cell, code in told(read)]


def test_the_same_row_twice_is_counted_once_and_told():
    read = loans({}, {"item": "C2"}, {})
    assert cells(read) == []
    assert [(f.cell, f.code, f.facts["other"]) for f in read.findings] == [
        ("A4", "repeated_row", 2)
    ]
    assert [row[0] for row in read.rows["usage_loans"]] == [2, 3]


def test_the_same_key_twice_with_different_content_is_an_error_at_the_later_row():
    read = loans({}, {"item": "C2"}, {"title": "另一本書"})
    assert cells(read) == [("A4", "duplicate_key")]
    assert "第 2 列" in read.findings[0].zh
    spelled = loans({"returned_on": "114.10.9"}, {"card": "nsut7", "lent_on": "1141003"})
    assert ("A3", "duplicate_key") in cells(spelled)


@pytest.mark.parametrize(("sheet", "key"), [(REQUESTS, "title"), (ISSUES, "name"), (STOCK, "note")])
def test_every_sheet_has_a_key_that_stands_once(sheet, key):
    rows = (sound(sheet), sound(sheet, **{key: "另有所指"}), sound(sheet))
    read = checked(filled(sheet, *rows))
    assert ("A3", "duplicate_key") in cells(read)
    assert [f.cell for f in read.findings if f.code == "repeated_row"] == ["A4"]


def test_rows_whose_key_is_incomplete_are_all_kept():
    read = loans({"item": ""}, {"item": ""})
    assert [row[0] for row in read.rows["usage_loans"]] == [2, 3]
    assert cells(read) == [("B2", "missing"), ("B3", "missing")]


@pytest.mark.parametrize(
    "spans",
    [
        [("114.10.3", "114.10.9"), ("114.10.9", "")],
        [("114.10.3", "114.10.3"), ("114.10.3", "")][:1],
        [("114.10.20", ""), ("114.10.3", "114.10.9")],
        [("114.10.3", "114.10.9"), ("114.10.10", "114.10.20"), ("114.10.20", "")],
    ],
)
def test_issues_that_follow_each_other_may_turn_over_on_one_day(spans):
    assert cells(issues(*spans)) == []


@pytest.mark.parametrize(
    ("spans", "rows"),
    [
        ([("114.10.3", ""), ("114.10.9", "")], [3]),
        ([("114.10.3", "114.10.10"), ("114.10.9", "")], [3]),
        ([("114.10.9", ""), ("114.10.3", "114.10.10")], [2]),
        ([("114.10.3", "114.10.9"), ("114.10.9", ""), ("114.10.20", "")], [4]),
    ],
)
def test_overlapping_issues_are_an_error_at_the_later_rows_day_of_issue(spans, rows):
    read = issues(*spans)
    assert cells(read) == [(at(ISSUES, "issued_on", row), "overlapping_issue") for row in rows]
    assert {f.severity for f in read.findings} == {"error"}


def test_an_issue_that_is_never_over_overlaps_every_later_one_not_its_neighbour_only():
    read = issues(("114.10.1", ""), ("114.10.5", "114.10.6"), ("114.10.10", "114.10.12"))
    named = [(f.cell, f.facts["other"]) for f in read.findings if f.code == "overlapping_issue"]
    assert named == [(at(ISSUES, "issued_on", 3), 2), (at(ISSUES, "issued_on", 4), 2)]


def test_issues_of_two_cards_never_overlap():
    rows = (sound(ISSUES), sound(ISSUES, card="HDU-08", issued_on="114.10.4"))
    assert cells(checked(filled(ISSUES, *rows))) == []


def test_more_books_than_the_lender_allows_are_warned_of_on_the_day():
    three = [{"item": f"C{n}", "lent_on": f"114.10.{n}"} for n in (3, 4, 6)]
    read = loans(*three)
    assert cells(read) == [("A4", "over_limit")]
    facts = read.findings[0].facts
    assert (facts["count"], facts["limit"], facts["day"]) == (3, 2, "2025-10-06")
    assert cells(loans({**three[0], "returned_on": "114.10.6"}, *three[1:])) == []
    assert cells(loans(three[0], three[1], {**three[2], "card": "NSUT-08"})) == []


def test_kinds_that_are_not_lent_are_warned_of():
    assert cells(loans({"material": "珍善本"}, {"item": "C2", "material": "善本"})) == [
        ("E2", "excluded_kind"), ("E3", "excluded_kind"),
    ]  # fmt: skip


def test_the_same_book_again_without_a_return_is_a_renewal_and_warned_of():
    again = {"lent_on": "114.10.17"}
    assert cells(loans({}, again)) == [("G3", "renewed")]
    assert cells(loans(again, {})) == [("G2", "renewed")]
    assert cells(loans({"returned_on": "114.10.17"}, again)) == []
    assert cells(loans({"returned_on": "114.10.18"}, again)) == [("G3", "renewed")]


def test_a_loan_before_the_term_and_a_void_card_are_warned_of():
    assert cells(loans({"lent_on": "114.7.31"})) == [("G2", "lent_before_term")]
    assert cells(loans({"lent_on": "114.8.1"})) == []
    assert cells(loans({"card": "nsut13"})) == [("A2", "card_void")]
    unlimited = checked(filled(LOANS, sound(LOANS, lent_on="113.7.31")), replace(KNOWN, term_from=None))  # fmt: skip
    assert cells(unlimited) == []


def test_warnings_leave_the_rows_counted():
    read = loans({"material": "珍善本", "lent_on": "114.7.31", "fine": "免", "title": ""})
    assert read.count("error") == 0
    assert len(read.rows["usage_loans"]) == 1
    assert {f.severity for f in read.findings} == {"warning"}


def test_findings_stand_in_the_order_in_which_a_sheet_is_read():
    rows = [{"item": f"C{n}", "card": "QQQU-1", "fine": "免"} for n in range(12)]
    read = loans(*rows)
    assert [cell for cell, _ in cells(read)] == [f"{c}{n}" for n in range(2, 14) for c in "AJ"]


DAYS = st.integers(1, 30)


@given(
    st.lists(st.tuples(DAYS, st.none() | DAYS), min_size=1, max_size=5, unique_by=lambda s: s[0])
)
def test_an_overlap_is_found_whenever_two_issues_share_a_night(spans):
    spans = [(start, end if end is None or end >= start else start) for start, end in spans]
    read = issues(*((f"114.10.{a}", f"114.10.{b}" if b else "") for a, b in spans))
    ordered = sorted(spans, key=lambda span: span[0])
    shared = any(
        one[1] is None or one[1] > other[0]
        for n, one in enumerate(ordered)
        for other in ordered[n + 1 :]
    )
    assert ("overlapping_issue" in {code for _, code in cells(read)}) is shared
