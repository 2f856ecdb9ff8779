"""How rows become the small tables of a month: grouping, and the state at a month's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from ill_workflows.evaluation.facts import Facts, months_of
from ill_workflows.forms.month import last_day

Counter = Callable[[Facts, Sequence[str]], pd.DataFrame]
"""Facts, months → a table of which each row belongs to one of the months."""


def ends(months: Sequence[str]) -> Iterator[tuple[str, pd.Timestamp]]:
    """Each month and its last day."""
    for month in months:
        yield month, pd.Timestamp(last_day(month))


def within(rows: pd.DataFrame, months: Sequence[str], day: str = "") -> pd.DataFrame:
    """The rows of the months; ``day`` is the column that says when, else ``month`` does."""
    if day:
        rows = rows.assign(month=months_of(rows[day]))
    return rows[rows["month"].isin(list(months))]


def tally(rows: pd.DataFrame, by: Sequence[str], **sums: str) -> pd.DataFrame:
    """Month and ``by`` → ``n`` rows, and the sums of columns (name of the sum = column)."""
    grouped = rows.groupby(["month", *by], sort=True, observed=True)
    counted = grouped.size().rename("n").to_frame()
    for name, column in sums.items():
        counted[name] = grouped[column].sum().astype(int)
    return counted.reset_index()


def days_between(rows: pd.DataFrame, first: str, last: str) -> pd.Series:
    """Whole days from one column to the other, never less than none."""
    return (rows[last] - rows[first]).dt.days.clip(lower=0)


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables under one another; empty ones are left out, for they would lose the types."""
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()
