"""The kinds of cases: what is due about each today, and which letters about it are true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ill_workflows.lending import clearing, contradictions, reminding
from ill_workflows.lending.cases import Discrepancy, Loan, Reader
from ill_workflows.lending.clearance import Clearance, Concern
from ill_workflows.lending.notices import Case, Day, Notice


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case.

    ``due`` answers the notices of a day; ``true`` the policies whose letters about it are true on
    a day, with the reader where such a letter goes to one.
    """

    due: Callable[[Any, Day], Iterable[Notice]]
    true: Callable[[Any, date], Iterable[tuple[str, Reader | None]]]


KINDS: Final[dict[type, Kind]] = {
    Loan: Kind(reminding.due, reminding.true),
    Discrepancy: Kind(contradictions.due, contradictions.true),
    Clearance: Kind(clearing.due_to_home, clearing.true_to_home),
    Concern: Kind(clearing.due_to_lender, clearing.true_to_lender),
}
"""Class of a case → its kind."""


def due_notices(cases: Iterable[Case], day: Day) -> list[Notice]:
    """Every notice that is due today, in the order of the cases."""
    return [notice for case in cases for notice in KINDS[type(case)].due(case, day)]


def true_today(cases: Iterable[Case], today: date) -> dict[tuple[str, str], Reader | None]:
    """(policy, case key) of every letter that would be true today → its reader, if it has one."""
    return {
        (policy, case.key): reader
        for case in cases
        for policy, reader in KINDS[type(case)].true(case, today)
    }
