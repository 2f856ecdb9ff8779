"""What members sent: immutable versions, and which of them count."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Connection,
    Date,
    Table,
    and_,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Form, Row
from ill_workflows.store.tables import SHEETS, findings, submissions, tokens

if TYPE_CHECKING:
    import pandas as pd


MOST_NAMED: Final = 20_000
"""Values that one question to the database may name."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it came in and what became of it; the row of ``submissions``."""

    sha256: str
    filename: str
    door: str
    received_on: date
    received_at: datetime
    state: str
    sender: str = ""
    message_id: str = ""
    why: str = ""
    form: str = ""
    version: int = 1
    library: str = ""
    month: str | None = None
    interim: bool = False
    as_of: date | None = None
    rows: int = 0
    errors: int = 0
    warnings: int = 0
    notes: str = ""


def latest_of(connection: Connection, sha256: str) -> dict[str, Any] | None:
    """The newest submission with exactly these bytes."""
    query = (
        select(submissions)
        .where(submissions.c.sha256 == sha256)
        .order_by(submissions.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def record(connection: Connection, arrival: Arrival, told: Iterable[Finding]) -> tuple[int, str]:
    """Write a submission and its findings; answers its number and its receipt number."""
    number = (connection.execute(select(func.max(submissions.c.id))).scalar() or 0) + 1
    receipt = f"R{arrival.received_on.year - 1911:03d}-{number:06d}"
    connection.execute(insert(submissions), {"id": number, "receipt": receipt, **asdict(arrival)})
    rows = [
        {
            "submission": number, "sheet": f.sheet, "cell": f.cell, "code": f.code,
            "severity": f.severity, "heading": f.heading,
            "facts": {k: str(v) for k, v in f.facts.items()},
        }
        for f in told
    ]  # fmt: skip
    if rows:
        connection.execute(insert(findings), rows)
    return number, receipt


def put_rows(connection: Connection, table: str, number: int, rows: Sequence[Row]) -> None:
    """Write the accepted rows of one sheet, in bulk."""
    if not rows:
        return
    target = SHEETS[table]
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * (len(rows[0]) + 1))
        names = ", ".join(f'"{column.name}"' for column in target.columns)
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
            _plain(number, rows, target),
        )
        return
    names_only = [column.name for column in target.columns]
    connection.execute(
        insert(target), [dict(zip(names_only, (number, *row), strict=True)) for row in rows]
    )


def _plain(number: int, rows: Sequence[Row], target: Table) -> list[tuple[Any, ...]]:
    """Rows as SQLite keeps them: days as ISO texts."""
    days = [n for n, column in enumerate(target.columns) if isinstance(column.type, Date)]
    iso: dict[date, str] = {}
    plain = []
    for row in rows:
        values = [number, *row]
        for at in days:
            day = values[at]
            if day is not None:
                values[at] = iso.get(day) or iso.setdefault(day, day.isoformat())
        plain.append(tuple(values))
    return plain


def supersede(
    connection: Connection, form: Form, library: str, month: str | None, by: int
) -> int | None:
    """Let a newly accepted version replace the older ones of its month; the last one's number."""
    same = and_(
        submissions.c.form == form.name,
        submissions.c.library == library,
        submissions.c.month == month,
        submissions.c.state == "accepted",
        submissions.c.superseded_by.is_(None),
        submissions.c.id != by,
    )
    last = connection.execute(
        select(func.max(submissions.c.id)).where(same, submissions.c.interim.is_(False))
    ).scalar()
    connection.execute(update(submissions).where(same).values(superseded_by=by))
    return int(last) if last is not None else None


