"""Closing while others write: one closing stands, every correction is told once, none is lost."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from ill_workflows.app import App, open_app
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation.meeting.report import meeting_of
from ill_workflows.jobs import backup, closing, evaluate, restate
from ill_workflows.jobs.figures import figures_of
from ill_workflows.store import closings as store
from ill_workflows.store.db import writing
from ill_workflows.store.tables_host import closed_figures
from tests.cli.command import ill
from tests.jobs.alliance import cards, clock, found, usage
from tests.ledger.rows import day
from tests.store.kept import ISSUE, LOAN

SEPTEMBER = "2025-09"
SECOND = {**LOAN, "item": "B2"}
OTHERS = {**LOAN, "card": "HDU-08", "item": "T1"}


@pytest.fixture
def app(tmp_path: Path) -> App:
    """NSUT has lent two books to HDU in September, TMUT none; HDU has not reported."""
    app = found(tmp_path)
    usage(app, LOAN, SECOND)
    usage(app, library="TMUT")
    cards(app, ISSUE)
    return app


def close(app: App, today: str = "11-03") -> closing.Closed:
    (done,) = closing.close(app, [SEPTEMBER], clock(today))
    return done


def changed(app: App) -> list[tuple[str, str, dict[tuple[str, str], tuple[Any, Any]]]]:
    """The lines that ``closings --json`` tells: library, day, what changes."""
    return [
        (
            line["library"],
            line["noticed_on"][5:],
            {(c["measure"], c["library"]): (c["old"], c["new"]) for c in line["changes"]},
        )
        for one in closing.history(app)
        for line in one["restatements"]
    ]


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, done: Callable[[], object]
) -> None:
    """The first time that this is called, somebody else does something right after it."""
    real, left = getattr(module, name), [done]

    def called(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        while left:
            left.pop()()
        return answer

    monkeypatch.setattr(module, name, called)


def test_of_two_who_close_at_once_one_closing_stands(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    won: list[closing.Closed] = []
    meanwhile(monkeypatch, closing, "all_facts", lambda: won.append(close(app)))
    lost = close(app)
    assert (won[0].already, lost.already) == (False, True)
    assert lost.digest == won[0].digest
    assert len(closing.history(app)) == 1


def test_a_sheet_that_comes_while_a_month_is_closed_again_is_told(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the new figures; that they were others before stays written down."""
    close(app)
    closing.reopen(app, SEPTEMBER, "補正", clock("11-04"))
    meanwhile(monkeypatch, closing, "restate", lambda: usage(app, LOAN, on="11-05"))
    close(app, "11-05")
    ((library, noticed, told),) = changed(app)
    assert (library, noticed, told["loans_lent", "NSUT"]) == ("NSUT", "11-05", (2, 1))


def test_what_comes_while_a_month_is_open_again_is_told_of_its_first_closing(app: App) -> None:
    close(app)
    closing.reopen(app, SEPTEMBER, "補正", clock("11-04"))
    usage(app, LOAN, SECOND, {**LOAN, "item": "B3"}, on="11-05")
    assert restate.restate(app, clock("11-05")) == 1
    close(app, "11-06")
    first, again = closing.history(app)
    assert (len(first["restatements"]), again["restatements"]) == (1, [])
    (line,) = figures_of(app, [SEPTEMBER], day("11-06")).restatements
    assert (line.waiting, str(line.adopted_on)) == (False, "2025-11-06")


