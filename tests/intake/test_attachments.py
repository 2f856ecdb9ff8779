"""Which files of a mail are workbooks, wherever in it they lie."""

from __future__ import annotations

import base64

import pytest

from ill_workflows.intake.message import Mail, read_mail
from tests.intake.mails import (
    BOOK,
    OTHER_BOOK,
    book,
    forwarded,
    instead,
    lines,
    mail,
    multipart,
    part,
    text,
)

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def names(given: Mail) -> list[str]:
    return [one.name for one in given.attachments]


def file(data: bytes, kind: str, name: str) -> bytes:
    return part(
        data, f"Content-Type: {kind}", f'Content-Disposition: attachment; filename="{name}"'
    )


def test_several_workbooks_of_one_mail_come_in_its_order() -> None:
    found = read_mail(mail(text(), book("usage.xlsx"), book("cards.xlsx", OTHER_BOOK)))
    assert [(one.name, one.data) for one in found.attachments] == [
        ("usage.xlsx", BOOK), ("cards.xlsx", OTHER_BOOK),
    ]  # fmt: skip
    assert found.others == ()


def test_a_mail_may_be_the_workbook_itself() -> None:
    raw = lines(*instead()) + book()
    assert [one.data for one in read_mail(raw).attachments] == [BOOK]


@pytest.mark.parametrize("kind", ["mixed", "related", "alternative", "signed", "unheard-of"])
def test_a_workbook_is_found_in_any_container(kind: str) -> None:
    inner = multipart(text(), multipart(book(), kind=kind))
    assert names(read_mail(mail(inner))) == ["usage-HDU-2026-10.xlsx"]


def test_a_workbook_that_is_shown_inline_is_taken() -> None:
    inline = 'Content-Disposition: inline; filename="a.xlsx"'
    raw = mail(text(), part(BOOK, "Content-Type: application/x-unknown", "Content-ID: <a>", inline))
    assert names(read_mail(raw)) == ["a.xlsx"]


@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "8bit", "binary", "x-uuencode"])
def test_a_workbook_survives_its_coding(coding: str) -> None:
    import binascii
    import quopri

    coded = {
        "base64": base64.encodebytes(BOOK),
        "quoted-printable": quopri.encodestring(BOOK),
        "x-uuencode": b"begin 644 a.xlsx\n"
        + b"".join(binascii.b2a_uu(BOOK[n : n + 45]) for n in range(0, len(BOOK), 45))
        + b"`\nend\n",
    }.get(coding)
    if coded is None:
        data = b"PK\x03\x04 whatever a line of bytes \xff\xfe may hold"
        one = part(data, f"Content-Transfer-Encoding: {coding}", "Content-Type: x/y", coded=False)
        assert [one.data for one in read_mail(mail(one)).attachments] == [data]
        return
    headers = (f"Content-Transfer-Encoding: {coding}", 'Content-Type: x/y; name="a.xlsx"')
    assert [a.data for a in read_mail(mail(part(coded, *headers, coded=False))).attachments] == [
        BOOK
    ]


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("application/octet-stream", "report.zip", BOOK),
        ("application/octet-stream", "report", BOOK),
        ("application/octet-stream", "report.bin", OLE),
        ("application/octet-stream", "usage.xls", OLE),
        ("application/octet-stream", "usage.XLSX", b"<html><table></table></html>"),
        ("text/html", "usage.xlsx", b"<html><table></table></html>"),
        ("application/octet-stream", "usage.xlsb", BOOK),
        ("application/octet-stream", "usage.ods", BOOK),
        ("application/octet-stream", "usage.xlsm", BOOK),
        ("text/plain", "usage.csv", b"a,b\n1,2\n"),
        ("application/vnd.ms-excel", "usage", b"a\tb\n1\t2\n"),
        ("application/octet-stream", "empty.xlsx", b""),
    ],
)
def test_what_may_be_a_workbook_is_for_its_reader_to_judge(
    kind: str, name: str, data: bytes
) -> None:
    found = read_mail(mail(text(), file(data, kind, name)))
    assert [(one.name, one.data) for one in found.attachments] == [(name, data)]


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("image/png", "logo.png", PICTURE),
        ("text/x-vcard", "contact.vcf", b"BEGIN:VCARD\r\nEND:VCARD\r\n"),
        ("application/ms-tnef", "winmail.dat", b"\x78\x9f\x3e\x22" + bytes(90)),
        ("application/pdf", "usage.pdf", b"%PDF-1.7\n"),
        ("application/msword", "letter.doc", OLE),
        ("application/octet-stream", "letter.docx", BOOK),
        ("application/pgp-signature", "signature.asc", b"-----BEGIN PGP SIGNATURE-----\n"),
        ("text/plain", "notes.txt", b"remember the milk\n"),
        ("text/calendar", "meeting.ics", b"BEGIN:VCALENDAR\n"),
    ],
)
def test_what_is_no_workbook_is_noted(kind: str, name: str, data: bytes) -> None:
    found = read_mail(mail(text(), file(data, kind, name)))
    assert (found.attachments, found.others, found.trouble) == ((), (name,), "")


