"""Bad input gets one clear sentence and the right exit code; nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import Ran, ill
from tests.jobs.sampled import SAMPLES


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "alliance"
    folder.mkdir()
    (folder / "config.toml").write_bytes((SAMPLES / "home" / "config.toml").read_bytes())
    return folder


def one_sentence(ran: Ran, code: int, *words: str) -> None:
    assert ran.code == code, ran
    assert ran.err.count("✗") == 1
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def test_a_configuration_with_five_mistakes_names_all_five_and_exits_2(home: Path) -> None:
    text = (home / "config.toml").read_text(encoding="utf-8")
    for right, wrong in (
        ('host = "NSUT"', 'host = "NSUX"'), ("days = 14", "dayz = 14"), ("items = 5", "items = 0"),
        ('transport = "folder"', 'transport = "pigeon"'),
        ('email = "ill@hdu.example"', 'email = "x"'),
    ):  # fmt: skip
        text = text.replace(right, wrong)
    (home / "config.toml").write_text(text, encoding="utf-8")
    ran = ill("status", home=home)
    one_sentence(
        ran, 2, "alliance.host", "rules.dayz", "rules.items", "mail.transport", "libraries.2.email"
    )
    assert "5 to mend" in ran.err
    assert ran.out == ""


def test_an_empty_inbox_is_said_and_is_no_failure(home: Path) -> None:
    ran = ill("collect", home=home)
    assert (ran.code, ran.out) == (0, "")
    assert "Nothing waits in the inbox" in ran.err


def test_a_missing_folder_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    one_sentence(ill("status", home=tmp_path / "gone"), 2, "there is no folder", "--home", "init")
    one_sentence(ill("status", home=tmp_path), 2, "config.toml", "--home", "init")


def test_an_unreadable_file_is_told_stays_and_the_others_are_taken_in(home: Path) -> None:
    (home / "inbox").mkdir()
    good = next((SAMPLES / "waves" / "2025-10-02").glob("cards-NSUT*"))
    (home / "inbox" / good.name).write_bytes(good.read_bytes())
    (home / "inbox" / "b.xlsx").symlink_to(home / "inbox" / "b.xlsx")  # a link to itself
    unreadable = home / "inbox" / "c.xlsx"
    unreadable.mkdir()
    ran = ill("collect", home=home, today="2025-10-02")
    assert "accepted" in ran.out
    assert "Traceback" not in ran.err
    assert unreadable.exists()


def test_a_named_file_that_is_not_there_is_named(home: Path) -> None:
    one_sentence(ill("collect", "gone.xlsx", home=home), 2, "gone.xlsx")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (("status", "--month", "2025-99"), "2025-99"),
        (("templates", "--form", "usages"), "usages"),
        (("templates", "--library", "TMTU"), "TMUT"),
        (("evaluate", "--from", "2025-10", "--to", "2025-09"), "after"),
        (("figures", "--from", "2025-09", "--to", "2025-09", "--trace", "loan_lent"), "loans_lent"),
        (("outbox", "show", "7"), "7"),
        (("outbox", "burn", "7"), "retry"),
    ],
)
def test_what_cannot_be_carried_out_is_said(home: Path, line: tuple[str, ...], word: str) -> None:
    one_sentence(ill(*line, home=home, today="2025-10-02"), 2, word)


def test_a_day_that_is_none_is_said(home: Path) -> None:
    one_sentence(ill("status", home=home, today="2025-13-01"), 2, "--today 2026-10-15")


def test_a_file_that_is_no_database_is_one_sentence(home: Path) -> None:
    (home / "state.db").write_text("not a database" * 100)
    one_sentence(ill("status", home=home), 1, "state.db")


def test_an_inbox_that_is_a_file_is_one_sentence(home: Path) -> None:
    (home / "inbox").write_text("")
    one_sentence(ill("collect", home=home), 1, "inbox")


def test_a_bug_is_one_sentence_and_its_place_is_shown_on_demand(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("ill_workflows.jobs.board.board", broken)
    one_sentence(ill("status", home=home), 1, "ZeroDivisionError", "ILL_DEBUG=1")
    monkeypatch.setenv("ILL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        ill("status", home=home)


def test_words_go_to_stderr_and_colours_only_to_a_terminal(home: Path) -> None:
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "ill_workflows", "--home", home, "collect"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
        env=environment, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")
    assert "\x1b" not in done.stderr
    assert "inbox" in done.stderr


def test_help_does_not_load_the_heavy_libraries() -> None:
    code = (
        "import sys; sys.argv = ['x', '--help']\n"
        "from ill_workflows.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'pandas', 'sqlalchemy', 'openpyxl', 'xlsxwriter', 'jinja2', 'pydantic'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
