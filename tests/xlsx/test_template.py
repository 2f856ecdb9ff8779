"""The standard workbooks as they are written: whose, what stands where, what may be typed."""

from __future__ import annotations

import io
import re
import time
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.fields import Day
from ill_workflows.forms.usage import USAGE
from ill_workflows.jobs.templates import blanks
from ill_workflows.xlsx.read import read_book
from ill_workflows.xlsx.template import write_template
from tests.forms.filled import MEMBERS, OWN, OWNED, column_look

COMMITTED = Path(__file__).parents[2] / "templates" / "xlsx"
LOAN = {
    "card": "NSUT-07", "item": "0000123", "title": "=SUM 的用法", "call_number": "463.12 8764",
    "material": "圖書", "published": 2015, "lent_on": date(2025, 8, 28),
    "due_on": date(2025, 9, 11), "fine": None, "seq": 3, "library": "HDU",
}  # fmt: skip
REQUEST = {
    "request_no": "11409-007", "requested_on": date(2025, 9, 1), "borrower": "NSUT",
    "service": "複印", "material": "期刊文章", "outcome": "處理中",
}  # fmt: skip
ROWS = {"usage_loans": [LOAN], "usage_requests": [REQUEST]}
EXCEL_2007 = re.compile(
    r"AND|ASC|CHAR|COUNTA|COUNTIFS|DATE|DATEVALUE|FIND|IF|IFERROR|INDEX|INT|ISBLANK|ISERROR|ISNA"
    r"|ISNUMBER|ISTEXT|LEFT|LEN|MATCH|MAX|NOT|OR|REPLACE|RIGHT|ROW|SUBSTITUTE|SUM|SUMPRODUCT"
    r"|TEXT|TODAY|TRIM|YEAR"
)
of_forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def blank(form: Form) -> bytes:
    return write_template(form, members={}, library=None, month=None)


def test_the_committed_blank_forms_are_what_the_code_writes() -> None:
    written = blanks()
    assert sorted(path.name for path in COMMITTED.iterdir()) == sorted(written)
    for name, data in written.items():
        assert (COMMITTED / name).read_bytes() == data


