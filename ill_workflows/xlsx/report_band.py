"""The band over each sheet: its title, whose figures, of when, and the way back to the first."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any, Final, NamedTuple

from ill_workflows.evaluation.model import Masthead
from ill_workflows.xlsx.looks import Looks, clean, text_width
from ill_workflows.xlsx.report_sheet import ReportSheet
from ill_workflows.xlsx.report_words import Words

HIGH: Final = 3
"""The rows of the band, the slim empty one below it included."""
HEIGHTS: Final = (36, 24, 9)
"""Their heights in pixels."""
_ACROSS: Final = 92
"""Characters: at the right end of these stand the alliance and the way back, on any screen."""
_LOGO: Final = (150, 48)
"""Pixels that a logo may take."""


class Band(NamedTuple):
    """What stands over one sheet; ``back`` is the address of the first sheet, None on itself."""

    masthead: Masthead
    words: Words
    title: str
    back: str | None


def add_band(
    page: ReportSheet, looks: Looks, band: Band, widths: Sequence[float], across: float
) -> None:
    """Write the band over columns of these widths, and over all ``across`` characters."""
    head = band.masthead
    reached = list(accumulate(chain(widths, [9.0] * 100)))
    told = band.words.between.join(part for part in (head.period, head.reporting) if part)
    room = text_width(told) * 1.05
    end = next(
        n for n, wide in enumerate(reached) if wide >= _ACROSS and n and reached[n - 1] >= room
    )
    for row, high in enumerate(HEIGHTS):
        page.set_row_pixels(row, high)
    right = next(n for n, wide in enumerate(reached) if wide >= across)
    for column in range(1, max(end, right) + 1):
        page.write_blank(1, column, None, looks.band("edge"))
    page.write_string(0, 0, clean(band.title), looks.band("title"))
    page.write_string(0, end, clean(head.alliance), looks.band("alliance"))
    page.write_string(1, 0, clean(told), looks.band("period"))
    if band.back is not None:
        page.write_string(1, end, band.words.back, looks.band("back"))
        page.link(1, end, band.back)
    elif head.logo is not None:
        _logo(page, head.logo, end + 1, band.words.logo.format(head.alliance))


def readable(logo: bytes) -> bool:
    """Whether a picture can stand in a workbook: a whole PNG or JPEG."""
    from xlsxwriter.exceptions import XlsxWriterException
    from xlsxwriter.image import Image

    try:
        image = Image(io.BytesIO(logo))
    except (XlsxWriterException, struct.error, IndexError):
        return False
    return bool(image.width and image.height)


def _logo(page: Any, logo: bytes, column: int, told: str) -> None:
    from xlsxwriter.image import Image

    if not readable(logo):
        raise ValueError("the logo is neither PNG nor JPEG")
    image = Image(io.BytesIO(logo))
    across, down = image.width * 96 / image.x_dpi, image.height * 96 / image.y_dpi
    scale = min(_LOGO[0] / across, _LOGO[1] / down)
    options = {
        "x_scale": scale, "y_scale": scale, "x_offset": 10, "y_offset": 6, "object_position": 3,
        "description": clean(told),
    }  # fmt: skip
    page.insert_image(0, column, image, options)
