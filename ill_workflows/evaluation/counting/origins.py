"""Where a month's figures come from: receipt, sheet, rows, for each library and kind of event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import pandas as pd

from ill_workflows.evaluation.counting.events import EVENTS
from ill_workflows.evaluation.counting.grouping import stacked, within
from ill_workflows.evaluation.facts import Facts

KINDS: Final = {
    "issues": ("換證", "cards_issued"),
    "loans": ("借出", "loans_lent"),
    "copies": ("複印供應", "copies_supplied"),
    "refused": ("拒絕", "requests_refused"),
    "cancelled": ("取消", "requests_cancelled"),
    "duplicate": ("重複", "requests_duplicate"),
    "overdue": ("逾期", "overdue_loans"),
    "recalls": ("緊急調回", "recalls"),
}
"""Kind of event → what it is called, and its name among the events."""
BORROWED: Final = "loans_borrowed"
_KIND: Final = {
    **{name: kind for kind, (_, name) in KINDS.items()}, BORROWED: "loans", "copy_pages": "copies",
}  # fmt: skip


def origins(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Columns ``month, library, kind, receipt, sheet, rows, n``; ``rows`` as ``5–9、12``."""
    parts = []
    for kind, (_, name) in KINDS.items():
        rows = within(EVENTS[name](facts), months)
        if len(rows):
            parts.append(rows[["month", "library", "receipt", "sheet", "row"]].assign(kind=kind))
    found = stacked(parts)
    if found.empty:
        return found
    grouped = found.groupby(["month", "library", "kind", "receipt", "sheet"], sort=True)["row"]
    return grouped.agg(rows=ranges, n="size").reset_index()


def ranges(rows: Iterable[int]) -> str:
    """Rows in the sender's sheet, as one would say them: 5–9、12."""
    numbers = sorted({int(row) for row in rows})
    if not numbers:
        return ""
    breaks = [n for n, (here, then) in enumerate(pairwise(numbers), 1) if then != here + 1]
    parts = [
        (numbers[first], numbers[last - 1]) for first, last in pairwise([0, *breaks, len(numbers)])
    ]
    return "、".join(f"{a}" if a == b else f"{a}–{b}" for a, b in parts)


def numbers(rows: str) -> list[int]:
    """The rows that :func:`ranges` names."""
    found: list[int] = []
    for part in filter(None, rows.split("、")):
        first, _, last = part.partition("–")
        found += range(int(first), int(last or first) + 1)
    return found


def rows_kept(
    kept: pd.DataFrame, names: Sequence[str], cards: Mapping[tuple[str, int], str]
) -> pd.DataFrame:
    """The rows behind events, as :func:`rows_behind`, from the table of :func:`origins`.

    ``cards`` says on which card a loan was: (receipt, row) → card; its library borrowed.
    """
    found = []
    for name in names:
        mine = kept.loc[kept["kind"] == _KIND[name], ["library", *_COLUMNS[1:-1], "rows"]]
        for library, month, receipt, sheet, rows in mine.to_numpy().tolist():
            for row in numbers(rows):
                home = cards[receipt, row].rpartition("-")[0] if name == BORROWED else library
                found.append((home, month, receipt, sheet, row))
    return _in_order(pd.DataFrame(found, columns=_COLUMNS))


def rows_behind(facts: Facts, names: Sequence[str], months: Sequence[str]) -> pd.DataFrame:
    """The rows behind events: ``library, month, receipt, sheet, row``, in that order."""
    found = stacked([within(EVENTS[name](facts), months) for name in names])
    return _in_order(found.reindex(columns=_COLUMNS))


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(_COLUMNS, kind="stable", ignore_index=True)


_COLUMNS: Final = ["library", "month", "receipt", "sheet", "row"]
