"""The standard workbooks: blank, or filled in ahead for a library and a month.

Sheets in order: ``填表說明`` (what this is), ``封面``, the form's own, and the hidden ``選單``.  A
blank form opens on the guidance, since whoever meets it first asks what it is; one that was made
for a library opens on the cover, since it is known by then and the cover says what is left to do.

No formula stands in a cell that people fill in.  What is filled in ahead stays open like all
other cells, but for ``locked`` columns: Excel sorts rows, and deletes them, only where no cell of
theirs is locked.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from ill_workflows.forms.form import Form
from ill_workflows.forms.month import first_day
from ill_workflows.forms.recognise import COVER
from ill_workflows.rules.policy import Member
from ill_workflows.xlsx.template_cover import Cover
from ill_workflows.xlsx.template_guide import Guide
from ill_workflows.xlsx.template_lists import TITLE, Lists
from ill_workflows.xlsx.template_looks import FormLooks, protect
from ill_workflows.xlsx.template_sheet import FormSheet, Given, tally
from ill_workflows.xlsx.template_words import Plan

GUIDE: Final = "填表說明"
_BLANK_SINCE: Final = date(2025, 8, 1)
"""What a blank form's properties tell: the same file must come out on any day."""
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def write_template(  # noqa: PLR0913 - what a workbook is made for, each by its name
    form: Form,
    *,
    members: Mapping[str, Member],
    library: Member | None,
    month: str | None,
    rows: Mapping[str, Given] = _NOTHING,
    cover: Mapping[str, str] = _NOTHING,
    token: str = "",
) -> bytes:
    """Write a standard workbook; the same arguments give the same bytes.

    ``rows`` maps table → rows to start from (key → value, days as dates), ``cover`` the name of
    a cover's label → its value (``kind``).  Whose workbook it is, and ``token``, stand in defined
    names too; a blank one (``library`` and ``month`` None) has only the form's.  A form that is
    not monthly has no month, whenever it is written.
    """
    from xlsxwriter import Workbook

    from ill_workflows.xlsx.template_page import Page

    month = month if form.monthly else None
    plan = Plan(form, members, library, month)
    stream = io.BytesIO()
    book = Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    since = first_day(month) if month else _BLANK_SINCE
    created = datetime(since.year, since.month, since.day)  # noqa: DTZ001 - told as it stands
    title = "　".join(part for part in (form.title, plan.whose) if part)
    book.set_properties({"title": title, "created": created})
    looks = FormLooks(book)
    guide, front, *pages, hidden = (
        book.add_worksheet(name, Page)
        for name in (GUIDE, COVER, *(sheet.title for sheet in form.sheets), TITLE)
    )
    lists, first = Lists(book, hidden, plan), Cover(book, front, looks, plan)
    lists.write(f"'{COVER}'!{first.cell('code')}")
    lines = [lists.sums_of_cover(COVER, first.parts(cover))]
    for sheet, page in zip(form.sheets, pages, strict=True):
        given = rows.get(sheet.table, ())
        filled = FormSheet(page, looks, plan, sheet, given)
        filled.write()
        lines.append(lists.sums_of(sheet, filled.last, tally(sheet, given), len(given)))
    first.write(cover)
    first.check_itself(lines)
    Guide(guide, looks, plan).write()
    protect(hidden)
    hidden.hide()
    (front if library else guide).activate()
    for name, text in _identity(plan, token).items():
        book.define_name(name, f'="{text}"')
    book.close()
    return stream.getvalue()


def _identity(plan: Plan, token: str) -> dict[str, str]:
    """Whose workbook it is, for machines."""
    named = {
        "ill_form": plan.form.name,
        "ill_version": str(plan.form.version),
        "ill_library": plan.own,
        "ill_period": plan.month or "",
        "ill_token": token,
    }
    return {name: text.replace('"', '""') for name, text in named.items() if text}
