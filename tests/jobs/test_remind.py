"""Writing today's letters: each once, whatever runs twice or at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.jobs.decide import decide
from ill_workflows.jobs.deliver import deliver
from ill_workflows.store import outbox, refusals
from ill_workflows.store.db import writing
from tests.jobs.alliance import (
    CASE,
    ISSUED,
    READER,
    back,
    cards,
    clock,
    found,
    lent,
    letters,
    reminded,
    usage,
)
from tests.ledger.rows import day
from tests.store.kept import LOAN


@pytest.fixture
def app(tmp_path: Path) -> App:
    return found(tmp_path / "home")


def message(app: App, row: dict[str, Any]) -> EmailMessage:
    with app.engine.connect() as connection:
        whole = outbox.one(connection, row["id"])
    assert whole is not None
    read = message_from_bytes(whole["body"], policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_ten_books_that_reach_a_step_are_one_letter(app: App) -> None:
    lent(app, *(f"C{n}" for n in range(10)))
    result = reminded(app)
    assert result.letters == {
        ("overdue", "first"): 1, ("overdue_library", "14"): 1,
        ("discrepancy", "0"): 2,  # ten books on one card are more than five
    }  # fmt: skip
    assert result.notices == 22
    (letter,) = letters(app, policy="overdue")
    assert (letter["to"], letter["cc"], letter["step"]) == (
        [READER], ["ill-hdu@ill.test"], "first",
    )  # fmt: skip
    assert len(letter["cases"]) == 10
    read = message(app, letter)
    assert read.get_all("X-ILL-Case") == letter["cases"]
    assert read["Message-ID"] == letter["message_id"]


def test_run_twice_it_writes_nothing_the_second_time(app: App) -> None:
    lent(app)
    reminded(app)
    before = letters(app)
    again = reminded(app)
    assert (again.letters, again.notices) == ({}, 0)
    assert letters(app) == before


def test_a_hundred_runs_write_the_outbox_of_one(tmp_path: Path) -> None:
    app = crowded(tmp_path / "home")
    reminded(app)
    once = outbox_of(app)
    assert len(once) > 15
    for _ in range(99):
        assert reminded(app).letters == {}
    assert outbox_of(app) == once


def test_nobody_can_guess_the_message_id_of_a_letter_from_what_it_is_about(tmp_path: Path) -> None:
    known = set()
    for name in ("one", "two"):
        app = found(tmp_path / name)
        lent(app)
        reminded(app)
        (letter,) = letters(app, policy="overdue")
        assert open_app(app.home).letter_secret == app.letter_secret
        known.add(letter["message_id"])
    assert len(known) == 2


def test_after_nine_days_without_a_run_the_mild_letter_comes_first(app: App) -> None:
    lent(app)
    told = {}
    for today in ("10-08", "10-09", "10-13", "10-14", "10-20", "10-21", "10-22", "10-23"):
        if today == "10-13":
            back(app, on=today, out=[LOAN["item"]])  # a sheet that says it is still out
        for _ in range(2):
            reminded(app, today)
        told[today] = [row["step"] for row in letters(app, policy="overdue")]
    assert told["10-08"] == told["10-13"] == ["first"]  # sixteen days overdue when one looked
    assert told["10-14"] == told["10-20"] == ["first", "second"]
    assert told["10-21"] == told["10-23"] == ["first", "second", "final"]


def test_on_a_day_on_which_the_host_is_closed_nothing_is_written_and_nothing_lost(
    app: App,
) -> None:
    lent(app)
    assert reminded(app, "10-06").closed  # Mid-Autumn Festival
    assert letters(app) == []
    assert ("overdue", "first") in reminded(app).letters


def test_a_letter_that_cannot_be_written_is_set_aside_and_the_others_go_out(tmp_path: Path) -> None:
    own = tmp_path / "home" / "templates" / "email" / "zh-TW"
    own.mkdir(parents=True)
    (own / "overdue.j2").write_text("{{ phone }}", encoding="utf-8")
    app = found(tmp_path / "home")
    lent(app)
    result = reminded(app)
    assert result.letters == {("overdue_library", "14"): 1}
    (broken,) = result.broken
    assert "phone" in str(broken)
    (own / "overdue.j2").unlink()
    assert reminded(found(tmp_path / "home")).letters == {("overdue", "first"): 1}


def test_a_reader_without_an_address_is_written_to_through_the_home_library(app: App) -> None:
    lent(app)
    cards(app, {**ISSUED, "email": None}, on="10-03")
    reminded(app)
    (letter,) = letters(app, policy="overdue")
    assert (letter["to"], letter["cc"]) == (["ill-hdu@ill.test"], [])
    (page,) = message(app, letter).iter_attachments()
    assert "食品化學" in page.get_content()


@pytest.mark.parametrize("address", ["ILL-nsut@ill.test", "ill-tmut@ill.test", "host@ill.test"])
def test_a_reader_with_another_librarys_address_is_written_to_through_the_home_library(
    app: App, address: str
) -> None:
    lent(app)
    cards(app, {**ISSUED, "email": address}, on="10-03")
    reminded(app)
    (letter,) = letters(app, policy="overdue")
    assert (letter["to"], letter["cc"]) == (["ill-hdu@ill.test"], [])


def test_nobody_writes_to_the_readers_of_a_library_that_is_no_member_any_more(app: App) -> None:
    lent(app)
    reminded(app)
    refuse(app, READER)
    config = app.home / "config.toml"
    text = config.read_text(encoding="utf-8").replace('code = "HDU"', 'code = "HSU"')
    config.write_text(text, encoding="utf-8")
    left = open_app(app.home)
    assert deliver(left, clock("10-07")).broken == []
    assert reminded(left, "10-21").letters == {("still_out", "0"): 1}
    assert [row["state"] for row in letters(left, policy="overdue")] == ["withdrawn"]
    assert letters(left, policy="address_refused") == []


def refuse(app: App, address: str) -> None:
    (letter,) = letters(app, policy="overdue")
    with writing(app.engine) as connection:
        told = {address: "550 5.1.1 nobody"}
        refusals.record(connection, letter["id"], told, frozenset(told), day("10-07"))


def test_an_address_that_was_refused_is_not_used_again_until_it_is_changed(app: App) -> None:
    lent(app)
    reminded(app)
    refuse(app, READER)
    usage(app, LOAN, on="10-13", month="2025-10", interim=True)
    reminded(app, "10-13")
    second = letters(app, policy="overdue", step="second")
    assert [letter["to"] for letter in second] == [["ill-hdu@ill.test"]]
    cards(app, {**ISSUED, "email": "new@ill.test"}, on="10-14")
    reminded(app, "10-20")
    final = letters(app, policy="overdue", step="final")
    assert [letter["to"] for letter in final] == [["new@ill.test"]]


def test_a_told_due_date_stands_over_a_closure_that_was_entered_later(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    lent(app)
    reminded(app)
    closed = '[[closed]]\nfrom = 2025-09-22\nto = 2025-09-30\nreason = "遷館"\n'
    later = found(tmp_path / "home", more=closed)
    (loan,) = decide(later, clock("10-08")).loans
    assert (loan.due_on, loan.key) == (day("9-22"), CASE)
    fresh = found(tmp_path / "other", more=closed)
    lent(fresh)
    (loan,) = decide(fresh, clock("10-08")).loans
    assert loan.due_on == day("10-01")


def test_a_renewed_book_that_came_back_long_ago_is_still_back(app: App) -> None:
    again = {**LOAN, "lent_on": day("9-20"), "returned_on": day("9-25")}
    usage(app, LOAN, again)
    cards(app, ISSUED)
    usage(app, LOAN, month="2026-02", on="2026-03-02")
    assert decide(app, clock("2026-03-03")).loans == []


def test_a_contradiction_reaches_the_home_library_once_however_many_lenders_show_it(
    app: App,
) -> None:
    usage(app, LOAN)
    usage(app, {**LOAN, "item": "T1"}, library="TMUT")
    cards(app, {**ISSUED, "card": "HDU-99"})
    reminded(app)
    told = {letter["to"][0]: letter["cases"] for letter in letters(app, policy="discrepancy")}
    case = "discrepancy/nobody/HDU-07/2025-09-08"
    assert told == {f"ill-{code}@ill.test": [case] for code in ("nsut", "tmut", "hdu")}


def outbox_of(app: App) -> list[tuple[Any, ...]]:
    """What is in it; Message-IDs are each alliance's own."""
    kept = ("policy", "step", "to", "cc", "subject", "cases", "state")
    return sorted(tuple(map(str, (row[name] for name in kept))) for row in letters(app))


