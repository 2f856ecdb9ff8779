"""Departure clearance (Articles 5.3, 7.4): whom a leaver may owe something, and what they say.

A lender is concerned with a leaver where it lent on a card in the days on which the leaver held
it, where the card was given out for it, and, where nobody knows what the card was given out for,
as long as its sheets do not cover those days.  Silence is never consent: cleared is who has an
answer from every lender concerned, and whose cards are all back and checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

from ill_workflows.lending.cases import Reader, case_key


@dataclass(frozen=True, slots=True)
class Leaving:
    """A row of a home library's list of leavers, as it was sent last."""

    home: str
    patron: str
    kind: str
    leaving_on: date
    withdrawn_on: date | None
    listed_on: date
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A card and the days on which the leaver held it; ``back`` once it is returned and checked.

    ``destination`` is a library's code, or empty where the register does not know; ``ref`` is the
    number under which lenders answer about this card.
    """

    card: str
    since: date
    until: date | None
    back: bool
    destination: str = ""
    ref: str = ""

    def holds(self, day: date) -> bool:
        """Whether the leaver held the card on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Lent:
    """A book lent on a card, as its lender's sheets say last."""

    lender: str
    card: str
    item: str
    title: str
    lent_on: date
    returned_on: date | None
    fine: int
    paid: int
    as_of: date
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """What a lender still waits for: a book, money, or both."""

    item: str = ""
    title: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a lender has answered about a leaver: nothing, or what is owed."""

    number: str
    lender: str
    answered_on: date
    owed: tuple[Owed, ...] = ()
    since: date | None = None

    @property
    def clear(self) -> bool:
        """Whether nothing is owed."""
        return not self.owed


State = Literal["waiting", "clear", "owes"]


@dataclass(frozen=True, slots=True)
class Concern:
    """A lender that may hold something against a leaver; it knows the cards, not the person.

    ``settled`` says that the lender's own sheet has ended what it had answered.
    """

    home: str
    number: str
    lender: str
    leaving_on: date
    held: tuple[Held, ...]
    state: State
    owed: tuple[Owed, ...] = ()
    answered_on: date | None = None
    settled: bool = False

    @property
    def key(self) -> str:
        """``clearance/<home>/<opaque>/<lender>``."""
        return case_key("clearance", self.home, self.number, self.lender)


@dataclass(frozen=True, slots=True)
class Clearance:
    """A leaver and what stands against the leaving; ``number`` tells nobody who it is.

    ``state``: *cleared*, *held* (a lender waits for something, or a card is not back), *open*
    (lenders are still asked) or *withdrawn*.
    """

    home: str
    number: str
    reader: Reader
    kinds: tuple[str, ...]
    leaving_on: date
    listed_on: date
    withdrawn_on: date | None
    held: tuple[Held, ...]
    concerns: tuple[Concern, ...] = field(default=())

    @property
    def key(self) -> str:
        """``clearance/<home>/<opaque>``."""
        return case_key("clearance", self.home, self.number)

    @property
    def cards_out(self) -> tuple[Held, ...]:
        """Cards that are not back, or not checked (借書證尚未繳回)."""
        return tuple(one for one in self.held if not one.back)

    @property
    def owing(self) -> tuple[Concern, ...]:
        """The lenders that wait for something."""
        return tuple(one for one in self.concerns if one.state == "owes")

    @property
    def waiting(self) -> tuple[Concern, ...]:
        """The lenders that have not answered."""
        return tuple(one for one in self.concerns if one.state == "waiting")

    @property
    def state(self) -> str:
        """Where it stands."""
        if self.withdrawn_on is not None:
            return "withdrawn"
        if self.owing:
            return "held"
        if self.waiting:
            return "open"
        return "held" if self.cards_out else "cleared"

    @property
    def mark(self) -> str:
        """Changes with what there is to tell of the state: a letter about it is written once."""
        owed = [(c.lender, o.item, o.amount) for c in self.owing for o in c.owed]
        cards = [(h.card, str(h.since)) for h in self.cards_out]
        clear = [(c.lender, str(c.answered_on)) for c in self.concerns if c.state == "clear"]
        told = (self.state, sorted(owed), cards, clear if self.state == "cleared" else ())
        return sha256(repr(told).encode()).hexdigest()[:16]
