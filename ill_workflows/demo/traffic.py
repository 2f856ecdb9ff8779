"""Everyday traffic: readers come for cards, borrow elsewhere, bring books and cards back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from ill_workflows.demo.chance import pick, poisson
from ill_workflows.demo.events import Loan
from ill_workflows.demo.libraries import Invented
from ill_workflows.demo.season import SEASON
from ill_workflows.demo.world import World
from ill_workflows.forms.cards import UNDECIDED
from ill_workflows.forms.month import first_day, last_day
from ill_workflows.rules.due import due_date
from ill_workflows.rules.policy import Member

ISSUES_A_MONTH: Final = 6.0
"""Cards given out by a library of size 1 in an ordinary month."""
OVERDUE: Final = 0.08
"""The share of loans that come back late."""
RESERVED: Final = 10
"""The highest card numbers of each library are kept for the planned incidents."""
_COUNTS: Final = ((1, 40), (2, 30), (3, 16), (4, 8), (5, 6))
"""Books a visit, and how often."""


def traffic(world: World, place: Invented) -> None:
    """The issues of one library's cards, and the loans that its readers make with them."""
    rng, member = world.rng("traffic", place.code), world.members[place.code]
    free_from: dict[int, date] = {}
    numbers = range(1, member.cards - RESERVED + 1)
    lenders, weights = _destinations(world, place)
    for day in _open_days(world, member):
        for _ in range(poisson(rng, ISSUES_A_MONTH * place.size * SEASON[day.month] / 21)):
            free = [n for n in numbers if free_from.get(n, date.min) <= day]
            if not free:
                continue
            number, lender = rng.choice(free), rng.choices(lenders, weights)[0]
            loans = list(_visit(world, rng, world.card(place.code, number), lender, day))
            back = _card_back(loans, day, member, rng)
            free_from[number] = back + timedelta(days=1)
            destination = UNDECIDED if rng.random() < 0.05 else lender
            reader = world.rosters[place.code].next()
            world.give(reader, number, (day, back), destination)


def _open_days(world: World, member: Member) -> Iterator[date]:
    day, last = first_day(world.months[0]), last_day(world.months[-1])
    while day <= last:
        if member.calendar.is_open(day):
            yield day
        day += timedelta(days=1)


def _destinations(world: World, place: Invented) -> tuple[list[str], list[float]]:
    """Where the readers of a library go: to large libraries, and to those nearby."""
    others = [other for other in world.places if other.code != place.code]
    return [other.code for other in others], [
        other.size * (3.0 if other.city == place.city else 1.0) for other in others
    ]


def _visit(world: World, rng: Random, card: str, lender: str, issued: date) -> Iterator[Loan]:
    """One visit at a lender: no book, one, or several, most of which come back together."""
    if rng.random() < 0.07:
        return
    member = world.members[lender]
    day = member.calendar.next_open(issued + timedelta(days=rng.choice((0, 0, 1, 1, 2, 3))))
    count = min(pick(rng, _COUNTS), member.rules.items)
    together = _back(rng, day, member)
    for _ in range(count):
        back = together if rng.random() < 0.85 else _back(rng, day, member)
        yield world.lend(lender, card, day, back, rng)


def _back(rng: Random, day: date, member: Member) -> date:
    """The day on which a book comes back: in good time, or, one in twelve, late."""
    due = due_date(day, member.rules.days, member.calendar)
    if rng.random() < OVERDUE:
        late = 1 + min(55, int(rng.expovariate(1 / 9)))
        return member.calendar.next_open(due + timedelta(days=late))
    kept = 1 + int((due - day).days * rng.betavariate(3.2, 1.7))
    return min(due, member.calendar.next_open(day + timedelta(days=kept)))


def _card_back(loans: list[Loan], day: date, home: Member, rng: Random) -> date:
    """The card comes back when every book is, a few days later."""
    last = max((loan.returned_on or day for loan in loans), default=day)
    return home.calendar.next_open(last + timedelta(days=rng.choice((0, 0, 1, 1, 2, 4))))
