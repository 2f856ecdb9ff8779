"""Native charts beside or below the tables, never over them, never across a page's edge."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ill_workflows.evaluation.model import As, Chart, Formula, Link, Missing, Sheet, Table
from ill_workflows.xlsx.looks import FONT, clean
from ill_workflows.xlsx.places import Placed
from ill_workflows.xlsx.report_page import Paper

WIDTH, HEIGHT = 640, 320
ROW: Final = 20
"""The pixels of a usual row."""
_SLACK: Final = 3 * ROW
"""How far from a page's edge a chart stays: programs differ by a row or two."""
_LOWEST: Final = 240
_SHRUNK: Final = 0.8
"""How low a chart may become to stand beside its table: pixels, and part of its own height."""
_SLIMMEST: Final = 480
"""How narrow it may become there."""
_BESIDE: Final = 960
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


def column_pixels(width: float) -> int:
    """The pixels of a column of a width in characters."""
    return int(width * 7 + 5)


class Ground(NamedTuple):
    """What a chart must not cover: the sheet, its tables' places, widths (characters) and heights
    (pixels, by row; rows that are not told have ``usual``), the pages that it is cut into, and the
    rows that begin a page.
    """  # noqa: D205

    sheet: Sheet
    placed: list[Placed]
    widths: list[float]
    heights: dict[int, int]
    usual: int
    paper: Paper
    breaks: list[int]

    def high(self, row: int) -> int:
        """The pixels of a row."""
        return self.heights.get(row, self.usual)

    def repeated(self) -> int:
        """The pixels of the headings that every page begins with."""
        return self.high(self.placed[0].heading) if len(self.placed) == 1 else 0


def _shown(sheet: Sheet, placed: list[Placed]) -> list[Chart]:
    return [c for c in sheet.charts if placed[c.table].last >= placed[c.table].first]


def room_beside(sheet: Sheet, placed: list[Placed], across: int) -> int:
    """The pixels that charts take at the right of tables which are ``across`` pixels wide."""
    return WIDTH + 40 if across <= _BESIDE and _shown(sheet, placed) else 0


def heights_below(sheet: Sheet, placed: list[Placed], beside: int) -> list[int]:
    """The pixels of each chart that may come to stand below the tables."""
    shown = [] if beside else _shown(sheet, placed)
    return [_height(chart, placed[chart.table]) + 8 for chart in shown]


class Spot(NamedTuple):
    """Where one chart stands: its cell, how far from that cell's left edge, its size (pixels)."""

    chart: Chart
    row: int
    column: int
    across: int
    width: int
    high: int


class Plan(NamedTuple):
    """Where a sheet's charts stand, and the ``blocks`` of rows (first, last) of those below."""

    spots: list[Spot]
    blocks: list[tuple[int, int]]


