"""The compiled row function says what a plain reading of the declaration says."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ill_workflows.forms import FORMS
from ill_workflows.forms.book import CellError, NoValue, address
from ill_workflows.forms.compiled import ALWAYS_ERRORS, ERROR_WORDS, Layout, Tell, read_rows
from ill_workflows.forms.fields import Told, Trouble
from ill_workflows.forms.form import Row, Sheet
from ill_workflows.forms.text import is_blank
from tests.forms.sheets import LENDER, LOANS, TERM, sound

SHEETS = [sheet for form in FORMS for sheet in form.sheets]
Said = tuple[str, str, str]


def plainly(  # noqa: C901, PLR0912 - the rules, told one after another
    sheet: Sheet, layout: Layout, rows: list[tuple[int, list[Any]]]
) -> tuple[list[Row], set[Said]]:
    """Each cell, each condition, each rule, one after the other, as the declaration reads."""
    said: set[Said] = set()
    out = []
    for n, row in rows:
        values: dict[str, Any] = {"term_from": TERM}
        for column, at in sorted(
            zip(sheet.columns, layout, strict=True), key=lambda placed: placed[0].anchor != ""
        ):
            value = "" if at is None else row[at]
            values[column.key] = None
            code = None
            if isinstance(value, CellError) or str(value).strip() in ERROR_WORDS:
                code = "error_cell"
            elif isinstance(value, NoValue):
                code = "formula_no_value"
            elif value is None or (isinstance(value, str) and is_blank(value)):
                code = "missing" if column.required == "yes" and at is not None else None
            else:
                reading = column.field.read(value, LENDER, values.get(column.anchor))
                if isinstance(reading, Trouble):
                    code = reading.code
                elif isinstance(reading, Told):
                    values[column.key] = reading.value
                    said.add((address(n, at), "read_as", "corrected"))
                else:
                    values[column.key] = reading
            if code is not None:
                strict = column.strict or code in ALWAYS_ERRORS
                said.add((address(n, at), code, "error" if strict else "warning"))
        for column, at in zip(sheet.columns, layout, strict=True):
            empty = at is not None and isinstance(row[at], str) and is_blank(row[at])
            if column.required == "when" and empty and eval(column.when, {}, values):
                severity = "error" if column.strict else "warning"
                said.add((address(n, at), "missing_when", severity))
        for rule in sheet.rules:
            if eval(rule.when, {}, values):
                at = layout[sheet.place[rule.at] - 1]
                said.add(("" if at is None else address(n, at), rule.code, rule.severity))
        out.append((n, *(values[column.key] for column in sheet.columns)))
    return out, said


def by_function(
    sheet: Sheet, layout: Layout, rows: list[tuple[int, list[Any]]]
) -> tuple[list[Row], set[Said]]:
    tell = Tell(sheet, sheet.title, layout, LENDER)
    found = read_rows(sheet, layout, rows, tell)
    assert len({(f.cell, f.code) for f in tell.findings}) == len(tell.findings)
    return found, {(f.cell, f.code, f.severity) for f in tell.findings}


def cell_of(sheet: Sheet, n: int) -> st.SearchStrategy[Any]:
    """What may stand in a column: its examples, its counter-examples, what stands elsewhere."""
    column = sheet.columns[n]
    own = [sound(sheet).get(column.key, ""), *column.examples, *(w.value for w in column.wrong)]
    odd = [
        "", "-", "無", "讀不懂", CellError("#REF!"), NoValue("=A1"), "#N/A", 0, 1, 15.0, "15",
        "114.10.3", "114.9.30", "10/15(三)", "10/15(四)", "1/6", date(2025, 10, 9), "提供", "拒絕",
        "其他(請說明)", "複印", "處理中", 1e16, float("nan"), "11/5", "114.7.1",
    ]  # fmt: skip
    return st.sampled_from(own) | st.sampled_from([*own, *odd])


@st.composite
def sheets_of_rows(draw: st.DrawFn) -> tuple[Sheet, Layout, list[tuple[int, list[Any]]]]:
    sheet = draw(st.sampled_from(SHEETS))
    count = len(sheet.columns)
    places = draw(st.permutations(range(count + 2)))[:count]
    layout = tuple(draw(st.just(at) | st.just(at) | st.none()) for at in places)
    rows = []
    for number in range(draw(st.integers(1, 5))):
        row: list[Any] = [""] * (count + 2)
        for n, at in enumerate(layout):
            if at is not None:
                row[at] = draw(cell_of(sheet, n))
        rows.append((number * 3 + 2, row))
    return sheet, layout, rows


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sheets_of_rows())
def test_the_compiled_function_says_what_the_declaration_says(drawn):
    assert by_function(*drawn) == plainly(*drawn)


def test_what_was_read_once_is_not_confused_with_what_is_equal_to_it():
    layout: Layout = tuple(range(len(LOANS.columns)))
    fines = [1, 1.0, "1", True, "1.0", 0, False, ""]
    typed = [sound(LOANS, item=f"C{n}", fine=value) for n, value in enumerate(fines)]
    rows = [
        (n, [row.get(column.key, "") for column in LOANS.columns])
        for n, row in enumerate(typed, start=2)
    ]
    found, _ = by_function(LOANS, layout, rows)
    read = [row[LOANS.place["fine"]] for row in found]
    assert read[:3] == [1, 1, 1]
    assert (read[4], read[5], read[7]) == (1, 0, None)


def test_a_day_without_a_year_is_read_again_for_each_loan():
    layout: Layout = tuple(range(len(LOANS.columns)))
    typed = [
        sound(LOANS, item="C1", lent_on="114.10.3", due_on="1/6"),
        sound(LOANS, item="C2", lent_on="113.12.20", due_on="1/6"),
        sound(LOANS, item="C3", lent_on="113.12.20", due_on="1/6(一)"),
    ]
    rows = [
        (n, [row.get(column.key, "") for column in LOANS.columns])
        for n, row in enumerate(typed, start=2)
    ]
    found, _ = by_function(LOANS, layout, rows)
    due = [row[LOANS.place["due_on"]] for row in found]
    assert due == [date(2026, 1, 6), date(2025, 1, 6), date(2025, 1, 6)]
