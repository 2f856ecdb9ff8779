"""A sheet's charts and pages: what is printed where, so that no page's edge cuts anything."""

from __future__ import annotations

from itertools import accumulate, chain, repeat
from typing import Any, Final

from ill_workflows.xlsx.charts import Ground, add_charts, column_pixels, plan_charts
from ill_workflows.xlsx.report_page import Extent, Paper, areas_of, row_breaks
from ill_workflows.xlsx.report_sheet import ReportSheet

READABLE: Final = 100
"""Characters of a line of notes."""
_USUAL_WIDTH: Final = 8.43
"""Characters that a column holds whose width nobody set."""


def print_on(
    book: Any, page: ReportSheet, ground: Ground, extent: Extent, blocks: list[tuple[int, int]]
) -> None:
    """Draw the charts and cut the pages; ``blocks`` are the rows of each table and of the notes."""
    paper, tables = ground.paper, ground.sheet.tables
    across = sum(extent.columns) + extent.beside
    row = blocks[-1][1] + 1
    charts = plan_charts(ground, row)
    blocks = [*blocks, *charts.blocks]
    columns = len(ground.widths)
    areas = areas_of(blocks, [len(t.columns) for t in tables], paper.end(0, columns), columns)
    if not paper.single:
        begun = [first for first, _, _ in areas[1:]]
        heights = paper.heights(across)
        ground.breaks.extend(row_breaks(blocks, ground.high, ground.repeated(), heights, begun))
        charts = plan_charts(ground, row)
    bottom = max(row, add_charts(book, page, ground, charts))
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    if paper.scale:
        _cut(page, paper, areas, ground.breaks, bottom)
        return
    page.fit_to_pages(1, int(paper.single))
    # programs that fit a sheet to a page's width leave its breaks out, not its areas
    starts = [0, *ground.breaks]
    ends = [*(first - 1 for first in starts[1:]), bottom]
    if len(starts) > 1:
        last = _last_column(ground.widths, across)
        page.print_only([(*rows, last) for rows in zip(starts, ends, strict=True)])


def _cut(
    page: ReportSheet,
    paper: Paper,
    areas: list[tuple[int, int, int]],
    breaks: list[int],
    bottom: int,
) -> None:
    """Pages at a scale of our own, with the edges that we say."""
    page.set_print_scale(paper.scale)
    page.set_v_pagebreaks(list(paper.breaks))
    page.set_h_pagebreaks(breaks)
    if paper.breaks and paper.kept:
        page.repeat_columns(0, paper.kept - 1)
    if len(areas) > 1:
        first, _, column = areas[-1]
        page.print_only([*areas[:-1], (first, bottom, column)])


def _last_column(widths: list[float], across: int) -> int:
    """The last column of what stands in a sheet: tables, band and what is beside them."""
    wanted = max(across, column_pixels(READABLE))
    reached = accumulate(map(column_pixels, chain(widths, repeat(_USUAL_WIDTH))))
    return next(n for n, pixels in enumerate(reached) if pixels >= wanted)
