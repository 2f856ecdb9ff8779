"""Fills the standard templates by patching their parts: what nobody types in stays as it is.

A template is taken apart once for each library and form.  A month's workbook is then its cover,
its sheets' rows and the month in its defined name, put between the template's own bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ill_workflows.demo.page import RUNNING, Page
from ill_workflows.forms.book import CellError, letters
from ill_workflows.forms.form import Form
from ill_workflows.forms.recognise import COVER, read_cover
from ill_workflows.xlsx.cells import place
from ill_workflows.xlsx.ooxml import OFFICE, xml_text
from ill_workflows.xlsx.package import SHEET_TYPE, Package, new_part
from ill_workflows.xlsx.read import read_book
from ill_workflows.xlsx.workbook import Workbook

_DAY_ZERO: Final = date(1899, 12, 30)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PERIOD: Final = re.compile(rb'(<definedName\b[^>]*\bname="ill_period"[^>]*>)[^<]*')
_ROW: Final = re.compile(rb'<row r="(\d+)"[^>]*?(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL: Final = re.compile(rb'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_STYLE: Final = re.compile(rb'<c [^>]*?\bs="(\d+)"')
_COLUMN: Final = re.compile(rb'<col min="(\d+)" max="(\d+)"[^>]*?\bstyle="(\d+)"')
_DIMENSION: Final = re.compile(rb'<dimension ref="[^"]*"/>')
_BOUND: Final = re.compile(
    rb"<(sheetProtection|autoFilter|conditionalFormatting|dataValidations|mergeCells|ignoredErrors)\b"
    rb"(?:[^>]*/>|.*?</\1>)",
    re.DOTALL,
)
"""What belongs to rows and columns as the form has them: a rearranged sheet has lost it."""
_OWN_SHEET: Final = "底稿"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet of the template: what stands before its rows, its rows by number, what follows.

    ``headings`` are the cells of row 1 and ``styles`` those of the cells below, by column.
    """

    part: str
    head: bytes
    rows: dict[int, bytes]
    tail: bytes
    headings: tuple[bytes, ...]
    styles: dict[int, bytes]


class Template:
    """A standard workbook of one library, ready to be filled in for any month.

    ``own`` are the rows of a hidden sheet that the library keeps for itself.
    """

    def __init__(self, data: bytes, form: Form, own: tuple[str, ...] = ()) -> None:
        package = Package(data)
        self._cover = {
            name: cell.cell for name, cell in read_cover(read_book(data, form.name)).items()
        }
        if own:
            _add_sheet(package, own)
        workbook = Workbook(package)
        self._workbook = workbook.part
        self._parts = {name: package[name] for name in package.matching(r".*")}
        wanted = {COVER, *(sheet.title for sheet in form.sheets)}
        self._sheets = {
            sheet.title: _taken_apart(sheet.part, package[sheet.part])
            for sheet in workbook.sheets
            if sheet.title in wanted
        }

    def cover_cell(self, name: str) -> str:
        """Where a value stands on the cover."""
        return self._cover[name]

    def filled(
        self, month: str, cover: Mapping[str, Any], pages: Iterable[Page], mark: str
    ) -> bytes:
        """The workbook of a month; ``cover`` maps a label's name to what is typed beside it,
        ``mark`` stands below.
        """  # noqa: D205
        parts = dict(self._parts)
        named = b'\\g<1>"%s"' % month.encode()
        parts[self._workbook] = _PERIOD.sub(named, parts[self._workbook])
        front = self._sheets[COVER]
        parts[front.part] = self._front(front, cover, mark)
        for page in pages:
            sheet = self._sheets[page.sheet.title]
            parts[sheet.part] = _with_page(sheet, page)
        return _zipped(parts)

    def _front(self, front: _Sheet, cover: Mapping[str, Any], mark: str) -> bytes:
        rows = dict(front.rows)
        for name, value in cover.items():
            address = self._cover[name]
            at = place(address)
            assert at is not None  # noqa: S101 - read_cover names cells that are there
            cell = re.compile(rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % address.encode(), re.DOTALL)
            old = cell.search(rows[at[0]])
            style = _style_of(old[0]) if old else b""
            new = _cell(address, value, style)
            if old is None:
                raise KeyError(f"the cover has no cell {address} for {name}")
            rows[at[0]] = rows[at[0]][: old.start()] + new + rows[at[0]][old.end() :]
        last = max(rows) + 2
        rows[last] = b'<row r="%d">%s</row>' % (last, _cell(f"B{last}", mark, b""))
        return front.head + b"".join(rows[n] for n in sorted(rows)) + front.tail


