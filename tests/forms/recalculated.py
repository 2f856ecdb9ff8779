"""A workbook that LibreOffice has worked out anew: the self-check, its sums, its colours."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ill_workflows.forms import Form
from ill_workflows.forms.form import Sheet
from tests.conftest import Convert
from tests.forms.filled import saved

XLSX = "xlsx:Calc MS Excel 2007 XML"
_ROWS = 100
"""More than any test fills in."""
_COLOURS = "顏色 "
"""Begins the title of a sheet that holds, cell by cell, what conditional formatting would say."""


@dataclass(frozen=True)
class Recalculated:
    data: bytes
    verdict: str
    lines: dict[str, str]
    sums: dict[tuple[str, str], tuple[int, int]]
    colours: dict[tuple[str, str], str]


def recalculate(form: Form, data: bytes, convert: Convert, folder: Path) -> Recalculated:
    """openpyxl keeps no values of formulas, so LibreOffice works out every one."""
    book = load_workbook(io.BytesIO(data))
    for sheet in form.sheets:
        _ask_for_colours(book, sheet)
    typed, out = folder / "typed.xlsx", folder / "saved"
    typed.write_bytes(saved(book))
    again = convert(typed, XLSX, out).read_bytes()
    values = load_workbook(io.BytesIO(again), data_only=True)
    verdict, lines = self_check(form, again)
    colours: dict[tuple[str, str], str] = {}
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for sheet in form.sheets:
        sums |= _sums(values["選單"], sheet)
        for row in values[_COLOURS + sheet.title].iter_rows():
            colours |= {(sheet.title, cell.coordinate): cell.value for cell in row if cell.value}
    return Recalculated(again, verdict, lines, sums, colours)


def self_check(form: Form, data: bytes) -> tuple[str, dict[str, str]]:
    """The verdict and the line of each sheet, as the workbook holds them."""
    page = load_workbook(io.BytesIO(data), data_only=True)["封面"]
    cover = {row[1]: row[2] for row in page.iter_rows(max_col=3, values_only=True)}
    return cover["自我檢查"], {
        title: cover[title] for title in ("封面", *(s.title for s in form.sheets))
    }


def _ask_for_colours(book: Any, sheet: Sheet) -> None:
    page = book.create_sheet(_COLOURS + sheet.title)
    for n, column in enumerate(sheet.columns, start=1):
        name = f"this_{sheet.table}_{column.key}_"
        amber = f'IF({name}amber,"warning","")' if f"{name}amber" in book.defined_names else '""'
        for row in range(2, _ROWS):
            page[f"{get_column_letter(n)}{row}"] = f'=IF({name}red,"error",{amber})'


def _sums(page: Any, sheet: Sheet) -> dict[tuple[str, str], tuple[int, int]]:
    rows = [row[1:4] for row in page.iter_rows(max_col=4, values_only=True)]
    first = next(n for n, row in enumerate(rows) if row[0] == sheet.title) + 1
    told = zip(sheet.columns, rows[first:], strict=False)
    return {(sheet.title, c.key): (int(row[1]), int(row[2] or 0)) for c, row in told}
