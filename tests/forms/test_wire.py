"""What a child may answer: everything that a check can find, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.forms import FORMS, wire
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Form, Sheet
from ill_workflows.forms.texts import TEXTS

USAGE = FORMS[0]
_TEXT = st.text(st.characters(exclude_characters="\0\1"), min_size=1, max_size=20)
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.none() | _TEXT, "int": st.none() | st.integers(-(10**15), 10**15),
    "day": st.none() | st.dates(),
}  # fmt: skip


def rows_of(draw: st.DrawFn, sheet: Sheet) -> list[tuple[Any, ...]]:
    numbers = sorted(draw(st.sets(st.integers(2, 40), max_size=6)))
    return [(n, *(draw(_KINDS[c.field.kind]) for c in sheet.columns)) for n in numbers]


@st.composite
def checked_workbooks(draw: st.DrawFn) -> Checked:
    form: Form = draw(st.sampled_from(FORMS))
    findings = [
        Finding(
            draw(_TEXT), draw(st.sampled_from(("", "B12"))), draw(st.sampled_from(sorted(TEXTS))),
            draw(st.sampled_from(("error", "warning", "corrected", "passed"))), draw(_TEXT),
            draw(st.dictionaries(_TEXT, _TEXT | st.integers(), max_size=3)),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return Checked(
        form, draw(_TEXT), draw(st.sampled_from((None, "2025-09"))), draw(st.booleans()),
        draw(st.none() | st.dates()), {s.table: rows_of(draw, s) for s in form.sheets},
        tuple(findings), draw(st.integers(1, 9)), draw(st.dictionaries(_TEXT, _TEXT, max_size=3)),
        draw(_TEXT),
    )  # fmt: skip


@settings(deadline=None)
@given(checked_workbooks())
def test_what_was_found_arrives_as_it_was(checked: Checked) -> None:
    assert wire.unpack(wire.pack(checked), FORMS) == checked


def test_a_workbook_of_no_form_arrives_too() -> None:
    nothing = Checked(None, "", None, False, None, {}, (), cover={"form": "departures 1"})
    assert wire.unpack(wire.pack(nothing), FORMS) == nothing


def one_loan(**values: Any) -> Checked:
    sheet = USAGE.sheets[0]
    row = (2, *(values.get(column.key) for column in sheet.columns))
    rows = {sheet.table: [row], USAGE.sheets[1].table: []}
    return Checked(USAGE, "HDU", "2025-09", False, date(2025, 10, 3), rows, ())


@pytest.mark.parametrize(
    "said",
    [
        b"", b"{}", b"[]", b"null", b"\xff", b"[" * 10_000, b'{"form": "nobody"}',
        wire.pack(one_loan(card="AADU-07")) + b"\1one more",
        wire.pack(one_loan(card="AADU-07")).rpartition(b"\1")[0],
        wire.pack(one_loan(card="AADU-07", title="a\0b")),
        wire.pack(one_loan(card="AADU-07", title="a\1b")),
        wire.pack(one_loan(fine=10**15)).replace(b"1000000000000000", b"1000000000000001"),
        wire.pack(one_loan(lent_on=date(2025, 9, 1))).replace(b"2025-09-01", b"2025-13-01"),
        wire.pack(one_loan()).replace(b'"interim"', b'"interin"'),
        wire.pack(one_loan()).replace(b'"HDU"', b"12"),
        wire.pack(one_loan()).replace(b'"rows": [1, 0]', b'"rows": [900000000, 0]'),
        wire.pack(one_loan()).replace(b"\x012-2\x01", b"\x012-900000000\x01"),
    ],
)  # fmt: skip
def test_what_no_check_can_find_is_not_believed(said: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the refusal
        wire.unpack(said, FORMS)


def test_a_finding_that_nobody_knows_is_not_believed() -> None:
    known = replace(one_loan(), findings=(Finding("封面", "B2", "missing", "error"),))
    said = wire.pack(known)
    assert wire.unpack(said, FORMS).findings[0].code == "missing"
    for wrong in (said.replace(b'"missing"', b'"missinG"'), said.replace(b'"error"', b'"errOr"')):
        with pytest.raises(ValueError, match="nobody knows"):
            wire.unpack(wrong, FORMS)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_bytes_changed_on_the_way_are_a_workbook_or_a_value_error(data: st.DataObject) -> None:
    said = bytearray(wire.pack(one_loan(card="AADU-07", lent_on=date(2025, 9, 1), fine=5)))
    for _ in range(data.draw(st.integers(1, 4))):
        said[data.draw(st.integers(0, len(said) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = wire.unpack(bytes(said), FORMS)
    except ValueError:
        return
    assert found.form in (None, *FORMS)
