"""Taking in what waits: each file ends in a named outcome, and nothing is lost.

For each file, outside any transaction: read, check, archive, make the answer ready.  Then one
short transaction: submission, findings, rows, letters.  Then the file leaves the inbox.  A crash
before the commit: nothing happened.  A crash after it: the bytes are known, the returned copy is
laid out where it is missing, and the file is cleared away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import IllError, LetterBroken
from ill_workflows.forms.form import Checked
from ill_workflows.forms.known import Known
from ill_workflows.intake.incoming import Incoming
from ill_workflows.jobs import leavers
from ill_workflows.jobs.answers import Draft
from ill_workflows.jobs.barred import watched
from ill_workflows.jobs.bounced import take
from ill_workflows.jobs.files import archive, keep, safe_name
from ill_workflows.jobs.judge import Judged, ahead, carried_over, judge
from ill_workflows.jobs.mailroom import believed, without_workbook, write_down, writer
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.jobs.restate import restate
from ill_workflows.store import outbox, standing, waivers
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing

Judging = Callable[[App, Incoming, str, Known, Clock], Judged]
"""What a file is: its bytes and their SHA-256, what is known, the moment."""


class Source(Protocol):
    """A door: files that wait, and what happens to one that is remembered."""

    def arrivals(self) -> Iterable[Incoming]:
        """The files that wait."""

    def settle(self, incoming: Incoming) -> None:
        """The file is remembered."""


def collect(
    app: App,
    source: Source,
    clock: Clock,
    tell: Callable[[Outcome], None] | None = None,
    judged: Judging = judge,
) -> list[Outcome]:
    """Take in every file that waits at a door; answers what became of each, in order.

    What they would change in closed months is written down as a restatement.

    ``judged`` says what a file is; the host's decisions have their own.

    Raises:
        FolderTrouble: the inbox is not there, or the archive cannot be written.
        StoreTrouble: the database cannot be written; the files that were not taken in stay.
    """
    desk = _Desk(app, clock, judged)
    outcomes = []
    for incoming, following in _with_the_next(source.arrivals()):
        outcome = desk.take_in(incoming, following)
        if outcome.state != "unread":
            source.settle(incoming)
        outcomes.append(outcome)
        if tell is not None:
            tell(outcome)
    restate(app, clock)
    return outcomes


def _with_the_next(arrivals: Iterable[Incoming]) -> Iterator[tuple[Incoming, Incoming | None]]:
    """Each file with the one after it; what goes wrong with that one is told in its turn."""
    door = iter(arrivals)
    incoming, trouble = next(door, None), None
    while incoming is not None:
        following = None
        try:
            following = next(door, None)
        except IllError as bad:
            trouble = bad
        yield incoming, following
        incoming = following
    if trouble is not None:
        raise trouble


class _Desk:
    """One run's view of the store: what is known of members and cards, which files came before."""

    def __init__(self, app: App, clock: Clock, judged: Judging) -> None:
        self._app, self._clock, self._judge = app, clock, judged
        self._next: tuple[Incoming, str] | None = None
        with app.engine.connect() as connection:
            self._earlier = store.newest(connection)
            void = standing.void_since(connection)
        term = app.config.alliance.term
        self._known = Known(app.members, clock.today, term.first if term else None, void)

    def take_in(self, incoming: Incoming, following: Incoming | None = None) -> Outcome:
        """What becomes of one file; the ``following`` one is read while it is written down."""
        if incoming.trouble is not None:
            return Outcome(incoming.name, "unread", why=str(incoming.trouble))
        if incoming.mail_kind:
            became, trouble = self._answer(incoming)
            return Outcome(incoming.name, "passed", why=became, trouble=trouble)
        digest = self._digest(incoming)
        earlier = self._earlier.get(digest)
        if earlier is not None and earlier["state"] == "accepted":
            self._write_down(incoming, "known")
            if earlier["form"] == "departures":
                self._let_go(earlier["library"])  # a crash may have come before it
            return _already(incoming.name, earlier)
        judged = self._judge(self._app, incoming, digest, self._known, self._clock)
        self._look_ahead(following)
        if incoming.mail is not None:
            with self._app.engine.connect() as connection:
                judged = believed(self._app, connection, incoming, judged)
        if earlier is not None and _same_outcome(earlier, judged.arrival):
            self._lay_out_again(earlier["receipt"], judged)
            self._write_down(incoming, "known")
            return _already(incoming.name, earlier)
        archive(self._app, digest, incoming.data, incoming.name)
        return self._remember(incoming, judged)

    def _digest(self, incoming: Incoming) -> str:
        if self._next is None or self._next[0] is not incoming:
            self._next = (incoming, hashlib.sha256(incoming.data).hexdigest())
        return self._next[1]

    def _look_ahead(self, following: Incoming | None) -> None:
        """Let a file that waits be read while the one before it is written down."""
        if following is None or following.trouble is not None or following.mail_kind:
            return
        earlier = self._earlier.get(self._digest(following))
        if earlier is None or earlier["state"] != "accepted":
            ahead(self._app, following, self._known)

    def _answer(self, incoming: Incoming) -> tuple[str, str]:
        """Remember a mail without a workbook, and its answer: what it was, and what went wrong."""
        letter, trouble = None, ""
        with self._app.engine.connect() as connection:
            told = without_workbook(self._app, connection, incoming, self._clock)
        if told is not None:
            try:
                letter = compose(self._app, told, self._clock)
            except LetterBroken as bad:
                trouble = str(bad)
        report = incoming.mail.report if incoming.mail is not None else None
        with writing(self._app.engine) as connection:
            back = report is not None and take(connection, report, self._clock)
            became = "bounce" if back else incoming.mail_kind
            write_down(connection, incoming, self._clock, became, None)
            if letter is not None:
                outbox.put(connection, letter, (), today=self._clock.today, now=self._clock.now)
        return became, trouble

    def _write_down(self, incoming: Incoming, became: str) -> None:
        if incoming.mail is not None:
            with writing(self._app.engine) as connection:
                write_down(connection, incoming, self._clock, became, None)

    def _remember(self, incoming: Incoming, judged: Judged) -> Outcome:
        app, clock = self._app, self._clock
        with app.engine.connect() as connection:
            judged = watched(connection, carried_over(connection, judged))
            draft = Draft(app, judged, clock)
            draft.look_up(connection)
            if judged.refusal is not None:
                draft.writer = writer(app, connection, incoming)
        draft.fetch_current()
        judged = draft.judged
        arrival, checked = judged.arrival, judged.checked
        with writing(app.engine) as connection:
            again = store.latest_of(connection, arrival.sha256)
            if again is not None and _settled(again, arrival):  # another process was quicker
                return _already(arrival.filename, again)
            sifted = _sifted(connection, judged)
            found = sifted.findings if sifted is not None else judged.findings
            number, receipt = store.record(connection, arrival, found)
            if arrival.state == "accepted" and checked is not None:
                _put(connection, number, arrival, checked, sifted)
            draft.leavers = sifted.told if sifted is not None else None
            write_down(connection, incoming, clock, arrival.state, number)
            if judged.waived is not None:
                of, because = judged.waived.returned, judged.waived.because
                waivers.write_down(connection, number, of, because, clock.today, clock.now)
            for letter in draft.letters(receipt):
                outbox.put(connection, letter, (), today=clock.today, now=clock.now)
        self._lay_out(receipt, judged)
        if sifted is not None:
            self._let_go(arrival.library)
        self._learn(receipt, judged)
        corrected = sum(f.severity == "corrected" for f in judged.findings)
        return Outcome(
            arrival.filename, arrival.state, receipt, arrival.form, arrival.library, arrival.month,
            arrival.interim, arrival.errors, arrival.warnings, corrected, arrival.why,
            "；".join(map(str, draft.broken)),
        )  # fmt: skip

    def _let_go(self, library: str) -> None:
        with self._app.engine.connect() as connection:
            leavers.let_go(self._app, connection, library)

    def _lay_out(self, receipt: str, judged: Judged) -> None:
        if judged.returned is not None:
            name = safe_name(judged.arrival.filename)
            keep(self._app.folder("returned") / f"{receipt}-{name}", judged.returned)

    def _lay_out_again(self, receipt: str, judged: Judged) -> None:
        """Where a crash came between the commit and the returned copy, it is missing."""
        if judged.returned and not any(self._app.folder("returned").glob(f"{receipt}-*")):
            self._lay_out(receipt, judged)

    def _learn(self, receipt: str, judged: Judged) -> None:
        """What the files that still wait are judged by."""
        arrival, void = judged.arrival, self._known.void_cards
        self._earlier[arrival.sha256] = {**arrival.told(), "receipt": receipt}
        own = f"{arrival.library}-"
        register = arrival.form == "cards" and any(card.startswith(own) for card in void)
        if arrival.state == "accepted" and (judged.tells_of_void_cards or register):
            with self._app.engine.connect() as connection:
                now_void = standing.void_since(connection)
            if now_void != void:  # what is read ahead counts only for what is known
                self._known = replace(self._known, void_cards=now_void)


