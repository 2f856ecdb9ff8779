"""``evaluate --language en``: the workbook that comes out is English throughout."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.command import ill
from tests.jobs.alliance import found, usage
from tests.store.kept import LOAN


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An alliance of which one library has sent September's sheet."""
    folder = tmp_path_factory.mktemp("english")
    usage(found(folder), LOAN)
    return folder


def evaluated(home: Path, *more: str) -> Workbook:
    span = ("evaluate", "--from", "2025-09", "--to", "2025-09")
    done = ill(*span, *more, home=home, today="2025-10-20")
    assert done.code == 0
    return load_workbook(done.out.strip())


def test_the_english_workbook_has_english_tabs_names_titles_and_footers(home: Path) -> None:
    book = evaluated(home, "--language", "en")
    assert book.sheetnames[:3] == ["Summary", "Sheets received", "Card use"]
    assert book.sheetnames[-1] == "Definitions"
    assert str(book.properties.title).endswith("– Evaluation, 2025-09")
    assert all(name.isascii() for name in book.defined_names)
    for sheet in book:
        assert sheet.title.isascii()
        assert sheet.oddFooter.center.text == "Page &P of &N"
    received = [cell.value for row in book["Sheets received"] for cell in row]
    assert {"On time", "Missing", "Monthly usage sheet", "Total"} <= set(received)


def test_both_editions_lie_beside_each_other(home: Path) -> None:
    evaluated(home)
    evaluated(home, "--language", "en")
    names = {path.name for path in (home / "reports").glob("*.xlsx")}
    assert names == {"evaluation-2025-09-2025-09.xlsx", "evaluation-2025-09-2025-09-en.xlsx"}
