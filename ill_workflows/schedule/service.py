"""The service: looks at the clock, runs what is due, remembers it, and ends when it is asked to.

Several processes may run it on one database: each slot of a job is run by one of them, once.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, Protocol

from ill_workflows.app import App
from ill_workflows.errors import IllError, StaleRun, Stopped, StoreTrouble, place_of
from ill_workflows.jobs import JOBS, Job, alarm
from ill_workflows.jobs.post import Clock
from ill_workflows.mail.rehearsal import rehearse
from ill_workflows.schedule.plan import Plan, plans
from ill_workflows.store import runs
from ill_workflows.store.db import writing

LEASE: Final = timedelta(minutes=5)
"""After so long without a sign of life another process takes a run over."""
PULSE: Final = timedelta(seconds=30)
PATIENCE: Final = timedelta(hours=1)
"""A job that is soon tried again may fail for so long before the host is told."""
_LOG: Final = logging.getLogger("ill_workflows.service")


class Wall(Protocol):
    """What the service knows of time, and of those who want it to end."""

    def now(self) -> datetime:
        """This moment, with its zone."""

    def wait(self, until: datetime) -> None:
        """Sleep until then, or until somebody asks to stop."""

    def check(self) -> None:
        """Raise ``Stopped`` where somebody asked to stop."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one run: ``state`` is done, failed or stopped."""

    job: str
    slot: datetime
    state: str
    said: str
    troubles: tuple[str, ...] = ()


def serve(app: App, wall: Wall, holder: str = "", pulse: timedelta = PULSE) -> None:
    """Run what is due until somebody asks to stop; what is at hand then is finished first.

    It gives a sign of life every ``pulse`` at least.

    Raises:
        UsageProblem: a line of ``[schedule]`` is no crontab.
    """
    holder = holder or holder_here()
    planned = plans_of(app)
    _log("started", holder=holder, jobs=[plan.job.name for plan in planned])
    broken = rehearse(app.composer)  # each is set aside when its turn comes; the others go out
    for said in broken:
        _log("broken letter", said=said)
    while True:
        now = wall.now()
        try:
            _sign_of_life(app, holder, now)
            if broken:
                alarm.tell(app, "remind", broken, now, _clock(app, now))
                broken = []
            tick(app, planned, wall, holder)
            wall.check()
        except Stopped:
            break
        except StoreTrouble as bad:  # full, locked, gone for now: what is due keeps
            _log("trouble", said=str(bad))
        upcoming = (plan.next_after(now) for plan in planned)
        wall.wait(min([now + pulse, *(at for at in upcoming if at is not None)]))
    _sign_of_life(app, holder, wall.now(), ended=True)
    _log("stopped", holder=holder)


def plans_of(app: App) -> list[Plan]:
    """The plans of an alliance.

    Raises:
        UsageProblem: a line of ``[schedule]`` is no crontab.
    """
    return plans(app.config.schedule.model_dump(), app.config.zone)


def holder_here() -> str:
    """This process, as others know it."""
    return f"{platform.node()}:{os.getpid()}"


def tick(app: App, planned: Sequence[Plan], wall: Wall, holder: str) -> list[Ran]:
    """Run once what is due now: runs whose process has died, then every plan's newest slot.

    Raises:
        Stopped: somebody asked to stop.
        StoreTrouble: the database cannot be read or written.
    """
    ran = []
    jobs = {job.name: job for job in JOBS} | {plan.job.name: plan.job for plan in planned}
    with app.engine.connect() as connection:
        left = runs.unfinished(connection, wall.now())
    for name, slot in left:
        if name in jobs and (one := run(app, jobs[name], slot, wall, holder)) is not None:
            ran.append(one)
    for plan in planned:
        wall.check()
        now = wall.now()
        with app.engine.connect() as connection:
            last = runs.last_slot(connection, plan.job.name, now)
        if last is None:
            with writing(app.engine) as connection:
                runs.begin(connection, plan.job.name, now, holder)
            continue
        newest, missed = plan.due(last, now)
        if newest is not None:
            one = run(app, plan.job, newest, wall, holder, missed)
            if one is not None:
                ran.append(one)
                _alarm(app, plan, one, wall.now())
    return ran


