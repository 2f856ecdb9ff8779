"""Runs of jobs: each slot once, held by one process at a time.

A run is held by a lease with a fencing number: a process that slept through its lease finds that
another one has taken the run over, and whatever it still writes is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from ill_workflows.errors import StaleRun
from ill_workflows.store.db import FENCE
from ill_workflows.store.tables import job_runs, pulses

KEPT: Final = timedelta(days=90)
"""For so long a run that ended is remembered; the last one of each job for ever."""
AHEAD: Final = timedelta(hours=1)
"""No two clocks of one alliance are further apart, unless one is wrong."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that this process holds."""

    number: int
    job: str
    fence: int


def begin(connection: Connection, job: str, now: datetime, holder: str) -> None:
    """Nothing of a job is due for the time before it was first looked at."""
    known = select(job_runs.c.id).where(job_runs.c.job == job).limit(1)
    if connection.execute(known).scalar() is None:
        row = {"job": job, "slot": now, "state": "begun", "fence": 0, "holder": holder}
        connection.execute(insert(job_runs), {**row, "until": now, "started_at": now})


def last_slot(connection: Connection, job: str, now: datetime) -> datetime | None:
    """The newest slot of a job that was looked at; one that lies ahead, from a clock that was
    wrong, does not count.
    """  # noqa: D205
    query = select(func.max(job_runs.c.slot)).where(job_runs.c.job == job, job_runs.c.slot <= now)
    return connection.execute(query).scalar()


def unfinished(connection: Connection, now: datetime) -> list[tuple[str, datetime]]:
    """Runs whose process has died: (job, slot), oldest first."""
    query = (
        select(job_runs.c.job, job_runs.c.slot)
        .where(job_runs.c.state == "running", job_runs.c.until <= now, job_runs.c.slot <= now)
        .order_by(job_runs.c.slot)
    )
    return [(job, slot) for job, slot in connection.execute(query)]


def claim(  # noqa: PLR0913 - what a lease says
    connection: Connection,
    job: str,
    slot: datetime,
    *,
    holder: str,
    now: datetime,
    lease: timedelta,
    missed: int = 0,
) -> Run | None:
    """Take a slot of a job; None where it has run, or where the job runs elsewhere just now.

    ``missed`` are slots before it for which this run stands too.  A lease that reaches further than
    any that could be given now is that of a process whose clock was wrong: it keeps nobody away.
    """
    mine = (job_runs.c.job == job, job_runs.c.slot == slot)
    row = connection.execute(select(job_runs).where(*mine)).mappings().first()
    if row is not None and (row["state"] != "running" or row["until"] > now):
        return None
    busy = select(job_runs.c.id).where(
        job_runs.c.job == job,
        job_runs.c.state == "running",
        job_runs.c.until > now,
        job_runs.c.until <= now + 2 * lease,
    )
    if connection.execute(busy.limit(1)).scalar() is not None:
        return None
    highest = select(func.max(job_runs.c.fence)).where(job_runs.c.job == job)
    fence = (connection.execute(highest).scalar() or 0) + 1
    told = {"state": "running", "fence": fence, "holder": holder, "until": now + lease}
    if row is None:
        inserted = connection.execute(
            insert(job_runs),
            {"job": job, "slot": slot, "started_at": now, "missed": missed, **told},
        )
        key = inserted.inserted_primary_key
        assert key is not None  # noqa: S101 - narrows the type
        return Run(int(key[0]), job, fence)
    connection.execute(update(job_runs).where(*mine).values(**told))
    return Run(row["id"], job, fence)


def _held(run: Run) -> Any:
    """No other process has taken over this run, nor begun another one of this job."""
    other = job_runs.alias("other")
    highest = select(func.max(other.c.fence)).where(other.c.job == run.job).scalar_subquery()
    return (
        job_runs.c.id == run.number,
        job_runs.c.fence == run.fence,
        job_runs.c.state == "running",
        highest == run.fence,
    )


def renew(connection: Connection, run: Run, until: datetime) -> bool:
    """Hold a run for longer; whether it is still ours."""
    held = connection.execute(update(job_runs).where(*_held(run)).values(until=until))
    return held.rowcount == 1


def finish(connection: Connection, run: Run, state: str, said: str, now: datetime) -> None:
    """Write how a run ended: ``done`` or ``failed``.

    Raises:
        StaleRun: another process holds it.
    """
    ended = update(job_runs).where(*_held(run)).values(state=state, said=said, ended_at=now)
    if connection.execute(ended).rowcount != 1:
        raise StaleRun(run.job)
    newest = select(func.max(job_runs.c.id)).where(job_runs.c.job == run.job).scalar_subquery()
    connection.execute(
        delete(job_runs).where(
            job_runs.c.job == run.job,
            job_runs.c.ended_at < now - KEPT,
            job_runs.c.id != newest,
        )
    )


@contextmanager
def fenced(run: Run) -> Iterator[None]:
    """While it lasts, no transaction of this thread is written once the run is another's."""

    def look(connection: Connection) -> None:
        if connection.execute(select(job_runs.c.id).where(*_held(run))).scalar() is None:
            raise StaleRun(run.job)

    token = FENCE.set(look)
    try:
        yield
    finally:
        FENCE.reset(token)


def pulse(connection: Connection, holder: str, now: datetime, *, ended: bool = False) -> None:
    """Write the service's sign of life; those of processes that are long gone, and those from a
    clock that was wrong, are forgotten.
    """  # noqa: D205
    told = {"at": now, "ended": ended}
    mine = pulses.c.holder == holder
    if connection.execute(update(pulses).where(mine).values(**told)).rowcount == 0:
        connection.execute(insert(pulses), {"holder": holder, "began_at": now, **told})
    gone = (pulses.c.at < now - KEPT) | (pulses.c.at > now + AHEAD)
    connection.execute(delete(pulses).where(gone))


def pulse_of(connection: Connection) -> dict[str, Any] | None:
    """The newest sign of life; None where the service never ran."""
    query = select(pulses).order_by(pulses.c.at.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def failing_since(connection: Connection, job: str) -> datetime | None:
    """When a job's first run began that has failed since the last one that did not."""
    well = select(func.max(job_runs.c.id)).where(
        job_runs.c.job == job, job_runs.c.state.in_(("done", "begun"))
    )
    last = connection.execute(well).scalar() or 0
    failed = select(func.min(job_runs.c.started_at)).where(
        job_runs.c.job == job, job_runs.c.state == "failed", job_runs.c.id > last
    )
    return connection.execute(failed).scalar()


def latest(connection: Connection) -> list[dict[str, Any]]:
    """The newest run of each job that ran."""
    ran = job_runs.c.state != "begun"
    newest = select(func.max(job_runs.c.id)).where(ran).group_by(job_runs.c.job)
    query = select(job_runs).where(job_runs.c.id.in_(newest)).order_by(job_runs.c.job)
    return [dict(row) for row in connection.execute(query).mappings()]
