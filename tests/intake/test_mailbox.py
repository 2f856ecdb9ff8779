"""Workbooks by mail: sent over SMTP, read over IMAP, moved when they are remembered."""

from __future__ import annotations

import re

import pytest
from imap_tools import MailMessageFlags

from ill_workflows.intake.incoming import Incoming
from tests.intake.mails import (
    BOOK,
    OTHER_BOOK,
    book,
    forwarded,
    instead,
    mail,
    multipart,
    part,
    text,
)
from tests.intake.mails import lines as headers
from tests.intake.office import Office

pytestmark = pytest.mark.tool("dovecot")

BIG5 = part(
    BOOK, "Content-Type: application/octet-stream",
    'Content-Disposition: attachment; filename="許功蓋.xlsx"'.encode("big5"),
)  # fmt: skip


def titled(subject: str, *parts: bytes, top: tuple[str, ...] = ()) -> bytes:
    """A mail with a subject and a Message-ID of its own."""
    message_id = f"<{subject.replace(' ', '-')}@hdu.example>"
    return mail(*parts, heads=instead(subject=subject, message_id=message_id), top=top)


def facts(found: list[Incoming]) -> list[tuple[str, bytes, str]]:
    return [(one.name, one.data, one.mail_kind) for one in found]


def test_a_workbook_comes_in_by_mail_and_its_mail_is_filed(office: Office) -> None:
    office.post(mail(text(), BIG5))
    [incoming] = office.take_in()
    assert (incoming.name, incoming.data, incoming.door) == ("許功蓋.xlsx", BOOK, "mailbox")
    assert (incoming.sender, incoming.message_id) == ("ill@hdu.example", "<october@hdu.example>")
    assert incoming.path is incoming.trouble is None
    assert incoming.mail is not None
    assert (incoming.mail.subject, incoming.mail.automatic) == ("十月月報表", "")
    assert incoming.mail.message_id == incoming.message_id
    assert [line.split()[0] for line in incoming.mail.trace] == ["Received:", "Received:"]
    assert (office.held(), office.held("Processed")) == ([], ["十月月報表"])
    assert office.held("Rejected") == []


def test_several_workbooks_of_a_mail_move_it_with_the_last(office: Office) -> None:
    office.put(mail(text(), book("usage.xlsx"), book("cards.xlsx", OTHER_BOOK)))
    mailbox, seen = office.mailbox(), []
    for incoming in mailbox.arrivals():
        assert incoming.mail is not None
        seen.append((incoming.name, incoming.data, incoming.mail.part, incoming.mail.parts))
        assert office.held() == ["十月月報表"]
        mailbox.settle(incoming)
    assert seen == [("usage.xlsx", BOOK, 1, 2), ("cards.xlsx", OTHER_BOOK, 2, 2)]
    assert (office.held(), office.held("Processed")) == ([], ["十月月報表"])


def test_a_mail_of_which_one_workbook_was_not_remembered_waits(office: Office) -> None:
    office.put(mail(text(), book("usage.xlsx"), book("cards.xlsx", OTHER_BOOK)))
    mailbox = office.mailbox()
    for incoming in mailbox.arrivals():
        if incoming.name == "cards.xlsx":
            mailbox.settle(incoming)
    assert office.held() == ["十月月報表"]
    assert [one.name for one in office.take_in()] == ["usage.xlsx", "cards.xlsx"]
    assert office.held() == []


def test_a_forwarded_workbook_is_taken_in_from_who_forwards_it(office: Office) -> None:
    inner = mail(text(), book("inner.xlsx"), heads=instead(from_="colleague@hdu.example"))
    office.post(mail(text("轉寄"), forwarded(inner)))
    [incoming] = office.take_in()
    assert (incoming.name, incoming.data, incoming.sender) == (
        "inner.xlsx",
        BOOK,
        "ill@hdu.example",
    )


PDF = part(b"%PDF-1.7", "Content-Type: application/pdf", 'Content-Disposition: a; filename="a.pdf"')
NOTHING = {
    "no attachment": (titled("question", text()), "no_workbook", ""),
    "a wrong attachment": (titled("a pdf", text(), PDF), "no_workbook", ""),
    "an auto-reply": (
        titled("away", text(), top=("Auto-Submitted: auto-replied",)),
        "automatic", "auto_submitted",
    ),
    "a list mail with a workbook": (
        titled("listed", book(), top=("List-Id: <a.example>",)), "automatic", "list",
    ),
    "our own letter": (
        titled("ours", book(), top=("X-ILL-Policy: still_out",)), "automatic", "ourselves",
    ),
    "our own address": (
        mail(heads=instead(from_="ill@nsut.example", subject="us")), "automatic", "ourselves",
    ),
    "a container that cannot be opened": (
        headers(*instead(subject="broken"), "Content-Type: multipart/mixed") + b"\r\nx",
        "unreadable", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "kind", "automatic"), NOTHING.values(), ids=NOTHING)
def test_a_mail_with_nothing_to_take_in_is_told_and_set_aside(
    office: Office, raw: bytes, kind: str, automatic: str
) -> None:
    office.post(raw)
    [subject] = office.held()
    [incoming] = office.take_in()
    assert (incoming.name, incoming.data, incoming.mail_kind) == (subject, b"", kind)
    assert incoming.mail is not None
    assert (incoming.mail.automatic, incoming.mail.part, incoming.mail.parts) == (automatic, 1, 1)
    assert incoming.mail.others == (("a.pdf",) if subject == "a pdf" else ())
    assert (office.held(), office.held("Rejected")) == ([], [subject])
    assert office.held("Processed") == []


