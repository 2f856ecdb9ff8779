"""A workbook that was filled in ahead, as it comes back."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook

from ill_workflows.forms import Form
from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.form import Checked, is_running_number, running_number
from ill_workflows.forms.usage import USAGE
from ill_workflows.xlsx.template import write_template
from tests.forms.filled import OWNED, checked, plain_row, saved, type_on_cover
from tests.xlsx.test_template import LOAN, REQUEST, ROWS

STOCK = [{"card": f"HDU-{n:02d}", "state": "正常"} for n in range(1, 51)]
ISSUE = {**plain_row(CARDS.sheets[0], 1), "checked_by": None, "checked_on": None}


def returned(form: Form, rows: dict[str, list[dict[str, Any]]], **cells: Any) -> Checked:
    """The workbook with somebody's name on the cover and cells of its last sheet but one typed."""
    book = load_workbook(io.BytesIO(write_template(form, **OWNED, rows=rows)))
    type_on_cover(book["封面"], {"填表人": "示範館員"})
    for cell, value in cells.items():
        book[form.sheets[-1].title][cell] = value
    return checked(saved(book))


def test_an_untouched_usage_sheet_with_a_name_on_it_is_accepted_without_a_word() -> None:
    read = returned(USAGE, ROWS)
    assert read.findings == ()
    (loan,), (request,) = read.rows["usage_loans"], read.rows["usage_requests"]
    assert loan[1:9] == tuple(LOAN.get(column.key) for column in USAGE.sheets[0].columns[:8])
    assert request[1:] == tuple(REQUEST.get(column.key) for column in USAGE.sheets[1].columns)


def test_an_untouched_register_with_a_name_on_it_is_accepted_without_a_word() -> None:
    read = returned(CARDS, {"cards_issues": [ISSUE], "cards_stock": STOCK})
    assert read.findings == ()
    assert len(read.rows["cards_stock"]) == 50


def test_an_empty_month_is_accepted_without_a_word() -> None:
    read = returned(USAGE, {})
    assert (read.findings, read.rows) == ((), {"usage_loans": [], "usage_requests": []})


def test_a_row_that_goes_on_behind_its_number_is_a_row() -> None:
    read = returned(USAGE, {}, D3="借閱")
    assert {finding.cell for finding in read.findings} == {"B3", "C3", "F3", "H3"}


def test_a_running_number_beside_empty_rows_makes_no_rows_of_them() -> None:
    numbered: dict[str, Any] = {"O1": "序號", **{f"O{n}": n - 1 for n in range(2, 200)}}
    read = returned(USAGE, ROWS, **numbered)
    assert {finding.code for finding in read.findings} == {"column_passed"}


def test_a_number_that_somebody_typed_alone_is_no_number_of_ours() -> None:
    read = returned(USAGE, {}, A5="A-2025-17")
    assert {finding.code for finding in read.findings} == {"missing"}
    assert {finding.cell[1:] for finding in read.findings} == {"5"}


def test_numbers_ahead_are_known_whatever_their_month() -> None:
    assert running_number("2026-10", 1) == "11510-001"
    assert all(is_running_number(running_number(month, 300)) for month in ("2025-01", "2099-12"))
    assert not any(map(is_running_number, ("11513-001", "A-11510-001", "11510-1", 11510001, "")))
