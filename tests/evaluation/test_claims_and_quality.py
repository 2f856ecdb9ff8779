"""停權與賠償, 資料品質 and the statements of libraries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ill_workflows.evaluation.facts import FRAMES, Facts, frame
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import MISSING, Sheet
from ill_workflows.evaluation.sheets.claims import settlement
from ill_workflows.evaluation.sheets.layout import plain
from ill_workflows.evaluation.sheets.quality import quality
from ill_workflows.evaluation.statement import statement
from ill_workflows.forms.texts import TEXTS
from ill_workflows.jobs.quality import claim_rows
from ill_workflows.ledger.claims import accounts
from ill_workflows.ledger.disagreements import BREACHES, TOLD
from tests.evaluation import invented
from tests.evaluation.invented import figures
from tests.ledger.told import filed, lent, lost

NAMES = {"NSUT": "南星示範科技大學", "HDU": "虹島示範大學", "TMUT": "台墨示範科技大學"}
MONTHS = ("2025-08", "2025-09", "2025-10")
ROWS = [
    {"item": "X"}, {"item": "X", "word": "部分繳納", "paid": 100, "acted_on": "10-10"},
    {"number": "B-1", "lender": "HDU", "card": "NSUT-03", "amount": 90, "opened_on": "9-20"},
    {"number": "B-1", "lender": "HDU", "card": "NSUT-03", "amount": 90, "opened_on": "9-20",
     "word": "減免", "acted_on": "10-20"},
]  # fmt: skip
CLAIMS = accounts(filed(*ROWS), [*lent({}), lost()])


@pytest.fixture(scope="module")
def facts() -> Figures:
    return figures(_facts(), MONTHS)


def _facts() -> Facts:
    plain_facts = invented.facts(6, 3)  # August to October 2025
    one, other = (member.code for member in plain_facts.members[:2])
    moved = [
        {"lender": one, "home": other, "deed": "opened", "day": date(2025, 7, 20), "change": 200},
        {"lender": one, "home": other, "deed": "paid", "day": date(2025, 9, 1), "change": -150},
        {"lender": other, "home": one, "deed": "opened", "day": date(2025, 10, 2), "change": 80},
        {"lender": other, "home": one, "deed": "waived", "day": date(2025, 11, 2), "change": -80},
    ]  # fmt: skip
    told = [
        {"library": one, "form": "usage", "month": "2025-09", "severity": "corrected",
         "code": "read_as", "heading": "借出日", "sheet": "借出紀錄", "cells": "G5、G6", "count": 7,
         "filename": "usage.xlsx", "receipt": "R-1"},
        {"library": one, "form": "usage", "month": "2025-06", "severity": "warning",
         "code": "read_as", "sheet": "借出紀錄", "count": 1},
    ]  # fmt: skip
    apart = [
        {"kind": kind, "day": date(2025, 9, 3), "lender": one, "against": other, "receipt": "R-1",
         "filename": "usage.xlsx", "sheet": "借出紀錄", "row": 7}
        for kind in (*TOLD, *BREACHES)
    ]  # fmt: skip
    return replace(
        plain_facts, claims=frame("claims", moved), findings=frame("findings", told),
        disagreements=frame("disagreements", apart),
    )  # fmt: skip


def rows(sheet: Sheet, table: int = 0) -> list[list[Any]]:
    return [
        [plain(cell) if plain(cell) is not None else cell for cell in row]
        for row in sheet.tables[table].rows
    ]


def test_the_meeting_sees_what_is_left_of_claims_and_what_passed(facts: Figures) -> None:
    sheet, (one, other) = settlement(facts), facts.codes[:2]
    matrix, pairs, net = (rows(sheet, n) for n in range(3))
    assert [line[2:] for line in matrix] == [[None, 50, 50], [80, None, 80]]
    assert [line[4:] for line in pairs] == [[200, 0, 0, 150, 0, 50], [0, 80, 0, 0, 0, 80]]
    assert [(line[0], line[4]) for line in net] == [(one, -30), (other, 30)]
    sums = sheet.tables[2].total
    assert sums is not None
    assert plain(sums[4]) == 0


def test_quality_counts_and_names_the_place_without_what_somebody_typed(facts: Figures) -> None:
    counts, _, _, findings, apart = (rows(quality(facts), n) for n in range(5))
    assert counts[0][2:] == [7, 0, 0, len(TOLD), len(BREACHES)]
    assert counts[1][2:] == [0, 0, 0, len(TOLD), 0]
    (found,) = findings  # that of June is of no month of the period
    assert found[:5] == [facts.codes[0], "月報表", "114年09月", "更正", "借出日"]
    assert found[5:7] == [7, "R-1"]
    assert found[7:] == ["我們把「…」讀成「…」。", "借出紀錄", "G5、G6", "usage.xlsx"]
    assert len({line[1] for line in apart}) == len(TOLD) + len(BREACHES)
    assert [line[5] for line in apart] == [7] * len(apart)


def test_no_sentence_of_quality_has_a_hole_left(facts: Figures) -> None:
    told = [{"library": facts.codes[0], "month": "2025-09", "severity": "warning", "code": code,
             "form": "usage", "count": 1} for code in TEXTS]  # fmt: skip
    found = figures(replace(_facts(), findings=frame("findings", told)), MONTHS)
    lines = rows(quality(found), 3)
    assert len(lines) == len(TEXTS)
    assert not [line for line in lines if "{" in line[7]]


def test_claims_and_disagreements_come_without_cards() -> None:
    known = set().union(*(FRAMES[name] for name in ("claims", "findings", "disagreements")))
    assert known.isdisjoint({"card", "item", "title", "patron", "name"})
    assert "HDU-07" not in claim_rows(CLAIMS).to_csv()


def test_a_statement_tells_each_line_with_its_receipt_sheet_and_row() -> None:
    net, lines, left = statement("HDU", NAMES, CLAIMS, "2025-10")
    assert rows(net) == [["NSUT", "南星示範科技大學", 0, 300, -300]]
    assert rows(net, 1) == [["NSUT", "南星示範科技大學", 50, 350, 0, 100, 0, 300]]
    assert rows(net, 2) == [["NSUT", "南星示範科技大學", 90, 0, 0, 0, 90, 0]]
    assert [(line[0], line[2], line[6], line[8]) for line in rows(lines)] == [
        ("本館向他館", "B-1", "減免", -90),
        ("他館向本館", "A-1", "提出", 350),
        ("他館向本館", "A-1", "部分繳納", -100),
    ]
    assert [line[9:] for line in rows(lines)] == [
        ["R4", "罰款賠償", 5], ["R1", "罰款賠償", 5], ["R2", "罰款賠償", 5],
    ]  # fmt: skip
    owed = {(line[5], line[2]): line[7] for line in rows(left)}
    assert owed == {("逾期罰款", "A-1"): 250, ("逾期罰款", None): 50, ("遺失賠償", None): MISSING}


def test_both_sides_of_a_pair_say_the_same_with_the_other_sign() -> None:
    (mine, *_), (theirs, *_) = (statement(c, NAMES, CLAIMS, "2025-10") for c in ("HDU", "NSUT"))
    assert rows(mine)[0][4] == -rows(theirs)[0][4]
    assert rows(mine, 1)[0][2:] == rows(theirs, 2)[0][2:]
    assert rows(mine, 2)[0][2:] == rows(theirs, 1)[0][2:]


def test_a_library_without_claims_has_an_empty_statement() -> None:
    for sheet in statement("TMUT", NAMES, CLAIMS, "2025-10"):
        assert not any(table.rows for table in sheet.tables)
