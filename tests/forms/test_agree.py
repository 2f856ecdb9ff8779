"""Template and checker agree: what the guidance shows is read, what it warns of is found."""

from __future__ import annotations

from functools import cache

import pytest

from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.form import Checked, Column, Sheet
from tests.forms.filled import (
    KNOWN,
    MONTH,
    Counter,
    checked,
    counters,
    example_rows,
    with_counters,
    with_examples,
)

COLUMNS = [(sheet, column) for form in FORMS for sheet in form.sheets for column in sheet.columns]
COUNTERS = [(form, counter) for form in FORMS for counter in counters(form)]
of_forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


@cache
def wrongly_filled(form: Form) -> Checked:
    return checked(with_counters(form))


@of_forms
def test_every_example_is_read_from_the_template_without_a_finding(form: Form) -> None:
    read = checked(with_examples(form))
    assert (read.form, read.library, read.month) == (
        form, "HDU", MONTH if form.monthly else None,
    )  # fmt: skip
    assert [f for f in read.findings if f.severity != "corrected"] == []
    for sheet in form.sheets:
        assert len(read.rows[sheet.table]) == len(example_rows(sheet))


@pytest.mark.parametrize(
    ("form", "counter"), COUNTERS, ids=[counter.name for _, counter in COUNTERS]
)
def test_a_counter_example_gives_its_finding_at_its_cell(form: Form, counter: Counter) -> None:
    found = [
        (f.cell, f.code)
        for f in wrongly_filled(form).findings
        if f.sheet == counter.sheet.title and f.cell.lstrip("ABCDEFGHIJKLMN") == str(counter.row)
        if f.severity != "corrected"
    ]
    assert found == [(counter.at, counter.wrong.code)]


@of_forms
def test_nothing_else_is_found_beside_the_counter_examples(form: Form) -> None:
    read = wrongly_filled(form)
    found = [(f.sheet, f.cell, f.code) for f in read.findings if f.severity != "corrected"]
    assert sorted(found) == sorted((c.sheet.title, c.at, c.wrong.code) for c in counters(form))


@pytest.mark.parametrize(
    ("sheet", "column"), COLUMNS, ids=[f"{s.table}.{c.key}" for s, c in COLUMNS]
)
def test_a_column_shows_what_is_right_and_what_is_wrong(sheet: Sheet, column: Column) -> None:
    codes = {wrong.code for wrong in column.wrong}
    assert column.examples
    assert (column.required == "yes") <= ("missing" in codes)
    assert (column.required == "when") <= ("missing_when" in codes)
    assert (column.required == "when") <= bool(column.because and column.when_excel)


def test_the_examples_are_of_an_alliance_that_the_checks_know() -> None:
    assert KNOWN.library("南星科大") == "NSUT"
