"""The planned incidents: what a host library lives through, each at least once.

Each writes its part of the truth and, in ``world.incidents``, whom and what it concerns.  With
few libraries one of them plays several parts; the cards are those kept for this.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ill_workflows.demo.days import first_letter_day, remembered_day
from ill_workflows.demo.events import CardState, Request
from ill_workflows.demo.world import World
from ill_workflows.forms.month import next_month


def _role(world: World, n: int) -> str:
    return world.codes[n % len(world.codes)]


def _lender(world: World, home: str, n: int = 0) -> str:
    others = [code for code in world.codes if code != home]
    return others[n % len(others)]


def _day(world: World, code: str, after: int, step: int = 0) -> date:
    """An open day of a library, so many days after the first of the month in which it all begins
    (``step``: or of a later month).
    """  # noqa: D205
    return world.open_day(code, next_month(world.months[world.base], step), after)


def _after(world: World, code: str, day: date, days: int) -> date:
    return world.members[code].calendar.next_open(day + timedelta(days=days))


def several(world: World) -> None:
    """A reader with three overdue books at one lender and one at another."""
    home = _role(world, 1)
    rng, reader = world.rng("several"), world.rosters[home].somebody_new(email=True)
    cards = []
    for n, count in enumerate((3, 1)):
        lender = _lender(world, home, n)
        held = (_day(world, home, 1 + n), _day(world, home, 26, 1))
        cards.append(world.give(reader, -n, held, lender).card)
        for _ in range(count):
            lent = _day(world, lender, 2 + n)
            world.lend(lender, cards[-1], lent, _day(world, lender, 24, 1), rng)
    world.incidents["several"] = {"reader": reader, "cards": tuple(cards)}


def no_address(world: World) -> None:
    """A reader without an address and with a book overdue: the home library hands the page over."""
    home = _role(world, 2)
    lender, reader = _lender(world, home), world.rosters[home].somebody_new(email=False)
    held = (_day(world, home, 2), _day(world, home, 20, 1))
    card = world.give(reader, -2, held, lender, "讀者未留信箱").card
    lent, back = _day(world, lender, 3), _day(world, lender, 19, 1)
    world.lend(lender, card, lent, back, world.rng("no_address"))
    world.incidents["no_address"] = {"reader": reader, "home": home, "card": card}


def saved(world: World) -> None:
    """A book that comes back after the first letter: the lender's interim sheet says so in time,
    and its reader hears no more.
    """  # noqa: D205
    home = _role(world, 3 if len(world.codes) > 3 else 1)
    lender, reader = _lender(world, home), world.rosters[home].somebody_new(email=True)
    told = first_letter_day(world)
    back = _after(world, lender, told, 2)
    held = (_day(world, home, 3), _after(world, home, back, 1))
    card = world.give(reader, -3, held, lender).card
    world.lend(lender, card, _day(world, lender, 4), back, world.rng("saved"))
    world.incidents["saved"] = {
        "reader": reader, "card": card, "lender": lender, "told": told, "back": back,
    }  # fmt: skip


def lost_book(world: World) -> None:
    """A book that is lost: its reminders end, and the reader pays for it."""
    home = _role(world, 2)
    lender, reader = _lender(world, home, 1), world.rosters[home].somebody_new(email=True)
    lost = _day(world, lender, 26)
    held = (_day(world, home, 1), _after(world, home, lost, 0))
    card = world.give(reader, -4, held, lender, "書遺失，已辦理賠償").card
    loan = world.lend(lender, card, _day(world, lender, 2), None, world.rng("lost_book"))
    world.loans[lender][-1] = replace(loan, lost_on=lost, note="讀者報失，賠償中")
    world.incidents["lost_book"] = {"lender": lender, "card": card, "item": loan.book.item}


def lost_card(world: World) -> None:
    """A card that is lost and replaced by a new number; a month later somebody uses it."""
    home = _role(world, 1)
    lender, reader = _lender(world, home), world.rosters[home].somebody_new(email=True)
    lost = _day(world, home, 12)
    held = (_day(world, home, 5), lost)
    card = world.give(reader, -5, held, lender, "讀者遺失借書證，已繳補發費").card
    fresh = world.card(home, world.members[home].cards + 1)
    world.states[home] += [
        CardState(card, "遺失", lost, f"補發 {fresh}"),
        CardState(fresh, "正常", lost, f"補發，原 {card}"),
    ]
    lent, back = _day(world, lender, 7, 1), _day(world, lender, 15, 1)
    world.lend(lender, card, lent, back, world.rng("lost_card"))
    world.incidents["lost_card"] = {"home": home, "lender": lender, "card": card}


def reissued(world: World) -> None:
    """A card taken back and given to somebody else while a book is still out on it."""
    home = _role(world, 1)
    lender, roster = _lender(world, home), world.rosters[home]
    first, second = roster.somebody_new(email=True), roster.somebody_new(email=True)
    held = (_day(world, home, 1), _day(world, home, 14))
    card = world.give(first, -6, held, lender).card
    again = _day(world, home, 17)
    world.give(second, -6, (again, _day(world, home, 11, 1)), lender)
    lent, back = _day(world, lender, 2), _day(world, lender, 22, 1)
    world.lend(lender, card, lent, back, world.rng("reissued"))
    world.incidents["reissued"] = {"home": home, "lender": lender, "card": card, "again": again}


def nobody(world: World) -> None:
    """A loan on a card that nobody held, as far as its home library knows."""
    home = _role(world, 2)
    lender, card = _lender(world, home), world.card(home, -7)
    lent, back = _day(world, lender, 6), _day(world, lender, 18, 1)
    world.lend(lender, card, lent, back, world.rng("nobody"))
    world.incidents["nobody"] = {"home": home, "lender": lender, "card": card}


def stale(world: World) -> None:
    """A lender that sends nothing for two months, while a book lent there is overdue."""
    home, lender = world.codes[0], _role(world, min(3, len(world.codes) - 1))
    reader = world.rosters[home].somebody_new(email=True)
    lent, back = _day(world, lender, 4), _day(world, lender, 3, 3)
    held = (_day(world, home, 3), _after(world, home, back, 1))
    card = world.give(reader, -8, held, lender).card
    world.lend(lender, card, lent, back, world.rng("stale"))
    world.incidents["stale"] = {
        "lender": lender, "card": card, "months": world.months[world.base + 1 : world.base + 3],
    }  # fmt: skip


def forgotten(world: World) -> None:
    """A copy that its lender forgets to report, and remembers when the month is closed."""
    lender, month = _role(world, 1), world.months[0]
    day = world.open_day(lender, month, 9)
    number = "補-001"
    world.requests[lender].append(
        Request(
            lender, number, day, _lender(world, lender), "複印", "電腦輔助設計導論（第3章）",
            "專書章節", 2019, day, "提供", "", "紙本影印", 24, 48,
            remembered_on=remembered_day(world),
        )
    )  # fmt: skip
    world.incidents["forgotten"] = {"lender": lender, "month": month}


INCIDENTS = (several, no_address, saved, lost_book, lost_card, reissued, nobody, stale, forgotten)
"""What happens in every demonstration beside everyday traffic."""
