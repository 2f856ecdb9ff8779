"""What passed between two libraries in some days: claims opened, paid, waived (Article 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from ill_workflows.ledger.accounts import Account, Deed

Pair: TypeAlias = tuple[str, str]
"""Lender and home library: who claims, and from whom."""
Moved: TypeAlias = tuple[str, str, Deed, date, int]
"""Lender, home library, deed, its day, what it adds to the balance."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Whole NT$; ``corrected`` holds corrections of either sign and what was withdrawn."""

    opening: int = 0
    new: int = 0
    corrected: int = 0
    paid: int = 0
    waived: int = 0

    @property
    def closing(self) -> int:
        """What is owed in the end."""
        return self.opening + self.new + self.corrected - self.paid - self.waived


def moves(accounts: Iterable[Account]) -> Iterable[Moved]:
    """The actions of claims."""
    for one in accounts:
        for action in one.actions:
            yield one.lender, one.home, action.deed, action.day, action.change


def flows(moved: Iterable[Moved], first: date, last: date) -> dict[Pair, Flow]:
    """Pair → what passed from ``first`` to ``last``; pairs of which nothing is known are left out.

    An action counts on its day, whenever it was told.
    """
    sums: dict[Pair, dict[str, int]] = {}
    for lender, home, deed, day, change in moved:
        if day > last:
            continue
        into = sums.setdefault((lender, home), {})
        name, sign = ("opening", 1) if day < first else COLUMN[deed]
        into[name] = into.get(name, 0) + sign * change
    return {pair: Flow(**named) for pair, named in sorted(sums.items())}


COLUMN: dict[Deed, tuple[str, int]] = {
    "opened": ("new", 1), "corrected": ("corrected", 1), "withdrawn": ("corrected", 1),
    "part_paid": ("paid", -1), "paid": ("paid", -1), "waived": ("waived", -1),
}  # fmt: skip


def net(flows_of: dict[Pair, Flow], library: str, other: str) -> int:
    """What a library has to get from another, less what it has to pay: the other's, negated."""
    nothing = Flow()
    gets = flows_of.get((library, other), nothing)
    pays = flows_of.get((other, library), nothing)
    return gets.closing - pays.closing
