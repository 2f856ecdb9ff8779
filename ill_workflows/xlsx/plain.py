"""Sheets written as Excel and its like write them, read by one pattern in one pass.

Most sheets are such: cells within A1:Z9999 one behind the other, strings by their index, numbers,
formulas with their value.  What stands between two cells is looked at too: where it is anything
but the end of a row and the beginning of the next, the sheet is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Final
from xml.parsers.expat import ExpatError

from ill_workflows.xlsx.guard import STRINGS, STYLES, Guarded
from ill_workflows.xlsx.scan import is_text, is_xml
from ill_workflows.xlsx.serial import Shown, from_serial
from ill_workflows.xlsx.shared import read_formats, unescaped

MOST: Final = 32 * 1024 * 1024
"""Bytes of a sheet beyond which its pieces would take too much memory."""
_TEXT: Final = rb"(?:[^<&\x00-\x08\x0b-\x1f]++|&(?:amp|lt|gt|quot|apos);)*+"
_FORMULA: Final = (
    rb'(?:<f(?: t="(?:shared|array)")?+(?: ref="[A-Z0-9:$]{2,40}")?+(?: ca="1")?+'
    rb'(?: si="[0-9]{1,9}")?+(?:/>|>%b</f>))?+' % _TEXT
)
_CELL: Final = re.compile(
    rb'<c r="([A-Z][1-9][0-9]*+)"(?: s="([0-9]++)")?+'
    rb'(?:/>| t="s"><v>([0-9]++)</v></c>|(?: t="n")?+>%b<v>([-0-9.E+]++)</v></c>'
    rb'| t="str">%b<v>(%b)</v></c>)' % (_FORMULA, _FORMULA, _TEXT)
)
_PIECES: Final = 6
"""What a cell is split into: what stands before it, its place and style, then its value as the
index of a string, a number, or the text of a formula."""
_ROOT: Final = re.compile(
    rb'<worksheet(?: [a-zA-Z0-9:]{1,30}="[^"<]{0,99}")*?'
    rb' xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
)
_ATTRIBUTES: Final = rb'(?: (?:x14ac:)?[a-zA-Z]{1,30}="[^"<&\x00-\x1f]{0,99}")*+'
_EMPTY_ROWS: Final = rb"(?:<row%b(?:/>|></row>))*+" % _ATTRIBUTES
_ROW: Final = re.compile(rb'(</row>)?+%b<row r="([1-9][0-9]*+)"(%b)>' % (_EMPTY_ROWS, _ATTRIBUTES))
_END: Final = re.compile(rb"(?:</row>)?+%b" % _EMPTY_ROWS)
_DIGITS: Final = 4
"""Digits of the highest row: a cell further down would mean many empty rows before it."""
_DECLARED_14: Final = b" xmlns:x14ac="
_ROOT_14: Final = b'<rows xmlns:x14ac="-">'
_COLUMNS: Final = [bytes([letter]) for letter in range(65, 91)]
_COLUMN_OF: Final = {letter: at for at, letter in enumerate(_COLUMNS)}
_NUMBER: Final = re.compile(rb"-?[0-9]{1,40}+(?:\.[0-9]{1,40}+)?+(?:E[-+]?[0-9]{1,3}+)?+")
_STRING: Final = re.compile(
    r'<si><t( xml:space="preserve")?>([^<\x00-\x08\x0b-\x1f\ufffe\uffff]*+)</t></si>'
)
_OTHER_ENTITY: Final = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_BLOCK: Final = 4096
_ENDLESS: Final = float("inf")


class NotPlain(Exception):
    """Something is written in another way, or not well formed: another reader has to read it."""


def read_strings(body: bytes) -> dict[bytes, str]:
    """The shared strings by their index as it is written.

    Raises:
        NotPlain: there is more to them than texts.
    """
    start, end = body.find(b"<si>"), body.rfind(b"</si>") + len(b"</si>")
    if start < 0:
        return {}
    if len(body) > MOST or b"]]>" in body or not is_text(body):
        raise NotPlain
    if not is_xml(body[:start] + body[end:]):
        raise NotPlain
    whole = body[start:end].decode()
    pieces = _STRING.split(whole)
    if "".join(pieces[::3]).strip(" \n\t") or ("&" in whole and _OTHER_ENTITY.search(whole)):
        raise NotPlain
    texts = list(map(str.strip, pieces[2::3]))
    if " xml:space" in whole:
        kept = zip(pieces[1::3], pieces[2::3], texts, strict=True)
        texts = [text if space else short for space, text, short in kept]
    if "&" in whole or "_x" in whole:
        texts = list(map(_resolved, texts))
    indexes = (at for block in range(-(-len(texts) // _BLOCK)) for at in _indexes(block))
    return dict(zip(indexes, texts, strict=False))


@lru_cache(maxsize=64)
def _indexes(block: int) -> list[bytes]:
    return [b"%d" % n for n in range(block * _BLOCK, (block + 1) * _BLOCK)]


def _resolved(text: str) -> str:
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return unescaped(text)


class _Numbers(dict[bytes, Any]):
    """What the numbers of one style show."""

    def __init__(self, shown: Shown | None, *, epoch_1904: bool) -> None:
        super().__init__()
        self.shown, self.epoch_1904 = shown, epoch_1904

    def __missing__(self, written: bytes) -> Any:
        number: Any = float(written) if _NUMBER.fullmatch(written) else _ENDLESS
        if abs(number) == _ENDLESS:
            raise NotPlain
        if self.shown is not None:
            number = from_serial(number, self.shown, epoch_1904=self.epoch_1904)
        self[written] = number
        return number


class _Texts(dict[bytes, str]):
    """The texts of formulas."""

    def __missing__(self, written: bytes) -> str:
        self[written] = text = _resolved(written.decode())
        return text


class Plain:
    """The plain sheets of one workbook."""

    def __init__(self, safe: Guarded) -> None:
        self._safe = safe
        self._numbers: dict[bytes | None, _Numbers] = {}
        self._texts = _Texts()

    @cached_property
    def _shared(self) -> tuple[dict[bytes, str], Mapping[str, Shown]] | None:
        """Strings, and the styles that show days; None where no sheet can be read here."""
        bodies = self._safe.bodies
        try:
            return read_strings(bodies.get(STRINGS, b"")), read_formats(bodies.get(STYLES, b""))
        except (NotPlain, ExpatError):
            return None

    def rows(self, body: bytes) -> list[list[Any]] | None:
        """A sheet's rows, all of one length; None where something is written in another way."""
        if self._shared is None:
            return None
        strings, days = self._shared
        start = body.find(b"<sheetData>") + len(b"<sheetData>")
        end = body.rfind(b"</sheetData>")  # behind it stand Excel's extensions, and no cells
        if not len(b"<sheetData>") <= start <= end <= MOST or _ROOT.search(body, 0, 2000) is None:
            return None
        if b"]]>" in body or not is_text(body) or not is_xml(body[:start] + body[end:]):
            return None
        pieces = _CELL.split(body[start:end])
        try:
            root = _ROOT_14 if _DECLARED_14 in body[:start] else b"<rows>"
            return _rows(pieces, self._values(pieces, strings, days), root)
        except NotPlain:
            return None

    def _values(
        self, pieces: list[Any], strings: Mapping[bytes, str], days: Mapping[str, Shown]
    ) -> list[Any]:
        styles, numbers, texts = pieces[2::_PIECES], self._numbers, self._texts
        for style in set(styles) - numbers.keys():
            shown = days.get((style or b"0").decode())
            numbers[style] = _Numbers(shown, epoch_1904=self._safe.epoch_1904)
        values = (pieces[at::_PIECES] for at in range(3, _PIECES))
        try:
            return [
                strings[string] if string is not None
                else numbers[style][number] if number is not None
                else texts[text] if text is not None
                else ""
                for style, string, number, text in zip(styles, *values, strict=True)
            ]  # fmt: skip
        except KeyError as no_such_string:
            raise NotPlain from no_such_string


