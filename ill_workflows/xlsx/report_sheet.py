"""XlsxWriter's worksheet, with two doors: rows that come as XML, and links over any kind of cell.

XlsxWriter keeps every cell as an object until the end; a workbook of a million cells then costs
more than the reading of its sheets.  Imported only where a workbook is written: it loads
XlsxWriter.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from xlsxwriter.worksheet import Worksheet

from ill_workflows.forms.book import letters

MOST_LINKS: Final = 65_530
"""Excel opens no sheet with more."""


class ReportSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter tells no types
    """A worksheet whose tables' bodies are blocks of rows, written as they are."""

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[tuple[int, Sequence[str]]] = []
        self._links: dict[tuple[int, int], str] = {}

    def add_rows(self, first: int, rows: Sequence[str], width: int) -> None:
        """Rows of XML from the row ``first`` (0-based) on, each a whole ``<row>`` element.

        Raises:
            ValueError: they do not fit on a sheet.
        """
        if not rows:
            return
        outside = self._check_dimensions(first, 0)
        if outside or self._check_dimensions(first + len(rows) - 1, width - 1):
            raise ValueError(f"{len(rows)} rows of {width} cells do not fit on a sheet")
        self._blocks.append((first, rows))

    def link(self, row: int, column: int, address: str, tip: str = "") -> bool:
        """Let a cell lead to an address in the workbook; False: the sheet has as many as it may."""
        if len(self._links) >= MOST_LINKS:
            return False
        self._links[row, column] = _attributes(address, tip)
        return True

    def print_only(self, areas: Sequence[tuple[int, int, int]]) -> None:
        """Print only these areas, each from a page of its own: first row, last row, last column."""
        quoted = self.name.replace("'", "''")
        self.print_area_range = ",".join(
            f"'{quoted}'!$A${first + 1}:${letters(column)}${last + 1}"
            for first, last, column in areas
        )

    def string_index(self, text: str) -> int:
        """The place of a text among the workbook's shared strings."""
        return int(self.str_table._get_shared_string_index(text))  # noqa: SLF001

    def _write_rows(self) -> None:
        lowest, highest = self.dim_rowmin, self.dim_rowmax
        at = lowest
        for first, rows in sorted(self._blocks, key=lambda block: block[0]):
            self._own_rows(at, first - 1)
            self.fh.write("".join(rows))
            at = first + len(rows)
        self._own_rows(at, highest)
        self.dim_rowmin, self.dim_rowmax = lowest, highest

    def _own_rows(self, first: int, last: int) -> None:
        if first <= last:
            self.dim_rowmin, self.dim_rowmax = first, last
            super()._write_rows()

    def _write_hyperlinks(self) -> None:
        if self._links:
            self.fh.write("<hyperlinks>")
            for (row, column), attributes in sorted(self._links.items()):
                self.fh.write(f'<hyperlink ref="{letters(column)}{row + 1}" {attributes}/>')
            self.fh.write("</hyperlinks>")


@lru_cache(maxsize=8_192)
def _attributes(address: str, tip: str) -> str:
    location = quoteattr(address)
    told = f" tooltip={quoteattr(tip)}" if tip else ""
    return f"location={location}{told} display={location}"


def style_of(look: Any) -> int:
    """The number of a format in the workbook's styles."""
    return int(look._get_xf_index())  # noqa: SLF001
