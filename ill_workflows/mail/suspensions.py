"""What is written about suspensions: to the home library and to the reader, nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from ill_workflows.lending.cases import Reader
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.lending.suspensions import Suspension
from ill_workflows.mail import wire
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import boxes, name_of, sources
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member

POLICY: Final = "suspension"


def _about(one: Bundle) -> list[Suspension]:
    return [notice.about for notice in one.notices if isinstance(notice.about, Suspension)]


def _facts(
    to: str, home: Member, found: Sequence[Suspension], members: Mapping[str, Member], today: date
) -> dict[str, Any]:
    language = home.language
    return {
        "to": to,
        "home": name_of(home, language),
        "home_email": next(iter(home.contacts), ""),
        "today": today,
        "over": bool(found[0].over(today)),
        "suspensions": [_suspension(one, members, language, today) for one in found],
        "sources": sources(found, members, language),
        "reader": "",
        "number": "",
        "by_hand": False,
    }


def _suspension(
    one: Suspension, members: Mapping[str, Member], language: str, today: date
) -> dict[str, Any]:
    """A suspension as a letter's list shows it; no reader."""
    return {
        "lender": name_of(members[one.lender], language),
        "card": one.card,
        "violated_on": one.violated_on,
        "reason": one.reason,
        "since": one.since,
        "until": one.until,
        "lifted_on": one.lifted_on,
        "over": one.over(today),
        "again": one.turn > 0,
        "reader": None,
    }


def to_home(one: Bundle, members: Mapping[str, Member], today: date) -> Letter:
    """To the home library, which alone learns who it is."""
    home, found = members[one.to[1]], _about(one)
    facts = _facts("home", home, found, members, today)
    for told, case in zip(facts["suspensions"], found, strict=True):
        if case.reader is not None:
            told["reader"] = {"name": case.reader.name, "number": case.reader.number}
    return Letter(
        POLICY, one.step, boxes(home), home.code, POLICY, facts, cases=one.cases,
        language=home.language, key=f"{today} {home.code}",
    )  # fmt: skip


def to_reader(one: Bundle, members: Mapping[str, Member], today: date) -> Letter:
    """To the reader; without an address that mail can go to, through the home library, and the
    caller attaches the page.
    """  # noqa: D205
    found = _about(one)
    reader = found[0].reader
    assert reader is not None  # noqa: S101 - the policy writes to known readers only
    home = members[reader.home]
    email = reader.email if wire.address(reader.email) else ""
    facts = _facts("reader", home, found, members, today) | {
        "reader": reader.name, "number": reader.number, "by_hand": not email,
    }  # fmt: skip
    return Letter(
        POLICY, one.step, (email,) if email else boxes(home), home.code, POLICY, facts,
        cases=one.cases, language=home.language, reply_to=facts["home_email"],
        key=f"{today} {reader.home}/{reader.number}",
    )  # fmt: skip


def samples(libraries: Mapping[str, Member], today: date, *readers: Reader) -> Iterator[Letter]:
    """Invented letters about suspensions, in the shapes that they can have."""
    page = Attachment("給讀者的信.html", "text/html", b"<p></p>")
    known = Suspension(
        "NSUT", "HDU", "HDU-08", date(2026, 10, 8), "攜出未借館藏", today, None, None, today,
        readers[0],
    )  # fmt: skip
    dated = replace(known, lender="TJU", until=date(2027, 1, 31), turn=1)
    lifted = replace(known, lifted_on=today)
    ended = replace(dated, until=today - timedelta(days=1))
    told = (("0", (known,)), ("0", (known, dated)), ("lifted", (lifted,)), ("lifted", (ended,)))

    def bundle(step: str, to: tuple[str, str], found: Sequence[Suspension]) -> Bundle:
        notices = tuple(Notice(POLICY, step, one.key, "", "HDU", to, one) for one in found)
        return Bundle(POLICY, step, "HDU", to, notices)

    for step, cases in told:
        for reader in readers:
            mine = [replace(one, reader=reader) for one in cases]
            letter = to_reader(
                bundle(step, ("reader", f"HDU/{reader.number}"), mine), libraries, today
            )
            yield letter if reader.email else replace(letter, attachments=(page,))
        yield to_home(bundle(step, ("library", "HDU"), cases), libraries, today)
        nobody = [replace(one, reader=None) for one in cases]
        yield to_home(bundle(step, ("library", "HDU"), nobody), libraries, today)
