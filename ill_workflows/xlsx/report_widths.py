"""How wide the columns of a report's sheet are, in characters: a Chinese one takes two."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from ill_workflows.evaluation.model import Cell, Column, Kind, Sheet
from ill_workflows.xlsx.looks import shown_width, text_width, texts_of

_SLIM, _NARROW, _LONG = 5, 7, 46
_NAME: Final = 45
"""A text that is wider wraps: the tables below share its column."""
_SMALL: Final = 0.94
"""How much of a column a text takes that is written small."""
_DENSE_ALL: Final = 205
"""How wide a sheet with very many rows may be, so that it can be read when it is printed."""
_WHOLE: Final = 18
_MANY, _ASIDE, _ASIDE_LONG = 100, 21, 17
"""Beside a table with very many rows, one with few does not say how wide a column is."""
_USUAL: Final = 0.9
"""The part of a column's texts that its width has to suit, where there are very many rows."""


def kind_in(column: Column, width: float, cells: Iterable[Cell]) -> Kind:
    """How a column looks that is so wide: a text that is wider than it wraps."""
    if column.kind == "text" and any(text_width(text) > width for text in texts_of(cells)):
        return "long"
    return column.kind


def widths_of(sheet: Sheet, *, dense: bool) -> list[float]:
    """The widths of a sheet's columns, for what all its tables hold; ``dense``: very many rows."""
    widths: list[float] = [_SLIM] * max(len(table.columns) for table in sheet.tables)
    least = list(widths)
    for table in sheet.tables:
        first = table is sheet.tables[0]
        cells = list(zip(*table.lines(), strict=False)) or [()] * len(table.columns)
        for n, column in enumerate(table.columns):
            heading = _heading(column, first=first, dense=dense)
            least[n] = max(least[n], heading)
            widths[n] = max(widths[n], heading, _wanted(column, cells[n], dense=dense))
    return _narrowed(widths, least) if dense else widths


def _wanted(column: Column, cells: Sequence[Cell], *, dense: bool) -> float:
    if column.kind == "free":
        return _NARROW
    if dense and column.kind in {"text", "long"}:
        if len(cells) > _MANY:
            return _usual(cells, _USUAL)
        return min(_usual(cells, 1), _ASIDE if column.kind == "text" else _ASIDE_LONG)
    most = {"long": _LONG, "text": _NAME}.get(column.kind, math.inf)
    return min(shown_width(cells, column.kind) + 2, most)


def _usual(cells: Iterable[Cell], part: float) -> float:
    """The width in which that part of many small texts take one line."""
    wide = sorted(map(text_width, texts_of(cells)))
    return math.ceil(wide[int(part * (len(wide) - 1))] * _SMALL) + 2 if wide else _SLIM


def _narrowed(widths: list[float], least: list[float]) -> list[float]:
    """The widest columns as narrow as it takes to print all on one page's width."""
    wide = max(widths)
    while sum(widths) > _DENSE_ALL and wide > _NARROW:
        wide -= 1
        widths = [max(min(width, wide), low) for width, low in zip(widths, least, strict=True)]
    return widths


def _heading(column: Column, *, first: bool, dense: bool) -> float:
    """What a heading wants, which may break into two lines between its words; beside the first
    table's headings stands a filter's button.
    """  # noqa: D205
    heading = column.heading
    wide = text_width(heading)
    if column.kind == "free":
        return _NARROW
    if column.heat:
        return wide + 2
    button = 3 if first else 1
    if heading.isascii() and not dense:
        button += 1  # letters would touch the next heading's
    if "\n" in heading:
        return wide + 3
    word = max(map(text_width, heading.split()), default=0)
    if word < wide:  # words: none of them is ever cut
        half = math.ceil(wide / 2) + 2
        return max(word + button, min(half, wide) + button if first else _NARROW)
    if wide <= 10 or (wide <= _WHOLE and heading.endswith(")")):  # a unit stays beside its name
        return wide + button
    return math.ceil(wide / 2) + (4 if first else 2)
