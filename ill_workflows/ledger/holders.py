"""Who held a card on a day: the as-of join of loans to the home libraries' registers (7.2).

The lender knows only the card; only the home library's register knows who had it when.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

_FOR_GOOD = pd.Timestamp(2200, 1, 1)
ISSUE = ("patron", "name", "email", "destination", "issued_on", "issue_returned_on")


def holders(loans: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """Join each loan to the issue of its card that covers the day of the loan.

    ``loans`` has ``card``, ``lent_on``, ``library`` (the lender); ``issues`` has ``card``,
    ``issued_on``, ``returned_on`` (missing: still out), ``destination`` and whatever else is
    wanted.  Answers a frame with the loans' index and the issues' columns (``returned_on`` as
    ``issue_returned_on``), missing where nobody held the card that day.

    Two issues fit on a day of turnover: the one whose 前往館 is the lender, else the later.
    Registers of two months may leave an earlier issue open beside a later one: the latest issue
    that fits counts.
    """
    wanted = issues.rename(columns={"returned_on": "issue_returned_on"})
    wanted = wanted.drop(
        columns=[
            c
            for c in wanted.columns
            if c in {"library", "month", "seq", "row", "as_of", "receipt", "interim"}
        ]
    )
    columns = [c for c in wanted.columns if c != "card"]
    if loans.empty or wanted.empty:
        return pd.DataFrame(index=loans.index, columns=columns, dtype=object)
    right = _by_day(wanted)
    left = pd.DataFrame(
        {"card": loans["card"], "at": pd.to_datetime(loans["lent_on"]), "order": range(len(loans))}
    ).sort_values("at", kind="stable")
    on_the_day = _as_of(left, right, exact=True).reindex(range(len(loans)))
    before = _as_of(left, right, exact=False).reindex(range(len(loans)))
    lent = pd.to_datetime(loans["lent_on"]).to_numpy()
    lender = loans["library"].to_numpy()
    fits, fits_before = _fits(on_the_day, lent), _fits(before, lent)
    turned = fits & fits_before & (on_the_day["at_issue"].to_numpy() == lent)
    meant = (before["destination"].to_numpy() == lender) & (
        on_the_day["destination"].to_numpy() != lender
    )
    use_before = (turned & meant) | (~fits & fits_before)
    chosen = on_the_day.where(~pd.Series(use_before), before)
    nobody = pd.Series(~(fits | fits_before))
    chosen = chosen[columns].astype(object).mask(nobody, None)
    further = nobody & (on_the_day["reach"].to_numpy() >= lent)
    if further.any():
        _look_further(chosen, left[left["order"].isin(further.index[further])], right)
    chosen.index = loans.index
    return chosen


def _by_day(issues: pd.DataFrame) -> pd.DataFrame:
    """Issues by the day on which they begin, ``at``; ``reach`` is the last day on which any issue
    of the card up to this one still holds.
    """  # noqa: D205
    ordered = issues.assign(at=pd.to_datetime(issues["issued_on"])).sort_values("at", kind="stable")
    until = pd.to_datetime(ordered["issue_returned_on"]).fillna(_FOR_GOOD)
    return ordered.assign(reach=until.groupby(ordered["card"], sort=False).cummax())


def _look_further(chosen: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Behind an issue that is over, an earlier one may still be open."""
    pairs = left.merge(right, on="card", suffixes=("", "_issue"))
    back = pd.to_datetime(pairs["issue_returned_on"])
    pairs = pairs[(pairs["at_issue"] <= pairs["at"]) & (back.isna() | (back >= pairs["at"]))]
    last = pairs.sort_values("at_issue", kind="stable").drop_duplicates("order", keep="last")
    if not last.empty:
        chosen.loc[last["order"]] = last[chosen.columns].astype(object).to_numpy()


def _as_of(left: pd.DataFrame, right: pd.DataFrame, *, exact: bool) -> pd.DataFrame:
    right = right.assign(at_issue=right["at"])
    joined = pd.merge_asof(left, right, on="at", by="card", allow_exact_matches=exact)
    return joined.set_index("order")


def _fits(found: pd.DataFrame, lent: Any) -> Any:
    back = pd.to_datetime(found["issue_returned_on"])
    fits = found["at_issue"].notna() & (back.isna() | (back.to_numpy() >= lent))
    return fits.to_numpy(dtype=bool)
