"""What the host is asked before anything is sent, and the switch that stops all sending."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from ill_workflows.store.tables import letters, pauses, questions, submissions

_AT_ONCE: Final = ("receipt", "returned", "refused", "kept", "no_workbook")
"""Policies whose letters answer what came in: their number is not ours."""


def usual(connection: Connection, today: date, days: int) -> dict[str, int]:
    """Policy → the most letters of it that one of the last ``days`` days has seen, today apart."""
    counted = (
        select(letters.c.policy, letters.c.created_on, func.count().label("count"))
        .where(
            letters.c.created_on < today,
            letters.c.created_on >= today - timedelta(days=days),
            letters.c.policy.not_in(_AT_ONCE),
            letters.c.question.is_(None),
        )
        .group_by(letters.c.policy, letters.c.created_on)
        .subquery()
    )
    query = select(counted.c.policy, func.max(counted.c.count)).group_by(counted.c.policy)
    return {policy: int(count) for policy, count in connection.execute(query)}


def last_seen(connection: Connection) -> date | None:
    """The day of the newest file or letter; None where there is none."""
    days = (
        connection.execute(select(func.max(column))).scalar()
        for column in (submissions.c.received_on, letters.c.created_on)
    )
    return max((day for day in days if day is not None), default=None)


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
