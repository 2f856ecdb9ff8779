"""Contradictions as cases: whom they are told to, by which rows, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from ill_workflows.ledger.lost import void_days
from ill_workflows.ledger.merge import newest_sheets
from ill_workflows.lending.cases import Discrepancy, Sheets
from ill_workflows.lending.contradictions import discrepancies
from ill_workflows.lending.notices import bundle
from tests.ledger.rows import day, frame, issues, loans, versions
from tests.ledger.test_disagreements import LOSS, STOCK
from tests.lending.invented import Story
from tests.lending.test_cases import MEMBERS

IN = {"returned_on": "9-19", "checked_by": "電話", "row": 31}
TMUT = {"library": "TMUT", "item": "T1", "lent_on": "9-12", "receipt": "R3", "row": 7}
FILES = {"R1": "月報表.xlsx", "R2": "登記簿-示範讀者.xlsx", "R3": "usage.xlsx"}
RECEIVED = (
    {}, {"form": "cards", "library": "HDU"}, {"library": "TMUT"}, {"library": "NSU"},
)  # fmt: skip


def cases(
    *lent: dict[str, Any], held: dict[str, Any] | None = None, void: bool = False,
    today: str = "10-03",
) -> list[Discrepancy]:  # fmt: skip
    came = versions(*RECEIVED)
    register = issues(held or {}).assign(checked_by=[(held or {}).get("checked_by")])
    losses = void_days(frame(LOSS, *([{}] if void else [])), frame(STOCK))
    usage, cards = newest_sheets(came, "usage"), newest_sheets(came, "cards")
    given = Sheets(loans(*lent), register, usage, cards, losses, FILES)
    return discrepancies(given, MEMBERS, day(today), 10)


def told(found: list[Discrepancy], *days: str) -> list[tuple[str, str]]:
    story = Story()
    return [
        (notice.step, notice.to[1])
        for today in days
        for notice in story.run(day(today), cases=found)
    ]


@pytest.mark.parametrize(
    ("lent", "more", "kind", "sides"),
    [
        (({},), {"held": IN}, "card_in", {"NSUT", "HDU"}),
        (({"returned_on": "9-20"},), {"held": IN}, "days", {"NSUT", "HDU"}),
        (({}, TMUT), {}, "two_lenders", {"NSUT", "TMUT"}),
        (({},), {"void": True}, "void_card", {"NSUT", "HDU"}),
    ],
)
def test_each_kind_is_told_once_to_both_sides_and_once_more_after_a_fortnight(
    lent: tuple[dict[str, Any], ...], more: dict[str, Any], kind: str, sides: set[str]
) -> None:
    (case,) = cases(*lent, **more)
    assert case.kind == kind
    assert set(case.sides) == sides
    days = told([case], "10-03", "10-07", "10-16", "10-17", "10-20")
    assert sorted(days) == sorted((step, side) for step in ("0", "14") for side in sides)


def test_a_case_names_the_rows_of_both_sheets_and_no_file_that_is_called_after_a_reader() -> None:
    (case,) = cases({}, held=IN)
    assert [
        (library, place.receipt, place.filename, place.sheet, place.row)
        for library, place in case.places
    ] == [("NSUT", "R1", "月報表.xlsx", "借出紀錄", 5), ("HDU", "R2", "", "換證紀錄", 31)]


def test_two_lenders_have_the_rows_of_both() -> None:
    (case,) = cases({}, TMUT)
    assert (case.key, case.lender, case.other) == (
        "discrepancy/two_lenders/HDU-07/2025-09-12", "TMUT", "NSUT",
    )  # fmt: skip
    assert [loan.lender for loan in case.loans] == ["NSUT", "TMUT"]
    assert [(code, place.row) for code, place in case.places] == [("TMUT", 7), ("NSUT", 5)]


def test_a_loss_is_told_by_the_row_that_reports_it() -> None:
    (case,) = cases({}, void=True)
    assert [(code, place.sheet) for code, place in case.places] == [
        ("NSUT", "借出紀錄"), ("HDU", "借書證掛失"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lent", "kind"),
    [
        (({"library": "TMUT"},), "elsewhere"),
        (tuple({"item": str(n)} for n in range(7)), "over_limit"),
        (({}, {"lent_on": "9-12"}), "renewed"),
    ],
)
def test_a_rule_that_was_not_kept_is_told_once_to_both_sides(
    lent: tuple[dict[str, Any], ...], kind: str
) -> None:
    (case,) = cases(*lent)
    assert (case.kind, case.sides) == (kind, (case.lender, "HDU"))
    assert {code for code, _ in case.places} <= {case.lender, "HDU"}
    story, told = Story(), []
    for n in (0, 1, 14, 60):
        found = story.run(day("10-03") + timedelta(days=n), [], [case])
        told += [(n, notice.step, notice.to[1]) for notice in found]
    assert told == [(0, "0", case.lender), (0, "0", "HDU")]


def test_a_later_sheet_that_settles_it_closes_it() -> None:
    assert cases({}, {"returned_on": "9-19", "seq": 4}, held=IN) == []


def test_while_a_lenders_facts_are_stale_a_second_letter_waits() -> None:
    (case,) = cases({}, TMUT, today="10-13")
    assert case.rests
    assert told([case], "10-13", "10-27") == [("0", "TMUT"), ("0", "NSUT")]


def test_three_lenders_of_one_card_and_day_are_told_of_each_pair() -> None:
    late = {**TMUT, "library": "NSU"}
    found = cases({}, TMUT, {**late, "item": "T2"})
    assert {(case.lender, case.other) for case in found} == {("NSU", "NSUT"), ("TMUT", "NSU")}
    again = [*found, replace(found[-1], other="NSUT")]
    letters = bundle(Story().run(date(2025, 10, 3), cases=again))
    assert {one.to[1] for one in letters} == {"NSUT", "TMUT", "NSU"}


def test_no_void_cards_are_no_contradiction() -> None:
    assert void_days(frame(LOSS), frame(STOCK)).empty
    assert isinstance(void_days(frame(LOSS), frame(STOCK)), pd.DataFrame)