def _taken_apart(part: str, body: bytes) -> _Sheet:
    start = body.index(b"<sheetData>") + len(b"<sheetData>")
    end = body.index(b"</sheetData>")
    rows = {int(found[1]): found[0] for found in _ROW.finditer(body, start, end)}
    styles = {
        column: found[3]
        for found in _COLUMN.finditer(body, 0, start)
        for column in range(int(found[1]) - 1, min(int(found[2]), 64))
    }
    for found in _CELL.finditer(rows.get(2, b"")):
        styles[_column(found[1])] = _style_of(found[0])
    headings = tuple(found[0] for found in _CELL.finditer(rows.get(1, b"")))
    return _Sheet(part, body[:start], rows, body[end:], headings, styles)


def _column(name: bytes) -> int:
    at = place(name.decode() + "1")
    return at[1] - 1 if at else 0


def _style_of(cell: bytes) -> bytes:
    found = _STYLE.match(cell)
    return found[1] if found else b""


def _with_page(sheet: _Sheet, page: Page) -> bytes:
    """The sheet with its headings where the sender has them and its rows below."""
    form = [column.key for column in page.sheet.columns]
    styles = [
        b"" if key == RUNNING else sheet.styles.get(form.index(key), b"") for key in page.columns
    ]
    above = len(page.titles)
    rows = [
        b'<row r="%d">%s</row>' % (n, _cell(f"A{n}", title, b""))
        for n, title in enumerate(page.titles, start=1)
    ]
    rows.append(_heading_row(sheet, page, form))
    names = [letters(n) for n in range(len(page.columns))]
    for n, row in enumerate(page.rows, start=above + 2):
        cells = [
            _cell(f"{names[c]}{n}", row[key], styles[c])
            for c, key in enumerate(page.columns)
            if row.get(key, "") != ""
        ]
        rows.append(b'<row r="%d">%s</row>' % (n, b"".join(cells)))
    last = above + 1 + len(page.rows)
    head, tail = sheet.head, sheet.tail
    if page.rearranged:
        head, tail = _BOUND.sub(b"", head), _BOUND.sub(b"", tail)
    else:
        rows += [xml for n, xml in sheet.rows.items() if n > last]
    extent = f"A1:{names[-1]}{max(last, max(sheet.rows, default=1))}"
    head = _DIMENSION.sub(b'<dimension ref="%s"/>' % extent.encode(), head)
    return head + b"".join(rows) + tail


def _heading_row(sheet: _Sheet, page: Page, form: list[str]) -> bytes:
    n = len(page.titles) + 1
    if not page.rearranged and not page.headings:
        return sheet.rows[1]
    cells = []
    for c, key in enumerate(page.columns):
        address = f"{letters(c)}{n}"
        if key == RUNNING:
            cells.append(_cell(address, RUNNING, _style_of(sheet.headings[0])))
            continue
        old = sheet.headings[form.index(key)]
        if key in page.headings:
            cells.append(_cell(address, page.headings[key], _style_of(old)))
        else:
            cells.append(re.sub(rb'r="[A-Z]+\d+"', b'r="%s"' % address.encode(), old, count=1))
    return b'<row r="%d">%s</row>' % (n, b"".join(cells))


def _cell(address: str, value: Any, style: bytes) -> bytes:
    """A cell as the format has it: texts in place, days as Excel's numbers, errors as errors."""
    start = b'<c r="%s"' % address.encode()
    if style:
        start += b' s="%s"' % style
    if isinstance(value, str):
        said = xml_text(value)
        return start + b' t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % said
    if isinstance(value, CellError):
        said = xml_text(value.text)
        return start + b' t="e"><f>NA()</f><v>%s</v></c>' % said
    number = (value - _DAY_ZERO).days if isinstance(value, date) else value
    return start + b"><v>%s</v></c>" % repr(number).encode()


def _add_sheet(package: Package, rows: tuple[str, ...]) -> None:
    """A hidden sheet of the library's own, behind the form's."""
    part = package.free("xl/worksheets/sheet{}.xml")
    lines = b"".join(
        b'<row r="%d">%s</row>' % (n, _cell(f"A{n}", text, b""))
        for n, text in enumerate(rows, start=1)
    )
    space = f'xmlns="{_MAIN}"'
    package[part] = new_part("worksheet", space, b"<sheetData>%s</sheetData>" % lines)
    package.declare("PartName", f"/{part}", f"{SHEET_TYPE}worksheet+xml")
    workbook = Workbook(package).part
    key = package.relate(workbook, "worksheet", part)
    new = (
        f'<sheet name="{_OWN_SHEET}" sheetId="99" state="hidden" xmlns:r="{OFFICE}" r:id="{key}"/>'
    )
    package[workbook] = package[workbook].replace(b"</sheets>", new.encode() + b"</sheets>", 1)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of the parts, the same bytes whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body, compresslevel=1)
    return out.getvalue()
