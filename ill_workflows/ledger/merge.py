"""Which row counts: a fact once, however many sheets carry it over.

The row in the library's latest accepted month counts; within a month the later accepted one.
Of forms without a month (cases, leavers) it is the later accepted one of each key.
An interim sheet stands in its month like any other version.  A resubmitted older month
therefore changes only what no later month says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from ill_workflows.rules.due import due_date
from ill_workflows.rules.policy import Member

LOST = "遺失"


def latest(rows: pd.DataFrame, identity: tuple[str, ...]) -> pd.DataFrame:
    """The row that counts for each fact.

    ``rows`` has ``library``, ``month``, ``seq`` and the columns of ``identity``; answers its
    columns, one row a fact, index reset.
    """
    if rows.empty:
        return rows.reset_index(drop=True)
    ordered = rows.sort_values(["month", "seq", "row"], kind="stable")
    counted = ordered.drop_duplicates(["library", *identity], keep="last")
    return counted.sort_values(["library", "month", "row"], kind="stable").reset_index(drop=True)


def newest_sheets(versions: pd.DataFrame, form: str) -> pd.DataFrame:
    """The newest accepted sheet of each library.

    Columns: ``as_of`` (age of its facts), ``receipt``, ``month``, ``received_on`` and ``seq`` of
    the newest version of the newest month, interim ones included; ``full_month`` the newest month
    that was reported in full (missing: none yet), ``full_months`` all of them.  Index: library.
    """
    mine = versions[
        (versions["form"] == form)
        & (versions["state"] == "accepted")
        & versions["superseded_by"].isna()
    ].sort_values(["month", "id"], kind="stable")
    newest = mine.drop_duplicates("library", keep="last").set_index("library")
    months: dict[str, set[str]] = {}
    full = mine[~mine["interim"].astype(bool)]
    for library, month in zip(full["library"], full["month"], strict=True):
        months.setdefault(library, set()).add(month)
    frame = newest[["as_of", "receipt", "month", "received_on"]].copy()
    frame["seq"] = newest["id"]
    named = [frozenset(months.get(library, ())) for library in frame.index]
    frame["full_month"] = pd.Series([max(m, default=None) for m in named], frame.index, object)
    frame["full_months"] = pd.Series(named, frame.index, object)
    return frame


def missing_since(loans: pd.DataFrame, sheets: pd.DataFrame) -> pd.Series:
    """Whether an open loan is absent from a later month's full sheet: neither open nor back."""
    full: dict[Any, str | None] = sheets["full_month"].to_dict()
    later = [
        (newest := full.get(library)) is not None and newest > month
        for library, month in zip(loans["library"], loans["month"], strict=True)
    ]
    still = loans["returned_on"].isna() & (loans["condition"] != LOST)
    return still & pd.Series(later, index=loans.index, dtype=bool)


def renewed(loans: pd.DataFrame) -> pd.Series:
    """Whether the same book was lent on the same card again: the later loan speaks for both."""
    lent = pd.to_datetime(loans["lent_on"])  # dates among objects would be compared one by one
    last = lent.groupby([loans["library"], loans["card"], loans["item"]]).transform("max")
    return lent < last


def due_dates(loans: pd.DataFrame, members: Mapping[str, Member]) -> pd.Series:
    """Each loan's due date: the lender's own, else computed from its rules and open days.

    ``loans`` has ``library`` (the lender), ``lent_on`` and ``due_on`` as days.
    """
    known: dict[tuple[str, date], date] = {}

    def due(lender: str, lent: date, written: date | None) -> date:
        if isinstance(written, date) and not pd.isna(written):
            return written
        pair = (lender, lent)
        if pair not in known:
            member = members[lender]
            known[pair] = due_date(lent, member.rules.days, member.calendar)
        return known[pair]

    values = [
        due(*triple)
        for triple in zip(loans["library"], loans["lent_on"], loans["due_on"], strict=True)
    ]
    return pd.Series(values, index=loans.index, dtype=object)
