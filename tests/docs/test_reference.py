"""The reference is what the code says today, and the severities that it tells are what happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from docs.generate import COMMAND, FOLDER, pages
from docs.generate.configuration import keys, sections
from docs.generate.findings import severities
from docs.generate.meanings import MEANINGS, SECTIONS
from ill_workflows.forms import FORMS
from ill_workflows.forms.book import Book, SheetCells
from ill_workflows.forms.check import check
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Column, Form, Sheet, Wrong
from ill_workflows.forms.known import Known
from ill_workflows.forms.texts import TEXTS
from ill_workflows.lending.policies import POLICIES
from ill_workflows.rules.calendar import Calendar
from ill_workflows.rules.policy import Member

WRITTEN = pages()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_a_page_of_the_reference_is_what_the_code_says(path: Path) -> None:
    committed = path.read_text(encoding="utf-8") if path.is_file() else ""
    ours = committed.splitlines()
    theirs = WRITTEN[path].splitlines()
    differs = [line for line in theirs if line not in ours][:3]
    assert committed == WRITTEN[path], f"run `{COMMAND}` and commit it; new there: {differs}"


def test_no_page_of_the_reference_is_left_over() -> None:
    assert set(FOLDER.glob("*.md")) == set(WRITTEN), f"run `{COMMAND}`"


def test_every_key_of_the_configuration_has_a_meaning_and_no_meaning_is_left_over() -> None:
    assert set(MEANINGS) == set(keys())
    assert set(SECTIONS) == {name for name, _ in sections()}


@pytest.mark.parametrize("words", [*MEANINGS.values(), *SECTIONS.values()], ids=lambda w: w[1])
def test_a_meaning_is_told_in_both_languages(words: tuple[str, str]) -> None:
    zh, en = words
    assert any("\u4e00" <= char <= "\u9fff" for char in zh)
    assert en.strip()


def test_every_policy_and_every_finding_stands_in_the_reference() -> None:
    letters, findings = (WRITTEN[FOLDER / name] for name in ("letters.md", "findings.md"))
    assert [p.name for p in POLICIES if f"| `{p.name}` |" not in letters] == []
    assert [code for code in TEXTS if f"| `{code}` |" not in findings] == []


# -- severities: the counter-examples of every column, checked for good ---------------------------

CALENDAR = Calendar(frozenset(range(5)))
LIBRARIES = (
    ("HDU", "虹島示範大學", "虹島大學"),
    ("NSUT", "南星示範科技大學", "南星科大"),
    ("TMUT", "台墨示範科技大學", "台墨科大"),
)
KNOWN = Known(
    {code: Member(code, name, CALENDAR, aliases=(also,)) for code, name, also in LIBRARIES},
    date(2025, 10, 5),
)
TOLD = severities()
CASES = [
    pytest.param(form, sheet, column, wrong, id=f"{sheet.title} {column.heading} {wrong.value!r}")
    for form in FORMS
    for sheet in form.sheets
    for column in sheet.columns
    for wrong in column.wrong
]


def cover(
    form: Form, *, month: str = "114年9月", library: str = "HDU", kind: str = ""
) -> SheetCells:
    """A cover as a librarian fills it in."""
    labels = {
        "表單": form.label, "圖書館代碼": library, "統計年月": month, "填表人": "示範館員",
        "填報別": kind,
    }  # fmt: skip
    return SheetCells("封面", [list(pair) for pair in labels.items()])


def page(sheet: Sheet, *rows: dict[str, Any], without: str = "") -> SheetCells:
    """A sheet with its headings (but one) and some rows."""
    columns = [column for column in sheet.columns if column.heading != without]
    lines = [[row.get(column.key, "") for column in columns] for row in rows]
    return SheetCells(sheet.title, [[column.heading for column in columns], *lines])


def good_row(sheet: Sheet) -> dict[str, Any]:
    """A row in which everything that is required is filled in."""
    return {c.key: c.examples[0] for c in sheet.columns if c.required == "yes"}


def book(form: Form, *pages: SheetCells, of: SheetCells | None = None) -> Book:
    """A workbook with the given sheets, the form's others empty."""
    given = {one.title for one in pages}
    others = [page(sheet) for sheet in form.sheets if sheet.title not in given]
    return Book((of or cover(form), *pages, *others))


def told(one: Book) -> tuple[Finding, ...]:
    """What the checks say of a workbook."""
    return check(one, KNOWN, FORMS).findings


@pytest.mark.parametrize(("form", "sheet", "column", "wrong"), CASES)
def test_a_finding_is_as_severe_as_the_reference_says(
    form: Form, sheet: Sheet, column: Column, wrong: Wrong
) -> None:
    before = [{**good_row(sheet), **dict(wrong.before)}] if wrong.before else []
    row = {**good_row(sheet), **dict(wrong.beside), column.key: wrong.value}
    at = sheet.by_key[wrong.at] if wrong.at else column
    here = [f for f in told(book(form, page(sheet, *before, row))) if f.heading == at.heading]
    said = TOLD[wrong.code]
    expected = {"column": "error" if at.strict else "warning"}.get(said, said)
    assert [f.severity for f in here if f.code == wrong.code] == [expected]


def whole_books() -> Iterator[tuple[str, Book]]:
    """Workbooks that show what concerns no single cell: code, book."""
    usage = FORMS[0]
    loans, requests = usage.sheets
    good = good_row(loans)
    yield "sheet_missing", Book((cover(usage), page(loans, good)))
    yield "library_unreadable", book(usage, of=cover(usage, library="QQQ"))
    yield "month_unreadable", book(usage, of=cover(usage, month="某月"))
    yield "month_future", book(usage, of=cover(usage, month="114年12月"))
    yield "kind_unknown", book(usage, of=cover(usage, kind="年報"))
    yield "read_as", book(usage, page(loans, {**good, "card": "nsut7"}))
    yield "repeated_row", book(usage, page(loans, good, good))
    yield "row_passed", book(usage, page(loans, good, {"card": "小計", "item": "1 冊"}))
    sixth = [{**good, "item": f"C{n:05d}"} for n in range(6)]
    yield "over_limit", book(usage, page(loans, *sixth))
    yield "duplicate_key", book(usage, page(loans, good, {**good, "title": "別的書"}))
    asked = good_row(requests)
    early = {**asked, "requested_on": "114.9.9", "answered_on": "114.9.5", "outcome": "取消"}
    yield "answered_before_requested", book(usage, page(requests, early))
    named = book(usage)
    yield "library_contradiction", Book(named.sheets, {"ill_library": "NSUT"})
    yield "month_contradiction", Book(named.sheets, {"ill_period": "2025-08"})


@pytest.mark.parametrize(
    ("code", "one"), [pytest.param(*case, id=case[0]) for case in whole_books()]
)
def test_what_concerns_the_whole_workbook_is_as_severe_as_the_reference_says(
    code: str, one: Book
) -> None:
    assert {f.severity for f in told(one) if f.code == code} == {TOLD[code]}


@pytest.mark.parametrize(("heading", "severity"), [("借出日", "error"), ("題名", "error")])
def test_a_column_that_is_not_there_is_told_by_its_mark(heading: str, severity: str) -> None:
    loans = FORMS[0].sheets[0]
    found = told(book(FORMS[0], page(loans, good_row(loans), without=heading)))
    assert [f.severity for f in found if f.code == "column_missing"] == [severity]
