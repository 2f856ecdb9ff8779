"""Notice policies: the steps of each, when one is due, which letters are written today.

A step is due when its day has come *and it has not been written*; at most one step of a case at
a time, in order, none hurried: after weeks of silence the first letter is still the mild one,
and the usual days to answer follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from ill_workflows.lending.cases import Discrepancy, Loan, Reader


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name on the wire and the days after which it is due."""

    name: str
    after: int


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """The steps of a policy; ``every`` repeats after the last one, so many days apart."""

    name: str
    steps: tuple[Step, ...]
    every: int | None = None
    hours: Literal["any", "office"] = "office"
    enabled: bool = True

    def next_step(self, anchor: date, written: Mapping[str, date], today: date) -> Step | None:
        """The step that is due today, or None.

        ``anchor`` is the day from which the policy counts, ``written`` the steps that were
        written and when.
        """
        upcoming = self.upcoming(anchor, written)
        return upcoming[0] if upcoming is not None and upcoming[1] <= today else None

    def upcoming(self, anchor: date, written: Mapping[str, date]) -> tuple[Step, date] | None:
        """The step after the last written one, and the first day on which it may be written.

        None where every step is written.
        """
        sequence = list(self._sequence(len(written) + 1))
        done = [place for place, step in enumerate(sequence) if step.name in written]
        place = done[-1] + 1 if done else 0
        if place >= len(sequence):
            return None
        step = sequence[place]
        earliest = anchor + timedelta(days=step.after)
        if done:
            previous = sequence[done[-1]]
            gap = timedelta(days=max(1, step.after - previous.after))
            earliest = max(earliest, written[previous.name] + gap)
        return step, earliest

    def _sequence(self, at_least: int) -> Iterable[Step]:
        yield from self.steps
        if self.every is None or not self.steps:
            return
        after = self.steps[-1].after
        for _ in range(at_least):
            after += self.every
            yield Step(str(after), after)


def steps(*after: int) -> tuple[Step, ...]:
    """Steps named by their days."""
    return tuple(Step(str(days), days) for days in after)


POLICIES: tuple[NoticePolicy, ...] = (
    NoticePolicy("due_soon", steps(-3)),
    NoticePolicy("overdue", (Step("first", 1), Step("second", 7), Step("final", 14))),
    NoticePolicy("overdue_lender", (Step("final", 0),)),
    NoticePolicy("overdue_library", steps(14), every=7),
    NoticePolicy("still_out", steps(0), every=7),
    NoticePolicy("discrepancy", steps(0, 14)),
    NoticePolicy("sheet", steps(-3, 1, 5, 10)),
    NoticePolicy("receipt", steps(0), hours="any"),
    NoticePolicy("returned", steps(0), hours="any"),
)
"""The policies and their defaults; ``[notices.<policy>]`` in config.toml overrides them."""

HOST_AFTER = 28
"""The step of ``overdue_library`` from which the host is told, by counts and without names."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One step reached by one case, on its way to one recipient."""

    policy: str
    step: str
    case: str
    episode: str
    library: str
    to: tuple[str, str]
    about: Loan | Discrepancy


@dataclass(frozen=True, slots=True)
class Bundle:
    """All notices of one recipient, policy and step of today: one letter.

    ``to`` is ("reader", "<home>/<number>") or ("library", code).
    """

    policy: str
    step: str
    library: str
    to: tuple[str, str]
    notices: tuple[Notice, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """The keys of the cases that reached the step, each once."""
        return tuple(dict.fromkeys(notice.case for notice in self.notices))


History = Mapping[tuple[str, str, str], Mapping[str, date]]
"""(policy, case key, episode) → step → the day on which it was written."""


@dataclass(frozen=True)
class Day:
    """What is needed to decide what is written today."""

    today: date
    history: History
    policies: Mapping[str, NoticePolicy] = field(default_factory=dict)

    def due(self, policy: str, case: str, anchor: date, episode: str = "") -> Step | None:
        """The step of a policy that a case reaches today."""
        plan = self.policies[policy]
        if not plan.enabled:
            return None
        return plan.next_step(anchor, self.history.get((policy, case, episode), {}), self.today)


def due_notices(
    loans: Iterable[Loan], discrepancies: Iterable[Discrepancy], day: Day
) -> list[Notice]:
    """Every notice that is due today, in the order of the loans."""
    found: list[Notice] = []
    for loan in loans:
        for rule in (_due_soon, _overdue, _overdue_library, _still_out):
            found.extend(rule(loan, day))
    for case in discrepancies:
        found.extend(_discrepancy(case, day))
    return found


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


def _discrepancy(case: Discrepancy, day: Day) -> Iterable[Notice]:
    for library in dict.fromkeys((case.lender, case.home)):
        episode = f"{library}/{case.lender}"  # two lenders may lend on one card on one day
        told = day.history.get(("discrepancy", case.key, episode), {})
        if told and (case.rests or _answered(case, max(told.values()))):
            continue  # the lender is being asked, or both have looked: it stays on the host's list
        anchor = min(told.values(), default=day.today)
        step = day.due("discrepancy", case.key, anchor, episode)
        if step is not None:
            to = ("library", library)
            yield Notice("discrepancy", step.name, case.key, episode, library, to, case)


def _answered(case: Discrepancy, told: date) -> bool:
    """Whether both libraries have sent a newer sheet since they were told."""
    return all(day is not None and day > told for day in case.answered_on)


def bundle(notices: Iterable[Notice]) -> list[Bundle]:
    """One letter a recipient, policy and step, in the order in which they were found."""
    groups: dict[tuple[Any, ...], list[Notice]] = {}
    for notice in notices:
        groups.setdefault((notice.policy, notice.step, notice.to), []).append(notice)
    order: Callable[[Notice], str] = lambda notice: notice.case  # noqa: E731
    return [
        Bundle(policy, step, group[0].library, to, tuple(sorted(group, key=order)))
        for (policy, step, to), group in groups.items()
    ]
