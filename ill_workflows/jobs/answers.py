"""What the sender of a workbook hears: the receipt, or the own workbook back with its cells marked.

Everything that can be made ready before the transaction is made ready before it; only the
receipt's number is known within.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.forms.form import Checked, Form, Row, Sheet
from ill_workflows.forms.month import month_of
from ill_workflows.intake.addresses import same
from ill_workflows.intake.proof import REASONS
from ill_workflows.jobs.board import due_day
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.mail import arrivals
from ill_workflows.mail.letters import XLSX
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member
from ill_workflows.store import mails
from ill_workflows.store import submissions as store
from ill_workflows.store.outbox import Written

if TYPE_CHECKING:
    from ill_workflows.jobs.judge import Judged
    from ill_workflows.mail.compose import Letter


@dataclass
class Draft:
    """The answer to one arrival while it is made ready; ``broken`` are letters set aside.

    ``writer`` is the library that the mail of an unreadable file is proven to come from;
    ``leavers`` how many of a list ever had a card.
    """

    app: App
    judged: Judged
    clock: Clock
    broken: list[LetterBroken] = field(default_factory=list)
    writer: Member | None = None
    leavers: dict[str, int] | None = None
    _standing: dict[str, Any] | None = None
    _changes: dict[str, Any] | None = None
    _late: bool = False
    _speaks: bool = False
    _current: Attachment | None = None

    def look_up(self, connection: Connection) -> None:
        """What was accepted before for this library, form and month, and what differs from it."""
        arrival, checked = self.judged.arrival, self.judged.checked
        if checked is None or checked.form is None or not arrival.library:
            return
        self._speaks = _speaks(connection, self.app.members.get(arrival.library), arrival.sender)
        earlier = store.full_versions(connection, arrival.form, arrival.library, arrival.month)
        accepted = [row for row in earlier if row["state"] == "accepted"]
        self._standing = accepted[-1] if accepted else None
        if arrival.month and not arrival.interim:
            first = earlier[0]["received_on"] if earlier else self.clock.today
            self._late = first > due_day(self.app, arrival.month)
        if self._standing is not None and arrival.state == "accepted" and not arrival.interim:
            self._changes = _differences(connection, checked, checked.form, self._standing)

    def fetch_current(self) -> None:
        """Where an old version of the form was returned: the present one, pre-filled."""
        arrival, checked = self.judged.arrival, self.judged.checked
        member = self.app.members.get(arrival.library)
        if checked is None or checked.form is None or member is None:
            return
        if arrival.state == "returned" and checked.version < checked.form.version:
            from ill_workflows.jobs.templates import prefilled

            month = arrival.month or month_of(self.clock.today)
            made = prefilled(self.app, [member], month, [checked.form])
            ((name, data),) = made.items()
            self._current = Attachment(name, XLSX, data)

    def letters(self, receipt: str) -> Iterator[Written]:
        """The letters to be written with the submission; one that is broken is set aside."""
        letter = self._in_thread(self._letter(receipt))
        if letter is None or not letter.to:
            return
        try:
            yield compose(self.app, letter, self.clock)
        except LetterBroken as bad:
            self.broken.append(bad)

    def _in_thread(self, letter: Letter | None) -> Letter | None:
        """What answers a mail goes to the librarian who wrote it; the library gets a copy.

        Where that address does not speak for the library, what the host has released is answered to
        the library alone: readers are named in it.
        """
        sender = self.judged.arrival.sender
        if letter is None or not sender or letter.library not in self._answered:
            return letter
        others = tuple(address for address in letter.to if not same(address, sender))
        return replace(letter, to=(sender,), cc=others)

    @property
    def _answered(self) -> tuple[str, ...]:
        """The library whose librarian wrote the mail, where that is proven or vouched for."""
        if self.writer is not None:
            return (self.writer.code,)
        arrival = self.judged.arrival
        answered = self._speaks and arrival.state in {"accepted", "returned"}
        return (arrival.library,) if answered else ()

    def _letter(self, receipt: str) -> Letter | None:
        arrival, checked, copy = self.judged.arrival, self.judged.checked, self.judged.returned
        facts = {
            "receipt": receipt, "sha256": arrival.sha256, "filename": arrival.filename,
            "month": arrival.month, "interim": arrival.interim, "received_on": arrival.received_on,
            "message_id": arrival.message_id,
        }  # fmt: skip
        sender = self.app.members.get(arrival.library, self.app.host)
        if arrival.state == "refused" and self.judged.refusal is not None:
            refusal = self.judged.refusal
            to = self.writer or self.app.host
            direct = self.writer is not None
            return arrivals.refused(to, facts, refusal.zh, refusal.en, direct=direct)
        if checked is None or checked.form is None:
            called = checked.cover.get("form", "") if checked else ""
            return arrivals.held(self.app.host, facts, called)
        if arrival.state == "held":
            facts |= {"sender": arrival.sender, "library": sender.name}
            return arrivals.held(self.app.host, facts, checked.form.title, REASONS[arrival.why])
        if copy is not None:
            standing = self._standing["receipt"] if self._standing else ""
            return arrivals.returned(
                sender, checked.form, facts, self.judged.findings, copy, standing=standing,
                current=self._current,
            )  # fmt: skip
        rows = {sheet.title: len(checked.rows[sheet.table]) for sheet in checked.form.sheets}
        because = self.judged.waived.because if self.judged.waived else ""
        return arrivals.receipt(
            sender, checked.form, facts, self.judged.findings, rows, self._changes,
            late=self._late, because=because, leavers=self.leavers,
        )  # fmt: skip


def _speaks(connection: Connection, member: Member | None, sender: str) -> bool:
    """Whether an address is one of the library's, or one that the host lets speak for it."""
    if member is None or not sender:
        return False
    trusted = mails.trusted_addresses(connection, member.code)
    return any(same(sender, one) for one in (*member.contacts, *member.heads, *trusted))


def _differences(
    connection: Connection, checked: Checked, form: Form, standing: Mapping[str, Any]
) -> dict[str, Any]:
    """How many rows are new, changed and gone against the version that is replaced."""
    counted = {"added": 0, "changed": 0, "gone": 0}
    for sheet in form.sheets:
        before = _by_identity(sheet, store.rows_of(connection, sheet.table, standing["id"]))
        now = _by_identity(sheet, [row[1:] for row in checked.rows[sheet.table]])
        counted["added"] += len(now.keys() - before.keys())
        counted["gone"] += len(before.keys() - now.keys())
        counted["changed"] += sum(before[key] != now[key] for key in before.keys() & now.keys())
    return {**counted, "replaces": standing["receipt"]}


def _by_identity(sheet: Sheet, rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    places = [sheet.place[key] - 1 for key in sheet.identity]
    return {tuple(row[place] for place in places): tuple(row) for row in rows}
