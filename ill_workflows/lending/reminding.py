"""What is written about books that are out: to their readers, and to the two libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from ill_workflows.lending.cases import Loan, Reader
from ill_workflows.lending.notices import Day, Notice
from ill_workflows.lending.policies import NoticePolicy, Step

HOST_AFTER = 28
"""The step of ``overdue_library`` from which the host is told, by counts and without names."""


def due(loan: Loan, day: Day) -> Iterator[Notice]:
    """The notices about a book that is out; those of one that is recalled rest."""
    if loan.recalled is not None:
        return
    for rule in (_due_soon, _overdue, _overdue_library, _still_out):
        yield from rule(loan, day)


def true(loan: Loan, today: date) -> Iterator[tuple[str, Reader | None]]:
    """The policies whose letters about it are true today; with the reader where it goes to one."""
    if loan.recalled is not None:
        return
    if loan.asked:
        yield "still_out", None
        return
    yield "overdue_library", None
    yield "overdue_lender", None
    if loan.reader is not None:
        yield "overdue" if loan.overdue(today) >= 0 else "due_soon", loan.reader


def _reader(reader: Reader) -> tuple[str, str]:
    return ("reader", f"{reader.home}/{reader.number}")


def _due_soon(loan: Loan, day: Day) -> Iterable[Notice]:
    if loan.asked or loan.reader is None or loan.overdue(day.today) >= 0:
        return
    step = day.due("due_soon", loan.key, loan.due_on)
    if step is not None:
        yield Notice("due_soon", step.name, loan.key, "", loan.home, _reader(loan.reader), loan)


def _overdue(loan: Loan, day: Day) -> Iterable[Notice]:
    if loan.asked or loan.reader is None or loan.overdue(day.today) <= 0:
        return
    step = day.due("overdue", loan.key, loan.due_on)
    if step is not None:
        yield Notice("overdue", step.name, loan.key, "", loan.home, _reader(loan.reader), loan)
    last = day.policies["overdue"].steps[-1:]
    told = day.history.get(("overdue", loan.key, ""), {})
    if last and (step == last[0] or last[0].name in told):
        reached = told.get(last[0].name, day.today)
        follow = day.due("overdue_lender", loan.key, reached)
        if follow is not None:
            yield _to_lender("overdue_lender", follow, loan)


def _to_lender(policy: str, step: Step, loan: Loan, episode: str = "") -> Notice:
    lender = loan.lender
    return Notice(policy, step.name, loan.key, episode, lender, ("library", lender), loan)


def _overdue_library(loan: Loan, day: Day) -> Iterable[Notice]:
    if loan.asked or loan.overdue(day.today) <= 0:
        return
    written = day.history.get(("overdue_library", loan.key, ""), {})
    plan = library_plan(loan, day, written)
    step = plan.next_step(loan.due_on, written, day.today) if plan.enabled else None
    if step is not None:
        yield Notice(
            "overdue_library", step.name, loan.key, "", loan.home, ("library", loan.home), loan
        )


def library_plan(loan: Loan, day: Day, written: Mapping[str, date]) -> NoticePolicy:
    """Nobody to write to: the home library is told when the reader would have been first."""
    plan = day.policies["overdue_library"]
    steps = day.policies["overdue"].steps[:1]
    if not steps or (plan.steps and plan.steps[0].after <= steps[0].after):
        return plan
    first = Step(str(steps[0].after), steps[0].after)
    if loan.reader is not None and first.name not in written:
        return plan
    return replace(plan, steps=(first, *plan.steps))


def _still_out(loan: Loan, day: Day) -> Iterable[Notice]:
    if not loan.asked or (loan.overdue(day.today) <= 0 and loan.asked != "missing"):
        return
    told = day.history.get(("still_out", loan.key, loan.sheet), {})
    anchor = min(told.values(), default=day.today)
    step = day.due("still_out", loan.key, anchor, loan.sheet)
    if step is not None:
        yield _to_lender("still_out", step, loan, loan.sheet)
