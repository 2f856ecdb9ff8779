"""One sheet of a report: its band, tables, notes and charts, and how it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ill_workflows.evaluation.model import (
    As,
    Cell,
    Column,
    Kind,
    Link,
    Missing,
    Sheet,
    Table,
)
from ill_workflows.xlsx.charts import (
    ROW,
    Ground,
    column_pixels,
    heights_below,
    room_beside,
)
from ill_workflows.xlsx.looks import Looks, clean, lines_of, text_width
from ill_workflows.xlsx.places import Placed, Targets, notes_row, places_of, text_of
from ill_workflows.xlsx.report_band import HEIGHTS, HIGH, Band, add_band
from ill_workflows.xlsx.report_cells import TEXTS, Body, texts_apart
from ill_workflows.xlsx.report_page import Extent, paper_for
from ill_workflows.xlsx.report_print import READABLE, print_on
from ill_workflows.xlsx.report_sheet import ReportSheet
from ill_workflows.xlsx.report_widths import kind_in, widths_of
from ill_workflows.xlsx.report_words import Words

_DENSE: Final = 400
"""A sheet with more rows than these is written smaller and closer."""
_DENSE_ROW: Final = 16
_CLOSE: Final = 1.05
"""How many more of its small signs than of usual ones a column holds."""
_SHORT: Final = 15
"""Tables no longer than this may pass below another table's frozen headings."""
_PLACE: Final = re.compile(r"\{(\d+):(\d+)\}")


class Styles:
    """The looks of a workbook's sheets: of most, and of those with very many rows."""

    def __init__(self, book: Any, words: Words) -> None:
        self.usual, self.dense = Looks(book, day=words.day), Looks(book, 9, words.day)


