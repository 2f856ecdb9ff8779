"""The days of the demonstration: when sheets are due, when reminders are written, when it ends."""

from __future__ import annotations

from datetime import date, timedelta

from ill_workflows.demo.world import World
from ill_workflows.forms.month import first_day, next_month


def host_days(world: World, first: date, last: date) -> list[date]:
    """The host's open days of a span, both ends included."""
    calendar = world.members[world.codes[0]].calendar
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if calendar.is_open(day)]


def due_day(world: World, month: str) -> date:
    """The day by which a month's sheets are due."""
    wanted = first_day(next_month(month)).replace(day=world.config.rules.sheet_due_day)
    return world.members[world.codes[0]].calendar.next_open(wanted)


def last_of_all(world: World) -> date:
    """The day on which the evaluation is compiled: about the twentieth after the last month."""
    after = first_day(next_month(world.months[-1])) + timedelta(days=19)
    return world.members[world.codes[0]].calendar.next_open(after)


def remind_days(world: World) -> list[date]:
    """When reminders are written: on the day on which sheets are due, and a week later.

    A real host writes every working day; here the facts are hardly ever too old, and most
    letters speak of what is so.
    """
    calendar, last = world.members[world.codes[0]].calendar, last_of_all(world)
    days = {due_day(world, month) for month in world.months}
    days |= {calendar.next_open(day + timedelta(days=7)) for day in days}
    return sorted(day for day in days if day <= last)


def planned_day(world: World) -> date:
    """When the libraries of the planned incidents send the sheets that show them."""
    return due_day(world, world.months[world.base])


def first_letter_day(world: World) -> date:
    """When the readers of the planned incidents get their first reminder."""
    return next(day for day in remind_days(world) if day >= planned_day(world))


def closing_day(world: World) -> date:
    """When the host freezes the figures of all months but the last: some days before it compiles
    the evaluation.
    """  # noqa: D205
    return host_days(world, last_of_all(world) - timedelta(days=7), last_of_all(world))[0]


def remembered_day(world: World) -> date:
    """When a library finds that it forgot a request in a month that is closed by then."""
    return host_days(world, closing_day(world) + timedelta(days=1), last_of_all(world))[0]
