"""Closing a month: figures stay, what comes later is written down, opening again is too."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation.counting.tables import COUNTS
from ill_workflows.jobs import closing, evaluate, restate
from ill_workflows.jobs.figures import figures_of
from ill_workflows.store import closings as store
from ill_workflows.store.tables_host import closed_figures
from tests.cli.command import ill
from tests.jobs.alliance import cards, clock, found, usage
from tests.ledger.rows import day
from tests.store.kept import ISSUE, LOAN

SEPTEMBER, TODAY = "2025-09", "11-03"
BACK = {**LOAN, "returned_on": day("9-12")}


@pytest.fixture
def app(tmp_path: Path) -> App:
    """NSUT has lent two books in September, TMUT none, HDU has not reported yet."""
    app = found(tmp_path)
    usage(app, LOAN, {**LOAN, "item": "B2"})
    usage(app, library="TMUT")
    cards(app, ISSUE)
    return app


def lent(app: App, *months: str, today: str = TODAY) -> Any:
    document = evaluate.document(app, months or [SEPTEMBER], day(today))
    return document["measures"]["loans_lent"]


def told(app: App) -> list[dict[str, Any]]:
    """The restatements, as ``closings --json`` tells them."""
    return [line for one in closing.history(app) for line in one["restatements"]]


def close(app: App, month: str = SEPTEMBER, today: str = TODAY) -> closing.Closed:
    (done,) = closing.close(app, [month], clock(today))
    return done


def test_a_later_sheet_leaves_a_closed_month_and_is_written_down_once(app: App) -> None:
    done = close(app)
    assert ("HDU", "usage") in done.missing
    assert lent(app)["by_library"] == {"NSUT": 2, "HDU": None, "TMUT": 0}
    usage(app, LOAN, {**LOAN, "item": "B2"}, {**LOAN, "item": "B3"}, on="11-04")
    assert restate.restate(app, clock("11-04")) == 1
    assert restate.restate(app, clock("11-05")) == 0
    assert lent(app)["by_library"] == {"NSUT": 2, "HDU": None, "TMUT": 0}
    (line,) = told(app)
    assert (line["library"], line["noticed_on"]) == ("NSUT", "2025-11-04")
    assert len(line["receipts"]) == 1
    changed = {(c["measure"], c["library"]): (c["old"], c["new"]) for c in line["changes"]}
    assert changed["loans_lent", "NSUT"] == (2, 3)
    assert changed["loans_borrowed", "HDU"] == (2, 3)
    assert changed["requests_received", "NSUT"] == (2, 3)
    assert {library for _, library in changed} == {"NSUT", "HDU"}


def test_opened_and_closed_again_a_month_takes_the_later_sheet_up(app: App) -> None:
    first = close(app)
    usage(app, LOAN, on="11-04")
    restate.restate(app, clock("11-04"))
    with pytest.raises(UsageProblem, match="--why"):
        closing.reopen(app, SEPTEMBER, " ", clock("11-05"))
    closing.reopen(app, SEPTEMBER, "南星補正", clock("11-05"))
    assert lent(app)["total"] == 1  # counted anew, as for any open month
    second = close(app, today="11-06")
    assert (second.already, second.digest == first.digest) == (False, False)
    assert lent(app)["total"] == 1
    (line,) = figures_of(app, [SEPTEMBER], day("11-06")).restatements
    assert (str(line.noticed_on), str(line.adopted_on)) == ("2025-11-04", "2025-11-06")
    opened, now = closing.history(app)
    assert (opened["reopened_on"], opened["why"]) == ("2025-11-05", "南星補正")
    assert (now["reopened_on"], now["restatements"]) == (None, [])


def test_a_sheet_that_takes_its_correction_back_is_told_as_well(app: App) -> None:
    close(app)
    usage(app, LOAN, on="11-04")
    restate.restate(app, clock("11-04"))
    usage(app, LOAN, {**LOAN, "item": "B2"}, on="11-05")
    assert restate.restate(app, clock("11-05")) == 1
    assert [bool(line["changes"]) for line in told(app)] == [True, False]


def test_a_first_sheet_that_comes_after_the_closing_stays_missing(app: App) -> None:
    close(app)
    usage(app, {**LOAN, "card": "NSUT-03", "item": "H1"}, library="HDU", on="11-04")
    restate.restate(app, clock("11-04"))
    assert lent(app)["by_library"]["HDU"] is None
    (line,) = told(app)
    changed = {(c["measure"], c["library"]): (c["old"], c["new"]) for c in line["changes"]}
    assert changed["loans_lent", "HDU"] == (None, 1)
    assert changed["fill_rate", "HDU"] == (None, 100.0)
    assert changed["copies_supplied", "HDU"] == (None, 0)


def test_what_happens_in_the_next_month_restates_nothing(app: App) -> None:
    """Carried over, given back, fallen overdue: events of October, not corrections of September."""
    close(app)
    later = {**LOAN, "item": "C1", "lent_on": day("10-06"), "due_on": day("10-20")}
    usage(app, {**LOAN, "returned_on": day("10-13")}, later, month="2025-10", on="11-04")
    cards(app, {**ISSUE, "returned_on": day("10-14")}, month="2025-10", on="11-04")
    assert restate.restate(app, clock("11-04")) == 0
    assert lent(app, SEPTEMBER, "2025-10")["by_month"] == {SEPTEMBER: 2, "2025-10": 1}


def test_a_closed_month_reads_the_same_as_when_it_was_counted(app: App) -> None:
    counted = figures_of(app, [SEPTEMBER], day(TODAY))
    before = evaluate.written(app, counted)
    close(app)
    kept = figures_of(app, [SEPTEMBER], day(TODAY))
    for name in COUNTS:
        pd.testing.assert_frame_equal(
            counted.tables[name], kept.tables[name], check_like=False, obj=name
        )
    assert len(kept.closings) == 1
    assert evaluate.written(app, kept) != before  # it says that it is closed


def test_the_rows_behind_a_closed_figure_are_those_that_were_counted(app: App) -> None:
    close(app)
    before = evaluate.trace(app, [SEPTEMBER], "loans_lent", "NSUT")
    usage(app, LOAN, on="11-04")
    after = evaluate.trace(app, [SEPTEMBER], "loans_lent", "NSUT")
    assert len(after) == 2
    pd.testing.assert_frame_equal(before, after)
    closing.reopen(app, SEPTEMBER, "補正", clock("11-05"))
    assert len(evaluate.trace(app, [SEPTEMBER], "loans_lent", "NSUT")) == 1
    with pytest.raises(UsageProblem, match="NSUT"):
        evaluate.trace(app, [SEPTEMBER], "loans_lent", "NSUTT")


def test_a_month_that_is_not_over_or_unknown_is_not_closed(app: App) -> None:
    with pytest.raises(UsageProblem, match="還沒過完"):
        closing.close(app, [SEPTEMBER, "2025-11"], clock(TODAY))
    with pytest.raises(UsageProblem, match="沒有任何收件"):
        close(app, "2025-06")
    with pytest.raises(UsageProblem, match="沒有結算"):
        closing.reopen(app, SEPTEMBER, "補正", clock(TODAY))
    with app.engine.connect() as connection:
        assert store.every(connection) == []


def test_closed_twice_it_stays_as_it_was(app: App) -> None:
    first = close(app)
    usage(app, LOAN, on="11-04")
    again = close(app, today="11-05")
    assert again == closing.Closed(SEPTEMBER, first.digest, already=True)


def test_no_reader_is_in_what_is_kept_of_a_month(app: App) -> None:
    close(app)
    with app.engine.connect() as connection:
        rows = [str(row) for row in connection.execute(select(closed_figures.c.rows)).scalars()]
    for word in (ISSUE["patron"], ISSUE["name"], LOAN["title"], LOAN["item"]):
        assert not [row for row in rows if word in row]


def test_the_workbook_names_the_restatement_and_the_tables_go_out_as_csv(app: App) -> None:
    close(app)
    usage(app, LOAN, on="11-04")
    restate.restate(app, clock("11-04"))
    where = ["--home", str(app.home), "--today", "2025-11-05"]
    out, data = app.home / "out.xlsx", app.home / "data"
    span = ["--from", SEPTEMBER, "--to", SEPTEMBER]
    assert ill(*where, "evaluate", *span, "--out", str(out), "--data", str(data)).code == 0
    page = load_workbook(out)["資料品質"]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    at = next(n for n, row in enumerate(cells) if row[0] == "結算月份的更正")
    assert cells[at + 2][:3] == ["114年09月", "南星示範科技大學", "NSUT"]
    assert "貸出件數 NSUT 2→1" in cells[at + 2][7]
    with (data / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(r["measure"], r["library"], r["month"]): r["value"] for r in csv.DictReader(file)}
    assert rows["loans_lent", "NSUT", SEPTEMBER] == "2"
    assert rows["loans_lent", "HDU", SEPTEMBER] == ""
    assert {path.stem for path in data.iterdir()} >= {*COUNTS, "libraries", "restatements"}
    assert "HDU-07" not in "".join(p.read_text(encoding="utf-8-sig") for p in data.iterdir())


def test_commands_close_open_and_tell(app: App) -> None:
    where = ["--home", str(app.home), "--today", "2025-11-05"]
    assert "已結算" in ill(*where, "close", SEPTEMBER).out
    assert "先前已結算" in ill(*where, "close", "114年9月").out
    assert ill(*where, "reopen", SEPTEMBER).code == 2
    assert "重新開啟" in ill(*where, "reopen", SEPTEMBER, "--why", "補正").out
    assert "補正" in ill(*where, "closings").out
