"""The rows that claims follow from, every accepted version of each."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, func, or_, select, tuple_

from ill_workflows.store.tables import SHEETS, submissions

_CLAIMS: Final = SHEETS["cases_claims"]
_LOANS: Final = SHEETS["usage_loans"]
_CONDITIONS: Final = ("遺失", "毀損")
_LATER: Final = submissions.alias("later")


def claims(connection: Connection) -> list[dict[str, Any]]:
    """All rows of 罰款賠償, oldest first; those of which the card is not known are left out."""
    query = _rows(_CLAIMS).where(_CLAIMS.c.card.is_not(None), _CLAIMS.c.claim_no.is_not(None))
    return _asked(connection, query)


def cards(connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
    """(lender, number) of each claim → its card and item, as told last."""
    return {
        (row["library"], row["claim_no"]): (row["card"], row["item"] or "")
        for row in claims(connection)
    }


def loans(connection: Connection) -> list[dict[str, Any]]:
    """All rows of loans of which some row shows a fine that is not paid, or a book that is lost
    or damaged; replaced ones too, with ``gone_on``, the day of the sheet that replaced theirs.
    """  # noqa: D205
    owing = (
        select(submissions.c.library, _LOANS.c.card, _LOANS.c.item, _LOANS.c.lent_on)
        .join(submissions, submissions.c.id == _LOANS.c.submission)
        .where(
            submissions.c.state == "accepted",
            or_(
                _LOANS.c.fine > func.coalesce(_LOANS.c.fine_paid, 0),
                _LOANS.c.condition.in_(_CONDITIONS),
            ),
        )
    )
    key = tuple_(submissions.c.library, _LOANS.c.card, _LOANS.c.item, _LOANS.c.lent_on)
    return _asked(connection, _rows(_LOANS).where(key.in_(owing)))


def _rows(table: Any) -> Select[Any]:
    """Rows of accepted versions with their submission's columns."""
    return (
        select(
            submissions.c.library, submissions.c.month, submissions.c.as_of, submissions.c.receipt,
            submissions.c.filename, submissions.c.id.label("seq"), submissions.c.superseded_by,
            _LATER.c.as_of.label("gone_on"),
            *(c for c in table.columns if c.name != "submission"),
        )
        .join(submissions, submissions.c.id == table.c.submission)
        .outerjoin(_LATER, _LATER.c.id == submissions.c.superseded_by)
        .where(submissions.c.state == "accepted")
        .order_by(submissions.c.id, table.c.row)
    )  # fmt: skip


def _asked(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]
