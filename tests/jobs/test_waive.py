"""The host takes in what was returned: named errors, a reason, told and remembered."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.errors import UsageProblem
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.jobs.waive import Wanted, listing, waive
from ill_workflows.store import outbox, standing
from ill_workflows.store import submissions as store
from tests.cli.command import Ran, ill
from tests.jobs.alliance import clock, found, letters, reminded
from tests.jobs.broken import usage

NOW = clock("10-07")
DAY, ITEM = "借出紀錄!G3", "借出紀錄!B4"
"""A day that does not exist; a loan without an item."""
ALL = Wanted(everything=True)
BOOK = usage()
"""The same bytes each time: a workbook tells the second in which it was made."""
REASON = "登錄號貼紙脫落，已電話求證"


@pytest.fixture
def app(tmp_path: Path) -> App:
    made = found(tmp_path / "home")
    assert taken(made, BOOK).state == "returned"
    return made


def taken(app: App, data: bytes) -> Outcome:
    (app.folder("inbox") / "usage.xlsx").write_bytes(data)
    (outcome,) = collect(app, Inbox(app.folder("inbox")), NOW)
    return outcome


def rows(app: App) -> list[int]:
    with app.engine.connect() as connection:
        return sorted(standing.sheet_rows(connection, "usage_loans")["row"])


def last_letter(app: App, kind: str = "plain") -> str:
    with app.engine.connect() as connection:
        row = outbox.one(connection, letters(app)[-1]["id"])
    assert row is not None
    body = message_from_bytes(row["body"], policy=policy.default).get_body((kind,))  # type: ignore[attr-defined]
    return "".join(str(body.get_content()).split("\n"))


def test_what_is_waived_counts_but_for_rows_that_nothing_tells_apart(app: App) -> None:
    outcome = waive(app, "R114-000001", Wanted(cells=(DAY, ITEM)), f"  {REASON}\n", NOW)
    assert (outcome.state, outcome.receipt, outcome.errors) == ("accepted", "R114-000002", 0)
    assert rows(app) == [2, 5, 6]  # row 4 has no item, and row 3 no day: keys of a loan
    (row,) = listing(app)
    assert {f"{w['sheet']}!{w['cell']}" for w in row["waived"]} == {DAY, ITEM}
    assert (row["receipt"], row["returned"]) == ("R114-000002", "R114-000001")
    assert (row["because"], row["library"], row["counts"]) == (REASON, "HDU", True)
    assert row["waived_on"] == NOW.today
    with app.engine.connect() as connection:
        told = store.told_of(connection, 2)
    left_out = [f for f in told if f.code == "row_left_out"]
    assert [(f.facts["row"], f.facts["keys"]) for f in left_out] == [
        ("3", "借出日"),
        ("4", "登錄號"),
    ]
    assert {f.severity for f in told if f.code in {"missing", "date_impossible"}} >= {"waived"}


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_library_is_told_what_was_waived_and_why(app: App, kind: str) -> None:
    waive(app, "1", ALL, REASON, NOW)
    said = last_letter(app, kind)
    assert f"承辦館已同意照收：{REASON}" in said
    assert "承辦館已同意照收的 2 處" in said
    assert "第 4 列沒有可用的登錄號" in said
    assert letters(app)[-1]["to"] == ["ill-hdu@ill.test"]


def test_a_library_that_reads_english_is_told_in_english(tmp_path: Path) -> None:
    made = found(tmp_path / "en")
    config = made.home / "config.toml"
    text = config.read_text(encoding="utf-8").replace(
        'code = "HDU"', 'code = "HDU"\nlanguage = "en"'
    )
    config.write_text(text, encoding="utf-8")

    english = open_app(made.home)
    taken(english, BOOK)
    waive(english, "1", ALL, "checked by telephone", NOW)
    said = last_letter(english)
    assert "The host library accepts it as it is: checked by telephone" in said
    assert "Row 4 has no usable" in said


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(cells=(DAY,)), "還有 1 處未列入：借出紀錄!B4（missing）"),
        (Wanted(codes=("missing",)), "借出紀錄!G3（date_impossible）"),
        (Wanted(cells=("借出紀錄!B9",)), "沒有「借出紀錄!B9」這一處錯誤"),
        (Wanted(codes=("mising",), cells=(DAY, ITEM)), "沒有「mising」"),
    ],
)  # fmt: skip
def test_errors_left_over_and_names_that_fit_none_are_told(
    app: App, wanted: Wanted, says: str
) -> None:
    with pytest.raises(UsageProblem, match=r"[a-z]") as raised:
        waive(app, "R114-000001", wanted, REASON, NOW)
    assert says in str(raised.value)
    assert rows(app) == []
    assert listing(app) == []


def test_places_may_be_written_as_excel_writes_them(app: App) -> None:
    wanted = Wanted(cells=("借出紀錄！$g$3",), codes=("missing",))
    assert waive(app, "r114-000001", wanted, REASON, NOW).state == "accepted"


def test_a_waiver_is_given_once_and_for_these_bytes(app: App) -> None:
    waive(app, "1", ALL, REASON, NOW)
    with pytest.raises(UsageProblem, match="R114-000002"):
        waive(app, "1", ALL, REASON, NOW)
    assert taken(app, BOOK).state == "known"
    other = usage(more=lambda _book, sheet: sheet.write(20, 20, "x"))
    assert taken(app, other).state == "returned"
    assert len(listing(app)) == 1
    assert rows(app) == [2, 5, 6]


def test_what_was_not_returned_is_not_waived(app: App) -> None:
    for name in ("R114-000009", "7", "", "R114"):
        with pytest.raises(UsageProblem, match="status"):
            waive(app, name, ALL, REASON, NOW)
    with pytest.raises(UsageProblem, match="because"):
        waive(app, "1", ALL, "  ", NOW)


def test_an_older_version_does_not_push_a_newer_one_out(app: App) -> None:
    waive(app, "1", ALL, REASON, NOW)
    second = usage(more=lambda _book, sheet: sheet.write(20, 20, "x"))
    assert taken(app, second).receipt == "R114-000003"
    third = usage(more=lambda _book, sheet: sheet.write(20, 20, "y"))
    assert taken(app, third).receipt == "R114-000004"
    waive(app, "R114-000004", ALL, REASON, NOW)
    with pytest.raises(UsageProblem, match="R114-000005"):
        waive(app, "R114-000003", ALL, REASON, NOW)
    assert [row["counts"] for row in listing(app)] == [False, True]


def test_reminders_and_figures_go_on_with_what_was_waived(app: App) -> None:
    waive(app, "1", ALL, REASON, NOW)
    reminded(app)
    span = ("--from", "2025-09", "--to", "2025-09")
    done = ill("evaluate", *span, home=app.home, today="2025-10-20")
    assert done.code == 0, done.err


def test_the_host_waives_and_lists_at_the_command_line(app: App) -> None:
    def run(*named: str) -> Ran:
        said = ("waive", "R114-000001", "--because", REASON, *named)
        return ill(*said, home=app.home, today="2025-10-07")

    assert "--all" in run().err
    assert run("--cell", DAY).code == 2
    done = run("--cell", DAY, "--code", "missing")
    assert done.code == 0, done.err
    assert "R114-000002" in done.out
    shown = ill("waivers", home=app.home)
    assert REASON in shown.out
    assert DAY in shown.out
    (row,) = ill("waivers", "--json", home=app.home).json
    assert (row["because"], row["month"]) == (REASON, "2025-09")
