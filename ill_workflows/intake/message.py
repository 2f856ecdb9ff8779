"""A mail, read: who wrote it, what came with it, and whether a machine wrote it.

Nothing here touches the network, and nothing raises: a mail that cannot be read says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import Final

from ill_workflows.intake.addresses import only_address, same
from ill_workflows.intake.attached import Attached, find
from ill_workflows.intake.report import Report, read_report
from ill_workflows.intake.words import raw_headers, words

LONGEST_HEAD: Final = 256 * 1024
_END_OF_HEAD: Final = re.compile(rb"\r\n\r\n|\n\r?\n|\r\r")
_FROM: Final = re.compile(rb"(?:^|[\r\n])from[ \t]*:", re.IGNORECASE)
"""Also with the space before the colon that some servers read over, and the parser drops."""
_MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
_MACHINE: Final = re.compile(r"(?:^|[<\s])(?:mailer-daemon|postmaster)(?:[@\s>]|$)", re.IGNORECASE)
_SPACE: Final = re.compile(r"[\r\n\t ]+")
_NOT_PLAIN: Final = re.compile(r"[^\x20-\x7e]")
_TRACE: Final = frozenset({"received", "authentication-results"})
_WRITTEN: Final = frozenset({
    "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id",
    "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding",
    "dkim-signature", "user-agent",
})  # fmt: skip
"""Headers that a sender's program writes.  A server adds its own on top of them (RFC 8601, 4)."""
_MOST_TRACE: Final = 200
_MOST_REFERENCES: Final = 50


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says.

    ``sender`` is the address in its one From, empty where that can be read in two ways; ``date``
    what the sender's clock said, in UTC.  ``automatic``: ``ourselves``, ``bounce``,
    ``auto_submitted``, ``list`` or ``precedence``, empty for a mail that a person wrote.
    ``trace`` are the Received and Authentication-Results on top of all that a sender's program
    writes, topmost first, one line each.  ``attachments`` are the workbooks, ``others`` the names
    of all else; ``trouble`` as in :class:`ill_workflows.intake.attached.Found`;
    ``report`` is what a bounce says.
    """

    message_id: str
    sender: str
    subject: str
    date: datetime | None
    in_reply_to: str
    references: tuple[str, ...]
    automatic: str
    attachments: tuple[Attached, ...]
    others: tuple[str, ...]
    trace: tuple[str, ...] = field(repr=False)
    size: int
    trouble: str = ""
    report: Report | None = None


def read_mail(raw: bytes, ours: Collection[str] = ()) -> Mail:
    """Read a mail.

    ``ours``: addresses that only this software writes from; a mail from them is ``ourselves``.
    """
    written = _head(raw)
    head = BytesHeaderParser().parsebytes(written)
    sender = only_address(raw_headers(head, "from")) if len(_FROM.findall(written)) == 1 else ""
    found = find(raw)
    automatic = _automatic(head, sender, ours)
    return Mail(
        message_id=_first_id(head, "message-id"),
        sender=sender,
        subject=words(_first(head, "subject")),
        date=_date(_first(head, "date")),
        in_reply_to=_first_id(head, "in-reply-to"),
        references=tuple(_MESSAGE_ID.findall(_first(head, "references"))[-_MOST_REFERENCES:]),
        automatic=automatic,
        attachments=found.workbooks,
        others=found.others,
        trace=_trace(head),
        size=len(raw),
        trouble=found.trouble,
        report=read_report(raw) if automatic == "bounce" and not found.trouble else None,
    )


def _head(raw: bytes) -> bytes:
    """The headers alone."""
    start = raw[: LONGEST_HEAD + 4]
    end = _END_OF_HEAD.search(start)
    return start[: end.end()] if end else start


def _first(head: Message, name: str) -> str:
    return next(iter(raw_headers(head, name)), "")


def _first_id(head: Message, name: str) -> str:
    found = _MESSAGE_ID.search(_first(head, name))
    return found[0] if found else ""


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _automatic(head: Message, sender: str, ours: Collection[str]) -> str:
    """Why nobody may answer (RFC 3834), empty where one may."""
    if raw_headers(head, "x-ill-policy") or any(same(sender, own) for own in ours):
        return "ourselves"
    if (
        head.get_content_type() == "multipart/report"
        or _first(head, "return-path").replace(" ", "") == "<>"
        or raw_headers(head, "x-failed-recipients")
        or _MACHINE.search(sender or _first(head, "from")[:1000])
    ):
        return "bounce"
    if _says_automatic(head):
        return "auto_submitted"
    if raw_headers(head, "list-id") or raw_headers(head, "list-unsubscribe"):
        return "list"
    if set(_tokens(head, "precedence")) & {"bulk", "junk", "list", "auto_reply"}:
        return "precedence"
    return ""


def _says_automatic(head: Message) -> bool:
    if set(_tokens(head, "auto-submitted")) - {"no"}:
        return True
    if set(_tokens(head, "x-auto-response-suppress")) & {"all", "oof", "autoreply"}:
        return True
    marks = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from")
    return any(value.strip().lower() != "no" for mark in marks for value in raw_headers(head, mark))


def _tokens(head: Message, name: str) -> list[str]:
    """The words of a header, lower case, without parameters and remarks."""
    values = (re.split(r"[;(]", value)[0] for value in raw_headers(head, name))
    return [word for value in values for word in re.split(r"[,\s]+", value.lower()) if word]


def _trace(head: Message) -> tuple[str, ...]:
    lines: list[str] = []
    for name, value in head.raw_items():
        if name.lower() in _WRITTEN or len(lines) == _MOST_TRACE:
            break
        if name.lower() in _TRACE:
            plain = _NOT_PLAIN.sub("?", _SPACE.sub(" ", value)).strip()
            lines.append(f"{name}: {plain}")
    return tuple(lines)