def test_of_two_who_look_at_once_the_one_who_knows_less_writes_nothing(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(app)
    usage(app, LOAN, on="11-04")

    def further() -> None:
        usage(app, LOAN, SECOND, {**LOAN, "item": "B3"}, on="11-04")
        restate.restate(app, clock("11-04"))

    meanwhile(monkeypatch, restate, "_differences", further)
    assert restate.restate(app, clock("11-04")) == 0
    ((_, _, told),) = changed(app)
    assert told["loans_lent", "NSUT"] == (2, 3)
    with app.engine.connect() as connection:
        (row,) = store.standing(connection)
        assert row["looked"] == store.last_submission(connection)


def test_what_two_libraries_tell_of_a_third_is_told_of_each_once(app: App) -> None:
    """What one sends moves no line of the other, and the lines together make the sum."""
    close(app)
    usage(app, LOAN, SECOND, {**LOAN, "item": "B3"}, on="11-04")
    assert restate.restate(app, clock("11-04")) == 1
    usage(app, OTHERS, {**OTHERS, "item": "T2"}, on="11-05", library="TMUT")
    assert restate.restate(app, clock("11-05")) == 1
    one, other = changed(app)
    assert (one[0], one[2]["loans_borrowed", "HDU"]) == ("NSUT", (2, 3))
    assert (other[0], other[2]["loans_borrowed", "HDU"]) == ("TMUT", (2, 4))


def test_two_corrections_that_cancel_each_other_are_both_told(app: App) -> None:
    close(app)
    usage(app, LOAN, on="11-04")
    usage(app, OTHERS, on="11-04", library="TMUT")
    assert restate.restate(app, clock("11-04")) == 2
    borrowed = {library: told["loans_borrowed", "HDU"] for library, _, told in changed(app)}
    assert borrowed == {"NSUT": (2, 1), "TMUT": (2, 3)}


def test_a_correction_that_was_taken_back_waits_for_nobody(app: App) -> None:
    close(app)
    usage(app, LOAN, on="11-04")
    restate.restate(app, clock("11-04"))
    figures = figures_of(app, [SEPTEMBER], day("11-04"))
    assert [one.waiting for one in figures.restatements] == [True]
    assert len(meeting_of(figures).restated) == 1
    usage(app, LOAN, SECOND, on="11-05")
    restate.restate(app, clock("11-05"))
    figures = figures_of(app, [SEPTEMBER], day("11-05"))
    assert [one.waiting for one in figures.restatements] == [False, False]
    assert meeting_of(figures).restated == ()


def test_a_correction_corrected_again_waits_once(app: App) -> None:
    close(app)
    for on, *rows in (("11-04", LOAN), ("11-05", LOAN, SECOND, {**LOAN, "item": "B3"})):
        usage(app, *rows, on=on)
        restate.restate(app, clock(on))
    figures = figures_of(app, [SEPTEMBER], day("11-05"))
    assert [one.waiting for one in figures.restatements] == [False, True]
    closing.reopen(app, SEPTEMBER, "補正", clock("11-06"))
    figures = figures_of(app, [SEPTEMBER], day("11-06"))
    assert [one.waiting for one in figures.restatements] == [False, False]


TMUT = '[[libraries]]\ncode = "TMUT"\nname = "台墨示範科技大學"\nemail = "ill-tmut@ill.test"\n'


def changed_config(app: App, old: str, new: str) -> App:
    path = app.home / "config.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return open_app(app.home)


def totals(app: App) -> dict[str, Any]:
    document = evaluate.document(app, [SEPTEMBER], day("11-05"))
    return {name: one["total"] for name, one in document["measures"].items()}


def test_rules_that_change_later_do_not_change_the_rows_that_are_named(app: App) -> None:
    """Rows behind a figure are as many as the figure, and another version's rows are not named."""
    usage(app, {**LOAN, "lent_on": day("9-01")}, SECOND, {**LOAN, "item": "B3", "card": "NSUT-01"})
    close(app)
    usage(app, LOAN, on="11-04")
    app = changed_config(app, "[mail]", "[rules]\ndays = 40\n\n[mail]")
    for name in ("loans_lent", "loans_borrowed", "overdue_loans", "cards_issued"):
        rows = evaluate.trace(app, [SEPTEMBER], name)
        assert len(rows) == totals(app)[name] > 0
    rows = evaluate.trace(app, [SEPTEMBER], "loans_borrowed", "NSUT")
    assert rows[["library", "row"]].to_numpy().tolist() == [["NSUT", 7]]


def test_a_library_that_left_before_a_closed_month_was_in_it_all_the_same(app: App) -> None:
    usage(app, OTHERS, library="TMUT")
    close(app)
    before = totals(app)
    app = changed_config(app, TMUT, f"{TMUT}left = 2025-08-20\n")
    assert totals(app) == before
    assert len(evaluate.trace(app, [SEPTEMBER], "loans_lent", "TMUT")) == 1
    closing.reopen(app, SEPTEMBER, "退出日更正", clock("11-06"))
    assert totals(app)["loans_lent"] == before["loans_lent"] - 1


def test_a_library_that_joins_a_closed_month_later_is_not_in_it(app: App) -> None:
    app = changed_config(app, TMUT, f"{TMUT}joined = 2025-10-01\n")
    close(app)
    app = changed_config(app, "joined = 2025-10-01\n", "")
    assert "TMUT" not in evaluate.document(app, [SEPTEMBER], day("11-05"))["libraries"]
    both = evaluate.document(app, [SEPTEMBER, "2025-10"], day("11-05"))
    assert "TMUT" in both["libraries"]


@pytest.mark.parametrize("new", ["", TMUT.replace("TMUT", "TMU2")])
def test_a_library_that_config_lost_is_asked_for_again(app: App, new: str) -> None:
    """Without it the closed month's total would be another one."""
    usage(app, OTHERS, library="TMUT")
    close(app)
    app = changed_config(app, TMUT, new)
    with pytest.raises(UsageProblem, match="TMUT（2025-09） 不在"):
        totals(app)
    with pytest.raises(UsageProblem, match="TMUT（2025-09） 不在"):
        evaluate.trace(app, [SEPTEMBER], "loans_lent")
    assert evaluate.document(app, ["2025-10"], day("11-05"))["libraries"][:2] == ["NSUT", "HDU"]


def test_a_frozen_figure_that_somebody_changed_is_told_and_never_shown(app: App) -> None:
    close(app)
    with writing(app.engine) as connection:
        table = closed_figures
        query = select(table.c.rows).where(table.c.name == "events")
        rows = dict(connection.execute(query).scalar_one())
        rows["n"] = [n + 1 for n in rows["n"]]
        connection.execute(update(table).where(table.c.name == "events").values(rows=rows))
    where = ["--home", str(app.home), "--today", "2025-11-05"]
    span = ["--from", SEPTEMBER, "--to", SEPTEMBER]
    for command in (["evaluate", *span], ["figures", *span], ["check"]):
        ran = ill(*where, *command)
        assert ran.code == 1
        assert "2025-09 封存的數字與封存碼不符" in ran.out + ran.err
    usage(app, LOAN, on="11-04")
    assert restate.restate(app, clock("11-04")) == 0
    closing.reopen(app, SEPTEMBER, "資料庫損壞", clock("11-05"))
    assert not close(app, "11-05").already
    assert totals(app)["loans_lent"] == 1


def test_a_backup_brings_closings_and_their_corrections_back(app: App, tmp_path: Path) -> None:
    close(app)
    usage(app, LOAN, on="11-04")
    restate.restate(app, clock("11-04"))
    (app.folder("archive") / f"{'0' * 64}.xlsx").write_bytes(b"")
    backup.backup(app, tmp_path / "all.zip", clock("11-05"))
    list(backup.restore(tmp_path / "all.zip", tmp_path / "again", clock("11-06")))
    other = open_app(tmp_path / "again")
    assert closing.history(other) == closing.history(app)
    assert totals(other) == totals(app)


def test_no_text_of_a_members_is_a_formula_in_what_a_spreadsheet_opens(app: App) -> None:
    words = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "圖書")
    rows = [{**LOAN, "item": str(n), "material": word} for n, word in enumerate(words)]
    usage(app, *rows, filename='=HYPERLINK("http://ill.test")\r\n,@SUM(A1).xlsx')
    close(app)
    folder = app.home / "data"
    figures = figures_of(app, [SEPTEMBER], day("11-05"))
    found: dict[str, list[list[str]]] = {}
    for path in evaluate.export(figures, folder):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found[path.stem] = list(csv.reader(file))
        cells = [cell for row in found[path.stem] for cell in row]
        assert not [cell for cell in cells if re.match(r"[=+@\t\r＝]|-\D|-1", cell)]
    assert {row[2] for row in found["ages"][1:]} == {*(f"'{word}" for word in words[:-1]), "圖書"}
    assert "'=HYPERLINK" in str(found["sheets"])