def _rows(pieces: Sequence[Any], values: list[Any], root: bytes) -> list[list[Any]]:
    """Cells, one behind the other, put into their rows, which stand in a ``root``."""
    gaps, places = pieces[::_PIECES], pieces[1::_PIECES]
    starts = [at for at, gap in enumerate(gaps) if gap] or [0]
    if starts[0] != 0 or starts[-1] != len(values):  # a cell outside of any row
        raise NotPlain
    rows: list[list[Any]] = []
    row_of = _Numbered(root)
    for start, end in pairwise(starts):
        number = row_of(gaps[start], first=not start)
        row, written = values[start:end], places[start:end]
        if b"".join(written) != number.join(_COLUMNS[: end - start]) + number:
            row = _spread(written, row, number)
        blank = int(number) - len(rows) - 1
        if blank:
            if blank < 0:
                raise NotPlain
            rows += ([] for _ in range(blank))
        rows.append(row)
    end = gaps[-1]
    if _END.fullmatch(end) is None or bool(values) is not end.startswith(b"</row>"):
        raise NotPlain
    if not _sound(root, end):
        raise NotPlain
    return _even(rows)


class _Numbered:
    """Tells the number of the row that begins in a gap; most gaps are like the one before."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._next, self._number, self._rest = b"", 0, b""

    def __call__(self, gap: bytes, *, first: bool) -> bytes:
        if gap != self._next:
            found = _ROW.fullmatch(gap)
            if found is None or (found[1] is None) is not first or len(found[2]) > _DIGITS:
                raise NotPlain
            if not _sound(self._root, gap + b"</row>"):
                raise NotPlain
            self._number, self._rest = int(found[2]), found[3]
        number = b"%d" % self._number
        self._number += 1
        self._next = b'</row><row r="%d"%b>' % (self._number, self._rest)
        return number


def _sound(root: bytes, rows: bytes) -> bool:
    """Whether what was taken for the ends and beginnings of rows is well formed."""
    return is_xml(root + rows.removeprefix(b"</row>") + b"</rows>")


def _spread(places: Sequence[bytes], values: list[Any], number: bytes) -> list[Any]:
    """A row some of whose cells are not written."""
    columns = [_COLUMN_OF.get(place.removesuffix(number), -1) for place in places]
    if columns[0] < 0 or any(one >= two for one, two in pairwise(columns)):
        raise NotPlain
    row: list[Any] = [""] * (columns[-1] + 1)
    for column, value in zip(columns, values, strict=True):
        row[column] = value
    return row


def _even(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of one length, without what is empty at their ends."""
    while rows and rows[-1].count("") == len(rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    while width and all(len(row) < width or row[width - 1] == "" for row in rows):
        width -= 1
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
        elif len(row) > width:
            del row[width:]
    return rows
