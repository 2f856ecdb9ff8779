"""No mail stops the reader: broken, hostile or merely odd, it is read or it says why not."""

from __future__ import annotations

import random
import resource
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ill_workflows.intake.attached import LARGEST, MOST_FILES
from ill_workflows.intake.message import Mail, read_mail
from ill_workflows.intake.proof import REASONS, decide
from tests.intake.mails import (
    BOOK,
    book,
    forwarded,
    instead,
    lines,
    mail,
    multipart,
    part,
    text,
)

US = "mx.alliance.example"
TOP = (
    "Return-Path: <ill@hdu.example>",
    f"Received: from a.example ([203.0.113.5]) by {US} (Postfix) with ESMTP id 1; x",
    f'Authentication-Results: {US}; dkim=pass header.d=hdu.example; spf=pass smtp.mailfrom="a"@b.c',
)


def whole() -> bytes:
    """A mail that has something of everything."""
    named = "Content-Disposition: attachment; filename*0*=big5''%A4%EB; filename*1*=%B3%F8.xlsx"
    inner = mail(text(), book("inner.xlsx"), heads=instead(subject="=?big5?B?pOuz+A==?="))
    picture = part(b"\x89PNG" + bytes(30), "Content-Type: image/png", "Content-ID: <a>")
    related = multipart(multipart(text(), text("<p>"), kind="alternative"), picture, kind="related")
    return mail(related, part(BOOK, named), forwarded(inner), top=TOP)


def deep(level: Callable[[bytes], bytes], times: int) -> bytes:
    inside = book()
    for _ in range(times):
        inside = level(inside)
    return lines(*instead()) + inside


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "containers in containers": (lambda: deep(multipart, 900), "too_deep"),
    "mails in mails": (lambda: deep(lambda m: forwarded(lines("A: b") + m), 900), "too_deep"),
    "a few containers too many": (lambda: deep(multipart, 10), "too_deep"),
    "containers and very many lines": (
        lambda: deep(multipart, 30) + b"--x\r\n" + b"line\r\n" * 900_000, "too_deep",
    ),
    "containers side by side and very many lines": (
        lambda: mail(*[multipart(text(str(n))) for n in range(20)]) + b"line\r\n" * 600_000,
        "too_deep",
    ),
    "very many parts": (lambda: mail(*[text("a")] * 5_000), "too_many_parts"),
    "very many empty parts": (lambda: mail(text()) + b"\n--one\n\n" * 300_000, "too_many_parts"),
    "nothing but lines": (lambda: mail(text()) + b"\n" * 5_000_000, "too_many_parts"),
    "nothing but carriage returns": (lambda: mail(text()) + b"\r" * 5_000_000, "too_many_parts"),
    "nothing but headers": (lambda: b"a:\n" * 1_500_000, "too_many_parts"),
    "very many workbooks": (lambda: mail(*[book()] * (MOST_FILES + 1)), "too_many_parts"),
    "mails as files, each full": (
        lambda: mail(*[part(mail(*[text("a")] * 1_500), 'Content-Type: a/b; name="a.eml"')] * 9),
        "too_many_parts",
    ),
    "too large": (lambda: mail(text()) + b"a" * LARGEST, "too_large"),
    "a container without its mark": (
        lambda: lines(*instead(), "Content-Type: multipart/mixed") + b"\r\nPK", "damaged",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "trouble"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mail_is_refused_before_it_costs_anything(
    make: Callable[[], bytes], trouble: str
) -> None:
    raw = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read_mail(raw)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (found.trouble, found.attachments) == (trouble, ())
    assert grown < 300 * 1024, "KiB"
    assert found.size == len(raw)


ODD = {
    "nothing": b"",
    "a line": b"hello",
    "line ends alone": b"\r\n\r\n\r\n",
    "nul": bytes(3000),
    "a mailbox line first": b"From ill@hdu.example Thu Nov  5 09:12:00 2026\r\n" + mail(),
    "a body in the head": b"To: a\r\nno header\r\n" + mail(),
    "eight bits everywhere": bytes(range(128, 256)) * 30,
    "an endless header": b"Subject: " + b"=?utf-8?b?" * 30_000 + b"\r\n\r\n",
    "an endless from": b"From: " + b'"' * 100_000 + b"<a@b.example>\r\n\r\n",
    "an endless name": mail(part(BOOK, "Content-Disposition: a; filename=" + '"; ' * 60_000)),
    "very many pieces of a name": mail(
        part(BOOK, "Content-Disposition: a" + "".join(f"; filename*{n}*=a" for n in range(5000)))
    ),
    "a piece with an endless number": mail(
        part(BOOK, f"Content-Disposition: a; filename*{'9' * 900}*=a")
    ),
    "odd codings": mail(
        *(part(b"=\xff", f"Content-Transfer-Encoding: {c}", "X: y", coded=False)
          for c in ("x-uuencode", "base64", "\u00e9", "quoted-printable", "utf-16")),
    ),
    "a mail in base64 that is none": mail(
        part(b"!", "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", coded=False)
    ),
    "a mail that holds nothing": mail(part(b"", "Content-Type: message/rfc822", coded=False)),
    "no end": mail()[:-2000],
}  # fmt: skip


def reasonable(found: Mail) -> None:
    """Whatever was in it, it can be stored, shown and judged."""
    words = (found.sender, found.subject, found.message_id, found.in_reply_to, *found.references)
    for said in (*words, *found.others, *(one.name for one in found.attachments), *found.trace):
        assert "\n" not in said
        assert "\r" not in said
        assert said.isprintable() or "�" in said or not said.isascii()
        said.encode()
    assert all(one.name and not {"/", "\\"} & set(one.name) for one in found.attachments)
    assert (
        decide(found.sender, ("ill@hdu.example",), found.trace, US, "a", "b", below=True).reason
        in REASONS
    )


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_an_odd_mail_is_read_as_far_as_it_goes(raw: bytes) -> None:
    reasonable(read_mail(raw))


def test_a_workbook_cut_off_on_its_way_is_handed_on_for_its_reader_to_refuse() -> None:
    found = read_mail(mail()[:-2000])
    assert [BOOK.startswith(one.data) for one in found.attachments] == [True]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=4000))
def test_any_bytes_are_read(raw: bytes) -> None:
    reasonable(read_mail(raw))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_a_mail_with_bytes_changed_is_read(chance: random.Random) -> None:
    """Bits turned over, lines lost, doubled or swapped, an end cut off."""
    raw = bytearray(whole())
    for _ in range(chance.randint(1, 12)):
        place, act = chance.randrange(len(raw)), chance.randrange(5)
        if act == 0:
            raw[place] ^= 1 << chance.randrange(8)
        elif act == 1:
            raw[place + 1 : place + chance.randint(1, 200)] = b""
        elif act == 2:
            raw[place:place] = raw[place : place + chance.randint(1, 300)]
        elif act == 3:
            raw[place:place] = chance.choice(
                [b'"', b"\r\n", b"--", b"=?", b";", b"\0", b"\\", b"("]
            )
        else:
            del raw[place + 1 :]
    reasonable(read_mail(bytes(raw)))


def test_the_whole_mail_is_read_whole() -> None:
    """What the changed ones were changed from."""
    found = read_mail(whole())
    assert [one.name for one in found.attachments] == ["月報.xlsx", "inner.xlsx"]
    assert decide(found.sender, ("ill@hdu.example",), found.trace, US, below=True).reason == "dkim"
