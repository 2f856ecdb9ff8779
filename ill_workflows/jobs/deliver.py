"""Handing the outbox to the transport: claimed, looked at once more, sent, settled.

``sending`` is committed before the wire, and once more before the letter itself goes over it:
a crash leaves one letter in doubt at most, and never a second one.  The facts are checked again
on the way out: a reminder whose cases have been settled meanwhile is withdrawn, and what is still
true of it is written afresh.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from time import monotonic
from typing import Any

from ill_workflows.app import App
from ill_workflows.config.base import minutes
from ill_workflows.errors import (
    FolderTrouble,
    InDoubt,
    LetterRefused,
    Postponed,
    RecipientRefused,
    TransportDown,
    UsageProblem,
)
from ill_workflows.jobs import guard
from ill_workflows.jobs.delivered import Delivered
from ill_workflows.jobs.doubts import seek
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.recheck import RECHECKED, take_back
from ill_workflows.jobs.refused import answer_of, is_dead, tell
from ill_workflows.mail.transport import Transport
from ill_workflows.store import outbox, questions, refusals
from ill_workflows.store.db import alone, writing

PATIENCE = 3
"""Days for which a letter waits for an address that the server refuses for now."""
FIRST_REST, LONGEST_REST = timedelta(minutes=5), timedelta(hours=4)
"""A letter that the server put off rests, each time twice as long."""
FRESH = timedelta(minutes=5)
"""For so long a look at the facts and the hours is enough; a slow run looks again."""
ROUNDS = 3
"""The outbox; then what is told of letters that were refused; then what is told of those."""


def nothing() -> None:
    """Nobody asks to stop."""


def deliver(app: App, clock: Clock, between: Callable[[], None] = nothing) -> Delivered:
    """Send what is queued.  One run at a time: a second one leaves the outbox to the first.

    ``between`` is called before each letter, and may raise.

    Raises:
        UsageProblem: sending by SMTP is not switched on for this very host.
        FolderTrouble: the folder of letters cannot be written; they stay queued.
    """
    result = Delivered()
    with alone(app.engine, "deliver") as mine:
        if mine:
            _deliver(app, clock, result, between)
        else:
            result.busy = True
    return result


def _deliver(app: App, clock: Clock, result: Delivered, between: Callable[[], None]) -> None:
    result.broken += tell(app, clock)  # what a run before this one had no time to tell
    with writing(app.engine) as connection:
        result.doubtful = outbox.forget_crashed(connection)
        queued = outbox.waiting(connection)
        stopped = questions.paused(connection)
    result.found = seek(app, clock)
    result.doubtful = max(result.doubtful - result.found, 0)
    if stopped is not None:
        result.paused, result.waiting = stopped["because"], len(queued)
        return
    if not queued:
        return
    _must_be_enabled(app)
    result.withdrawn, broken = take_back(app, _due(app, queued, clock), clock)
    result.broken += broken
    run = _Run(app, clock, result, between)
    with app.transport() as transport:
        for _ in range(ROUNDS):
            if not run.go_on(transport):
                break
            result.broken += tell(app, clock)


def _must_be_enabled(app: App) -> None:
    """A restored backup must not mail: SMTP is on for a named host only (notices rule 10)."""
    mail = app.config.mail
    here = platform.node()
    if mail.transport == "folder" or mail.enabled_for in {"*", here}:
        return
    raise UsageProblem(
        f"這部主機（{here}）尚未開放寄信；確認無誤後，"
        f'請在 config.toml 設定 mail.enabled_for = "{here}"。',
        f"sending is not switched on for this host; when you are sure, "
        f'set mail.enabled_for = "{here}".',
    )


def _due(app: App, queued: list[dict[str, Any]], clock: Clock) -> list[dict[str, Any]]:
    """What may leave now: on the host's open days, within its sending hours, everything; else what
    goes at any hour (notices rule 6).  While the clock is in doubt, what depends on the day waits.
    """  # noqa: D205
    if guard.clock_is_doubted(app, clock):
        queued = [row for row in queued if row["policy"] not in RECHECKED]
    local = clock.now.astimezone(app.config.zone)
    open_now = local.hour * 60 + local.minute in minutes(app.config.mail.sending_hours)
    if app.host.calendar.is_open(clock.today) and open_now:
        return queued
    plans = app.policies
    return [
        row
        for row in queued
        if row["policy"] not in plans or plans[row["policy"]].at_any_hour(row["step"])
    ]


def _back_off(attempts: int) -> timedelta:
    """How long a letter rests that the server has put off so many times before."""
    return min(FIRST_REST * (1 << min(attempts, 10)), LONGEST_REST)


class _Run:
    """One run over the outbox: each letter is tried once."""

    def __init__(
        self, app: App, clock: Clock, result: Delivered, between: Callable[[], None]
    ) -> None:
        self.app, self.clock, self.result, self.between = app, clock, result, between
        self.sender = parseaddr(app.config.mail.sender)[1]
        self.tried: set[int] = set()
        self.dead: set[str] = set()
        self.looked = monotonic()

    def go_on(self, transport: Transport) -> bool:
        """Send what is due and untried; whether there was any, and the server still answers."""
        with self.app.engine.connect() as connection:
            queued = outbox.waiting(connection)
            self.dead.update(refusals.dead_addresses(connection))
        due = [
            row
            for row in _due(self.app, queued, self.clock)
            if row["id"] not in self.tried
            and (row["next_at"] is None or row["next_at"] <= self.clock.now)
        ]
        self.result.waiting = len(queued) - len(due)
        going = {row["id"] for row in due}
        for place, row in enumerate(due):
            self.between()
            if self._paused():
                return False
            if (late := self._late()) is not None:
                going &= late
            if row["id"] not in going:
                continue  # taken back, or it waits for tomorrow's hours
            self.tried.add(row["id"])
            try:
                self._send(transport, row)
            except TransportDown as down:
                self.result.down = down
                self.result.waiting += len(due) - place
                return False
        return bool(due)

    def _late(self) -> set[int] | None:
        """Where the last look is no longer fresh: the letters that may still leave."""
        passed = timedelta(seconds=monotonic() - self.looked)
        if passed < FRESH:
            return None
        self.looked = monotonic()
        now = self.clock.now + passed
        self.clock = Clock(now.astimezone(self.app.config.zone).date(), now)
        with self.app.engine.connect() as connection:
            queued = outbox.waiting(connection)
        due = _due(self.app, queued, self.clock)
        withdrawn, broken = take_back(self.app, due, self.clock)
        self.result.withdrawn += withdrawn
        self.result.broken += broken
        return {row["id"] for row in due}

    def _paused(self) -> bool:
        """Whether the host has stopped all sending meanwhile."""
        with self.app.engine.connect() as connection:
            stopped = questions.paused(connection)
        self.result.paused = stopped["because"] if stopped is not None else ""
        return stopped is not None

    def _send(self, transport: Transport, row: dict[str, Any]) -> None:
        """Send one letter and write what became of it.

        Raises:
            TransportDown: the server is down, and the rest should wait.
        """
        number = row["id"]
        usable = [a for a in (*row["to"], *row["cc"]) if a.casefold() not in self.dead]
        if not any(address in usable for address in row["to"]):
            self._refuse(row, dict.fromkeys(row["to"], "先前遭拒，不再使用 / refused before"))
            return
        with writing(self.app.engine) as connection:
            body = outbox.claim(connection, number)
        if body is None:
            return  # the host has cancelled it a moment ago
        patient = (self.clock.today - row["created_on"]).days < PATIENCE
        try:
            refused = transport.send(
                self.sender, usable, body, row["message_id"], patient=patient,
                handing=lambda: self._hand_over(number),
            )  # fmt: skip
        except RecipientRefused as bad:
            self._refuse(row, bad.reasons)
        except LetterRefused as bad:
            self._refuse(row, dict.fromkeys(row["to"], bad.answer), letter=True)
        except InDoubt as bad:
            self._settle(number, "doubtful", str(bad))
            self.result.doubtful += 1
        except Postponed as bad:
            later = self.clock.now + _back_off(row["attempts"])
            self._settle(number, "queued", str(bad), later)
            self.result.waiting += 1
        except (TransportDown, FolderTrouble) as bad:
            self._settle(number, "queued", str(bad))
            raise
        else:
            self._sent(row, refused)

    def _hand_over(self, number: int) -> None:
        with writing(self.app.engine) as connection:
            outbox.hand_over(connection, number)

    def _settle(
        self, number: int, state: str, reason: str, next_at: datetime | None = None
    ) -> None:
        with writing(self.app.engine) as connection:
            outbox.settle(connection, number, state, reason=reason, next_at=next_at)

    def _sent(self, row: dict[str, Any], refused: Mapping[str, str]) -> None:
        """Taken by the server, perhaps not for everybody; where nobody it is for got it, it counts
        as refused.
        """  # noqa: D205
        if all(address in refused or address.casefold() in self.dead for address in row["to"]):
            self._refuse(row, refused)
            return
        with writing(self.app.engine) as connection:
            reason = answer_of(row, refused) if refused else ""
            outbox.settle(connection, row["id"], "sent", reason=reason, sent_at=self.clock.now)
            self._remember(connection, row, refused)
        self.result.sent += 1

    def _refuse(
        self, row: dict[str, Any], answers: Mapping[str, str], *, letter: bool = False
    ) -> None:
        with writing(self.app.engine) as connection:
            outbox.settle(
                connection, row["id"], "refused", reason=str(RecipientRefused({**answers}))
            )
            self._remember(connection, row, answers, letter=letter)
        self.result.refused += 1

    def _remember(
        self,
        connection: Any,
        row: dict[str, Any],
        answers: Mapping[str, str],
        *,
        letter: bool = False,
    ) -> None:
        """Keep what was refused, so that it is told and a dead address is left alone."""
        if not answers:
            return
        gone = frozenset(a for a, said in answers.items() if not letter and is_dead(said))
        refusals.record(connection, row["id"], answers, gone, self.clock.today)
        self.dead.update(address.casefold() for address in gone)
        self.result.refusals.append(answer_of(row, answers))
