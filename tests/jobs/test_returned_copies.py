"""The returned copy of ten differently broken workbooks, and of one that LibreOffice saved."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.config import load
from ill_workflows.forms import FORMS
from ill_workflows.forms.check import check
from ill_workflows.forms.form import Checked
from ill_workflows.forms.known import Known
from ill_workflows.xlsx.read import read_book
from ill_workflows.xlsx.returned import returned_copy
from tests.conftest import Convert
from tests.jobs.broken import Broken, ten, usage
from tests.jobs.sampled import SAMPLES
from tests.xlsx.sound import cells_of, changed, check_sound, coloured, notes, opened

XLSX = "xlsx:Calc MS Excel 2007 XML"
MAY_CHANGE = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml"
    r"|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?|xl/comments\d*\.xml|xl/drawings/vmlDrawing\d+\.vml"
)
TEN = ten()


@pytest.fixture(scope="module", params=TEN, ids=[one.name for one in TEN])
def broken(request: pytest.FixtureRequest) -> Broken:
    return request.param


def checked(data: bytes, received: date) -> Checked:
    members = load(SAMPLES / "home").members
    return check(read_book(data, "a.xlsx"), Known(members, received, date(2025, 8, 1)), FORMS)


def wrong_cells(done: Checked) -> set[tuple[str, str]]:
    return {(f.sheet, f.cell) for f in done.findings if f.severity == "error"}


def copy_of(data: bytes, received: date) -> bytes:
    done = checked(data, received)
    assert done.form is not None
    return returned_copy(data, done.form, done.findings)


def marked(data: bytes) -> set[tuple[str, str]]:
    book = opened(data)
    sheets = [sheet for sheet in book if sheet.title != "檢查結果"]
    coloured_cells = {(s.title, cell) for s in sheets for cell in coloured(s)}
    noted = {
        (s.title, cell)
        for s in sheets
        for cell, words in notes(s).items()
        if "ill-workflows" in words
    }
    assert coloured_cells == noted
    return coloured_cells


def mended(data: bytes, values: Any) -> bytes:
    book = opened(data)
    for sheet, cell, value in values:
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_exactly_the_wrong_cells_are_marked_and_every_other_part_stays(broken: Broken) -> None:
    assert wrong_cells(checked(broken.data, broken.received)) == broken.wrong
    copy = copy_of(broken.data, broken.received)
    check_sound(copy)
    assert marked(copy) == broken.wrong
    assert cells_of(copy) == cells_of(broken.data)
    touched = changed(broken.data, copy)
    assert all(MAY_CHANGE.fullmatch(name) for name in touched), touched


def test_the_first_sheet_links_each_finding_to_its_cell(broken: Broken) -> None:
    sheet = opened(copy_of(broken.data, broken.received)).worksheets[0]
    links = {c.hyperlink.location for row in sheet.iter_rows() for c in row if c.hyperlink}
    assert links == {f"'{title}'!{cell}" for title, cell in broken.wrong}


def test_mended_in_place_it_is_accepted(broken: Broken) -> None:
    back = mended(copy_of(broken.data, broken.received), broken.mend)
    done = checked(back, broken.received)
    assert wrong_cells(done) == set()
    assert not [f for f in done.findings if f.sheet == "檢查結果"]


def test_broken_again_it_carries_only_todays_marks(broken: Broken) -> None:
    first = copy_of(broken.data, broken.received)
    still = min(broken.wrong)
    again = mended(first, [m for m in broken.mend if m[:2] != still])
    second = copy_of(again, broken.received)
    assert marked(second) == {still}
    assert [s.title for s in opened(second)].count("檢查結果") == 1


@pytest.mark.tool("soffice", "pdftoppm")
def test_libreoffice_opens_the_copy_and_draws_it(
    broken: Broken, soffice_convert: Convert, tmp_path: Path
) -> None:
    path = tmp_path / "copy.xlsx"
    path.write_bytes(copy_of(broken.data, broken.received))
    (tmp_path / "out").mkdir()
    saved = soffice_convert(path, XLSX, tmp_path / "out").read_bytes()
    book = opened(saved)
    assert book.sheetnames[0] == "檢查結果"
    for title, cell in broken.wrong:
        assert "ill-workflows" in notes(book[title])[cell]
    assert wrong_cells(checked(saved, broken.received)) == broken.wrong
    assert soffice_convert(path, "pdf", tmp_path / "out").stat().st_size > 5_000


@pytest.mark.tool("soffice")
def test_a_workbook_that_libreoffice_saved_comes_back_marked_and_mended_is_accepted(
    soffice_convert: Convert, tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_bytes(usage())
    (tmp_path / "out").mkdir()
    data = soffice_convert(tmp_path / "a.xlsx", XLSX, tmp_path / "out").read_bytes()
    received, wrong = date(2025, 10, 2), {("借出紀錄", "G3"), ("借出紀錄", "B4")}
    copy = copy_of(data, received)
    check_sound(copy)
    assert marked(copy) == wrong
    assert all(MAY_CHANGE.fullmatch(name) for name in changed(data, copy))
    path = tmp_path / "mended.xlsx"
    path.write_bytes(mended(copy, [("借出紀錄", "G3", "114.9.30")]))
    saved = soffice_convert(path, XLSX, tmp_path / "out").read_bytes()
    assert marked(copy_of(saved, received)) == {("借出紀錄", "B4")}
    whole = mended(saved, [("借出紀錄", "B4", "C450009")])
    assert wrong_cells(checked(whole, received)) == set()
