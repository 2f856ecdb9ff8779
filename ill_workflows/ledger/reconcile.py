"""Contradictions between what a lender and a home library reported (Article 7.4)."""

from __future__ import annotations

from typing import Any

import pandas as pd

KINDS = ("nobody", "reissued")


def contradictions(loans: pd.DataFrame, issues: pd.DataFrame, covered: pd.Series) -> pd.DataFrame:
    """Loans that the home library's register cannot be right about.

    ``loans``: ``card``, ``lent_on``, ``returned_on``, ``as_of`` (the day of the sheet that says
    so), ``patron`` and ``issued_on`` of its holder (see :func:`ledger.holders.holders`);
    ``issues``: ``card``, ``issued_on``; ``covered``: for each loan, whether its home library's
    register of the day of the loan is in.

    Answers ``kind``, ``day``, ``loan`` and ``issue`` (indexes): *nobody* held the card on the day
    of the loan; *reissued*: the card was given out again while the book was out, as the lender's
    sheet of that day or later says.  On the day of the loan itself a card may change hands, and
    a book that was back by the day of the re-issue contradicts nothing.
    """
    nobody = loans.index[loans["patron"].isna() & covered]
    found: list[tuple[str, Any, Any, int | None]]
    found = [("nobody", loans.loc[place, "lent_on"], place, None) for place in nobody]
    held = loans[loans["patron"].notna()]
    if len(held) and len(issues):
        found += _reissued(held, issues)
    return pd.DataFrame(found, columns=["kind", "day", "loan", "issue"])


def _reissued(held: pd.DataFrame, issues: pd.DataFrame) -> list[tuple[str, Any, Any, int | None]]:
    """The first issue of the card after the loan began, where the book was out by then."""
    began = pd.DataFrame({"lent": as_days(held["lent_on"]), "issued": as_days(held["issued_on"])})
    loans = pd.DataFrame(
        {
            "loan": held.index,
            "card": held["card"].astype(str).to_numpy(),
            "after": began.max(axis=1).to_numpy(),
            "until": out_until(held).to_numpy(),
        }
    ).sort_values("after", kind="stable")
    again = pd.DataFrame(
        {
            "issue": issues.index,
            "card": issues["card"].astype(str).to_numpy(),
            "day": issues["issued_on"].to_numpy(),
            "again": as_days(issues["issued_on"]).to_numpy(),
        }
    ).sort_values("again", kind="stable")
    pairs = pd.merge_asof(
        loans, again, left_on="after", right_on="again", by="card", direction="forward",
        allow_exact_matches=False,
    )  # fmt: skip
    hit = pairs[pairs["again"].notna() & (pairs["until"] > pairs["again"])].sort_values("loan")
    return [
        ("reissued", day, loan, int(issue))
        for day, loan, issue in zip(hit["day"], hit["loan"], hit["issue"], strict=True)
    ]


def as_days(days: pd.Series) -> pd.Series:
    """Days as pandas compares them; none is NaT."""
    return pd.to_datetime(days).astype("datetime64[ns]")


def out_until(loans: pd.DataFrame) -> pd.Series:
    """The day on which each book came back; one that is out on the day of its sheet (``as_of``)
    comes back on the next at the earliest.
    """  # noqa: D205
    back = as_days(loans["returned_on"])
    return back.where(back.notna(), as_days(loans["as_of"]) + pd.Timedelta(days=1))
