"""Closing a month: its figures are frozen; what later sheets would change is written down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation.counts import count, pack
from ill_workflows.forms.month import last_day, minguo
from ill_workflows.jobs.board import RECEIVED, board
from ill_workflows.jobs.facts import all_facts
from ill_workflows.jobs.post import Clock
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


def close(app: App, month: str, clock: Clock) -> Closed:
    """Freeze the figures of a month as the sheets known now tell them.

    Sheets that are still missing stay missing in its figures, and are named in the answer.

    Raises:
        UsageProblem: the month is not over; nothing is known of it.
    """
    if last_day(month) >= clock.today:
        raise UsageProblem(
            f"{minguo(month)}還沒過完，{last_day(month)} 之後才能結算。",
            f"{month} is not over; it can be closed after {last_day(month)}.",
        )
    with writing(app.engine) as connection:
        standing_one = store.standing(connection, month)
        if standing_one:
            return Closed(month, standing_one[0]["digest"], already=True)
        first = standing.first_month(connection)
        if first is None or month < first:
            raise UsageProblem(
                f"{minguo(month)}沒有任何收件，無從結算。",
                f"Nothing is known of {month}: there is nothing to close.",
            )
        facts = all_facts(app, connection, [month], clock.today)
        tables = pack(count(facts, [month]), month)
        digest = digest_of(tables)
        store.close(connection, month, tables, digest=digest, today=clock.today, now=clock.now)
    missing = [
        (p.library, p.form) for p in board(app, clock.today, [month]) if p.state not in RECEIVED
    ]
    return Closed(month, digest, tuple(missing))


def digest_of(tables: dict[str, Any]) -> str:
    """SHA-256 of what is frozen, the same on every machine."""
    text = json.dumps(tables, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def reopen(app: App, month: str, why: str, clock: Clock) -> date:
    """Count a closed month anew from now on; answers the day on which it was closed.

    Raises:
        UsageProblem: it is not closed; no reason is given.
    """
    if not why.strip():
        raise UsageProblem(
            "請以 --why 說明為什麼重新開啟。", "Say with --why why the month is opened again."
        )
    with writing(app.engine) as connection:
        rows = store.standing(connection, month)
        if not rows:
            raise UsageProblem(f"{minguo(month)}沒有結算。", f"{month} is not closed.")
        store.reopen(connection, rows[0]["id"], why.strip(), clock.today, clock.now)
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
