"""A mail that no person wrote is told apart, and why: nobody answers it (RFC 3834)."""

from __future__ import annotations

import pytest

from ill_workflows.intake.message import read_mail
from tests.intake.mails import (
    CONTACT,
    book,
    forwarded,
    instead,
    lines,
    mail,
    multipart,
    part,
    text,
)

OURS = "ill@nsut.example"

AUTOMATIC = {
    "a vacation": (("Auto-Submitted: auto-replied",), "auto_submitted"),
    "a program": (("Auto-Submitted: auto-generated; owner=a",), "auto_submitted"),
    "a remark before it": (("Auto-Submitted: auto-replied (vacation)",), "auto_submitted"),
    "x-autoreply": (("X-Autoreply: yes",), "auto_submitted"),
    "x-autorespond": (("X-Autorespond:",), "auto_submitted"),
    "exchange": (("X-Auto-Response-Suppress: DR, OOF, AutoReply",), "auto_submitted"),
    "exchange, all": (("X-Auto-Response-Suppress: All",), "auto_submitted"),
    "a list": (("List-Id: <libraries.example>",), "list"),
    "a newsletter": (("List-Unsubscribe: <mailto:off@news.example>",), "list"),
    "bulk": (("Precedence: bulk",), "precedence"),
    "junk": (("precedence: JUNK",), "precedence"),
    "an old list": (("Precedence: list",), "precedence"),
    "an old vacation": (("Precedence: auto_reply",), "precedence"),
    "nobody's envelope": (("Return-Path: <>",), "bounce"),
    "nobody's envelope, with a space": (("Return-Path: < >",), "bounce"),
    "exim": (("X-Failed-Recipients: reader@gone.example",), "bounce"),
    "our own letter": (("X-ILL-Policy: receipt",), "ourselves"),
    "our own letter, and automatic": (
        ("X-ILL-Policy: sheet", "Auto-Submitted: auto-generated", "Return-Path: <>"), "ourselves",
    ),
}  # fmt: skip
PERSONAL = {
    "nothing said": (),
    "said to be personal": ("Auto-Submitted: no",),
    "an envelope": (f"Return-Path: <{CONTACT}>",),
    "an envelope above a forged one": (f"Return-Path: <{CONTACT}>", "Return-Path: <>"),
    "urgent": ("Precedence: first-class",),
    "read receipts alone are unwanted": ("X-Auto-Response-Suppress: DR, RN, NRN",),
    "explicitly no": ("X-Autoreply: no",),
}  # fmt: skip


@pytest.mark.parametrize(("top", "reason"), AUTOMATIC.values(), ids=AUTOMATIC)
def test_a_machine_is_told_apart(top: tuple[str, ...], reason: str) -> None:
    assert read_mail(mail(top=top)).automatic == reason


@pytest.mark.parametrize("top", PERSONAL.values(), ids=PERSONAL)
def test_a_person_is_answered(top: tuple[str, ...]) -> None:
    assert read_mail(mail(top=top), [OURS]).automatic == ""


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@mx.hdu.example (Mail Delivery System)",
        "Mail Delivery Subsystem <mailer-daemon@hdu.example>",
        "MAILER-DAEMON",
        "Postmaster <postmaster@hdu.example>",
    ],
)
def test_a_mail_server_writes_bounces(sender: str) -> None:
    assert read_mail(mail(heads=instead(from_=sender))).automatic == "bounce"


def test_a_librarian_called_postmaster_is_a_person() -> None:
    sender = f"Postmaster of HDU <{CONTACT}>"
    assert read_mail(mail(heads=instead(from_=sender))).automatic == ""


def report(kind: str) -> bytes:
    said = part(
        b"Final-Recipient: rfc822; a@b.example\r\n", f"Content-Type: message/{kind}", coded=False
    )
    ours = mail(book("template.xlsx"), heads=(*instead(from_=OURS), "X-ILL-Policy: sheet"))
    return lines(*instead()) + multipart(text("sorry"), said, forwarded(ours), kind="report")


@pytest.mark.parametrize("kind", ["delivery-status", "disposition-notification"])
def test_a_report_is_a_bounce_and_brings_back_no_workbook_of_ours(kind: str) -> None:
    found = read_mail(report(kind))
    assert (found.automatic, found.attachments, found.others) == ("bounce", (), ("template.xlsx",))


@pytest.mark.parametrize("written", [OURS, "ILL@NSUT.EXAMPLE", f"館際合作 <{OURS}>"])
def test_a_mail_from_our_own_address_is_ours(written: str) -> None:
    raw = mail(heads=instead(from_=written))
    assert read_mail(raw, [OURS]).automatic == "ourselves"
    assert read_mail(raw).automatic == ""


def test_a_person_who_forwards_an_automatic_mail_is_a_person() -> None:
    vacation = mail(text("away"), heads=instead(), top=("Auto-Submitted: auto-replied",))
    assert read_mail(mail(forwarded(vacation))).automatic == ""
