"""Claims: what a lender asks of a home library, and all that was done about it (5.2, 7.6).

A claim is told by the rows of its lender: those of 罰款賠償, and those of 借出紀錄 that show a fine
unpaid, a book lost or damaged.  Where both speak of one card, item and kind, the form's row beats
the other.  The rows are gone through in the order in which they were accepted; what each changes is
an *action*, which is never overwritten, so that the sum of a claim's actions is its balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from ill_workflows.ledger.accounts import Account, Told
from ill_workflows.ledger.actions import gone_through, of_loan

Named: TypeAlias = tuple[str, str]
"""Lender and number."""


def accounts(form: Iterable[Told], loans: Iterable[Told]) -> list[Account]:
    """All claims, settled ones among them, by lender and number.

    ``form`` are the rows of 罰款賠償, ``loans`` what the rows of 借出紀錄 say: every accepted
    version of each.
    """
    filed = _grouped(form)
    derived = {
        name: rows
        for name, rows in _grouped(loans).items()
        if any(stand.open for _, stand in of_loan(rows))
    }
    taken: dict[Named, list[Named]] = {name: [] for name in filed}
    found = []
    for name, rows in derived.items():
        one = _beaten_by(rows[-1], filed)
        if one is None:
            found.append(gone_through((), [rows]))
        else:
            taken[one].append(name)
    for name, rows in filed.items():
        found.append(gone_through(rows, [derived[one] for one in taken[name]]))
    return sorted(found, key=lambda one: (one.lender, one.number))


def _grouped(rows: Iterable[Told]) -> dict[Named, list[Told]]:
    """Rows by claim, each in the order in which they were accepted."""
    groups: dict[Named, list[Told]] = {}
    for row in sorted(rows, key=lambda row: (row.seq, row.place.row)):
        groups.setdefault((row.lender, row.number), []).append(row)
    return groups


def _beaten_by(loan: Told, filed: Mapping[Named, list[Told]]) -> Named | None:
    """The form's claim for the same card, item and kind, opened since the loan began.

    One without an item is about all that is owed on the card.
    """
    fitting = [
        (not row.item, row.opened_on, name)
        for name, (*_, row) in filed.items()
        if (row.lender, row.card, row.kind) == (loan.lender, loan.card, loan.kind)
        and row.item in {loan.item, ""}
        and (loan.lent_on is None or loan.lent_on <= row.opened_on)
    ]
    return min(fitting)[2] if fitting else None
