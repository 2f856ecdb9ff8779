"""The careful reader: each cell of a sheet as its XML says, nothing lost and nothing added.

It is an expat parser's handlers and no more, so that a far cell, a merge of a whole sheet or a
million empty styles cost nothing, and rows out of order are in order when it is done.  What has
two meanings (one cell twice, two values in one cell) is no workbook.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from typing import Any, Final

from ill_workflows.forms.book import CellError, NoValue
from ill_workflows.xlsx.serial import from_serial
from ill_workflows.xlsx.shared import KEPT_SPACE, MAIN, PHONETIC, TEXT, Look, parse, unescaped

MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 702
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII | re.IGNORECASE)
_SHEET, _CELL, _ROW, _VALUE, _FORMULA, _INLINE = (
    f"{MAIN} {name}" for name in ("worksheet", "c", "row", "v", "f", "is")
)


class Ambiguous(ValueError):
    """A sheet whose cells have two meanings, or none."""


class TooLarge(ValueError):
    """A sheet with a cell further out than we read."""


def read_cells(body: bytes, look: Look) -> dict[tuple[int, int], Any]:
    """The cells of a worksheet that hold something: (row, column), both from 0, → value.

    Raises:
        Ambiguous: one cell stands twice, or holds two values.
        TooLarge: a cell lies too far out.
        ExpatError: it is no XML.
    """
    return _Sheet(look).read(body)


class _Sheet:
    """Handlers for one worksheet; ``row`` and ``column`` are the place of the cell at hand."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.cells: dict[tuple[int, int], Any] = {}
        self.shared: dict[str, str] = {}
        self.row, self.column = -1, -1
        self.kind, self.style = "n", "0"
        self.value: str | None = None
        self.formula: str | None = None
        self.inline: list[str] | None = None
        self.group = ""
        self.inside = self.phonetic = self.rooted = False
        self.text: list[str] | None = None
        self.keep = False

    def read(self, body: bytes) -> dict[tuple[int, int], Any]:
        parse(body, self.start, self.end, self.data)
        if not self.rooted:
            raise Ambiguous
        return self.cells

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _CELL:
            self.inside = True
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
            self.value = self.formula = self.inline = None
            self._place(attributes.get("r"))
        elif tag == _ROW:
            self._next_row(attributes.get("r"))
        elif self.inside:
            self._within(tag, attributes)
        elif tag == _SHEET:
            self.rooted = True

    def _within(self, tag: str, attributes: dict[str, str]) -> None:
        if self.text is not None or (tag == _VALUE and self.value is not None):
            raise Ambiguous
        if tag == _VALUE:
            self.text, self.keep = [], True
        elif tag == _FORMULA:
            self.text, self.keep, self.group = [], False, attributes.get("si", "")
        elif tag == _INLINE:
            self.inline = []
        elif tag == PHONETIC:
            self.phonetic = True
        elif tag == TEXT and not self.phonetic:
            self.text, self.keep = [], attributes.get(KEPT_SPACE) == "preserve"

    def data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, tag: str) -> None:
        if tag == _CELL:
            self.inside = False
            self._put()
        elif tag == PHONETIC:
            self.phonetic = False
        elif self.text is not None and tag in (_VALUE, _FORMULA, TEXT):
            text = "".join(self.text)
            self.text = None
            if tag == _VALUE:
                self.value = text
            elif tag == _FORMULA:
                self.formula = text or self.shared.get(self.group, "")
                if text and self.group:
                    self.shared[self.group] = text
            elif self.inline is not None:
                self.inline.append(text if self.keep else text.strip())

    def _next_row(self, written: str | None) -> None:
        if written is not None and not written.isdecimal():
            raise Ambiguous
        self.row = int(written[:9]) - 1 if written else self.row + 1
        self.column = -1

    def _place(self, written: str | None) -> None:
        if written is None:
            self.column += 1
            self.row = max(self.row, 0)
            return
        found = _PLACE.fullmatch(written)
        if found is None:
            raise Ambiguous
        self.column = -1
        for letter in found[1].upper():
            self.column = (self.column + 1) * 26 + ord(letter) - 65
        self.row = int(found[2]) - 1

    def _put(self) -> None:
        value = self._read()
        if value == "":
            return
        if self.row >= MAX_ROWS or self.column >= MAX_COLUMNS:
            raise TooLarge
        if self.cells.setdefault((self.row, self.column), value) is not value:
            raise Ambiguous

    def _read(self) -> Any:
        kind, text = self.kind, self.value
        if kind == "e":
            return CellError(text or "#VALUE!")
        if self.inline is not None:
            if text:
                raise Ambiguous
            return unescaped("".join(self.inline))
        if self.formula is not None and (text is None or (not text and kind != "str")):
            return NoValue(f"={self.formula}")
        return self._typed(kind, text) if text else ""

    def _typed(self, kind: str, text: str) -> Any:
        if kind == "s":
            return self._shared_string(text)
        if kind in {"str", "inlineStr"}:
            return unescaped(text)
        if kind == "b":
            return {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}.get(text, text)
        return _moment(text) if kind == "d" else self._number(text)

    def _shared_string(self, text: str) -> str:
        if not text.strip().isdecimal() or int(text) >= len(self.look.strings):
            raise Ambiguous
        return self.look.strings[int(text)]

    def _number(self, text: str) -> Any:
        try:
            number = float(text)
        except ValueError:
            return text
        shown = self.look.days.get(self.style)
        if not math.isfinite(number):
            return text
        return (
            number if shown is None else from_serial(number, shown, epoch_1904=self.look.epoch_1904)
        )


def _moment(text: str) -> date | datetime | str:
    """A cell of type ``d``: a day or a moment in ISO 8601."""
    try:
        found = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return text
    found = found.replace(tzinfo=None)
    return found.date() if found.time() == time(0) else found
