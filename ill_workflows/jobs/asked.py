"""What the cases beside loans are gathered from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.jobs.post import Clock
from ill_workflows.lending.cases import Loan, Sheets


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
