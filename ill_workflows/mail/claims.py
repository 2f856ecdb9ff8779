"""What is written about claims: to the home library, and counts to the host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from ill_workflows.ledger.accounts import DAMAGED, FINE, LOST
from ill_workflows.ledger.places import Place
from ill_workflows.lending.cases import Reader
from ill_workflows.lending.claims import Claim
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import boxes, name_of, sources
from ill_workflows.rules.policy import Member

POLICY: Final = "claim"


def to_home(one: Bundle, members: Mapping[str, Member], today: date, first_step: str) -> Letter:
    """To the home library: what is asked, by reader; by card where nobody is known."""
    home = members[one.to[1]]
    claims = [notice.about for notice in one.notices if isinstance(notice.about, Claim)]
    facts = {
        "library": name_of(home, home.language),
        "step": one.step,
        "again": one.step != first_step,
        "today": today,
        "claims": [_claim(claim, members, home, today) for claim in claims],
        "total": sum(claim.balance or 0 for claim in claims),
        "unpriced": sum(claim.balance is None for claim in claims),
        "sources": sources(claims, members, home.language),
    }
    return Letter(
        POLICY, one.step, boxes(home), home.code, POLICY, facts, cases=one.cases,
        language=home.language, key=str(today),
    )  # fmt: skip


def to_host(one: Bundle, host: Member, members: Mapping[str, Member], today: date) -> Letter:
    """To the host: counts and sums by lender, no names and no cards."""
    home = members[one.library]
    claims = [notice.about for notice in one.notices if isinstance(notice.about, Claim)]
    lenders = sorted({claim.lender for claim in claims})
    by_lender = [[claim for claim in claims if claim.lender == code] for code in lenders]
    facts = {
        "home": name_of(home, host.language),
        "step": one.step,
        "today": today,
        "counts": [
            {
                "lender": name_of(members[code], host.language),
                "count": len(mine),
                "balance": sum(claim.balance or 0 for claim in mine),
                "unpriced": sum(claim.balance is None for claim in mine),
            }
            for code, mine in zip(lenders, by_lender, strict=True)
        ],
        "total": len(claims),
        "longest": max((today - claim.opened_on).days for claim in claims),
        "sources": sources(claims, members, host.language),
    }
    return Letter(
        POLICY, one.step, boxes(host), home.code, "claim_host", facts, language=host.language,
        key=f"{today} {home.code} host",
    )  # fmt: skip


def _claim(
    claim: Claim, members: Mapping[str, Member], home: Member, today: date
) -> dict[str, Any]:
    own = claim.reader if claim.reader and claim.reader.home == home.code else None
    return {
        "lender": name_of(members[claim.lender], home.language),
        "number": "" if claim.by_loan else claim.number,
        "kind": claim.kind,
        "card": claim.card,
        "item": claim.item,
        "title": claim.title,
        "amount": claim.amount,
        "balance": claim.balance,
        "opened_on": claim.opened_on,
        "days": (today - claim.opened_on).days,
        "as_of": claim.as_of,
        "receipt": claim.place.receipt,
        "sheet": claim.place.sheet,
        "row": claim.place.row,
        "reader": {"name": own.name, "number": own.number, "email": own.email} if own else None,
    }


def samples(libraries: Mapping[str, Member], reader: Reader, today: date) -> Iterator[Letter]:
    """Invented letters about claims, in the shapes that they can have."""
    place = Place("R115-000031", "處理通知單.xlsx", "罰款賠償", 5)
    fine = Claim(
        "NSUT", "A-115-0004", "HDU", "HDU-07", "C450006", "食品化學（第 6 號）", FINE, 90, 40,
        date(2026, 10, 2), date(2026, 10, 9), place, reader,
    )  # fmt: skip
    lost = replace(
        fine, number="HDU-12/0000123/2026-08-31/lost", card="HDU-12", item="0000123", kind=LOST,
        title="商用英文書信寫作：從詢價、報價到索賠的一百個實例 = A Hundred Letters for Business",
        amount=None, balance=None, opened_on=date(2026, 9, 30),
        place=replace(place, sheet="借出紀錄"),
    )  # fmt: skip
    nobody = replace(fine, number="A-115-0007", card="HDU-41", reader=None)
    other = replace(
        nobody, lender="TJU", number="0017", kind="其他", item="", title="", amount=500,
        balance=500, card="HDU-42",
    )  # fmt: skip
    damaged = replace(
        fine, lender="TJU", number="0018", kind=DAMAGED, amount=350, balance=350,
        reader=replace(reader, name="", email=""),
    )  # fmt: skip
    shapes = (
        ("0", (fine,)), ("0", (lost,)), ("14", (nobody,)), ("14", (fine, lost, nobody)),
        ("30", (fine, damaged, nobody, other)),
    )  # fmt: skip
    for step, claims in shapes:
        yield to_home(_bundle(step, claims), libraries, today, "0")
    for claims in ((fine, lost, other), (fine,), (lost,)):
        yield to_host(_bundle("60", claims), libraries["NSUT"], libraries, today)


def _bundle(step: str, claims: tuple[Claim, ...]) -> Bundle:
    to = ("library", "HDU")
    notices = tuple(Notice(POLICY, step, one.key, "", "HDU", to, one) for one in claims)
    return Bundle(POLICY, step, "HDU", to, notices)
