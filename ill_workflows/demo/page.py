"""One sheet as it is filled in: its columns in the sender's order, its rows, what stands around."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from ill_workflows.demo.hand import Hand
from ill_workflows.demo.home import MARK
from ill_workflows.demo.libraries import Invented
from ill_workflows.demo.sheets import Rows
from ill_workflows.forms.book import address
from ill_workflows.forms.form import Sheet

RUNNING = "序號"
"""A column that tidy forms do not have: a running number."""


@dataclass(frozen=True)
class Page:
    """A filled sheet.

    ``titles`` stand above the headings; ``columns`` are keys of the form in the sender's order,
    :data:`RUNNING` among them or not; ``headings`` are those that the sender has renamed;
    ``rows`` are typed cells by column, ``beside`` those rows that are no records.
    """

    sheet: Sheet
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    titles: tuple[str, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)
    records: tuple[int, ...] = ()

    @property
    def rearranged(self) -> bool:
        """Whether its headings no longer stand where the form has them."""
        return bool(self.titles) or self.columns != tuple(c.key for c in self.sheet.columns)

    def cell(self, row: int, key: str) -> str:
        """Where a cell stands: ``row`` counts ``rows``."""
        return address(len(self.titles) + 2 + row, self.columns.index(key))

    def with_cell(self, row: int, key: str, value: Any) -> Page:
        """The page with another cell."""
        rows = list(self.rows)
        rows[row] = {**rows[row], key: value}
        return replace(self, rows=rows)


def page(sheet: Sheet, facts: Rows, hand: Hand, place: Invented, titles: tuple[str, ...]) -> Page:
    """A sheet as this library fills it in; its habits are the same every month.

    ``titles`` are what an untidy library has above its headings.
    """
    habits, rng = place.habits, Random(f"{place.code} {sheet.table}")
    columns = [column.key for column in sheet.columns]
    typed = [hand.row(sheet.columns, row) for row in facts]
    records = list(range(len(typed)))
    headings: dict[str, str] = {}
    if habits.mess >= 2 and sheet.table != "cards_stock":
        headings = _renamed(sheet, rng)
        if rng.random() < 0.7:
            columns.insert(0, RUNNING)
        if rng.random() < 0.6:
            columns.insert(columns.index("title" if "title" in columns else "name"), columns.pop())
        typed, records = _with_subtotal(typed, columns)
    for n, at in enumerate(records, start=1):
        if RUNNING in columns:
            typed[at][RUNNING] = n
    first = next(key for key in columns if key != RUNNING)
    foot = [{first: f"※ {MARK}"}]
    if habits.mess >= 1 and sheet.table == "usage_loans":
        foot.append({first: "註：還沒還的書，下個月會接著列。"})
    above = titles if habits.mess == 3 else ()
    return Page(sheet, tuple(columns), [*typed, *foot], above, headings, tuple(records))


def _renamed(sheet: Sheet, rng: Random) -> dict[str, str]:
    """Headings that somebody has called otherwise, as the form knows that people do."""
    known = [column for column in sheet.columns if column.also]
    return {column.key: column.also[0] for column in rng.sample(known, 2)}


def _with_subtotal(
    typed: list[dict[str, Any]], columns: list[str]
) -> tuple[list[dict[str, Any]], list[int]]:
    """A 小計 row in the middle, where there is enough to sum up."""
    if len(typed) < 6:
        return typed, list(range(len(typed)))
    half = len(typed) // 2
    first = next(key for key in columns if key != RUNNING)
    subtotal = {first: "小計", columns[columns.index(first) + 2]: f"{half}筆"}
    records = [*range(half), *range(half + 1, len(typed) + 1)]
    return [*typed[:half], subtotal, *typed[half:]], records
