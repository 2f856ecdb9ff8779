"""Months whose figures are frozen, and what later sheets would change in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Amount = int | float | None


@dataclass(frozen=True, slots=True)
class Closing:
    """A month whose figures were frozen on a day, and the digest of what is kept of it."""

    month: str
    closed_on: date
    digest: str
    reopened_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of a closed month as it stands, and as it would be; None: not reported.

    ``measure`` is a name of :data:`ill_workflows.evaluation.measures.ORDER`.
    """

    measure: str
    library: str
    old: Amount
    new: Amount


@dataclass(frozen=True, slots=True)
class Restatement:
    """What the sheets of one library would change in one closed month.

    ``receipts`` are those that came since; none where the rules or the calendar were changed.
    ``adopted_on`` is the day on which the month was closed again with them; ``holds`` says that the
    month is still closed without them, and that nothing newer has been said of it.
    """

    month: str
    library: str
    receipts: tuple[str, ...]
    noticed_on: date
    changes: tuple[Change, ...]
    adopted_on: date | None = None
    holds: bool = True

    @property
    def waiting(self) -> bool:
        """Whether the month's figures lack it: one that was taken back changes nothing."""
        return self.holds and bool(self.changes)
