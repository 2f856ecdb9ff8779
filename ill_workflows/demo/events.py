"""What happens in the invented alliance: the truth, of which each library's sheets show a part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ill_workflows.demo.books import Book
from ill_workflows.demo.readers import Reader


@dataclass(frozen=True, slots=True)
class Issue:
    """A card given to a reader; ``returned_on`` is None where it never came back."""

    card: str
    reader: Reader
    issued_on: date
    destination: str
    returned_on: date | None
    checked_by: str = ""
    checked_on: date | None = None
    note: str = ""

    @property
    def home(self) -> str:
        """The library whose card it is."""
        return self.card.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class Loan:
    """A book lent on a card; ``fine`` is what the lender charged when it came back."""

    lender: str
    card: str
    book: Book
    lent_on: date
    due_on: date
    returned_on: date | None
    fine: int = 0
    fine_paid: int = 0
    condition: str = "正常"
    lost_on: date | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str, date]:
        """Card, item and day: what makes it one loan."""
        return (self.card, self.book.item, self.lent_on)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a lender received, and what became of it on ``answered_on``.

    One that was forgotten is in no sheet before ``remembered_on``.
    """

    lender: str
    number: str
    requested_on: date
    borrower: str
    service: str = ""
    title: str = ""
    material: str = ""
    published: int | None = None
    answered_on: date = date.max
    outcome: str = ""
    reason: str = ""
    supplied_as: str = ""
    pages: int | None = None
    fee: int | None = None
    note: str = ""
    remembered_on: date = date.min


@dataclass(frozen=True, slots=True)
class CardState:
    """A card that is lost or void from a day on, or new because another one was."""

    card: str
    state: str
    since: date
    note: str
