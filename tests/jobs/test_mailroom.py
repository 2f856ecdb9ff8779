"""Workbooks by mail, end to end: a real Postfix hands them to a real Dovecot, answers lie in the
outbox, and a forged sender feeds nothing.
"""

from __future__ import annotations

import pytest

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs import held
from ill_workflows.jobs.board import board
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.jobs.outcome import describe
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from ill_workflows.xlsx.read import read_book
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.office import Office
from tests.jobs.mailing import (
    OURS,
    SENDER,
    letters,
    now,
    register,
    says,
    sent,
    states,
    taken,
)
from tests.jobs.mailing import app as app  # noqa: PLC0414 - the fixture

pytestmark = pytest.mark.tool("dovecot")


def test_a_filled_workbook_by_mail_is_receipted_in_its_thread(office: Office, app: App) -> None:
    office.put(sent(register(app)))
    (outcome,) = taken(app)
    assert outcome.state == "accepted", describe(outcome)
    (letter,) = letters(app)
    assert (letter["X-ILL-Policy"], letter["In-Reply-To"]) == ("receipt", "<September@hdu.test>")
    assert letter["To"] == SENDER
    assert (office.held(), office.held("Processed")) == ([], ["September"])


def test_a_faulty_workbook_goes_back_annotated_to_who_wrote_the_mail(
    office: Office, app: App
) -> None:
    office.put(sent(register(app, card="NSUT-07")))
    (outcome,) = taken(app)
    assert outcome.state == "returned"
    (letter,) = letters(app)
    assert letter["In-Reply-To"] == "<September@hdu.test>"
    (attached,) = [part for part in letter.walk() if part.get_filename()]
    data = attached.get_payload(decode=True)
    assert isinstance(data, bytes)
    assert "檢查結果" in {sheet.title for sheet in read_book(data, "x").sheets}


def test_the_same_workbook_by_mail_folder_and_mail_again_is_taken_in_once(
    office: Office, app: App
) -> None:
    data = register(app)
    office.put(sent(data))
    first = [outcome.state for outcome in taken(app)]
    (app.folder("inbox") / "again.xlsx").write_bytes(data)
    folder = [one.state for one in collect(app, Inbox(app.folder("inbox")), now())]
    office.put(sent(data, subject="again"))
    again = [outcome.state for outcome in taken(app)]
    assert (first, folder, again) == (["accepted"], ["known"], ["known"])
    assert states(app) == ["accepted"]
    assert len(letters(app)) == 1


