"""How a sheet is printed: A4 landscape, never so small that nobody can read it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from itertools import chain, repeat
from typing import Final, NamedTuple

PAGE: Final = (1040, 660)
"""What an A4 page in landscape holds at full size, in pixels."""
FONTS: Final = (1.0, 1.19)
"""Columns are as wide as the digits of the font: with Excel's own, and with the wider one that
LibreOffice takes where that is missing."""
SMALLEST: Final = 0.6
"""The scale below which print is too small to read."""
_SAFE: Final = PAGE[0] * 0.94 / FONTS[1]
"""Pixels across that fit on a page with every program at full size."""
_READABLE: Final = 0.62
"""A sheet that fits on one page at this scale is printed on one."""
_CUT, _LARGEST = 0.62, 0.9
"""The scales between which a sheet is printed that is cut between columns."""
_LEEWAY: Final = 0.92
"""Programs round the scale of a fitted page, and rows, each in its own way."""
_ROUNDED: Final = 0.985
"""The same where the scale is ours."""
_ROWS: Final = 6
"""A table that is longer than a page begins at a page's foot only with so many rows."""


class Paper(NamedTuple):
    """How a sheet is cut: ``breaks`` are the columns that begin a page after the first.

    ``scale`` is in percent; 0: one page wide, scaled by the program that prints.  ``kept`` columns
    stand on every page again.  ``single``: all is on one page.
    """

    scale: int = 0
    breaks: tuple[int, ...] = ()
    kept: int = 0
    single: bool = False

    def heights(self, across: int) -> list[int]:
        """How many pixels a page holds from top to bottom, by the programs that may print it;
        ``across`` pixels of the sheet are used.
        """  # noqa: D205
        if self.scale:
            return [int(PAGE[1] * _ROUNDED * 100 / self.scale)]
        held = _LEEWAY * PAGE[1]
        return [int(held * max(1.0, across * font / PAGE[0])) for font in FONTS]

    def end(self, column: int, columns: int) -> int:
        """The column after the page on which a column stands."""
        return min((at for at in self.breaks if at > column), default=columns)


class Extent(NamedTuple):
    """What is to be printed, in pixels: the ``columns``, what stands ``beside`` them, how high each
    of the ``parts`` is that should not be cut, and the ``whole``; ``frozen`` columns and the wish
    to have all on one page.
    """  # noqa: D205

    columns: list[int]
    beside: int
    parts: list[int]
    whole: int
    frozen: int
    one_page: bool


def paper_for(extent: Extent) -> Paper:
    """The paper: one page where that is legible, else one page wide, else cut between columns.

    Tables that are no longer than a page at a legible scale are printed at that scale; with a
    scale of ours every program begins its pages at the same rows.
    """
    across = sum(extent.columns) + extent.beside
    whole = min(PAGE[0] / across, PAGE[1] / extent.whole)
    if whole >= (SMALLEST if extent.one_page else _READABLE):
        return Paper(single=True)
    tall = min(
        (s for part in extent.parts if (s := _ROUNDED * PAGE[1] / part) >= SMALLEST), default=0
    )
    tall = min(1.0, tall)
    if across <= PAGE[0] / SMALLEST:
        if SMALLEST <= tall <= _SAFE / across:
            return Paper(int(100 * tall))
        safe = min(1.0, _SAFE / across)
        return Paper(int(100 * safe) if safe >= SMALLEST else 0)
    return _cut(extent)


def _cut(extent: Extent) -> Paper:
    """The scale that needs the fewest pages for the first table, the larger one of two alike."""
    fitting = 0.98 * PAGE[1] / extent.parts[0]
    scales = {_CUT, min(_LARGEST, max(_CUT, fitting))}
    papers = [(scale, _starts(extent, scale)) for scale in sorted(scales, reverse=True)]
    scale, (kept, starts) = min(
        papers, key=lambda one: len(one[1][1]) * math.ceil(extent.parts[0] * one[0] / PAGE[1])
    )
    return Paper(int(100 * scale), tuple(kept + at for at in starts[1:]), kept)


def _starts(extent: Extent, scale: float) -> tuple[int, list[int]]:
    """How many columns are repeated, and the others that begin a page, evenly."""
    columns, most = extent.columns, int(_SAFE / scale)
    kept = extent.frozen if sum(columns[: extent.frozen]) <= most / 2 else 0
    rest, room = columns[kept:], most - sum(columns[:kept])
    fewest = len(_greedy(rest, room))
    even = math.ceil(sum(rest) / fewest)
    while even < room and len(_greedy(rest, even)) > fewest:
        even += 8
    return kept, _greedy(rest, min(even, room))


def _greedy(columns: list[int], room: int) -> list[int]:
    """The columns that begin a page if each is filled as far as it goes."""
    starts, used = [0], 0
    for n, width in enumerate(columns):
        if used and used + width > room:
            starts.append(n)
            used = 0
        used += width
    return starts


def areas_of(
    blocks: Iterable[tuple[int, int]], wide: Iterable[int], end: int, columns: int
) -> list[tuple[int, int, int]]:
    """First row, last row and last column of what is printed over the same pages to the right.

    ``wide`` are the columns of the tables among the ``blocks``, ``end`` those of the first page:
    below and above a table that goes on to the right, what is narrower needs no pages there.
    """
    areas: list[tuple[int, int, int]] = []
    for (first, last), count in zip(blocks, chain(wide, repeat(0)), strict=False):
        column = (columns if count > end else end) - 1
        start = areas.pop()[0] if areas and areas[-1][2] == column else first
        areas.append((start, last, column))
    return areas


def row_breaks(
    blocks: Iterable[tuple[int, int]],
    high: Callable[[int], int],
    again: int,
    pages: Iterable[int],
    begun: Collection[int] = (),
) -> list[int]:
    """The rows that should begin a page, so that no table is cut that fits on one.

    ``blocks`` are the first and last row of each table, text or chart (0-based), ``high`` the
    pixels of a row, ``again`` those of the headings repeated on each page, ``pages`` what a page
    holds in each program that may print; the blocks ``begun`` begin a page in any case, and so does
    what follows a table that goes over several pages: programs differ by a row on each of them.
    """
    breaks: list[int] = []
    used = dict.fromkeys(pages, 0)
    at, long = 0, False
    for first, last in blocks:
        heights = [high(row) for row in range(at, last + 1)]
        gap, block = heights[: first - at], heights[first - at :]
        new = (
            long
            or first in begun
            or any(
                filled > again and filled + sum(gap) + _need(block, again, page) > page
                for page, filled in used.items()
            )
        )
        if new:
            breaks.append(first)
        for page, filled in used.items():
            start = again if new else _filled(filled, gap, again, page)
            used[page] = _filled(start, block, again, page)
        at, long = last + 1, sum(block) + again > max(used)
    return breaks


def _need(block: list[int], again: int, page: int) -> int:
    """The pixels that a table wants on the page on which it begins."""
    return sum(block) if sum(block) + again <= page else sum(block[:_ROWS])


def _filled(used: int, heights: list[int], again: int, page: int) -> int:
    for high in heights:
        used = again + high if used + high > page else used + high
    return used
