"""The cases beside loans: what libraries told of recalls, fines, lost cards and leavers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ill_workflows.jobs import claims, recalls, term
from ill_workflows.jobs.asked import Asked
from ill_workflows.jobs.clear import gathered
from ill_workflows.lending.notices import Case


def _departures(asked: Asked) -> Iterable[Case]:
    return gathered(asked.app, asked.connection, asked.clock.today)


def _claims(asked: Asked) -> Iterable[Case]:
    return claims.waiting(asked.connection, asked.sheets, asked.app.members)


GATHERERS: Final[tuple[Callable[[Asked], Iterable[Case]], ...]] = (
    _departures,
    _claims,
    recalls.recalls,
    recalls.suspensions,
    recalls.losses_of_cards,
    term.ending,
)
"""Each answers the cases of one kind."""


def matters(asked: Asked) -> list[Case]:
    """All cases beside loans and contradictions."""
    return [case for gather in GATHERERS for case in gather(asked)]