def test_rows_are_whole_numbers_whether_their_month_is_closed_or_not(app: App) -> None:
    usage(app, {**LOAN, "lent_on": day("10-08"), "item": "C1"}, month="2025-10", on="11-02")
    span = ("--from", SEPTEMBER, "--to", "2025-10", "--trace", "loans_lent", "--json")
    where = ["--home", str(app.home), "--today", "2025-11-05"]
    for _ in range(2):
        rows = json.loads(ill(*where, "figures", *span).out)
        assert [(one["month"], repr(one["row"])) for one in rows] == [
            (SEPTEMBER, "5"), (SEPTEMBER, "6"), ("2025-10", "5"),
        ]  # fmt: skip
        close(app)


def test_a_reason_is_one_line(app: App) -> None:
    close(app)
    closing.reopen(app, SEPTEMBER, " 會議\r\n決議\t更正 ", clock("11-04"))
    assert closing.history(app)[0]["why"] == "會議 決議 更正"


@pytest.mark.parametrize("month_is_closed", [True, False])
def test_a_file_called_after_a_reader_is_not_named_whenever_the_reader_is_known(
    app: App, *, month_is_closed: bool
) -> None:
    """By a register that comes after the closing, or by one that has been corrected since."""
    usage(app, LOAN, SECOND, filename="陳測試的報表.xlsx", on="10-03")
    usage(app, library="TMUT", filename="0911222333.xlsx", on="10-03")
    if month_is_closed:
        close(app)
    later = {**ISSUE, "card": "HDU-09", "name": "陳測試", "patron": "0911222333"}
    cards(app, ISSUE, later, on="11-04")
    cards(app, ISSUE, on="11-05")
    figures = figures_of(app, [SEPTEMBER], day("11-06"))
    shown = {name: table.to_csv() for name, table in figures.tables.items()}
    assert [n for n, text in shown.items() if "陳測試" in text or "0911222333" in text] == []
    assert "月報表.xlsx" in shown["sheets"]


