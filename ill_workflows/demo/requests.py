"""Requests that lenders receive: copies supplied, and what could not be lent (Article 6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from ill_workflows.demo.books import COPIED, article, book, published
from ill_workflows.demo.chance import pick
from ill_workflows.demo.events import Request
from ill_workflows.demo.libraries import Invented
from ill_workflows.demo.season import SEASON
from ill_workflows.demo.world import World
from ill_workflows.forms.choices import OTHER_REASON, REASONS
from ill_workflows.forms.month import ROC, first_day, last_day

REQUESTS_A_MONTH: Final = 7.5
"""Requests beside the loans, at a library of size 1 in an ordinary month."""
_REASON_WEIGHTS: Final = {
    "R01": 22, "R10": 19, "R04": 10, "R05": 9, "R17": 8, "R20": 6, "R19": 5, "R24": 3, "R22": 4,
    "R23": 3, "R09": 4, "R02": 3, "R06": 2, "R16": 3, "R11": 2, "R12": 1, "R13": 1, "R07": 1,
    "R27": 1,
}  # fmt: skip
"""Why requests fail, in the proportions that other alliances publish: out on loan, not on the
shelf, and only then the rest."""
_OUTCOMES: Final = {
    "複印": (("提供", 79), ("拒絕", 15), ("取消", 4), ("重複", 2)),
    "借閱": (("拒絕", 86), ("取消", 9), ("重複", 5)),
}
_DAYS: Final = (0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 10, 14, 21)
"""Days to an answer: half within two, a few after weeks."""


def requests_of(world: World, place: Invented) -> Iterator[Request]:
    """The requests of one lender, month by month, numbered as its form asks: ``11411-001``."""
    rng = world.rng("requests", place.code)
    others = [code for code in world.codes if code != place.code]
    weights = [world.place(code).size for code in others]
    for month in world.months:
        mean = REQUESTS_A_MONTH * place.size * SEASON[int(month[5:])]
        count = max(0, round(rng.gauss(mean, mean**0.5)))
        days = sorted(_open_day(world, place, month, rng) for _ in range(count))
        for n, day in enumerate(days, start=1):
            number = f"{day.year - ROC}{month[5:]}-{n:03d}"
            borrower = rng.choices(others, weights)[0]
            yield _answered(Request(place.code, number, day, borrower), world, place, rng)


def _open_day(world: World, place: Invented, month: str, rng: Random) -> date:
    calendar, last = world.members[place.code].calendar, last_day(month)
    day = calendar.next_open(first_day(month) + timedelta(days=rng.randrange(last.day)))
    return day if day <= last else calendar.next_open(first_day(month))


def _answered(asked: Request, world: World, place: Invented, rng: Random) -> Request:
    """What was asked for, and what came of it."""
    service, year = "複印" if rng.random() < 0.6 else "借閱", asked.requested_on.year
    outcome = pick(rng, _OUTCOMES[service])
    due = asked.requested_on + timedelta(days=rng.choice(_DAYS))
    asked = replace(
        asked,
        service=service,
        outcome=outcome,
        answered_on=world.members[place.code].calendar.next_open(due),
    )
    if service == "複印":
        material = pick(rng, COPIED)
        asked = replace(
            asked, title=article(rng), material=material, published=published(rng, year)
        )
    else:
        wanted = book(rng, rng.randrange(9999), "%d", year, ())
        asked = replace(
            asked, title=wanted.title, material=wanted.material, published=wanted.published
        )
    if outcome == "拒絕":
        reason = _reason(rng)
        return replace(
            asked, reason=reason, note="設備檢修，暫停服務" if reason == OTHER_REASON else ""
        )
    if outcome == "提供":
        pages = max(1, int(rng.lognormvariate(2.5, 0.6)))
        fee = 3 * pages + 20 if place.size > 0.8 else 2 * pages
        way = rng.choice(("紙本影印", "掃描電子檔", "掃描電子檔"))
        return replace(asked, pages=pages, fee=fee, supplied_as=way)
    return asked


def _reason(rng: Random) -> str:
    code = pick(rng, tuple(_REASON_WEIGHTS.items()))
    return next(reason.zh for reason in REASONS if reason.code == code)
