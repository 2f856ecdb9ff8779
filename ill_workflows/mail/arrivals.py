"""What the sender of a workbook is told: taken in, returned, not readable, held, not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Form
from ill_workflows.mail import wire
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import XLSX, boxes, name_of
from ill_workflows.mail.mime import Attachment
from ill_workflows.mail.told import few, first_of_each, told
from ill_workflows.rules.policy import Member


def _form_name(form: Form | None, language: str) -> str:
    if form is None:
        return ""
    return form.title_en if language == "en" else form.title


def receipt(  # noqa: PLR0913, PLR0917 - one argument a fact
    member: Member, form: Form, arrival: Mapping[str, Any], findings: Sequence[Finding],
    rows: Mapping[str, int], changes: Mapping[str, Any] | None, *, late: bool, because: str = "",
    leavers: Mapping[str, int] | None = None,
) -> Letter:  # fmt: skip
    """``receipt``: what was taken in, what was put right, what could not be used.

    ``because`` is why the host accepted it in spite of the findings that are waived.

    ``arrival`` has the submission's ``receipt``, ``sha256``, ``filename``, ``month``,
    ``interim``, ``received_on``; ``rows`` counts rows by sheet; ``changes`` counts rows
    ``added``, ``changed``, ``gone`` against the version whose receipt is ``replaces``;
    ``leavers`` says of a list of leavers how many there are, and how many ever had a card.
    """
    language = member.language
    facts = {
        "library": name_of(member, language),
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
        "leavers": dict(leavers) if leavers is not None else None,
    }
    return Letter(
        "receipt", "0", boxes(member), member.code, "receipt", facts, language=language,
        in_reply_to=str(arrival.get("message_id", "")), key=str(arrival["receipt"]),
    )  # fmt: skip


def returned(  # noqa: PLR0913 - one argument a fact
    member: Member, form: Form | None, arrival: Mapping[str, Any], findings: Sequence[Finding],
    copy: bytes, *, standing: str, current: Attachment | None = None,
) -> Letter:  # fmt: skip
    """``returned``: the sender's own workbook, with the cells to mend marked.

    ``standing`` is the receipt of the version that stays in force, or empty; ``current`` the form
    as it is now, where an old one came.  The letter shows the first three of each kind of finding.
    """
    language = member.language
    errors = [f for f in findings if f.severity == "error"]
    shown = first_of_each(errors)
    marked = "returned" if language == "en" else "退回"
    attachment = Attachment(
        f"{marked}_{str(arrival['filename']).removeprefix(f'{marked}_')}", XLSX, copy
    )
    facts = {
        "library": name_of(member, language),
        "form": _form_name(form, language),
        "arrival": dict(arrival),
        "errors": told(shown, language),
        "count": len(errors),
        "more": len(errors) - len(shown),
        "attached": attachment.name,
        "standing": standing,
        "current": current.name if current else "",
    }
    return Letter(
        "returned", "0", boxes(member), member.code, "returned", facts, language=language,
        attachments=(attachment, current) if current else (attachment,),
        in_reply_to=str(arrival.get("message_id", "")), key=str(arrival["receipt"]),
    )  # fmt: skip


def refused(
    member: Member, arrival: Mapping[str, Any], zh: str, en: str, *, direct: bool = False
) -> Letter:
    """A file that could not be opened, told to the host, or ``direct`` to its library."""
    facts = {
        "library": name_of(member, member.language),
        "arrival": dict(arrival),
        "zh": zh,
        "en": en,
        "direct": direct,
    }
    return Letter(
        "refused", "0", boxes(member), member.code, "refused", facts, language=member.language,
        in_reply_to=str(arrival.get("message_id", "")), key=str(arrival["receipt"]),
    )  # fmt: skip


def no_workbook(  # noqa: PLR0913 - one argument a fact
    member: Member, sender: str, subject: str, others: Sequence[str], today: date, *,
    message_id: str, large: bool,
) -> Letter:  # fmt: skip
    """To a librarian whose mail brought no workbook; ``others`` are the files that it brought.

    Once a day to one person, whatever comes; ``large``: the mail was not opened.
    """
    facts = {
        "library": name_of(member, member.language),
        "subject": wire.one_line(subject)[:120],
        "files": [wire.one_line(name)[:80] for name in others[:5]],
        "received_on": today,
        "large": large,
    }
    return Letter(
        "no_workbook", "0", (sender,), member.code, "no_workbook", facts,
        language=member.language, in_reply_to=message_id, key=str(today),
    )  # fmt: skip


def held(
    member: Member, arrival: Mapping[str, Any], form: str, why: tuple[str, str] | None = None
) -> Letter:
    """A standard form that waits for the host: it cannot be processed yet, or, with ``why`` in
    Chinese and English, nothing proves whom it is from.
    """  # noqa: D205
    facts = {
        "library": name_of(member, member.language),
        "arrival": dict(arrival),
        "form": form,
        "why": why[member.language == "en"] if why else "",
    }
    return Letter(
        "kept", "0", boxes(member), member.code, "held", facts, language=member.language,
        key=str(arrival["receipt"]),
    )  # fmt: skip
