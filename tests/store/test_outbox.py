"""What we wrote: letters and their notices, in one transaction, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from ill_workflows.store import outbox, refusals
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from ill_workflows.store.outbox import Mark
from tests.store.kept import ISSUE, accept

TODAY, NOW = date(2025, 10, 7), datetime(2025, 10, 7, 1, 2, 3, tzinfo=UTC)
LETTER = outbox.Written(
    "<1@nsut.example>", "overdue", "first", "HDU", ("h1@mail.hdu.example",), ("ill@hdu.example",),
    "【逾期提醒】", ("a", "b"), b"From: x\r\n\r\nbody\x00\xff",
)  # fmt: skip


def put(
    connection: Connection, number: str, *cases: str, step: str = "first", policy: str = "overdue"
) -> int:
    letter = replace(
        LETTER, message_id=f"<{number}@nsut.example>", cases=cases, step=step, policy=policy
    )
    found = outbox.put(connection, letter, [(c, "") for c in cases], today=TODAY, now=NOW)
    assert found is not None
    return found


def states(engine: Engine) -> dict[int, str]:
    with engine.connect() as connection:
        return {row["id"]: row["state"] for row in outbox.listing(connection)}


def test_a_letter_comes_back_byte_for_byte(engine: Engine) -> None:
    with writing(engine) as connection:
        number = outbox.put(connection, LETTER, (), today=TODAY, now=NOW)
    with engine.connect() as connection:
        row = outbox.one(connection, number or 0)
        assert outbox.one(connection, 99) is None
        (listed,) = outbox.listing(connection, [number or 0])
    assert row is not None
    assert row["body"] == LETTER.body
    assert (row["to"], row["cc"], row["cases"]) == (
        ["h1@mail.hdu.example"], ["ill@hdu.example"], ["a", "b"],
    )  # fmt: skip
    assert (row["state"], row["created_on"], row["created_at"]) == ("queued", TODAY, NOW)
    assert "body" not in listed


def test_a_notice_that_stands_already_lets_nothing_of_its_letter_be_written(engine: Engine) -> None:
    with writing(engine) as connection:
        put(connection, "1", "a")

    def again() -> None:
        with writing(engine) as connection:
            put(connection, "2", "new", "a")

    with pytest.raises(IntegrityError):
        again()
    with engine.connect() as connection:
        assert outbox.history(connection) == {("overdue", "a", ""): {"first": TODAY}}
    assert states(engine) == {1: "queued"}


def test_history_tells_policy_case_episode_step_and_day(engine: Engine) -> None:
    with writing(engine) as connection:
        put(connection, "1", "a", "b")
        put(connection, "2", "a", step="second")
        marks = [("a", "R1"), ("a", "R2")]
        letter = replace(LETTER, message_id="<3@nsut.example>", policy="still_out", step="0")
        outbox.put(connection, letter, marks, today=TODAY, now=NOW)
    with engine.connect() as connection:
        assert outbox.history(connection) == {
            ("overdue", "a", ""): {"first": TODAY, "second": TODAY},
            ("overdue", "b", ""): {"first": TODAY},
            ("still_out", "a", "R1"): {"0": TODAY},
            ("still_out", "a", "R2"): {"0": TODAY},
        }


def test_a_letter_is_claimed_once(engine: Engine) -> None:
    with writing(engine) as connection:
        number = put(connection, "1", "a")
        assert [row["id"] for row in outbox.waiting(connection)] == [number]
        assert outbox.claim(connection, number) == LETTER.body
        assert outbox.claim(connection, number) is None
        assert outbox.waiting(connection) == []
        outbox.settle(connection, number, "sent", sent_at=NOW)
    with engine.connect() as connection:
        row = outbox.one(connection, number)
    assert row is not None
    assert (row["state"], row["sent_at"], row["attempts"]) == ("sent", NOW, 1)


def test_what_was_being_sent_when_all_went_dark_is_doubtful(engine: Engine) -> None:
    with writing(engine) as connection:
        for number in ("1", "2", "3"):
            put(connection, number, number)
        outbox.claim(connection, 2)
        outbox.hand_over(connection, 2)
        outbox.claim(connection, 3)
    with writing(engine) as connection:
        assert outbox.forget_crashed(connection) == 1
        assert outbox.forget_crashed(connection) == 0
    assert states(engine) == {1: "queued", 2: "doubtful", 3: "queued"}


def test_a_withdrawn_letter_frees_its_notices_and_takes_later_steps_along(engine: Engine) -> None:
    with writing(engine) as connection:
        first = put(connection, "1", "a", "b")
        put(connection, "2", "a", step="second")
        put(connection, "3", "a", policy="overdue_library", step="14")
        put(connection, "4", "c", step="second")
        freed = outbox.withdraw(connection, first, "settled")
        assert sorted(freed) == [Mark("overdue", c, "") for c in ("a", "a", "b")]
    assert states(engine) == {1: "withdrawn", 2: "withdrawn", 3: "queued", 4: "queued"}
    with writing(engine) as connection:
        assert ("overdue", "a", "") not in outbox.history(connection)
        put(connection, "5", "a", "b")


def test_a_letter_that_has_left_is_not_withdrawn(engine: Engine) -> None:
    with writing(engine) as connection:
        first = put(connection, "1", "a")
        second = put(connection, "2", "a", step="second")
        outbox.claim(connection, second)
        outbox.settle(connection, second, "sent", sent_at=NOW)
        assert outbox.withdraw(connection, second, "settled") == []
        outbox.withdraw(connection, first, "settled")
    assert states(engine) == {first: "withdrawn", second: "sent"}
    with engine.connect() as connection:
        assert outbox.history(connection) == {("overdue", "a", ""): {"second": TODAY}}


def test_a_state_changes_only_from_where_it_may(engine: Engine) -> None:
    with writing(engine) as connection:
        number = put(connection, "1", "a")
        assert not outbox.change(connection, number, "queued", before=("refused",), reason="")
        assert outbox.change(connection, number, "withdrawn", before=("queued",), reason="host")
    assert states(engine) == {number: "withdrawn"}


def test_notices_of_letters_that_were_withdrawn_are_no_figures(engine: Engine) -> None:
    with writing(engine) as connection:
        put(connection, "1", "a")
        put(connection, "2", "b")
        outbox.change(connection, 1, "withdrawn", before=("queued",), reason="host")
    with engine.connect() as connection:
        frame = outbox.notice_frame(connection)
    assert frame.to_dict("records") == [
        {"policy": "overdue", "case": "b", "step": "first", "day": TODAY}
    ]


GONE = {"H1@mail.hdu.example": "550 5.1.1 nobody", "full@mail.hdu.example": "552 5.2.2 full"}


def test_a_dead_address_is_known_until_the_host_has_looked(engine: Engine) -> None:
    with writing(engine) as connection:
        number, other = put(connection, "1", "a"), put(connection, "2", "b")
        refusals.record(connection, number, GONE, frozenset({"H1@mail.hdu.example"}), TODAY)
        refusals.record(
            connection, other, {"x@hdu.example": "550"}, frozenset({"x@hdu.example"}), TODAY
        )
        assert refusals.dead_addresses(connection) == {"h1@mail.hdu.example", "x@hdu.example"}
        refusals.record(connection, number, {}, frozenset(), TODAY)
        refusals.revive(connection, number)
        assert refusals.dead_addresses(connection) == {"x@hdu.example"}


def test_a_refusal_is_told_once_a_day(engine: Engine) -> None:
    with writing(engine) as connection:
        number = put(connection, "1", "a")
        refusals.record(connection, number, GONE, frozenset(), TODAY)
        told = refusals.untold(connection)
        assert [(row["address"], row["library"], row["policy"]) for row in told] == [
            ("H1@mail.hdu.example", "HDU", "overdue"),
            ("full@mail.hdu.example", "HDU", "overdue"),
        ]
        (mark,) = {refusals.mark_of(row) for row in told}
        letter = replace(LETTER, message_id="<9@x>", policy=refusals.POLICY, step="0")
        outbox.put(connection, letter, [mark], today=TODAY, now=NOW)
        assert refusals.untold(connection) == []
        refusals.record(connection, number, GONE, frozenset(), date(2025, 10, 9))
        assert len(refusals.untold(connection)) == 2


def test_the_reader_at_an_address_is_that_of_the_librarys_newest_register(engine: Engine) -> None:
    with writing(engine) as connection:
        mine = {**ISSUE, "email": " H1@mail.hdu.example"}
        accept(connection, mine, table="cards_issues", library="HDU")
        renamed = {**mine, "name": None, "patron": "H9"}
        accept(connection, renamed, table="cards_issues", library="HDU", month="2025-10")
        found = refusals.reader_at(connection, "HDU", "h1@mail.hdu.example")
        assert found == {"name": "", "number": "H9"}
        assert refusals.reader_at(connection, "NSU", "h1@mail.hdu.example") is None
        assert store.every_version(connection)
