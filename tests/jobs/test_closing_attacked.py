"""Closing while others write: one closing stands, every correction is told once, none is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.evaluation.meeting import meeting_of
from ill_workflows.jobs import closing, restate
from ill_workflows.jobs.figures import figures_of
from ill_workflows.store import closings as store
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
