"""Who held a card on a day: the as-of join of loans to the home libraries' registers (7.2).

The lender knows only the card; only the home library's register knows who had it when.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

_NOT_THE_ISSUES_OWN: Final = frozenset(
    {"library", "month", "seq", "row", "as_of", "receipt", "interim"}
)
_DAYS: Final = 1 << 20
"""More days than any calendar here has: a card and a day are one number."""
_FOR_GOOD: Final = _DAYS - 1
Numbers: TypeAlias = npt.NDArray[np.int64]


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
    columns = [c for c in wanted.columns if c not in _NOT_THE_ISSUES_OWN and c != "card"]
    if loans.empty or wanted.empty:
        return pd.DataFrame(index=loans.index, columns=columns, dtype=object)
    codes, known = pd.factorize(wanted["card"])
    order = np.lexsort((_days(wanted["issued_on"]), codes))
    codes, ordered = codes[order].astype(np.int64), wanted.iloc[order]
    lent = _days(loans["lent_on"])
    card = known.get_indexer(loans["card"]).astype(np.int64)
    place = _fitting(codes, ordered, card, lent)
    place = _turned(place, codes, ordered, loans["library"].to_numpy(), lent)
    found = ordered[columns].take(np.maximum(place, 0)).astype(object)
    found.index = loans.index
    return found.mask(place < 0, None)


def _days(days: pd.Series) -> Numbers:
    """Days as numbers; none is for good."""
    known = pd.to_datetime(days).to_numpy("datetime64[D]")
    return np.where(np.isnat(known), _FOR_GOOD, known.astype(np.int64))


def _fitting(codes: Numbers, issues: pd.DataFrame, card: Numbers, lent: Numbers) -> Numbers:
    """For each loan, the place of the latest issue that covers its day; -1 where there is none.

    ``issues`` are ordered by card and day, ``codes`` are their cards.
    """
    keys = codes * _DAYS + _days(issues["issued_on"])
    until = _days(issues["issue_returned_on"])
    reach = np.maximum.accumulate(codes * _DAYS + until)  # of this issue and those before it
    place = np.searchsorted(keys, card * _DAYS + lent, side="right") - 1
    fits = (
        (card >= 0) & (place >= 0) & (codes[place] == card) & (reach[place] >= card * _DAYS + lent)
    )
    place = np.where(fits, place, -1)
    while (over := fits & (until[place] < lent)).any():  # behind it one is still open
        place[over] -= 1
    return place


def _turned(
    place: Numbers,
    codes: Numbers,
    issues: pd.DataFrame,
    lender: npt.NDArray[np.object_],
    lent: Numbers,
) -> Numbers:
    """On a day of turnover, the issue before it where that was on the way to the lender."""
    begun, until = _days(issues["issued_on"]), _days(issues["issue_returned_on"])
    going = issues["destination"].to_numpy()
    before = np.maximum(place - 1, 0)
    both = (
        (place > 0)
        & (codes[before] == codes[place])
        & (begun[place] == lent)
        & (until[before] >= lent)
    )
    meant = both & (going[before] == lender) & (going[place] != lender)
    return np.where(meant, before, place)
