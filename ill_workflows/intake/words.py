"""The words of a mail's headers, however a mail program wrote them.

Encoded words (RFC 2047), also where they are not allowed; parameters in pieces and with their
character set (RFC 2231); and bytes without any word about them, UTF-8 or Big5.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.message import Message
from typing import Any, Final

LONGEST: Final = 4_000
"""Characters of a header that are looked at; no name or subject needs as many."""
_WORD: Final = re.compile(r"=\?([\w.+-]{1,40})(?:\*[\w-]*)?\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_FOLD: Final = re.compile(r"[\r\n]+")
_AS_WRITTEN: Final = {
    "big5": "cp950", "big5-hkscs": "big5hkscs", "big5-eten": "cp950", "x-x-big5": "cp950",
    "gb2312": "gb18030", "gbk": "gb18030", "unknown-8bit": "utf-8",
}  # fmt: skip
"""What a mail calls its character set → the codec that also reads what Windows puts into it."""
_GUESSES: Final = ("utf-8", "cp950", "big5hkscs")
_UNSEEN: Final = {
    **dict.fromkeys([*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029], " "),
    **dict.fromkeys(range(0xD800, 0xE000), "�"),
    **dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
    0xFEFF: None,
}
"""Controls and line breaks become spaces; what nobody sees, or what turns a line round, goes."""


def raw_headers(message: Message, name: str) -> list[str]:
    """A header's values as they came, top first, unfolded; odd bytes are surrogate escapes."""
    return [_FOLD.sub("", value) for key, value in message.raw_items() if key.lower() == name]


def text_of(data: bytes, charset: str = "") -> str:
    """Bytes as text: in the character set they claim, else in the first guess that fits."""
    claimed = _AS_WRITTEN.get(charset.lower(), charset)
    for codec in (claimed, *_GUESSES) if claimed else _GUESSES:
        try:
            return data.decode(codec)
        except (UnicodeError, LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def unescaped(value: str) -> str:
    """A header's value whose odd bytes have become the characters they stand for."""
    if value.isascii():
        return value
    return text_of(value.encode("utf-8", "surrogateescape"))


def words(value: str) -> str:
    """A header's value as a reader sees it, on one line."""
    text = unescaped(value[:LONGEST])
    pieces: list[str] = []
    waiting, charset, end = b"", "", 0
    for found in _WORD.finditer(text):
        between = text[end : found.start()]
        if waiting and (between.strip() or found[1].lower() != charset):
            pieces.append(text_of(waiting, charset))
            waiting = b""
        if between.strip() or not end:
            pieces.append(between)
        # Programs cut between the bytes of a character: neighbours are joined, then read.
        waiting, charset, end = waiting + _bytes_of(found), found[1].lower(), found.end()
    if waiting:
        pieces.append(text_of(waiting, charset))
    return one_line("".join(pieces) + text[end:])


def one_line(text: str) -> str:
    """A text without controls, in single spaces."""
    return " ".join(text.translate(_UNSEEN).split())


def file_name(part: Message) -> str:
    """The name of an attached file without folders or controls; empty where it has none."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        for value in raw_headers(part, header)[:1]:
            name = _safe(_parameter(header, value, parameter))
            if name:
                return name
    return ""


def _bytes_of(found: re.Match[str]) -> bytes:
    """What an encoded word holds, or the word itself where it cannot be read."""
    try:
        if found[2] in "qQ":
            return quopri.decodestring(found[3].encode(), header=True)
        return base64.b64decode(found[3] + "==")
    except (binascii.Error, ValueError):
        return found[0].encode("utf-8", "replace")


def _parameter(header: str, value: str, name: str) -> str:
    """One parameter; the one that names its character set goes before its plain stand-in."""
    holder = Message()
    # Decoded as a whole first: the second byte of 許 or 功 in Big5 is a backslash.
    holder[header] = unescaped(value[:LONGEST])
    try:
        given: list[tuple[str, Any]] = holder.get_params([], header=header)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    found = [held for key, held in given if key.lower() == name]
    for held in found:
        if isinstance(held, tuple):
            charset, _, text = held
            return text_of(text.encode("latin-1", "replace"), charset or "")
    return words(found[0]) if found else ""


def _safe(name: str) -> str:
    last = re.split(r"[/\\]", one_line(name).strip('"'))[-1].strip(". ")
    return last if len(last) <= 150 else last[:100] + last[-50:]
