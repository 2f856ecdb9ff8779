"""What each letter says: from cases and submissions to a :class:`Letter`.

Names: a reader's name, number and address go only to the reader and to the home library.
Lenders see card numbers, the host sees counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Form
from ill_workflows.forms.month import month_of
from ill_workflows.lending.cases import Discrepancy, Loan, Reader
from ill_workflows.lending.policies import Bundle
from ill_workflows.mail import wire
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.mime import Attachment
from ill_workflows.mail.told import few, first_of_each, told
from ill_workflows.rules.policy import Member

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _name(member: Member, language: str) -> str:
    return (member.name_en or member.name) if language == "en" else member.name


def _called(code: str, members: Mapping[str, Member], language: str) -> str:
    """A library's name; a code that is no member's stands for itself."""
    return _name(members[code], language) if code in members else code


def _contact(member: Member) -> str:
    return next(iter(member.contacts), "")


def _to(member: Member) -> tuple[str, ...]:
    return tuple(address for address in member.contacts if address)


def _book(loan: Loan, members: Mapping[str, Member], language: str, today: date) -> dict[str, Any]:
    """A loan as a letter's table shows it; no reader."""
    return {
        "lender": _name(members[loan.lender], language),
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
        "home": _name(home, home.language),
        "home_email": _contact(home),
        "step": one.step,
        "tone": "mild" if one.step == first_step else between,
        "today": today,
        "books": [_book(loan, members, home.language, today) for loan in loans],
        "others": [_book(loan, members, home.language, today) for loan in others],
        "sources": _sources([*loans, *others], members, home.language),
        "by_hand": not email,
    }
    copied = one.policy == "overdue" and bool(email)
    return Letter(
        one.policy, one.step, (email,) if email else _to(home), home.code, one.policy,
        facts, cc=_to(home) if copied else (), cases=one.cases, language=home.language,
        reply_to=_contact(home), key=f"{today} {reader.home}/{reader.number}",
    )  # fmt: skip


def _sources(
    loans: Iterable[Loan], members: Mapping[str, Member], language: str
) -> list[dict[str, Any]]:
    """Whose records say so, and of which days they are (notices rule 5)."""
    told = sorted({(loan.lender, loan.as_of) for loan in loans})
    return [{"lender": _name(members[code], language), "as_of": day} for code, day in told]


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
        "library": _name(member, member.language),
        "step": one.step,
        "today": today,
        "books": books,
        "sources": _sources(loans, members, member.language),
        "month": month_of(today),
        "attached": [attachment.name for attachment in attachments],
    }
    return Letter(
        one.policy, one.step, _to(member), member.code, one.policy, facts, cases=one.cases,
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
        "home": _name(home, language),
        "step": one.step,
        "today": today,
        "counts": [
            {"lender": _name(members[code], language), "count": count}
            for code, count in sorted(counted.items())
        ],
        "total": len(loans),
        "longest": max(loan.overdue(today) for loan in loans),
        "sources": _sources(loans, members, language),
    }
    return Letter(
        one.policy, one.step, _to(host), home.code, "overdue_host", facts, language=language,
        key=f"{today} {home.code} host",
    )  # fmt: skip


