"""Writing the evaluation workbook, beside openpyxl writing the same cells, beside a bare zip."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _data import CLOCK, MONTH, found, history
from _measure import arguments, goal, race, show
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from ill_workflows.evaluation import SHEETS
from ill_workflows.forms.month import months_between, next_month
from ill_workflows.jobs.evaluate import facts_of
from ill_workflows.xlsx.report import write_workbook

Cells = dict[str, list[tuple[int, int, Any, str, bool]]]
"""Title of a sheet → row, column, value, number format, whether it is bold."""
CREATED = datetime(2026, 10, 31, tzinfo=UTC)


def main() -> None:
    wanted = arguments(__doc__, libraries=(40, 6), months=(24, 3), rows=(120, 120), rounds=(3, 2))
    months = months_between(next_month(MONTH, 1 - wanted.months), MONTH)
    with TemporaryDirectory() as folder:
        app = found(Path(folder) / "home", wanted.libraries)
        history(app, months, wanted.rows)
        facts = facts_of(app, months, CLOCK.today)
        reading = race(
            {
                "rows → facts": lambda: facts_of(app, months, CLOCK.today),
                "facts → sheets": lambda: [make(facts) for make in SHEETS],
            },
            rounds=1,  # shown for orientation; the goal is about the writing
        )
    sheets = [make(facts) for make in SHEETS]
    data = _ours(sheets)
    cells, parts = _cells(data), _parts(data)
    count = sum(map(len, cells.values()))
    print(
        f"{wanted.libraries} libraries, {wanted.months} months: {count} cells,"
        f" {len(data) / 1e6:.1f} MB"
    )
    spent = race(
        {
            "sheets → workbook": lambda: _ours(sheets),
            "openpyxl, the same cells": lambda: _openpyxl(cells),
            "floor: zip the parts": lambda: _zip(parts),
        },
        wanted.rounds,
    )
    show("The evaluation workbook", {**reading, **spent}, "sheets → workbook")
    ours = spent["sheets → workbook"]
    goal("P6", "faster than openpyxl", spent["openpyxl, the same cells"] / ours, 1.8, at_least=True)
    goal("P6", "of the zip", ours / spent["floor: zip the parts"], 8, at_least=False)


def _ours(sheets: list[Any]) -> bytes:
    return write_workbook(sheets, created=CREATED, title="示範館際合作聯盟評估資料")


def _cells(data: bytes) -> Cells:
    book = load_workbook(io.BytesIO(data))
    return {
        page.title: [
            (cell.row, cell.column, cell.value, cell.number_format, bool(cell.font.b))
            for row in page.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        for page in book.worksheets
    }


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _openpyxl(cells: Cells) -> None:
    """Values, number formats and bold headings; no charts, no colours, no widths."""
    book, bold = Workbook(), Font(bold=True)
    for title, filled in cells.items():
        page = book.create_sheet(title)
        for row, column, value, number_format, heading in filled:
            cell = page.cell(row, column, value)
            cell.number_format = number_format
            if heading:
                cell.font = bold
    book.save(io.BytesIO())


def _zip(parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)


if __name__ == "__main__":
    main()
