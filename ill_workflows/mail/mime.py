"""A letter's text, page and attachments as MIME (RFC 2045, 2046), after the headers that we write.

Every part is base64: nothing on the way can break a line, and no line can end the letter.
"""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message

from ill_workflows.mail import wire


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; ``mime`` as ``type/subtype``."""

    name: str
    mime: str
    data: bytes


def content(text: str, html: str, attachments: Sequence[Attachment], mark: str) -> bytes:
    """The rest of a message: ``MIME-Version`` and all below it; ``mark`` makes its boundaries."""
    words = [
        _part(f"text/{kind}", said.encode()) for kind, said in (("plain", text), ("html", html))
    ]
    inner, outer = f"=_{mark}_1", f"=_{mark}_0"
    if not attachments:
        return b"MIME-Version: 1.0\r\n" + _multipart("alternative", outer, words)
    letter = _multipart("alternative", inner, words)
    return b"MIME-Version: 1.0\r\n" + _multipart(
        "mixed", outer, (letter, *map(_attached, attachments))
    )


def _multipart(kind: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    """Parts one after the other; none holds the boundary, for base64 has no ``=_``."""
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    between = f"--{boundary}\r\n".encode("ascii")
    end = f"--{boundary}--\r\n"
    return b"".join(
        (head.encode("ascii"), *(between + part for part in parts), end.encode("ascii"))
    )


def _part(mime: str, data: bytes, *more: str) -> bytes:
    """One part: its headers, and its bytes in lines of 76 characters."""
    charset = '; charset="utf-8"' if mime.startswith("text/") else ""
    lines = (f"Content-Type: {mime}{charset}", "Content-Transfer-Encoding: base64", *more, "", "")
    return "\r\n".join(lines).encode("ascii") + (encodebytes(data) or b"\n").replace(b"\n", b"\r\n")


def _attached(attachment: Attachment) -> bytes:
    name = wire.filename(attachment.name)
    named = name if name.isascii() else ("utf-8", "", name)  # RFC 2231
    header = Message()
    header.add_header("Content-Disposition", "attachment", filename=named)
    told = f"Content-Disposition: {header['Content-Disposition']}"
    return _part(attachment.mime, attachment.data, told)
