"""An alliance with a mailbox on a real Dovecot, and mails as members send them."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.forms import CARDS
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.jobs.post import Clock
from ill_workflows.store import outbox
from ill_workflows.store import submissions as store
from ill_workflows.xlsx.template import write_template
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.mails import book, instead, mail, text
from tests.intake.office import Office
from tests.jobs.alliance import clock, found
from tests.ledger.rows import day

SENDER = "ill-hdu@ill.test"
OURS = "mx.ill.test"
MAIL = """transport = "folder"
authserv_id = "{ours}"
[mail.imap]
host = "{host}"
port = {port}
tls = "none"
user = "{user}"
password_file = "secret"
"""
WAY_IN = "Received: from client.test ([192.0.2.7])"
TODAY = "10-03"


@pytest.fixture
def app(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    at = office.server
    settings = MAIL.format(ours=OURS, host=at.host, port=at.port, user=office.user)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    return found(tmp_path, mail=settings)


def register(app: App, *, token: str = "", **changed: Any) -> bytes:
    """HDU's register of September; one card was given out."""
    issue = {
        "card": "HDU-07", "patron": "B11012345", "name": "示範讀者", "status": "學生",
        "department": "水產食品", "email": "b11012345@ill.test", "deposit": "學生證",
        "issued_on": day("9-08"), "destination": "NSUT", **changed,
    }  # fmt: skip
    stock = [{"card": f"HDU-{n:02d}", "state": "正常"} for n in range(1, 51)]
    return write_template(
        CARDS, members=app.members, library=app.members["HDU"], month="2025-09", token=token,
        rows={"cards_issues": [issue], "cards_stock": stock},
    )  # fmt: skip


def says(result: str, domain: str = "ill.test") -> tuple[str, ...]:
    """What our own server writes on top of a mail."""
    return (
        f"Authentication-Results: {OURS}; {result} header.from={domain}",
        f"{WAY_IN} by {OURS} with ESMTPS; Thu, 2 Oct 2025 09:00:00 +0800",
    )


def sent(
    data: bytes,
    *,
    top: tuple[str, ...] = says("dmarc=pass"),
    name: str = "cards-HDU.xlsx",
    sender: str = SENDER,
    subject: str = "September",
) -> bytes:
    heads = instead(
        from_=sender, subject=subject, message_id=f"<{subject}@hdu.test>".replace(" ", "-")
    )
    return mail(text(), book(name, data), heads=heads, top=top)


def taken(app: App) -> list[Outcome]:
    mailbox = open_mailbox(app)
    assert mailbox is not None
    return collect(app, mailbox, now())


def now() -> Clock:
    return clock(TODAY)


def letters(app: App) -> list[Message]:
    with app.engine.connect() as connection:
        bodies = [outbox.one(connection, row["id"]) for row in outbox.listing(connection)]
    return [message_from_bytes(row["body"]) for row in bodies if row is not None]


def states(app: App) -> list[str]:
    with app.engine.connect() as connection:
        return [row["state"] for row in store.every_version(connection)]


def body(letter: Message) -> str:
    """A letter's words, without the lines' ends."""
    parts = (part for part in letter.walk() if part.get_content_type() == "text/plain")
    payload = next(parts).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\n", "")
