"""When a home library is asked about a claim, and that no open claim is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.forms.choices import CLAIM_ACTIONS
from ill_workflows.ledger.accounts import FINE
from ill_workflows.ledger.claims import accounts
from ill_workflows.ledger.flows import flows, moves, net
from ill_workflows.ledger.places import Place
from ill_workflows.lending.claims import Claim, open_claims
from ill_workflows.lending.kinds import due_notices, true_today
from ill_workflows.lending.notices import bundle
from tests.ledger.rows import issues
from tests.ledger.told import filed, lent, lost
from tests.lending.invented import READER, Story

OPENED = date(2025, 10, 3)
CLAIM = Claim(
    "NSUT", "A-1", "HDU", "HDU-07", "C450006", "食品化學", FINE, 350, 350, OPENED, OPENED,
    Place("R1", "", "罰款賠償", 5), READER,
)  # fmt: skip
STEPS = ["0", "14", "30", "60"]


def written(days: list[int], *claims: Claim, story: Story | None = None) -> list[tuple[int, str]]:
    """Runs so many days after the claim was opened: (day, step) of each notice."""
    told, found = story or Story(), []
    for number in days:
        today = OPENED + timedelta(days=number)
        for notice in due_notices(claims, told.day(today)):
            steps = told.history.setdefault((notice.policy, notice.case, notice.episode), {})
            assert notice.step not in steps
            steps[notice.step] = today
            assert notice.to == ("library", "HDU")
            found.append((number, notice.step))
    return found


def test_the_home_library_is_asked_at_0_14_30_and_60_days() -> None:
    assert written(list(range(100)), CLAIM) == [(0, "0"), (14, "14"), (30, "30"), (60, "60")]


def test_a_claim_told_late_is_not_hurried() -> None:
    assert written(list(range(70, 140)), CLAIM) == [
        (70, "0"), (84, "14"), (100, "30"), (130, "60"),
    ]  # fmt: skip


def test_what_was_written_before_the_lender_gave_it_a_number_counts() -> None:
    loan = replace(CLAIM, number="HDU-07/C450006/2025-09-08/fine")
    story = Story()
    assert written([0], loan, story=story) == [(0, "0")]
    numbered = replace(CLAIM, formerly=(loan.key,))
    assert written([1, 13, 14], numbered, story=story) == [(14, "14")]


def test_all_claims_of_a_library_that_reach_a_step_are_one_letter() -> None:
    other = replace(CLAIM, lender="TMUT")
    (one,) = bundle(due_notices([CLAIM, other], Story().day(OPENED)))
    assert one.cases == ("claim/NSUT/A-1", "claim/TMUT/A-1")
    assert ("claim", CLAIM.key) in true_today([CLAIM], OPENED)


def test_the_reader_is_who_held_the_card_on_the_day_of_the_loan() -> None:
    register = issues(
        {"returned_on": "9-19"}, {"patron": "H2", "name": "虛構讀者", "issued_on": "9-24"}
    )
    found = accounts(filed({}), [])
    day = {("NSUT", "HDU-07", "C450006"): [(date(2025, 9, 8), "食品化學")]}
    (claim,) = open_claims(found, register, day)
    assert claim.reader is not None
    assert (claim.reader.number, claim.title) == ("H1", "食品化學")
    (unknown,) = open_claims(found, register, {})  # the day on which it was opened
    assert unknown.reader is not None
    assert unknown.reader.number == "H2"
    (nobody,) = open_claims(found, issues({"card": "HDU-08"}), {})
    assert nobody.reader is None


def test_a_claim_without_a_price_asks_for_none() -> None:
    (claim,) = open_claims(accounts([], [lost()]), issues(), {})
    assert (claim.amount, claim.balance, claim.by_loan) == (None, None, True)
    assert claim.key == "claim/NSUT/HDU-07%2FC450006%2F2025-09-08%2Flost"


rows = st.lists(
    st.fixed_dictionaries(
        {
            "number": st.sampled_from(("A-1", "A-2", "A-3")),
            "lender": st.sampled_from(("NSUT", "TMUT")),
            "card": st.sampled_from(("HDU-07", "NSU-03", "TMUT-01")),
            "item": st.sampled_from(("C450006", "C450007", "")),
            "amount": st.integers(0, 400), "paid": st.integers(0, 400),
            "word": st.sampled_from(CLAIM_ACTIONS),
            "acted_on": st.none() | st.dates(date(2025, 10, 3), date(2026, 3, 31)),
        }
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rows, st.booleans(), st.lists(st.integers(0, 300), max_size=12))
def test_no_open_claim_is_ever_dropped(
    told: list[dict[str, Any]], usage: bool, days: list[int]
) -> None:
    """Whatever was sent and whenever one looked: what is owed is asked for, each step once and in
    order, and what is settled is not.
    """
    found = accounts(filed(*told), lent({}) if usage else [])
    waiting = open_claims(found, issues({}), {})
    assert {one.key for one in waiting} == {
        f"claim/{one.lender}/{one.number}".replace("/C4", "%2FC4").replace("/2025", "%2F2025")
        .replace("/fine", "%2Ffine")
        for one in found
        if not one.settled
    }  # fmt: skip
    last = {(row["lender"], row["number"]): row for row in told}
    owed = {key for key, row in last.items() if row["word"] not in {"繳清", "減免", "撤銷"}
            and (row["paid"] < row["amount"] or not row["amount"])}  # fmt: skip
    assert owed <= {(one.lender, one.number) for one in waiting}
    if waiting:
        claim = replace(waiting[0], opened_on=OPENED, home="HDU", formerly=())
        steps = [step for _, step in written([*sorted(set(days)), *range(301, 420)], claim)]
        assert steps == STEPS


@settings(max_examples=100, deadline=None)
@given(rows, st.dates(date(2025, 9, 1), date(2026, 4, 30)), st.integers(0, 90))
def test_the_two_sides_of_a_pair_sum_to_zero_and_a_month_begins_as_the_last_one_ended(
    told: list[dict[str, Any]], first: date, length: int
) -> None:
    found = accounts(filed(*told), lent({}))
    last = first + timedelta(days=length)
    passed = flows(moves(found), first, last)
    codes = {code for pair in passed for code in pair}
    for one in codes:
        for other in codes - {one}:
            assert net(passed, one, other) + net(passed, other, one) == 0
    later = flows(moves(found), last + timedelta(days=1), last + timedelta(days=30))
    for pair, flow in passed.items():
        assert later[pair].opening == flow.closing
    until = sum(one.by(last) for one in found)
    assert until == sum(flow.closing for flow in passed.values())
