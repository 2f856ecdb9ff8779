"""What is claimed, from the rows of the store: for letters, statements and the evaluation."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from sqlalchemy import Connection

from ill_workflows.ledger.accounts import Account
from ill_workflows.ledger.claims import accounts
from ill_workflows.ledger.telling import by_form, by_loan
from ill_workflows.lending.cases import Sheets
from ill_workflows.lending.claims import Claim, open_claims
from ill_workflows.store import owing, standing


def all_claims(connection: Connection) -> list[Account]:
    """Every claim that was ever told, with its actions."""
    return accounts(by_form(owing.claims(connection)), by_loan(owing.loans(connection)))


def waiting(connection: Connection, sheets: Sheets, members: Container[str]) -> list[Claim]:
    """The claims between members that are not settled; ``sheets`` knows the loans of late."""
    found = [
        one
        for one in all_claims(connection)
        if not one.settled and one.lender in members and one.home in members
    ]
    if not found:
        return []
    issues = standing.sheet_rows(connection, "cards_issues", cards={one.card for one in found})
    return open_claims(found, issues, _lent(sheets))


def _lent(sheets: Sheets) -> dict[tuple[str, str, str], list[tuple[date, str]]]:
    known: dict[tuple[str, str, str], list[tuple[date, str]]] = {}
    columns = ("library", "card", "item", "lent_on", "title")
    rows = (sheets.loans[name] for name in columns)
    for lender, card, item, day, title in zip(*rows, strict=True):
        known.setdefault((lender, card, item), []).append((day, title or ""))
    return known
