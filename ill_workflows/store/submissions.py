"""What members sent: immutable versions, and which of them count."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Date,
    Table,
    Text,
    bindparam,
    cast,
    exists,
    func,
    insert,
    select,
    update,
)

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Row, columns_of
from ill_workflows.store.tables import SHEETS, findings, submissions, tokens

_SUMMARY: Final = ("receipt", "form", "library", "month", "interim", "state", "why", "errors")
_LATEST: Final = (
    select(submissions)
    .where(submissions.c.sha256 == bindparam("sha256"))
    .order_by(submissions.c.id.desc())
    .limit(1)
)
_LAST: Final = select(func.max(submissions.c.id))
_INSERT: Final = insert(submissions)
_VERSIONS: Final = (
    select(submissions)
    .where(
        submissions.c.form == bindparam("form"),
        submissions.c.library == bindparam("library"),
        submissions.c.month == bindparam("month"),
        submissions.c.interim.is_(False),
    )
    .order_by(submissions.c.id)
)
_SUPERSEDE: Final = (
    update(submissions)
    .where(
        submissions.c.form == bindparam("of_form"),
        submissions.c.library == bindparam("of_library"),
        submissions.c.month == bindparam("of_month"),
        submissions.c.state == "accepted",
        submissions.c.superseded_by.is_(None),
        submissions.c.id != bindparam("by"),
    )
    .values(superseded_by=bindparam("by"))
)


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

    def told(self) -> dict[str, Any]:
        """Its facts by their names."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def latest_of(connection: Connection, sha256: str) -> dict[str, Any] | None:
    """The newest submission with exactly these bytes."""
    row = connection.execute(_LATEST, {"sha256": sha256}).mappings().first()
    return dict(row) if row else None


def called(connection: Connection, which: str) -> dict[str, Any] | None:
    """The submission of a receipt's number, or of its own."""
    own = cast(submissions.c.id, Text) == which
    query = select(submissions).where((submissions.c.receipt == which) | own)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def newest(connection: Connection) -> dict[str, dict[str, Any]]:
    """The newest submission of each file that ever came in, by its SHA-256, in few words."""
    columns = (submissions.c[name] for name in _SUMMARY)
    query = select(submissions.c.sha256, *columns).order_by(submissions.c.id)
    rows = connection.execute(query).all()
    return {sha256: dict(zip(_SUMMARY, told, strict=True)) for sha256, *told in rows}


def came_in(connection: Connection, form: str, since: date) -> bool:
    """Whether any workbook of a form was accepted on a day or later."""
    query = select(submissions.c.id).where(
        submissions.c.form == form,
        submissions.c.state == "accepted",
        submissions.c.received_on >= since,
    )
    return connection.execute(query.limit(1)).first() is not None


def accepted_between(connection: Connection, library: str, after: int, until: int) -> list[str]:
    """The receipts of a library's sheets that were accepted after one submission, up to another."""
    query = select(submissions.c.receipt).where(
        submissions.c.library == library,
        submissions.c.state == "accepted",
        submissions.c.id > after,
        submissions.c.id <= until,
    )
    return list(connection.execute(query.order_by(submissions.c.id)).scalars())


def record(connection: Connection, arrival: Arrival, told: Iterable[Finding]) -> tuple[int, str]:
    """Write a submission and its findings; answers its number and its receipt number."""
    number = (connection.execute(_LAST).scalar() or 0) + 1
    receipt = f"R{arrival.received_on.year - 1911:03d}-{number:06d}"
    connection.execute(_INSERT, {"id": number, "receipt": receipt, **arrival.told()})
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
        _by_hand(connection, target, number, rows)
        return
    names = [column.name for column in target.columns]
    connection.execute(
        insert(target), [dict(zip(names, (number, *row), strict=True)) for row in rows]
    )


