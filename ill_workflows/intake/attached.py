"""The files in a mail: in any nesting, however they are coded, and which of them are workbooks.

A mail is looked at before it is parsed: the standard library would take minutes and gigabytes
for some that are small enough to arrive.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

from ill_workflows.intake.words import file_name, one_line, raw_headers

LARGEST: Final = 35 * 1024 * 1024
"""Bytes of a mail: the largest workbook that we open, in base64."""
MOST_LINES: Final = 1_000_000
MOST_PARTS: Final = 2_000
MOST_CONTAINERS: Final = 50
MOST_WORK: Final = 10_000_000
"""Lines times containers: the parser holds each line against every container that is open."""
MOST_FILES: Final = 50
DEEPEST: Final = 8
_DIVIDER: Final = re.compile(rb"[\r\n]--")
_CONTAINER: Final = re.compile(rb"boundary[*\d]*\s*=|content-type:\s*message/", re.IGNORECASE)
_SHEETS: Final = frozenset({
    ".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".xlt", ".ods", ".csv", ".et",
})  # fmt: skip
_NO_SHEETS: Final = frozenset({
    ".doc", ".docx", ".docm", ".dot", ".dotx", ".ppt", ".pptx", ".pps", ".ppsx", ".pdf", ".odt",
    ".odp", ".odg", ".msg", ".vsd", ".vsdx", ".jar", ".apk", ".7z", ".rar", ".eml",
})  # fmt: skip
"""Endings of files that begin like a workbook and are none, or say themselves what they are."""
_TYPES: Final = frozenset({
    "text/csv", "application/vnd.ms-excel", "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
})  # fmt: skip
_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_MAILS: Final = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The workbooks of a mail, in its order, and the names of its other files.

    ``trouble``, where the mail cannot be taken apart: ``too_large``, ``too_many_parts``,
    ``too_deep`` or ``damaged``; then there are no workbooks.
    """

    workbooks: tuple[Attached, ...] = ()
    others: tuple[str, ...] = ()
    trouble: str = ""


def find(raw: bytes) -> Found:
    """Look for files in a mail; never raises."""
    trouble = _dangerous(raw)
    if trouble:
        return Found(trouble=trouble)
    workbooks: list[Attached] = []
    others: list[str] = []
    try:
        for number, (part, ours) in enumerate(_leaves(message_from_bytes(raw)), start=1):
            if number > MOST_PARTS:
                return Found(trouble="too_many_parts")
            data = part.get_payload(decode=True)
            data = data if isinstance(data, bytes) else b""
            kind = part.get_content_type()
            name = file_name(part)
            if not ours and _is_workbook(name, kind, data):
                workbooks.append(Attached(name or f"attachment-{number}{_ending(data)}", data))
            elif name or not kind.startswith(("text/", "message/")):
                others.append(name or one_line(kind)[:100])
    except _TooDeep:
        return Found(trouble="too_deep")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Found(trouble="damaged")  # the standard library stumbled: the host looks at it
    if len(workbooks) > MOST_FILES:
        return Found(trouble="too_many_parts")
    return Found(tuple(workbooks), tuple(others[:MOST_FILES]))


class _TooDeep(Exception):
    """Mails in mails in mails."""


def _dangerous(raw: bytes) -> str:
    if len(raw) > LARGEST:
        return "too_large"
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    if lines > MOST_LINES or _count(_DIVIDER, raw, MOST_PARTS) > MOST_PARTS:
        return "too_many_parts"
    containers = _count(_CONTAINER, raw, MOST_CONTAINERS)
    return "too_deep" if containers > MOST_CONTAINERS or containers * lines > MOST_WORK else ""


def _count(pattern: re.Pattern[bytes], raw: bytes, most: int) -> int:
    """How often, as far as it matters."""
    return sum(1 for _ in islice(pattern.finditer(raw), most + 1))


def _leaves(message: Message) -> Iterator[tuple[Message, bool]]:
    """The parts that hold something, in order; with whether a letter of ours brought them along.

    What lies in one of our own letters, forwarded or quoted, is what we wrote and not an answer.

    Raises:
        _TooDeep, ValueError: the mail cannot be taken apart.
    """
    waiting: list[tuple[Message, int, bool]] = [(message, 0, False)]
    while waiting:
        part, depth, ours = waiting.pop()
        if depth > DEEPEST:
            raise _TooDeep
        inner = _mail_within(part)
        if inner is not None:
            ours = ours or bool(raw_headers(inner, "x-ill-policy"))
            waiting.append((inner, depth + 1, ours))
        elif part.get_content_maintype() == "message":
            continue  # a server's report about a mail
        elif part.is_multipart():
            below = [child for child in part.get_payload() if isinstance(child, Message)]
            waiting += [(child, depth + 1, ours) for child in reversed(below)]
        elif part.get_content_maintype() == "multipart":
            if str(part.get_payload()).strip():
                raise ValueError("a container whose parts cannot be told apart")
        else:
            yield part, ours


def _mail_within(part: Message) -> Message | None:
    """The mail that a part holds: forwarded, or attached as a file."""
    coded = str(part.get("content-transfer-encoding", "")).strip().lower() == "base64"
    if part.get_content_type() in _MAILS:
        held = part.get_payload()
        inner = held[0] if isinstance(held, list) and held else None
        if not isinstance(inner, Message) or not coded:
            return inner if isinstance(inner, Message) else None
        try:  # forbidden by RFC 2046, and done: the parser has taken base64 for a mail
            return _parsed(base64.b64decode(inner.as_bytes())) or inner
        except binascii.Error:
            return inner
    if not part.is_multipart() and file_name(part).lower().endswith(".eml"):
        return _parsed(part.get_payload(decode=True))
    return None


def _parsed(data: object) -> Message | None:
    return message_from_bytes(data) if isinstance(data, bytes) and not _dangerous(data) else None


def _is_workbook(name: str, kind: str, data: bytes) -> bool:
    """Whether a file is one to open: by its name, its type or its first bytes."""
    if not name and kind in {"text/plain", "text/html"}:
        return data.startswith(_STARTS)  # else it is what the mail says
    ending = PurePosixPath(name).suffix.lower()
    if ending in _NO_SHEETS or not (name or data):
        return False
    return ending in _SHEETS or kind in _TYPES or data.startswith(_STARTS)


def _ending(data: bytes) -> str:
    if data.startswith(b"PK"):
        return ".xlsx"
    return ".xls" if data.startswith(_STARTS) else ".csv"
