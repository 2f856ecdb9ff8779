"""The end of the term: the host is told in good time what ends, and what to do (Article 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from ill_workflows.lending.cases import Reader, case_key
from ill_workflows.lending.notices import Day, Notice

POLICY: Final = "term"


@dataclass(frozen=True, slots=True)
class TermEnd:
    """A term of the agreement that has not ended: both its days, and the host."""

    first: date
    last: date
    host: str

    @property
    def key(self) -> str:
        """``term/<from>/<to>``: a term that is extended is another case."""
        return case_key("term", self.first, self.last)


def due(term: TermEnd, day: Day) -> Iterator[Notice]:
    """The host is told, a step at a time; nothing is written once the term is over."""
    step = day.due(POLICY, term.key, term.last) if day.today <= term.last else None
    if step is not None:
        yield Notice(POLICY, step.name, term.key, "", term.host, ("library", term.host), term)


def true(term: TermEnd, today: date) -> Iterator[tuple[str, Reader | str | None]]:
    """A letter about it is true until the term ends."""
    if today <= term.last:
        yield POLICY, term.host


def why(term: TermEnd, today: date) -> str:
    """Why a letter about it is written."""
    return f"{term.last} 到期 ends，還有 {(term.last - today).days} 天 days left"
