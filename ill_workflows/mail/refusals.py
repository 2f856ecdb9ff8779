"""What is told of letters that a mail server refused (notices rule 8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import name_of
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member

POLICY = "address_refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """One address that refused one letter, with the server's answer.

    ``dead``: the address is not used again until it is changed.  ``own`` marks an address of the
    library itself; otherwise it is that of its reader, with ``name`` and ``number`` where the
    register knows them.  ``page`` is the letter as a page to print.
    """

    letter: int
    subject: str
    address: str
    answer: str
    dead: bool
    own: bool = False
    name: str = ""
    number: str = ""
    page: bytes = b""


def plain(answer: str) -> str:
    """A server's answer without the angle brackets around addresses."""
    return answer.replace("<", "").replace(">", "")


def masked(answer: str, address: str) -> str:
    """A server's answer without the local part of the address that it repeats."""
    local, _, domain = address.partition("@")
    for word in (address, local):
        if word:
            shown = f"…@{domain}" if "@" in word else "…"
            whole = rf"(?<![\w.+-]){re.escape(word)}(?![\w+-])"
            answer = re.sub(whole, lambda _: shown, answer, flags=re.IGNORECASE)  # noqa: B023
    return answer


def to_home(home: Member, refused: Sequence[Refused], to: tuple[str, ...], today: date) -> Letter:
    """Told to the home library: whose address it is, what the server said, and each letter as a
    page to hand over.
    """  # noqa: D205
    pages = list(_pages(refused, home.language))
    names = {id(one): page.name for one, page in pages}
    facts = {
        "library": name_of(home, home.language),
        "today": today,
        "refused": [
            {
                "name": one.name, "number": one.number, "address": one.address,
                "answer": plain(one.answer), "dead": one.dead, "subject": one.subject,
                "page": names.get(id(one), ""),
            }
            for one in refused
        ],
    }  # fmt: skip
    return Letter(
        POLICY, "0", to, home.code, "address_refused", facts, language=home.language,
        attachments=tuple(page for _, page in pages), key=_key(refused, today),
    )  # fmt: skip


def _pages(refused: Sequence[Refused], language: str) -> Iterator[tuple[Refused, Attachment]]:
    title = "letter-to-the-reader" if language == "en" else "給讀者的信"
    taken: set[str] = set()
    for one in refused:
        if not one.page:
            continue
        name = f"{title}_{one.number or one.letter}.html"
        name = f"{title}_{one.number}_{one.letter}.html" if name in taken else name
        taken.add(name)
        yield one, Attachment(name, "text/html", one.page)


def to_host(
    host: Member, library: Member, refused: Sequence[Refused], today: date, *, home_told: bool
) -> Letter:
    """Told to the host: how many of a library's readers cannot be reached, without names and
    addresses; the library's own addresses as they are.
    """  # noqa: D205
    readers = [one for one in refused if not one.own]
    counted: dict[str, int] = {}
    for one in readers:
        answer = plain(masked(one.answer, one.address))
        counted[answer] = counted.get(answer, 0) + 1
    facts = {
        "library": name_of(library, host.language),
        "today": today,
        "readers": len({one.address.casefold() for one in readers}),
        "answers": [{"answer": answer, "count": count} for answer, count in counted.items()],
        "own": [
            {"address": one.address, "answer": plain(one.answer)} for one in refused if one.own
        ],
        "home_told": home_told,
    }
    return Letter(
        POLICY, "0", tuple(host.contacts), library.code, "address_refused_host", facts,
        language=host.language, key=f"{_key(refused, today)} host",
    )  # fmt: skip


def _key(refused: Sequence[Refused], today: date) -> str:
    return f"{today} {' '.join(str(one.letter) for one in refused)}"


def samples(libraries: Mapping[str, Member], today: date) -> Iterator[Letter]:
    """Invented letters about refusals, in the shapes that they can have."""
    home, host = libraries["HDU"], libraries["NSUT"]
    answer = "550 5.1.1 <{}>: Recipient address rejected: User unknown in virtual mailbox table"
    first: dict[str, Any] = {
        "address": "reader@mail.hdu.example", "dead": True, "page": b"<p></p>",
        "answer": answer.format("reader@mail.hdu.example"),
        "subject": "【逾期提醒】您借的書已過應還日（2 冊）",
    }  # fmt: skip
    full = {**first, "address": "reader2@mail.hdu.example", "dead": False}
    full["answer"] = "552 5.2.2 <reader2@mail.hdu.example>: Mailbox full"
    own = {**first, "address": "ill@hdu.example", "page": b""}
    own["answer"] = answer.format("ill@hdu.example")
    readers = [
        Refused(41, name="示範讀者", number="H41000001", **first),
        Refused(42, name="虛構讀者", number="H41000002", **full),
    ]
    yield to_home(home, readers, home.contacts, today)
    yield to_home(home, [Refused(43, **first)], home.contacts, today)
    yield to_host(host, home, readers, today, home_told=True)
    yield to_host(host, home, [*readers, Refused(44, own=True, **own)], today, home_told=False)
    yield to_host(host, home, [Refused(44, own=True, **own)], today, home_told=False)
