"""What is written about urgent recalls: to the home library, the reader, the lender, the host.

The reader's name goes to the reader and to the home library only; the lender sees card numbers,
the host counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from ill_workflows.lending.cases import Reader
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.lending.recalls import HEADS_AFTER, Recall
from ill_workflows.mail import wire
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import boxes, name_of, sources
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member

POLICY: Final = "recall"
LENDER: Final = "recall_lender"
Members = Mapping[str, Member]


def about(one: Bundle) -> list[Recall]:
    """The recalls of a letter."""
    return [notice.about for notice in one.notices if isinstance(notice.about, Recall)]


def _book(recall: Recall, members: Members, language: str, today: date) -> dict[str, Any]:
    """A recall as a letter's list shows it; no reader.  Its due date is the 調回期限."""
    return {
        "lender": name_of(members[recall.lender], language),
        "home": name_of(members[recall.home], language),
        "title": recall.title,
        "item": recall.item,
        "call_number": recall.call_number,
        "card": recall.card,
        "lent_on": recall.lent_on,
        "due_on": recall.needed_by,
        "days": (today - recall.needed_by).days,
        "opened_on": recall.opened_on,
        "reason": recall.reason,
    }


def to_home(one: Bundle, members: Members, today: date, first: str = "0") -> Letter:
    """To the home library, which helps to get the books back; late, its heads get a copy."""
    home, found = members[one.to[1]], about(one)
    books = [
        {**_book(recall, members, home.language, today), "reader": _told(recall.reader)}
        for recall in found
    ]
    facts = _facts("home", home, found, members, today)
    facts |= {"books": books, "step": one.step, "first": one.step == first}
    late = one.step.isdigit() and int(one.step) >= HEADS_AFTER
    heads = tuple(a for a in home.heads if a and a not in home.contacts) if late else ()
    return Letter(
        POLICY, one.step, boxes(home), home.code, POLICY, facts, cc=heads, cases=one.cases,
        language=home.language, key=f"{today} {home.code}",
    )  # fmt: skip


def _told(reader: Reader | None) -> dict[str, str] | None:
    if reader is None:
        return None
    return {"name": reader.name, "number": reader.number, "email": reader.email}


def to_reader(one: Bundle, members: Members, today: date, first: str = "0") -> Letter:
    """To the reader; without an address that mail can go to, through the home library, and the
    caller attaches the page.
    """  # noqa: D205
    found = about(one)
    reader = found[0].reader
    assert reader is not None  # noqa: S101 - the policy writes to known readers only
    home = members[reader.home]
    email = reader.email if wire.address(reader.email) else ""
    books = [_book(recall, members, home.language, today) for recall in found]
    facts = _facts("reader", home, found, members, today) | {
        "books": books, "step": one.step, "first": one.step == first, "reader": reader.name,
        "number": reader.number, "by_hand": not email,
    }  # fmt: skip
    return Letter(
        POLICY, one.step, (email,) if email else boxes(home), home.code, POLICY, facts,
        cases=one.cases, language=home.language, reply_to=facts["home_email"],
        key=f"{today} {reader.home}/{reader.number}",
    )  # fmt: skip


def _facts(
    to: str, home: Member, found: Sequence[Recall], members: Members, today: date
) -> dict[str, Any]:
    """What both letters know."""
    return {
        "to": to,
        "home": name_of(home, home.language),
        "home_email": next(iter(home.contacts), ""),
        "today": today,
        "sources": sources(found, members, home.language),
        "reader": "",
        "number": "",
        "by_hand": False,
    }


def to_lender(one: Bundle, members: Members, today: date) -> Letter:
    """To the lender, by card number: who was asked, or that its sheet shows the book back."""
    lender, found = members[one.to[1]], about(one)
    books = [
        {
            **_book(recall, members, lender.language, today),
            "reader_told": recall.reader is not None,
            "back_on": recall.back_on if recall.ended else None,
        }
        for recall in found
    ]
    facts = {
        "library": name_of(lender, lender.language),
        "step": one.step,
        "today": today,
        "books": books,
        "sources": sources(found, members, lender.language),
    }
    return Letter(
        LENDER, one.step, boxes(lender), lender.code, LENDER, facts, cases=one.cases,
        language=lender.language, key=f"{today} {lender.code}",
    )  # fmt: skip


def to_host(one: Bundle, host: Member, members: Members, today: date) -> Letter:
    """What the host is told of a home library's recalls that go on: counts, no names, no cards."""
    found, home = about(one), members[one.library]
    counted = Counter(recall.lender for recall in found)
    facts = {
        "home": name_of(home, host.language),
        "step": one.step,
        "today": today,
        "counts": [
            {"lender": name_of(members[code], host.language), "count": count}
            for code, count in sorted(counted.items())
        ],
        "total": len(found),
        "since": min(recall.opened_on for recall in found),
        "sources": sources(found, members, host.language),
    }
    return Letter(
        POLICY, one.step, boxes(host), home.code, "recall_host", facts, language=host.language,
        key=f"{today} {home.code} host",
    )  # fmt: skip


def samples(libraries: Members, today: date, *readers: Reader) -> Iterator[Letter]:
    """Invented letters about recalls, in the shapes that they can have."""
    page = Attachment("給讀者的信.html", "text/html", b"<p></p>")
    known = Recall(
        "NSUT", "HDU", "HDU-07", "C450006", "食品化學（第 6 號）", "312.83 8764", "教師指定參考書",
        today + timedelta(days=5), today, today, readers[0], lent_on=date(2026, 9, 28),
    )  # fmt: skip
    late = replace(
        known, lender="TJU", item="31100031", title="", call_number="", needed_by=today,
        opened_on=today - timedelta(days=8),
    )  # fmt: skip
    past = replace(late, title="會計學", needed_by=today - timedelta(days=2), lent_on=None)
    home, host = ("library", "HDU"), libraries["NSUT"]

    def bundle(policy: str, step: str, to: tuple[str, str], *found: Recall) -> Bundle:
        notices = tuple(Notice(policy, step, one.key, "", "HDU", to, one) for one in found)
        return Bundle(policy, step, "HDU", to, notices)

    for reader in readers:
        told = [replace(one, reader=reader) for one in (known, past)]
        to = ("reader", f"HDU/{reader.number}")
        for step, found in (("0", told[:1]), ("0", told), ("8", [replace(late, reader=reader)])):
            letter = to_reader(bundle(POLICY, step, to, *found), libraries, today)
            yield letter if reader.email else replace(letter, attachments=(page,))
    unreached = replace(late, reader=readers[1])
    for step, found in (("0", [known]), ("1", [replace(known, reader=None), unreached])):
        yield to_home(bundle(POLICY, step, home, *found), libraries, today)
    yield to_home(bundle(POLICY, "8", home, past), libraries, today)
    yield to_home(bundle(POLICY, "0", home, replace(known, reader=None)), libraries, today)
    for found in ([known], [late, past]):
        yield to_host(bundle(POLICY, "3", home, *found), host, libraries, today)
    nobody = replace(known, reader=None, card="HDU-41")
    back = replace(known, ended="back", back_on=today, by_sheet=True)
    for step, found in (
        ("0", [known]),
        ("0", [known, nobody]),
        ("0", [nobody, back]),
        ("back", [back]),
    ):
        yield to_lender(bundle(LENDER, step, ("library", "NSUT"), *found), libraries, today)
