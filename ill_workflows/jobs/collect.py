"""Taking in what waits: each file ends in a named outcome, and nothing is lost.

For each file, outside any transaction: read, check, archive, make the answer ready.  Then one
short transaction: submission, findings, rows, letters.  Then the file leaves the inbox.  A crash
before the commit: nothing happened.  A crash after it: the bytes are known, the returned copy is
laid out where it is missing, and the file is cleared away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ill_workflows.app import App
from ill_workflows.errors import REFUSALS, LetterBroken
from ill_workflows.forms.known import Known
from ill_workflows.intake.incoming import Incoming
from ill_workflows.intake.proof import REASONS
from ill_workflows.jobs.answers import Draft
from ill_workflows.jobs.bounced import take
from ill_workflows.jobs.files import archive, keep, safe_name
from ill_workflows.jobs.judge import Judged, carried_over, judge
from ill_workflows.jobs.mailroom import believed, without_workbook, write_down, writer
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.store import outbox, standing, waivers
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing

STATES = {
    "accepted": "收件 accepted", "returned": "退回 returned", "refused": "拒收 refused",
    "held": "保留 held", "known": "已收過 known", "unread": "無法讀取 unread",
    "passed": "略過 passed",
}  # fmt: skip
"""Outcome → what the host reads."""
WHY = {
    **REASONS,
    "form_later": (
        "這種表單的處理尚未開放，已保留原檔", "kept; this form is not processed yet",
    ),
    "by_host": ("承辦館決定不收", "the host decided not to take it"),
    "bounce": (
        "我們的信退回，該館與承辦館會收到通知", "a letter of ours came back; its library is told",
    ),
    "automatic": ("自動回覆、退信或通知信，不處理也不回信", "an automatic mail; never answered"),
    "no_workbook": ("信中沒有活頁簿", "no workbook came with this mail"),
    "too_large": ("信件過大", "the mail is too large"),
    "unreadable": ("信件無法解讀", "the mail cannot be taken apart"),
}  # fmt: skip
"""Why a file is held, refused or passed over → the sentence for the host."""


Judging = Callable[[App, Incoming, str, Known, Clock], Judged]
"""What a file is: its bytes and their SHA-256, what is known, the moment."""


class Source(Protocol):
    """A door: files that wait, and what happens to one that is remembered."""

    def arrivals(self) -> Iterable[Incoming]:
        """The files that wait."""

    def settle(self, incoming: Incoming) -> None:
        """The file is remembered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: accepted, returned, refused, held, known, unread or passed.

    ``passed`` is a mail that brought no workbook.

    ``trouble`` is what the host should know besides: an answer that could not be written.
    """

    name: str
    state: str
    receipt: str = ""
    form: str = ""
    library: str = ""
    month: str | None = None
    interim: bool = False
    errors: int = 0
    warnings: int = 0
    corrected: int = 0
    why: str = ""
    trouble: str = ""

    @property
    def troubled(self) -> bool:
        """Whether the host should look: something was returned, refused, held or unreadable."""
        return self.state in {"returned", "refused", "held", "unread"} or bool(self.trouble)


def collect(
    app: App,
    source: Source,
    clock: Clock,
    tell: Callable[[Outcome], None] | None = None,
    judged: Judging = judge,
) -> list[Outcome]:
    """Take in every file that waits at a door; answers what became of each, in order.

    ``judged`` says what a file is; the host's decisions have their own.

    Raises:
        FolderTrouble: the inbox is not there, or the archive cannot be written.
        StoreTrouble: the database cannot be written; the files that were not taken in stay.
    """
    desk = _Desk(app, clock, judged)
    outcomes = []
    for incoming in source.arrivals():
        outcome = desk.take_in(incoming)
        if outcome.state != "unread":
            source.settle(incoming)
        outcomes.append(outcome)
        if tell is not None:
            tell(outcome)
    return outcomes


class _Desk:
    """One run's view of the store: what is known of members and cards, which files came before."""

    def __init__(self, app: App, clock: Clock, judged: Judging) -> None:
        self._app, self._clock, self._judge = app, clock, judged
        with app.engine.connect() as connection:
            self._earlier = store.newest(connection)
            void = standing.void_cards(connection)
        term = app.config.alliance.term
        self._known = Known(app.members, clock.today, term.first if term else None, void)

    def take_in(self, incoming: Incoming) -> Outcome:
        """What becomes of one file."""
        if incoming.trouble is not None:
            return Outcome(incoming.name, "unread", why=str(incoming.trouble))
        if incoming.mail_kind:
            became, trouble = self._answer(incoming)
            return Outcome(incoming.name, "passed", why=became, trouble=trouble)
        digest = hashlib.sha256(incoming.data).hexdigest()
        earlier = self._earlier.get(digest)
        if earlier is not None and earlier["state"] == "accepted":
            self._write_down(incoming, "known")
            return _already(incoming.name, earlier)
        judged = self._judge(self._app, incoming, digest, self._known, self._clock)
        if incoming.mail is not None:
            with self._app.engine.connect() as connection:
                judged = believed(self._app, connection, incoming, judged)
        if earlier is not None and _same_outcome(earlier, judged.arrival):
            self._lay_out_again(earlier["receipt"], judged)
            self._write_down(incoming, "known")
            return _already(incoming.name, earlier)
        archive(self._app, digest, incoming.data, incoming.name)
        return self._remember(incoming, judged)

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
            draft = Draft(app, carried_over(connection, judged), clock)
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
            number, receipt = store.record(connection, arrival, judged.findings)
            if arrival.state == "accepted" and checked is not None and checked.form is not None:
                for table, rows in checked.rows.items():
                    store.put_rows(connection, table, number, rows)
                if not arrival.interim:
                    store.supersede(
                        connection, number, arrival.form, arrival.library, arrival.month
                    )
            write_down(connection, incoming, clock, arrival.state, number)
            if judged.waived is not None:
                of, because = judged.waived.returned, judged.waived.because
                waivers.write_down(connection, number, of, because, clock.today, clock.now)
            for letter in draft.letters(receipt):
                outbox.put(connection, letter, (), today=clock.today, now=clock.now)
        self._lay_out(receipt, judged)
        self._learn(receipt, judged)
        corrected = sum(f.severity == "corrected" for f in judged.findings)
        return Outcome(
            arrival.filename, arrival.state, receipt, arrival.form, arrival.library, arrival.month,
            arrival.interim, arrival.errors, arrival.warnings, corrected, arrival.why,
            "；".join(map(str, draft.broken)),
        )  # fmt: skip

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
        told = judged.tells_of_void_cards or any(card.startswith(own) for card in void)
        if arrival.state == "accepted" and arrival.form == "cards" and told:
            with self._app.engine.connect() as connection:
                void = standing.void_cards(connection)
            self._known = replace(self._known, void_cards=void)


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


def describe(outcome: Outcome) -> str:
    """One line for the host about one file."""
    whose = " ".join(part for part in (outcome.library, outcome.form, outcome.month or "") if part)
    whose += "（期中更新 interim）" if outcome.interim else ""
    counts = (
        (outcome.errors, "處需修改 to mend"), (outcome.warnings, "提醒 warnings"),
        (outcome.corrected, "更正 corrected"),
    )  # fmt: skip
    said = "，".join(f"{count} {words}" for count, words in counts if count)
    why = f"：{_why(outcome)}" if outcome.why else ""
    parts = (
        STATES[outcome.state] + why,
        outcome.name,
        whose,
        outcome.receipt,
        said,
        outcome.trouble,
    )
    return "  ".join(part for part in parts if part)


def _why(outcome: Outcome) -> str:
    zh, en = {**WHY, **REFUSALS}.get(outcome.why, (outcome.why, ""))
    return f"{zh} / {en}" if en else zh
