"""What members sent: immutable versions, and which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from ill_workflows.forms.findings import Finding
from ill_workflows.store import standing
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from tests.ledger.rows import day
from tests.store.kept import ARRIVAL, ISSUE, LOAN, accept, rows


def test_a_moment_comes_back_aware_in_utc(engine: Engine) -> None:
    with writing(engine) as connection:
        store.record(connection, ARRIVAL, ())
    with engine.connect() as connection:
        (row,) = store.every_version(connection)
    assert row["received_at"] == ARRIVAL.received_at
    assert row["received_at"].tzinfo is UTC
    naive = replace(ARRIVAL, received_at=datetime(2025, 10, 2))  # noqa: DTZ001
    with pytest.raises(Exception, match="zone"), writing(engine) as connection:
        store.record(connection, naive, ())


def test_receipts_are_numbered_through_and_carry_the_minguo_year(engine: Engine) -> None:
    with writing(engine) as connection:
        first = store.record(connection, ARRIVAL, ())
        second = store.record(connection, replace(ARRIVAL, received_on=date(2026, 1, 2)), ())
    assert (first, second) == ((1, "R114-000001"), (2, "R115-000002"))


def test_findings_are_kept_as_they_were_told(engine: Engine) -> None:
    told = [Finding("借出紀錄", "G5", "read_as", "corrected", "借出日", {"read": "９．３", "n": 3})]
    with writing(engine) as connection:
        number, _ = store.record(connection, ARRIVAL, told)
    with engine.connect() as connection:
        (found,) = store.told_of(connection, number)
    assert found == replace(told[0], facts={"read": "９．３", "n": "3"})


def test_rows_come_back_as_they_were_read(engine: Engine) -> None:
    odd = {
        **LOAN,
        "title": "「書名」 \U0001f4da 'x' \"y\" %s :z",
        "returned_on": day("9-20"),
        "fine": 0,
    }
    with writing(engine) as connection:
        number = accept(connection, LOAN, odd)
    with engine.connect() as connection:
        assert store.rows_of(connection, "usage_loans", number) == [
            row[1:] for row in rows("usage_loans", LOAN, odd)
        ]
        frame = standing.sheet_rows(connection, "usage_loans")
    assert list(frame["title"]) == [LOAN["title"], odd["title"]]
    assert list(frame["lent_on"]) == [day("9-08")] * 2
    assert list(frame["returned_on"]) == [None, day("9-20")]
    (one,) = {tuple(r) for r in frame[["library", "month", "as_of", "receipt", "seq"]].to_numpy()}
    assert one == ("NSUT", "2025-09", day("10-01"), "R114-000001", 1)


def test_a_newly_accepted_version_replaces_the_older_ones_of_its_month(engine: Engine) -> None:
    with writing(engine) as connection:
        accept(connection, LOAN)
        accept(connection, LOAN, interim=True)
        accept(connection, LOAN, month="2025-08")
        accept(connection, LOAN, library="HDU")
        accept(connection, {**LOAN, "item": "new"})
    with engine.connect() as connection:
        replaced = {r["id"]: r["superseded_by"] for r in store.every_version(connection)}
        items = standing.sheet_rows(connection, "usage_loans")["seq"]
    assert replaced == {1: 5, 2: 5, 3: None, 4: None, 5: None}
    assert sorted(items) == [3, 4, 5]


def test_an_interim_sheet_stands_beside_the_months_before(engine: Engine) -> None:
    with writing(engine) as connection:
        accept(connection, LOAN)
        accept(connection, LOAN, month="2025-10", interim=True)
        accept(connection, LOAN, month="2025-10", interim=True)
    with engine.connect() as connection:
        assert store.full_versions(connection, "usage", "NSUT", "2025-10") == []
        assert list(standing.sheet_rows(connection, "usage_loans")["seq"]) == [1, 2, 3]


def test_the_first_version_is_kept_in_sight_it_tells_whether_the_sheet_was_late(
    engine: Engine,
) -> None:
    with writing(engine) as connection:
        for received in ("10-02", "10-09", "10-11"):
            accept(connection, LOAN, received_on=day(received))
    with engine.connect() as connection:
        found = store.full_versions(connection, "usage", "NSUT", "2025-09")
    assert [row["received_on"] for row in found] == [day("10-02"), day("10-11")]


def test_the_newest_submission_of_the_same_bytes_is_found(engine: Engine) -> None:
    with writing(engine) as connection:
        assert store.latest_of(connection, "0" * 64) is None
        store.record(connection, replace(ARRIVAL, state="returned"), ())
        store.record(connection, ARRIVAL, ())
        store.record(connection, replace(ARRIVAL, sha256="1" * 64), ())
    with engine.connect() as connection:
        found = store.latest_of(connection, "0" * 64)
    assert found is not None
    assert (found["id"], found["state"]) == (2, "accepted")


def test_what_was_open_before_is_what_the_last_sheet_says(engine: Engine) -> None:
    with writing(engine) as connection:
        accept(
            connection, LOAN, {**LOAN, "item": "back"}, {**LOAN, "item": "lost"}, month="2025-08"
        )
        accept(connection, LOAN, {**LOAN, "item": "back", "returned_on": day("9-20")})
        accept(connection, {**LOAN, "item": "elsewhere"}, library="HDU")
        accept(connection, {**LOAN, "item": "later"}, month="2025-10")
    with engine.connect() as connection:
        found = standing.open_before(connection, "usage_loans", "NSUT", "2025-10")
        assert sorted(row["item"] for row in found) == ["0000123", "lost"]


def test_open_rows_alone_can_be_asked_for(engine: Engine) -> None:
    with writing(engine) as connection:
        accept(connection, LOAN, {**LOAN, "item": "back", "returned_on": day("9-20")})
        accept(connection, {**LOAN, "returned_on": day("10-01")}, month="2025-10")
        accept(connection, ISSUE, table="cards_issues", library="HDU")
    with engine.connect() as connection:
        kept = standing.sheet_rows(connection, "usage_loans", still_open=True)
        assert list(kept["month"]) == ["2025-09", "2025-10"]
        assert set(kept["item"]) == {"0000123"}
        assert len(standing.sheet_rows(connection, "cards_issues", still_open=True)) == 1


def stock(*given: tuple[str, str]) -> Sequence[dict[str, Any]]:
    return [{"card": card, "state": state} for card, state in given]


def test_void_cards_are_those_of_the_newest_register(engine: Engine) -> None:
    with writing(engine) as connection:
        before = stock(("HDU-01", "遺失"), ("HDU-02", "註銷"), ("HDU-03", "正常"))
        after = stock(("HDU-01", "正常"), ("HDU-02", "註銷"), ("HDU-03", "遺失"))
        accept(connection, *before, table="cards_stock", library="HDU")
        accept(connection, *after, table="cards_stock", library="HDU", month="2025-10")
        accept(connection, *stock(("NSU-09", "遺失")), table="cards_stock", library="NSU")
    with engine.connect() as connection:
        assert standing.void_cards(connection) == {"HDU-02", "HDU-03", "NSU-09"}


def test_a_card_that_is_reported_lost_is_void_until_it_is_found_again(engine: Engine) -> None:
    def report(*rows: tuple[str, str, str]) -> None:
        told = ({"card": c, "kind": kind, "opened_on": day(on)} for c, kind, on in rows)
        accept(connection, *told, table="cases_losses", library="HDU")

    with writing(engine) as connection:
        stock = {"card": "HDU-05", "state": "遺失", "since": day("9-20")}
        accept(connection, stock, table="cards_stock", library="HDU")
        report(("HDU-02", "遺失", "10-01"), ("HDU-03", "註銷", "10-02"), ("HDU-05", "尋獲", "9-10"))
        assert standing.void_cards(connection) == {"HDU-02", "HDU-03", "HDU-05"}
        report(("HDU-02", "尋獲", "10-06"), ("HDU-05", "尋獲", "9-20"))
        assert standing.void_cards(connection) == {"HDU-03"}
        report(("HDU-02", "遺失", "10-06"))
        assert standing.void_cards(connection) == {"HDU-02", "HDU-03"}


def test_a_librarys_word_stays_its_own(engine: Engine) -> None:
    with writing(engine) as connection:
        first = store.token_of(connection, "NSUT")
        assert store.token_of(connection, "NSUT") == first
        assert store.token_of(connection, "HDU") != first
