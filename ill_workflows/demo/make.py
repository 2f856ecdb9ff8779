"""A world from its seed."""

from __future__ import annotations

from ill_workflows.config import parse
from ill_workflows.demo.home import config_text
from ill_workflows.demo.incidents import INCIDENTS
from ill_workflows.demo.libraries import libraries
from ill_workflows.demo.readers import Roster
from ill_workflows.demo.requests import requests_of
from ill_workflows.demo.season import LAST_MONTH
from ill_workflows.demo.traffic import traffic
from ill_workflows.demo.world import World
from ill_workflows.forms.month import first_day, months_between, next_month


def make_world(count: int, months: int, seed: int) -> World:
    """The world of so many libraries and months; the same arguments give the same world."""
    span = tuple(months_between(next_month(LAST_MONTH, 1 - months), LAST_MONTH))
    places = libraries(count, seed)
    text = config_text(places, first_day(span[0]))
    world = World(seed, span, places, parse(text), text)
    for code in world.codes:
        world.rosters[code] = Roster(code, world.rng("readers", code))
        world.issues[code], world.loans[code] = [], []
        world.requests[code], world.states[code] = [], []
    for incident in INCIDENTS:
        incident(world)
    for place in places:
        traffic(world, place)
        world.requests[place.code].extend(requests_of(world, place))
    for code in world.codes:
        world.issues[code].sort(key=lambda i: (i.issued_on, i.card))
        world.loans[code].sort(key=lambda i: (i.lent_on, i.card, i.book.item))
    return world
