"""What the evaluation workbook says, compared with what it must say; openpyxl only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.independent.tables import TOTAL, Cells, Expected


class Seen:
    """A workbook's tables, found by their headings wherever they stand."""

    def __init__(self, path: Path) -> None:
        book = load_workbook(path, data_only=True)
        self._lines = {
            page.title: [[_shown(value) for value in line] for line in page.values]
            for page in book.worksheets
        }

    def table(self, wanted: Expected) -> dict[tuple[Any, ...], Cells]:
        """The rows of a table by their first cells."""
        rows: dict[tuple[Any, ...], Cells] = {}
        for key, cells in self._read(wanted.sheet, wanted.begins, wanted.nth, wanted.width):
            assert key not in rows, f"{wanted.name}: {key} twice"
            rows[key] = cells
        return rows

    def lines(self, sheet: str, begins: tuple[str, ...]) -> list[Cells]:
        """The rows of the table that begins with these headings, in order."""
        return [cells for _, cells in self._read(sheet, begins, 0, 1)]

    def _read(
        self, sheet: str, begins: tuple[str, ...], nth: int, width: int
    ) -> Iterator[tuple[tuple[Any, ...], Cells]]:
        lines = self._lines[sheet]
        places = [n for n, line in enumerate(lines) if line[: len(begins)] == list(begins)]
        assert len(places) > nth, f"{sheet} {'/'.join(begins)} #{nth}: no such heading row"
        start = places[nth]
        headings = [str(heading) for heading in lines[start] if heading]
        for line in lines[start + 1 :]:
            if line[0] is None:
                break
            yield tuple(line[:width]), dict(zip(headings, line, strict=False))
            if line[0] == TOTAL:
                break

    def titled(self, sheet: str, title: str) -> list[Cells]:
        """The rows of the table below the cell that says ``title``."""
        lines = self._lines[sheet]
        at = next(n for n, line in enumerate(lines) if line[0] == title)
        headings = [str(heading) for heading in lines[at + 1] if heading]
        found = []
        for line in lines[at + 2 :]:
            if line[0] is None:
                break
            found.append(dict(zip(headings, line, strict=False)))
        return found


def _shown(value: object) -> object:
    if isinstance(value, str):
        return "".join(value.split()) or None
    if isinstance(value, datetime):
        return value.date()
    return value


def differences(seen: Seen, tables: Iterable[Expected]) -> Iterator[str]:
    """Each cell that says otherwise, each row too many or too few."""
    for wanted in tables:
        rows = seen.table(wanted)
        for key in wanted.rows.keys() ^ rows.keys():
            yield f"{wanted.name} {key}: {'not there' if key in wanted.rows else 'unexpected'}"
        for key, cells in wanted.rows.items():
            for heading, value in cells.items():
                there = rows.get(key, {})
                if key in rows and (heading not in there or there[heading] != value):
                    said = there.get(heading, "no such heading")
                    yield f"{wanted.name} {key} {heading}: {said!r}, recomputed {value!r}"
