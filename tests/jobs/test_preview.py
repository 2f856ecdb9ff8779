"""The preview: every letter that would be written, and nothing else is once it is approved."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from time import sleep
from typing import Any

import openpyxl
import pytest

from ill_workflows.app import App
from ill_workflows.jobs.deliver import deliver
from tests.cli.command import Ran, ill
from tests.jobs.alliance import CASE, READER, TUESDAY, back, clock, found, lent, letters, reminded

TODAY = "2025-10-07"


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = found(tmp_path / "home")
    lent(app, "0000123", "0000124")
    return app


def previewed(app: App, today: str = TODAY) -> Path:
    path = app.home / "preview.xlsx"
    ran = ill("remind", "--preview", str(path), home=app.home, today=today)
    assert ran.code == 0, ran.err
    return path


def approved(app: App, path: Path, today: str = TODAY) -> Ran:
    return ill("remind", "--approved", str(path), home=app.home, today=today)


def table(path: Path, title: str) -> list[dict[str, Any]]:
    rows = openpyxl.load_workbook(path)[title].iter_rows(values_only=True)
    heads = next(rows)
    told = [dict(zip(map(str, heads), row, strict=True)) for row in rows]
    return [row for row in told if sum(value is not None for value in row.values()) > 1]


def texts(path: Path) -> list[str]:
    """The words of each letter in the preview."""
    rows = openpyxl.load_workbook(path)["信的內文"].iter_rows(min_row=2, values_only=True)
    found: list[list[str]] = []
    for number, _, line in rows:
        if number is not None:
            found.append([])
        found[-1].append(str(line or ""))
    return ["\n".join(lines).strip() for lines in found]


def text_of(body: bytes) -> str:
    part = message_from_bytes(body, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).strip()


def test_the_preview_lists_each_letter_with_its_words_and_writes_none(app: App) -> None:
    path = previewed(app)
    assert letters(app) == []
    shown = table(path, "今天的信")
    assert [(row["政策"], row["步驟"], row["件數"]) for row in shown] == [
        ("overdue", "first", 2),
        ("overdue_library", "14", 2),
    ]
    assert READER in shown[0]["收件人"]
    told = table(path, "每一件")
    assert next(row["案件"] for row in told if row["信"] == 1) == CASE
    assert "逾期 15 天" in told[0]["為什麼是今天"]
    words = texts(path)
    assert "0000123" in words[0]
    assert "0000124" in words[0]


def test_what_is_approved_is_exactly_what_is_sent(app: App) -> None:
    path = previewed(app)
    ran = approved(app, path)
    assert ran.code == 0, ran.err
    deliver(app, clock(TUESDAY))
    sent = {
        message["Subject"]: text_of(file.read_bytes())
        for file in (app.home / "outbox").glob("*.eml")
        for message in [message_from_bytes(file.read_bytes(), policy=policy.default)]
    }
    subjects = [row["主旨"] for row in table(path, "今天的信")]
    words = texts(path)
    assert sent == dict(zip(subjects, words, strict=True))


def test_a_row_that_the_host_deletes_is_not_written(app: App) -> None:
    path = previewed(app)
    book = openpyxl.load_workbook(path)
    book["今天的信"].delete_rows(2)
    book.save(path)
    ran = approved(app, path)
    assert (ran.code, [row["policy"] for row in letters(app)]) == (0, ["overdue_library"])
    assert "1 more letters are not in the preview" in ran.err


def test_what_has_changed_since_is_not_written_and_told(app: App) -> None:
    path = previewed(app)
    back(app, "0000123", out=["0000124"])
    ran = approved(app, path)
    assert (ran.code, letters(app)) == (1, [])
    assert "2 letters of the preview are not the same any more" in ran.err
    assert approved(app, previewed(app)).code == 0
    assert [row["policy"] for row in letters(app)] == ["overdue", "overdue_library"]


def test_approved_twice_it_is_written_once(app: App) -> None:
    path = previewed(app)
    approved(app, path)
    assert approved(app, path).code == 1
    assert len(letters(app)) == 2


def test_the_sheets_that_are_asked_for_are_in_the_preview_too(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    config = app.home / "config.toml"
    text = config.read_text(encoding="utf-8").replace("enabled = false", "enabled = true")
    config.write_text(text, encoding="utf-8")
    path = previewed(app)
    shown = {(row["政策"], row["館"]) for row in table(path, "今天的信")}
    assert ("sheet", "HDU") in shown
    sleep(1.1)  # a workbook made in another second is the same workbook
    assert approved(app, path).code == 0
    assert {(row["policy"], row["library"]) for row in letters(app)} == shown


def test_a_list_far_above_the_usual_says_so_and_shows_what_waits_for_the_yes(app: App) -> None:
    reminded(app, "10-01")
    lent(app, *(f"{n:07d}" for n in range(200)))
    other = [{"card": f"HDU-{n:02d}", "item": f"99{n}"} for n in range(1, 49)]
    for row in other:
        lent(app, row["item"], card=row["card"])
    ahead = previewed(app, "2026-10-07")
    note = "\n".join(str(cell.value) for cell in openpyxl.load_workbook(ahead)["今天的信"]["A"])
    assert "日期對嗎" in note
    ran = ill("remind", home=app.home, today="2026-10-07")
    assert ran.code == 1
    waiting = previewed(app, "2026-10-07")
    first, second = (table(path, "今天的信") for path in (ahead, waiting))
    assert [row["核對碼"] for row in first] == [row["核對碼"] for row in second]
    note = "\n".join(str(cell.value) for cell in openpyxl.load_workbook(waiting)["今天的信"]["A"])
    assert "outbox approve 1" in note


@pytest.mark.parametrize("data", [b"", b"no workbook"])
def test_a_file_that_is_no_preview_is_named(app: App, data: bytes) -> None:
    path = app.home / "other.xlsx"
    path.write_bytes(data)
    ran = approved(app, path)
    assert (ran.code, letters(app)) == (2, [])
    assert "other.xlsx" in ran.err
    ran = approved(app, app.home / "none.xlsx")
    assert (ran.code, "none.xlsx" in ran.err) == (1, True)
