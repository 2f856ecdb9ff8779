"""The rows that count, as the ledger and the checks ask for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Select, Table, and_, bindparam, exists, false, func, or_, select

from ill_workflows.forms.choices import VOID_STATES
from ill_workflows.store.tables import SHEETS, submissions

if TYPE_CHECKING:
    import pandas as pd


MOST_NAMED: Final = 20_000
"""Values that one question to the database may name."""
_COUNT: Final = (submissions.c.state == "accepted", submissions.c.superseded_by.is_(None))
"""What a version must be for its rows to count."""
_STOCK: Final = SHEETS["cards_stock"]


def versions(connection: Connection) -> pd.DataFrame:
    """Every submission whose library is known, oldest first, without its notes."""
    columns = [c for c in submissions.columns if c.name != "notes"]
    query = select(*columns).where(submissions.c.library != "").order_by(submissions.c.id)
    return _frame(connection, query)


def cards_at(
    connection: Connection, table: str, receipts: Collection[str]
) -> dict[tuple[str, int], str]:
    """The card of every row of these submissions, also of those that were replaced since:
    (receipt, row) → card.
    """  # noqa: D205
    target = SHEETS[table]
    query = (
        select(submissions.c.receipt, target.c.row, target.c.card)
        .join(submissions, submissions.c.id == target.c.submission)
        .where(submissions.c.receipt.in_(sorted(receipts)))
    )
    return {(receipt, row): card for receipt, row, card in connection.execute(query)}


def first_month(connection: Connection) -> str | None:
    """The earliest month of which anything is known: a sheet's, or that of the first arrival."""
    query = select(func.min(submissions.c.month), func.min(submissions.c.received_on)).where(
        submissions.c.state == "accepted"
    )
    sheet, day = connection.execute(query).one()
    return min(filter(None, (sheet, str(day)[:7] if day else None)), default=None)


def received(connection: Connection, numbers: Collection[int]) -> dict[int, date]:
    """Submission → the day on which it came in."""
    query = select(submissions.c.id, submissions.c.received_on)
    days = connection.execute(query.where(submissions.c.id.in_([int(n) for n in numbers])))
    return {int(number): day for number, day in days}


def sheet_rows(  # noqa: PLR0913 - each narrows the question in its own way
    connection: Connection,
    table: str,
    *,
    library: str | None = None,
    cards: Collection[str] | None = None,
    still_open: bool = False,
    since: date | None = None,
) -> pd.DataFrame:
    """The rows that may count: of accepted versions that nothing supersedes, each with its
    submission's ``library``, ``month``, ``as_of``, ``receipt``, ``interim`` and number ``seq``.

    ``library`` and ``cards`` narrow them to one library's, or to some cards.  ``still_open``
    narrows loans and issues to the keys of which some version says that the book, or the card,
    is not back, and to those that began on ``since`` or later: what reminders need, however long
    the history is.
    """  # noqa: D205
    target = SHEETS[table]
    query = (
        select(
            submissions.c.library, submissions.c.month, submissions.c.as_of, submissions.c.receipt,
            submissions.c.interim, submissions.c.id.label("seq"),
            *(c for c in target.columns if c.name != "submission"),
        )
        .join(submissions, submissions.c.id == target.c.submission)
        .where(*_COUNT)
    )  # fmt: skip
    if library is not None:
        query = query.where(submissions.c.library == library)
    if cards is not None and len(cards) <= MOST_NAMED:
        query = query.where(target.c.card.in_(sorted(cards)))
    if still_open:
        began = target.c.lent_on if "item" in target.c else target.c.issued_on
        recent = began >= since if since is not None else false()
        query = query.where(or_(_open_key(target), recent))
    return _frame(connection, query)


def _open_key(target: Table) -> Any:
    """Of a book lent again on the same card both loans are wanted: the later speaks for both."""
    other = target.alias("open_row")
    keys = ("card", "item") if "item" in target.c else ("card", "issued_on")
    return exists(
        select(other.c.row).where(
            *(other.c[key] == target.c[key] for key in keys), other.c.returned_on.is_(None)
        )
    )


