"""The body of a table as XML, column by column: what a cell of each type becomes.

Texts are shared strings whatever they look like; only a :class:`Formula` becomes a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from math import isfinite
from typing import Any, Final
from xml.sax.saxutils import escape

from ill_workflows.evaluation.model import As, Cell, Column, Formula, Kind, Link, Missing
from ill_workflows.forms.book import letters
from ill_workflows.xlsx.looks import Looks, clean
from ill_workflows.xlsx.report_sheet import ReportSheet, style_of

_DAY_ZERO: Final = date(1899, 12, 30).toordinal()
_EXACT: Final = 10**15


TEXTS: Final = frozenset({"text", "long", "free", "day"})
"""Kinds of columns that stand to the left."""


def texts_apart(columns: Sequence[Column]) -> frozenset[int]:
    """The columns of texts that follow numbers, which would touch."""
    return frozenset(
        n
        for n, (left, own) in enumerate(pairwise(columns), 1)
        if left.kind not in TEXTS and own.kind in TEXTS
    )


class Body:
    """Turns the cells of one sheet into XML; ``fill`` puts row numbers into a formula."""

    def __init__(self, page: ReportSheet, looks: Looks) -> None:
        self._page, self._looks = page, looks
        self._texts: dict[str, int] = {}
        self._total, self._at = False, 0
        self.fill: Callable[[str, int], str] = lambda text, row: text  # noqa: ARG005
        self.target: Callable[[Link], str | None] = lambda link: None  # noqa: ARG005
        self._writers: dict[type, Callable[[str, int, Any, int], str]] = {
            int: self._whole, float: self._number, bool: self._whole, str: self._text,
            type(None): self._blank, Missing: self._missing, Formula: self._formula,
            Link: self._link, As: self._otherwise,
        }  # fmt: skip

    def rows(
        self,
        columns: Sequence[Column],
        lines: Sequence[tuple[Cell, ...]],
        first: int,
        kinds: Sequence[Kind],
        *,
        total: bool = False,
    ) -> list[str]:
        """The cells of each row, joined, from the row ``first`` (0-based) on.

        Raises:
            ValueError: a row with more or fewer cells than the table has columns.
            TypeError: a number that Excel cannot hold.
        """
        self._total = total
        if any(len(line) != len(columns) for line in lines):
            raise ValueError("a row with more or fewer cells than its table has columns")
        apart = texts_apart(columns)
        looks = [
            self._looks.cell(kind, total=total, apart=n in apart) for n, kind in enumerate(kinds)
        ]
        made = [
            self._column(n, cells, first + 1, style_of(look))
            for n, (cells, look) in enumerate(zip(zip(*lines, strict=True), looks, strict=True))
        ]
        return ["".join(parts) for parts in zip(*made, strict=True)]

    def _column(self, n: int, cells: Sequence[Any], first: int, style: int) -> list[str]:
        self._at, place, types = n, letters(n), set(map(type, cells))
        if types == {int}:
            whole = self._whole
            return [
                whole(f"{place}{row}", row, cell, style) for row, cell in enumerate(cells, first)
            ]
        if types == {str}:
            index = self._index
            return [
                f'<c r="{place}{row}" s="{style}" t="s"><v>{index(cell)}</v></c>'
                for row, cell in enumerate(cells, first)
            ]
        writers = {one: self._writers.get(one) or self._nearest(one) for one in types}
        return [
            writers[type(cell)](f"{place}{row}", row, cell, style)
            for row, cell in enumerate(cells, first)
        ]

    def _nearest(self, kind: type) -> Callable[[str, int, Any, int], str]:
        for base, write in ((date, self._day), (str, self._text)):
            if issubclass(kind, base):
                return write
        return self._number

    def _index(self, text: str) -> int:
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = self._page.string_index(clean(text))
        else:
            self._page.str_table.count += 1
        return found

    def _whole(self, place: str, row: int, cell: int, style: int) -> str:
        if -_EXACT < cell < _EXACT:
            return f'<c r="{place}" s="{style}"><v>{cell:d}</v></c>'
        return self._number(place, row, cell, style)

    @staticmethod
    def _number(place: str, row: int, cell: float, style: int) -> str:  # noqa: ARG004
        if not isfinite(cell):
            raise TypeError(f"a number that Excel cannot hold: {cell}")
        return f'<c r="{place}" s="{style}"><v>{cell:.16G}</v></c>'

    def _text(self, place: str, row: int, cell: str, style: int) -> str:  # noqa: ARG002
        return f'<c r="{place}" s="{style}" t="s"><v>{self._index(str(cell))}</v></c>'

    @staticmethod
    def _day(place: str, row: int, cell: date, style: int) -> str:  # noqa: ARG004
        return f'<c r="{place}" s="{style}"><v>{cell.toordinal() - _DAY_ZERO}</v></c>'

    @staticmethod
    def _blank(place: str, row: int, cell: None, style: int) -> str:  # noqa: ARG004
        return f'<c r="{place}" s="{style}"/>'

    def _missing(self, place: str, row: int, cell: Missing, style: int) -> str:  # noqa: ARG002
        return f'<c r="{place}" s="{style_of(self._looks.missing(total=self._total))}"/>'

    def _formula(self, place: str, row: int, cell: Formula, style: int) -> str:
        value, text = cell.value, escape(self.fill(cell.text, row))
        if isinstance(value, str):
            kind = ' t="str"' if value else ""
            return (
                f'<c r="{place}" s="{style}"{kind}><f>{text}</f><v>{escape(clean(value))}</v></c>'
            )
        shown = "" if value is None else f"{value:.16G}"
        return f'<c r="{place}" s="{style}"><f>{text}</f><v>{shown}</v></c>'

    def _otherwise(self, place: str, row: int, cell: As, style: int) -> str:  # noqa: ARG002
        inner = cell.cell
        write = self._writers.get(type(inner)) or self._nearest(type(inner))
        return write(place, row, inner, style_of(self._looks.cell(cell.kind, total=self._total)))

    def _link(self, place: str, row: int, cell: Link, style: int) -> str:
        address = self.target(cell)
        if address is not None:
            if self._page.link(row - 1, self._at, address) and not cell.key:
                style = style_of(self._looks.link)
        return self._text(place, row, str(cell.value), style)
