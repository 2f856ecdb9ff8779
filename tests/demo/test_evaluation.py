"""The demonstration's evaluation as the committee opens it: recalculated, followed, searched."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ill_workflows.app import open_app
from ill_workflows.demo.days import last_of_all
from ill_workflows.demo.make import make_world
from ill_workflows.demo.story import run
from ill_workflows.evaluation.measures import COUNTED, RATES
from ill_workflows.jobs import evaluate
from ill_workflows.jobs.figures import figures_of
from tests.cli.command import ill
from tests.conftest import Convert

LIBRARIES, MONTHS, SEED = 5, 4, 1
WHOLE = {"借貸比", "資料供應", "逾期與催還", "緊急調回"}
"""Sheets of which each figure that leads anywhere is all that is found there."""
_TARGET = re.compile(r"'(.+)'!A(\d+)")


@pytest.fixture(scope="module")
def world() -> Any:
    return make_world(LIBRARIES, MONTHS, SEED)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: Any) -> Path:
    """The demonstration, its evaluation in English beside the Chinese one, and its tables."""
    folder: Path = tmp_path_factory.mktemp("demo") / "home"
    list(run(folder, libraries=LIBRARIES, months=MONTHS, seed=SEED, advance=lambda _: None))
    span = ("--from", world.months[0], "--to", world.months[-1])
    data = folder / "reports" / "data"
    done = ill(
        "evaluate",
        *span,
        "--language",
        "en",
        "--data",
        data,
        home=folder,
        today=str(last_of_all(world)),
    )
    assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def chinese(home: Path) -> Path:
    return next(
        path for path in (home / "reports").glob("evaluation-*.xlsx") if "-en" not in path.name
    )


def pages(path: Path, *, values: bool) -> Any:
    return load_workbook(path, data_only=values)


@pytest.mark.tool("soffice")
@pytest.mark.parametrize("edition", ["zh", "en"])
def test_libreoffice_counts_every_formula_as_we_did(
    home: Path, chinese: Path, edition: str, soffice_convert: Convert, tmp_path: Path
) -> None:
    path = chinese if edition == "zh" else chinese.with_name(f"{chinese.stem}-en.xlsx")
    again = soffice_convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path)
    formulas, ours, theirs = (
        pages(path, values=False),
        pages(path, values=True),
        pages(again, values=True),
    )
    counted = 0
    for page in formulas.worksheets:
        for row in page.iter_rows():
            for cell in row:
                value = theirs[page.title][cell.coordinate].value
                assert not (isinstance(value, str) and value.startswith("#")), cell
                if cell.data_type == "f":
                    told = ours[page.title][cell.coordinate].value
                    assert value in {told, told or None}, (page.title, cell.coordinate, cell.value)
                    counted += 1
    assert counted > 300


def test_the_same_figures_give_the_same_bytes(home: Path, chinese: Path, world: Any) -> None:
    app = open_app(home)
    figures = figures_of(app, world.months, last_of_all(world), compared=True)
    assert evaluate.written(app, figures) == chinese.read_bytes()


def test_every_figure_leads_to_the_rows_that_add_up_to_it(chinese: Path) -> None:
    book = pages(chinese, values=True)
    sources = book["來源"]
    followed = 0
    for title, page in ((p.title, p) for p in book.worksheets if p.title != "來源"):
        for row in page.iter_rows():
            for cell in row:
                place = cell.hyperlink and _TARGET.fullmatch(cell.hyperlink.location or "")
                if not place or place[1] != "來源" or not isinstance(cell.value, int):
                    continue
                library = page.cell(cell.row, 1).value
                at = int(place[2])
                assert sources.cell(at, 1).value == library, (title, cell.coordinate)
                whole = title in WHOLE and _one_month(page, cell) is None
                assert not whole or _block(sources, at) == cell.value, (title, cell.coordinate)
                followed += 1
    assert followed > 100


def _one_month(page: Any, cell: Any) -> str | None:
    """The month that a figure is of, where its column's heading names one."""
    for row in range(cell.row, 0, -1):
        heading = page.cell(row, cell.column).value
        if isinstance(heading, str):
            return heading if re.fullmatch(r"\d+年\d+月", heading) else None
    return None


def _block(sources: Any, at: int) -> int:
    """What the rows of one library and kind of event add up to."""
    key = (sources.cell(at, 1).value, sources.cell(at, 2).value)
    total = 0
    while (sources.cell(at, 1).value, sources.cell(at, 2).value) == key:
        total += sources.cell(at, 4).value
        at += 1
    return total


def test_every_figure_is_traced_to_as_many_rows_in_files_that_were_kept(
    home: Path, world: Any
) -> None:
    app, today = open_app(home), last_of_all(world)
    document = evaluate.document(app, world.months, today)
    for name, measure in document["measures"].items():
        rows = evaluate.trace(app, world.months, name)
        assert rows["file"].notna().all()
        counts = rows.groupby("library").size().to_dict()
        if name in {*RATES, "cards_used", "copy_pages"}:
            continue  # no counts of rows
        for code, value in measure["by_library"].items():
            assert counts.get(code, 0) == (value or 0), (name, code)
    assert set(COUNTED) | set(RATES) == set(document["measures"])


def test_nothing_that_is_given_away_names_anybody(home: Path, world: Any) -> None:
    readers = {issue.reader for code in world.codes for issue in world.issues[code]}
    words = {w.encode() for r in readers for w in (r.number, r.email, r.name) if w}
    numbers = "|".join(re.escape(code) for code in world.codes)
    cards = re.compile(rf"(?:{numbers})-\d\d(?!\d)".encode())  # a file may be called after a month
    searched = 0
    for name, data in given_away(home / "reports"):
        assert not [word for word in words if word in data], name
        assert not cards.search(data), name
        searched += 1
    assert searched > 100


def given_away(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every part of the evaluation's workbooks, its reports and its tables."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx" and path.name.startswith("evaluation"):
            with zipfile.ZipFile(path) as package:
                for name in package.namelist():
                    yield f"{path.name}/{name}", package.read(name)
        elif path.suffix in {".csv", ".html"}:
            yield path.name, path.read_bytes()
