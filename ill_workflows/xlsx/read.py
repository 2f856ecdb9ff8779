"""Cells with their addresses: plain sheets in one pass, the others fast or carefully."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from typing import Any, Final, Literal
from xml.parsers.expat import ExpatError

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms.book import Book, SheetCells
from ill_workflows.xlsx.careful import TooLarge, read_cells
from ill_workflows.xlsx.fast import Fast
from ill_workflows.xlsx.guard import STRINGS, STYLES, Guarded, guard
from ill_workflows.xlsx.limits import LIMITS, Limits
from ill_workflows.xlsx.plain import Plain
from ill_workflows.xlsx.shared import Look, read_formats, read_strings

Reader = Literal["plain", "fast", "careful"]
READERS: Final[tuple[Reader, ...]] = ("plain", "fast", "careful")


def read_book(
    data: bytes,
    name: str,
    passwords: tuple[str, ...] = (),
    unread: Container[str] = (),
    limits: Limits = LIMITS,
) -> Book:
    """Read a received workbook; sheets whose title is ``unread`` are listed without their cells.

    Raises:
        UnreadableWorkbook: it is no workbook that we open, or a reader gave up on it.
    """
    return read_guarded(guard(data, name, passwords, unread, limits), name, limits)


def read_guarded(
    safe: Guarded, name: str, limits: Limits = LIMITS, readers: Container[Reader] = READERS
) -> Book:
    """Read a workbook that has passed the guard.

    Each sheet by the first of ``readers`` that knows all that is in it: most are plain; the fast
    one reads whatever holds nothing odd; the careful one reads everything.

    Raises:
        UnreadableWorkbook: a reader gave up on it.
    """
    plain, fast, careful = Plain(safe), Fast(safe), _Careful(safe, limits.cells)
    sheets, cells, odd = [], 0, False
    try:
        for listed in safe.sheets:
            if listed.title in safe.unread:
                sheets.append(SheetCells(listed.title, [], listed.hidden))
                continue
            body = safe.bodies[listed.part.lower()]
            rows = plain.rows(body) if "plain" in readers else None
            if rows is None and "fast" in readers:
                rows = fast.rows(listed.title, body)
            if rows is None:
                rows, odd = careful.rows(body), True
            cells += len(rows) * len(rows[0]) if rows else 0
            if cells > limits.cells:
                raise UnreadableWorkbook(name, "too_large")
            sheets.append(SheetCells(listed.title, rows, listed.hidden))
    except TooLarge as bad:
        raise UnreadableWorkbook(name, "too_large") from bad
    except (ExpatError, ValueError, LookupError) as bad:
        raise UnreadableWorkbook(name, "damaged") from bad
    return Book(tuple(sheets), safe.names, safe.epoch_1904, odd)


class _Careful:
    def __init__(self, safe: Guarded, most: int) -> None:
        self._safe, self._most = safe, most

    @cached_property
    def _look(self) -> Look:
        bodies = self._safe.bodies
        strings, formats = bodies.get(STRINGS, b""), bodies.get(STYLES, b"")
        return Look(read_strings(strings), read_formats(formats), self._safe.epoch_1904)

    def rows(self, body: bytes) -> list[list[Any]]:
        """A sheet as its XML says it is."""
        found = read_cells(body, self._look)
        height = max((row for row, _ in found), default=-1) + 1
        width = max((column for _, column in found), default=-1) + 1
        if height * width > self._most:
            raise TooLarge
        rows: list[list[Any]] = [[""] * width for _ in range(height)]
        for (row, column), value in found.items():
            rows[row][column] = value
        return rows
