"""Due dates that a letter has told stand (notices rule 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from ill_workflows.lending.cases import Loan
from ill_workflows.lending.notices import History
from ill_workflows.rules.fines import fine
from ill_workflows.rules.policy import Member


def with_told_dates(
    loans: Iterable[Loan], history: History, members: Mapping[str, Member], today: date
) -> list[Loan]:
    """A due date that a letter has told stands, unless a later closure makes it later than today.

    One that the lender itself wrote stands as written: then it is the lender who changed it.
    """
    told = _told(history)
    kept = []
    for loan in loans:
        day = _last_told(loan, told)
        later = day is not None and loan.due_on > day and loan.due_on > today
        if day is None or loan.due_written or later:
            kept.append(loan)
        else:
            rules = members[loan.lender]
            cost = fine(day, today, rules.rules, rules.calendar)
            kept.append(replace(loan, due_on=day, fine=cost))
    return kept


def _told(history: History) -> dict[str, list[tuple[date, date, date]]]:
    """A loan's case without its due date → (last told, first told, due date) of each told date."""
    told: dict[str, list[tuple[date, date, date]]] = {}
    for (_, case, _), steps in history.items():
        name, _, due = case.rpartition("/")
        if case.startswith("loan/") and steps:
            days = steps.values()
            told.setdefault(name, []).append((max(days), min(days), date.fromisoformat(due)))
    return told


def _last_told(loan: Loan, told: dict[str, list[tuple[date, date, date]]]) -> date | None:
    """The due date of the last letter about this loan; one written before the book went out was
    about an earlier loan of it.
    """  # noqa: D205
    name = loan.key.rpartition("/")[0]
    about = [(last, due) for last, first, due in told.get(name, ()) if first > loan.lent_on]
    return max(about)[1] if about else None
