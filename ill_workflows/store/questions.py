"""What the host is asked before anything is sent, and the switch that stops all sending."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from ill_workflows.store.tables import letters, submissions
from ill_workflows.store.tables_host import pauses, questions

_AT_ONCE: Final = ("receipt", "returned", "refused", "kept", "no_workbook")
"""Policies whose letters answer what came in: their number is not ours."""


_OURS: Final = (letters.c.policy.not_in(_AT_ONCE), letters.c.question.is_(None))
"""Letters that nobody was asked about."""


def usual(connection: Connection, today: date, days: int) -> dict[str, int] | None:
    """Policy → the most letters of it that one of the last ``days`` days has seen, today apart.

    None where no letter was ever written before today.
    """
    earlier = select(letters.c.id).where(*_OURS, letters.c.created_on < today).limit(1)
    if connection.execute(earlier).scalar() is None:
        return None
    counted = (
        select(letters.c.policy, letters.c.created_on, func.count().label("count"))
        .where(
            *_OURS,
            letters.c.created_on < today,
            letters.c.created_on >= today - timedelta(days=days),
        )
        .group_by(letters.c.policy, letters.c.created_on)
        .subquery()
    )
    query = select(counted.c.policy, func.max(counted.c.count)).group_by(counted.c.policy)
    return {policy: int(count) for policy, count in connection.execute(query)}


def written_on(connection: Connection, today: date) -> dict[str, int]:
    """Policy → the letters of it that this day has seen already, without those taken back."""
    query = select(letters.c.policy, func.count()).where(
        *_OURS, letters.c.created_on == today, letters.c.state != "withdrawn"
    )
    counted = connection.execute(query.group_by(letters.c.policy))
    return {policy: int(count) for policy, count in counted}


def days_seen(connection: Connection, today: date) -> set[date]:
    """The days before today on which a file came or a letter was written."""
    found: set[date] = set()
    for column in (submissions.c.received_on, letters.c.created_on):
        found.update(connection.execute(select(column).where(column < today).distinct()).scalars())
    return found


def vouched(connection: Connection, today: date) -> date | None:
    """The newest day, up to today, of which the host has said that it is right."""
    query = select(questions.c.asked_on, questions.c.facts).where(
        questions.c.state == "approved", questions.c.asked_on <= today
    )
    return max((day for day, facts in connection.execute(query) if facts["last"]), default=None)


def ask(connection: Connection, facts: dict[str, Any], today: date, now: datetime) -> int:
    """Write a question to the host; answers its number."""
    row = {"asked_on": today, "asked_at": now, "facts": facts, "state": "asked"}
    key = connection.execute(insert(questions), row).inserted_primary_key
    assert key is not None  # noqa: S101 - narrows the type
    return int(key[0])


def standing(connection: Connection) -> dict[str, Any] | None:
    """The question that waits for an answer, where there is one."""
    query = select(questions).where(questions.c.state == "asked").order_by(questions.c.id)
    row = connection.execute(query.limit(1)).mappings().first()
    return dict(row) if row else None


def decide(connection: Connection, number: int, state: str, now: datetime) -> bool:
    """Write the host's answer, ``approved`` or ``declined``; whether the question was standing."""
    mine = (questions.c.id == number, questions.c.state == "asked")
    decided = connection.execute(update(questions).where(*mine).values(state=state, decided_at=now))
    return decided.rowcount == 1


def letters_of(connection: Connection, number: int) -> list[int]:
    """The queued letters that wait for an answer to a question."""
    query = select(letters.c.id).where(letters.c.question == number, letters.c.state == "queued")
    return list(connection.execute(query.order_by(letters.c.id)).scalars())


def paused(connection: Connection) -> dict[str, Any] | None:
    """Since when nothing is sent, and why; None where sending goes on."""
    query = select(pauses).where(pauses.c.until.is_(None)).order_by(pauses.c.id).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def pause(connection: Connection, because: str, now: datetime) -> None:
    """Stop all sending."""
    connection.execute(insert(pauses), {"since": now, "because": because})


def resume(connection: Connection, now: datetime) -> bool:
    """Let letters go again; whether sending was stopped."""
    stopped = update(pauses).where(pauses.c.until.is_(None)).values(until=now)
    return connection.execute(stopped).rowcount > 0