def _by_hand(connection: Connection, target: Table, number: int, rows: Sequence[Row]) -> None:
    """Rows as SQLite keeps them, days as ISO texts.

    The driver takes its time over every None, so none is handed to it: a column that says nothing
    at all is left out, and in the others an empty text stands for it.
    """
    names, marks, columns = ["submission"], ["?"], list[Iterable[Any]]([repeat(number)])
    for column, values in zip(list(target.columns)[1:], columns_of(rows), strict=True):
        some = None in values
        if some and values.count(None) == len(values):
            continue
        names.append(f'"{column.name}"')
        marks.append("NULLIF(?, '')" if some else "?")
        if isinstance(column.type, Date):
            iso = {day: day.isoformat() if day else "" for day in set(values)}
            columns.append(map(iso.__getitem__, values))
        else:
            columns.append(["" if v is None else v for v in values] if some else values)
    into = f"INSERT INTO {target.name} ({', '.join(names)}) VALUES ({', '.join(marks)})"  # noqa: S608 - our own names
    cursor: Any = connection.connection.cursor()
    cursor.executemany(into, zip(*columns, strict=False))


def supersede(connection: Connection, by: int, form: str, library: str, month: str | None) -> None:
    """Let a newly accepted version replace the older ones of its month.

    A form without a month replaces nothing: of its rows the last one of each key counts.
    """
    same = {"of_form": form, "of_library": library, "of_month": month}
    connection.execute(_SUPERSEDE, {**same, "by": by})


def held(connection: Connection) -> list[dict[str, Any]]:
    """Submissions that wait for the host, oldest first: of their bytes nothing newer came."""
    newer = submissions.alias("newer")
    query = (
        select(submissions)
        .where(
            submissions.c.state == "held",
            ~exists().where(newer.c.sha256 == submissions.c.sha256, newer.c.id > submissions.c.id),
        )
        .order_by(submissions.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def full_versions(
    connection: Connection, form: str, library: str, month: str | None
) -> list[dict[str, Any]]:
    """The versions of one sheet, oldest first; interim ones are not among them.

    Accepted versions that another one replaces are left out, but for the first that came: it
    tells whether the sheet was late.
    """
    asked = {"form": form, "library": library, "month": month}
    rows = [dict(row) for row in connection.execute(_VERSIONS, asked).mappings()]
    return [row for n, row in enumerate(rows) if n == 0 or row["superseded_by"] is None]


def rows_of(connection: Connection, table: str, number: int) -> list[tuple[Any, ...]]:
    """The rows of one submission's sheet, without its number in the sender's file."""
    target = SHEETS[table]
    columns = [c for c in target.columns if c.name not in {"submission", "row"}]
    query = select(*columns).where(target.c.submission == number).order_by(target.c.row)
    return [tuple(row) for row in connection.execute(query)]


def told_of(connection: Connection, number: int) -> list[Finding]:
    """What the sender of a submission was told."""
    query = select(findings).where(findings.c.submission == number)
    return [
        Finding(r.sheet, r.cell, r.code, r.severity, r.heading, r.facts)
        for r in connection.execute(query)
    ]


def token_known(connection: Connection, library: str) -> str:
    """The random word of a library; empty where it has none yet."""
    query = select(tokens.c.token).where(tokens.c.library == library)
    return str(connection.execute(query).scalar() or "")


def token_of(connection: Connection, library: str) -> str:
    """The random word of a library; made the first time that it is asked for."""
    if found := token_known(connection, library):
        return found
    word = secrets.token_hex(8)
    connection.execute(insert(tokens), {"library": library, "token": word})
    return word


def files_of(connection: Connection, form: str, library: str) -> list[tuple[str, str]]:
    """SHA-256 and receipt of every file of a form that a library sent."""
    query = select(submissions.c.sha256, submissions.c.receipt).where(
        submissions.c.form == form, submissions.c.library == library
    )
    return [(digest, receipt) for digest, receipt in connection.execute(query)]


def every_version(connection: Connection) -> list[dict[str, Any]]:
    """Every submission whose library is known, oldest first, as plain rows."""
    query = select(submissions).where(submissions.c.library != "").order_by(submissions.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]
