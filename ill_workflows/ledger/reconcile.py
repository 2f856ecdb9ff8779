"""Contradictions between what a lender and a home library reported (Article 7.4)."""

from __future__ import annotations

import pandas as pd

KINDS = ("nobody", "reissued")


def contradictions(loans: pd.DataFrame, issues: pd.DataFrame, covered: pd.Series) -> pd.DataFrame:
    """Loans that the home library's register cannot be right about.

    ``loans``: ``library``, ``card``, ``item``, ``title``, ``lent_on``, ``returned_on``,
    ``patron`` and ``issued_on`` of its holder (see :func:`ledger.holders.holders`);
    ``issues``: ``card``, ``issued_on``; ``covered``: for each loan, whether its home library's
    register of the month of the loan is in.

    Answers ``kind``, ``day``, ``loan`` (the loan's index): *nobody* held the card on the day of
    the loan; *reissued*: the card was given out again while the lender reports the book out.
    """
    found = []
    nobody = loans.index[loans["patron"].isna() & covered]
    found += [("nobody", loans.at[i, "lent_on"], i) for i in nobody]
    later = loans.reset_index(names="loan")[["loan", "card", "lent_on", "returned_on", "issued_on"]]
    pairs = later.merge(issues[["card", "issued_on"]], on="card", suffixes=("", "_next"))
    if not pairs.empty:
        again = (
            (pairs["issued_on_next"] >= pairs["lent_on"])
            & pairs["issued_on"].notna()
            & (pairs["issued_on_next"] > pairs["issued_on"].fillna(pairs["issued_on_next"]))
            & (
                pairs["returned_on"].isna()
                | (pairs["returned_on"].fillna(pairs["lent_on"]) > pairs["issued_on_next"])
            )
        )
        hit = pairs[again].sort_values("issued_on_next").drop_duplicates("loan")
        found += [
            ("reissued", day, loan)
            for loan, day in zip(hit["loan"], hit["issued_on_next"], strict=True)
        ]
    return pd.DataFrame(found, columns=["kind", "day", "loan"])
