"""Letters in doubt, sought in the host's own mailbox on a real Dovecot."""

from __future__ import annotations

from pathlib import Path

import pytest

from ill_workflows.app import App
from ill_workflows.jobs.deliver import _Run, deliver
from ill_workflows.jobs.delivered import Delivered
from ill_workflows.store import outbox
from ill_workflows.store.db import writing
from tests.cli.command import ill
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.office import Office
from tests.jobs.alliance import TUESDAY, clock, found, letters, receipt, states
from tests.jobs.mailing import taken

MAIL = """transport = "smtp"
enabled_for = "*"
authserv_id = "mx.ill.test"
smtp = {{ host = "127.0.0.1", port = {smtp}, tls = "none" }}
[mail.imap]
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{user}"
password_file = "secret"
"""


@pytest.fixture
def app(office: Office, tmp_path: Path) -> App:
    assert office.pair is not None
    told = MAIL.format(smtp=office.pair.smtp.port, imap=office.server.port, user=office.user)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    return found(tmp_path, mail=told)


def delivered(app: App, today: str = TUESDAY) -> Delivered:
    return deliver(app, clock(today))


def in_doubt(app: App, number: int) -> bytes:
    """A letter on which the program was cut off while it went over the wire; its bytes."""
    receipt(app, number)
    with writing(app.engine) as connection:
        row = letters(app)[-1]
        outbox.settle(connection, row["id"], "doubtful", reason="cut off while sending")
        full = outbox.one(connection, row["id"])
    assert full is not None
    return bytes(full["body"])


def test_a_letter_that_lies_in_the_mailbox_has_left_though_the_program_died_on_it(
    app: App, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt(app, 1, f"{office.user}@ill.test")

    def dies(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(_Run, "_sent", dies)
    with pytest.raises(SystemExit):
        delivered(app)
    monkeypatch.undo()
    assert office.pair is not None
    office.pair.wait_for(office.user, 1)
    result = delivered(app)
    assert (result.found, result.doubtful, states(app)) == (1, 0, ["sent"])
    delivered(app)
    assert len(office.held()) == 1


def test_what_the_server_keeps_of_sent_mail_is_looked_through(app: App, office: Office) -> None:
    for number, folder in enumerate(("Sent Items", "Rejected", "Processed"), start=1):
        letter = in_doubt(app, number)
        with office.server.looking(office.user) as box:
            if not box.folder.exists(folder):
                box.folder.create(folder)
        office.server.put(office.user, letter, folder)
    in_doubt(app, 4)
    ran = ill("deliver", home=app.home, today="2025-10-07")
    assert "3 letters in doubt were found" in ran.err
    assert states(app) == ["sent", "sent", "sent", "doubtful"]


def test_a_copy_among_the_mails_that_come_in_is_taken_for_what_it_is(
    app: App, office: Office
) -> None:
    office.put(in_doubt(app, 1))
    assert [outcome.state for outcome in taken(app)] == ["passed"]
    assert states(app) == ["sent"]


def test_a_letter_that_lies_nowhere_stays_in_doubt_and_is_not_sent_again(
    app: App, office: Office
) -> None:
    in_doubt(app, 1)
    for _ in range(3):
        assert delivered(app).found == 0
    assert (states(app), office.held()) == (["doubtful"], [])


def test_a_mailbox_that_does_not_answer_holds_up_no_letter(app: App) -> None:
    in_doubt(app, 1)
    (app.home / "secret").write_text("wrong", encoding="utf-8")
    receipt(app, 2)
    result = delivered(app)
    assert (result.sent, result.found, states(app)) == (1, 0, ["doubtful", "sent"])


def test_after_two_weeks_nobody_looks_any_more(app: App, office: Office) -> None:
    office.server.put(office.user, in_doubt(app, 1))
    assert delivered(app, "10-22").found == 0
    assert states(app) == ["doubtful"]
