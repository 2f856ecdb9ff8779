"""The evaluation workbook of closed months, beside openpyxl writing the same cells, and a zip."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _data import CLOCK, MONTH, found, history
from _measure import arguments, goal, race, show
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from ill_workflows.app import App
from ill_workflows.evaluation import sheets_of
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import Sheet
from ill_workflows.forms.month import months_between, next_month
from ill_workflows.jobs.closing import close
from ill_workflows.jobs.figures import figures_of
from ill_workflows.xlsx.report import write_workbook

Cells = dict[str, list[tuple[int, int, Any, str, bool]]]
"""Title of a sheet → row, column, value, number format, whether it is bold."""
CREATED = datetime(2026, 10, 31, tzinfo=UTC)


def main() -> None:
    wanted = arguments(__doc__, libraries=(40, 6), months=(24, 3), rows=(120, 120), rounds=(3, 2))
    months = months_between(next_month(MONTH, 1 - wanted.months), MONTH)
    with TemporaryDirectory() as folder:
        app = found(Path(folder) / "home", wanted.libraries)
        history(app, months, wanted.rows, undecided=True)
        counted = race({"rows → figures": lambda: _figures(app, months)}, rounds=1)
        closed = race({"rows → closed months": lambda: close(app, months, CLOCK)}, rounds=1)
        figures = _figures(app, months)
        sheets = sheets_of(figures)
        data = _ours(sheets)
        cells, parts = _cells(data), _parts(data)
        spent = race(
            {
                "evaluate, a command of its own": lambda: _command(app, months),
                "closed months → figures": lambda: _figures(app, months),
                "figures → sheets": lambda: sheets_of(_figures(app, months)),
                "sheets → workbook": lambda: _ours(sheets),
                "openpyxl, the same cells": lambda: _openpyxl(cells),
                "floor: zip the parts": lambda: _zip(parts),
            },
            wanted.rounds,
        )
        twice = _command(app, months) == _command(app, months)
    count = sum(map(len, cells.values()))
    print(
        f"{wanted.libraries} libraries, {wanted.months} closed months: {count} cells,"
        f" {len(data) / 1e6:.1f} MB; twice the same bytes: {'yes' if twice else 'NO'}"
    )
    show("The evaluation workbook", {**counted, **closed, **spent}, "sheets → workbook")
    ours, all_of_it = spent["sheets → workbook"], spent["evaluate, a command of its own"]
    print(f"  evaluate of closed months, all of it: {all_of_it:.2f} s, goal < 3 s")
    goal("P6", "faster than openpyxl", spent["openpyxl, the same cells"] / ours, 1.8, at_least=True)
    goal("P6", "of the zip", ours / spent["floor: zip the parts"], 8, at_least=False)


def _figures(app: App, months: Sequence[str]) -> Figures:
    return figures_of(app, months, CLOCK.today, compared=True)


def _command(app: App, months: Sequence[str]) -> bytes:
    """The command as its user runs it; answers the workbook's bytes."""
    out = app.home / "out.xlsx"
    words = ["--home", str(app.home), "--today", str(CLOCK.today), "evaluate"]
    words += ["--from", months[0], "--to", months[-1], "--out", str(out)]
    code = "from ill_workflows.cli.main import main; main()"
    subprocess.run([sys.executable, "-c", code, *words], check=True, stdout=subprocess.DEVNULL)
    return out.read_bytes()


def _ours(sheets: Iterable[Sheet]) -> bytes:
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
