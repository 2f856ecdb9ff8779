"""Closing a month: its figures are frozen; what later sheets would change is written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation.arrived import RECEIVED
from ill_workflows.evaluation.counting.tables import count, pack
from ill_workflows.forms.month import last_day, minguo
from ill_workflows.jobs.board import board
from ill_workflows.jobs.facts import all_facts
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.restate import restate
from ill_workflows.store import closings as store
from ill_workflows.store import standing
from ill_workflows.store.db import writing


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a month did: its digest, and the sheets that were still missing.

    ``already``: it was closed before, and nothing was changed.
    """

    month: str
    digest: str
    missing: tuple[tuple[str, str], ...] = ()
    already: bool = False


def close(app: App, months: Sequence[str], clock: Clock) -> list[Closed]:
    """Freeze the figures of these months as the sheets known now tell them.

    Sheets that are still missing stay missing in the figures, and are named in the answer.  Of a
    month that was closed before, what has changed since is written down first.

    Raises:
        UsageProblem: a month is not over, or nothing is known of it; then none is closed.
    """
    while True:
        restate(app, clock, months)
        with app.engine.connect() as connection:
            seen = store.last_submission(connection)
            before = _standing(connection)
            new = [month for month in dict.fromkeys(months) if month not in before]
            first = standing.first_month(connection)
            for month in new:
                _closable(month, first, clock.today)
            facts = all_facts(app, connection, new, clock.today) if new else None
        counted = count(facts, new) if facts is not None else {}
        with writing(app.engine) as connection:
            if _as_read(connection, seen, before, new):
                digests = {
                    m: store.close(
                        connection, m, pack(counted, m), today=clock.today, now=clock.now
                    )
                    for m in new
                }
                break  # else a sheet has come in, or somebody has closed one of them: again
    missing: dict[str, list[tuple[str, str]]] = {}
    for place in board(app, clock.today, new):
        if place.state not in RECEIVED:
            missing.setdefault(place.month, []).append((place.library, place.form))
    return [
        Closed(month, before[month], already=True)
        if month in before
        else Closed(month, digests[month], tuple(missing.get(month, ())))
        for month in months
    ]


def _as_read(
    connection: Connection, seen: int, before: Mapping[str, str], months: Collection[str]
) -> bool:
    """Whether nothing has happened meanwhile that these months' figures do not know."""
    told = [row["looked"] for row in store.newest(connection) if row["month"] in months]
    return (
        store.last_submission(connection) == seen
        and _standing(connection) == before
        and all(looked >= seen for looked in told)
    )


def _standing(connection: Connection) -> dict[str, str]:
    return {row["month"]: row["digest"] for row in store.standing(connection)}


def _closable(month: str, first: str | None, today: date) -> None:
    end = last_day(month)
    if end >= today:
        raise UsageProblem(
            f"{minguo(month)}還沒過完，{end} 之後才能結算。",
            f"{month} is not over; it can be closed after {end}.",
        )
    if first is None or month < first:
        raise UsageProblem(
            f"{minguo(month)}沒有任何收件，無從結算。",
            f"Nothing is known of {month}: there is nothing to close.",
        )


def reopen(app: App, month: str, why: str, clock: Clock) -> date:
    """Count a closed month anew from now on; answers the day on which it was closed.

    Raises:
        UsageProblem: it is not closed; no reason is given.
    """
    why = " ".join(why.split())
    if not why:
        raise UsageProblem(
            "請以 --why 說明為什麼重新開啟。", "Say with --why why the month is opened again."
        )
    with writing(app.engine) as connection:
        rows = store.standing(connection, month)
        if not rows:
            raise UsageProblem(f"{minguo(month)}沒有結算。", f"{month} is not closed.")
        store.reopen(connection, rows[0]["id"], why, clock.today, clock.now)
    closed_on: date = rows[0]["closed_on"]
    return closed_on


def history(app: App) -> list[dict[str, Any]]:
    """Every closing, oldest first, with its restatements: the document of ``closings --json``."""
    with app.engine.connect() as connection:
        rows, told = store.every(connection), store.restated(connection)
    return [
        {
            "month": row["month"], "closed_on": str(row["closed_on"]), "digest": row["digest"],
            "reopened_on": str(row["reopened_on"]) if row["reopened_on"] else None,
            "why": row["why"],
            "restatements": [
                {
                    "library": one["library"], "receipts": one["receipts"],
                    "noticed_on": str(one["noticed_on"]),
                    "changes": [
                        dict(zip(("measure", "library", "old", "new"), change, strict=True))
                        for change in one["changes"]
                    ],
                }
                for one in told
                if one["closing"] == row["id"]
            ],
        }
        for row in rows
    ]  # fmt: skip
