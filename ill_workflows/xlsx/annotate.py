"""The returned copy: the sender's own workbook, wrong cells coloured and noted, our sheet in front.

It is patched inside the zip.  Marked sheets, styles, notes, the workbook's lists and our sheet
change; every other part stays byte for byte, values that formulas had and Excel's own extensions
included.  What an earlier return left in the workbook is found and taken away first, also after
Excel or LibreOffice saved it: our sheet by its defined name or its last line, our notes by their
author or first line, our colour by its shade; the fill that a cell had before is kept in hidden
names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ill_workflows.xlsx.cells import At, Worksheet, place
from ill_workflows.xlsx.front import Line, front_sheet, heading_row
from ill_workflows.xlsx.notes import has_ours, write_notes
from ill_workflows.xlsx.package import SHEET_TYPE, Package
from ill_workflows.xlsx.styles import Styles
from ill_workflows.xlsx.workbook import Workbook, free_title, names_of

__all__ = ["REPORT_TITLE", "Line", "Mark", "annotate"]

REPORT_TITLE: Final = "檢查結果"


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to be coloured and noted: title of its sheet, address (``B12``), text of the note."""

    sheet: str
    cell: str
    note: str


def annotate(
    data: bytes, marks: Sequence[Mark], report: Sequence[Line], *, report_title: str = REPORT_TITLE
) -> bytes:
    """The returned copy of a workbook.

    ``data`` has passed the guard.  Marks on sheets or cells that do not exist are left out (the
    report tells them); several on one cell share its note.  The copy opens on the report, unless
    the selected tab is that of a sheet which stays as it is: two selected tabs would be edited as
    one, so then it opens where the sender left it.

    Raises:
        UnreadableWorkbook: a part that has to change cannot be read.
    """
    package = Package(data)
    book = Workbook(package)
    book.find_ours(report_title)
    theirs = [sheet for sheet in book.sheets if sheet not in book.ours]
    styles, before = Styles(package, book.part), book.fills_before()
    notes = _by_sheet(marks)
    fills: dict[str, dict[At, str]] = {}
    changed: list[Worksheet] = []
    opened = None
    for sheet in theirs:
        due = notes.get(sheet.title, {})
        if sheet.part in package and (due or styles.has_marks or has_ours(package, sheet.part)):
            page = Worksheet(sheet.title, sheet.part, package[sheet.part])
            if page.root.name == "worksheet":
                fills[sheet.title] = page.paint(due, styles, before.get(sheet.title, {}))
                if due or has_ours(package, sheet.part):
                    write_notes(package, page, due)
            if page.patch.edited:
                changed.append(page)
                continue
        if opened is None and book.is_selected(sheet):
            opened = sheet
    for page in changed:
        page.deselect()
        package[page.part] = page.patch.result()
    book.drop_ours()
    part = package.free("xl/worksheets/sheet{}.xml")
    title = free_title(report_title, [sheet.title for sheet in theirs])
    titles = {sheet.title for sheet in theirs}
    package[part] = front_sheet(report, styles, titles, selected=opened is None)
    package.declare("PartName", f"/{part}", f"{SHEET_TYPE}worksheet+xml")
    styles.save()
    book.save(title, part, names_of(title, heading_row(report), fills), opened)
    return package.data()


def _by_sheet(marks: Sequence[Mark]) -> dict[str, dict[At, str]]:
    notes: dict[str, dict[At, str]] = {}
    for mark in marks:
        at = place(mark.cell)
        if at is not None:
            on_sheet = notes.setdefault(mark.sheet, {})
            on_sheet[at] = f"{on_sheet[at]}\n\n{mark.note}" if at in on_sheet else mark.note
    return notes
