"""How a template looks: headings say what is required, cells are ruled and open to typing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ill_workflows.forms.fields import Day, Whole, Year
from ill_workflows.forms.form import Column
from ill_workflows.xlsx.looks import Looks

INK: Final = "#1F3B57"
DAY: Final = "yyyy/mm/dd"
_GREY: Final = "#5A6B7A"
_RULE: Final = "#D3DCE4"
HEADS: Final = {
    "yes": {"bg_color": INK, "font_color": "#FFFFFF"},
    "when": {"bg_color": "#5B7FA3", "font_color": "#FFFFFF"},
    "": {"bg_color": "#DCE6EF", "font_color": INK},
}
"""Dark: required; middle: required when something holds; pale: as you like."""
_NUMBERS: Final[dict[type, dict[str, str]]] = {
    Day: {"num_format": DAY, "align": "left"},
    Whole: {"num_format": "#,##0"},
    Year: {"num_format": "General", "align": "left"},
}
"""How a field's cells show numbers; all others are texts, so that leading zeros stay."""
CARRIED: Final = {"bg_color": "#EDF4FA", "font_color": "#000000"}
_ALLOWED: Final = (
    "format_cells", "format_columns", "format_rows", "insert_columns", "insert_rows", "delete_rows",
    "sort", "autofilter",
)  # fmt: skip


class FormLooks(Looks):
    """The formats of a template.

    A cell without a format is open: Excel deletes a protected sheet's row only where all of its
    cells are, out to the last column.
    """

    def __init__(self, book: Any) -> None:
        super().__init__(book)
        book.formats[0].set_locked(False)

    def head(self, required: str) -> Any:
        """A heading, by whether its column is required."""
        edge = {"border": 1, "border_color": "#FFFFFF"}
        return self._make("head", required, bold=True, text_wrap=True, **edge, **HEADS[required])

    def data(self, column: Column, *, carried: bool = False) -> Any:
        """A cell of a column; what was carried over stands on pale blue, and may be locked."""
        properties: dict[str, Any] = dict(_NUMBERS.get(type(column.field), {"num_format": "@"}))
        if carried:
            properties |= CARRIED
        locked = carried and column.locked
        ruled = {"border": 1, "border_color": _RULE, "locked": locked}
        return self._make("data", *properties.values(), locked, **properties, **ruled)

    @property
    def band(self) -> Any:
        """The title of a page."""
        line = {"bottom": 2, "bottom_color": INK}
        return self._make("band", bold=True, font_size=18, font_color=INK, **line)

    @property
    def under(self) -> Any:
        """What stands under a title, or in English beside something."""
        return self._make("under", font_color=_GREY, text_wrap=True)

    @property
    def section(self) -> Any:
        """The title of a sheet in the guidance."""
        return self._make("section", bold=True, font_size=13, font_color=INK, valign="bottom")

    @property
    def label(self) -> Any:
        """A label of the guidance."""
        return self._make("label", bold=True, font_color=INK, **_ruled())

    def text(self, *, english: bool = False, strong: bool = False) -> Any:
        """A text of the guidance."""
        colour = {"font_color": _GREY} if english else {}
        weight = {"bold": True} if strong else {}
        look = {"text_wrap": True, **_ruled(), **colour, **weight}
        return self._make("text", english, strong, **look)

    def value(self, *, locked: bool = False, day: bool = False, tall: bool = False) -> Any:
        """A value of the cover."""
        number = DAY if day else "@"
        properties: dict[str, Any] = {"num_format": number, "align": "left", "indent": 1}
        if locked:
            properties |= {"bg_color": "#F1F4F7", "bold": True}
        if tall:
            properties |= {"text_wrap": True, "valign": "top"}
        edge = {"border": 1, "border_color": "#9FB0BF", "locked": locked}
        return self._make("value", locked, day, tall, font_size=11, **properties, **edge)

    @property
    def verdict(self) -> Any:
        """The self-check's first line."""
        edge = {"border": 1, "border_color": "#9FB0BF", "indent": 1}
        return self._make("verdict", bold=True, font_size=13, align="left", **edge)

    @property
    def told(self) -> Any:
        """The self-check's further lines."""
        edge = {"border": 1, "border_color": _RULE, "indent": 1}
        return self._make("told", text_wrap=True, **edge)

    @property
    def ahead(self) -> Any:
        """A running number whose row is still empty."""
        return self._make("ahead", font_color="#A9B4BE")

    def sample(self, look: Mapping[str, str]) -> Any:
        """A cell that shows what a colour means."""
        return self._make("sample", *look.values(), **look, **_ruled())


def _ruled() -> dict[str, Any]:
    return {"bottom": 1, "bottom_color": _RULE}


def protect(page: Any) -> None:
    """Protect a sheet without a password: what is locked cannot be overwritten by accident."""
    page.protect("", dict.fromkeys(_ALLOWED, True))
