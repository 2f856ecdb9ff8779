"""The small tables of a month: all that the evaluation keeps of it (Articles 7.8, 8.1).

What happens counts in the month in which it happens; what lasts is kept as it stands at the
month's end.  So a span of months is the sum of its months and the state of its last one, and a
month that is over changes only where a sheet is corrected.  Counts by whole day, and by library
and card, are kept apart: medians, percentiles and distinct cards of any span are exact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from ill_workflows.evaluation.counting import cards, cases, lending
from ill_workflows.evaluation.counting.grouping import Counter, within
from ill_workflows.evaluation.counting.origins import origins
from ill_workflows.evaluation.facts import FRAMES, Facts


@dataclass(frozen=True, slots=True)
class Count:
    """A table of a month: who counts it, its ``words`` and its whole ``numbers`` by column."""

    counter: Counter
    words: tuple[str, ...]
    numbers: tuple[str, ...] = ("n",)


def _reported(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    rows = [
        (month, code, form)
        for code, forms in facts.reported.items()
        for form, told in forms.items()
        for month in sorted(told.intersection(months))
    ]
    return pd.DataFrame(rows, columns=["month", "library", "form"], dtype=object)


def _board(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    return within(facts.board, months)


def _sheets(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """The sheets that a month's figures come from, whatever month they are of."""
    named = pd.concat(
        [origins(facts, months).reindex(columns=_OF), _board(facts, months)[_OF]]
    ).drop_duplicates()
    sheets = facts.submissions.rename(columns={"month": "of"}).drop_duplicates("receipt")
    days = sheets["received_on"].astype(str)
    interim = sheets["interim"].astype(int)
    return named.merge(sheets.assign(received_on=days, interim=interim), on="receipt")


def _findings(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    return within(facts.findings, months).rename(columns={"count": "n"})


def _disagreements(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    rows = within(facts.disagreements, months, "day")
    numbers = {name: rows[name].fillna(0) for name in ("row", "other_row")}
    return rows.assign(day=rows["day"].dt.strftime("%Y-%m-%d"), **numbers)


_OF: Final = ["month", "receipt"]
_APART: Final = tuple(name for name in FRAMES["disagreements"] if not name.endswith("row"))
_SAID: Final = tuple(name for name in FRAMES["findings"] if name not in {"count", "month"})
COUNTS: Final[Mapping[str, Count]] = {
    "reported": Count(_reported, ("library", "form"), ()),
    "board": Count(_board, ("library", "form", "state", "receipt"), ()),
    "events": Count(lending.events, ("measure", "library", "teller")),
    "cards": Count(cards.cards, ("library", "card")),
    "held": Count(cards.held, ("library",), ("days", "n")),
    "card_days": Count(cards.card_days, ("library",), ("out", "available")),
    "stock": Count(
        cards.stock, ("library",), ("in_hand", "with_reader", "pledged", "lost", "void")
    ),
    "registers": Count(cards.registers, ("lender", "what")),
    "pairs": Count(lending.pairs, ("lender", "home")),
    "outcomes": Count(lending.outcomes, ("lender", "service", "outcome")),
    "waiting": Count(lending.waiting, ("lender", "service")),
    "reasons": Count(lending.reasons, ("lender", "reason")),
    "ages": Count(lending.ages, ("service", "material", "band")),
    "copies": Count(lending.copies, ("lender", "material", "way"), ("n", "pages", "fee")),
    "answer_days": Count(lending.answer_days, ("lender",), ("days", "n")),
    "came_late": Count(lending.came_late, ("lender",), ("days", "n")),
    "still_late": Count(lending.still_late, ("lender",), ("days", "n")),
    "notices": Count(cases.notices, ("lender", "policy", "step", "what")),
    "recalls": Count(cases.recalls, ("lender", "what")),
    "recall_days": Count(cases.recall_days, ("lender",), ("days", "n")),
    "leavers": Count(cases.leavers, ("library", "what")),
    "clearances": Count(cases.clearances, ("lender", "what")),
    "clearance_days": Count(cases.clearance_days, ("lender",), ("days", "n")),
    "claims": Count(cases.claims, ("lender", "home", "what"), ("amount",)),
    "balances": Count(cases.balances, ("lender", "home"), ("amount",)),
    "suspensions": Count(cases.suspensions, ("lender", "what")),
    "findings": Count(_findings, _SAID),
    "disagreements": Count(_disagreements, _APART, ("row", "other_row")),
    "sheets": Count(
        _sheets,
        ("library", "form", "of", "receipt", "sha256", "received_on", "filename"),
        ("interim", "rows", "warnings"),
    ),
    "origins": Count(origins, ("library", "kind", "receipt", "sheet", "rows")),
}
"""Every table of a month, with a column ``month`` before its own; the table of this room."""

Tables = Mapping[str, pd.DataFrame]
Packed = dict[str, list[Any]]
"""A month's table as lists by column, without ``month``: what JSON can hold."""


def count(
    facts: Facts, months: Sequence[str], names: Collection[str] = tuple(COUNTS)
) -> dict[str, pd.DataFrame]:
    """The tables of these months, all or those named, counted from the rows."""
    return {name: _typed(name, COUNTS[name].counter(facts, months)) for name in names}


def pack(tables: Tables, month: str) -> dict[str, Packed]:
    """The tables of one month, ready to be kept."""
    found = {}
    for name, table in tables.items():
        rows = table[table["month"] == month]
        found[name] = {c: rows[c].tolist() for c in table.columns if c != "month"}
    return found


def unpack(kept: Mapping[str, Mapping[str, Packed]]) -> dict[str, pd.DataFrame]:
    """Month → its packed tables → the tables of all these months."""
    found = {}
    for name, one in COUNTS.items():
        columns: dict[str, list[Any]] = {c: [] for c in ("month", *one.words, *one.numbers)}
        for month, tables in kept.items():
            packed = tables.get(name, {})
            size = max(map(len, packed.values()), default=0)
            columns["month"] += [month] * size
            for column in one.words:
                columns[column] += packed.get(column, [None] * size)
            for column in one.numbers:  # one that a later version counts was not kept then
                columns[column] += packed.get(column, [0] * size)
        words = {c: pd.Series(columns[c], dtype=object) for c in ("month", *one.words)}
        numbers = {c: pd.Series(columns[c], dtype="int64") for c in one.numbers}
        found[name] = pd.DataFrame({**words, **numbers})
    return found


def together(first: Tables, second: Tables) -> dict[str, pd.DataFrame]:
    """The tables of two groups of months."""
    return {name: pd.concat([first[name], second[name]], ignore_index=True) for name in COUNTS}


def _typed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    one = COUNTS[name]
    kept = rows.reindex(columns=["month", *one.words, *one.numbers]).reset_index(drop=True)
    names = ("month", *one.words)
    words = {c: kept[c].astype(object).where(kept[c].notna(), None) for c in names}
    return kept.assign(**words).astype(dict.fromkeys(one.numbers, "int64"))
