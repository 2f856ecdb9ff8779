"""How cells look, and how wide texts are: Chinese characters take two columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Literal
from unicodedata import east_asian_width

from ill_workflows.evaluation.model import As, Cell, Formula, Kind, Link, Missing, Tone

FONT: Final = "Microsoft JhengHei"
"""Comes with Windows and Office; LibreOffice shows its own Chinese font in its place."""
NUMBERS: Final[dict[Kind, str]] = {
    "count": '#,##0;-#,##0;"·"',
    "rate": "#,##0.0",
    "number": "#,##0.0#",
    "money": '#,##0;-#,##0;"·"',
    "day": "yyyy/mm/dd",
    "input": "General",
}
TONES: Final = {
    "good": {"bg_color": "#DDEFDF", "font_color": "#1E5B2B"},
    "fair": {"bg_color": "#FFF1CC", "font_color": "#6B4A00"},
    "bad": {"bg_color": "#F8D7D3", "font_color": "#8A1C12"},
    "pale": {"bg_color": "#EEEEEE", "font_color": "#555555"},
}
_INK: Final = "#1F3B57"
_LINE: Final = "#C9D3DC"
_GREY: Final = "#555555"
_LONGEST: Final = 32_767
"""UTF-16 units that a cell holds."""


class Looks:
    """The formats of one workbook, each made once; ``size`` is that of the tables' text, ``day``
    how a date is written.
    """  # noqa: D205

    def __init__(self, book: Any, size: int = 10, day: str = NUMBERS["day"]) -> None:
        self._book, self._size, self._day = book, size, day
        self._valign = "vcenter" if size >= 10 else "top"  # small: rows of many lines
        self._made: dict[tuple[Any, ...], Any] = {}
        book.formats[0].set_font_name(FONT)
        book.formats[0].set_font_size(10)

    def _make(self, *key: Any, **properties: Any) -> Any:
        if key not in self._made:
            base = {"font_name": FONT, "font_size": self._size, "valign": self._valign}
            self._made[key] = self._book.add_format({**base, **properties})
        return self._made[key]

    @property
    def title(self) -> Any:
        """The title of a second table."""
        return self._make("title", bold=True, font_size=12, font_color=_INK)

    @property
    def note(self) -> Any:
        """A note below the tables."""
        return self._make("note", text_wrap=True, font_color=_GREY, valign="top")

    @property
    def nothing(self) -> Any:
        """What is said in the place of a table's rows: runs on over the empty cells beside it."""
        return self._make("nothing", font_color="#555555")

    @property
    def link(self) -> Any:
        """A text that leads to another sheet."""
        return self._make("link", font_color="#0B5394", underline=1, bottom=1, bottom_color=_LINE)

    def band(self, part: Literal["title", "alliance", "period", "back", "edge"]) -> Any:
        """A part of the band over a sheet."""
        properties: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16, "font_color": _INK},
            "alliance": {"bold": True, "font_size": 11, "font_color": _INK, "align": "right"},
            "period": {"font_size": 10, "font_color": _GREY, "bottom": 2},
            "back": {
                "font_size": 10, "font_color": "#0B5394", "underline": 1, "align": "right",
                "bottom": 2,
            },
            "edge": {"bottom": 2},
        }  # fmt: skip
        return self._make("band", part, bottom_color=_INK, **properties[part])

    def heading(self, *, number: bool, apart: bool = False) -> Any:
        """A column's heading: over numbers to the right, over texts to the left."""
        return self._make(
            "heading", number, apart, indent=int(apart), bold=True, font_color="#FFFFFF",
            bg_color=_INK, text_wrap=True,
            align="right" if number else "left", valign="vcenter",
        )  # fmt: skip

    def cell(self, kind: Kind, *, total: bool = False, apart: bool = False) -> Any:
        """A cell of a kind of column; ``apart``: of one whose texts would touch what is left."""
        properties: dict[str, Any] = {"bottom": 1, "bottom_color": _LINE}
        if kind in NUMBERS:
            properties |= {
                "num_format": self._day if kind == "day" else NUMBERS[kind],
                "align": "left" if kind == "day" else "right",
            }
        if kind == "input":
            properties |= {
                "bg_color": "#FFF6D6", "font_color": "#0B3D91", "border": 1,
                "border_color": "#C9A227", "bottom_color": "#C9A227", "locked": False,
            }  # fmt: skip
        elif kind == "long":
            properties |= {"text_wrap": True}
        if total:
            properties |= {"bold": True, "top": 1, "bottom": 6, "bg_color": "#E8EEF4"}
        if apart:
            properties |= {"align": "left", "indent": 1}
        return self._make("cell", kind, total, apart, **properties)

    def missing(self, *, total: bool = False) -> Any:
        """A cell for which nothing was reported."""
        return self._make(
            "missing", total, bg_color="#D9D9D9", bottom=1, bottom_color=_LINE,
        )  # fmt: skip

    def tone(self, name: Tone) -> Any:
        """The colours of a state."""
        key = ("tone", name)
        if key not in self._made:
            self._made[key] = self._book.add_format(TONES[name])
        return self._made[key]


def clean(text: str) -> str:
    """A text that a cell can hold: no lone surrogates, no control characters, not too long."""
    readable = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(char for char in readable if char >= " " or char in "\n\t")
    if 2 * len(kept) > _LONGEST:
        kept = kept.encode("utf-16-le")[: 2 * _LONGEST].decode("utf-16-le", "ignore")
    return kept


@lru_cache(maxsize=65_536)
def text_width(text: str) -> int:
    """How many columns a text takes: a Chinese character two."""
    if text.isascii():
        return max(map(len, text.split("\n")))
    return max(
        sum(2 if east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")
    )


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width."""
    return sum(max(1, math.ceil(text_width(line) / max(width, 4))) for line in text.split("\n"))


def texts_of(cells: Iterable[Cell]) -> Iterator[str]:
    """The texts among cells."""
    for cell in cells:
        inner = cell.cell if isinstance(cell, As) else cell
        value = inner.value if isinstance(inner, Formula | Link) else inner
        if isinstance(value, str):
            yield value


def shown_width(cells: Iterable[Cell], kind: Kind) -> int:
    """How many columns the widest of a column's cells takes as it is shown."""
    widest, texts, numbers = 0, set(), []
    for cell in cells:
        if isinstance(cell, As):
            widest = max(widest, shown_width((cell.cell,), cell.kind))
            continue
        value = cell.value if isinstance(cell, Formula | Link) else cell
        if isinstance(value, str):
            texts.add(value)
        elif isinstance(value, int | float):
            numbers.append(value)
        elif value is not None and not isinstance(value, Missing):
            widest = max(widest, 10)
    if numbers:  # of all numbers the largest or the smallest is the widest
        widest = max(widest, _digits(max(numbers), kind), _digits(min(numbers), kind))
    return max(widest, *map(text_width, texts), 0)


def _digits(number: float, kind: Kind) -> int:
    if kind == "input":
        return len(f"{number:g}")
    return len(f"{number:,.1f}" if kind in {"rate", "number"} else f"{number:,.0f}")
