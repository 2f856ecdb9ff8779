"""What the service could not do by itself is told to the host, once a day and job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.mail import questions as letters
from ill_workflows.store import outbox
from ill_workflows.store.db import writing


def tell(app: App, job: str, troubles: Sequence[str], since: datetime, clock: Clock) -> bool:
    """Write the host a letter about a job; whether it is the first of this day.

    ``troubles`` are sentences of ours, without names.
    """
    local = since.astimezone(app.config.zone)
    told = letters.trouble(app.host, job, troubles, local, clock.today)
    try:
        written = compose(app, told, clock)
    except LetterBroken:
        return False  # the broken letter is this one: the log and the board tell of the run
    with writing(app.engine) as connection:
        put = outbox.put(connection, written, (), today=clock.today, now=clock.now)
    return put is not None
