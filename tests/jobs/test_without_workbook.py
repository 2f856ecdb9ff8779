"""Mails that bring no workbook, or an old form: who is answered, with what, and how often."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.judge import Judged, judge
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.jobs.post_office import About, listing, timeline
from ill_workflows.store import outbox
from ill_workflows.store.db import writing
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.mails import book, instead, mail, text
from tests.intake.office import Office
from tests.jobs.mailing import (
    SENDER,
    body,
    letters,
    now,
    register,
    says,
    sent,
    taken,
)
from tests.jobs.mailing import app as app  # noqa: PLC0414 - the fixture
from tests.ledger.rows import day

pytestmark = pytest.mark.tool("dovecot")


def empty(
    subject: str, *parts: bytes, top: tuple[str, ...] = says("dmarc=pass"), **heads: str
) -> bytes:
    """A mail without a workbook."""
    named = {"message_id": f"<{subject}@hdu.test>".replace(" ", "-"), **heads}
    return mail(
        *(parts or (text(),)), heads=instead(from_=SENDER, subject=subject, **named), top=top
    )


def test_a_mail_without_a_workbook_is_answered_once_a_day(office: Office, app: App) -> None:
    office.put(empty("hello"), empty("again"))
    assert [(one.state, one.why) for one in taken(app)] == [("passed", "no_workbook")] * 2
    assert sorted(office.held("Rejected")) == ["again", "hello"]
    assert taken(app) == []
    (letter,) = letters(app)
    assert (letter["To"], letter["In-Reply-To"]) == (SENDER, "<hello@hdu.test>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "直接夾帶在信裡" in body(letter)
    assert "hello" in body(letter)


def test_words_in_answer_to_a_letter_of_ours_are_the_hosts_to_read(
    office: Office, app: App
) -> None:
    office.put(sent(register(app)))
    taken(app)
    (receipt,) = letters(app)
    ours = str(receipt["Message-ID"])
    office.put(empty("Re: receipt", in_reply_to=ours), empty("Re: it", references=f"<a@b> {ours}"))
    assert [one.why for one in taken(app)] == ["no_workbook"] * 2
    assert len(letters(app)) == 1
    scan = book("scan.pdf", b"%PDF-1.4")
    office.put(empty("Re: with a scan", text(), scan, in_reply_to=ours))
    taken(app)
    assert "scan.pdf" in body(letters(app)[-1])
    events = [event.what for event in timeline(app, About(library="HDU")) if event.letter == 1]
    assert events == ["written", "queued", "answered", "answered", "answered"]


def test_what_somebody_answers_has_left_though_it_was_in_doubt(office: Office, app: App) -> None:
    office.put(sent(register(app)))
    taken(app)
    (receipt,) = letters(app)
    with writing(app.engine) as connection:
        outbox.settle(connection, 1, "doubtful")
    office.put(empty("unrelated", in_reply_to="<other@ill.test>"))
    taken(app)
    assert listing(app)[0]["state"] == "doubtful"
    office.put(empty("Re: receipt", in_reply_to=str(receipt["Message-ID"])))
    taken(app)
    assert listing(app)[0]["state"] == "sent"


@pytest.mark.parametrize(
    "top", [(), says("dmarc=fail"), ("Auto-Submitted: auto-replied", *says("dmarc=pass"))]
)
def test_a_mail_without_a_workbook_is_answered_to_a_proven_person_alone(
    office: Office, app: App, top: tuple[str, ...]
) -> None:
    office.put(empty("hello", top=top))
    assert [one.state for one in taken(app)] == ["passed"]
    assert letters(app) == []


def test_a_returned_workbook_of_an_old_form_comes_with_the_present_one(
    office: Office, app: App
) -> None:
    def older(*given: Any) -> Judged:
        judged = judge(*given)
        assert judged.checked is not None
        assert judged.checked.form is not None
        form = replace(judged.checked.form, version=2)
        return replace(judged, checked=replace(judged.checked, form=form))

    office.put(sent(register(app, issued_on=day("12-31"))))
    mailbox = open_mailbox(app)
    assert mailbox is not None
    assert [one.state for one in collect(app, mailbox, now(), judged=older)] == ["returned"]
    (letter,) = letters(app)
    names = [part.get_filename() for part in letter.walk() if part.get_filename()]
    assert names[1:] == ["cards-HDU-2025-09.xlsx"]
    assert "現在的版本「cards-HDU-2025-09.xlsx」" in body(letter)
