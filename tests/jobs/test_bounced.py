"""A letter that comes back later is what one that is refused at once is: told, and not repeated."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.intake.report import LARGEST, read_report
from ill_workflows.jobs.deliver import deliver
from ill_workflows.store import refusals
from tests.cli.command import ill
from tests.intake.office import Office
from tests.jobs.alliance import CASE, ISSUED, LOAN, back, cards, clock, lent, letters, reminded
from tests.jobs.mailing import app as app  # noqa: PLC0414 - the fixture
from tests.jobs.mailing import office as office  # noqa: PLC0414 - the fixture
from tests.jobs.mailing import taken
from tests.servers.postfix import running

READER = "h1@away.test"
REPORT = """\
From: MAILER-DAEMON@mx.away.test
To: host@ill.test
Subject: Undelivered
Message-ID: <{own}@mx.away.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.away.test

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
--b
Content-Type: {kind}

Message-ID: {message_id}
Subject: x

--b--
"""


class _Refusing(socketserver.StreamRequestHandler):
    """A mail server at which nobody is."""

    def handle(self) -> None:
        self.wfile.write(b"220 away.test\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            refused = verb == b"RCPT"
            self.wfile.write(b"550 5.1.1 nobody here\r\n" if refused else b"250 ok\r\n")


@contextmanager
def refusing() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def sent(app: App) -> dict[str, Any]:
    """A reader's first letter, which the server has taken."""
    lent(app)
    cards(app, {**ISSUED, "email": READER})
    reminded(app)
    deliver(app, clock("10-07"))
    (letter,) = letters(app, policy="overdue")
    assert letter["state"] == "sent"
    return letter


def report(letter: dict[str, Any], **changed: str) -> bytes:
    told = {
        "own": "r1", "to": READER, "action": "failed", "status": "5.1.1",
        "said": "550 5.1.1 nobody here", "kind": "message/rfc822",
        "message_id": letter["message_id"], **changed,
    }  # fmt: skip
    return REPORT.format(**told).replace("\n", "\r\n").encode()


@pytest.mark.tool("postfix")
def test_a_report_of_a_real_server_is_a_bounce(office: Office, app: App) -> None:
    lent(app)
    cards(app, {**ISSUED, "email": READER})
    reminded(app)
    with refusing() as nobody, running(
        "relay_domains = away.test",
        f"transport_maps = inline:{{ {{ away.test = smtp:[127.0.0.1]:{nobody} }} }}",
    ) as postfix:  # fmt: skip
        config = app.home / "config.toml"
        smtp = f'transport = "smtp"\nenabled_for = "*"\nsmtp = {{ host = "127.0.0.1", port = {postfix.port}, tls = "none" }}'  # noqa: E501
        text = config.read_text(encoding="utf-8").replace('transport = "folder"', smtp)
        config.write_text(text, encoding="utf-8")
        assert ill("deliver", home=app.home, today="2025-10-07").code == 0
        (letter,) = letters(app, policy="overdue")
        assert letter["state"] == "sent"
        (came,) = (m for m in postfix.wait_for(3) if m["Delivered-To"].strip() == "host@ill.test")
    del came["Delivered-To"]
    office.put(came.as_bytes())
    (outcome,) = taken(app)
    assert (outcome.state, outcome.why) == ("passed", "bounce")
    (letter,) = letters(app, policy="overdue")
    assert letter["state"] == "bounced"
    assert "5.1.1" in letter["reason"]
    assert READER not in letter["reason"]


def test_the_home_library_and_the_host_are_told_and_the_case_goes_on_by_print_page(
    office: Office, app: App
) -> None:
    letter = sent(app)
    office.put(report(letter), report(letter, own="r2"))
    assert [one.why for one in taken(app)] == ["bounce", "automatic"]
    with app.engine.connect() as connection:
        assert READER in refusals.dead_addresses(connection)
    deliver(app, clock("10-07"))
    told = Counter(
        (row["policy"], *row["to"]) for row in letters(app) if "refused" in row["policy"]
    )
    assert sorted(to for _, to in told) == ["ill-hdu@ill.test", "ill-nsut@ill.test"]
    back(app, on="10-13", out=(LOAN["item"],))
    reminded(app, "10-13")
    (second,) = letters(app, policy="overdue", step="second")
    assert second["to"] == ["ill-hdu@ill.test"]
    assert second["cases"] == [CASE]


@pytest.mark.parametrize(
    "changed",
    [
        {"to": "other@away.test"}, {"message_id": "<nobodys@ill.test>"}, {"action": "delayed"},
        {"status": "4.4.1", "said": "451 later"}, {"action": "delivered"}, {"status": "?"},
        {"kind": "text/plain"}, {"kind": "message/delivery-status"},
    ],
)  # fmt: skip
def test_what_does_not_say_that_our_letter_failed_changes_nothing(
    office: Office, app: App, changed: dict[str, str]
) -> None:
    office.put(report(sent(app), **changed))
    assert [one.why for one in taken(app)] == ["automatic"]
    assert [row["state"] for row in letters(app, policy="overdue")] == ["sent"]
    with app.engine.connect() as connection:
        assert refusals.dead_addresses(connection) == frozenset()


def test_a_reader_cannot_make_the_home_librarys_address_dead(office: Office, app: App) -> None:
    office.put(report(sent(app), to="ill-hdu@ill.test"))
    assert [one.why for one in taken(app)] == ["bounce"]
    with app.engine.connect() as connection:
        assert refusals.dead_addresses(connection) == frozenset()
    deliver(app, clock("10-07"))
    (told,) = letters(app, policy="address_refused")
    assert told["to"] == ["ill-nsut@ill.test"]


def test_headers_alone_may_come_back(office: Office, app: App) -> None:
    office.put(report(sent(app), kind="text/rfc822-headers"))
    assert [one.why for one in taken(app)] == ["bounce"]


def test_a_full_mailbox_bounces_and_the_address_is_used_again(office: Office, app: App) -> None:
    office.put(report(sent(app), status="5.2.2", said="552 5.2.2 mailbox full"))
    assert [one.why for one in taken(app)] == ["bounce"]
    assert [row["state"] for row in letters(app, policy="overdue")] == ["bounced"]
    with app.engine.connect() as connection:
        assert refusals.dead_addresses(connection) == frozenset()


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff" * 99, b"x" * (LARGEST + 1),
     b"Content-Type: multipart/report; boundary=b\n\n--b\n--b--",
     (b"Content-Type: multipart/report; boundary=b\n\n--b\n"
      b"Content-Type: message/delivery-status\n\n\xff\n--b--")],
)  # fmt: skip
def test_what_is_no_report_is_none(raw: bytes) -> None:
    assert read_report(raw) is None