class SheetWriter:
    """One worksheet while it is written."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a sheet shares with all others, and itself
        self,
        book: Any,
        styles: Styles,
        targets: Targets,
        words: Words,
        sheet: Sheet,
        band: Band | None,
    ) -> None:
        self.book, self.targets, self.words = book, targets, words
        self.sheet, self.band = sheet, band
        self.top = HIGH if band else 0
        self.placed = places_of(sheet, self.top)
        self.dense = self.placed[-1].last > _DENSE
        self.looks = styles.dense if self.dense else styles.usual
        self.row_pixels = _DENSE_ROW if self.dense else ROW
        self.page: ReportSheet = book.add_worksheet(sheet.title, worksheet_class=ReportSheet)
        self.body = Body(self.page, self.looks)
        self.body.target = lambda link: targets.find(link.sheet, link.key)
        self.columns = max(len(table.columns) for table in sheet.tables)
        self.widths = widths_of(sheet, dense=self.dense)
        self.heights: dict[int, int] = {}

    def write(self, title: str) -> None:
        """Everything; ``title`` stands in the printed header."""
        self.page.set_default_row(self.row_pixels * 0.75)
        for n, width in enumerate(self.widths):
            self.page.set_column(n, n, width)
        pixels = [column_pixels(width) for width in self.widths]
        beside = room_beside(self.sheet, self.placed, sum(pixels))
        if self.band:
            across = sum(self.widths) + beside / 7
            add_band(self.page, self.looks, self.band, self.widths, across)
            self.heights |= dict(enumerate(HEIGHTS))
        for table, placed in zip(self.sheet.tables, self.placed, strict=True):
            self._table(table, placed)
        row = self._notes(notes_row(self.sheet, self.placed))
        parts = [self._down(last + 1) - self._down(first) for first, last in self._blocks(row)]
        if len(parts) > len(self.placed):  # notes stay with the table that they are about
            parts[-1] += parts[-2] + self.row_pixels
        charts = heights_below(self.sheet, self.placed, beside)
        again = self.heights[self.placed[0].heading] if len(self.sheet.tables) == 1 else 0
        parts += [high + again + ROW for high in charts]
        extent = Extent(
            pixels,
            beside,
            parts,
            self._down(row) + sum(charts),
            self.sheet.frozen,
            self.sheet.one_page,
        )
        self._freeze()
        ground = Ground(
            self.sheet,
            self.placed,
            self.widths,
            self.heights,
            self.row_pixels,
            paper_for(extent),
            [],
        )
        print_on(self.book, self.page, ground, extent, self._blocks(row))
        if len(self.sheet.tables) == 1:  # above another table's columns these would be wrong
            self.page.repeat_rows(self.top)
        self.page.hide_gridlines(2)
        shown = clean(title).replace("&", "&&")[:120]
        self.page.set_header(f"&L&9{shown}&R&9&A")
        self.page.set_footer(f"&C&9{self.words.footer}")

    def _down(self, row: int) -> int:
        """The pixels of all rows above one."""
        return sum(self.heights.get(at, self.row_pixels) for at in range(row))

    def _blocks(self, end: int) -> list[tuple[int, int]]:
        """The first and last row of each table, and of the notes."""
        starts = [
            placed.heading - bool(table.title)
            for table, placed in zip(self.sheet.tables, self.placed, strict=True)
        ]
        notes = notes_row(self.sheet, self.placed)
        starts[0] = 0
        if notes < end:
            starts.append(notes)
        ends = [start - 2 for start in starts[1:]]
        return list(zip(starts, [*ends, max(end - 1, starts[-1])], strict=True))

    def _freeze(self) -> None:
        first, *others = self.sheet.tables
        alone = not others
        if self.band and others:
            alone = len(first.rows) > _SHORT and all(len(t.rows) <= _SHORT for t in others)
        self.page.freeze_panes(
            self.placed[0].first if alone else min(self.top, 2), self.sheet.frozen
        )

    def _table(self, table: Table, placed: Placed) -> None:
        if table.title:
            self.page.write_string(placed.heading - 1, 0, clean(table.title), self.looks.title)
            self._height(placed.heading - 1, 24)
        apart = texts_apart(table.columns)
        for n, column in enumerate(table.columns):
            look = self.looks.heading(number=column.kind not in TEXTS, apart=n in apart)
            self.page.write_string(placed.heading, n, clean(column.heading), look)
        high = max(
            lines_of(column.heading, self.widths[n] - 2) for n, column in enumerate(table.columns)
        )
        self._height(placed.heading, 6 + 16 * high)
        if table is self.sheet.tables[0]:
            end = max(placed.last, placed.heading), len(table.columns) - 1
            if table.rows:
                self.page.autofilter(placed.heading, 0, *end)
        if not table.rows:
            self.page.write_string(placed.first, 0, clean(table.empty), self.looks.nothing)
            return
        self.body.fill = self._filler(placed)
        fitting = [width * _CLOSE if self.dense else width for width in self.widths]
        kinds = [
            kind_in(column, width, cells)
            for column, width, cells in zip(
                table.columns, fitting, zip(*table.lines(), strict=True), strict=False
            )
        ]
        self._rows(table, table.rows, placed.first, kinds)
        if table.total is not None:
            self._rows(table, (table.total,), placed.last + 1, kinds, total=True)
        self._trace(table, placed)
        self._colours(table, placed)

    def _rows(
        self,
        table: Table,
        lines: tuple[tuple[Cell, ...], ...],
        first: int,
        kinds: list[Kind],
        *,
        total: bool = False,
    ) -> None:
        made = self.body.rows(table.columns, lines, first, kinds, total=total)
        lasting = [n for n, kind in enumerate(kinds) if kind == "long"]
        for row, line in enumerate(lines if lasting else (), first):
            high = max(self._lines(text_of(line[n]), self.widths[n]) for n in lasting)
            if high > 1:
                self.heights[row] = (2 if self.dense else 4) + (15 if self.dense else 18) * high
        usual = self.row_pixels
        self.page.add_rows(
            first,
            [
                f'<row r="{row + 1}" ht="{self.heights.get(row, usual) * 0.75:g}"'
                f' customHeight="1">{cells}</row>'
                for row, cells in enumerate(made, first)
            ],
            len(table.columns),
        )

    def _lines(self, text: str, width: float) -> int:
        """How many lines a text that wraps takes; small signs leave some room in a column."""
        holds, most = (width * _CLOSE, width) if self.dense else (width, width * 0.9)
        if "\n" not in text and text_width(text) <= holds:
            return 1
        return lines_of(text, holds if self.dense and " " not in text else most)

    def _filler(self, placed: Placed) -> Any:
        first, last = str(placed.first + 1), str(placed.last + 1)
        bounds: dict[str, str] = {}

        def fill(text: str, row: int) -> str:
            known = bounds.get(text)
            if known is None:
                known = text.replace("{first}", first).replace("{last}", last)
                known = _PLACE.sub(
                    lambda at: str(self.placed[int(at[1])].first + int(at[2]) + 1), known
                )
                bounds[text] = known
            return known.replace("{r}", str(row))

        return fill

    def _trace(self, table: Table, placed: Placed) -> None:
        """Let figures lead to the sheets and rows behind them."""
        traced = [(n, c.trace, c.month) for n, c in enumerate(table.columns) if c.trace]
        for row, line in enumerate(table.lines() if traced else (), placed.first):
            library = text_of(line[0])
            for n, trace, month in traced:
                cell = line[n].cell if isinstance(line[n], As) else line[n]  # type: ignore[union-attr]
                if cell is None or isinstance(cell, str | Missing | Link):
                    continue
                address = self.targets.events(trace, library, month)
                if address is not None:
                    self.page.link(row, n, address, self.words.traced)

    def _colours(self, table: Table, placed: Placed) -> None:
        _, first, last = placed
        for start, end in _runs(table.columns):
            scale = {
                "type": "2_color_scale", "min_type": "num", "min_value": 0,
                "min_color": "#FFFFFF", "max_color": "#6FA8D2",
            }  # fmt: skip
            self.page.conditional_format(first, start, last, end, scale)
        for text, tone in table.colours:
            rule = {
                "type": "cell", "criteria": "==", "value": f'"{text}"',
                "format": self.looks.tone(tone),
            }  # fmt: skip
            self.page.conditional_format(first, 0, last, len(table.columns) - 1, rule)

    def _notes(self, row: int) -> int:
        """Notes below the tables, each over as many columns as make a readable line."""
        wide, last = 0.0, 0
        for n, width in enumerate([*self.widths, *([9.0] * 20)]):
            wide, last = wide + width, n
            if wide >= READABLE:
                break
        for note in self.sheet.notes:
            text = clean(note)
            if last:
                self.page.merge_range(row, 0, row, last, "", self.looks.note)
            self.page.write_string(row, 0, text, self.looks.note)
            self._height(row, 4 + 16 * lines_of(text, wide * 1.05))
            row += 1
        return row

    def _height(self, row: int, pixels: int) -> None:
        self.heights[row] = pixels
        self.page.set_row_pixels(row, pixels)


def _runs(columns: tuple[Column, ...]) -> Iterator[tuple[int, int]]:
    """The runs of columns that share a colour scale."""
    start: int | None = None
    for n, column in enumerate((*columns, Column(""))):
        if column.heat and start is None:
            start = n
        elif not column.heat and start is not None:
            yield start, n - 1
            start = None