def test_what_comes_from_nobody_is_a_bounce(office: Office) -> None:
    office.post(titled("returned", book()), envelope="")
    [incoming] = office.take_in()
    assert incoming.mail is not None
    assert (incoming.mail_kind, incoming.mail.automatic) == ("automatic", "bounce")


def test_a_report_of_a_server_is_a_bounce(office: Office) -> None:
    status = part(b"Status: 5.1.1\r\n", "Content-Type: message/delivery-status", coded=False)
    ours = mail(book(), heads=(*instead(), "X-ILL-Policy: sheet"))
    report = multipart(text(), status, forwarded(ours), kind="report")
    office.post(headers(*instead(subject="failed")) + report)
    [incoming] = office.take_in()
    assert incoming.mail is not None
    assert (incoming.mail_kind, incoming.mail.automatic) == ("automatic", "bounce")


def test_an_automatic_mail_that_is_too_large_is_automatic(office: Office) -> None:
    office.put(titled("away", book(), top=("Auto-Submitted: auto-replied",)))
    assert [one.mail_kind for one in office.take_in(office.mailbox(largest=3000))] == ["automatic"]


def test_a_mail_that_is_too_large_is_not_fetched(office: Office) -> None:
    office.put(titled("large", book(data=BOOK * 9)), titled("small", text()))
    found = office.take_in(office.mailbox(largest=10_000))
    assert facts(found) == [("large", b"", "too_large"), ("small", b"", "no_workbook")]
    assert found[0].sender == "ill@hdu.example"
    assert office.held("Rejected") == ["large", "small"]
    fetched = re.findall(
        r"hdr_count=(\d+).* body_count=(\d+) body_bytes=(\d+)", "\n".join(office.log())
    )
    of_this_run = [(int(h), int(b), int(size)) for h, b, size in fetched if h != "0"]
    assert [(h, b) for h, b, _ in of_this_run] == [(1, 1)]
    assert of_this_run[0][2] < 3000


def test_mails_come_in_the_order_in_which_they_arrived(office: Office) -> None:
    office.put(titled("one"), titled("two", text()), titled("three"))
    subjects = [one.mail.subject for one in office.take_in() if one.mail]
    assert subjects == ["one", "two", "three"]
    assert (office.held("Processed"), office.held("Rejected")) == (["one", "three"], ["two"])


def test_whether_a_mail_was_read_stays_as_it_is(office: Office) -> None:
    office.put(titled("unread"), titled("read"), titled("flagged"))
    with office.server.looking(office.user) as box:
        box.flag(box.uids("SUBJECT read"), MailMessageFlags.SEEN, value=True)
        box.flag(box.uids("SUBJECT unread"), MailMessageFlags.SEEN, value=False)
        box.flag(box.uids("SUBJECT flagged"), (MailMessageFlags.FLAGGED, "$Label1"), value=True)
    office.take_in()
    with office.server.looking(office.user, "Processed") as box:
        flags = {m.subject: set(m.flags) - {"\\Recent"} for m in box.fetch(mark_seen=False)}
    assert flags == {"unread": set(), "read": {"\\Seen"}, "flagged": {"\\Flagged", "$Label1"}}


def test_a_mail_that_somebody_deleted_is_left_alone(office: Office) -> None:
    office.put(titled("gone"), titled("here"))
    with office.server.looking(office.user) as box:
        box.client.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
    assert [one.mail.subject for one in office.take_in() if one.mail] == ["here"]
    assert office.held() == ["gone"]


def test_folders_that_are_there_are_used(office: Office) -> None:
    with office.server.looking(office.user) as box:
        box.folder.create("Processed")
    office.put(titled("one"))
    office.take_in()
    office.put(titled("two"))
    office.take_in()
    assert office.held("Processed") == ["one", "two"]
    with office.server.looking(office.user) as box:
        assert {folder.name for folder in box.folder.list()} == {"INBOX", "Processed"}


def test_a_name_with_folders_below_is_not_yet_a_folder(office: Office) -> None:
    with office.server.looking(office.user) as box:
        box.folder.create("Processed.2025")
    office.put(titled("one"))
    office.take_in()
    assert office.held("Processed") == ["one"]


def test_a_folder_with_a_chinese_name_is_read(office: Office) -> None:
    with office.server.looking(office.user) as box:
        box.folder.create("館際合作 月報&表")
    office.server.put(office.user, titled("one"), "館際合作 月報&表")
    office.put(titled("private"))
    [incoming] = office.take_in(office.mailbox(folder="館際合作 月報&表"))
    assert incoming.mail is not None
    assert (incoming.mail.folder, incoming.mail.subject) == ("館際合作 月報&表", "one")
    assert (office.held(), office.held("Processed")) == (["private"], ["one"])


def test_how_many_wait_is_told_without_touching_them(office: Office) -> None:
    assert office.mailbox().waiting() == 0
    office.put(titled("one"), titled("two"))
    assert office.mailbox().waiting() == 2
    assert office.held() == ["one", "two"]


def test_an_empty_mailbox_has_no_arrivals(office: Office) -> None:
    assert office.take_in() == []
