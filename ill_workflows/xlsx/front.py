"""The sheet that we put first: every finding, with a link to its cell.  Texts, never formulas."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ill_workflows.xlsx.boxes import width
from ill_workflows.xlsx.cells import address, place
from ill_workflows.xlsx.ooxml import xml_text
from ill_workflows.xlsx.package import new_part
from ill_workflows.xlsx.styles import Styles

SIGNATURE: Final = (
    "本頁由館際合作系統（ill-workflows）加上，修改後寄回時不必刪除。 / "
    "Added by ill-workflows; leave it in when you send the workbook back."
)
"""The last line of the sheet, by which it is known when its name is lost."""
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_FONT: Final = "<name val='Microsoft JhengHei'/><family val='2'/>"
_RULE: Final = (
    "<left/><right/><top/><bottom style='thin'><color rgb='FFC9D3DC'/></bottom><diagonal/>"
)
_WRAP: Final = "vertical='top' wrapText='1'"
_WIDEST, _LAST = 40, 76
"""Width at most of a column, and of the last one, in characters."""
_LINE, _TALLEST, _DENSE = 15.0, 400.0, 1.05
"""Height of a line and of a row at most, in points; characters to a column's nominal character."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet; ``link`` (sheet, cell) is where its first cell leads."""

    cells: tuple[str, ...]
    link: tuple[str, str] | None = None
    style: Literal["title", "head", "text", "error", "warn"] = "text"


class _Looks:
    """The formats of the sheet, by what a cell is."""

    def __init__(self, styles: Styles) -> None:
        def font(size: int, colour: str, more: str = "") -> str:
            return f"{more}<sz val='{size}'/><color rgb='FF{colour}'/>{_FONT}"

        def solid(colour: str) -> str:
            return f"solid|fg rgb=FF{colour}"

        body, link = font(10, "222222"), font(10, "0B5394", "<u/>")
        self.title = styles.own(
            font(16, "1F3B57", "<b/>"), "", "", "vertical='center' wrapText='1'"
        )
        self.head = styles.own(
            font(10, "FFFFFF", "<b/>"), solid("1F3B57"), "", "vertical='center' wrapText='1'"
        )
        self.sentence = styles.own(body, "", "", _WRAP)
        self.sentence_link = styles.own(link, "", "", _WRAP)
        self.small = styles.own(font(9, "777777"), "", "", _WRAP)
        self.cell = styles.own(body, "", _RULE, _WRAP)
        self.first = {
            ("error", False): styles.own(font(10, "8A1C12"), solid("F8D7D3"), _RULE, _WRAP),
            ("error", True): styles.own(link, solid("F8D7D3"), _RULE, _WRAP),
            ("warn", False): styles.own(font(10, "6B4A00"), solid("FFF1CC"), _RULE, _WRAP),
            ("warn", True): styles.own(link, solid("FFF1CC"), _RULE, _WRAP),
        }

    def of(self, line: Line, column: int, *, linked: bool) -> int:
        """The format of one cell."""
        if line.style in {"title", "head"}:
            return self.title if line.style == "title" else self.head
        if line.style in {"error", "warn"}:
            return self.cell if column else self.first[line.style, linked]
        return self.sentence_link if linked and not column else self.sentence


def heading_row(lines: Sequence[Line]) -> int:
    """The row of the only heading, to repeat on every page; 0 when there is none or several."""
    rows = [n for n, line in enumerate(lines, 1) if line.style == "head"]
    return rows[0] if len(rows) == 1 else 0


