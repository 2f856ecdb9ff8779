"""A checked workbook as plain data: what a child process may answer, and how it is believed.

The child has read a stranger's file, so its answer is no pickle and every part of it is looked
at again: tables, columns and codes that we know, values of the column's kind, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Form, Row, Sheet
from ill_workflows.forms.texts import TEXTS

_SEVERITIES: Final = frozenset({"error", "warning", "corrected", "passed"})
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "text": (str, type(None)), "int": (int, type(None)), "day": (int, type(None)),
}  # fmt: skip


def pack(checked: Checked) -> dict[str, Any]:
    """A checked workbook as what JSON can hold; days become their ordinals."""
    form = checked.form
    rows = {}
    for sheet in form.sheets if form else ():
        days = _days(sheet)
        rows[sheet.table] = [_packed(row, days) for row in checked.rows.get(sheet.table, ())]
    return {
        "form": form.name if form else None,
        "library": checked.library,
        "month": checked.month,
        "interim": checked.interim,
        "filled_on": checked.filled_on.toordinal() if checked.filled_on else None,
        "version": checked.version,
        "cover": dict(checked.cover),
        "rows": rows,
        "findings": [
            [
                f.sheet,
                f.cell,
                f.code,
                f.severity,
                f.heading,
                {k: _plain(v) for k, v in f.facts.items()},
            ]
            for f in checked.findings
        ],
    }


def unpack(answer: Any, forms: Sequence[Form]) -> Checked:
    """The checked workbook that :func:`pack` made.

    Raises:
        ValueError: it holds anything that such an answer cannot hold.
    """
    told = _mapping(answer)
    form = next((f for f in forms if f.name == told.get("form")), None)
    if told.get("form") is not None and form is None:
        raise ValueError("a form that nobody knows")
    filled = told.get("filled_on")
    tables = _mapping(told.get("rows"))
    rows = {
        sheet.table: _rows(sheet, tables.get(sheet.table, []))
        for sheet in (form.sheets if form else ())
    }
    return Checked(
        form,
        _text(told.get("library")),
        None if told.get("month") is None else _text(told.get("month")),
        told.get("interim") is True,
        None if filled is None else date.fromordinal(filled),
        rows,
        tuple(_finding(item) for item in told.get("findings", ())),
        int(told.get("version", 1)),
        {_text(k): _text(v) for k, v in _mapping(told.get("cover")).items()},
    )


def _days(sheet: Sheet) -> tuple[int, ...]:
    return tuple(n for n, c in enumerate(sheet.columns, start=1) if c.field.kind == "day")


def _packed(row: Row, days: tuple[int, ...]) -> list[Any]:
    packed = list(row)
    for at in days:
        if packed[at] is not None:
            packed[at] = packed[at].toordinal()
    return packed


def _rows(sheet: Sheet, packed: Any) -> list[Row]:
    days, width = _days(sheet), len(sheet.columns) + 1
    kinds = [_KINDS[column.field.kind] for column in sheet.columns]
    rows = []
    for row in packed:
        if len(row) != width or type(row[0]) is not int:
            raise ValueError(f"a row of {sheet.table} that is none")
        for value, kind in zip(row[1:], kinds, strict=True):
            if type(value) not in kind:
                raise ValueError(f"a value of {sheet.table} that is of no kind")
        for at in days:
            if row[at] is not None:
                row[at] = date.fromordinal(row[at])
        rows.append(tuple(row))
    return rows


def _finding(item: Any) -> Finding:
    sheet, cell, code, severity, heading, facts = item
    if code not in TEXTS or severity not in _SEVERITIES:
        raise ValueError("a finding that nobody knows")
    told = {_text(k): _plain(v) for k, v in _mapping(facts).items()}
    return Finding(_text(sheet), _text(cell), code, severity, _text(heading), told)


def _plain(value: Any) -> str | int:
    return value if isinstance(value, int) else str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text that is none")  # noqa: TRY004 - to the caller the answer is wrong
    return value


def _mapping(value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise ValueError("a table that is none")  # noqa: TRY004
    return value
