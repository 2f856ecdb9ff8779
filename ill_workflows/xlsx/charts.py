"""Native charts beside or below the tables, never over them, never across a page's edge."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ill_workflows.evaluation.model import Chart, Sheet
from ill_workflows.xlsx.looks import FONT

WIDTH, HEIGHT = 640, 320
_ROW: Final = 22
_PAGE: Final = (1040, 668)
"""What an A4 page in landscape holds at full size, in pixels."""
_FONTS: Final = (1.0, 1.19)
"""Columns are as wide as the digits of the font: with Excel's own, and with the wider one that
LibreOffice takes where that is missing."""
_SLACK: Final = 3 * _ROW
"""How far from a page's edge a chart stays: programs differ by a row or two."""
_LOWEST: Final = 240
_SHRUNK: Final = 0.8
"""How low a chart may become to stand beside its table: pixels, and part of its own height."""
_BESIDE: Final = 900
"""A table no wider than so many pixels has its charts at its right."""
_COLOURS: Final = ("#1F5A8A", "#E08A1E", "#5B8C3A", "#A23B3B", "#7A5BA6", "#4FA3A5", "#8C6D46")
_TONES: Final = {"good": "#5B8C3A", "fair": "#E5A823", "bad": "#B5362B"}
_KINDS: Final[dict[str, dict[str, str]]] = {
    "line": {"type": "line"},
    "columns": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
    "bars": {"type": "bar"},
    "stacked_bars": {"type": "bar", "subtype": "stacked"},
    "pareto": {"type": "column"},
}


class Placed(NamedTuple):
    """Where a table stands (0-based rows): its headings, its first and last row of data."""

    heading: int
    first: int
    last: int


def column_pixels(width: float) -> int:
    """The pixels of a column of a width in characters."""
    return int(width * 7 + 5)


class Ground(NamedTuple):
    """What a chart must not cover: the sheet, its tables' places, widths (characters) and heights
    (pixels, by row; rows that are not told have the default).
    """  # noqa: D205

    sheet: Sheet
    placed: list[Placed]
    widths: list[float]
    heights: dict[int, int]


