"""What each letter says: from cases and submissions to a :class:`Letter`.

Names: a reader's name, number and address go only to the reader and to the home library.
Lenders see card numbers, the host sees counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Form
from ill_workflows.lending.cases import Discrepancy, Loan, Reader
from ill_workflows.lending.policies import Bundle
from ill_workflows.mail.compose import Attachment, Letter
from ill_workflows.rules.policy import Member

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_OF_EACH = 3
"""How many findings of one kind a letter shows; the workbook's first sheet lists all."""


def _name(member: Member, language: str) -> str:
    return (member.name_en or member.name) if language == "en" else member.name


def _contact(member: Member) -> str:
    return next(iter(member.contacts), "")


def _to(member: Member) -> tuple[str, ...]:
    return tuple(address for address in member.contacts if address)


def _book(loan: Loan, members: Mapping[str, Member], language: str, today: date) -> dict[str, Any]:
    """A loan as a letter's table shows it; no reader."""
    return {
        "lender": _name(members[loan.lender], language),
        "lender_code": loan.lender,
        "title": loan.title or loan.item,
        "item": loan.item,
        "call_number": loan.call_number,
        "card": loan.card,
        "lent_on": loan.lent_on,
        "due_on": loan.due_on,
        "days": loan.overdue(today),
        "fine": loan.fine,
        "as_of": loan.as_of,
    }


def to_reader(
    one: Bundle, others: Sequence[Loan], members: Mapping[str, Member], today: date, last_step: str
) -> Letter:
    """``due_soon`` and ``overdue``: one letter for all the books of a reader that reached a step.

    ``others`` are the reader's other open loans, listed for information.  A reader without an
    address is written to through the home library, without a copy; the caller attaches the page.
    """
    loans = [notice.about for notice in one.notices if isinstance(notice.about, Loan)]
    reader = loans[0].reader
    assert reader is not None  # noqa: S101 - the policy writes to known readers only
    home = members[reader.home]
    facts = {
        "reader": reader.name,
        "home": _name(home, home.language),
        "home_email": _contact(home),
        "step": one.step,
        "final": one.step == last_step,
        "today": today,
        "books": [_book(loan, members, home.language, today) for loan in loans],
        "others": [_book(loan, members, home.language, today) for loan in others],
        "sources": _sources(loans, members, home.language),
        "by_hand": not reader.email,
    }
    copied = one.policy == "overdue" and bool(reader.email)
    return Letter(
        one.policy, one.step, (reader.email,) if reader.email else _to(home), home.code, one.policy,
        facts, cc=_to(home) if copied else (), cases=one.cases, language=home.language,
        reply_to=_contact(home), key=f"{today} {reader.home}/{reader.number}",
    )  # fmt: skip


def _sources(loans: Sequence[Loan], members: Mapping[str, Member], language: str) -> list[dict[str, Any]]:
    """Whose records say so, and how old they are (notices rule 5)."""
    newest: dict[str, date] = {}
    for loan in loans:
        newest[loan.lender] = max(loan.as_of, newest.get(loan.lender, loan.as_of))
    return [{"lender": _name(members[code], language), "as_of": day} for code, day in newest.items()]


def to_library(
    one: Bundle, members: Mapping[str, Member], today: date, attachments: tuple[Attachment, ...] = ()
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
            book["reader"] = _reader(loan.reader) if loan.reader and loan.home == member.code else None
        elif one.policy == "still_out":
            book["missing"] = loan.asked == "missing"
        books.append(book)
    facts = {
        "library": _name(member, member.language),
        "step": one.step,
        "today": today,
        "books": books,
        "sources": _sources(loans, members, member.language),
        "as_of": max(loan.as_of for loan in loans),
    }
    return Letter(
        one.policy, one.step, _to(member), member.code, one.policy, facts, cases=one.cases,
        language=member.language, attachments=attachments, key=str(today),
    )  # fmt: skip


def _reader(reader: Reader) -> dict[str, str]:
    return {"name": reader.name, "number": reader.number, "email": reader.email}


def to_host(one: Bundle, host: Member, members: Mapping[str, Member], today: date) -> Letter:
    """What the host is told of a home library's long overdue books: counts, no names, no cards."""
    loans = [notice.about for notice in one.notices if isinstance(notice.about, Loan)]
    counted = Counter(loan.lender for loan in loans)
    home = members[one.library]
    facts = {
        "home": _name(home, host.language),
        "step": one.step,
        "today": today,
        "counts": [
            {"lender": _name(members[code], host.language), "count": count}
            for code, count in sorted(counted.items())
        ],
        "total": len(loans),
        "longest": max(loan.overdue(today) for loan in loans),
    }
    return Letter(
        "overdue_host", one.step, _to(host), home.code, "overdue_host", facts,
        language=host.language, key=f"{today} {home.code}",
    )  # fmt: skip


def of_discrepancy(one: Bundle, members: Mapping[str, Member], today: date) -> Letter:
    """Two libraries' sheets contradict each other: told to each of them, by card number."""
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
                "home": _name(members[case.home], language) if case.home in members else case.home,
                "is_lender": member.code == case.lender,
                "is_home": member.code == case.home,
                "books": [_book(loan, members, language, today) for loan in case.loans],
            }
        )
    facts = {"library": _name(member, language), "today": today, "cases": cases, "step": one.step}
    return Letter(
        "discrepancy", one.step, _to(member), member.code, "discrepancy", facts, cases=one.cases,
        language=language, key=str(today),
    )  # fmt: skip


