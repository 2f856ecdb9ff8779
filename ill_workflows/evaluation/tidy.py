"""Every table for others to compute on: one row a value, named columns, no cards."""

from __future__ import annotations

from typing import Final

import pandas as pd
from pandas.api.types import is_numeric_dtype

from ill_workflows.evaluation.counting.tables import COUNTS
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import ORDER, RATES, by_place, measures

_KEPT_BACK: Final = {"cards": ["month", "library"]}
"""Tables that are kept finer than they are given away: no figure by card leaves the house."""


def tidy(figures: Figures) -> dict[str, pd.DataFrame]:
    """Name → table: the libraries, the measures, then the months' own tables of the span.

    ``measures`` has ``measure, library, month, value``; a library or a month that is empty is all
    of them, and an empty value was not reported.
    """
    return {
        "libraries": _libraries(figures),
        "measures": _measures(figures),
        **{name: _given(figures, name) for name in COUNTS},
        "restatements": _restatements(figures),
    }


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The same for a file that a spreadsheet may open: a text that it would take for a formula has
    an apostrophe before it.
    """  # noqa: D205
    words = [name for name in table.columns if not is_numeric_dtype(table[name])]
    return table.assign(
        **{
            name: pd.Series([_harmless(one) for one in table[name]], table.index, object)
            for name in words
        }
    )


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in _BEGINS else value


_BEGINS: Final = frozenset("=+-@\t\r\n") | {
    "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}",
}  # fmt: skip


def _libraries(figures: Figures) -> pd.DataFrame:
    rows = [(m.code, m.name, m.name_en, m.city) for m in figures.members]
    return pd.DataFrame(rows, columns=["library", "name", "name_en", "city"])


def _measures(figures: Figures) -> pd.DataFrame:
    found = measures(figures, figures.months)
    rows: list[tuple[str, str, str, object]] = []
    for name in ORDER:
        one = found[name]
        rows.append((name, "", "", one.total))
        rows += [(name, code, "", value) for code, value in one.by_library.items()]
        rows += [(name, "", month, value) for month, value in one.by_month.items()]
        if name not in RATES:
            places = by_place(figures, name, figures.months)
            rows += [(name, code, month, value) for (code, month), value in places.items()]
    return pd.DataFrame(rows, columns=["measure", "library", "month", "value"], dtype=object)


def _given(figures: Figures, name: str) -> pd.DataFrame:
    table = figures.of(name)
    if name not in _KEPT_BACK:
        return table
    by = _KEPT_BACK[name]
    return table.groupby(by).agg(cards=("card", "nunique"), n=("n", "sum")).reset_index()


def _restatements(figures: Figures) -> pd.DataFrame:
    rows = [
        (
            one.month, one.library, " ".join(one.receipts), one.noticed_on, change.measure,
            change.library, change.old, change.new, one.adopted_on,
        )
        for one in figures.restatements
        for change in one.changes
    ]  # fmt: skip
    columns = [
        "month", "told_by", "receipts", "noticed_on", "measure", "library", "old", "new",
        "adopted_on",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)
