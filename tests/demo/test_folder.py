"""The demonstration's folder: an earlier one is made anew, anything else is left alone."""

import pytest

from ill_workflows.demo.folder import NOTE, prepare, write_note
from ill_workflows.errors import UsageProblem


def test_a_new_folder_is_made_and_marked(tmp_path):
    prepare(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / NOTE).is_file()


def test_an_empty_folder_is_used(tmp_path):
    prepare(tmp_path)
    assert (tmp_path / NOTE).is_file()


@pytest.mark.parametrize("name", ["notes.txt", "config.toml", ".hidden"])
def test_a_folder_with_something_else_in_it_is_refused_and_stays(tmp_path, name):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageProblem, match="earlier demo"):
        prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageProblem):
        prepare(tmp_path / "x")


def test_a_note_of_somebody_else_is_no_mark(tmp_path):
    (tmp_path / NOTE).write_text("my own demo", encoding="utf-8")
    with pytest.raises(UsageProblem):
        prepare(tmp_path)


def test_only_what_the_program_wrote_is_deleted(tmp_path):
    prepare(tmp_path)
    digest = "ab" * 32
    ours = [
        "config.toml", "state.db", "state.db-wal", f"archive/ab/{digest}.xlsx",
        "returned/R114-000003-usage-HDU-2025-11.xlsx", "reports/evaluation-2025-11-2026-10.xlsx",
        "reports/evaluation-2025-11-2026-10.html",
        "outbox/20251103-overdue-first-a_b@mail.hdu.example-0123abcd.eml",
        "inbox/~$usage-HDU-2025-11.xlsx", "inbox/月報表_虹島示範大學_2025-11.xlsx",
    ]  # fmt: skip
    theirs = [
        "my notes.txt", "outbox/a letter.eml", "reports/minutes.xlsx", "returned/copy.xlsx",
        "archive/ab/old.xlsx", "templates/email/zh-TW/overdue.j2", "site/logo.png",
    ]  # fmt: skip
    for name in (*ours, *theirs):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    prepare(tmp_path)
    assert [name for name in ours if (tmp_path / name).exists()] == []
    assert [name for name in theirs if not (tmp_path / name).exists()] == []


def test_a_workbook_that_waits_in_the_inbox_stops_it(tmp_path):
    prepare(tmp_path)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "mine.xlsx").write_text("x", encoding="utf-8")
    with pytest.raises(UsageProblem, match="inbox"):
        prepare(tmp_path)
    assert (tmp_path / "inbox" / "mine.xlsx").exists()


def test_a_link_to_another_place_is_never_followed(tmp_path):
    demo, elsewhere = tmp_path / "demo", tmp_path / "elsewhere"
    prepare(demo)
    elsewhere.mkdir()
    (elsewhere / "evaluation-2025.xlsx").write_text("mine", encoding="utf-8")
    (demo / "reports").symlink_to(elsewhere)
    with pytest.raises(UsageProblem, match="link"):
        prepare(demo)
    assert (elsewhere / "evaluation-2025.xlsx").exists()


def test_the_note_says_what_is_what_in_both_languages(tmp_path):
    prepare(tmp_path)
    write_note(tmp_path, "2026-11-20", "2025-11", "2026-10")
    text = (tmp_path / NOTE).read_text(encoding="utf-8")
    assert "示範資料，純屬虛構" in text
    assert "invented" in text
    assert "--from 2025-11 --to 2026-10" in text
    prepare(tmp_path)  # and is still the mark of an earlier demo