def crowded(home: Path, more: str = "") -> App:
    """Twelve readers of two libraries with thirty books of two lenders."""
    app = found(home, more=more)
    loans = [
        {**LOAN, "card": f"{home_code}-{n:02d}", "item": f"C{n}{m}"}
        for home_code in ("HDU", "TMUT")
        for n in range(6)
        for m in range(n % 3 + 1)
    ]
    usage(app, *loans)
    usage(app, *(loan for loan in loans if loan["card"][:3] == "HDU"), library="TMUT")
    for code in ("HDU", "TMUT"):
        issued = ({**ISSUED, "card": f"{code}-{n:02d}", "patron": f"P{n}"} for n in range(5))
        cards(app, *issued, library=code)
    return app


@pytest.mark.parametrize(
    ("processes", "database"),
    [(8, "sqlite"), pytest.param(4, "postgres", marks=pytest.mark.tool("postgres"))],
)
def test_processes_at_once_write_the_outbox_of_one(
    tmp_path: Path, request: pytest.FixtureRequest, processes: int, database: str
) -> None:
    more = ""
    if database == "postgres":
        more = f'[database]\nurl = "{request.getfixturevalue("postgres_url")}"\n'
    alone = crowded(tmp_path / "alone")
    reminded(alone)
    many = crowded(tmp_path / "many", more=more)
    command = [sys.executable, "-m", "ill_workflows", "--home", str(many.home)]
    command += ["--today", "2025-10-07", "remind"]
    running = [
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env={**os.environ, "PYTHONUTF8": "1"},
        )
        for _ in range(processes)
    ]  # fmt: skip
    told = [process.communicate(timeout=240)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * processes, told
    assert len(outbox_of(alone)) > 15
    assert outbox_of(many) == outbox_of(alone)
    assert reminded(many).letters == {}
    many.engine.dispose()
