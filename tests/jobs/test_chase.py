"""The month's sheets are announced, asked for and missed: the right letters on the right days."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ill_workflows.app import App, open_app
from tests.cli.command import ill
from tests.jobs.sampled import SAMPLES, Letter, letters_in

DUE = date(2025, 10, 7)
"""2025-10-05 is a Sunday, the 6th a holiday: sheets of 2025-09 are due on the 7th."""
FIRST = date(2025, 9, 1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "alliance"
    (folder / "inbox").mkdir(parents=True)
    text = (SAMPLES / "home" / "config.toml").read_text(encoding="utf-8")
    text = text.replace(
        'email = "ill@tmut.example"',
        'emails = { contact = ["ill@tmut.example"], head = ["head@tmut.example"] }',
    )
    text = text.replace("joined = 2025-08-01", "joined = 2025-09-01").replace(
        "from = 2025-08-01, to = 2027-07-31", "from = 2025-09-01, to = 2027-07-31"
    )
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def chased(home: Path, first: date, last: date) -> Iterator[tuple[date, list[Letter]]]:
    """Every day's letters about sheets; each day is run twice."""
    known: set[Path] = set()
    day = first
    while day <= last:
        for _ in range(2):
            assert ill("remind", home=home, today=f"{day}").code == 0
            assert ill("deliver", home=home, today=f"{day}").code == 0
        found = letters_in(home / "outbox", known)
        yield day, [one for one in found if one.header("X-ILL-Policy").startswith("sheet")]
        day += timedelta(days=1)


def september(letters: list[Letter]) -> list[tuple[str, str]]:
    """Step and library of the letters about 2025-09."""
    return sorted(
        (one.header("X-ILL-Step"), one.header("X-ILL-Library"))
        for one in letters
        if any(case.endswith("/2025-09") for case in one.cases)
    )


def send(home: Path, *names: str) -> None:
    for name in names:
        (found,) = [p for p in (SAMPLES / "waves").rglob(name) if "再寄" not in p.name]
        (home / "inbox" / found.name).write_bytes(found.read_bytes())


def test_a_month_with_three_libraries_missing_is_asked_for_on_the_right_days_and_none_twice(
    home: Path,
) -> None:
    told: dict[date, list[tuple[str, str]]] = {}
    lists: dict[date, list[Letter]] = {}
    for day, letters in chased(home, FIRST, DUE + timedelta(days=14)):
        if found := september(letters):
            told[day] = found
        if listed := [one for one in letters if one.header("X-ILL-Policy") == "sheet_list"]:
            lists[day] = listed
        if day == date(2025, 10, 2):
            send(home, "usage-NSUT-2025-09.xlsx", "cards-NSUT-2025-09.xlsx")
            ill("collect", home=home, today=f"{day}")
    everybody = ["HDU", "NSU", "NSUT", "TMUT"]
    three = ["HDU", "NSU", "TMUT"]
    assert told == {
        FIRST: [("first", code) for code in everybody],
        date(2025, 10, 7): [("-3", code) for code in three],
        date(2025, 10, 8): [("1", code) for code in three],
        date(2025, 10, 13): [("5", code) for code in three],
        date(2025, 10, 20): [("10", code) for code in three],
    }
    (day,) = lists
    (letter,) = lists[day]
    assert letter.to == ["ill@nsut.example"]
    assert all(code in letter.words for code in three)


def test_the_head_gets_a_copy_of_the_last_letter_only(home: Path) -> None:
    for _, letters in chased(home, DUE, DUE + timedelta(days=14)):
        for one in letters:
            if one.header("X-ILL-Library") == "TMUT" and one.header("X-ILL-Policy") == "sheet":
                assert ("head@tmut.example" in one.cc) == (one.header("X-ILL-Step") == "10")


def test_the_prefilled_workbooks_are_attached_and_are_of_that_library_and_month(
    home: Path,
) -> None:
    ((_, letters),) = chased(home, FIRST, FIRST)
    letter = next(one for one in letters if one.header("X-ILL-Library") == "HDU")
    books = {a.get_filename(): a.get_content() for a in letter.message.iter_attachments()}
    assert sorted(books) == ["cards-HDU-2025-09.xlsx", "usage-HDU-2025-09.xlsx"]
    for data in books.values():
        cover = load_workbook(io.BytesIO(data))["封面"]
        values = [cell.value for row in cover.iter_rows() for cell in row]
        assert "HDU" in values
        assert "114年09月" in values


def test_a_question_whose_sheet_came_meanwhile_is_withdrawn(home: Path) -> None:
    day = date(2025, 10, 3)
    assert ill("remind", home=home, today=f"{day}").code == 0
    send(home, "usage-NSUT-2025-09.xlsx", "cards-NSUT-2025-09.xlsx")
    ill("collect", home=home, today=f"{day}")
    ill("deliver", home=home, today=f"{day + timedelta(days=4)}")
    rows = ill("outbox", "--json", home=home).json
    mine = [
        row["state"]
        for row in rows
        if row["policy"] == "sheet" and any("/NSUT/" in c and "2025-09" in c for c in row["cases"])
    ]
    assert mine == ["withdrawn"]


def test_a_policy_that_is_switched_off_writes_nothing(home: Path) -> None:
    path = home / "config.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[notices.sheet]\nenabled = false\n")
    ((_, letters),) = chased(home, FIRST, FIRST)
    assert letters == []
    app: App = open_app(home)
    assert not app.policies["sheet"].enabled
