"""A claim from its rows: what was done about it, in order, and what is left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.forms.choices import CLAIM_ACTIONS
from ill_workflows.ledger.accounts import Account, Told
from ill_workflows.ledger.claims import accounts
from tests.ledger.told import filed, lent, lost

SETTLED = ("繳清", "減免", "撤銷")


def deeds(one: Account) -> list[tuple[str, int]]:
    return [(action.deed, action.change) for action in one.actions]


def the(form: list[Told], loans: list[Told] = []) -> Account:  # noqa: B006 - never changed
    (one,) = accounts(form, loans)
    return one


def test_a_claim_is_opened_part_paid_and_paid_and_nothing_is_overwritten() -> None:
    part = {"word": "部分繳納", "paid": 100, "acted_on": "10-10"}
    one = the(filed({}, part, {"word": "繳清", "paid": 350, "acted_on": "10-20"}))
    assert deeds(one) == [("opened", 350), ("part_paid", -100), ("paid", -250)]
    assert [action.day for action in one.actions] == [
        date(2025, 10, 3), date(2025, 10, 10), date(2025, 10, 20),
    ]  # fmt: skip
    assert [action.place.receipt for action in one.actions] == ["R1", "R2", "R3"]
    assert (one.balance, one.settled, one.home) == (0, True, "HDU")
    assert one.by(date(2025, 10, 15)) == 250


@pytest.mark.parametrize(
    ("row", "last", "left"),
    [
        ({"word": "減免", "paid": 100}, ("waived", -250), 0),
        ({"word": "撤銷"}, ("withdrawn", -350), 0),
        ({"word": "更正", "amount": 300}, ("corrected", -50), 300),
        ({"word": "更正", "card": "HDU-08"}, ("corrected", 0), 350),
        ({"paid": 350}, ("paid", -350), 0),
    ],
)
def test_what_a_row_changes_is_an_action(row: dict[str, Any], last: tuple[str, int], left: int):
    one = the(filed({}, row))
    assert deeds(one)[-1] == last
    assert (one.balance, one.settled) == (left, left == 0)


def test_the_same_row_told_again_is_the_same_fact() -> None:
    assert deeds(the(filed({}, {}, {}))) == [("opened", 350)]


def test_a_claim_that_was_settled_may_be_open_again() -> None:
    one = the(filed({}, {"word": "繳清", "paid": 350}, {"word": "未結", "paid": 0}))
    assert deeds(one)[-1] == ("corrected", 350)
    assert (one.balance, one.settled) == (350, False)


def test_a_fine_that_the_usage_sheet_shows_unpaid_is_claimed_until_it_shows_it_paid() -> None:
    rows = lent({"paid": 20}, {"paid": 50, "month": "2025-10", "as_of": "11-03"})
    assert deeds(the([], rows[:1])) == [("opened", 50), ("part_paid", -20)]
    one = the([], rows)
    assert deeds(one) == [("opened", 50), ("part_paid", -20), ("paid", -30)]
    assert (one.settled, one.actions[-1].day) == (True, date(2025, 11, 3))


def test_a_fine_that_was_paid_at_once_is_no_claim() -> None:
    assert accounts([], lent({"paid": 50}, {"nothing": True, "amount": None})) == []


def test_a_sheet_sent_again_without_the_row_withdraws_the_claim() -> None:
    (row,) = lent({"until": 4, "gone_on": "10-09"})
    one = the([], [row])
    assert deeds(one) == [("opened", 50), ("withdrawn", -50)]
    assert (one.balance, one.settled, one.actions[-1].day) == (0, True, date(2025, 10, 9))


def test_an_older_month_sent_again_changes_nothing_that_a_later_one_says() -> None:
    paid = {"paid": 50, "month": "2025-10"}
    assert the([], lent({"until": 3}, paid, {"month": "2025-09"})).settled


def test_a_lost_book_is_claimed_though_nobody_has_told_its_price() -> None:
    one = the([], [lost()])
    assert (one.balance, one.priced, one.settled, deeds(one)) == (0, False, False, [("opened", 0)])
    found = the([], [lost(), lost(seq=2, nothing=True, month="2025-10")])
    assert (found.settled, deeds(found)[-1]) == (True, ("withdrawn", 0))


def test_the_forms_row_beats_the_one_that_the_loan_opened_and_goes_on_with_its_history() -> None:
    one = the(filed({"seq": 2}), lent({}))
    assert (one.number, one.formerly) == ("A-1", ("HDU-07/C450006/2025-09-08/fine",))
    assert deeds(one) == [("opened", 50), ("corrected", 300)]
    assert (one.balance, one.opened_on, one.lent_on) == (350, date(2025, 9, 25), date(2025, 9, 8))


@pytest.mark.parametrize(
    "other",
    [
        {"card": "HDU-08"}, {"item": "C450007"}, {"kind": "毀損賠償"}, {"lender": "TMUT"},
        {"opened_on": "9-01"},
    ],
)  # fmt: skip
def test_a_row_about_something_else_beats_nothing(other: dict[str, Any]) -> None:
    assert len(accounts(filed({"seq": 2, **other}), lent({}))) == 2


def test_a_row_without_an_item_is_about_all_that_is_owed_on_the_card() -> None:
    loans = [*lent({}), *lent({"number": "HDU-07/X/2025-09-08/fine", "item": "X"})]
    one = the(filed({"seq": 2, "item": "", "amount": 100}), loans)
    assert deeds(one) == [("opened", 100), ("corrected", 0)]
    assert len(one.formerly) == 2


def test_the_lenders_later_usage_sheet_that_shows_the_fine_paid_settles_the_forms_row() -> None:
    later = {"seq": 3, "paid": 50, "month": "2025-10", "as_of": "11-03"}
    rows = [*lent({}), *lent(later)]
    assert the(filed({"seq": 2, "amount": 50}), rows).settled
    assert not the(filed({"seq": 2, "amount": 90}), rows).settled
    assert not the(filed({"seq": 4, "amount": 50}), rows).settled


versions = st.lists(
    st.fixed_dictionaries(
        {
            "amount": st.integers(0, 400), "paid": st.integers(0, 500),
            "word": st.sampled_from(CLAIM_ACTIONS),
            "acted_on": st.none() | st.dates(date(2025, 8, 1), date(2026, 1, 31)),
        }
    ),
    min_size=1, max_size=6,
)  # fmt: skip
sheets = st.lists(
    st.fixed_dictionaries(
        {
            "amount": st.integers(1, 90), "paid": st.integers(0, 90), "nothing": st.booleans(),
            "month": st.sampled_from(("2025-09", "2025-10", "2025-11")),
            "replaced": st.none() | st.integers(1, 4),
        }
    ),
    max_size=5,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(versions | st.just([]), sheets, st.integers(1, 8))
def test_the_sum_of_every_claims_actions_is_its_balance(
    form: list[dict[str, Any]], usage: list[dict[str, Any]], after: int
) -> None:
    rows = []
    for n, one in enumerate(usage, 1):
        replaced = one.pop("replaced")
        until = None if replaced is None else n + replaced
        rows += lent({"seq": n, "until": until, "gone_on": date(2025, 12, 1), **one})
    told = filed(*({"seq": after + n, **one} for n, one in enumerate(form)))
    found = accounts(told, rows)
    for one in found:
        assert sum(action.change for action in one.actions) == one.balance
        assert [a.day for a in one.actions] == sorted(a.day for a in one.actions)
        assert one.by(one.actions[-1].day) == one.balance
        assert one.by(one.actions[0].day - timedelta(days=1)) == 0
        assert one.settled or one.balance > 0 or not one.priced
        assert one.actions[0].deed == "opened"
    if form:
        (filed_one,) = [one for one in found if one.number == "A-1"]
        last = form[-1]
        if last["word"] in SETTLED:
            assert filed_one.settled
            assert filed_one.balance == 0 or last["paid"] > last["amount"]
    assert len({(one.lender, one.card, one.item, one.kind) for one in found}) == len(found)
