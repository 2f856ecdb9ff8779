"""A claim's values: what a row says of it, what was done about it, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from ill_workflows.forms.choices import CLAIM_KINDS
from ill_workflows.ledger.places import Place

FINE, LOST, DAMAGED = CLAIM_KINDS[:3]
DERIVED: Final = {FINE: "fine", LOST: "lost", DAMAGED: "damaged"}
"""Kinds of claims that a loan's row can open, and how its name says so."""
Deed = Literal["opened", "part_paid", "paid", "waived", "corrected", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Told:
    """What one accepted row says of a claim.

    ``number`` is the lender's own, or names the loan; ``amount`` is None where nobody has told it.
    A row of a loan has ``lent_on``, and is gone once ``until``, the number of the submission that
    replaces its sheet, came in on ``gone_on``.  ``nothing``: by this row nothing is asked.
    """

    lender: str
    number: str
    card: str
    item: str
    kind: str
    amount: int | None
    paid: int
    opened_on: date
    as_of: date
    seq: int
    place: Place
    word: str = ""
    acted_on: date | None = None
    title: str = ""
    month: str = ""
    lent_on: date | None = None
    until: int | None = None
    gone_on: date | None = None
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was done about a claim; ``change`` is what it adds to the balance."""

    deed: Deed
    day: date
    change: int
    place: Place


@dataclass(frozen=True, slots=True)
class Account:
    """A claim with its actions in order.

    ``balance`` = amount - paid - waived as its last row has it; ``priced`` says that an amount was
    told.  ``lent_on`` is the day of its loan, where that is known; ``formerly`` are the names of
    the loans from which it was known before the form's row took it over.
    """

    lender: str
    number: str
    card: str
    item: str
    title: str
    kind: str
    opened_on: date
    as_of: date
    balance: int
    priced: bool
    settled: bool
    actions: tuple[Action, ...]
    lent_on: date | None = None
    formerly: tuple[str, ...] = ()

    @property
    def home(self) -> str:
        """The library that owns the card: it is asked."""
        return self.card.rpartition("-")[0]

    def by(self, day: date) -> int:
        """The balance at the end of a day."""
        return sum(action.change for action in self.actions if action.day <= day)