@of_forms
def test_the_same_arguments_give_the_same_bytes_wherever_it_is_written(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = write_template(form, **OWNED, rows=ROWS, token="word")
    monkeypatch.setenv("TZ", "America/Adak")
    time.tzset()
    try:
        assert write_template(form, **OWNED, rows=ROWS, token="word") == here
    finally:
        monkeypatch.undo()
        time.tzset()


def test_whose_workbook_it_is_stands_in_its_names() -> None:
    made = write_template(USAGE, **OWNED, token="4be1")
    assert read_book(made, "made").names == {
        "ill_form": "usage", "ill_version": "1", "ill_library": "HDU", "ill_period": "2025-09",
        "ill_token": "4be1",
    }  # fmt: skip
    assert read_book(blank(USAGE), "blank").names == {"ill_form": "usage", "ill_version": "1"}


@of_forms
def test_a_blank_form_opens_on_the_guidance_a_librarys_own_on_the_cover(form: Form) -> None:
    titles = ["填表說明", "封面", *(sheet.title for sheet in form.sheets), "選單"]
    for data, first in ((blank(form), "填表說明"), (write_template(form, **OWNED), "封面")):
        book = opened(data)
        assert book.sheetnames == titles
        assert book.active.title == first
        assert [p.title for p in book if p.sheet_view.tabSelected] == [first]
        assert [p.title for p in book if p.sheet_state != "visible"] == ["選單"]


@of_forms
def test_a_sheet_has_the_contracts_headings_and_nothing_else_in_a_blank_form(form: Form) -> None:
    book = opened(blank(form))
    for sheet in form.sheets:
        cells = [c.value for row in book[sheet.title].iter_rows() for c in row if c.value]
        assert cells == [column.heading for column in sheet.columns]


def test_the_cover_holds_what_is_known() -> None:
    page = opened(write_template(USAGE, **OWNED, cover={"kind": "期中更新"}))["封面"]
    cover = {row[1]: row[2] for row in page.iter_rows(max_col=3, values_only=True) if row[1]}
    assert cover["表單"] == "月報表 usage 1"
    assert (cover["圖書館代碼"], cover["圖書館名稱"]) == ("HDU", "虹島示範大學")
    assert (cover["統計年月"], cover["填報別"], cover["填表人"]) == ("114年09月", "期中更新", None)
    assert "填報別" not in {c.value for c in opened(blank(CARDS))["封面"]["B"]}


def test_what_is_carried_over_comes_as_it_was() -> None:
    page = opened(write_template(USAGE, **OWNED, rows=ROWS))["借出紀錄"]
    cells = {cell.value: cell for cell in page[2]}
    assert cells["0000123"].data_type == cells["=SUM 的用法"].data_type == "s"
    assert page["H2"].value.date() == date(2025, 9, 11)
    assert [cell.value for cell in page[2]].count(None) == 5
    assert page.max_row == 2


def test_empty_requests_are_numbered_ahead_behind_the_numbers_that_are_taken() -> None:
    page = opened(write_template(USAGE, **OWNED, rows=ROWS))["申請紀錄"]
    numbers = [cell.value for cell in page["A"][1:]]
    assert numbers[:3] == ["11409-007", "11409-008", "11409-009"]
    assert len(numbers) == len(set(numbers)) == 301


@of_forms
def test_no_formula_stands_where_people_type(form: Form) -> None:
    book = opened(write_template(form, **OWNED, rows=ROWS))
    for sheet in form.sheets:
        assert {c.data_type for row in book[sheet.title].iter_rows() for c in row} <= {
            "s",
            "n",
            "d",
        }


@of_forms
def test_headings_are_locked_rows_may_be_typed_sorted_put_in_and_deleted(form: Form) -> None:
    book = opened(write_template(form, **OWNED, rows=ROWS))
    assert not book._protections[book._cell_styles[0].protectionId].locked  # out to the last cell
    for sheet in form.sheets:
        page, lock = book[sheet.title], book[sheet.title].protection
        assert lock.sheet
        assert lock.password is None
        assert not any((lock.sort, lock.autoFilter, lock.insertRows, lock.deleteRows))
        assert all(cell.protection.locked for cell in page[1])
        for n, _ in enumerate(sheet.columns, start=1):
            assert not column_look(page, n).protection.locked
        if ROWS.get(sheet.table):
            assert not any(cell.protection.locked for cell in page[2])
        assert page.freeze_panes == "B2"
        assert page.auto_filter.ref.startswith("A1:")


@of_forms
def test_identifiers_are_text_days_are_days(form: Form) -> None:
    book = opened(blank(form))
    for sheet in form.sheets:
        for n, column in enumerate(sheet.columns, start=1):
            look = column_look(book[sheet.title], n).number_format
            if getattr(column.field, "identifier", False) or column.key == "card":
                assert look == "@"
            assert (look == "yyyy/mm/dd") == isinstance(column.field, Day)


@of_forms
def test_every_column_says_what_it_wants_and_nothing_typed_is_refused(form: Form) -> None:
    book = opened(write_template(form, **OWNED))
    for sheet in form.sheets:
        page = book[sheet.title]
        rules = {str(rule.sqref)[0]: rule for rule in page.data_validations.dataValidation}
        for cell, column in zip(page[1], sheet.columns, strict=True):
            rule = rules[cell.column_letter]
            assert rule.promptTitle == column.heading
            assert 0 < len(rule.prompt) <= 255
            assert rule.errorStyle == "warning" or not rule.showErrorMessage
            assert not str(rule.formula1 or "").startswith(("'", "$", '"'))  # lists by name
            assert len(str(rule.formula1 or "")) <= 255
            covered = int(str(rule.sqref).rpartition(cell.column_letter)[2])
            assert covered > sheet.rows


@of_forms
def test_formulas_are_short_where_excel_wants_them_short_and_old_enough(form: Form) -> None:
    made = parts(write_template(form, **OWNED, rows=ROWS))
    formulas = []
    for name, text in made.items():
        rules = re.findall(r"<cfRule.*?<formula>(.*?)</formula>", text)
        assert all(len(rule) < 255 for rule in rules), name
        formulas += rules + re.findall(r"<(?:f|formula1|definedName)\b[^>]*>([^<]+)<", text)
    assert all(len(formula) < 2_000 for formula in formulas)
    used = {name for formula in formulas for name in re.findall(r"([A-Z.]+)\(", formula)}
    assert [name for name in used if not EXCEL_2007.fullmatch(name)] == []


def test_a_list_offers_the_members_of_the_month_but_the_library_itself() -> None:
    gone = replace(MEMBERS["NSU"], left=date(2025, 8, 31))
    made = write_template(USAGE, **{**OWNED, "members": {**MEMBERS, "NSU": gone}})
    book = opened(made)
    _, cells = next(iter(book.defined_names["libraries_borrower"].destinations))
    offered = [cell.value for (cell,) in book["選單"][cells]]
    assert offered == ["南星示範科技大學", "台墨示範科技大學"]


def test_a_name_with_signs_of_its_own_does_no_harm() -> None:
    odd = replace(OWN, name='=A&B "示範" <大學>')
    made = write_template(USAGE, members={**MEMBERS, "HDU": odd}, library=odd, month="2025-09")
    book = opened(made)
    assert book["封面"]["C6"].value == '=A&B "示範" <大學>'
    assert book["封面"]["C6"].data_type == "s"
    assert "A&&B" in (book["封面"].oddHeader.right.text or "")


@of_forms
def test_a_page_is_a4_across_with_its_heading_again(form: Form) -> None:
    book = opened(write_template(form, **OWNED))
    for page in (book[sheet.title] for sheet in form.sheets):
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.print_title_rows == "$1:$1"
        assert page.sheet_properties.pageSetUpPr.fitToPage  # one page wide: what is not said
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (None, 0)
        assert "虹島示範大學" in page.oddHeader.right.text