def full_versions(
    connection: Connection, form: str, library: str, month: str | None
) -> list[dict[str, Any]]:
    """The versions of one sheet, oldest first; interim ones are not among them.

    Accepted versions that another one replaces are left out, but for the first that came: it
    tells whether the sheet was late.
    """
    query = (
        select(submissions)
        .where(
            submissions.c.form == form,
            submissions.c.library == library,
            submissions.c.month == month,
            submissions.c.interim.is_(False),
        )
        .order_by(submissions.c.id)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [row for n, row in enumerate(rows) if n == 0 or row["superseded_by"] is None]


def rows_of(connection: Connection, table: str, number: int) -> list[tuple[Any, ...]]:
    """The rows of one submission's sheet, without its number in the sender's file."""
    target = SHEETS[table]
    columns = [c for c in target.columns if c.name not in {"submission", "row"}]
    query = select(*columns).where(target.c.submission == number).order_by(target.c.row)
    return [tuple(row) for row in connection.execute(query)]


def versions(connection: Connection) -> pd.DataFrame:
    """Every submission whose library is known, oldest first, without its notes."""
    columns = [c for c in submissions.columns if c.name != "notes"]
    query = select(*columns).where(submissions.c.library != "").order_by(submissions.c.id)
    return _frame(connection, query)


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
        .where(submissions.c.state == "accepted", submissions.c.superseded_by.is_(None))
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
    target = SHEETS[table]
    query = (
        select(
            submissions.c.month,
            submissions.c.id,
            *(c for c in target.columns if c.name != "submission"),
        )
        .join(submissions, submissions.c.id == target.c.submission)
        .where(
            submissions.c.state == "accepted",
            submissions.c.superseded_by.is_(None),
            submissions.c.library == library,
            submissions.c.month < month,
            _open_key(target),
        )
        .order_by(submissions.c.month, submissions.c.id)
    )
    keys = ("card", "item", "lent_on") if "item" in target.c else ("card", "issued_on")
    counted = {
        tuple(row[key] for key in keys): dict(row) for row in connection.execute(query).mappings()
    }
    return [row for row in counted.values() if row["returned_on"] is None]


def void_cards(connection: Connection) -> frozenset[str]:
    """Cards that their home library's newest register says are lost or void."""
    stock = SHEETS["cards_stock"]
    newest = (
        select(submissions.c.library, func.max(submissions.c.month).label("month"))
        .where(
            submissions.c.state == "accepted",
            submissions.c.form == "cards",
            submissions.c.superseded_by.is_(None),
        )
        .group_by(submissions.c.library)
        .subquery()
    )
    query = (
        select(stock.c.card)
        .join(submissions, submissions.c.id == stock.c.submission)
        .join(
            newest,
            and_(newest.c.library == submissions.c.library, newest.c.month == submissions.c.month),
        )
        .where(
            submissions.c.state == "accepted",
            submissions.c.form == "cards",
            submissions.c.superseded_by.is_(None),
            or_(stock.c.state == "遺失", stock.c.state == "註銷"),
        )
    )
    return frozenset(row[0] for row in connection.execute(query) if row[0])


def told_of(connection: Connection, number: int) -> list[Finding]:
    """What the sender of a submission was told."""
    query = select(findings).where(findings.c.submission == number)
    return [
        Finding(r.sheet, r.cell, r.code, r.severity, r.heading, r.facts)
        for r in connection.execute(query)
    ]


def token_of(connection: Connection, library: str) -> str:
    """The random word of a library; made the first time that it is asked for."""
    found = connection.execute(select(tokens.c.token).where(tokens.c.library == library)).scalar()
    if found:
        return str(found)
    word = secrets.token_hex(8)
    connection.execute(insert(tokens), {"library": library, "token": word})
    return word


def _frame(connection: Connection, query: Any) -> pd.DataFrame:
    import pandas as pd

    result = connection.execute(query)
    names = list(result.keys())
    return pd.DataFrame.from_records(result.fetchall(), columns=names)


def every_version(connection: Connection) -> list[dict[str, Any]]:
    """Every submission whose library is known, oldest first, as plain rows."""
    query = select(submissions).where(submissions.c.library != "").order_by(submissions.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]
