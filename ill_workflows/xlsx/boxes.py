"""The boxes of notes: shapes in a VML drawing, which is patched as text.

VML as Excel writes it is not always well-formed XML, so it is never parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from unicodedata import east_asian_width

from ill_workflows.xlsx.cells import At, Worksheet, is_true, number
from ill_workflows.xlsx.ooxml import with_attribute

_VML: Final = {
    b"v": b"urn:schemas-microsoft-com:vml",
    b"o": b"urn:schemas-microsoft-com:office:office",
    b"x": b"urn:schemas-microsoft-com:office:excel",
}
_SHAPE: Final = re.compile(rb"<((?:\w+:)?shape)\s.*?</\1>", re.DOTALL)
_NOTE: Final = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
_ROW: Final = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)\s*</")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?Column>\s*(\d+)\s*</")
_ANCHOR: Final = re.compile(rb"<(?:\w+:)?Anchor>([\d\s,]*)</")
_IDMAP: Final = re.compile(rb"<(?:\w+:)?idmap\b[^>]*>")
_BLOCKS: Final = re.compile(rb"""\bdata\s*=\s*["']([\d,\s]*)["']""")
_SHAPE_ID: Final = re.compile(rb"_x0000_s(\d+)")
_SHAPETYPE: Final = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l216'
    b'00,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>'
    b"</v:shapetype>"
)
_EMPTY: Final = (
    b'<xml><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
)
_BOX: Final = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;z-index:{z};'
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_WIDTH, _LINE, _PER_LINE, _MOST_LINES = 300, 16, 44, 40
"""Of a note's box: pixels wide, pixels a line, half-width characters a line, lines at most."""


def drawn(vml: bytes, gone: set[At], boxes: Mapping[At, str], taken: int) -> bytes:
    """A drawing without the boxes that are gone and with today's."""
    vml = _SHAPE.sub(lambda shape: b"" if _at(shape[0]) in gone else shape[0], vml)
    if not boxes:
        return vml
    if b"</" not in vml:
        vml = _EMPTY
    root = re.search(rb"<(?![?!])[^>]*>", vml)
    tag = root[0] if root else b""
    lacking = [b' xmlns:%s="%s"' % (k, v) for k, v in _VML.items() if b"xmlns:%s=" % k not in tag]
    vml = vml.replace(tag, tag[:-1] + b"".join(lacking) + b">", 1)
    claimed = blocks(vml)
    ids = _ids(claimed, {int(n) for n in _SHAPE_ID.findall(vml)}, taken)
    new = b"" if b'"_x0000_t202"' in vml else _SHAPETYPE
    for z, ((row, column), place) in enumerate(boxes.items(), 1):
        facts = {"id": next(ids), "z": z, "anchor": place, "row": row - 1, "column": column - 1}
        new += _BOX.format(**facts).encode()
    said = ",".join(map(str, claimed))
    vml = _IDMAP.sub(lambda found: with_attribute(found[0], "data", said), vml, count=1)
    at = vml.rindex(b"</")
    return vml[:at] + new + vml[at:]


def grown(vml: bytes, at: At, place: str) -> bytes:
    """A drawing in which the box of the sender's own note is high enough for ours as well."""

    def higher(shape: re.Match[bytes]) -> bytes:
        found = _ANCHOR.search(shape[0])
        if _at(shape[0]) != at or found is None:
            return shape[0]
        there, needed = [int(n) for n in found[1].split(b",")], place.split(",")
        high = int(needed[6]) - int(needed[2])
        if len(there) != 8 or there[6] - there[2] >= high:
            return shape[0]
        there[6] = there[2] + high
        said = ", ".join(map(str, there)).encode()
        return shape[0][: found.start(1)] + said + shape[0][found.end(1) :]

    return _SHAPE.sub(higher, vml)


def _at(shape: bytes) -> At | None:
    """The cell whose note a box is."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if not _NOTE.search(shape) or row is None or column is None:
        return None
    return int(row[1]) + 1, int(column[1]) + 1


def blocks(vml: bytes) -> list[int]:
    """The blocks of 1,024 shape numbers that a drawing has claimed."""
    claimed = _IDMAP.search(vml)
    found = _BLOCKS.search(claimed[0]) if claimed else None
    return [int(n) for n in found[1].replace(b" ", b"").split(b",") if n] if found else []


def _ids(claimed: list[int], used: set[int], taken: int) -> Iterator[int]:
    """Shape numbers that are free; claims further blocks, which no drawing has, as needed."""
    if not claimed:
        taken += 1
        claimed.append(taken)
    for block in claimed:
        yield from (n for n in range(block * 1024 + 1, block * 1024 + 1024) if n not in used)
        if block == claimed[-1]:
            taken += 1
            claimed.append(taken)


def anchor(sheet: Worksheet, at: At, note: str) -> str:
    """Where a note's box stands: right of its cell, wide and high enough for its text."""
    lines = 1 + sum(max(1, -(-width(line) // _PER_LINE)) for line in note.split("\n"))
    high = min(lines, _MOST_LINES) * _LINE + 16
    shape = sheet.child("sheetFormatPr")
    wide = number(shape, "defaultColWidth", 8.43) if shape else 8.43
    tall = number(shape, "defaultRowHeight", 15.0) if shape else 15.0

    def column_px(index: int) -> int:
        for column in sheet.columns:
            if number(column, "min", 0) <= index + 1 <= number(column, "max", 0):
                px = int(number(column, "width", wide) * 7 + 5)
                return 0 if is_true(column, "hidden") else px
        return int(wide * 7 + 5)

    def row_px(index: int) -> int:
        row = sheet.rows.get(index + 1)
        if row is None:
            return int(tall * 4 / 3)
        px = int(number(row.element, "ht", tall) * 4 / 3)
        return 0 if is_true(row.element, "hidden") else px

    left, top = at[1], max(at[0] - 2, 0)
    right, bottom = _walk(left, 12 + _WIDTH, column_px), _walk(top, 4 + high, row_px)
    return f"{left}, 12, {top}, 4, {right[0]}, {right[1]}, {bottom[0]}, {bottom[1]}"


def has_shapes(vml: bytes) -> bool:
    """Whether a drawing holds anything to show."""
    return _SHAPE.search(vml) is not None


def _walk(index: int, left: int, size: Callable[[int], int]) -> tuple[int, int]:
    """The column or row, and the pixels into it, that lie so many pixels on."""
    for _ in range(1_000):
        if left <= size(index):
            break
        left -= size(index)
        index += 1
    return index, left


def width(text: str) -> int:
    """How many columns a text takes: a Chinese character two."""
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)
