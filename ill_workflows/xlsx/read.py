"""Cells with their addresses: a fast reader for plain sheets, a careful one for odd ones."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms.book import Book, CellError, NoValue, SheetCells
from ill_workflows.xlsx.guard import MAX_COLUMNS, MAX_ROWS, Guarded, guard


def read_book(data: bytes, name: str, passwords: tuple[str, ...] = ()) -> Book:
    """Read a received workbook.

    python-calamine reads it unless its parts hold an error cell or a formula without a value
    (which calamine would show as an empty cell); then openpyxl does.

    Raises:
        UnreadableWorkbook: it is no workbook that we open, or a reader gave up on it.
    """
    safe = guard(data, name, passwords)
    try:
        sheets = _carefully(safe) if safe.careful else _fast(safe)
    except UnreadableWorkbook:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as bad:  # noqa: BLE001 - PyO3's PanicException is no Exception
        raise UnreadableWorkbook(name, "damaged") from bad
    return Book(sheets, safe.names, safe.epoch_1904, safe.careful)


def _fast(safe: Guarded) -> tuple[SheetCells, ...]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(safe.data))
    sheets = []
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        rows = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
        sheets.append(SheetCells(meta.name, rows, meta.visible != SheetVisibleEnum.Visible))
    return tuple(sheets)


def _carefully(safe: Guarded) -> tuple[SheetCells, ...]:
    from openpyxl import load_workbook

    formulas = load_workbook(io.BytesIO(safe.data), data_only=False)
    values = load_workbook(io.BytesIO(safe.data), data_only=True)
    sheets = []
    for shown in values.worksheets:
        written = formulas[shown.title]
        height, width = shown.max_row, shown.max_column
        if height > MAX_ROWS or width > MAX_COLUMNS:
            raise UnreadableWorkbook(shown.title, "too_large")
        rows: list[list[Any]] = [[""] * width for _ in range(height)]
        for (r, c), cell in written._cells.items():  # noqa: SLF001 - sparse: only cells that exist
            rows[r - 1][c - 1] = _value(cell, shown.cell(r, c))
        sheets.append(SheetCells(shown.title, rows, shown.sheet_state != "visible"))
    return tuple(sheets)


def _value(written: Any, shown: Any) -> Any:
    value = shown.value
    if shown.data_type == "e":
        return CellError(str(value))
    if written.data_type == "f" and value is None:
        text = getattr(written.value, "text", None) or str(written.value)
        return NoValue(text if text.startswith("=") else f"={text}")
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date()
    return value
