"""The fast reader, for sheets that are not plain but hold nothing odd: python-calamine.

It makes a guess where another reader would give up, and shows error cells as empty ones; so a
look at the sheet's XML comes first, and its cells are counted afterwards.
"""

from __future__ import annotations

import io
from functools import cached_property
from operator import methodcaller
from typing import Any, Final

from ill_workflows.xlsx.guard import STRINGS, Guarded
from ill_workflows.xlsx.scan import Strings, scan_sheet, scan_strings
from ill_workflows.xlsx.stored import stored

MAX_CLONED: Final = 256 * 1024 * 1024
"""Bytes of text that it may come to hold: it copies a shared string for each cell."""
_EMPTY: Final = methodcaller("count", "")


class Fast:
    """Sheets of one workbook as calamine reads them."""

    def __init__(self, safe: Guarded) -> None:
        self._safe = safe
        self._left = MAX_CLONED

    @cached_property
    def _strings(self) -> Strings:
        return scan_strings(self._safe.bodies.get(STRINGS, b""))

    @cached_property
    def _workbook(self) -> Any:
        from python_calamine import CalamineWorkbook

        return CalamineWorkbook.from_filelike(io.BytesIO(stored(self._safe.parts)))

    def rows(self, title: str, body: bytes) -> list[list[Any]] | None:
        """A sheet's rows; None where it holds anything odd, or another count of cells is read."""
        scan, alike = scan_sheet(body), [s for s in self._safe.sheets if s.title == title]
        self._left -= self._strings.longest * scan.values
        if scan.odd or self._strings.odd or self._left < 0 or len(alike) > 1:
            return None
        try:
            sheet = self._workbook.get_sheet_by_name(title)
            rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException:  # noqa: BLE001 - PyO3's PanicException is no Exception
            return None
        return rows if _filled(rows) == scan.values else None


def _filled(rows: list[list[Any]]) -> int:
    """Cells that hold something; all rows have the same length."""
    return len(rows) * len(rows[0]) - sum(map(_EMPTY, rows)) if rows else 0
