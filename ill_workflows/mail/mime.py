"""A letter's text, page and attachments as MIME, after the headers that we write ourselves.

The standard library's older classes, with its ``compat32`` policy: a third of the time of
``EmailMessage``, whose header parser reads each header again.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from typing import Final

from ill_workflows.mail import wire

_LINE: Final = 76
"""Characters of a line of base64 (RFC 2045)."""
_ON_THE_WIRE: Final = compat32.clone(linesep="\r\n", max_line_length=None)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; ``mime`` as ``type/subtype``."""

    name: str
    mime: str
    data: bytes


def content(text: str, html: str, attachments: Sequence[Attachment], mark: str) -> bytes:
    """The rest of a message: ``MIME-Version`` and all below it; ``mark`` makes its boundaries."""
    message = MIMEMultipart("alternative", policy=_ON_THE_WIRE)
    message.attach(_words("plain", text))
    message.attach(_words("html", html))
    if attachments:
        letter, message = message, MIMEMultipart("mixed", policy=_ON_THE_WIRE)
        del letter["MIME-Version"]
        letter.set_boundary(f"=_{mark}_1")
        message.attach(letter)
        for attachment in attachments:
            message.attach(_attached(attachment))
    message.set_boundary(f"=_{mark}_0")
    for part in message.walk():
        if part is not message:
            del part["MIME-Version"]  # one for the whole message is enough
    return message.as_bytes()


def _words(kind: str, text: str) -> MIMENonMultipart:
    return _encoded(MIMENonMultipart("text", kind, charset="utf-8"), text.encode())


def _encoded(part: MIMENonMultipart, data: bytes) -> MIMENonMultipart:
    encoded = b64encode(data).decode()
    lines = (encoded[at : at + _LINE] for at in range(0, len(encoded), _LINE))
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload("\n".join(lines))
    return part


def _attached(attachment: Attachment) -> MIMENonMultipart:
    main, _, sub = attachment.mime.partition("/")
    part = _encoded(MIMENonMultipart(main, sub), attachment.data)
    if main == "text":
        part.set_param("charset", "utf-8")
    name = wire.filename(attachment.name)
    named = name if name.isascii() else ("utf-8", "", name)  # RFC 2231
    part.add_header("Content-Disposition", "attachment", filename=named)
    return part
