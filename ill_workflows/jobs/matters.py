"""The cases beside loans: what libraries told of recalls, fines, lost cards and leavers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.jobs import claims, recalls
from ill_workflows.jobs.clear import gathered
from ill_workflows.jobs.post import Clock
from ill_workflows.lending.cases import Loan, Sheets
from ill_workflows.lending.notices import Case


@dataclass(frozen=True)
class Asked:
    """What cases are gathered from: the store, and what is known of loans already.

    ``dead`` are addresses that a server has refused.
    """

    app: App
    connection: Connection
    clock: Clock
    sheets: Sheets
    loans: list[Loan]
    dead: frozenset[str]


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
)
"""Each answers the cases of one kind."""


def matters(asked: Asked) -> list[Case]:
    """All cases beside loans and contradictions."""
    return [case for gather in GATHERERS for case in gather(asked)]
