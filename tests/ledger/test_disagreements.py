"""What does not agree: lenders, registers and rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.ledger.disagreements import BREACHES, NAMES, TOLD, breaches, disagreements
from ill_workflows.ledger.lost import void_days
from ill_workflows.ledger.places import impersonal, named
from ill_workflows.lending.contradictions import with_holders
from tests.ledger.rows import frame, issues, loans

IN = {"returned_on": "9-19", "checked_by": "電話"}
AGAIN = {"patron": "H2", "issued_on": "9-24"}
ELSEWHERE = {"library": "TMUT", "item": "T1", "lent_on": "9-12"}
LOSS = {
    "library": "HDU", "month": None, "seq": 3, "row": 5, "receipt": "R3", "sheet": "借書證掛失",
    "card": "HDU-07", "kind": "遺失", "opened_on": date(2025, 9, 7),
}  # fmt: skip
STOCK = {"card": "HDU-07", "state": "註銷", "since": None, "receipt": "R2", "row": 9, "sheet": "x"}


def register(*rows: dict[str, Any]) -> pd.DataFrame:
    return issues(*rows).assign(checked_by=[row.get("checked_by") for row in rows])


def found(
    lent: list[dict[str, Any]], held: list[dict[str, Any]], *losses: dict[str, Any]
) -> list[Any]:
    rows, given_out = loans(*lent), register(*held)
    joined = with_holders(rows, given_out)
    void = void_days(frame(LOSS, *losses), frame(STOCK))
    told = disagreements(joined, given_out, pd.Series([True] * len(lent)), void)
    return list(zip(told["kind"], told["day"], told["loan"], strict=True))


def broken(lent: list[dict[str, Any]], *held: dict[str, Any], limit: int = 5) -> list[Any]:
    told = breaches(with_holders(loans(*lent), register(*held)), {"NSUT": limit})
    return list(zip(told["kind"], told["loan"], strict=True))


def test_every_kind_has_words() -> None:
    assert set(NAMES) == {*TOLD, *BREACHES}


def test_a_card_that_is_in_while_the_book_is_out() -> None:
    assert found([{}], [IN]) == [("card_in", date(2025, 9, 19), 0)]


def test_a_book_that_came_back_after_its_card() -> None:
    assert found([{"returned_on": "9-20"}], [IN]) == [("days", date(2025, 9, 19), 0)]


@pytest.mark.parametrize(
    ("loan", "issue"),
    [
        ({"returned_on": "9-19"}, IN),
        ({"as_of": "9-18"}, IN),
        ({"condition": "遺失"}, IN),
        ({}, {"returned_on": "9-19"}),
    ],
    ids=["the same day", "an older sheet", "the book is lost", "not checked yet"],
)
def test_a_card_that_is_in_contradicts_nothing(loan: dict[str, Any], issue: dict[str, Any]) -> None:
    assert found([loan], [issue]) == []


def test_a_card_given_out_again_is_told_as_that_only() -> None:
    assert [kind for kind, _, _ in found([{}], [IN, AGAIN])] == ["reissued"]


def test_a_card_that_two_lenders_hold_at_once() -> None:
    assert found([{}, ELSEWHERE], [{}]) == [("two_lenders", date(2025, 9, 12), 1)]


@pytest.mark.parametrize(
    "first",
    [
        {"returned_on": "9-12"},
        {"as_of": "9-11"},
        {"library": "TMUT"},
        {"condition": "遺失"},
        {"card": "HDU-08"},
    ],
    ids=["back that day", "an older sheet", "the same lender", "lost", "another card"],
)
def test_two_loans_of_one_card_contradict_nothing(first: dict[str, Any]) -> None:
    assert [k for k, _, _ in found([first, ELSEWHERE], [{}, {"card": "HDU-08"}])] == []


def test_a_loan_on_a_card_that_was_reported_lost_before() -> None:
    assert found([{}], [{}], {}) == [("void_card", date(2025, 9, 8), 0)]
    assert found([{}], [{}], {"opened_on": "9-08"}) == []
    assert found([{}], [{}], {}, {"kind": "尋獲", "opened_on": "9-08"}) == []
    assert found([{}], [{}], {}, {"kind": "尋獲", "opened_on": "9-09"}) != []


def test_a_card_that_nobody_held_is_told_as_that_only() -> None:
    lent = [{}, ELSEWHERE]
    assert [kind for kind, _, _ in found(lent, [{"card": "HDU-08"}], {})] == ["nobody", "nobody"]


def test_the_rules_of_a_loan() -> None:
    assert broken([{}], {"destination": "TMUT"}) == [("elsewhere", 0)]
    assert broken([{}], {"destination": "未定"}) == []
    again = [{}, {"lent_on": "9-12"}]
    assert broken(again, {}) == [("renewed", 1)]
    assert broken([{"returned_on": "9-12"}, {"lent_on": "9-12"}], {}) == []
    many = [{"item": str(n)} for n in range(3)]
    assert broken(many, {}, limit=2) == [("over_limit", 2)]
    assert broken([{**row, "returned_on": "9-08"} for row in many], {}, limit=2) == []
    assert broken(many, {}, limit=3) == []


def test_a_file_called_after_a_reader_has_no_name() -> None:
    people = named(["示範讀者", "H1", None, "王", "2026"])
    assert impersonal("月報表-2026-10.xlsx", people) == "月報表-2026-10.xlsx"
    assert impersonal("月報表-示範讀者.xlsx", people) == ""
    assert impersonal("H1.xlsx", people) == ""
    assert impersonal("月報表_王.xlsx", people) == "月報表_王.xlsx"
    for name in ("示範 讀者.xlsx", "示範_讀者的.xlsx", "h1.xlsx", "Ｈ１.xlsx"):
        assert impersonal(name, people) == ""
    people = named(["Mary Smith", "20251001", "9", "U2", "B-12"])
    assert impersonal("B-12.xlsx", people) == ""
    assert impersonal("usage-HDU-2025-10.xlsx", people) == "usage-HDU-2025-10.xlsx"
    assert impersonal("usage-MARY_SMITH.xlsx", people) == ""
    assert impersonal("usage-20251001.xlsx", people) == ""
    assert impersonal("usage-2025-10-01.xlsx", people) == "usage-2025-10-01.xlsx"
    assert impersonal("", people) == ""


DAYS = 40
FIRST = date(2025, 9, 1)
stays = st.lists(
    st.tuples(
        st.sampled_from(("NSUT", "TMUT", "NSU")), st.integers(0, DAYS),
        st.none() | st.integers(0, 20),
    ),
    min_size=1, max_size=6,
)  # fmt: skip
turns = st.lists(st.tuples(st.integers(0, DAYS), st.integers(0, 20)), max_size=4)


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _readers(held: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Issues of one card that follow on each other, as a register that was accepted has them."""
    rows, free = [], 0
    for n, (wait, stay) in enumerate(held):
        begun = free + wait
        free = begun + stay
        rows.append(
            {"patron": f"H{n}", "issued_on": _day(begun), "returned_on": _day(free),
             "checked_by": "電話"}
        )  # fmt: skip
    return rows


