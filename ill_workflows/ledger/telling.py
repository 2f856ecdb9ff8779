"""What rows of 罰款賠償 and 借出紀錄 say of claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ill_workflows.forms.cases import CLAIMS
from ill_workflows.forms.usage import LOANS
from ill_workflows.ledger.accounts import DAMAGED, DERIVED, FINE, LOST, Told
from ill_workflows.ledger.places import Place

Row = Mapping[str, Any]
_BY_CONDITION = {"遺失": LOST, "毀損": DAMAGED}


def by_form(rows: Iterable[Row]) -> Iterator[Told]:
    """Rows of 罰款賠償, each with its submission's columns."""
    for row in rows:
        yield Told(
            row["library"], row["claim_no"], row["card"], row["item"] or "", row["kind"],
            row["amount"], row["paid"] or 0, row["opened_on"], row["as_of"], row["seq"],
            _place(row, CLAIMS.title), row["action"] or "", row["acted_on"],
        )  # fmt: skip


def by_loan(rows: Iterable[Row]) -> Iterator[Told]:
    """Rows of 借出紀錄, each once a kind of claim that it could open.

    A fine is claimed once the book is back: until then it grows.  A fine that the lender has not
    written is none; what a lost or damaged book costs only the form can tell.  ``superseded_by``
    is the submission that replaces the row's sheet, ``gone_on`` the day of that one.
    """
    for row in rows:
        back, fine = row["returned_on"], row["fine"] or 0
        found = _BY_CONDITION.get(row["condition"] or "")
        owing = {
            FINE: back is not None and fine > 0,
            LOST: found == LOST,
            DAMAGED: found == DAMAGED,
        }
        for kind, name in DERIVED.items():
            loan = "/".join((row["card"], row["item"], str(row["lent_on"]), name))
            fined = kind == FINE
            yield Told(
                row["library"], loan, row["card"], row["item"], kind,
                fine if fined else None, row["fine_paid"] or 0 if fined else 0,
                back or (row["lent_on"] if fined else row["as_of"]), row["as_of"], row["seq"],
                _place(row, LOANS.title), title=row["title"] or "", month=row["month"] or "",
                lent_on=row["lent_on"], until=row["superseded_by"], gone_on=row["gone_on"],
                nothing=not owing[kind],
            )  # fmt: skip


def _place(row: Row, sheet: str) -> Place:
    return Place(row["receipt"], row["filename"], sheet, row["row"])
