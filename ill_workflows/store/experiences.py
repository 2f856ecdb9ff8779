"""What members wrote about their experience, and what of it the host has released (Article 3.2.8).

A release is never overwritten: one with another text, or after a withdrawal, is a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, or_, select, update

from ill_workflows.store.tables import SHEETS, submissions
from ill_workflows.store.tables_host import experiences

_PERSONAL: Final = ("name", "patron")


def written(connection: Connection) -> list[dict[str, Any]]:
    """The accepted submissions with a text on their cover, oldest first: number, receipt, library,
    form, month, received_on, notes.

    A full version that a newer one replaces is left out with its text: its library may have taken
    the text back.  An interim sheet's text stays, for no later sheet repeats it.
    """  # noqa: D205
    names = ("receipt", "library", "form", "month", "received_on", "notes")
    query = (
        select(submissions.c.id.label("number"), *(submissions.c[name] for name in names))
        .where(
            submissions.c.state == "accepted",
            submissions.c.notes != "",
            or_(submissions.c.superseded_by.is_(None), submissions.c.interim),
        )
        .order_by(submissions.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def releases(connection: Connection) -> list[dict[str, Any]]:
    """Every release, oldest first, with the library and the original text of its submission."""
    query = (
        select(experiences, submissions.c.library, submissions.c.notes)
        .join(submissions, submissions.c.id == experiences.c.submission)
        .order_by(experiences.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def release(connection: Connection, submission: int, text: str, on: date, at: datetime) -> None:
    """Write down that a submission's text may be shown, in these words."""
    connection.execute(
        insert(experiences),
        {"submission": submission, "text": text, "released_on": on, "released_at": at},
    )


def withdraw(connection: Connection, number: int, at: datetime) -> None:
    """End a release that still holds, by its own number."""
    connection.execute(
        update(experiences)
        .where(experiences.c.id == number, experiences.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )


def people(connection: Connection, after: int = 0) -> Iterator[str]:
    """The names and numbers of the readers of all registers and lists, replaced ones as well;
    ``after`` is the number of a submission: of those that came later.
    """  # noqa: D205
    for table in SHEETS.values():
        later = table.c.submission > after
        for column in (table.c[name] for name in _PERSONAL if name in table.c):
            query = select(column).where(later, column.is_not(None)).distinct()
            yield from connection.scalars(query)