def of_discrepancy(one: Bundle, members: Mapping[str, Member], today: date) -> Letter:
    """Two libraries' sheets contradict each other: told to each of them, by card number.

    ``usage_on`` and ``cards_on`` are the days on which the newest sheets of the two came in.
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
                "lender": _name(members[case.lender], language),
                "home": _called(case.home, members, language),
                "is_lender": member.code == case.lender,
                "is_home": member.code == case.home,
                "usage_on": case.answered_on[0],
                "cards_on": case.answered_on[1],
                "books": [_book(loan, members, language, today) for loan in case.loans],
            }
        )
    facts = {"library": _name(member, language), "today": today, "cases": cases, "step": one.step}
    return Letter(
        "discrepancy", one.step, _to(member), member.code, "discrepancy", facts, cases=one.cases,
        language=language, key=str(today),
    )  # fmt: skip


def _form_name(form: Form | None, language: str) -> str:
    if form is None:
        return ""
    return form.title_en if language == "en" else form.title


def receipt(  # noqa: PLR0913, PLR0917 - one argument a fact
    member: Member, form: Form, arrival: Mapping[str, Any], findings: Sequence[Finding],
    rows: Mapping[str, int], changes: Mapping[str, Any] | None, *, late: bool, because: str = "",
) -> Letter:  # fmt: skip
    """``receipt``: what was taken in, what was put right, what could not be used.

    ``because`` is why the host accepted it in spite of the findings that are waived.

    ``arrival`` has the submission's ``receipt``, ``sha256``, ``filename``, ``month``,
    ``interim``, ``received_on``; ``rows`` counts rows by sheet; ``changes`` counts rows
    ``added``, ``changed``, ``gone`` against the version whose receipt is ``replaces``.
    """
    language = member.language
    facts = {
        "library": _name(member, language),
        "form": _form_name(form, language),
        "arrival": dict(arrival),
        "late": late,
        "rows": [{"sheet": sheet, "count": count} for sheet, count in rows.items()],
        "corrected": few(findings, "corrected", language),
        "warnings": few(findings, "warning", language),
        "passed": few(findings, "passed", language),
        "waived": few(findings, "waived", language),
        "because": because,
        "changes": dict(changes) if changes is not None else None,
    }
    return Letter(
        "receipt", "0", _to(member), member.code, "receipt", facts, language=language,
        in_reply_to=str(arrival.get("message_id", "")), key=str(arrival["receipt"]),
    )  # fmt: skip


def returned(  # noqa: PLR0913 - one argument a fact
    member: Member, form: Form | None, arrival: Mapping[str, Any], findings: Sequence[Finding],
    copy: bytes, *, standing: str,
) -> Letter:  # fmt: skip
    """``returned``: the sender's own workbook, with the cells to mend marked.

    ``standing`` is the receipt of the version that stays in force, or empty.  The letter shows
    the first three of each kind of finding.
    """
    language = member.language
    errors = [f for f in findings if f.severity == "error"]
    shown = first_of_each(errors)
    marked = "returned" if language == "en" else "退回"
    attachment = Attachment(
        f"{marked}_{str(arrival['filename']).removeprefix(f'{marked}_')}", XLSX, copy
    )
    facts = {
        "library": _name(member, language),
        "form": _form_name(form, language),
        "arrival": dict(arrival),
        "errors": told(shown, language),
        "count": len(errors),
        "more": len(errors) - len(shown),
        "attached": attachment.name,
        "standing": standing,
    }
    return Letter(
        "returned", "0", _to(member), member.code, "returned", facts, language=language,
        attachments=(attachment,), in_reply_to=str(arrival.get("message_id", "")),
        key=str(arrival["receipt"]),
    )  # fmt: skip


def refused(
    member: Member, arrival: Mapping[str, Any], zh: str, en: str, *, direct: bool = False
) -> Letter:
    """A file that could not be opened, told to the host, or ``direct`` to its library."""
    facts = {
        "library": _name(member, member.language),
        "arrival": dict(arrival),
        "zh": zh,
        "en": en,
        "direct": direct,
    }
    return Letter(
        "refused", "0", _to(member), member.code, "refused", facts, language=member.language,
        in_reply_to=str(arrival.get("message_id", "")), key=str(arrival["receipt"]),
    )  # fmt: skip


def held(
    member: Member, arrival: Mapping[str, Any], form: str, why: tuple[str, str] | None = None
) -> Letter:
    """A standard form that waits for the host: it cannot be processed yet, or, with ``why`` in
    Chinese and English, nothing proves whom it is from.
    """  # noqa: D205
    facts = {
        "library": _name(member, member.language),
        "arrival": dict(arrival),
        "form": form,
        "why": why[member.language == "en"] if why else "",
    }
    return Letter(
        "held", "0", _to(member), member.code, "held", facts, language=member.language,
        key=str(arrival["receipt"]),
    )  # fmt: skip
