"""緊急調回 and 離校清查: counted by hand from a handful of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ill_workflows.evaluation.facts import frame
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import measures
from ill_workflows.evaluation.model import Formula
from ill_workflows.evaluation.sheets.cases import departures, recalls
from ill_workflows.evaluation.sheets.claims import settlement
from ill_workflows.evaluation.sheets.layout import plain
from tests.evaluation import invented
from tests.evaluation.invented import figures

FIRST, SECOND, THIRD = "AADU", "ABDU", "ACDU"


def day(text: str) -> date:
    return date.fromisoformat(f"2025-{text}")


@pytest.fixture(scope="module")
def facts() -> Figures:
    called = {"home": SECOND, "card": f"{SECOND}-07", "item": "A1"}
    found = replace(
        invented.facts(3, 3),
        recalls=frame("recalls", [
            {**called, "lender": FIRST, "opened_on": day("08-04"), "needed_by": day("08-08"),
             "returned_on": day("08-07")},
            {**called, "lender": FIRST, "opened_on": day("09-01"), "needed_by": day("09-03"),
             "returned_on": day("09-08")},
            {**called, "lender": FIRST, "opened_on": day("09-10"), "needed_by": day("09-12"),
             "cancelled_on": day("09-11")},
            {**called, "lender": FIRST, "opened_on": day("05-10"), "needed_by": day("05-12")},
            {**called, "lender": THIRD, "opened_on": day("10-10"), "needed_by": day("10-13")},
        ]),
        suspensions=frame("suspensions", [
            {"lender": FIRST, "suspended_from": day("08-04"), "suspended_until": day("09-04")},
            {"lender": FIRST, "suspended_from": day("08-04"), "lifted_on": day("08-14")},
            {"lender": FIRST, "suspended_from": day("10-04")},
            {"lender": FIRST, "suspended_from": day("05-04")},
        ]),
        leavers=frame("leavers", [
            {"home": SECOND, "leaving_on": day("08-31"), "listed_on": day("08-04"),
             "cleared_on": day("08-09")},
            {"home": SECOND, "leaving_on": day("08-31"), "listed_on": day("08-04"),
             "held_on": day("08-09")},
            {"home": THIRD, "leaving_on": day("10-31"), "listed_on": day("10-13")},
            {"home": THIRD, "leaving_on": day("10-31"), "listed_on": day("10-13"),
             "withdrawn_on": day("10-20")},
            {"home": THIRD, "leaving_on": day("11-30"), "listed_on": day("11-13")},
        ]),
        without_card=frame("without_card", [
            {"home": SECOND, "month": "2025-08", "count": 40},
            {"home": SECOND, "month": "2025-05", "count": 7},
        ]),
        clearances=frame("clearances", [
            {"home": SECOND, "lender": FIRST, "leaving_on": day("08-31"), "state": "clear",
             "asked_on": day("08-04"), "answered_on": day("08-06")},
            {"home": SECOND, "lender": FIRST, "leaving_on": day("08-31"), "state": "owes",
             "asked_on": day("08-04"), "answered_on": day("08-09")},
            {"home": THIRD, "lender": FIRST, "leaving_on": day("10-31"), "state": "waiting",
             "asked_on": day("10-13")},
        ]),
    )  # fmt: skip
    return figures(found, ("2025-08", "2025-09", "2025-10"))


def test_recalls_are_told_by_lender_and_judged_when_their_day_has_come(facts: Figures) -> None:
    (table,) = recalls(facts).tables
    first, second, third = ([plain(cell) for cell in row[2:]] for row in table.rows)
    assert first == [3, 2, 1, 2, 1, 50.0, 5.0]
    assert second == [0, 0, 0, 0, 0, None, None]
    assert third == [1, 1, 0, 0, 0, 0.0, None]
    assert table.total is not None
    assert [plain(cell) for cell in table.total[2:]] == [4, 3, 1, 2, 1, 33.3, 5.0]
    assert plain(table.total[2]) == measures(facts, facts.months)["recalls"].total


def test_leavers_are_counted_by_home_and_lenders_by_how_soon_they_answer(facts: Figures) -> None:
    by_home, by_lender = departures(facts).tables
    first, second, third = (row[2:4] + row[5:] for row in by_home.rows)
    assert first == (0, 0, 0, 0, 0, 0)
    assert second == (40, 2, 1, 0, 1, 0)
    assert third == (0, 2, 0, 1, 0, 1)
    assert by_home.rows[1][4] == Formula("C{r}+D{r}", 42)
    assert [plain(cell) for cell in by_lender.rows[0][2:]] == [3, 2, 1, 1, 3.5]
    assert [plain(cell) for cell in by_lender.rows[1][2:]] == [0, 0, 0, 0, None]


def test_suspensions_begin_and_end_in_the_period_or_still_stand(facts: Figures) -> None:
    table = settlement(facts).tables[-1]
    assert (table.title, table.rows[0][2:], len(table.rows)) == ("停權人次", (3, 2, 2), 1)
