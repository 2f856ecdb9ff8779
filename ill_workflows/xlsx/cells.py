"""A sheet whose cells get our colour: where they stand in the XML, which must be made first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ill_workflows.xlsx.ooxml import Element, Patch, scan, with_attribute
from ill_workflows.xlsx.styles import Styles

At = tuple[int, int]
"""A cell: row and column, both counted from 1."""
_ADDRESS: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
_TRUE: Final = frozenset({"1", "true", "on"})


def place(address: str) -> At | None:
    """``B12`` → (12, 2); None for what no sheet has."""
    found = _ADDRESS.fullmatch(address.strip().upper())
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return (int(found[2]), column) if column <= 16_384 and int(found[2]) <= 1_048_576 else None


def address(at: At, dollar: str = "") -> str:
    """(12, 2) → ``B12``, or ``$B$12``."""
    letters, column = "", at[1]
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{dollar}{letters}{dollar}{at[0]}"


def is_true(element: Element, name: str) -> bool:
    """Whether an attribute says yes."""
    return element.attributes.get(name, "").strip() in _TRUE


def number(element: Element, name: str, otherwise: float) -> float:
    """An attribute that is a number."""
    try:
        return float(element.attributes.get(name, otherwise))
    except ValueError:
        return otherwise


@dataclass(slots=True)
class Row:
    """A row that is there, and its cells by column, in the order in which they stand."""

    element: Element
    cells: dict[int, Element]


class Worksheet:
    """One sheet of the sender's and the edits to it.

    Rows and cells without an address of their own follow the one before them.
    """

    def __init__(self, title: str, part: str, body: bytes) -> None:
        self.title, self.part = title, part
        elements = scan(body, "row", "c", "col", "sheetView")
        self.root = elements[0]
        self.children = [e for e in elements if e.parent is self.root]
        self.patch = Patch(body)
        self.views = [e for e in elements if e.name == "sheetView"]
        self.columns = [e for e in elements if e.name == "col"]
        self.rows: dict[int, Row] = {}
        self._data = self.child("sheetData")
        line, row, column = Row(self.root, {}), 0, 0
        for element in elements:
            if element.name == "row":
                row, column = int(number(element, "r", row + 1)), 0
                line = self.rows.setdefault(row, Row(element, {}))
            elif element.name == "c":
                at = place(element.attributes.get("r", ""))
                column = at[1] if at else column + 1
                line.cells.setdefault(column, element)

    def child(self, name: str) -> Element | None:
        """A child of the root."""
        return next((e for e in self.children if e.name == name), None)

    @property
    def selected(self) -> bool:
        """Whether the sheet's tab is selected."""
        return any(is_true(view, "tabSelected") for view in self.views)

    def deselect(self) -> None:
        """Leave the tab unselected: two selected tabs are edited as one."""
        for view in self.views:
            if is_true(view, "tabSelected"):
                self.patch.retag(view, "tabSelected", None)

    def _style_of(self, at: At) -> int:
        """The format that a cell shows which is not there yet: its row's or its column's."""
        row = self.rows.get(at[0])
        if row is not None and is_true(row.element, "customFormat"):
            return int(number(row.element, "s", 0))
        for column in self.columns:
            if number(column, "min", 0) <= at[1] <= number(column, "max", 0):
                return int(number(column, "style", 0))
        return 0

    def paint(self, marks: Iterable[At], styles: Styles, before: Mapping[At, str]) -> dict[At, str]:
        """Take back our colour where it is no longer due; give it to the marked cells.

        ``before`` holds the fills that cells had under our colour.  Answers those of today's
        marked cells, where there is one to remember.
        """
        due, fills, missing = set(marks), {}, set(marks)
        for row, line in self.rows.items():
            for column, cell in line.cells.items():
                at = (row, column)
                had = base = int(number(cell, "s", 0))
                if at not in due and not styles.is_mark(had):
                    continue
                fills[at] = styles.fill(had)
                if styles.is_mark(had):
                    fills[at] = before.get(at, "")
                    base = styles.unmarked(had, fills[at])
                style = styles.marked(base) if at in due else base
                missing.discard(at)
                if style != had:
                    self.patch.retag(cell, "s", str(style))
        for at in missing:
            fills[at] = styles.fill(self._style_of(at))
        self._make({at: styles.marked(self._style_of(at)) for at in sorted(missing)})
        return {at: fill for at, fill in fills.items() if at in due and fill}

    def _make(self, cells: Mapping[At, int]) -> None:
        """Put in cells that are not there, in the order that the format asks for."""
        if self._data is None or not cells:
            return
        prefix = self.root.prefix
        by_row: dict[int, dict[int, bytes]] = {}
        for at, style in cells.items():
            xml = b'<%sc r="%s" s="%d"/>' % (prefix, address(at).encode(), style)
            by_row.setdefault(at[0], {})[at[1]] = xml
        fresh = b""
        for row, made in by_row.items():
            if row in self.rows:
                self._into(self.rows[row], made)
                continue
            xml = b'<%srow r="%d">%s</%srow>' % (prefix, row, b"".join(made.values()), prefix)
            after = next((n for n in self.rows if n > row), None)
            if after is None:
                fresh += xml
            else:
                at_row = self.rows[after].element.start
                self.patch.replace(at_row, at_row, xml)
        if fresh:
            self.patch.append(self._data, fresh)
        self._widen(cells)

    def _into(self, row: Row, made: Mapping[int, bytes]) -> None:
        tag = with_attribute(row.element.tag, "spans", None)  # a hint that may no longer be true
        last = b""
        for column, xml in made.items():
            after = next((n for n in row.cells if n > column), None)
            if after is None:
                last += xml
            else:
                at_cell = row.cells[after].start
                self.patch.replace(at_cell, at_cell, xml)
        self.patch.append(row.element, last, tag)

    def _widen(self, cells: Iterable[At]) -> None:
        """Let the sheet's stated extent hold the cells that were put in."""
        stated = self.child("dimension")
        corners = stated.attributes.get("ref", "").split(":") if stated else []
        there = [at for at in map(place, corners) if at is not None]
        if stated is None or not there:
            return
        rows, columns = zip(*there, *cells, strict=True)
        first, last = (min(rows), min(columns)), (max(rows), max(columns))
        if {first, last} != {there[0], there[-1]}:
            ref = f"{address(first)}:{address(last)}"
            self.patch.retag(stated, "ref", ref)