def _told(findings: Sequence[Finding], severity: str, language: str) -> list[dict[str, str]]:
    return [
        {"place": f.place, "heading": f.heading, "text": f.en if language == "en" else f.zh}
        for f in findings
        if f.severity == severity
    ]


def _form_name(form: Form | None, language: str) -> str:
    if form is None:
        return ""
    return form.title_en if language == "en" else form.title


def receipt(
    member: Member, form: Form, arrival: Mapping[str, Any], findings: Sequence[Finding],
    rows: Mapping[str, int], changes: Mapping[str, int] | None, *, late: bool,
) -> Letter:  # fmt: skip
    """``receipt``: what was taken in, what was put right, what could not be used.

    ``arrival`` has the submission's ``receipt``, ``sha256``, ``filename``, ``month``,
    ``interim``, ``received_on``; ``rows`` counts rows by sheet; ``changes`` counts rows
    ``added``, ``changed``, ``gone`` against the version that this one replaces.
    """
    language = member.language
    facts = {
        "library": _name(member, language),
        "form": _form_name(form, language),
        "arrival": dict(arrival),
        "late": late,
        "rows": [{"sheet": sheet, "count": count} for sheet, count in rows.items()],
        "corrected": _told(findings, "corrected", language),
        "warnings": _told(findings, "warning", language),
        "passed": _told(findings, "passed", language),
        "changes": dict(changes) if changes is not None else None,
    }
    return Letter(
        "receipt", "0", _to(member), member.code, "receipt", facts, language=language,
        in_reply_to=str(arrival.get("message_id", "")), key=str(arrival["receipt"]),
    )  # fmt: skip


def returned(
    member: Member, form: Form | None, arrival: Mapping[str, Any], findings: Sequence[Finding],
    copy: bytes, *, standing: str,
) -> Letter:  # fmt: skip
    """``returned``: the sender's own workbook, with the cells to mend marked.

    ``standing`` is the receipt of the version that stays in force, or empty.  The letter shows
    the first three of each kind of finding.
    """
    language = member.language
    seen: Counter[str] = Counter()
    shown = []
    errors = [f for f in findings if f.severity == "error"]
    for finding in errors:
        seen[finding.code] += 1
        if seen[finding.code] <= FIRST_OF_EACH:
            shown.append(finding)
    facts = {
        "library": _name(member, language),
        "form": _form_name(form, language),
        "arrival": dict(arrival),
        "errors": _told(shown, "error", language),
        "count": len(errors),
        "more": len(errors) - len(shown),
        "standing": standing,
    }
    attachment = Attachment(f"退回_{arrival['filename']}", XLSX, copy)
    return Letter(
        "returned", "0", _to(member), member.code, "returned", facts, language=language,
        attachments=(attachment,), in_reply_to=str(arrival.get("message_id", "")),
        key=str(arrival["receipt"]),
    )  # fmt: skip


def refused(member: Member, arrival: Mapping[str, Any], zh: str, en: str) -> Letter:
    """A file that could not be opened, told to the host (or its sender, where known)."""
    facts = {"library": _name(member, member.language), "arrival": dict(arrival), "zh": zh, "en": en}
    return Letter(
        "refused", "0", _to(member), member.code, "refused", facts, language=member.language,
        in_reply_to=str(arrival.get("message_id", "")), key=str(arrival["receipt"]),
    )  # fmt: skip


def held(member: Member, arrival: Mapping[str, Any], form: str) -> Letter:
    """A standard form that is kept until it can be processed, told to the host."""
    facts = {"library": _name(member, member.language), "arrival": dict(arrival), "form": form}
    return Letter(
        "held", "0", _to(member), member.code, "held", facts, language=member.language,
        key=str(arrival["receipt"]),
    )  # fmt: skip
