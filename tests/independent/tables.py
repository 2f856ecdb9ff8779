"""What a table of the evaluation workbook must say, and how such tables are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.independent.reading import ROC, Row
from tests.independent.recompute import Told, month_of

TOTAL = "合計"
UNKNOWN = "未填"
Cells = dict[str, Any]


@dataclass
class Expected:
    """A table: its sheet, the headings that it begins with, its rows by their first cells."""

    sheet: str
    begins: tuple[str, ...]
    rows: dict[tuple[Any, ...], Cells]
    nth: int = 0
    width: int = 1

    @property
    def name(self) -> str:
        return f"{self.sheet} {'/'.join(self.begins)} #{self.nth}"


def minguo(month: str) -> str:
    return f"{int(month[:4]) - ROC}年{month[5:]}月"


def summed(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> Cells:
    """The row marked 合計: what was reported, added up; nothing where nothing was."""
    listed = list(rows)
    found: Cells = {}
    for name in names:
        known = [row[name] for row in listed if row.get(name) is not None]
        found[name] = sum(known) if known else None
    return found


def of(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def within(world: Told, months: Sequence[str], rows: Iterable[Row], day: str) -> list[Row]:
    codes = world.codes(months)
    return [row for row in rows if month_of(row[day]) in months and row["館"] in codes]