def _sifted(connection: Connection, judged: Judged) -> leavers.Sifted | None:
    """An accepted list of leavers, told apart; None for everything else."""
    checked = judged.checked
    if judged.arrival.state != "accepted" or judged.arrival.form != "departures" or checked is None:
        return None
    return leavers.sift(connection, checked, judged.findings)


def _put(
    connection: Connection, number: int, arrival: store.Arrival, checked: Checked,
    sifted: leavers.Sifted | None,
) -> None:  # fmt: skip
    """Write the rows of an accepted workbook; from now on it is its month's version."""
    if sifted is not None:
        leavers.put(connection, arrival.library, number, sifted)
        return
    for table, rows in checked.rows.items():
        store.put_rows(connection, table, number, rows)
    if arrival.form == "cards":
        leavers.register_came(connection, arrival)
    if arrival.month and not arrival.interim:
        store.supersede(connection, number, arrival.form, arrival.library, arrival.month)


def _already(name: str, earlier: dict[str, Any]) -> Outcome:
    return Outcome(
        name, "known", earlier["receipt"], earlier["form"], earlier["library"], earlier["month"],
        earlier["interim"],
    )  # fmt: skip


def _settled(earlier: dict[str, Any], arrival: store.Arrival) -> bool:
    return earlier["state"] == "accepted" or _same_outcome(earlier, arrival)


def _same_outcome(earlier: dict[str, Any], arrival: store.Arrival) -> bool:
    """Whether the same bytes end as they did before; rules and members may have changed since."""
    same = ("state", "why", "library", "month", "errors")
    return all(earlier[name] == getattr(arrival, name) for name in same)
