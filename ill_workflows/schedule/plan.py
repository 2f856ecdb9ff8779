"""``[schedule]`` as plans: which slots of a job have come since the last one, which comes next.

Nothing here reads a clock or the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from apscheduler.triggers.cron import CronTrigger

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.jobs import JOBS, Job
from ill_workflows.jobs.health import Item
from ill_workflows.jobs.post import Clock

LOOKED_BACK: Final = timedelta(days=31)
"""Slots that were missed before that are not counted."""
_NEXT: Final = timedelta(microseconds=1)
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY: Final = re.compile(r"(?P<first>[a-z0-9]+)(?:-(?P<last>[a-z0-9]+))?(?:/(?P<step>[0-9]+))?")


@dataclass(frozen=True)
class Plan:
    """When a job runs."""

    job: Job
    trigger: Any

    def next_after(self, moment: datetime) -> datetime | None:
        """The first slot after a moment; None where there is none.

        Of an hour that comes twice, as summer time ends, the second is passed over.
        """
        later = moment.astimezone(UTC)
        before = moment.astimezone(self.trigger.timezone).replace(tzinfo=None)
        while (found := self.trigger.get_next_fire_time(None, later + _NEXT)) is not None:
            slot: datetime = found.astimezone(UTC)
            if slot > later and found.replace(tzinfo=None) > before:
                return slot
            later = max(slot, later + timedelta(minutes=1))
        return None

    def due(self, last: datetime, now: datetime) -> tuple[datetime | None, int]:
        """The slot to run now, and how many were missed before it.

        After a time in which nobody looked, one run stands for all of them: every job looks at
        all that there is.
        """
        slot, count, moment = None, 0, max(last, now - LOOKED_BACK)
        while (following := self.next_after(moment)) is not None and following <= now:
            slot, count, moment = following, count + 1, following
        return slot, max(count - 1, 0)


def plans(expressions: dict[str, str], zone: tzinfo) -> list[Plan]:
    """The plans of a configuration; a job without an expression runs on request only.

    Raises:
        UsageProblem: an expression is no crontab.
    """
    found = []
    for job in JOBS:
        if said := expressions.get(job.name, "").strip():
            try:
                found.append(Plan(job, trigger(said, zone)))
            except ValueError as bad:
                raise UsageProblem(
                    f"schedule.{job.name}：「{said}」不是 crontab 的寫法，例如 30 8 * * mon-fri。",
                    f'schedule.{job.name}: "{said}" is no crontab line such as 30 8 * * mon-fri.',
                ) from bad
    return found


def look(app: App, clock: Clock) -> Item:
    """The line of ``check`` about ``[schedule]``: when each job runs next."""
    try:
        planned = plans(app.config.schedule.model_dump(), app.config.zone)
    except UsageProblem as bad:
        return Item("排程 schedule", ok=False, said=str(bad))
    following = ((plan.job.name, plan.next_after(clock.now)) for plan in planned)
    told = [
        f"{name} {slot.astimezone(app.config.zone):%m-%d %H:%M}" if slot else f"{name} 永不 never"
        for name, slot in following
    ]
    return Item("排程 schedule", ok=True, said="，".join(told) or "無 none")


def trigger(expression: str, zone: tzinfo) -> CronTrigger:
    """A crontab line as a trigger of APScheduler, which would take Monday for day 0.

    Raises:
        ValueError: it is none.
    """
    minute, hour, day, month, weekday = expression.split()
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday.lower()),
        timezone=zone,
    )  # fmt: skip


def _weekdays(field: str) -> str:
    """A crontab's days of the week (0 and 7 are Sunday) by their names."""
    if field == "*":
        return field
    named = {d for part in field.split(",") for d in _days_of(part)}
    return ",".join(day for day in _DAYS if day in named)


def _days_of(part: str) -> Iterable[str]:
    step = 1
    if part.startswith("*/"):
        first, last, step = 0, 6, int(part[2:])
    else:
        found = _DAY.fullmatch(part)
        if found is None:
            raise ValueError(part)
        first = _number(found["first"])
        last = _number(found["last"]) if found["last"] else (6 if found["step"] else first)
        step = int(found["step"] or 1)
    last += 7 if last < first else 0
    return (_DAYS[n % 7] for n in range(first, last + 1, max(step, 1)))


def _number(day: str) -> int:
    if day.isdigit() and int(day) <= 7:
        return int(day)
    return _DAYS.index(day[:3])