def plan_charts(ground: Ground, row: int) -> Plan:
    """The sheet's charts beside a table where there is room, else below ``row``."""
    sheet, placed, widths = ground.sheet, ground.placed, ground.widths
    table_width = sum(map(column_pixels, widths))
    shown = _shown(sheet, placed)
    right = room_beside(sheet, placed, table_width)
    pages = ground.paper.heights(table_width + right)
    across = sum(map(column_pixels, widths[: ground.paper.end(0, len(widths))]))
    pair = not right and len(shown) > 1 and across >= 1000
    width = min(WIDTH, across // 2 - 30) if pair else WIDTH
    at = placed[0].heading + 1 if right else row + 1
    plan = Plan([], [])
    while shown:
        own = None if right else _beside_own(shown[0], ground)
        if own:
            plan.spots.append(own)
            shown = shown[1:]
            continue
        band, shown = shown[: 1 + pair], shown[1 + pair :]
        high = max(_height(chart, placed[chart.table]) for chart in band)
        if right and not ground.paper.single:
            at = _clear_of_edge(at, high, ground, pages)
        column = len(widths) if right else 0
        plan.spots.extend(
            Spot(chart, at, column, 20 + n * (width + 20), width, high)
            for n, chart in enumerate(band)
        )
        after = _row_after(at, high + 8, ground)
        if not right:
            plan.blocks.append((at, after - 1))
        at = after + 1
    return plan


def add_charts(book: Any, page: Any, ground: Ground, plan: Plan) -> int:
    """Draw the charts; answers the row below the lowest, 0 where there are none."""
    bottom = 0
    for spot in plan.spots:
        chart = _chart(book, ground.sheet, spot.chart, ground.placed)
        chart.set_size({"width": spot.width, "height": spot.high})
        options = {
            "object_position": 2, "description": spot.chart.alt, "y_offset": 4,
            "x_offset": spot.across,
        }  # fmt: skip
        done = page.insert_chart(spot.row, spot.column, chart, options)
        if isinstance(done, int) and done < 0:
            raise ValueError(f"a chart that cannot be placed: {spot.chart.title}")
        bottom = max(bottom, _row_after(spot.row, spot.high + 4, ground))
    return bottom


def _height(chart: Chart, where: Placed) -> int:
    """Lying bars need room for each row."""
    rows = where.last - where.first + 1
    if chart.kind in {"bars", "stacked_bars"}:
        return max(HEIGHT, min(900, 110 + rows * (19 if len(chart.series) == 1 else 24)))
    return HEIGHT


def _row_after(row: int, pixels: int, ground: Ground) -> int:
    while pixels > 0:
        pixels -= ground.high(row)
        row += 1
    return row


def _clear_of_edge(row: int, pixels: int, ground: Ground, pages: list[int]) -> int:
    """The first row from ``row`` on at which no kind of page cuts the chart."""
    if pixels > min(pages) - 4 * ROW:
        return row
    for at in range(row, row + 120):
        if all(_fits(at, pixels, ground, page) for page in pages):
            return at
    return row


def _fits(row: int, pixels: int, ground: Ground, page: int) -> bool:
    """Where a sheet has one table, every page after the first begins with its headings again."""
    used, begun, again = 0, True, ground.repeated()
    for at in range(row):
        high = ground.high(at)
        turned = used + high > page or at in ground.breaks
        begun = begun and not turned
        used = again + high if turned else used + high
    clear = begun or used >= again + _SLACK
    return clear and used + pixels + _SLACK <= page


def _beside_own(chart: Chart, ground: Ground) -> Spot | None:
    """A place right of the chart's own table, where wider tables leave one."""
    sheet, placed, widths = ground.sheet, ground.placed, ground.widths
    own = placed[chart.table]
    column = len(sheet.tables[chart.table].columns)
    end = placed[-1].last + 1
    for table, place in zip(
        sheet.tables[chart.table + 1 :], placed[chart.table + 1 :], strict=True
    ):
        if len(table.columns) > column:
            end = place.heading - 2
            break
    room = sum(map(ground.high, range(own.heading, end + 1)))
    edge = ground.paper.end(0, len(widths))
    across = sum(map(column_pixels, widths[column:edge])) - 30
    high = min(_height(chart, own), room - 8)
    if high < _LOWEST or high < _height(chart, own) * _SHRUNK or across < _SLIMMEST:
        return None
    return Spot(chart, own.heading, column, 20, min(WIDTH, across), high)


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
            "categories_data": _seen(sheet.tables[chart.table], chart.categories),
            "values_data": _seen(sheet.tables[series.table or chart.table], series.column),
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


def _seen(table: Table, column: int) -> list[Any]:
    """What programs that calculate nothing show."""
    shown: list[Any] = []
    for row in table.rows:
        cell = row[column].cell if isinstance(row[column], As) else row[column]  # type: ignore[union-attr]
        value = cell.value if isinstance(cell, Formula | Link) else cell
        known = value is not None and not isinstance(value, Missing)
        shown.append((clean(value) if isinstance(value, str) else value) if known else "")
    return shown


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
