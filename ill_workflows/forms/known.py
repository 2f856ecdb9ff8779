"""What the checks know besides the workbook: the members, the day of receipt, whose sheet it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ill_workflows.forms.month import first_day, last_day
from ill_workflows.forms.text import key
from ill_workflows.rules.policy import Member

_SUFFIXES = ("", "圖書館", "圖書資訊處", "圖資處", "圖資館")
"""What may stand behind a library's code, name or alias."""


@dataclass(frozen=True)
class Known:
    """One frozen value, built by the job for each arrival.

    ``members`` maps code → member, ``received`` is the day on which the file came in,
    ``term_from`` the first day of the alliance's term, ``void_cards`` maps the cards that
    their home library has reported lost or void → the day since which they are.
    """

    members: Mapping[str, Member]
    received: date
    term_from: date | None = None
    void_cards: Mapping[str, date] = field(default_factory=dict)

    @cached_property
    def codes(self) -> dict[str, str]:
        """Spelling of a code or full name → code; these are not worth telling."""
        names = ((n, m.code) for m in self.members.values() for n in (m.name, m.name_en))
        return _spellings(names) | {key(code): code for code in self.members}

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Spelling of a known alias → code; understood, and told."""
        return _spellings(
            (f"{spelling}{tail}", code)
            for code, member in self.members.items()
            for spelling in (code, member.name, *member.aliases)
            for tail in _SUFFIXES
            if spelling
        )

    def library(self, text: str) -> str | None:
        """The code of the library that a text names, or None."""
        spelling = key(text)
        return self.codes.get(spelling) or self.aliases.get(spelling)


def _spellings(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Spelling → code, without the spellings that two libraries share: those name neither."""
    table: dict[str, str] = {}
    shared: set[str] = set()
    for spelling, code in pairs:
        if spelling and table.setdefault(key(spelling), code) != code:
            shared.add(key(spelling))
    return {spelling: code for spelling, code in table.items() if spelling not in shared}


@dataclass(frozen=True)
class Context:
    """One workbook's frame: what is known, and whose sheet of which month it is."""

    known: Known
    library: str
    month: str | None
    epoch_1904: bool = False
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def received(self) -> date:
        """The day on which the file came in."""
        return self.known.received

    @cached_property
    def period_end(self) -> date:
        """The last day of the month, or the day of receipt for forms without a month."""
        return last_day(self.month) if self.month else self.received

    @cached_property
    def period_start(self) -> date | None:
        """The first day of the month; None for forms without one."""
        return first_day(self.month) if self.month else None

    @cached_property
    def example_card(self) -> str:
        """A card number that would be right in a lender's sheet."""
        other = next((code for code in self.known.members if code != self.library), self.library)
        return f"{other}-07"
