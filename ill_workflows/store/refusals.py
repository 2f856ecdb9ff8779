"""What mail servers refused: which addresses are dead, and what has still to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from ill_workflows.store.tables import SHEETS, letters, notices, refusals, submissions

POLICY = "address_refused"
"""The policy under whose notices a refusal is told."""


def record(
    connection: Connection, number: int, answers: Mapping[str, str], dead: frozenset[str], day: date
) -> None:
    """Write what the server answered about each address of a letter."""
    if not answers:
        return
    connection.execute(
        delete(refusals).where(refusals.c.letter == number, refusals.c.address.in_(answers))
    )
    rows = [
        {
            "letter": number, "address": address, "reason": answer, "refused_on": day,
            "dead": address in dead,
        }
        for address, answer in answers.items()
    ]  # fmt: skip
    connection.execute(insert(refusals), rows)


def dead_addresses(connection: Connection) -> frozenset[str]:
    """Addresses that are not used again until they are changed, in lower case."""
    query = select(refusals.c.address).where(refusals.c.dead.is_(True))
    return frozenset(address.casefold() for address in connection.execute(query).scalars())


def days_of(connection: Connection, numbers: Collection[int]) -> dict[int, date]:
    """Letter → the last day on which a server said no to it."""
    query = (
        select(refusals.c.letter, func.max(refusals.c.refused_on))
        .where(refusals.c.letter.in_(numbers))
        .group_by(refusals.c.letter)
    )
    return {int(letter): day for letter, day in connection.execute(query)}


def revive(connection: Connection, number: int) -> None:
    """The host has looked: the addresses of this letter may be used again."""
    mine = select(func.lower(refusals.c.address)).where(refusals.c.letter == number)
    connection.execute(
        update(refusals).where(func.lower(refusals.c.address).in_(mine)).values(dead=False)
    )


def untold(connection: Connection) -> list[dict[str, Any]]:
    """Refusals that nobody was told of: with their letter's policy, step, library and subject."""
    told = select(notices.c.case_key, notices.c.episode).where(notices.c.policy == POLICY)
    known = {tuple(row) for row in connection.execute(told)}
    query = (
        select(refusals, letters.c.policy, letters.c.step, letters.c.library, letters.c.subject)
        .join(letters, letters.c.id == refusals.c.letter)
        .order_by(refusals.c.letter, refusals.c.address)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return [row for row in rows if mark_of(row) not in known]


def mark_of(refusal: Mapping[str, Any]) -> tuple[str, str]:
    """Case key and episode of the notice that tells a refusal."""
    return f"letter/{refusal['letter']}", refusal["refused_on"].isoformat()


def addresses_of(connection: Connection, number: str) -> set[str]:
    """The addresses of readers with a number, as any accepted register has them, in lower case."""
    issues = SHEETS["cards_issues"]
    query = (
        select(issues.c.email)
        .join(submissions, submissions.c.id == issues.c.submission)
        .where(submissions.c.state == "accepted", issues.c.patron == number)
        .distinct()
    )
    return {email.strip().casefold() for email in connection.execute(query).scalars() if email}


def reader_at(connection: Connection, library: str, address: str) -> dict[str, str] | None:
    """``name`` and ``number`` of the library's reader at an address; None where it is nobody's."""
    issues = SHEETS["cards_issues"]
    query = (
        select(issues.c.name, issues.c.patron.label("number"))
        .join(submissions, submissions.c.id == issues.c.submission)
        .where(
            submissions.c.library == library,
            submissions.c.state == "accepted",
            func.lower(func.trim(issues.c.email)) == address.lower(),
        )
        .order_by(submissions.c.id.desc(), issues.c.row.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return {name: str(value or "") for name, value in row.items()} if row else None
