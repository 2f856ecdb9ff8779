"""How cells look, and how wide texts are: Chinese characters take two columns."""

from __future__ import annotations

import math
from typing import Any, Final
from unicodedata import east_asian_width

from ill_workflows.evaluation.model import As, Cell, Formula, Kind, Link, Missing, Tone

FONT: Final = "Microsoft JhengHei"
"""Comes with Windows and Office; LibreOffice shows its own Chinese font in its place."""
NUMBERS: Final[dict[Kind, str]] = {
    "count": '#,##0;-#,##0;"·"',
    "rate": "0.0",
    "number": "#,##0.0#",
    "money": "#,##0",
    "day": "yyyy/mm/dd",
}
TONES: Final = {
    "good": {"bg_color": "#DDEFDF", "font_color": "#1E5B2B"},
    "fair": {"bg_color": "#FFF1CC", "font_color": "#6B4A00"},
    "bad": {"bg_color": "#F8D7D3", "font_color": "#8A1C12"},
    "pale": {"bg_color": "#EEEEEE", "font_color": "#555555"},
}
_INK: Final = "#1F3B57"
_LINE: Final = "#C9D3DC"


class Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}
        book.formats[0].set_font_name(FONT)
        book.formats[0].set_font_size(10)

    def _make(self, *key: Any, **properties: Any) -> Any:
        if key not in self._made:
            base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
            self._made[key] = self._book.add_format({**base, **properties})
        return self._made[key]

    @property
    def title(self) -> Any:
        """The title of a second table."""
        return self._make("title", bold=True, font_size=12, font_color=_INK)

    @property
    def note(self) -> Any:
        """A note below the tables."""
        return self._make("note", text_wrap=True, font_color="#555555", valign="top")

    @property
    def nothing(self) -> Any:
        """What is said in the place of a table's rows: runs on over the empty cells beside it."""
        return self._make("nothing", font_color="#555555")

    @property
    def link(self) -> Any:
        """A text that leads to another sheet."""
        return self._make("link", font_color="#0B5394", underline=1, bottom=1, bottom_color=_LINE)

    def heading(self, *, number: bool) -> Any:
        """A column's heading: over numbers to the right, over texts to the left."""
        return self._make(
            "heading", number, bold=True, font_color="#FFFFFF", bg_color=_INK, text_wrap=True,
            align="right" if number else "left", valign="vcenter",
        )  # fmt: skip

    def cell(self, kind: Kind, *, total: bool = False) -> Any:
        """A cell of a kind of column."""
        properties: dict[str, Any] = {"bottom": 1, "bottom_color": _LINE}
        if kind in NUMBERS:
            properties |= {
                "num_format": NUMBERS[kind],
                "align": "left" if kind == "day" else "right",
            }
        elif kind == "long":
            properties |= {"text_wrap": True}
        if total:
            properties |= {"bold": True, "top": 1, "bottom": 6, "bg_color": "#E8EEF4"}
        return self._make("cell", kind, total, **properties)

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


def text_width(text: str) -> int:
    """How many columns a text takes: a Chinese character two."""
    return max(
        (sum(2 if east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")),
        default=0,
    )


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width."""
    return sum(max(1, math.ceil(text_width(line) / max(width, 4))) for line in text.split("\n"))


def shown_width(cell: Cell, kind: Kind) -> int:
    """How many columns a cell takes as it is shown."""
    if isinstance(cell, As):
        return shown_width(cell.cell, cell.kind)
    if isinstance(cell, Formula | Link):
        cell = cell.value
    if cell is None or isinstance(cell, Missing):
        return 0
    if isinstance(cell, str):
        return text_width(cell)
    if isinstance(cell, int | float):
        return len(f"{cell:,.1f}" if kind in {"rate", "number"} else f"{cell:,.0f}")
    return 10
