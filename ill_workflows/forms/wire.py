"""A checked workbook as bytes: what a child process answers, and how far it is believed.

The child has read a stranger's file, so its answer is no pickle, and all of it is looked at
again: forms, columns and codes that we know, values of each column's kind, nothing else.  A head
in JSON, then the rows as text, column by column: about half the cost of rows in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Column, Form, Row, Rows, Sheet, columns_of
from ill_workflows.forms.texts import TEXTS

_BETWEEN_VALUES: Final = "\0"
_BETWEEN_COLUMNS: Final = b"\1"
"""Between the values of a column, and between columns: no cell that was read holds them."""
_AS: Final = ("utf-8", "surrogatepass")
_MOST: Final = 10**15
"""A number beyond which none was meant."""
_SEVERITIES: Final = frozenset({"error", "warning", "corrected", "passed"})


def pack(checked: Checked) -> bytes:
    """A checked workbook as bytes."""
    form = checked.form
    sheets = form.sheets if form else ()
    head = {
        "form": form.name if form else None,
        "library": checked.library,
        "month": checked.month,
        "interim": checked.interim,
        "filled_on": checked.filled_on.isoformat() if checked.filled_on else None,
        "version": checked.version,
        "cover": checked.cover,
        "token": checked.token,
        "rows": [len(checked.rows.get(sheet.table, ())) for sheet in sheets],
        "findings": [
            [f.sheet, f.cell, f.code, f.severity, f.heading, _plain(f.facts)]
            for f in checked.findings
        ],
    }
    columns = [json.dumps(head, ensure_ascii=False)]
    for sheet in sheets:
        columns += _packed(sheet, checked.rows.get(sheet.table, ()))
    return _BETWEEN_COLUMNS.join(column.encode(*_AS) for column in columns)


def unpack(answer: bytes, forms: Sequence[Form]) -> Checked:
    """The checked workbook that :func:`pack` made.

    Raises:
        ValueError: it holds anything that such an answer cannot hold.
    """
    head, *columns = (column.decode(*_AS) for column in answer.split(_BETWEEN_COLUMNS))
    try:
        told = json.loads(head)
        form = next((form for form in forms if form.name == told["form"]), None)
        if told["form"] is not None and form is None:
            raise ValueError("a form that nobody knows")
        rows: dict[str, Sequence[Row]] = {}
        for sheet, count in zip(form.sheets if form else (), told["rows"], strict=True):
            width = len(sheet.columns) + 1 if count else 0
            rows[sheet.table] = _read(sheet, count, columns[:width])
            columns = columns[width:]
        if columns:
            raise ValueError("more than its rows")
        return Checked(
            form,
            _text(told["library"]),
            None if told["month"] is None else _text(told["month"]),
            told["interim"] is True,
            None if told["filled_on"] is None else date.fromisoformat(told["filled_on"]),
            rows,
            tuple(_finding(*one) for one in told["findings"]),
            int(told["version"]),
            {_text(name): _text(value) for name, value in told["cover"].items()},
            _text(told["token"]),
        )
    except (TypeError, KeyError, AttributeError, RecursionError) as bad:
        raise ValueError("an answer of another shape") from bad


def _packed(sheet: Sheet, rows: Sequence[Row]) -> list[str]:
    """The rows' numbers (``2-351`` where none is left out), then column by column."""
    if not rows:
        return []
    numbers, *columns = columns_of(rows)
    first, last = numbers[0], numbers[-1]
    unbroken = numbers == tuple(range(first, last + 1))
    written = [f"{first}-{last}" if unbroken else _BETWEEN_VALUES.join(map(str, numbers))]
    for column, values in zip(sheet.columns, columns, strict=True):
        written.append(_BETWEEN_VALUES.join(_written(column, values)))
    return written


def _written(column: Column, values: Sequence[Any]) -> Sequence[str]:
    """A column's values as texts; nothing is an empty one, which no cell that says something is."""
    if column.field.kind == "text":
        return [value or "" for value in values] if None in values else values
    write = date.isoformat if column.field.kind == "day" else str
    texts = {value: "" if value is None else write(value) for value in set(values)}
    return list(map(texts.__getitem__, values))


def _read(sheet: Sheet, count: int, columns: Sequence[str]) -> Rows:
    """The rows of one sheet; there are ``count``."""
    if not columns:
        return Rows(())
    values: list[Sequence[Any]] = [_numbers(columns[0])]
    for column, text in zip(sheet.columns, columns[1:], strict=True):
        values.append(_values(column, text.split(_BETWEEN_VALUES)))
    if any(len(column) != count for column in values):
        raise ValueError(f"columns of {sheet.table} that do not fit")
    return Rows(values)


def _numbers(text: str) -> Sequence[int]:
    first, unbroken, last = text.partition("-")
    if unbroken:
        return range(_number(first), _number(last) + 1)
    return list(map(_number, text.split(_BETWEEN_VALUES)))


def _values(column: Column, texts: Sequence[str]) -> Sequence[Any]:
    if column.field.kind == "text":
        return [text or None for text in texts] if "" in texts else texts
    read = date.fromisoformat if column.field.kind == "day" else _number
    known: dict[str, Any] = {text: read(text) if text else None for text in set(texts)}
    return list(map(known.__getitem__, texts))


def _number(text: str) -> int:
    number = int(text)
    if abs(number) > _MOST:
        raise ValueError("a number that nobody meant")
    return number


def _plain(facts: Mapping[str, Any]) -> dict[str, str | int]:
    return {name: value if type(value) is int else str(value) for name, value in facts.items()}


def _finding(  # noqa: PLR0913, PLR0917 - a finding's own fields
    sheet: Any, cell: Any, code: Any, severity: Any, heading: Any, facts: Any
) -> Finding:
    if code not in TEXTS or severity not in _SEVERITIES:
        raise ValueError("a finding that nobody knows")
    known = {
        _text(name): value if type(value) is int else _text(value) for name, value in facts.items()
    }
    return Finding(_text(sheet), _text(cell), code, severity, _text(heading), known)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text that is none")  # noqa: TRY004 - to the caller the answer is wrong
    return value