def add_charts(book: Any, page: Any, ground: Ground, row: int) -> None:
    """Put the sheet's charts beside a table where there is room, else below ``row``."""
    sheet, placed, widths, heights = ground
    table_width = sum(map(column_pixels, widths))
    shown = [c for c in sheet.charts if placed[c.table].last >= placed[c.table].first]
    beside = table_width <= _BESIDE
    wide = table_width + (WIDTH + 40 if beside and shown else 0)
    pages = [int(_PAGE[1] * max(1.0, wide * font / _PAGE[0])) for font in _FONTS]
    pair = not beside and len(shown) > 1 and table_width >= 1000
    width = min(WIDTH, table_width // 2 - 30) if pair else WIDTH
    at = 1 if beside else row + 1
    while shown:
        spot, low = (None, 0) if beside else _beside_own(shown[0], ground)
        band, shown = shown[: 1 + (pair and not spot)], shown[1 + (pair and not spot) :]
        high = low or max(_height(chart, placed[chart.table]) for chart in band)
        if spot is None and not sheet.one_page:
            at = _clear_of_edge(at, high, heights, pages)
        for n, chart in enumerate(band):
            made = _chart(book, sheet, chart, placed)
            made.set_size({"width": width, "height": high})
            row, column = spot or (at, len(widths) if beside else 0)
            options = {
                "object_position": 2, "description": chart.alt, "y_offset": 4,
                "x_offset": 20 + n * (width + 20),
            }  # fmt: skip
            done = page.insert_chart(row, column, made, options)
            if isinstance(done, int) and done < 0:
                raise ValueError(f"a chart that cannot be placed: {chart.title}")
        at = at if spot else _row_after(at, high, heights) + 1


def _height(chart: Chart, where: Placed) -> int:
    """Lying bars need room for each row."""
    rows = where.last - where.first + 1
    if chart.kind in {"bars", "stacked_bars"}:
        return max(HEIGHT, min(900, 110 + rows * (19 if len(chart.series) == 1 else 24)))
    return HEIGHT


def _row_after(row: int, pixels: int, heights: dict[int, int]) -> int:
    while pixels > 0:
        pixels -= heights.get(row, _ROW)
        row += 1
    return row


def _clear_of_edge(row: int, pixels: int, heights: dict[int, int], pages: list[int]) -> int:
    """The first row from ``row`` on at which no kind of page cuts the chart."""
    if pixels > min(pages) - 4 * _ROW:
        return row
    for at in range(row, row + 120):
        if all(_fits(at, pixels, heights, page) for page in pages):
            return at
    return row


def _fits(row: int, pixels: int, heights: dict[int, int], page: int) -> bool:
    """Every page after the first begins with the sheet's headings again."""
    used, begun = 0, True
    for at in range(row):
        high = heights.get(at, _ROW)
        turned = used + high > page
        begun = begun and not turned
        used = heights.get(0, _ROW) + high if turned else used + high
    clear = begun or used >= heights.get(0, _ROW) + _SLACK
    return clear and used + pixels + _SLACK <= page


def _beside_own(chart: Chart, ground: Ground) -> tuple[tuple[int, int] | None, int]:
    """The free place right of the chart's own table (row, column), where wider ones leave one,
    and how high it may be there.
    """  # noqa: D205
    sheet, placed, widths, heights = ground
    own = placed[chart.table]
    column = len(sheet.tables[chart.table].columns)
    end = placed[-1].last + 1
    for table, place in zip(
        sheet.tables[chart.table + 1 :], placed[chart.table + 1 :], strict=True
    ):
        if len(table.columns) > column:
            end = place.heading - 2
            break
    room = sum(heights.get(row, _ROW) for row in range(own.heading, end + 1))
    across = sum(map(column_pixels, widths[column:]))
    high = min(_height(chart, own), room - 8)
    if high < _LOWEST or high < _height(chart, own) * _SHRUNK or across < WIDTH + 30:
        return None, 0
    return (own.heading, column), high


def _chart(book: Any, sheet: Sheet, chart: Chart, placed: list[Placed]) -> Any:
    made = book.add_chart(dict(_KINDS[chart.kind]))
    line = book.add_chart({"type": "line"}) if chart.kind == "pareto" else None
    for n, series in enumerate(chart.series):
        own = placed[series.table or chart.table]
        names = placed[chart.table]
        colour = _TONES.get(series.tone or "", _COLOURS[n % len(_COLOURS)])
        title = sheet.title
        name = series.name or [title, own.heading, series.column]
        options: dict[str, Any] = {
            "name": name,
            "categories": [title, names.first, chart.categories, names.last, chart.categories],
            "values": [title, own.first, series.column, own.last, series.column],
        }
        if chart.kind == "line" or series.line:
            options["line"] = {"color": colour, "width": 2.25}
            options["marker"] = {"type": "circle", "size": 5, "fill": {"color": colour}}
        else:
            options["fill"] = {"color": colour}
            options["gap"] = 60
        if series.line and line is not None:
            line.add_series({**options, "y2_axis": True})
        else:
            made.add_series(options)
    if line is not None:
        made.combine(line)
        line.set_y2_axis({"min": 0, "max": 100, "num_format": '0"%"', "num_font": _font(9)})
    names = placed[chart.table]
    _axes(made, chart, many=names.last - names.first >= 15)
    return made


def _font(size: int, **more: Any) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": False, **more}


def _axes(made: Any, chart: Chart, *, many: bool) -> None:
    lying = chart.kind in {"bars", "stacked_bars"}
    grid = {"visible": True, "line": {"color": "#E3E7EB", "width": 0.75}}
    unit = {"name": chart.unit, "name_font": _font(9)} if chart.unit else {}
    values = {"num_font": _font(9), "min": 0, "line": {"none": True}, **unit}
    names: dict[str, Any] = {"num_font": _font(9), "major_gridlines": {"visible": False}}
    if lying:
        made.set_y_axis({**names, "reverse": True, "crossing": "max", "interval_unit": 1})
        made.set_x_axis({**values, "major_gridlines": grid})
    else:
        if many:
            names |= {"num_font": _font(8, rotation=-90), "interval_unit": 1}
        made.set_x_axis(names)
        made.set_y_axis({**values, "major_gridlines": grid})
    made.set_title({"name": chart.title, "name_font": _font(12, bold=True), "overlay": False})
    made.set_legend({"none": True} if len(chart.series) == 1 else {
        "position": "bottom", "font": _font(9),
    })  # fmt: skip
    made.show_blanks_as("gap")
