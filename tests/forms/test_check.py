"""Errors, warnings, corrections: what a cell and a row give rise to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ill_workflows.forms import FORMS
from ill_workflows.forms.book import CellError, NoValue
from ill_workflows.forms.fields import Day, Text
from ill_workflows.forms.form import Sheet
from ill_workflows.forms.text import is_blank
from tests.forms.sheets import (
    ISSUES,
    LOANS,
    LOSSES,
    REQUESTS,
    STOCK,
    at,
    book,
    checked,
    cover,
    filled,
    sound,
    told,
)

COLUMNS = [(s, c) for form in FORMS for s in form.sheets for c in s.columns]
STRICT = {
    "usage_loans": {"card", "item", "lent_on"},
    "usage_requests": {"request_no", "requested_on", "borrower", "service", "outcome", "reason"},
    "cards_issues": {"card", "patron", "issued_on"},
    "cards_stock": {"card"},
    "departures_leavers": {"patron", "kind", "leaving_on"},
    "cases_recalls": {"card", "item", "reason", "needed_by", "opened_on"},
    "cases_suspensions": {"card", "violated_on", "reason", "suspended_from"},
    "cases_claims": {"claim_no", "card", "kind", "amount", "opened_on", "action"},
    "cases_losses": {"card", "kind", "opened_on"},
    "clearance_answers": {"case_no", "card", "answer", "answered_on"},
}
"""Columns that return the workbook when missing or unreadable."""
each_column = pytest.mark.parametrize(
    ("sheet", "column"), COLUMNS, ids=[f"{s.table}.{c.key}" for s, c in COLUMNS]
)


def one(sheet: Sheet, **typed: Any) -> list[tuple[str, str, str]]:
    """Cell, code and severity of what one row gives rise to."""
    read = checked(filled(sheet, sound(sheet, **typed)))
    return [(f.cell, f.code, f.severity) for f in read.findings]


def error(sheet: Sheet, key: str, code: str, **typed: Any) -> bool:
    return one(sheet, **typed) == [(at(sheet, key), code, "error")]


def warning(sheet: Sheet, key: str, code: str, **typed: Any) -> bool:
    return one(sheet, **typed) == [(at(sheet, key), code, "warning")]


@each_column
def test_an_error_cell_or_a_formula_without_a_value_returns_the_workbook(sheet, column):
    for value, code in (
        (CellError("#REF!"), "error_cell"), ("#N/A", "error_cell"), (" #VALUE! ", "error_cell"),
        (NoValue("=A1+1"), "formula_no_value"),
    ):  # fmt: skip
        found = checked(filled(sheet, sound(sheet, **{column.key: value}))).findings
        mine = [(f.cell, f.severity) for f in found if f.code == code]
        assert mine == [(at(sheet, column.key), "error")]
        assert str(value).strip() in found[0].zh


@each_column
def test_a_column_that_must_be_filled_is_missing_as_an_error_or_a_warning(sheet, column):
    read = checked(filled(sheet, sound(sheet, **{column.key: "－"})))
    missing = [(f.cell, f.severity) for f in read.findings if f.code == "missing"]
    strict = column.key in STRICT[sheet.table]
    wanted = [(at(sheet, column.key), "error" if strict else "warning")]
    assert missing == (wanted if column.required == "yes" else [])


@each_column
def test_what_cannot_be_read_is_an_error_in_a_key_or_a_date_and_else_a_warning(sheet, column):
    words = isinstance(column.field, Text)
    typed = "號" * 600 if words else "讀不懂"
    read = checked(filled(sheet, sound(sheet, **{column.key: typed})))
    found = [f for f in read.findings if f.cell == at(sheet, column.key)]
    strict = column.key in STRICT[sheet.table] or column.field.kind == "day"
    assert [f.severity for f in found] == ["error" if strict else "warning"]
    assert (found[0].code == "too_long") is words


def test_what_is_needed_only_sometimes_is_told_with_its_reason():
    assert error(REQUESTS, "reason", "missing_when", outcome="拒絕")
    assert warning(REQUESTS, "answered_on", "missing_when", answered_on="")
    assert one(REQUESTS, outcome="處理中", answered_on="") == []
    copy = {"service": "複印", "outcome": "提供"}
    assert one(REQUESTS, **copy) == [
        (at(REQUESTS, "supplied_as"), "missing_when", "warning"),
        (at(REQUESTS, "pages"), "missing_when", "warning"),
    ]
    assert one(REQUESTS, **copy, supplied_as="紙本影印", pages=3) == []
    assert one(ISSUES, returned_on="114.10.20") == [
        (at(ISSUES, "checked_by"), "missing_when", "warning"),
        (at(ISSUES, "checked_on"), "missing_when", "warning"),
    ]
    read = checked(filled(REQUESTS, sound(REQUESTS, outcome="拒絕")))
    assert "結果為拒絕" in read.findings[0].zh


def test_an_unreadable_cell_is_not_told_as_missing_besides():
    assert error(REQUESTS, "reason", "choice_unknown", outcome="拒絕", reason="不想借")
    assert error(LOANS, "card", "card_unreadable", card="第五張")


def test_reasons_that_are_none_and_a_reason_that_needs_a_note():
    refused = {"outcome": "拒絕"}
    assert error(REQUESTS, "reason", "reason_duplicate", **refused, reason="重複申請")
    assert error(REQUESTS, "reason", "reason_cancelled", **refused, reason="讀者自行取消")
    assert warning(REQUESTS, "note", "reason_needs_note", **refused, reason="其他(請說明)")
    assert one(REQUESTS, **refused, reason="其他(請說明)", note="已轉介") == []


def test_days_in_the_wrong_order_are_named_at_the_later_column():
    assert error(LOANS, "returned_on", "returned_before_lent", returned_on="114.10.2")
    assert error(LOANS, "due_on", "due_before_lent", due_on="114.10.2")
    assert one(LOANS, returned_on="114.10.3", due_on="114.10.3") == []
    gone = {"checked_by": "電話", "checked_on": "114.10.3"}
    assert error(ISSUES, "returned_on", "returned_before_issued", returned_on="114.10.2", **gone)
    assert one(ISSUES, returned_on="114.10.3", **gone) == []
    assert warning(REQUESTS, "answered_on", "answered_before_requested", answered_on="114.10.2")
    read = checked(filled(LOANS, sound(LOANS, returned_on="114.10.2")))
    assert (read.findings[0].facts["read"], read.findings[0].facts["other"]) == (
        "2025-10-02", "2025-10-03",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("上週", "date_unreadable"), ("114.9.31", "date_impossible"), ("98/9/9", "date_ambiguous"),
        ("114.11.6", "date_future"), ("10/15(四)", "weekday_mismatch"),
    ],
)  # fmt: skip
def test_a_day_in_doubt_is_an_error_in_every_column_of_days(typed, code):
    for sheet, column in COLUMNS:
        if isinstance(column.field, Day) and not (column.field.future and code == "date_future"):
            found = one(sheet, **{column.key: typed})
            assert (at(sheet, column.key), code, "error") in found, (column.key, found)


def test_a_due_date_years_ahead_is_warned_of_and_taken_as_unknown():
    assert warning(LOANS, "due_on", "date_far", due_on="125.10.17")
    assert one(LOANS, due_on="114.12.17") == []


def test_cards_that_cannot_stand_where_they_do_are_errors():
    assert error(LOANS, "card", "card_own", card="HDU-05")
    assert error(LOANS, "card", "card_no_member", card="QQQU-05")
    for sheet in (ISSUES, STOCK, LOSSES):
        assert error(sheet, "card", "card_foreign", card="NSUT-05")
        assert error(sheet, "card", "card_foreign", card="QQQU-05")
    assert error(REQUESTS, "borrower", "library_own", borrower="HDU")
    assert error(REQUESTS, "borrower", "library_unknown", borrower="火星大學")
    assert warning(ISSUES, "destination", "library_unknown", destination="火星大學")
    assert warning(ISSUES, "destination", "library_own", destination="HDU")


def test_an_identifier_that_has_lost_digits_is_an_error():
    assert error(LOANS, "item", "lost_digits", item=12345678901234567.0)
    assert error(ISSUES, "patron", "lost_digits", patron="1.23457E+15")


def test_what_is_put_right_is_accepted_and_told_with_what_was_read():
    typed = {
        "card": "nsut07", "lent_on": "１１４．１０．３", "returned_on": "10/9(四)", "fine": "15元",
        "fine_paid": "１５", "material": "書籍",
    }  # fmt: skip
    read = checked(filled(LOANS, sound(LOANS, **typed)))
    assert told(read) == []
    assert [(f.cell, f.facts["value"]) for f in read.findings if f.severity == "corrected"] == [
        ("A2", "NSUT-07"), ("E2", "圖書"), ("G2", "2025-10-03"), ("I2", "2025-10-09"), ("J2", "15"),
        ("K2", "15"),
    ]  # fmt: skip
    assert "我們把「nsut07」讀成「NSUT-07」" in read.findings[0].zh


def test_missing_is_not_zero():
    place = LOANS.place["fine"]
    rows = [sound(LOANS, item=n, fine=typed) for n, typed in enumerate(("", "無", 0, "0", "免"))]
    read = checked(filled(LOANS, *rows))
    assert [row[place] for row in read.rows["usage_loans"]] == [None, None, 0, 0, None]
    assert [f.code for f in read.findings if f.severity == "warning"][-1] == "number_unreadable"


CELLS = st.one_of(
    st.just(""), st.text(max_size=20), st.floats(), st.integers(), st.dates(), st.datetimes(),
    st.times(), st.timedeltas(), st.booleans(),
    st.sampled_from([CellError("#REF!"), NoValue("=A1"), "NSUT-07", "114.10.3", "10/15(三)", "98/9/9",
                     "小計", "9" * 4400, "(" * 300, "HDU-07", 1141015, 45945.0, "圖書", "\ud800"]),
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(CELLS, max_size=16), max_size=8), st.sampled_from(COLUMNS), st.booleans())
def test_nothing_that_stands_in_a_cell_raises(rows, chosen, headed):
    sheet = chosen[0]
    head = [[column.heading for column in sheet.columns]] if headed else []
    read = filled(sheet)
    sheets = [(s.title, [*head, *rows] if s.title == sheet.title else s.rows) for s in read.sheets]
    result = checked(book(*sheets))
    for finding in result.findings:
        assert finding.zh
        assert finding.en
    result = checked(book(("封面", [*rows, *cover()]), *sheets[1:]))
    assert result.form is not None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12) | st.floats(), st.sampled_from(COLUMNS))
def test_every_filled_cell_of_a_record_is_a_value_or_a_finding(typed, chosen):
    sheet, column = chosen
    read = checked(filled(sheet, sound(sheet, **{column.key: typed})))
    rows, place = read.rows[sheet.table], sheet.place[column.key]
    named = any(f.cell == at(sheet, column.key) for f in read.findings)
    nothing = isinstance(typed, str) and is_blank(typed)
    assert nothing or named or rows[0][place] is not None


@pytest.mark.parametrize(
    "typed",
    [time(8), timedelta(days=1), datetime.combine(date(2025, 10, 3), time(9)), date(2025, 10, 3)],
)
def test_a_cell_of_excels_own_kinds_in_a_text_column_is_its_text(typed):
    assert one(LOANS, note=typed) == []
