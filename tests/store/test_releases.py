"""Texts and their releases: nothing is overwritten, and what was replaced is not listed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from ill_workflows.store import experiences as store
from ill_workflows.store.db import writing
from tests.store.kept import ISSUE, accept

TODAY, NOW = date(2025, 10, 7), datetime(2025, 10, 7, 1, 2, 3, tzinfo=UTC)
LATER = datetime(2025, 10, 8, 1, 2, 3, tzinfo=UTC)


def test_texts_that_count_are_listed_oldest_first(engine: Engine) -> None:
    with writing(engine) as connection:
        accept(connection, notes="期中", interim=True)
        accept(connection, notes="第一版")
        accept(connection, notes="第二版")
        accept(connection, month="2025-10")
        accept(connection, table="departures_leavers", notes="離校季")
        accept(connection, notes="退回的", state="returned", month="2025-11")
        found = store.written(connection)
    assert [(row["notes"], row["form"], row["month"]) for row in found] == [
        ("期中", "usage", "2025-09"), ("第二版", "usage", "2025-09"),
        ("離校季", "departures", None),
    ]  # fmt: skip


def test_a_release_keeps_its_words_and_its_withdrawal(engine: Engine) -> None:
    with writing(engine) as connection:
        number = accept(connection, notes="原文")
        store.release(connection, number, "可公開", TODAY, NOW)
        (first,) = store.releases(connection)
        assert (first["text"], first["released_on"], first["released_at"]) == (
            "可公開", TODAY, NOW,
        )  # fmt: skip
        assert (first["submission"], first["notes"], first["withdrawn_at"]) == (
            number, "原文", None,
        )  # fmt: skip
        store.withdraw(connection, first["id"], NOW)
        store.withdraw(connection, first["id"], LATER)
        store.release(connection, number, "再公開", TODAY, LATER)
    with engine.connect() as connection:
        both = store.releases(connection)
    assert [(row["text"], row["withdrawn_at"]) for row in both] == [
        ("可公開", NOW), ("再公開", None),
    ]  # fmt: skip


def test_readers_of_registers_and_lists_are_known_even_of_replaced_ones(engine: Engine) -> None:
    leaver = {"patron": "H9", "name": "虛構離校", "leaving_on": date(2025, 9, 30)}
    with writing(engine) as connection:
        accept(connection, ISSUE, table="cards_issues", library="HDU")
        accept(connection, {**ISSUE, "name": "示範改名"}, table="cards_issues", library="HDU")
        accept(connection, leaver, table="departures_leavers", library="HDU")
        found = sorted(store.people(connection))
    assert found == sorted(["示範讀者", "示範改名", "虛構離校", "H1", "H9"])
