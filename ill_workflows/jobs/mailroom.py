"""The mailbox as a door: whom a mail is from, and what is written down of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.forms.form import Checked
from ill_workflows.intake.incoming import Incoming
from ill_workflows.intake.proof import Proof, decide
from ill_workflows.jobs.judge import Judged
from ill_workflows.jobs.post import Clock
from ill_workflows.mail import arrivals
from ill_workflows.rules.policy import Member
from ill_workflows.store import mails, outbox
from ill_workflows.store import submissions as store

if TYPE_CHECKING:
    from ill_workflows.intake.mailbox import Mailbox
    from ill_workflows.mail.compose import Letter

_PICTURE: Final = re.compile(r"\.(?:png|jpe?g|gif|bmp|svg)$|^image/", re.IGNORECASE)
"""What stands in a signature."""


def open_mailbox(app: App) -> Mailbox | None:
    """The mailbox of config.toml; None where there is none."""
    from ill_workflows.intake.imap import Account
    from ill_workflows.intake.mailbox import Mailbox

    part = app.config.mail.imap
    if part is None:
        return None
    password = app.secret(part.password_file, part.password)
    account = Account(part.host, part.port, part.tls, part.auth, part.user, password, part.folder)

    def known(uidvalidity: int, uid: int, message_id: str) -> bool:
        with app.engine.connect() as connection:
            return mails.remembered(connection, part.folder, uidvalidity, uid, message_id)

    return Mailbox(account, known, ours=_only_ours(app))


def _only_ours(app: App) -> tuple[str, ...]:
    """The address that letters are written from, where no librarian writes from it."""
    persons = {a.casefold() for m in app.members.values() for a in (*m.contacts, *m.heads)}
    return tuple(a for a in (app.composer.address,) if a.casefold() not in persons)


def believed(app: App, connection: Connection, incoming: Incoming, judged: Judged) -> Judged:
    """The same, or held for the host where the mail does not prove whom it is from."""
    arrival, checked = judged.arrival, judged.checked
    if incoming.mail is None or checked is None or checked.form is None or not arrival.library:
        return judged
    proof = _proof(app, connection, incoming, app.members.get(arrival.library), checked)
    if proof.ok:
        return judged
    return replace(judged, arrival=replace(arrival, state="held", why=proof.reason))


def writer(app: App, connection: Connection, incoming: Incoming) -> Member | None:
    """The library that a mail without a readable workbook is proven to come from."""
    if incoming.mail is None or not incoming.sender:
        return None
    for member in app.members.values():
        if _proof(app, connection, incoming, member, None).ok:
            return member
    return None


def without_workbook(
    app: App, connection: Connection, incoming: Incoming, clock: Clock
) -> Letter | None:
    """What a librarian is told whose mail brought no workbook; None where nobody is to answer.

    Only a proven sender hears from us.  Who answers a letter of ours in words has said what was to
    say: that is for the host to read, unless files came with it.
    """
    mail = incoming.mail
    if mail is None or incoming.mail_kind not in {"no_workbook", "too_large"}:
        return None
    member = writer(app, connection, incoming)
    files = [name for name in mail.others if not _PICTURE.search(name)]
    if member is None or (not files and outbox.answered(connection, mail.answers) is not None):
        return None
    return arrivals.no_workbook(
        member, incoming.sender, mail.subject, files, clock.today,
        message_id=incoming.message_id, large=incoming.mail_kind == "too_large",
    )  # fmt: skip


def _proof(
    app: App,
    connection: Connection,
    incoming: Incoming,
    member: Member | None,
    checked: Checked | None,
) -> Proof:
    code = member.code if member else ""
    listed = (*member.contacts, *member.heads) if member else ()
    registered = (*listed, *mails.trusted_addresses(connection, code))
    expected = store.token_known(connection, code)
    trace = incoming.mail.trace if incoming.mail else ()
    given, mail = checked.token if checked else "", app.config.mail
    return decide(
        incoming.sender, registered, trace, mail.authserv_id, given, expected,
        below=mail.results_below_received,
    )  # fmt: skip


def write_down(
    connection: Connection, incoming: Incoming, clock: Clock, became: str, number: int | None
) -> None:
    """Remember a mail's part with what became of it; a letter of ours that it shows has left."""
    mail = incoming.mail
    if mail is not None:
        told = {incoming.message_id, *mail.answers} - {""}
        outbox.vouch(connection, told, clock.now)
        mails.remember(
            connection,
            mails.MailPart(
                mail.folder, mail.uidvalidity, mail.uid, mail.part, mail.parts,
                incoming.message_id, incoming.sender, mail.subject, became, number, clock.now,
                outbox.answered(connection, mail.answers),
            ),
        )  # fmt: skip
