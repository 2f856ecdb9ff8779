"""Who held a card on a day: the as-of join of loans to the home libraries' registers (7.2).

The lender knows only the card; only the home library's register knows who had it when.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    begun = _days(wanted["issued_on"])
    order = np.argsort(codes * _DAYS + begun, kind="stable")
    register = _Register(
        codes[order] * _DAYS,
        begun[order],
        _days(wanted["issue_returned_on"])[order],
        wanted["destination"].to_numpy(dtype=object)[order],
    )
    lent = _days(loans["lent_on"])
    card = known.get_indexer(pd.Index(loans["card"])).astype(np.int64) * _DAYS
    place = register.fitting(card, lent)
    place = register.turned(place, loans["library"].to_numpy(dtype=object), lent)
    held, row = place >= 0, order[place]
    found = {}
    for name in columns:
        values = wanted[name].to_numpy(dtype=object)[row]
        values[~held] = None
        found[name] = values
    return pd.DataFrame(found, index=loans.index, columns=columns, dtype=object)


def _days(days: pd.Series) -> Numbers:
    """Days as numbers; none is for good."""
    known = pd.to_datetime(days).to_numpy("datetime64[D]")
    return np.where(np.isnat(known), _FOR_GOOD, known.astype(np.int64))


@dataclass(frozen=True)
class _Register:
    """Issues in the order of card and day; ``card`` is the card's number, room made for a day."""

    card: Numbers
    begun: Numbers
    until: Numbers
    destination: npt.NDArray[np.object_]

    def fitting(self, card: Numbers, lent: Numbers) -> Numbers:
        """For each loan, the place of the latest issue that covers its day; -1: there is none."""
        place = np.searchsorted(self.card + self.begun, card + lent, side="right") - 1
        reach = np.maximum.accumulate(self.card + self.until)  # of this issue and those before it
        fits = (
            (card >= 0) & (place >= 0) & (self.card[place] == card) & (reach[place] >= card + lent)
        )
        place = np.where(fits, place, -1)
        while (over := fits & (self.until[place] < lent)).any():  # behind it one is still open
            place[over] -= 1
        return place

    def turned(self, place: Numbers, lender: npt.NDArray[np.object_], lent: Numbers) -> Numbers:
        """On a day of turnover, the issue before it where that was on the way to the lender."""
        changed = np.flatnonzero((place > 0) & (self.begun[place] == lent))
        now, before = place[changed], place[changed] - 1
        both = (self.card[before] == self.card[now]) & (self.until[before] >= lent[changed])
        to = lender[changed]
        meant = both & (self.destination[before] == to) & (self.destination[now] != to)
        place[changed[meant]] -= 1
        return place
