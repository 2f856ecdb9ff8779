"""What is written about leavers: lenders are asked by card number, home libraries are told.

A lender's letter lists the cards of all schools' leavers and names nobody (Article 7.2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from ill_workflows.lending.cases import Reader
from ill_workflows.lending.clearance import Clearance, Concern, Held, Owed
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import XLSX, boxes, name_of
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member

POLICY: Final = "clearance"
CERTIFICATE: Final = "certificate"
NO_SEAL: Final = "-".join(["0000"] * 6)
"""Stands where the verification code of a certificate will stand."""


def request(
    one: Bundle,
    members: Mapping[str, Member],
    today: date,
    last_step: str,
    attachments: tuple[Attachment, ...],
) -> Letter:
    """To a lender: the cards of the leavers that may concern it."""
    member = members[one.to[1]]
    concerns = _concerns(one)
    facts = {
        "library": name_of(member, member.language),
        "today": today,
        "asked_again": one.step != "0",
        "final": one.step == last_step,
        "cards": [
            {
                "card": held.card, "number": held.ref, "since": held.since, "until": held.until,
                "leaving_on": concern.leaving_on,
                "home": name_of(members[concern.home], member.language),
            }
            for concern in concerns
            for held in concern.held
        ],
        "attached": [attachment.name for attachment in attachments],
    }  # fmt: skip
    return Letter(
        POLICY, one.step, boxes(member), member.code, "clearance_request", facts, cases=one.cases,
        language=member.language, attachments=attachments, key=str(today),
    )  # fmt: skip


def waiting(
    step: str, lender: Member, home: Member, leavers: Sequence[Clearance], today: date
) -> Letter:
    """To a home library: its leavers about whom a lender has not answered."""
    facts = {
        "library": name_of(home, home.language),
        "lender": name_of(lender, home.language),
        "leavers": [
            {
                "name": one.reader.name, "patron": one.reader.number, "number": one.number,
                "leaving_on": one.leaving_on, "cards": [held.card for held in one.held],
            }
            for one in leavers
        ],
    }  # fmt: skip
    return Letter(
        POLICY, step, boxes(home), home.code, "clearance_waiting", facts, language=home.language,
        key=f"{today} {lender.code} {home.code}",
    )  # fmt: skip


def unanswered(
    one: Bundle, lender: Member, host: Member, members: Mapping[str, Member], today: date
) -> Letter:
    """To the host: how many requests a lender has left without an answer; no names, no cards."""
    counted = Counter(concern.home for concern in _concerns(one))
    facts = {
        "library": name_of(host, host.language),
        "lender": name_of(lender, host.language),
        "today": today,
        "total": sum(counted.values()),
        "homes": [
            {"home": name_of(members[code], host.language), "count": count}
            for code, count in sorted(counted.items())
        ],
    }
    return Letter(
        POLICY, one.step, boxes(host), lender.code, "clearance_host", facts,
        language=host.language, key=f"{today} {lender.code} host",
    )  # fmt: skip


def result(
    one: Bundle,
    members: Mapping[str, Member],
    today: date,
    certificates: tuple[Attachment, ...] = (),
) -> Letter:
    """``cleared`` with the certificates, or ``held`` with what is open, to the home library."""
    home = members[one.to[1]]
    found = [notice.about for notice in one.notices if isinstance(notice.about, Clearance)]
    facts = {
        "library": name_of(home, home.language),
        "cleared": one.policy == "cleared",
        "leavers": [
            {
                "name": leaver.reader.name,
                "patron": leaver.reader.number,
                "number": leaver.number,
                "leaving_on": leaver.leaving_on,
                "owed": [
                    {
                        "lender": name_of(members[concern.lender], home.language),
                        "item": owed.item, "title": owed.title, "amount": owed.amount,
                    }
                    for concern in leaver.owing
                    for owed in concern.owed
                ],
                "cards_out": [held.card for held in leaver.cards_out],
                "waiting": [
                    name_of(members[concern.lender], home.language) for concern in leaver.waiting
                ],
            }
            for leaver in found
        ],
    }  # fmt: skip
    return Letter(
        one.policy, one.step, boxes(home), home.code, "clearance_result", facts, cases=one.cases,
        language=home.language, attachments=certificates,
        key=f"{today} {' '.join(leaver.mark for leaver in found)}",
    )  # fmt: skip


def certified(one: Clearance, members: Mapping[str, Member], issued_on: date) -> dict[str, Any]:
    """The facts of a certificate, but for its code."""
    home = members[one.home]
    return {
        "home": name_of(home, home.language),
        "name": one.reader.name,
        "patron": one.reader.number,
        "kinds": list(one.kinds),
        "leaving_on": one.leaving_on,
        "cards": [{"card": h.card, "since": h.since, "until": h.until} for h in one.held],
        "lenders": [
            {"lender": name_of(members[c.lender], home.language), "answered_on": c.answered_on}
            for c in one.concerns
        ],
        "serial": f"C{issued_on.year - 1911}-{one.number}-{one.mark[:4].upper()}",
        "issued_on": issued_on,
        "seal": NO_SEAL,
    }


def _concerns(one: Bundle) -> list[Concern]:
    return [notice.about for notice in one.notices if isinstance(notice.about, Concern)]


def samples(libraries: Mapping[str, Member], today: date) -> Iterator[Letter]:
    """Invented letters about leavers, in the shapes that they can have."""
    since, until = today - timedelta(days=90), today - timedelta(days=3)
    back = Held("HDU-07", since, until, back=True, destination="TJU", ref="Q7K2-M9PA")
    out = Held("HDU-12", since, None, back=False, ref="Q7K2-M9PA-2")
    reader = Reader("HDU", "B11012345", "示範讀者", "b11012345@mail.hdu.example")
    asked = Concern("HDU", "Q7K2-M9PA", "TJU", today, (back, out), "waiting")
    owed = (Owed("0000123", "食品化學", 60), Owed("", "", 120), Owed("", "", 0))
    owes = replace(asked, lender="NSUT", state="owes", owed=owed, answered_on=until)
    clear = replace(asked, held=(back,), state="clear", answered_on=until)
    leaver = Clearance(
        "HDU", "Q7K2-M9PA", reader, ("畢業",), today, since, withdrawn_on=None, held=(back, out),
        concerns=(asked, owes),
    )  # fmt: skip
    done = replace(leaver, held=(back,), concerns=(clear,))
    nameless = replace(done, reader=replace(reader, name="", number="B11099999"))
    file = (Attachment("clearance-TJU-2026-10.xlsx", XLSX, b"PK"),)
    lender, home, host = libraries["TJU"], libraries["HDU"], libraries["NSUT"]
    for step in ("0", "3", "14"):
        yield request(_sample(POLICY, step, "TJU", asked), libraries, today, "14", file)
    yield waiting("7", lender, home, [leaver, nameless], today)
    yield unanswered(_sample(POLICY, "14", "TJU", asked), lender, host, libraries, today)
    page = (Attachment("certificate-Q7K2-M9PA.html", "text/html", b"<p></p>"),)
    yield result(_sample("cleared", "0", "HDU", done, nameless), libraries, today, page)
    yield result(_sample("cleared", "0", "HDU", done), libraries, today, page)
    yield result(_sample("held", "0", "HDU", leaver), libraries, today)
    for one in (done, nameless):
        facts = certified(one, libraries, today)
        yield Letter(
            "cleared", "0", boxes(home), home.code, CERTIFICATE, facts, language=home.language
        )


def _sample(policy: str, step: str, library: str, *about: Concern | Clearance) -> Bundle:
    to = ("library", library)
    notices = tuple(Notice(policy, step, one.key, "", library, to, one) for one in about)
    return Bundle(policy, step, library, to, notices)
