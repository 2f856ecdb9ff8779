"""What is written about sheets: announced, asked for, missed; and the host's list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from ill_workflows.forms import FORMS
from ill_workflows.forms.form import Form
from ill_workflows.lending.sheets import FIRST, Awaited, Chase
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import XLSX, name_of
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.policy import Member

POLICY: Final = "sheet"
LIST: Final = "sheet_list"
TEN_LATE: Final = date(2026, 10, 15)


def asked(  # noqa: PLR0913, PLR0917 - what a library is asked for, and what it is told besides
    chase: Chase,
    member: Member,
    forms: Mapping[str, Form],
    today: date,
    attachments: tuple[Attachment, ...],
    void: Sequence[str] = (),
) -> Letter:
    """To a library: its sheets of the month, with the pre-filled workbooks; the head gets a copy
    of the last step.  The month's first letter lists the cards that are ``void``.
    """  # noqa: D205
    facts = {
        "library": name_of(member, member.language),
        "first": chase.step == FIRST,
        "today": today,
        "due": max(sheet.due for sheet in chase.sheets),
        "sheets": [_sheet(sheet, forms, member.language, today) for sheet in chase.sheets],
        "attached": [attachment.name for attachment in attachments],
        "void": list(void) if chase.step == FIRST else [],
    }
    to = tuple(address for address in member.contacts if address)
    heads = tuple(a for a in member.heads if a and a not in to) if chase.told_to_head else ()
    return Letter(
        POLICY, chase.step, to, member.code, "sheet_missing" if chase.late else "sheet_due", facts,
        cc=heads, cases=tuple(sheet.key for sheet in chase.sheets), language=member.language,
        attachments=attachments, key=f"{today} {member.code}",
    )  # fmt: skip


def listed(
    chases: Sequence[Chase],
    host: Member,
    members: Mapping[str, Member],
    forms: Mapping[str, Form],
    today: date,
) -> Letter:
    """To the host: the libraries whose sheets are missing at the last step."""
    facts = {
        "today": today,
        "libraries": [
            {
                "name": name_of(members[chase.library], host.language),
                "code": chase.library,
                "sheets": [_sheet(s, forms, host.language, today) for s in chase.sheets],
            }
            for chase in chases
        ],
    }
    to = tuple(address for address in host.contacts if address)
    return Letter(
        LIST, chases[0].step, to, host.code, LIST, facts, language=host.language, key=str(today)
    )


def samples(libraries: Mapping[str, Member]) -> Iterator[Letter]:
    """Invented letters about sheets, in the shapes that they can have."""
    forms = {form.name: form for form in FORMS}
    home, host = libraries["HDU"], libraries["NSUT"]
    files = tuple(Attachment(f"{name}-HDU-2026-09.xlsx", XLSX, b"PK") for name in forms)

    def awaited(state: str, *names: str) -> tuple[Awaited, ...]:
        opens, due = date(2026, 9, 1), date(2026, 10, 5)
        return tuple(Awaited("HDU", name, "2026-09", opens, due, state) for name in names)

    both = awaited("not_due", "usage", "cards")
    yield asked(Chase("HDU", FIRST, both), home, forms, date(2026, 9, 1), files)
    void = ("NSUT-12", "TJU-03")
    yield asked(Chase("HDU", FIRST, both[:1]), home, forms, date(2026, 9, 1), files[:1], void)
    yield asked(Chase("HDU", "-3", both[:1]), home, forms, date(2026, 10, 2), files[:1])
    missing = (*awaited("missing", "usage"), *awaited("returned", "cards"))
    late = Chase("HDU", "10", missing)
    yield asked(Chase("HDU", "1", missing), home, forms, date(2026, 10, 6), files)
    yield asked(replace(late, sheets=awaited("interim", "usage")), home, forms, TEN_LATE, files[:1])
    yield listed([late, replace(late, library="TJU")], host, libraries, forms, TEN_LATE)


def _sheet(sheet: Awaited, forms: Mapping[str, Form], language: str, today: date) -> dict[str, Any]:
    form = forms[sheet.form]
    return {
        "form": form.title_en if language == "en" else form.title,
        "month": sheet.month,
        "due": sheet.due,
        "days": (today - sheet.due).days,
        "returned": sheet.state == "returned",
        "interim": sheet.state == "interim",
    }
