"""Cells with their addresses: a fast reader for plain workbooks, a careful one for all others."""

from __future__ import annotations

import io
from collections.abc import Container
from functools import cached_property
from operator import methodcaller
from typing import Any, Final
from xml.parsers.expat import ExpatError

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms.book import Book, SheetCells
from ill_workflows.xlsx.careful import TooLarge, read_cells
from ill_workflows.xlsx.frame import Listed
from ill_workflows.xlsx.guard import Guarded, guard
from ill_workflows.xlsx.limits import LIMITS, Limits
from ill_workflows.xlsx.shared import Look, read_formats, read_strings
from ill_workflows.xlsx.stored import stored

_EMPTY: Final = methodcaller("count", "")


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


def read_guarded(safe: Guarded, name: str, limits: Limits = LIMITS) -> Book:
    """Read a workbook that has passed the guard.

    python-calamine reads each sheet, and its cells are counted against the sheet's XML.  A sheet
    in which the guard saw what calamine would show as an empty cell, or whose count differs, is
    read by the careful reader.

    Raises:
        UnreadableWorkbook: a reader gave up on it.
    """
    fast, careful = _Fast(safe), _Careful(safe, limits.cells)
    sheets, cells, odd = [], 0, False
    try:
        for listed, scan in zip(safe.sheets, safe.scans, strict=True):
            if scan is None:
                sheets.append(SheetCells(listed.title, [], listed.hidden))
                continue
            rows = None if scan.odd else fast.rows(listed, scan.values)
            if rows is None:
                rows, odd = careful.rows(listed), True
            cells += len(rows) * len(rows[0]) if rows else 0
            if cells > limits.cells:
                raise UnreadableWorkbook(name, "too_large")
            sheets.append(SheetCells(listed.title, rows, listed.hidden))
    except TooLarge as bad:
        raise UnreadableWorkbook(name, "too_large") from bad
    except (ExpatError, ValueError, LookupError) as bad:
        raise UnreadableWorkbook(name, "damaged") from bad
    return Book(tuple(sheets), safe.names, safe.epoch_1904, odd)


class _Fast:
    def __init__(self, safe: Guarded) -> None:
        self._safe = safe

    @cached_property
    def _workbook(self) -> Any:
        from python_calamine import CalamineWorkbook

        return CalamineWorkbook.from_filelike(io.BytesIO(stored(self._safe.parts)))

    def rows(self, listed: Listed, values: int) -> list[list[Any]] | None:
        """A sheet as calamine reads it; None where it gives up, or loses or adds a cell."""
        try:
            sheet = self._workbook.get_sheet_by_name(listed.title)
            rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException:  # noqa: BLE001 - PyO3's PanicException is no Exception
            return None
        return rows if _filled(rows) == values else None


def _filled(rows: list[list[Any]]) -> int:
    """Cells that hold something; all rows have the same length."""
    return len(rows) * len(rows[0]) - sum(map(_EMPTY, rows)) if rows else 0


class _Careful:
    def __init__(self, safe: Guarded, most: int) -> None:
        self._safe, self._most = safe, most

    @cached_property
    def _parts(self) -> dict[str, bytes]:
        return {name.lower(): body for name, body, _ in self._safe.parts}

    @cached_property
    def _look(self) -> Look:
        strings = read_strings(self._parts.get("xl/sharedstrings.xml", b""))
        formats = read_formats(self._parts.get("xl/styles.xml", b""))
        return Look(strings, formats, self._safe.epoch_1904)

    def rows(self, listed: Listed) -> list[list[Any]]:
        """A sheet as its XML says it is."""
        found = read_cells(self._parts[listed.part.lower()], self._look)
        height = max((row for row, _ in found), default=-1) + 1
        width = max((column for _, column in found), default=-1) + 1
        if height * width > self._most:
            raise TooLarge
        rows: list[list[Any]] = [[""] * width for _ in range(height)]
        for (row, column), value in found.items():
            rows[row][column] = value
        return rows
