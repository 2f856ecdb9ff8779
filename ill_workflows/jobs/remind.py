"""Writing today's letters of every policy into the outbox: decided, composed, then delivered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.jobs import guard
from ill_workflows.jobs.chase import letters_of as chase_letters
from ill_workflows.jobs.chase import todays_chases
from ill_workflows.jobs.decide import Today, decide
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.jobs.reminders import Desk, letters_of
from ill_workflows.lending.notices import Bundle, bundle
from ill_workflows.store import outbox
from ill_workflows.store.db import writing


@dataclass(frozen=True, slots=True)
class Ready:
    """Letters that are written together: ``marks`` are their notices, carried by the first."""

    letters: list[outbox.Written]
    marks: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Planned:
    """Today's letters, ready to be written, and those that could not be composed."""

    today: Today
    ready: list[Ready]
    broken: list[LetterBroken]

    @property
    def letters(self) -> list[outbox.Written]:
        """All of them, in the order in which they are written."""
        return [letter for one in self.ready for letter in one.letters]


@dataclass
class Result:
    """What a run wrote: letters by (policy, step), and those that could not be composed.

    ``closed``: the host is closed, and only what goes at any hour was written.
    ``asked``: they wait until the host has answered this question.  ``unapproved``: letters that
    are not in the preview that the host has approved; ``changed``: letters in it that are no more
    what they were.
    """

    letters: dict[tuple[str, str], int] = field(default_factory=dict)
    notices: int = 0
    broken: list[LetterBroken] = field(default_factory=list)
    closed: bool = False
    asked: guard.Question | None = None
    unapproved: int = 0
    changed: int = 0

    @property
    def said(self) -> str:
        """One line for the host: counts, no names."""
        if self.closed and not self.letters and self.asked is None:
            return "承辦館休館 / the host is closed"
        if self.asked is not None:
            return f"等承辦館決定：outbox approve {self.asked.number} / the host is asked"
        total = sum(self.letters.values())
        aside = f"，擱置 set aside {len(self.broken)}" if self.broken else ""
        return f"信 letters {total}，通知 notices {self.notices}{aside}"

    def count(self, letter: outbox.Written, notices: int) -> None:
        """One letter more, with so many notices."""
        key = (letter.policy, letter.step)
        self.letters[key] = self.letters.get(key, 0) + 1
        self.notices += notices


def plan(app: App, clock: Clock) -> Planned:
    """Decide and compose today's letters; writes nothing."""
    today, broken = decide(app, clock), list[LetterBroken]()
    ready = [*_composed(Desk(app, today.loans, clock, today.others), today.bundles, broken)]
    ready += _chasing(app, today, clock, broken)
    return Planned(today, ready, broken)


def plan_at_once(app: App, clock: Clock) -> Planned:
    """The same for the letters alone that wait for no open day."""
    today, broken = decide(app, clock), list[LetterBroken]()
    kept = [one for one in today.bundles if app.policies[one.policy].at_any_hour(one.step)]
    ready = [*_composed(Desk(app, today.loans, clock, today.others), kept, broken)]
    return Planned(replace(today, bundles=kept), ready, broken)


def remind(app: App, clock: Clock, approved: Collection[str] | None = None) -> Result:
    """Write today's letters.

    On a day on which the host is closed only those are written that go at any hour (notices
    rule 6): the other steps keep, and are written on the next open day.  Run twice, it writes
    nothing the second time.  Where today's letters are far more than usual, or the clock is to be
    doubted, they wait for the host, and until it has answered nothing more is written.

    ``approved`` are the seals of letters that the host has seen in a preview: exactly these are
    written, and nothing is asked.
    """
    if not app.host.calendar.is_open(clock.today):
        return replace(_run(app, clock, plan_at_once, approved), closed=True)
    return _run(app, clock, plan, approved)


def urgent(app: App, clock: Clock) -> Result:
    """Write at once what goes at any hour, also while the host is closed: a recall's first letter,
    a card that is lost.  Today's ``remind`` finds the same notices written.
    """  # noqa: D205
    return _run(app, clock, plan_at_once, None)


