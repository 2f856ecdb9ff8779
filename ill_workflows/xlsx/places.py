"""Where everything of a report stands, known before a cell is written: tables, keys, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ill_workflows.evaluation.model import As, Cell, Link, Missing, Sheet, Table
from ill_workflows.forms.book import letters

_ODD: Final = re.compile(r"\W")


class Placed(NamedTuple):
    """Where a table stands (0-based rows): its headings, its first and last row of data."""

    heading: int
    first: int
    last: int


def places_of(sheet: Sheet, top: int) -> list[Placed]:
    """Where the tables of a sheet stand if the first begins in the row ``top`` (0-based)."""
    found = []
    for table in sheet.tables:
        heading = top + bool(table.title)
        found.append(Placed(heading, heading + 1, heading + len(table.rows)))
        top = _below(table, heading) + 1
    return found


def notes_row(sheet: Sheet, placed: list[Placed]) -> int:
    """The row of the first note."""
    return _below(sheet.tables[-1], placed[-1].heading) + 1


def _below(table: Table, heading: int) -> int:
    """The row below a table; where it has no rows, one says so."""
    return heading + 1 + max(1, sum(1 for _ in table.lines()))


def text_of(cell: Cell) -> str:
    """What a cell of text says."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, As):
        cell = cell.cell
    if isinstance(cell, Link):
        return str(cell.value)
    return "" if cell is None or isinstance(cell, Missing) else str(cell)


class Targets:
    """Where links lead: the sheets of a report, and their rows with a key."""

    def __init__(self, sheets: Iterable[Sheet], top: int) -> None:
        self._rows: dict[tuple[str, str], int] = {}
        self.origin: str | None = None
        for sheet in sheets:
            self._rows[sheet.title, ""] = 0
            if sheet.origin:
                self.origin = sheet.title
            for table, placed in zip(sheet.tables, places_of(sheet, top), strict=True):
                for n, key in enumerate(_keys(table)):
                    for part in (key, key.rpartition("/")[0]) if table.keys else (key,):
                        self._rows.setdefault((sheet.title, part), placed.first + n)

    def find(self, sheet: str, key: str = "") -> str | None:
        """The address of a sheet's row with that key; None: it has none.

        Raises:
            ValueError: there is no such sheet.
        """
        if (sheet, "") not in self._rows:
            raise ValueError(f"a link to a sheet that is not there: {sheet}")
        row = self._rows.get((sheet, key))
        quoted = sheet.replace("'", "''")
        return None if row is None else f"'{quoted}'!A{row + 1}"

    def events(self, trace: str, library: str, month: str) -> str | None:
        """The address of the place that lists the events behind a figure."""
        if self.origin is None:
            return None
        key = f"{trace}/{library}/{month}" if month else f"{trace}/{library}"
        return self.find(self.origin, key)


def _keys(table: Table) -> Iterator[str]:
    if table.keys:
        if len(table.keys) != len(table.rows):
            raise ValueError(f"{len(table.keys)} keys for {len(table.rows)} rows: {table.title}")
        yield from table.keys
    elif table.key is not None:
        yield from (text_of(row[table.key]) for row in table.rows)


def names_of(sheets: Iterable[Sheet], top: int) -> Iterator[tuple[str, str]]:
    """A workbook name for each table, and its range: headings and rows, without 合計.

    The name is the sheet's title, an underscore and the table's number on the sheet: ``摘要_2``.
    Signs that no name may hold become underscores; it never begins with a digit and, having an
    underscore before its number, never looks like a cell.
    """
    taken: set[str] = set()
    for sheet in sheets:
        word = _ODD.sub("_", sheet.title)
        word = f"_{word}" if word[:1].isdigit() else word
        while word.casefold() in taken:
            word += "_"
        taken.add(word.casefold())
        quoted = sheet.title.replace("'", "''")
        for n, (table, placed) in enumerate(
            zip(sheet.tables, places_of(sheet, top), strict=True), start=1
        ):
            last = f"${letters(len(table.columns) - 1)}${placed.last + 1}"
            yield f"{word}_{n}", f"='{quoted}'!$A${placed.heading + 1}:{last}"
