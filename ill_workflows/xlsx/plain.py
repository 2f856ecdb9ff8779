"""Sheets written as Excel and its like write them, read by one pattern in one pass.

Most sheets are such: cells within A1:Z9999 one behind the other, strings by their index, numbers,
formulas with their value.  What stands between two cells is looked at too: where it is anything
but the end of a row and the beginning of the next, the sheet is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
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
_CELL: Final = (
    rb'(?:<c r="%c\1"(?:(?: s="[0-9]++")?+ t="s"><v>([0-9]++)</v></c>'
    rb'|((?: s="[0-9]++")?+(?: t="(?:n|str)")?+)'
    rb"(?:/>|>%b<v>([^<\x00-\x08\x0b-\x1f]*+)</v></c>)))?+"
)
"""A cell of one column, in the row whose number was read before: the index of its string, or its
style and type, and what is written."""
_PIECES: Final = 3
"""What a cell is split into."""
_KIND: Final = re.compile(rb'(?: s="([0-9]+)")?(?: t="([a-z]+)")?')
_ROOT: Final = re.compile(
    rb'<worksheet(?: [a-zA-Z0-9:]{1,30}="[^"<]{0,99}")*?'
    rb' xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
)
_ATTRIBUTES: Final = rb'(?: (?:x14ac:)?[a-zA-Z]{1,30}="[^"<&\x00-\x1f]{0,99}")*+'
_EMPTY_ROWS: Final = re.compile(rb"(?:<row%b/>)*+" % _ATTRIBUTES)
_WIDTH: Final = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:([A-Z])[0-9]+"/>')
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DECLARED_14: Final = b" xmlns:x14ac="
_ROOT_14: Final = b'<rows xmlns:x14ac="-">'
_NUMBER: Final = re.compile(rb"-?[0-9]{1,40}+(?:\.[0-9]{1,40}+)?+(?:E[-+]?[0-9]{1,3}+)?+")
_STRING: Final = re.compile(
    r'<si><t( xml:space="preserve")?>([^<\x00-\x08\x0b-\x1f\ufffe\uffff]*+)</t></si>'
)
_BEFORE, _BEHIND = "<si><t>", "</t></si>"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_OTHER_ENTITY: Final = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_BLOCK: Final = 4096
_ENDLESS: Final = float("inf")


class NotPlain(Exception):
    """Something is written in another way, or not well formed: another reader has to read it."""


def read_strings(body: bytes) -> dict[bytes | None, str]:
    """The shared strings by their index as it is written; none is an empty one.

    Raises:
        NotPlain: there is more to them than texts.
    """
    start, end = body.find(b"<si>"), body.rfind(b"</si>") + len(b"</si>")
    if start < 0:
        return {None: ""}
    if len(body) > MOST or b"]]>" in body or not is_text(body):
        raise NotPlain
    if not is_xml(body[:start] + body[end:]):
        raise NotPlain
    whole = body[start:end].decode()
    if "&" in whole and _OTHER_ENTITY.search(whole):
        raise NotPlain
    texts = _unspaced(whole) or _spaced(whole)
    if "&" in whole or "_x" in whole:
        texts = list(map(_resolved, texts))
    indexes = (at for block in range(-(-len(texts) // _BLOCK)) for at in _indexes(block))
    found: dict[bytes | None, str] = dict(zip(indexes, texts, strict=False))
    found[None] = ""
    return found


def _unspaced(whole: str) -> list[str]:
    """Shared strings none of which keeps the spaces around it; nothing where there is any other."""
    if not whole.startswith(_BEFORE) or not whole.endswith(_BEHIND) or _CONTROL.search(whole):
        return []
    texts = whole[len(_BEFORE) : -len(_BEHIND)].split(_BEHIND + _BEFORE)
    tags = len(texts) * (_BEFORE + _BEHIND).count("<")
    return list(map(str.strip, texts)) if whole.count("<") == tags else []


def _spaced(whole: str) -> list[str]:
    """Shared strings of which some keep the spaces around them."""
    pieces = _STRING.split(whole)
    if "".join(pieces[::3]).strip(" \n\t"):
        raise NotPlain
    kept = zip(pieces[1::3], pieces[2::3], strict=True)
    return [text if space else text.strip() for space, text in kept]


@lru_cache(maxsize=64)
def _indexes(block: int) -> list[bytes]:
    return [b"%d" % n for n in range(block * _BLOCK, (block + 1) * _BLOCK)]


def _resolved(text: str) -> str:
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return unescaped(text)


class _Numbers(dict[bytes | None, Any]):
    """What the numbers of one style show."""

    def __init__(self, shown: Shown | None, *, epoch_1904: bool) -> None:
        super().__init__({None: ""})
        self.shown, self.epoch_1904 = shown, epoch_1904

    def __missing__(self, written: bytes) -> Any:
        number: Any = float(written) if _NUMBER.fullmatch(written) else _ENDLESS
        if abs(number) == _ENDLESS:
            raise NotPlain
        if self.shown is not None:
            number = from_serial(number, self.shown, epoch_1904=self.epoch_1904)
        self[written] = number
        return number


class _Texts(dict[bytes | None, str]):
    """The texts of formulas."""

    def __missing__(self, written: bytes) -> str:
        text = written.decode()
        if _OTHER_ENTITY.search(text):
            raise NotPlain
        self[written] = text = _resolved(text)
        return text


class Plain:
    """The plain sheets of one workbook."""

    def __init__(self, safe: Guarded) -> None:
        self._safe = safe
        self._tables: dict[bytes | None, Mapping[bytes | None, Any]] = {}

    @cached_property
    def _strings(self) -> dict[bytes | None, str]:
        return read_strings(self._safe.bodies.get(STRINGS, b""))

    @cached_property
    def _days(self) -> Mapping[str, Shown]:
        """The styles that show days."""
        try:
            return read_formats(self._safe.bodies.get(STYLES, b""))
        except ExpatError as bad:
            raise NotPlain from bad

    def rows(self, body: bytes) -> list[list[Any]] | None:
        """A sheet's rows, all of one length; None where something is written in another way."""
        start = body.find(b"<sheetData>") + len(b"<sheetData>")
        end = body.rfind(b"</sheetData>")  # behind it stand Excel's extensions, and no cells
        if not len(b"<sheetData>") <= start <= end <= MOST or _ROOT.search(body, 0, 2000) is None:
            return None
        if b"]]>" in body or not is_text(body) or not is_xml(body[:start] + body[end:]):
            return None
        before, body = body[:start], body[start:end]
        told, most = _WIDTH.search(before), len(_LETTERS)
        for width in dict.fromkeys((_LETTERS.index(told[1]) + 1 if told else most, most)):
            with suppress(NotPlain):
                return self._rows(before, body, width)
        return None

    def _rows(self, before: bytes, body: bytes, width: int) -> list[list[Any]]:
        """The rows of a sheet so many columns wide; what stands ``before`` declares prefixes."""
        pieces: list[Any] = _rows_of(width).split(body)
        step = 3 + _PIECES * width
        numbers = _numbers(pieces[1::step])
        root = _ROOT_14 if _DECLARED_14 in before else b"<rows>"
        for gap in filter(None, set(pieces[::step])):
            if _EMPTY_ROWS.fullmatch(gap) is None or not is_xml(b"%b%b</rows>" % (root, gap)):
                raise NotPlain
        for told_of_row in filter(None, set(pieces[2::step])):
            if not is_xml(b'%b<row r="1"%b/></rows>' % (root, told_of_row)):
                raise NotPlain
        columns = [
            self._column(*(pieces[n::step] for n in range(at, at + _PIECES)))
            for at in range(3, step, _PIECES)
        ]
        return _placed(numbers, columns)

    def _column(
        self, indexes: list[bytes | None], kinds: list[bytes | None], written: list[bytes | None]
    ) -> list[Any]:
        tables, strings, different = self._tables, self._strings, set(kinds)
        for kind in different - tables.keys():
            tables[kind] = self._table(kind or b"")
        try:
            if different == {None}:
                return list(map(strings.__getitem__, indexes))
            return [
                tables[kind][text] if index is None else strings[index]
                for index, kind, text in zip(indexes, kinds, written, strict=True)
            ]
        except KeyError as no_such_string:
            raise NotPlain from no_such_string

    def _table(self, kind: bytes) -> Mapping[bytes | None, Any]:
        """What is written in cells of one style and type → what it says."""
        found = _KIND.fullmatch(kind)
        assert found is not None  # noqa: S101 - it is part of the cell's pattern
        style, written_as = found.groups()
        if written_as == b"str":
            return _Texts({None: ""})
        shown = self._days.get((style or b"0").decode())
        return _Numbers(shown, epoch_1904=self._safe.epoch_1904)