def front_sheet(
    lines: Sequence[Line], styles: Styles, titles: Collection[str], *, selected: bool
) -> bytes:
    """The part of the sheet.

    ``titles`` are the workbook's sheets: a line that leads to another place stays a text.
    """
    looks, wide = _Looks(styles), _widths(lines)
    rows, merged, links = [], [], []
    for row, line in enumerate(lines, 1):
        goal = _location(line.link, titles)
        if goal:
            links.append(b'<hyperlink ref="A%d" location="%s"/>' % (row, xml_text(goal)))
        spread = len(line.cells) == 1 and line.style in {"title", "text"} and len(wide) > 1
        if spread:
            merged.append(f"A{row}:{address((row, len(wide)))}")
        cells = b"".join(
            _cell(address((row, column + 1)), looks.of(line, column, linked=bool(goal)), text)
            for column, text in enumerate(line.cells)
        )
        rows.append(_row(row, cells, _height(line, [sum(wide)] if spread else wide)))
    last = len(lines) + 2
    rows.append(_row(last, _cell(f"A{last}", looks.small, SIGNATURE), _LINE + 2))
    merged += [f"A{last}:{address((last, len(wide)))}"] if len(wide) > 1 else []
    pieces = _frame(lines, wide, last, selected=selected)
    pieces.append(b"<sheetData>%s</sheetData>" % b"".join(rows))
    if merged:
        areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
        pieces.append(f'<mergeCells count="{len(merged)}">{areas}</mergeCells>'.encode())
    if links:
        pieces.append(b"<hyperlinks>%s</hyperlinks>" % b"".join(links))
    pieces.append(
        b'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        b"<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>"
    )
    return new_part("worksheet", _MAIN, b"".join(pieces))


def _frame(lines: Sequence[Line], wide: list[float], last: int, *, selected: bool) -> list[bytes]:
    """What stands before the cells: colour of the tab, view, widths."""
    head = heading_row(lines)
    pane = ""
    if 0 < head <= 10:
        pane = (
            f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" '
            'state="frozen"/><selection pane="bottomLeft"/>'
        )
    tab = ' tabSelected="1"' if selected else ""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{w:.2f}" customWidth="1"/>' for n, w in enumerate(wide, 1)
    )
    return [
        b'<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<dimension ref="A1:{address((last, len(wide)))}"/>'.encode(),
        f'<sheetViews><sheetView showGridLines="0"{tab} workbookViewId="0">{pane}'.encode(),
        b'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>',
        f"<cols>{columns}</cols>".encode(),
    ]


def _row(row: int, cells: bytes, height: float) -> bytes:
    return b'<row r="%d" ht="%s">%s</row>' % (row, f"{height:g}".encode(), cells)


def _cell(where: str, style: int, text: str) -> bytes:
    if not text:
        return b'<c r="%s" s="%d"/>' % (where.encode(), style)
    said = b'<is><t xml:space="preserve">%s</t></is>' % xml_text(text)
    return b'<c r="%s" s="%d" t="inlineStr">%s</c>' % (where.encode(), style, said)


def _location(link: tuple[str, str] | None, titles: Collection[str]) -> str:
    """Where a link leads, as Excel writes it; nothing when there is no such place."""
    if link is None or link[0] not in titles:
        return ""
    at = place(link[1] or "A1")
    sheet = link[0].replace("'", "''")
    return f"'{sheet}'!{address(at)}" if at else ""


def _widths(lines: Sequence[Line]) -> list[float]:
    """Width of each column in characters: as its texts need, within bounds."""
    table = [line for line in lines if len(line.cells) > 1 or line.style in {"error", "warn"}]
    count = max((len(line.cells) for line in table), default=1)
    wide = [10.0] * count if count > 1 else [100.0]
    for line in table:
        for column, text in enumerate(line.cells):
            most = _LAST if column == count - 1 else _WIDEST
            wide[column] = min(max(wide[column], *_lengths(text)), most)
    short = 90 - sum(wide)
    return [*wide[:-1], wide[-1] + short] if short > 0 else wide


def _lengths(text: str) -> Iterator[float]:
    return (width(line) + 2.0 for line in text.split("\n"))


def _height(line: Line, wide: Sequence[float]) -> float:
    """Height in points that a row's fullest text needs; not every program fits rows itself."""
    if line.style == "title":
        return 30.0
    lines = 1
    for text, room in zip(line.cells, wide, strict=False):
        parts = [width(part) for part in text.split("\n")]
        lines = max(lines, sum(max(1, math.ceil(part / room / _DENSE)) for part in parts))
    return min(_LINE * lines + 4, _TALLEST)
