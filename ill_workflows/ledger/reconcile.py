"""Contradictions between what a lender and a home library reported (Article 7.4)."""

from __future__ import annotations

import pandas as pd

KINDS = ("nobody", "reissued")


def contradictions(loans: pd.DataFrame, issues: pd.DataFrame, covered: pd.Series) -> pd.DataFrame:
    """Loans that the home library's register cannot be right about.

    ``loans``: ``card``, ``lent_on``, ``returned_on``, ``as_of`` (the day of the sheet that says
    so), ``patron`` and ``issued_on`` of its holder (see :func:`ledger.holders.holders`);
    ``issues``: ``card``, ``issued_on``; ``covered``: for each loan, whether its home library's
    register of the day of the loan is in.

    Answers ``kind``, ``day``, ``loan`` (the loan's index): *nobody* held the card on the day of
    the loan; *reissued*: the card was given out again while the book was out, as the lender's
    sheet of that day or later says.  On the day of the loan itself a card may change hands, and
    a book that was back by the day of the re-issue contradicts nothing.
    """
    nobody = loans.index[loans["patron"].isna() & covered]
    found = [("nobody", loans.loc[place, "lent_on"], place) for place in nobody]
    held = loans[loans["patron"].notna()].reset_index(names="loan")
    held = held[["loan", "card", "lent_on", "returned_on", "as_of", "issued_on"]]
    pairs = held.merge(issues[["card", "issued_on"]], on="card", suffixes=("", "_next"))
    day = {name: pd.to_datetime(pairs[name]) for name in pairs.columns.difference(["loan", "card"])}
    again = day["issued_on_next"]
    out_until = day["returned_on"].where(day["returned_on"].notna(), _day_after(day["as_of"]))
    hit = pairs[(again > day["lent_on"]) & (again > day["issued_on"]) & (out_until > again)]
    first = hit.sort_values("issued_on_next", kind="stable").drop_duplicates("loan")
    found += [
        ("reissued", issued, loan)
        for loan, issued in zip(first["loan"], first["issued_on_next"], strict=True)
    ]
    return pd.DataFrame(found, columns=["kind", "day", "loan"])


def _day_after(days: pd.Series) -> pd.Series:
    """A book that is out on the day of the sheet comes back on the next at the earliest."""
    return days + pd.Timedelta(days=1)
