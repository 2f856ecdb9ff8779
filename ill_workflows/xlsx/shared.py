"""What a workbook's cells share: their texts, and the formats that show a number as a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from xml.parsers import expat

from ill_workflows.xlsx.serial import Shown, shown_by

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXT: Final = f"{MAIN} t"
ITEM: Final = f"{MAIN} si"
PHONETIC: Final = f"{MAIN} rPh"
KEPT_SPACE: Final = "http://www.w3.org/XML/1998/namespace space"
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Look:
    """What the workbook's other parts tell of its cells: shared strings, formats that show days.

    ``days`` maps a cell's style to ``day`` or ``span`` (hours and minutes) where it is one.
    """

    strings: Sequence[str]
    days: Mapping[str, Shown]
    epoch_1904: bool


def parse(
    body: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None] | None = None,
) -> None:
    """Run handlers over a part; names are told as ``namespace name``.

    Raises:
        ExpatError: it is no XML.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    if body:
        parser.Parse(body, True)


def read_strings(body: bytes) -> list[str]:
    """The shared strings of a workbook, without the readings that stand above them."""
    strings = _Strings()
    parse(body, strings.start, strings.end, strings.data)
    return strings.read


class _Strings:
    def __init__(self) -> None:
        self.read: list[str] = []
        self.pieces: list[str] = []
        self.text: list[str] | None = None
        self.keep = self.phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == ITEM:
            self.pieces = []
        elif tag == PHONETIC:
            self.phonetic = True
        elif tag == TEXT and not self.phonetic:
            self.text, self.keep = [], attributes.get(KEPT_SPACE) == "preserve"

    def data(self, more: str) -> None:
        if self.text is not None:
            self.text.append(more)

    def end(self, tag: str) -> None:
        if tag == ITEM:
            self.read.append(unescaped("".join(self.pieces)))
        elif tag == PHONETIC:
            self.phonetic = False
        elif tag == TEXT and self.text is not None:
            whole = "".join(self.text)
            self.pieces.append(whole if self.keep else whole.strip())
            self.text = None


def unescaped(text: str) -> str:
    """The text without ``_x000D_``, which is how a workbook writes what XML cannot hold."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


@lru_cache(maxsize=32)
def read_formats(body: bytes) -> dict[str, Shown]:
    """A cell's style → ``day`` or ``span``, for the styles whose number format shows one.

    Raises:
        ExpatError: it is no XML.
    """
    codes: dict[str, str] = {}
    styles: list[str] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == f"{MAIN} numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == f"{MAIN} cellXfs":
            inside = True
        elif tag == f"{MAIN} xf" and inside:
            styles.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        nonlocal inside
        if tag == f"{MAIN} cellXfs":
            inside = False

    parse(body, start, end)
    shown = ((str(n), shown_by(number, codes.get(number))) for n, number in enumerate(styles))
    return {style: what for style, what in shown if what is not None}
