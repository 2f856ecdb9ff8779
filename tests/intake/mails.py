"""Mails as bytes, written line by line: what a mail program would mend stays as broken as it is."""

from __future__ import annotations

import base64
import io
import zlib

import xlsxwriter


def workbook(words: str = "月報表 usage 1") -> bytes:
    """A small real workbook."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        book.add_worksheet("封面").write_string(0, 0, words)
    return held.getvalue()


BOOK = workbook()
OTHER_BOOK = workbook("借書證登記簿 cards 1")
CONTACT = "ill@hdu.example"
PERSON = (
    f"From: =?utf-8?b?6aSo5ZCI?= <{CONTACT}>",
    "To: host@ill.test",
    "Subject: =?utf-8?b?5Y2B5pyI5pyI5aCx6KGo?=",
    "Date: Thu, 05 Nov 2026 09:12:00 +0800",
    "Message-ID: <october@hdu.example>",
    "MIME-Version: 1.0",
)
"""The headers of a mail that a person wrote: 十月月報表."""


def octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def lines(*given: str | bytes) -> bytes:
    return b"".join(octets(line) + b"\r\n" for line in given)


def part(data: bytes, *headers: str | bytes, coded: bool = True) -> bytes:
    """A part of a multipart: headers, then the data in base64 or as they are."""
    if not coded:
        return lines(*headers) + b"\r\n" + data
    return lines(*headers, "Content-Transfer-Encoding: base64") + b"\r\n" + base64.encodebytes(data)


def text(words: str = "附上十月的月報表，謝謝。") -> bytes:
    return part(words.encode(), "Content-Type: text/plain; charset=utf-8")


def book(name: str = "usage-HDU-2026-10.xlsx", data: bytes = BOOK) -> bytes:
    disposition = f'Content-Disposition: attachment; filename="{name}"'
    return part(data, "Content-Type: application/octet-stream", disposition)


def multipart(*parts: bytes, kind: str = "mixed") -> bytes:
    """A container with its Content-Type, to stand at a mail's end or within another one."""
    mark = f"=_{zlib.crc32(b''.join(parts)):x}"
    inside = b"".join(b"--%b\r\n%b\r\n" % (mark.encode(), one) for one in parts)
    head = lines(f'Content-Type: multipart/{kind}; boundary="{mark}"')
    return head + b"\r\n" + inside + b"--%b--\r\n" % mark.encode()


def forwarded(mail: bytes) -> bytes:
    return part(mail, "Content-Type: message/rfc822", coded=False)


def mail(
    *parts: bytes, heads: tuple[str | bytes, ...] = PERSON, top: tuple[str, ...] = ()
) -> bytes:
    """A mail; ``top`` are headers that stand above all others.  With no parts: text and a book."""
    return lines(*top, *heads) + multipart(*(parts or (text(), book())))


def instead(**changed: str) -> tuple[str, ...]:
    """A person's headers, some of them changed; ``reply_to`` is Reply-To, an empty one goes."""
    names = {name.strip("_").replace("_", "-"): value for name, value in changed.items()}
    kept = [line for line in PERSON if line.partition(":")[0].lower() not in names]
    return (*(f"{name.title()}: {value}" for name, value in names.items() if value), *kept)
