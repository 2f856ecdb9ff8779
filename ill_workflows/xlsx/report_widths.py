"""How wide the columns of a report's sheet are, in characters: a Chinese one takes two."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from ill_workflows.evaluation.model import Cell, Column, Kind, Sheet
from ill_workflows.xlsx.looks import shown_width, text_width

_SLIM, _NARROW, _WIDE, _LONG = 5, 7, 68, 46
_DENSE_WIDE, _DENSE_LONG = 18, 30
_DENSE_ALL: Final = 200
"""How wide a sheet with very many rows may be, so that it can be read when it is printed."""


def kind_in(column: Column, *, dense: bool) -> Kind:
    """How a column looks: where there are very many rows, every text may wrap."""
    return "long" if dense and column.kind == "text" else column.kind


def widths_of(sheet: Sheet, *, dense: bool) -> list[float]:
    """The widths of a sheet's columns, for what all its tables hold; ``dense``: very many rows."""
    count = max(len(table.columns) for table in sheet.tables)
    widths: list[float] = [_SLIM] * count
    wanted = list(widths)
    for table in sheet.tables:
        first = table is sheet.tables[0]
        cells = list(zip(*table.lines(), strict=False)) or [()] * len(table.columns)
        for n, column in enumerate(table.columns):
            wide = _wanted(column, cells[n], first=first)
            wanted[n] = max(wanted[n], wide)
            widths[n] = max(widths[n], min(wide, _most(column, dense=dense)))
    if dense:  # what is left goes to the column that wants most
        n = max(range(count), key=lambda at: wanted[at] - widths[at])
        widths[n] = min(wanted[n], widths[n] + max(0.0, _DENSE_ALL - sum(widths)))
    return widths


def _most(column: Column, *, dense: bool) -> int:
    if dense and column.kind in {"text", "long"}:
        return _DENSE_WIDE if column.kind == "text" else _DENSE_LONG
    return _LONG if column.kind == "long" else _WIDE


def _wanted(column: Column, cells: Iterable[Cell], *, first: bool) -> int:
    if column.kind == "free":
        return _NARROW
    heading = text_width(column.heading)
    if column.heat:
        heading += 2
    elif "\n" in column.heading:
        heading += 3
    elif first:
        # a heading may break into two lines; a filter's button stands beside it
        heading = math.ceil(heading / 2) + 4 if heading > 10 else heading + 3
    else:
        heading = min(heading + 1, _NARROW)
    return max(heading, shown_width(cells, column.kind) + 2)