@lru_cache
def _rows_of(width: int) -> re.Pattern[bytes]:
    """Rows of so many columns: number, attributes, then each cell's style and type, and value."""
    cells = b"".join(_CELL % (letter, _FORMULA) for letter in _LETTERS[:width])
    return re.compile(rb'<row r="([1-9][0-9]{0,3}+)"(%b)>%b</row>' % (_ATTRIBUTES, cells))


def _numbers(written: Sequence[bytes]) -> Sequence[int]:
    """The rows' numbers, each higher than the one before."""
    numbers = list(map(int, written))
    if any(one >= two for one, two in pairwise(numbers)):
        raise NotPlain
    return numbers


def _placed(numbers: Sequence[int], columns: list[list[Any]]) -> list[list[Any]]:
    """Columns as rows, each where its number says, without what is empty at their ends."""
    last = len(numbers)
    while last and all(column[last - 1] == "" for column in columns):
        last -= 1
    if last < len(numbers):
        columns = [column[:last] for column in columns]
    while columns and columns[-1].count("") == last:
        columns.pop()
    rows = list(map(list, zip(*columns, strict=True)))
    if not rows or numbers[last - 1] == last:
        return rows
    placed: list[list[Any]] = []
    for number, row in zip(numbers, rows, strict=False):
        placed += ([""] * len(row) for _ in range(number - len(placed) - 1))
        placed.append(row)
    return placed