def test_a_mail_that_was_remembered_and_not_moved_is_moved_by_the_next_run(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put(sent(register(app)))
    mailbox = open_mailbox(app)
    assert mailbox is not None
    monkeypatch.setattr(type(mailbox), "settle", lambda *_: None)
    assert [one.state for one in collect(app, mailbox, now())] == ["accepted"]
    monkeypatch.undo()
    assert office.held() == ["September"]
    assert taken(app) == []
    assert (office.held(), office.held("Processed")) == ([], ["September"])
    assert len(letters(app)) == 1


@pytest.mark.parametrize(
    ("top", "why"),
    [
        (says("dmarc=fail"), "unproven"),
        (says("dmarc=pass", "else.test"), "other_from"),
        ((), "no_results"),
    ],
    ids=["fails", "of another domain", "says nothing"],
)
def test_a_sender_that_nothing_proves_is_held(
    office: Office, app: App, top: tuple[str, ...], why: str
) -> None:
    office.put(sent(register(app), top=top))
    (outcome,) = taken(app)
    assert (outcome.state, outcome.why) == ("held", why), describe(outcome)
    with app.engine.connect() as connection:
        assert store.rows_of(connection, "cards_issues", 1) == []
    (letter,) = letters(app)
    assert (letter["X-ILL-Policy"], letter["To"]) == ("kept", "ill-nsut@ill.test")


def test_a_header_that_the_sender_wrote_counts_for_nothing(office: Office, app: App) -> None:
    office.post(sent(register(app), top=(says("dmarc=pass")[0],)))
    (outcome,) = taken(app)
    assert (outcome.state, outcome.why) == ("held", "below_received"), describe(outcome)


def test_the_same_mail_with_our_own_servers_pass_is_accepted(office: Office, app: App) -> None:
    data = register(app)
    office.put(sent(data, top=()))
    assert [one.state for one in taken(app)] == ["held"]
    office.put(sent(data))
    assert [one.state for one in taken(app)] == ["accepted"]
    assert held.listing(app) == []


def test_the_librarys_token_makes_up_for_an_unaligned_pass(office: Office, app: App) -> None:
    with writing(app.engine) as connection:
        token = store.token_of(connection, "HDU")
    spf = (f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=relay.test", says("")[1])
    office.put(sent(register(app), top=spf, subject="without"))
    assert [one.why for one in taken(app)] == ["token_missing"]
    office.put(sent(register(app, token=token), top=spf, subject="with"))
    assert [one.state for one in taken(app)] == ["accepted"]


def test_auto_replies_bounces_and_lists_are_passed_over_in_silence(
    office: Office, app: App
) -> None:
    top = says("dmarc=pass")
    office.put(
        sent(register(app), top=("Auto-Submitted: auto-replied", *top), subject="reply"),
        sent(register(app), top=("List-Id: <a.test>", *top), subject="list"),
        sent(register(app), top=top, sender="MAILER-DAEMON@ill.test", subject="bounce"),
    )
    assert {(one.state, one.why) for one in taken(app)} == {("passed", "automatic")}
    assert (states(app), letters(app)) == ([], [])
    assert sorted(office.held("Rejected")) == ["bounce", "list", "reply"]


def test_a_file_of_the_wrong_kind_is_answered_to_a_proven_sender_alone(
    office: Office, app: App
) -> None:
    page = b"<html><table><tr><td>1</td></tr></table></html>"
    office.put(sent(page, subject="proven"), sent(page + b" ", top=(), subject="forged"))
    assert [one.state for one in taken(app)] == ["refused", "refused"]
    assert [letter["To"] for letter in letters(app)] == [SENDER, "ill-nsut@ill.test"]


def test_what_is_held_is_released_by_the_host_and_its_address_trusted(
    office: Office, app: App
) -> None:
    stranger = "colleague@else.test"
    theirs = says("dmarc=pass", "else.test")
    office.put(sent(register(app), sender=stranger, top=theirs))
    (outcome,) = taken(app)
    assert (outcome.state, outcome.why) == ("held", "sender_unknown")
    (waiting,) = held.listing(app)
    assert (waiting["receipt"], waiting["sender"]) == (outcome.receipt, stranger)
    released = held.release(app, outcome.receipt, now(), trust=True)
    assert released.state == "accepted"
    assert letters(app)[-1]["To"] == stranger
    assert letters(app)[-1]["In-Reply-To"] == "<September@hdu.test>"
    office.put(sent(register(app, name="別人"), sender=stranger, top=theirs, subject="next"))
    assert [one.state for one in taken(app)] == ["accepted"]


@pytest.mark.parametrize("sender", ["ill-tmut@ill.test", "stranger@else.test"])
@pytest.mark.parametrize("changed", [{}, {"patron": None}])
def test_what_is_released_is_answered_to_its_library_and_not_to_whoever_sent_it(
    office: Office, app: App, sender: str, changed: dict[str, None]
) -> None:
    office.put(sent(register(app, **changed), sender=sender))
    (outcome,) = taken(app)
    assert outcome.state == "held"
    held.release(app, outcome.receipt, now())
    assert [letter["To"] for letter in letters(app)] == ["ill-nsut@ill.test", SENDER]
    assert [letter["Cc"] for letter in letters(app)] == [None, None]


def test_what_is_held_is_refused_by_the_host_and_nobody_is_written_to(
    office: Office, app: App
) -> None:
    office.put(sent(register(app), top=()))
    (outcome,) = taken(app)
    before = len(letters(app))
    held.refuse(app, outcome.receipt, now())
    assert held.listing(app) == []
    assert (states(app), len(letters(app))) == (["held", "refused"], before)
    places = board(app, now().today, ["2025-09"])
    assert {one.state for one in places if one.library == "HDU"} == {"not_due"}  # it is not theirs
    with pytest.raises(UsageProblem, match="held"):
        held.release(app, outcome.receipt, now())
