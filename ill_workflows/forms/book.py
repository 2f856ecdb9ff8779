"""A workbook as the checks see it: sheets of plain values with their addresses, no Excel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell in which the sender's program shows an error: ``#REF!``, ``#N/A`` …"""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class NoValue:
    """A formula that was saved without its value."""

    formula: str

    def __str__(self) -> str:
        return self.formula


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet: ``rows[r][c]`` is the cell in row ``r + 1`` and column ``c + 1``.

    A value is ``""`` (empty), ``str``, ``int``, ``float``, ``date``, ``datetime``, ``time``,
    ``timedelta``, :class:`CellError` or :class:`NoValue`; TRUE and FALSE are texts.  All rows
    have the same length.
    """

    title: str
    rows: list[list[Any]]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its sheets in order, its defined names that are plain texts, its epoch."""

    sheets: tuple[SheetCells, ...]
    names: dict[str, str] = field(default_factory=dict)
    epoch_1904: bool = False
    careful: bool = False


def letters(column: int) -> str:
    """Column number (0-based) → its letters: 0 → ``A``, 27 → ``AB``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Row number as Excel counts (1-based) and column (0-based) → ``B12``."""
    return f"{letters(column)}{row}"
