"""Looking into the outbox, and the host's decisions about single letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.jobs import post_office
from ill_workflows.jobs.deliver import deliver
from ill_workflows.store import outbox, refusals
from ill_workflows.store.db import writing
from tests.cli.command import ill
from tests.jobs.alliance import (
    CASE,
    READER,
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


@pytest.fixture
def app(tmp_path: Path) -> App:
    one = found(tmp_path / "home")
    lent(one)
    reminded(one)
    return one


def put(app: App, number: int, state: str) -> None:
    with writing(app.engine) as connection:
        outbox.settle(connection, number, state)


def test_the_outbox_tells_machines_what_the_contract_says(app: App) -> None:
    ran = ill("outbox", "--json", home=app.home)
    overdue = next(row for row in ran.json if row["policy"] == "overdue")
    assert {name: overdue[name] for name in ("id", "step", "to", "cc", "state", "cases")} == {
        "id": 1, "step": "first", "to": [READER], "cc": ["ill-hdu@ill.test"], "state": "queued",
        "cases": [CASE],
    }  # fmt: skip
    assert overdue["created_at"] == "2025-10-07T01:00:00+00:00"
    assert overdue["sent_at"] is None
    deliver(app, clock("10-07", 10))
    again = ill("outbox", "--json", home=app.home).json
    assert {row["sent_at"] for row in again} == {"2025-10-07T02:00:00+00:00"}


@pytest.mark.parametrize(
    ("about", "policies"),
    [
        (READER.upper(), ["overdue"]),
        ("HDU-07", ["overdue", "overdue_library"]),
        ("0000123", ["overdue", "overdue_library"]),
        ("hdu", ["overdue", "overdue_library"]),
        ("ill-hdu@ill.test", ["overdue", "overdue_library"]),
        ("0000124", []),
    ],
)
def test_one_timeline_by_address_card_book_or_library(
    app: App, about: str, policies: list[str]
) -> None:
    found_rows = post_office.listing(app, post_office.About(about=about))
    assert [row["policy"] for row in found_rows] == policies


def test_a_book_with_an_odd_number_is_found_too(tmp_path: Path) -> None:
    app = found(tmp_path / "odd")
    lent(app, "C 45/6%")
    reminded(app)
    assert len(post_office.listing(app, post_office.About(about="c 45/6%"))) == 2


def test_a_letter_is_shown_as_its_reader_sees_it(app: App) -> None:
    text = post_office.show(app, 1)
    assert text.startswith("[queued]\nFrom: 館際合作 <host@ill.test>\nTo: h1@ill.test\n")
    assert "示範讀者" in text
    assert "食品化學" in text
    with pytest.raises(UsageProblem):
        post_office.show(app, 99)


@pytest.mark.parametrize("before", ["refused", "bounced", "doubtful"])
def test_a_letter_that_did_not_arrive_is_sent_again_at_the_hosts_word(
    app: App, before: str
) -> None:
    put(app, 1, before)
    assert "1" in post_office.retry(app, 1)
    assert deliver(app, clock("10-07")).sent == 2


@pytest.mark.parametrize("before", ["queued", "sending", "sent", "withdrawn"])
def test_any_other_letter_is_not(app: App, before: str) -> None:
    put(app, 1, before)
    with pytest.raises(UsageProblem, match=before):
        post_office.retry(app, 1)
    assert letters(app)[0]["state"] == before


@pytest.mark.parametrize("before", ["queued", "refused", "doubtful"])
def test_a_letter_that_was_cancelled_never_leaves_and_is_not_written_again(
    app: App, before: str
) -> None:
    put(app, 1, before)
    post_office.cancel(app, 1)
    deliver(app, clock("10-07"))
    reminded(app, "10-08")
    assert states(app, policy="overdue") == ["withdrawn"]
    assert "cancelled by the host" in post_office.show(app, 1)


@pytest.mark.parametrize("before", ["sending", "sent", "withdrawn"])
def test_what_has_left_cannot_be_cancelled(app: App, before: str) -> None:
    put(app, 1, before)
    with pytest.raises(UsageProblem, match=before):
        post_office.cancel(app, 1)


def test_after_a_cancelled_letter_the_next_step_goes_its_way(app: App) -> None:
    post_office.cancel(app, 1)
    usage(app, LOAN, on="10-13", month="2025-10", interim=True)
    reminded(app, "10-13")
    assert [row["step"] for row in letters(app, policy="overdue")] == ["first", "second"]


def test_the_commands_say_what_they_did(app: App) -> None:
    receipt(app, 1)
    assert ill("outbox", "show", "3", home=app.home).out.startswith("[queued]")
    assert ill("outbox", "cancel", "3", home=app.home).code == 0
    ran = ill("outbox", "retry", "3", home=app.home)
    assert (ran.code, "withdrawn" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("asked", "policies"),
    [
        ({"card": "hdu-07"}, {"overdue", "overdue_library"}),
        ({"item": "0000123"}, {"overdue", "overdue_library"}),
        ({"reader": READER}, {"overdue"}), ({"reader": "H1"}, {"overdue"}),
        ({"reader": "H1", "item": "77"}, set()), ({"reader": "H2"}, set()),
        ({"library": "hdu"}, {"overdue", "overdue_library"}),
        ({"library": "TMUT"}, set()), ({"card": "0000123"}, set()),
    ],
)  # fmt: skip
def test_a_timeline_is_asked_for_by_what_is_known(
    app: App, asked: dict[str, str], policies: set[str]
) -> None:
    events = post_office.timeline(app, post_office.About(**asked))
    assert {event.policy.split()[0] for event in events} == policies
    words = [word for name, value in asked.items() for word in (f"--{name}", value)]
    ran = ill("outbox", *words, home=app.home)
    assert (ran.code, len(ran.out.splitlines())) == (0, 1 + len(events))


def test_written_accepted_and_bounced_are_different_words(app: App) -> None:
    deliver(app, clock("10-07", 10))
    with writing(app.engine) as connection:
        outbox.settle(connection, 1, "bounced", reason="550 5.1.1", sent_at=clock("10-07", 10).now)
        refusals.record(connection, 1, {READER: "550 5.1.1"}, frozenset(), day("10-08"))
    about = post_office.About(reader=READER)
    events = [(e.at.isoformat(), e.what) for e in post_office.timeline(app, about)]
    assert events == [
        ("2025-10-07T01:00:00+00:00", "written"), ("2025-10-07T02:00:00+00:00", "accepted"),
        ("2025-10-08T00:00:00+08:00", "bounced"),
    ]  # fmt: skip
    lines = ill("outbox", "--reader", READER, home=app.home).out.splitlines()
    assert lines[-1].startswith("2025-10-08 00:00  退回 bounced")
