"""The kinds of cases: what is due about each today, and which letters about it are true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ill_workflows.lending import (
    claims,
    clearing,
    contradictions,
    losses,
    recalls,
    reminding,
    suspensions,
    term,
)
from ill_workflows.lending.cases import Discrepancy, Loan, Reader
from ill_workflows.lending.claims import Claim
from ill_workflows.lending.clearance import Clearance, Concern
from ill_workflows.lending.losses import CardReport
from ill_workflows.lending.notices import Case, Day, Notice
from ill_workflows.lending.recalls import Recall
from ill_workflows.lending.suspensions import Suspension
from ill_workflows.lending.term import TermEnd


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case.

    ``due`` answers the notices of a day; ``true`` the policies whose letters about it are true on
    a day, with whom such a letter goes to: the reader, a library's code, or None for whoever it
    was written to.  ``suspension:first`` and ``suspension:later`` are the letters of a policy's
    first step, and those of its other steps.  ``why`` tells the host why one is written today.
    """

    due: Callable[[Any, Day], Iterable[Notice]]
    true: Callable[[Any, date], Iterable[tuple[str, Reader | str | None]]]
    why: Callable[[Any, date], str] | None = None


KINDS: Final[dict[type, Kind]] = {
    Loan: Kind(reminding.due, reminding.true),
    Discrepancy: Kind(contradictions.due, contradictions.true),
    Clearance: Kind(clearing.due_to_home, clearing.true_to_home),
    Concern: Kind(clearing.due_to_lender, clearing.true_to_lender),
    Recall: Kind(recalls.due, recalls.true, recalls.why),
    Suspension: Kind(suspensions.due, suspensions.true, suspensions.why),
    CardReport: Kind(losses.due, losses.true, losses.why),
    Claim: Kind(claims.due, claims.true, claims.why),
    TermEnd: Kind(term.due, term.true, term.why),
}
"""Class of a case → its kind."""


def due_notices(cases: Iterable[Case], day: Day) -> list[Notice]:
    """Every notice that is due today, in the order of the cases."""
    return [notice for case in cases for notice in KINDS[type(case)].due(case, day)]


def true_today(
    cases: Iterable[Case], today: date
) -> dict[tuple[str, str], list[Reader | str | None]]:
    """(policy, case key) of every letter that would be true today → whom it would go to."""
    found: dict[tuple[str, str], list[Reader | str | None]] = {}
    for case in cases:
        for policy, to in KINDS[type(case)].true(case, today):
            found.setdefault((policy, case.key), []).append(to)
    return found


def why_now(case: Case, today: date) -> str:
    """Why a letter about a case is written today; empty where its kind does not say."""
    why = KINDS[type(case)].why
    return why(case, today) if why is not None else ""
