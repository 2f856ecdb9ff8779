"""Sheets → a workbook: native charts, live formulas, printable; knows nothing of libraries.

Nothing that came from somebody's text becomes a formula or a link: texts are written as
strings, whatever they look like.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from ill_workflows.evaluation.model import (
    As,
    Cell,
    Column,
    Formula,
    Kind,
    Link,
    Missing,
    Sheet,
    Table,
)
from ill_workflows.xlsx.charts import Ground, Placed, add_charts
from ill_workflows.xlsx.looks import Looks, lines_of, shown_width, text_width

_SLIM, _NARROW, _WIDE, _LONG = 5, 7, 68, 46
_LONGEST: Final = 32_767
_NOTE_WIDTH: Final = 100
_PLACE: Final = re.compile(r"\{(\d+):(\d+)\}")


def write_workbook(sheets: Iterable[Sheet], *, created: datetime, title: str) -> bytes:
    """Write a report; the same sheets, ``created`` and ``title`` give the same bytes.

    ``created`` is the moment that the file's properties tell, ``title`` stands in the printed
    header of every page.

    Raises:
        ValueError: a cell that Excel cannot hold; a link to a sheet that is not there.
    """
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    moment = created.astimezone(UTC).replace(tzinfo=None) if created.tzinfo else created
    book.set_properties({"title": title, "created": moment})
    book.set_calc_mode("auto")
    kept = list(sheets)
    looks, places = Looks(book), _anchors(kept)
    for sheet in kept:
        _Writer(book, looks, places, sheet).write(title)
    book.close()
    return stream.getvalue()


def _anchors(sheets: Iterable[Sheet]) -> dict[tuple[str, str], int]:
    """Where links lead: (sheet, key) → row number; the sheet itself has the key ``""``."""
    places = {}
    for sheet in sheets:
        places[sheet.title, ""] = 1
        first = sheet.tables[0]
        if first.key is not None:
            for n, row in enumerate(first.rows, start=2):
                places[sheet.title, str(row[first.key])] = n
    return places


def clean(text: str) -> str:
    """A text that a cell can hold: no lone surrogates, no control characters, not too long."""
    readable = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(char for char in readable if char >= " " or char in "\n\t")
    return kept[:_LONGEST]


def _done(code: Any, what: str) -> None:
    """XlsxWriter answers −1, −2 … where it has not written a cell."""
    if isinstance(code, int) and code < 0:
        raise ValueError(f"a cell that cannot be written ({code}): {what}")


class _Writer:
    """One worksheet while it is written."""

    def __init__(
        self, book: Any, looks: Looks, places: dict[tuple[str, str], int], sheet: Sheet
    ) -> None:
        self.book, self.looks, self.places, self.sheet = book, looks, places, sheet
        self.page = book.add_worksheet(sheet.title)
        self.columns = max(len(table.columns) for table in sheet.tables)
        self.widths = self._widths()
        self.heights: dict[int, int] = {}
        self.placed: list[Placed] = []
        self.span = (0, 0)

    def write(self, title: str) -> None:
        """Tables under one another, notes, charts, and how it is printed."""
        self.page.set_default_row(16.5)
        for n, width in enumerate(self.widths):
            _done(self.page.set_column(n, n, width), "column")
        row = 0
        for table in self.sheet.tables:
            row = self._table(table, row) + 1
        row = self._notes(row)
        ground = Ground(self.sheet, self.placed, self.widths, self.heights)
        add_charts(self.book, self.page, ground, row)
        self._print(title)

    def _widths(self) -> list[float]:
        widths: list[float] = []
        for n in range(self.columns):
            wide = _SLIM
            for table in self.sheet.tables:
                if n < len(table.columns):
                    wide = max(wide, self._wanted(table, n, first=table is self.sheet.tables[0]))
            widths.append(wide)
        return widths

    @staticmethod
    def _wanted(table: Table, n: int, *, first: bool) -> int:
        column = table.columns[n]
        if column.kind == "long":
            return _LONG
        if column.kind == "free":
            return _NARROW
        heading = text_width(column.heading)
        if column.heat:
            heading += 2
        elif first:
            # a heading may break into two lines; a filter's button stands beside it
            heading = math.ceil(heading / 2) + 4 if heading > 10 else heading + 3
        else:
            heading = min(heading + 1, _NARROW)
        texts = (shown_width(row[n], column.kind) + 2 for row in table.lines())
        return min(_WIDE, max(heading, *texts, 0))

    def _table(self, table: Table, row: int) -> int:
        """Write a table from ``row`` (0-based); answers the row below it."""
        if table.title:
            _done(self.page.write_string(row, 0, table.title, self.looks.title), table.title)
            row += 1
        heading = row
        for n, column in enumerate(table.columns):
            look = self.looks.heading(number=column.kind not in {"text", "long", "free", "day"})
            _done(self.page.write_string(row, n, clean(column.heading), look), column.heading)
        high = max(
            lines_of(column.heading, self.widths[n] - 2) for n, column in enumerate(table.columns)
        )
        self._height(row, 6 + 16 * high)
        first, last = row + 1, row + len(table.rows)
        if not table.rows:
            _done(self.page.write_string(first, 0, table.empty, self.looks.nothing), table.empty)
            self.placed.append(Placed(heading, first, heading))
            return first + 1
        self.span = (first + 1, last + 1)
        for cells in table.lines():
            row += 1
            self._row(table, cells, row, is_total=row > last)
        self._colours(table, first, last)
        if not self.placed:
            self.page.autofilter(heading, 0, last, len(table.columns) - 1)
        self.placed.append(Placed(heading, first, last))
        return row + 1

    def _row(
        self,
        table: Table,
        cells: tuple[Cell, ...],
        row: int,
        *,
        is_total: bool,
    ) -> None:
        high = 1
        for n, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
            self._cell(row, n, cell, column.kind, is_total=is_total)
            if column.kind == "long" and isinstance(cell, str):
                high = max(high, lines_of(cell, self.widths[n] * 0.85))
        if high > 1:
            self._height(row, 4 + 18 * high)

    def _cell(
        self,
        row: int,
        column: int,
        cell: Cell,
        kind: Kind,
        *,
        is_total: bool,
    ) -> None:
        if isinstance(cell, As):
            kind, cell = cell.kind, cell.cell
        look, page = self.looks.cell(kind, total=is_total), self.page
        if isinstance(cell, Link) and not cell.key:
            look = self.looks.link
        if isinstance(cell, Missing):
            done = page.write_blank(row, column, None, self.looks.missing(total=is_total))
        elif cell is None:
            done = page.write_blank(row, column, None, look)
        elif isinstance(cell, Formula):
            first, last = self.span
            text = cell.text.replace("{r}", str(row + 1))
            text = text.replace("{first}", str(first)).replace("{last}", str(last))
            text = _PLACE.sub(lambda at: str(self.placed[int(at[1])].first + int(at[2]) + 1), text)
            value = "" if cell.value is None else cell.value
            done = page.write_formula(row, column, "=" + text, look, value)
        elif isinstance(cell, Link):
            self._link(row, column, cell, look)
            return
        elif isinstance(cell, str):
            done = page.write_string(row, column, clean(cell), look)
        elif isinstance(cell, date):
            day = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day has no zone
            done = page.write_datetime(row, column, day, look)
        else:
            done = page.write_number(row, column, cell, look)
        _done(done, repr(cell)[:80])

    def _link(self, row: int, column: int, link: Link, look: Any) -> None:
        target = self.places.get((link.sheet, link.key))
        text = clean(str(link.value))
        if target is None:
            if (link.sheet, "") not in self.places:
                raise ValueError(f"a link to a sheet that is not there: {link.sheet}")
            _done(self.page.write_string(row, column, text, look), text)
            return
        quoted = link.sheet.replace("'", "''")
        where = f"internal:'{quoted}'!A{target}"
        _done(self.page.write_url(row, column, where, look, text), text)

    def _colours(self, table: Table, first: int, last: int) -> None:
        for start, end in _runs(table.columns):
            scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#4F8FBF"}
            _done(self.page.conditional_format(first, start, last, end, scale), "colour scale")
        for text, tone in table.colours:
            rule = {
                "type": "cell", "criteria": "==", "value": f'"{text}"',
                "format": self.looks.tone(tone),
            }  # fmt: skip
            end = len(table.columns) - 1
            _done(self.page.conditional_format(first, 0, last, end, rule), text)

    def _notes(self, row: int) -> int:
        """Notes below the tables, each over as many columns as make a readable line."""
        wide, last = 0.0, 0
        for n, width in enumerate([*self.widths, *([9.0] * 20)]):
            wide, last = wide + width, n
            if wide >= _NOTE_WIDTH:
                break
        for note in self.sheet.notes:
            text = clean(note)
            done = self.page.merge_range(row, 0, row, last, "", self.looks.note)
            _done(done, text)
            _done(self.page.write_string(row, 0, text, self.looks.note), text)
            self._height(row, 4 + 16 * lines_of(text, wide * 1.05))
            row += 1
        return row

    def _height(self, row: int, pixels: int) -> None:
        self.heights[row] = pixels
        self.page.set_row_pixels(row, pixels)

    def _print(self, title: str) -> None:
        page, alone = self.page, len(self.sheet.tables) == 1
        page.freeze_panes(int(alone), self.sheet.frozen)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        page.fit_to_pages(1, 1 if self.sheet.one_page else 0)
        if alone:  # above another table's columns the first one's headings would be wrong
            page.repeat_rows(0)
        page.hide_gridlines(2)
        shown = clean(title).replace("&", "&&")[:120]
        page.set_header(f"&L&9{shown}&R&9&A")
        page.set_footer("&C&9第 &P 頁，共 &N 頁")


def _runs(columns: tuple[Column, ...]) -> Iterable[tuple[int, int]]:
    """The runs of columns that share a colour scale."""
    start: int | None = None
    for n, column in enumerate((*columns, Column(""))):
        if column.heat and start is None:
            start = n
        elif not column.heat and start is not None:
            yield start, n - 1
            start = None
