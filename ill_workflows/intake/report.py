"""What a mail server reports of a letter that it had taken and could not deliver (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

from ill_workflows.intake.words import one_line, raw_headers

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a report beyond which it is not looked at; it quotes a letter at most."""
_MOST: Final = 50
"""Recipients, and parts, that are looked at."""
_LONGEST: Final = 500
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,900}>")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_TYPED: Final = re.compile(r"^[\w-]{1,40}\s*;\s*")


@dataclass(frozen=True, slots=True)
class Report:
    """``message_id`` is the letter's; ``failed`` each address that it did not reach for good, in
    lower case, with what the server said: ``550 5.1.1 unknown``.
    """  # noqa: D205

    message_id: str
    failed: Mapping[str, str]


def read_report(raw: bytes) -> Report | None:
    """The report that a mail is; None where it is none, or tells of a delay only."""
    if len(raw) > LARGEST:
        return None
    try:
        mail = message_from_bytes(raw)
        if mail.get_content_type() != "multipart/report":
            return None
        parts = _parts(mail)
        failed = dict(_failed(parts))
        message_id = next(_quoted(parts), "")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return Report(message_id, failed) if failed and message_id else None


def _failed(parts: list[Message]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in _parts(part):
            if _field(group, "action").lower() != "failed":
                continue
            status = _STATUS.search(_field(group, "status"))
            if status is None or not status[0].startswith("5"):
                continue
            said = _TYPED.sub("", _field(group, "diagnostic-code"))
            answer = said if said[:1] == "5" and said[:3].isdigit() else f"500 {status[0]} {said}"
            for name in ("original-recipient", "final-recipient"):
                if address := _TYPED.sub("", _field(group, name)).strip("<> "):
                    yield address.casefold(), answer.strip()


def _quoted(parts: list[Message]) -> Iterator[str]:
    """The Message-ID of the letter that came back, whole or its headers alone."""
    for part in parts:
        kind = part.get_content_type()
        inner: list[Message] = []
        if kind == "message/rfc822":
            inner = _parts(part)
        elif kind == "text/rfc822-headers":
            body = part.get_payload(decode=True)
            inner = [message_from_bytes(body)] if isinstance(body, bytes) else []
        for one in inner:
            yield from _MESSAGE_ID.findall(_field(one, "message-id"))[:1]


def _parts(message: Message) -> list[Message]:
    held = message.get_payload()
    parts = held if isinstance(held, list) else []
    return [part for part in parts if isinstance(part, Message)][:_MOST]


def _field(message: Message, name: str) -> str:
    return one_line(next(iter(raw_headers(message, name)), ""))[:_LONGEST]