def _run(
    app: App,
    clock: Clock,
    planning: Callable[[App, Clock], Planned],
    approved: Collection[str] | None,
) -> Result:
    if (question := guard.standing(app)) is not None:
        return Result(asked=question)
    planned = planning(app, clock)
    result = Result(broken=planned.broken)
    ready = planned.ready if approved is None else _approved(planned, approved, result)
    facts = guard.doubts(app, [letter for one in ready for letter in one.letters], clock)
    if facts is None:
        _write_all(app, ready, clock, result)
        return result

    def write(connection: Connection, number: int) -> None:
        for one in ready:
            _write(connection, one, clock, result, number)

    try:
        if approved is None:
            result.asked, broken = guard.ask(app, facts, clock, write)
            result.broken += broken
        else:
            guard.answered(app, facts, clock, write)
    except IntegrityError:  # another run wrote one of these notices a moment ago
        return _run(app, clock, planning, approved)
    return result


def _approved(planned: Planned, approved: Collection[str], result: Result) -> list[Ready]:
    """What was approved and is still the same; letters that belong together go together."""
    kept = [one for one in planned.ready if all(x.seal in approved for x in one.letters)]
    going = {letter.seal for one in kept for letter in one.letters}
    result.unapproved = len(planned.letters) - sum(len(one.letters) for one in kept)
    result.changed = len(set(approved) - going)
    return kept


def _chasing(app: App, today: Today, clock: Clock, broken: list[LetterBroken]) -> Iterator[Ready]:
    """Ask for the sheets that are waited for; the host's list goes with the last step."""
    found = todays_chases(app, today.day.history, clock.today)
    for chase, letter in chase_letters(app, found, clock):
        try:
            written = compose(app, letter, clock)
        except LetterBroken as bad:
            broken.append(bad)
            continue
        marks = [(sheet.key, "") for sheet in chase.sheets] if chase is not None else []
        yield Ready([written], marks)


def write_again(app: App, freed: Iterable[outbox.Mark], clock: Clock) -> Result:
    """Fresh letters, from today's facts, for notices whose letter was taken back before it left
    (notices rule 4); what is settled is not written again.
    """  # noqa: D205
    wanted = set(freed)
    today = decide(app, clock)
    notices = [
        notice
        for one in today.bundles
        for notice in one.notices
        if (notice.policy, notice.case, notice.episode) in wanted
    ]
    result = Result()
    desk = Desk(app, today.loans, clock, today.others)
    ready = list(_composed(desk, bundle(notices), result.broken))
    _write_all(app, ready, clock, result)
    return result


def _composed(desk: Desk, bundles: Sequence[Bundle], broken: list[LetterBroken]) -> Iterator[Ready]:
    """The letters of each bundle; one that is broken is set aside, the others are written."""
    for one in bundles:
        try:
            written = [compose(desk.app, letter, desk.clock) for letter in letters_of(desk, one)]
        except LetterBroken as bad:
            broken.append(bad)
            continue
        yield Ready(written, [(notice.case, notice.episode) for notice in one.notices])


def _write_all(app: App, ready: Sequence[Ready], clock: Clock, result: Result) -> None:
    """One transaction for what is written together."""
    for one in ready:
        with suppress(IntegrityError), writing(app.engine) as connection:
            _write(connection, one, clock, result)


def _write(
    connection: Connection, one: Ready, clock: Clock, result: Result, question: int | None = None
) -> None:
    """Letters that belong together; with a ``question`` they wait for the host.

    Raises:
        IntegrityError: another run wrote one of these notices a moment ago.
    """
    numbers = [
        outbox.put(
            connection, letter, one.marks if n == 0 else [], today=clock.today, now=clock.now,
            question=question,
        )
        for n, letter in enumerate(one.letters)
    ]  # fmt: skip
    for n, (letter, number) in enumerate(zip(one.letters, numbers, strict=True)):
        if number is not None:
            result.count(letter, 0 if n else len(one.marks))