def test_a_signature_picture_does_not_hide_the_workbook() -> None:
    picture = part(PICTURE, "Content-Type: image/png", "Content-ID: <logo>")
    html = part(b"<p>\xe9</p>", "Content-Type: text/html; charset=latin-1")
    letter = multipart(text(), html, kind="alternative")
    found = read_mail(mail(multipart(letter, picture, kind="related"), book()))
    assert names(found) == ["usage-HDU-2026-10.xlsx"]
    assert found.others == ("image/png",)


def test_a_mail_without_files_has_none() -> None:
    found = read_mail(lines(*instead()) + text())
    assert (found.attachments, found.others, found.trouble) == ((), (), "")


def test_a_workbook_in_a_forwarded_mail_is_taken() -> None:
    original = mail(text(), book("inner.xlsx"), heads=instead(from_="colleague@hdu.example"))
    found = read_mail(mail(text("轉寄"), forwarded(original)))
    assert [(one.name, one.data) for one in found.attachments] == [("inner.xlsx", BOOK)]


def test_a_mail_forwarded_twice_and_one_attached_as_a_file_are_opened() -> None:
    original = mail(book("inner.xlsx"))
    twice = mail(forwarded(mail(forwarded(original))))
    as_file = mail(text(), file(original, "application/octet-stream", "原信.eml"))
    in_base64 = mail(part(original, "Content-Type: message/rfc822"))
    assert [names(read_mail(raw)) for raw in (twice, as_file, in_base64)] == [["inner.xlsx"]] * 3


def test_what_lies_in_our_own_letter_is_not_an_answer() -> None:
    """The pre-filled template comes back in the quoted letter, beside the one that was filled."""
    ours = mail(book("template.xlsx"), heads=(*instead(), "X-ILL-Policy: sheet"))
    answer = read_mail(mail(text(), book("filled.xlsx", OTHER_BOOK), forwarded(ours)))
    assert names(answer) == ["filled.xlsx"]
    assert answer.others == ("template.xlsx",)
    assert answer.automatic == ""


def test_the_report_of_a_server_is_no_file() -> None:
    status = part(b"Status: 5.1.1\r\n", "Content-Type: message/delivery-status", coded=False)
    assert read_mail(mail(text(), status)).others == ()


def test_a_mail_says_who_wrote_it_and_what_it_answers() -> None:
    asked = "<a@ill.test> <b@ill.test>"
    found = read_mail(mail(heads=(*instead(in_reply_to="<b@ill.test>"), f"References: {asked}")))
    assert found.sender == "ill@hdu.example"
    assert found.message_id == "<october@hdu.example>"
    assert found.subject == "十月月報表"
    assert found.date is not None
    assert found.date.isoformat() == "2026-11-05T01:12:00+00:00"
    assert (found.in_reply_to, found.references) == (
        "<b@ill.test>",
        ("<a@ill.test>", "<b@ill.test>"),
    )


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 99 Nov 2026 09:12:00", "Fri, 31 Dec 9999 23:00:00 -1200"]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read_mail(mail(heads=instead(date=date))).date is None
