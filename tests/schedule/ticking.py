"""A process of the service whose clock is simulated: ``python -m tests.schedule.ticking``."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ill_workflows.app import App, open_app
from ill_workflows.jobs import Between, Done, Job
from ill_workflows.jobs.post import Clock
from ill_workflows.schedule.plan import Plan, trigger
from ill_workflows.schedule.service import tick
from ill_workflows.store import outbox
from ill_workflows.store.db import writing
from ill_workflows.store.tables import job_runs

BEGAN = datetime(2025, 10, 6, 0, 0, tzinfo=UTC)
EVERY = timedelta(minutes=10)


class Simulated:
    """A clock that is set by hand; nobody ever asks it to stop."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def wait(self, until: datetime) -> None:
        self.moment = until

    def check(self) -> None:
        pass


def letter_of_the_slot(app: App, clock: Clock, between: Between) -> Done:
    """Put one letter into the outbox, named after the slot."""
    between()
    with writing(app.engine) as connection:
        running = select(job_runs.c.slot).where(job_runs.c.state == "running")
        slots = connection.execute(running.order_by(job_runs.c.fence.desc())).scalars().first()
        written = outbox.Written(
            f"<{slots}@ill.test>", "receipt", "0", "NSUT", ("a@ill.test",), (), "", (), b""
        )
        outbox.put(connection, written, (), today=clock.today, now=clock.now)
    return Done("1")


JOB = Job("collect", letter_of_the_slot)
PLAN = Plan(JOB, trigger("*/10 * * * *", ZoneInfo("Asia/Taipei")))


def main(home: str, holder: str, seed: str, first: str, ticks: str) -> None:
    """Look at the clock so many times, a minute after the other, with jumps."""
    app, draw, wall = open_app(Path(home)), random.Random(int(seed)), Simulated(BEGAN)
    for n in range(int(first), int(first) + int(ticks)):
        wall.moment = BEGAN + timedelta(minutes=n, seconds=draw.randrange(60))
        if draw.random() < 0.02:  # the clock was set back or ahead for a moment
            wall.moment += timedelta(minutes=draw.choice((-90, -25, 25)))
        tick(app, [PLAN], wall, holder)
        print(n, flush=True)  # noqa: T201 - how far it is


if __name__ == "__main__":
    main(*sys.argv[1:])
