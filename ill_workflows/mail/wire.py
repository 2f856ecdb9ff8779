"""Headers as they go over the wire.

Those that carry words are written here and not by the standard library: Python 3.11 folds a long
name into two encoded words and reads them back with a space between, and breaks a long
Message-ID in the middle.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from email.utils import formataddr
from typing import Final

CONTROL: Final = {
    **dict.fromkeys([*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029], " "),
    **dict.fromkeys(range(0xD800, 0xE000), "�"),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]),
}
"""Line breaks and controls become spaces; what turns the direction of a line goes."""
_PLAIN: Final = re.compile(r"(?!.*=\?)[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
_MAILBOX: Final = re.compile(
    r"(?!.*=\?)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*",
    re.ASCII | re.IGNORECASE,
)
_LONGEST: Final = 998
"""Characters of a line at most (RFC 5322)."""
_WORD: Final = 36
"""Bytes of an encoded word: with the longest of our headers' names a line stays under 76."""


def one_line(value: object) -> str:
    """A text that can stand in a header or a cell of a table: no line breaks, no controls."""
    return " ".join(str(value).translate(CONTROL).split())


def header(name: str, text: object) -> Iterator[str]:
    """A header's lines: one, as it is, where that is plain; else encoded words (RFC 2047).

    A plain value is never folded: a case key would come back with a space.
    """
    value = one_line(text)
    if not value:
        return
    line = f"{name}: {value}"
    if _PLAIN.fullmatch(value) and len(line) <= _LONGEST:
        yield line
        return
    chunks = [""]
    for character in value:
        if len((chunks[-1] + character).encode()) > _WORD:
            chunks.append("")
        chunks[-1] += character
    yield f"{name}: {_encoded(chunks[0])}"
    yield from (f" {_encoded(chunk)}" for chunk in chunks[1:])


def sender(name: str, mailbox: str) -> str:
    """The From: a name that is not plain is *one* encoded word, so that nobody adds a space.

    Beyond fifteen Chinese characters such a word is longer than RFC 2047 has it; readers take it.
    """
    plain = not name or _PLAIN.fullmatch(name)
    return formataddr((name, mailbox)) if plain else f"{_encoded(name)} <{mailbox}>"


def reference(message_id: str) -> str:
    """Somebody's Message-ID for In-Reply-To, or nothing where it is none."""
    found = _MESSAGE_ID.fullmatch(one_line(message_id))
    return found[0] if found else ""


def address(text: str) -> str:
    """An address for a header, or nothing where no mail can go to it; nothing is put right."""
    mailbox = text.strip()
    return mailbox if len(mailbox) <= 254 and _MAILBOX.fullmatch(mailbox) else ""


def addressed(name: str, addresses: Sequence[str]) -> str:
    """A header of addresses, a line each."""
    return f"{name}: " + ",\r\n ".join(addresses)


def filename(name: str) -> str:
    """The name of an attached file, without folders and with what every system can save."""
    return re.sub(r'[/\\:*?"<>|]', "_", one_line(name)) or "attachment"


def _encoded(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="
