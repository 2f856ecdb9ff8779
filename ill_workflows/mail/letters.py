"""What each letter says: from cases and submissions to a :class:`Letter`.

Names: a reader's name, number and address go only to the reader and to the home library.
Lenders see card numbers, the host sees counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from ill_workflows.forms.month import month_of
from ill_workflows.lending.cases import Discrepancy, Loan, Reader
from ill_workflows.lending.notices import Bundle
from ill_workflows.mail import wire
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def name_of(member: Member, language: str) -> str:
    """A library's name in a language."""
    return (member.name_en or member.name) if language == "en" else member.name


def _called(code: str, members: Mapping[str, Member], language: str) -> str:
    """A library's name; a code that is no member's stands for itself."""
    return name_of(members[code], language) if code in members else code


def _contact(member: Member) -> str:
    return next(iter(member.contacts), "")


def boxes(member: Member) -> tuple[str, ...]:
    """Where a library's letters go."""
    return tuple(address for address in member.contacts if address)


def _book(loan: Loan, members: Mapping[str, Member], language: str, today: date) -> dict[str, Any]:
    """A loan as a letter's table shows it; no reader."""
    return {
        "lender": name_of(members[loan.lender], language),
        "lender_code": loan.lender,
        "home": _called(loan.home, members, language),
        "title": loan.title,
        "item": loan.item,
        "call_number": loan.call_number,
        "card": loan.card,
        "lent_on": loan.lent_on,
        "due_on": loan.due_on,
        "days": loan.overdue(today),
        "fine": loan.fine,
        "as_of": loan.as_of,
    }


def to_reader(  # noqa: PLR0913, PLR0917 - the steps by name come from the policy
    one: Bundle,
    others: Sequence[Loan],
    members: Mapping[str, Member],
    today: date,
    last_step: str,
    first_step: str = "first",
) -> Letter:
    """``due_soon`` and ``overdue``: one letter for all the books of a reader that reached a step.

    ``others`` are the reader's other open loans, listed for information.  ``tone`` is mild for
    the policy's first step, final for its last and firm between; nobody's first word is final.
    A reader without an address that mail can go to is written to through the home library,
    without a copy; the caller attaches the page.
    """
    loans = [notice.about for notice in one.notices if isinstance(notice.about, Loan)]
    reader = loans[0].reader
    assert reader is not None  # noqa: S101 - the policy writes to known readers only
    home = members[reader.home]
    email = reader.email if wire.address(reader.email) else ""
    between = "final" if one.step == last_step else "firm"
    facts = {
        "reader": reader.name,
        "number": reader.number,
        "home": name_of(home, home.language),
        "home_email": _contact(home),
        "step": one.step,
        "tone": "mild" if one.step == first_step else between,
        "today": today,
        "books": [_book(loan, members, home.language, today) for loan in loans],
        "others": [_book(loan, members, home.language, today) for loan in others],
        "sources": sources([*loans, *others], members, home.language),
        "by_hand": not email,
    }
    copied = one.policy == "overdue" and bool(email)
    return Letter(
        one.policy, one.step, (email,) if email else boxes(home), home.code, one.policy,
        facts, cc=boxes(home) if copied else (), cases=one.cases, language=home.language,
        reply_to=_contact(home), key=f"{today} {reader.home}/{reader.number}",
    )  # fmt: skip


class _Told(Protocol):
    @property
    def lender(self) -> str: ...

    @property
    def as_of(self) -> date: ...


def sources(
    cases: Iterable[_Told], members: Mapping[str, Member], language: str
) -> list[dict[str, Any]]:
    """Whose records say so, and of which days they are (notices rule 5)."""
    told = sorted({(case.lender, case.as_of) for case in cases})
    return [{"lender": name_of(members[code], language), "as_of": day} for code, day in told]


def to_library(
    one: Bundle,
    members: Mapping[str, Member],
    today: date,
    attachments: tuple[Attachment, ...] = (),
) -> Letter:
    """``overdue_library`` (with readers' names, to the home library only), ``overdue_lender`` and
    ``still_out`` (by card number, without names).
    """  # noqa: D205
    member = members[one.to[1]]
    loans = [notice.about for notice in one.notices if isinstance(notice.about, Loan)]
    books = []
    for loan in loans:
        book = _book(loan, members, member.language, today)
        if one.policy == "overdue_library":
            book["reader"] = (
                _reader(loan.reader) if loan.reader and loan.home == member.code else None
            )
        elif one.policy == "still_out":
            book["missing"] = loan.asked == "missing"
        books.append(book)
    facts = {
        "library": name_of(member, member.language),
        "step": one.step,
        "today": today,
        "books": books,
        "sources": sources(loans, members, member.language),
        "month": month_of(today),
        "attached": [attachment.name for attachment in attachments],
    }
    return Letter(
        one.policy, one.step, boxes(member), member.code, one.policy, facts, cases=one.cases,
        language=member.language, attachments=attachments, key=str(today),
    )  # fmt: skip


def _reader(reader: Reader) -> dict[str, str]:
    return {"name": reader.name, "number": reader.number, "email": reader.email}


def to_host(one: Bundle, host: Member, members: Mapping[str, Member], today: date) -> Letter:
    """What the host is told of a home library's long overdue books: counts, no names, no cards."""
    language = host.language
    loans = [notice.about for notice in one.notices if isinstance(notice.about, Loan)]
    counted = Counter(loan.lender for loan in loans)
    home = members[one.library]
    facts = {
        "home": name_of(home, language),
        "step": one.step,
        "today": today,
        "counts": [
            {"lender": name_of(members[code], language), "count": count}
            for code, count in sorted(counted.items())
        ],
        "total": len(loans),
        "longest": max(loan.overdue(today) for loan in loans),
        "sources": sources(loans, members, language),
    }
    return Letter(
        one.policy, one.step, boxes(host), home.code, "overdue_host", facts, language=language,
        key=f"{today} {home.code} host",
    )  # fmt: skip


def of_discrepancy(one: Bundle, members: Mapping[str, Member], today: date) -> Letter:
    """Two libraries' sheets contradict each other: told to each of them, by card number.

    ``usage_on`` and ``cards_on`` are the days on which the newest sheets of the two came in
    (``cards_on``: of the other lender's usage sheet, where two lenders contradict each other);
    ``cells`` are the rows of both that say so.
    """
    member = members[one.to[1]]
    language = member.language
    cases = []
    for notice in one.notices:
        case = notice.about
        if not isinstance(case, Discrepancy):
            continue
        cases.append(
            {
                "kind": case.kind,
                "card": case.card,
                "day": case.day,
                "lender": name_of(members[case.lender], language),
                "home": _called(case.home, members, language),
                "other": _called(case.other, members, language),
                "is_lender": member.code == case.lender,
                "is_home": member.code == case.home,
                "usage_on": case.answered_on[0],
                "cards_on": case.answered_on[1],
                "books": [_book(loan, members, language, today) for loan in case.loans],
                "cells": [
                    {
                        "library": _called(code, members, language), "own": code == member.code,
                        "receipt": place.receipt, "filename": place.filename,
                        "sheet": place.sheet, "row": place.row,
                    }
                    for code, place in case.places
                ],
            }
        )  # fmt: skip
    facts = {"library": name_of(member, language), "today": today, "cases": cases, "step": one.step}
    return Letter(
        "discrepancy", one.step, boxes(member), member.code, "discrepancy", facts, cases=one.cases,
        language=language, key=str(today),
    )  # fmt: skip
