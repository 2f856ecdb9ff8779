"""The facts are checked again on the way out (notices rule 4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ill_workflows.app import App
from ill_workflows.jobs.deliver import deliver
from tests.jobs.alliance import (
    CASE,
    ISSUED,
    READER,
    back,
    cards,
    clock,
    found,
    lent,
    letters,
    receipt,
    reminded,
    states,
    usage,
)
from tests.ledger.rows import day
from tests.store.kept import LOAN

ITEM = LOAN["item"]


@pytest.fixture
def app(tmp_path: Path) -> App:
    return found(tmp_path / "home")


@pytest.mark.parametrize("today", ["10-07", "10-08"])
def test_a_book_that_came_back_meanwhile_withdraws_its_letters_and_frees_their_notices(
    app: App, today: str
) -> None:
    lent(app)
    reminded(app)
    back(app, ITEM, on=today)
    result = deliver(app, clock(today))
    assert (result.sent, result.withdrawn) == (0, 2)
    assert set(states(app)) == {"withdrawn"}
    usage(app, LOAN, on="10-08", month="2025-10", interim=True)  # it was not back after all
    reminded(app, "10-09")
    assert deliver(app, clock("10-09")).sent == 2
    (again,) = letters(app, policy="overdue", state="sent")
    assert (again["step"], again["cases"]) == ("first", [CASE])


def test_what_is_still_true_of_a_letter_leaves_on_the_same_day(app: App) -> None:
    lent(app, "C1", "C2", "C3")
    reminded(app)
    back(app, "C2", on="10-08", out=("C1", "C3"))
    result = deliver(app, clock("10-08"))
    assert (result.withdrawn, result.sent) == (2, 2)
    (sent,) = letters(app, policy="overdue", state="sent")
    assert [case.split("/")[3] for case in sent["cases"]] == ["C1", "C3"]
    assert (sent["step"], sent["created_on"]) == ("first", clock("10-08").today)
    assert reminded(app, "10-08").letters == {}


def test_a_letter_that_waited_too_long_is_written_afresh(app: App) -> None:
    lent(app, lent_on=clock("9-22").today)  # due on 10-07, the day after the holiday
    usage(app, {**LOAN, "lent_on": clock("9-22").today}, on="10-14", month="2025-10", interim=True)
    reminded(app, "10-08")
    assert deliver(app, clock("10-13", 20)).waiting == 1
    result = deliver(app, clock("10-14"))
    assert (result.withdrawn, result.sent) == (1, 1)
    old, new = letters(app, policy="overdue")
    assert (old["state"], new["state"], new["step"]) == ("withdrawn", "sent", "first")
    assert old["message_id"] != new["message_id"]
    assert reminded(app, "10-15").letters == {}
    usage(app, {**LOAN, "lent_on": clock("9-22").today}, on="10-20", month="2025-10", interim=True)
    assert ("overdue", "second") in reminded(app, "10-20").letters


def test_a_second_letter_never_leaves_without_the_first(app: App) -> None:
    lent(app)
    reminded(app, "10-07")
    usage(app, LOAN, on="10-13", month="2025-10", interim=True)
    reminded(app, "10-13")
    assert states(app, policy="overdue") == ["queued", "queued"]
    deliver(app, clock("10-13"))
    sent = letters(app, policy="overdue", state="sent")
    assert [row["step"] for row in sent] == ["first"]
    reminded(app, "10-14")
    assert len(letters(app, policy="overdue")) == 3


def test_a_question_that_an_interim_sheet_has_answered_is_withdrawn(app: App) -> None:
    lent(app)
    reminded(app, "10-13")
    assert states(app, policy="still_out") == ["queued"]
    usage(app, LOAN, on="10-14", month="2025-10", interim=True)
    deliver(app, clock("10-14"))
    assert states(app, policy="still_out") == ["withdrawn"]
    reminded(app, "10-14")
    assert states(app, policy="overdue") == ["queued"]


def test_a_reminder_is_withdrawn_once_its_facts_are_stale_and_the_lender_asked(app: App) -> None:
    lent(app)
    reminded(app, "10-09")
    deliver(app, clock("10-13"))
    assert set(states(app, policy="overdue")) == {"withdrawn"}
    reminded(app, "10-13")
    assert states(app, policy="still_out") == ["queued"]


def test_what_comes_back_during_a_slow_run_is_not_reminded_and_after_hours_the_rest_waits(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards_out = [{"card": f"HDU-{n:02d}", "item": f"C{n}"} for n in range(1, 5)]
    loans = [{**LOAN, **one} for one in cards_out]
    usage(app, *loans)
    issues = [
        {**ISSUED, "card": one["card"], "patron": one["item"], "email": f"{one['item']}@ill.test"}
        for one in cards_out
    ]
    cards(app, *issues)
    reminded(app)
    passed = 0
    monkeypatch.setattr("ill_workflows.jobs.deliver.monotonic", lambda: passed)

    def slowly() -> None:
        nonlocal passed
        passed += 25 * 60
        if passed == 25 * 60:
            loans[1]["returned_on"] = day("10-06")
            usage(app, *loans, on="10-07", month="2025-10", interim=True)

    result = deliver(app, clock("10-07", 18), slowly)
    told = {row["to"][0]: row["state"] for row in letters(app, policy="overdue")}
    assert told == {
        "C1@ill.test": "sent", "C2@ill.test": "withdrawn", "C3@ill.test": "queued",
        "C4@ill.test": "queued",
    }  # fmt: skip
    assert (result.sent, result.withdrawn, result.waiting) == (1, 2, 3)


def test_due_soon_does_not_leave_on_the_due_date(app: App) -> None:
    due = {**LOAN, "due_on": clock("10-09").today}
    usage(app, due)
    cards(app, ISSUED)
    reminded(app, "10-07")
    assert states(app, policy="due_soon") == ["queued"]
    deliver(app, clock("10-09"))
    assert states(app, policy="due_soon") == ["withdrawn"]


def test_a_letter_to_somebody_who_did_not_hold_the_card_after_all_does_not_leave(app: App) -> None:
    lent(app)
    reminded(app)
    cards(app, {**ISSUED, "patron": "H2", "email": "h2@ill.test"}, on="10-07")
    deliver(app, clock("10-08"))
    told = {row["to"][0]: row["state"] for row in letters(app, policy="overdue")}
    assert told == {READER: "withdrawn", "h2@ill.test": "sent"}


def test_a_contradiction_that_was_mended_is_withdrawn(app: App) -> None:
    usage(app, LOAN)
    cards(app, {**ISSUED, "card": "HDU-99"})
    reminded(app)
    assert states(app, policy="discrepancy") == ["queued", "queued"]
    cards(app, ISSUED, on="10-08")
    deliver(app, clock("10-08"))
    assert states(app, policy="discrepancy") == ["withdrawn", "withdrawn"]


def test_receipts_are_not_looked_at_again(app: App) -> None:
    receipt(app, 1)
    assert deliver(app, clock("12-01")).sent == 1