def open_before(
    connection: Connection, table: str, library: str, month: str
) -> list[dict[str, Any]]:
    """The library's facts of earlier months that its sheets still show open.

    Loans or issues whose row that counts, in months before ``month``, has no return date.
    """
    asked = {"library": library, "month": month}
    dated = "item" in SHEETS[table].c
    keys = ("card", "item", "lent_on") if dated else ("card", "issued_on")
    found = connection.execute(_open_before(table), asked).mappings()
    counted = {tuple(row[key] for key in keys): dict(row) for row in found}
    return [row for row in counted.values() if row["returned_on"] is None]


@lru_cache
def _open_before(table: str) -> Select[Any]:
    target = SHEETS[table]
    return (
        select(
            submissions.c.month,
            submissions.c.id,
            *(c for c in target.columns if c.name != "submission"),
        )
        .join(submissions, submissions.c.id == target.c.submission)
        .where(
            *_COUNT,
            submissions.c.library == bindparam("library"),
            submissions.c.month < bindparam("month"),
            _open_key(target),
        )
        .order_by(submissions.c.month, submissions.c.id)
    )


def void_cards(connection: Connection) -> frozenset[str]:
    """Cards on which nothing may be lent now."""
    return frozenset(void_since(connection))


def void_since(connection: Connection) -> dict[str, date]:
    """Card → the day since which it is lost or void, by its home library's newest register or by
    what it last reported; one that it has found again since is neither.
    """  # noqa: D205
    void = {card: since or date.min for card, since in connection.execute(_VOID) if card}
    for card, kind, day in connection.execute(_REPORTED):  # oldest first: the last one counts
        if kind in VOID_STATES:
            void[card] = min(void.get(card, day), day)
        elif card in void and void[card] <= day:
            del void[card]
    return void


def any_suspended(connection: Connection, home: str) -> bool:
    """Whether a suspension was ever told of one of a library's cards."""
    cards = SHEETS["cases_suspensions"].c.card
    query = select(cards).where(cards.startswith(f"{home}-", autoescape=True)).limit(1)
    return connection.execute(query).first() is not None


def void_stock(connection: Connection) -> pd.DataFrame:
    """The cards that are lost or void by their home library's newest register."""
    columns = (submissions.c.receipt, _STOCK.c.row, _STOCK.c.state)
    return _frame(connection, _VOID.add_columns(*columns))


_REGISTERS: Final = (*_COUNT, submissions.c.form == "cards")
_NEWEST: Final = (
    select(submissions.c.library, func.max(submissions.c.month).label("month"))
    .where(*_REGISTERS)
    .group_by(submissions.c.library)
    .subquery()
)
_VOID: Final = (
    select(_STOCK.c.card, _STOCK.c.since)
    .join(submissions, submissions.c.id == _STOCK.c.submission)
    .join(
        _NEWEST,
        and_(_NEWEST.c.library == submissions.c.library, _NEWEST.c.month == submissions.c.month),
    )
    .where(*_REGISTERS, _STOCK.c.state.in_(VOID_STATES))
)
_LOSSES: Final = SHEETS["cases_losses"]
_REPORTED: Final = (
    select(_LOSSES.c.card, _LOSSES.c.kind, _LOSSES.c.opened_on)
    .join(submissions, submissions.c.id == _LOSSES.c.submission)
    .where(*_COUNT, _LOSSES.c.card.is_not(None), _LOSSES.c.opened_on.is_not(None))
    .order_by(_LOSSES.c.opened_on, submissions.c.id, _LOSSES.c.row)
)


def _frame(connection: Connection, query: Any) -> pd.DataFrame:
    import pandas as pd

    result = connection.execute(query)
    names = list(result.keys())
    rows = list(map(tuple, result))  # pandas asks each Row for its keys, at twice the cost
    return pd.DataFrame.from_records(rows, columns=names)
