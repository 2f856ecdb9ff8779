"""Who held a card on a day: against a reference that looks at every issue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.ledger.holders import holders
from tests.ledger.rows import issues, loans

START = date(2025, 9, 1)
DAY = timedelta(days=1)
LENDERS = ("NSUT", "TMUT")
CARDS = ("HDU-01", "HDU-02", "HDU-11")


def reference(loan: dict[str, Any], register: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The definition, a row at a time."""
    fits = [
        issue
        for issue in register
        if issue["card"] == loan["card"]
        and issue["issued_on"] <= loan["lent_on"]
        and (issue["returned_on"] is None or loan["lent_on"] <= issue["returned_on"])
    ]
    fits.sort(key=lambda issue: issue["issued_on"])
    if len(fits) > 1 and fits[-1]["issued_on"] == loan["lent_on"]:
        meant = [issue for issue in fits[-2:] if issue["destination"] == loan["library"]]
        return (meant or fits)[-1]
    return fits[-1] if fits else None


@st.composite
def registers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Issues that never overlap, with days of turnover and a last one that may be open."""
    found = []
    for card in draw(st.lists(st.sampled_from(CARDS), unique=True)):
        day = START
        for n in range(draw(st.integers(0, 5))):
            day += timedelta(days=draw(st.integers(0 if n == 0 else 1, 4)))
            if found and found[-1]["card"] == card and draw(st.booleans()):
                day = max(found[-1]["returned_on"], found[-1]["issued_on"] + timedelta(days=1))
            back = day + timedelta(days=draw(st.integers(0, 5)))
            issue = {
                "card": card, "patron": f"H{len(found)}", "issued_on": day, "returned_on": back,
                "destination": draw(st.sampled_from((*LENDERS, "未定", None))),
            }  # fmt: skip
            found.append(issue)
            day = back
        if found and found[-1]["card"] == card and draw(st.booleans()):
            found[-1]["returned_on"] = None
    return draw(st.permutations(found))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A register and loans, many of them on days on which a card changed hands."""
    register = draw(registers())
    turns = [(issue["card"], issue["issued_on"]) for issue in register]
    anywhere = st.tuples(
        st.sampled_from((*CARDS, "HDU-99")), st.integers(-2, 40).map(lambda n: START + n * DAY)
    )
    places = st.one_of(st.sampled_from(turns), anywhere) if turns else anywhere
    lent = draw(st.lists(st.tuples(places, st.sampled_from(LENDERS)), max_size=25))
    return register, [
        {"card": card, "lent_on": day, "library": library} for (card, day), library in lent
    ]


@settings(deadline=None)
@given(worlds())
def test_every_loan_has_the_holder_of_the_definition(
    world: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    register, lent = world
    rows = loans(*lent)
    rows.index = pd.Index([3 * n + 7 for n in range(len(rows))])
    found = holders(rows, issues(*register))
    assert list(found.index) == list(rows.index)
    wanted = [reference(loan, register) for loan in lent]
    assert [p if isinstance(p, str) else None for p in found["patron"]] == [
        issue["patron"] if issue else None for issue in wanted
    ]
    for ours, theirs in (("issued_on", "issued_on"), ("returned_on", "issue_returned_on")):
        days = [None if pd.isna(value) else value for value in found[theirs]]
        assert days == [issue[ours] if issue else None for issue in wanted]


TURNOVER = issues(
    {"patron": "first", "issued_on": "9-05", "returned_on": "9-15", "destination": "NSUT"},
    {"patron": "second", "issued_on": "9-15", "destination": "NSU"},
)


@pytest.mark.parametrize(
    ("lender", "day", "patron"),
    [
        ("NSUT", "9-15", "first"),  # both fit, and the first was on the way there
        ("NSU", "9-15", "second"),
        ("TMUT", "9-15", "second"),  # neither was: the later
        ("NSUT", "9-14", "first"),
        ("NSUT", "9-16", "second"),
        ("NSUT", "9-04", None),
    ],
)
def test_on_a_day_of_turnover_the_one_on_the_way_to_the_lender_has_the_loan(
    lender: str, day: str, patron: str | None
) -> None:
    (found,) = holders(loans({"library": lender, "lent_on": day}), TURNOVER)["patron"]
    assert found == patron if patron else pd.isna(found)


def test_an_earlier_issue_that_was_never_closed_holds_behind_a_later_one_that_was() -> None:
    register = issues(
        {"patron": "open", "issued_on": "9-05"},
        {"patron": "over", "issued_on": "10-05", "returned_on": "10-06", "month": "2025-10"},
    )
    found = holders(loans({"lent_on": "10-06"}, {"lent_on": "10-10"}), register)
    assert list(found["patron"]) == ["over", "open"]
    assert list(found["issued_on"]) == [date(2025, 10, 5), date(2025, 9, 5)]


def test_without_any_register_nobody_held_anything() -> None:
    found = holders(loans({}, {}), issues())
    assert len(found) == 2
    assert found["patron"].isna().all()
    assert holders(loans(), issues({})).empty