def test_a_recall_of_a_closed_month_that_is_told_later_is_written_down(app: App) -> None:
    close(app)
    recall = {
        "card": "HDU-07", "item": LOAN["item"], "opened_on": day("9-20"), "needed_by": day("9-25"),
    }  # fmt: skip
    usage(app, recall, table="cases_recalls", on="11-04")
    assert restate.restate(app, clock("11-04")) == 1
    assert changed(app) == [("NSUT", "11-04", {("recalls", "NSUT"): (0, 1)})]
    assert totals(app)["recalls"] == 0
    assert len(evaluate.trace(app, [SEPTEMBER], "recalls")) == 0


def test_a_later_sheet_that_tells_a_closed_month_otherwise_is_written_down(app: App) -> None:
    """October's sheet carries a loan of September over with another due date."""
    usage(app, {**LOAN, "due_on": day("9-22")}, {**SECOND, "due_on": day("9-22")})
    close(app)
    usage(app, {**LOAN, "due_on": day("11-22")}, month="2025-10", on="11-04")
    restate.restate(app, clock("11-04"))
    assert changed(app) == [("NSUT", "11-04", {("overdue_loans", "NSUT"): (2, 1)})]


def test_an_interim_sheet_reports_no_month(app: App) -> None:
    close(app)
    usage(app, {**LOAN, "card": "NSUT-03"}, library="HDU", interim=True, on="11-04")
    assert restate.restate(app, clock("11-04")) == 0
