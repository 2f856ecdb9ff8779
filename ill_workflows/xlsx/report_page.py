"""How a sheet is printed: A4 landscape, never so small that nobody can read it."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

PAGE: Final = (1040, 668)
"""What an A4 page in landscape holds at full size, in pixels."""
FONTS: Final = (1.0, 1.19)
"""Columns are as wide as the digits of the font: with Excel's own, and with the wider one that
LibreOffice takes where that is missing."""
SMALLEST: Final = 0.6
"""The scale below which print is too small to read."""
_CUT: Final = 0.66
"""The scale for which the pages of a sheet that is cut are filled, or a larger one."""
_LARGEST: Final = 90


class Paper(NamedTuple):
    """How a sheet is cut: ``breaks`` are the columns that begin a page after the first.

    ``scale`` is in percent; 0: one page wide, scaled by the program that prints.  ``kept`` columns
    stand on every page again.
    """

    scale: int = 0
    breaks: tuple[int, ...] = ()
    kept: int = 0

    def heights(self, across: int) -> list[int]:
        """How many pixels a page holds from top to bottom, by the programs that may print it;
        ``across`` pixels of the sheet are used.
        """  # noqa: D205
        if self.scale:
            return [PAGE[1] * 100 // self.scale]
        return [int(PAGE[1] * max(1.0, across * font / PAGE[0])) for font in FONTS]

    def end(self, column: int, columns: int) -> int:
        """The column after the page on which a column stands."""
        return min((at for at in self.breaks if at > column), default=columns)


def cut(columns: list[int], frozen: int, beside: int = 0) -> Paper:
    """The paper for columns (pixels) and what stands ``beside`` them, ``frozen`` ones repeated."""
    if sum(columns) + beside <= PAGE[0] / SMALLEST:
        return Paper()
    most = int(PAGE[0] / FONTS[1] / _CUT)
    kept = frozen if sum(columns[:frozen]) <= most / 2 else 0
    wide = sum(columns[:kept])
    rest, room = columns[kept:], most - wide
    fewest = _greedy(rest, room)
    even = next(
        limit
        for limit in range(math.ceil(sum(rest) / len(fewest)), room + 9, 8)
        if len(_greedy(rest, min(limit, room))) <= len(fewest) or limit >= room
    )
    starts = _greedy(rest, min(even, room))
    ends = [*starts[1:], len(rest)]
    widest = max(sum(rest[a:b]) for a, b in zip(starts, ends, strict=True))
    scale = min(_LARGEST, int(100 * PAGE[0] / FONTS[1] / (wide + widest)))
    return Paper(scale, tuple(kept + at for at in starts[1:]), kept)


def _greedy(columns: list[int], room: int) -> list[int]:
    """The columns that begin a page if each is filled as far as it goes."""
    starts, used = [0], 0
    for n, width in enumerate(columns):
        if used and used + width > room:
            starts.append(n)
            used = 0
        used += width
    return starts


def on_one_page(across: int, down: int) -> bool:
    """Whether so many pixels can be read on a single page."""
    return min(PAGE[0] / across, PAGE[1] / max(down, 1)) >= SMALLEST
