"""What sheets that came after a closing would change in the closed month, written down once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.jobs.post import Clock
from ill_workflows.store import closings as store
from ill_workflows.store import submissions
from ill_workflows.store.db import writing

if TYPE_CHECKING:
    from ill_workflows.evaluation.closings import Change
    from ill_workflows.evaluation.counting.tables import Tables
    from ill_workflows.evaluation.figures import Figures

Told = Mapping[tuple[int, str], list[list[Any]]]
"""(closing, library) → what its last restatement says."""


def restate(app: App, clock: Clock, again: Collection[str] = ()) -> int:
    """Write down what sheets that came since would change in closed months; answers how many lines.

    A month that was opened again is looked at as well until it is closed again: what its figures
    were stays told.  Run again, it writes nothing: a line is written when what it says has changed.
    ``again`` are months to be closed again: whatever has changed in them by then is told.  What is
    not as it was frozen is compared with nothing (``check`` and ``evaluate`` tell of it).
    """
    while True:
        with app.engine.connect() as connection:
            last = store.last_submission(connection)
            rows = _to_look_at(connection, last, again)
            if not rows:
                return 0
            frozen = store.frozen(connection, [row["id"] for row in rows])
            sound = [row for row in rows if store.is_sound(row, frozen)]
            found = _differences(app, connection, sound, frozen) if sound else {}
        with writing(app.engine) as connection:
            if _places(_to_look_at(connection, last, again)) == _places(rows):
                told = _last_told(connection)
                written = sum(
                    _write(connection, row, found[row["month"]], told, last, clock) for row in sound
                )
                store.looked(connection, [row["id"] for row in rows], last)
                return written  # else somebody else has looked meanwhile


def _to_look_at(connection: Connection, last: int, again: Collection[str]) -> list[dict[str, Any]]:
    return [
        row
        for row in store.newest(connection)
        if row["looked"] < last or (row["month"] in again and row["reopened_on"] is not None)
    ]


def _places(rows: Sequence[Mapping[str, Any]]) -> set[tuple[int, int]]:
    return {(row["id"], row["looked"]) for row in rows}


def _write(  # noqa: PLR0913, PLR0917 - what one closing's lines are made of
    connection: Connection,
    closing: Mapping[str, Any],
    found: Mapping[str, Sequence[Change]],
    told: Told,
    last: int,
    clock: Clock,
) -> int:
    number, written = closing["id"], 0
    before = {library for closed, library in told if closed == number}
    for library in sorted({*found, *before}):
        changes = [[c.measure, c.library, c.old, c.new] for c in found.get(library, ())]
        if changes == told.get((number, library), []):
            continue
        receipts = submissions.accepted_between(connection, library, closing["looked"], last)
        store.restate(
            connection, number, library, receipts=receipts, changes=changes,
            today=clock.today, now=clock.now,
        )  # fmt: skip
        written += 1
    return written


def _differences(
    app: App,
    connection: Connection,
    closings: Sequence[Mapping[str, Any]],
    frozen: Mapping[str, Mapping[str, Any]],
) -> dict[str, dict[str, tuple[Change, ...]]]:
    """Month → library → what would change; imported only where a month is closed."""
    from ill_workflows.evaluation.counting.tables import count, unpack
    from ill_workflows.evaluation.restating import COMPARED, changes
    from ill_workflows.jobs.facts import headline_facts

    months = [row["month"] for row in closings]
    before = unpack({month: frozen[month] for month in months})
    counted = count(headline_facts(app, connection), months, COMPARED)
    return {
        month: changes(_figures(app, before, month), _figures(app, counted, month), month)
        for month in months
    }


def _figures(app: App, tables: Tables, month: str) -> Figures:
    from ill_workflows.evaluation.figures import Figures

    return Figures("", app.host.code, tuple(app.members.values()), (month,), tables)


def _last_told(connection: Connection) -> Told:
    return {(row["closing"], row["library"]): row["changes"] for row in store.restated(connection)}