@settings(max_examples=200, deadline=None)
@given(stays, turns)
def test_one_physical_card_is_never_held_by_two_without_a_discrepancy(
    lent: list[tuple[str, int, int | None]], held: list[tuple[int, int]]
) -> None:
    """A card with a book on it lies at its lender: on no such day may another lender have it,
    the register have it back, or another reader.
    """
    as_of = _day(4 * DAYS)
    rows = [
        {"library": code, "item": f"B{n}", "lent_on": _day(on), "as_of": as_of,
         "returned_on": None if stay is None else _day(on + stay)}
        for n, (code, on, stay) in enumerate(lent)
    ]  # fmt: skip
    readers = _readers(held)
    told = {loan for _, _, loan in found(rows, readers or [{"card": "HDU-99"}])}
    until = [row["returned_on"] or as_of + timedelta(days=1) for row in rows]
    for n, row in enumerate(rows):
        inside = [
            reader
            for reader in readers
            if reader["issued_on"] <= row["lent_on"] and until[n] <= reader["returned_on"]
        ]
        if n not in told:
            assert inside, "its card was in, or somebody else's, while the book was out"
        for m, other in enumerate(rows):
            together = other["lent_on"] < until[n] and row["lent_on"] < until[m]
            if together and other["library"] != row["library"]:
                assert {n, m} & told, "it was at two lenders"