def run(  # noqa: PLR0913, PLR0917 - a job, its slot, and who runs it
    app: App, job: Job, slot: datetime, wall: Wall, holder: str, missed: int = 0
) -> Ran | None:
    """Run one slot of a job; None where it has run, or another process is at this job.

    What goes wrong ends the run as ``failed`` and is told; the service goes on.

    Raises:
        Stopped: somebody asked to stop; what was done until then stands.
        StoreTrouble: the database cannot be written.
    """
    now = wall.now()
    with writing(app.engine) as connection:
        held = runs.claim(
            connection, job.name, slot, holder=holder, now=now, lease=LEASE, missed=missed
        )
    if held is None:
        return None
    clock = _clock(app, now)
    began, stop, troubles = monotonic(), None, tuple[str, ...]()
    try:
        with _kept_alive(app, held, wall), runs.fenced(held):
            done = job.run(app, clock, wall.check)
        state, said, troubles = "done", done.said, done.troubles
    except StaleRun:
        _log("stale", job=job.name, slot=slot.isoformat(), holder=holder)
        return None
    except Stopped as asked:
        state, said, stop = "done", "依要求提早結束 / ended early, as asked", asked
    except IllError as bad:
        state, said = "failed", str(bad)
    except Exception as bug:  # noqa: BLE001 - the service goes on; a message may hold a name
        state, said = "failed", place_of(bug)
        _log("unexpected", job=job.name, error=said)
    try:
        with writing(app.engine) as connection:
            runs.finish(connection, held, state, said, wall.now())
    except StaleRun:
        _log("stale", job=job.name, slot=slot.isoformat(), holder=holder)
        return None
    seconds = round(monotonic() - began, 2)
    told = {"job": job.name, "slot": slot.isoformat(), "state": state, "seconds": seconds}
    _log("ran", **told, missed=missed, said=said if state == "done" else "")
    if stop is not None:
        raise stop
    return Ran(job.name, slot, state, said, troubles)


def _clock(app: App, now: datetime) -> Clock:
    return Clock(now.astimezone(app.config.zone).date(), now)


def _alarm(app: App, plan: Plan, ran: Ran, now: datetime) -> None:
    """Tell the host what a run leaves to it: its troubles, or that it fails and goes on failing."""
    troubles, since = list(ran.troubles), now
    if ran.state == "failed":
        with app.engine.connect() as connection:
            since = runs.failing_since(connection, ran.job) or now
        following = plan.next_after(now)
        if now - since < PATIENCE and following is not None and following - now < PATIENCE:
            return
        troubles.append(ran.said)
    if troubles:
        clock = _clock(app, now)
        if alarm.tell(app, ran.job, troubles, since, clock):
            _log("alarm", job=ran.job, troubles=len(troubles))


@contextmanager
def _kept_alive(app: App, held: runs.Run, wall: Wall) -> Iterator[None]:
    """Renew the lease while the run lasts; a process that is stopped renews nothing."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LEASE.total_seconds() / 3):
            try:
                with writing(app.engine) as connection:
                    if not runs.renew(connection, held, wall.now() + LEASE):
                        return
            except StoreTrouble:
                continue

    thread = threading.Thread(target=renew, name=f"lease of {held.job}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _sign_of_life(app: App, holder: str, now: datetime, *, ended: bool = False) -> None:
    with writing(app.engine) as connection:
        runs.pulse(connection, holder, now, ended=ended)


def _log(event: str, **facts: object) -> None:
    """One event for the log: facts of ours, no name and no address."""
    _LOG.info(event, extra={"facts": facts})
