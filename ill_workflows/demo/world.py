"""The invented alliance: its libraries, and the truth about what happens in its months.

All chance comes from the seed, each library's from streams of its own, so that the same seed
gives the same world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from ill_workflows.config import Config
from ill_workflows.demo.books import book
from ill_workflows.demo.events import CardState, Issue, Loan, Request
from ill_workflows.demo.libraries import Invented
from ill_workflows.demo.readers import Reader, Roster
from ill_workflows.forms.choices import CHECKED_BY
from ill_workflows.forms.month import first_day
from ill_workflows.rules.due import due_date
from ill_workflows.rules.fines import fine
from ill_workflows.rules.policy import Member


@dataclass
class World:
    """The truth about the alliance.

    ``loans`` and ``requests`` are by lender, ``issues`` and ``states`` by home library;
    ``incidents`` says whom and what each planned incident concerns.
    """

    seed: int
    months: tuple[str, ...]
    places: tuple[Invented, ...]
    config: Config
    text: str
    issues: dict[str, list[Issue]] = field(default_factory=dict)
    loans: dict[str, list[Loan]] = field(default_factory=dict)
    requests: dict[str, list[Request]] = field(default_factory=dict)
    states: dict[str, list[CardState]] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)
    incidents: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def members(self) -> Mapping[str, Member]:
        """Code → member, with calendar and rules."""
        return self.config.members

    @property
    def codes(self) -> tuple[str, ...]:
        """The libraries' codes, the host's first."""
        return tuple(place.code for place in self.places)

    @property
    def base(self) -> int:
        """The place among the months at which the planned incidents begin."""
        return 0 if len(self.months) < 6 else 4

    def place(self, code: str) -> Invented:
        """The library with this code."""
        return next(place for place in self.places if place.code == code)

    def rng(self, *about: object) -> Random:
        """A stream of chance of its own."""
        return Random(" ".join(map(str, (self.seed, *about))))

    def open_day(self, code: str, month: str, after: int) -> date:
        """A library's first open day so many days after the first of a month."""
        return self.members[code].calendar.next_open(first_day(month) + timedelta(days=after))

    def card(self, home: str, number: int) -> str:
        """A card of a library; counted from its last one when the number is not positive."""
        return f"{home}-{number if number > 0 else self.members[home].cards + number:02d}"

    def lend(self, lender: str, card: str, day: date, back: date | None, rng: Random) -> Loan:
        """A book lent and, on ``back``, returned; the lender charges by its own rules."""
        member, shelf = self.members[lender], self.loans[lender]
        due = due_date(day, member.rules.days, member.calendar)
        charged = fine(due, back, member.rules, member.calendar) if back else 0
        number, pattern = 7 * len(shelf) + rng.randrange(7), self.place(lender).habits.items
        loan = Loan(
            lender,
            card,
            book(rng, number, pattern, day.year, member.rules.excluded_kinds),
            day,
            due,
            back,
            charged,
            charged if rng.random() > 0.06 else 0,
            "毀損" if back is not None and rng.random() < 0.004 else "正常",
        )
        shelf.append(loan)
        return loan

    def give(
        self, reader: Reader, number: int, held: tuple[date, date | None], to: str, note: str = ""
    ) -> Issue:
        """A card given to a reader on the first day of ``held`` to visit ``to`` and, on the last,
        taken back and checked (Article 7.4).
        """  # noqa: D205
        issued, back = held
        checked_by = CHECKED_BY[issued.toordinal() % len(CHECKED_BY)] if back else ""
        card = self.card(reader.home, number)
        issue = Issue(card, reader, issued, to, back, checked_by, back, note)
        self.issues[reader.home].append(issue)
        return issue
