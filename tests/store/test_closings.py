"""Closed months in the store, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from ill_workflows.store import closings as store
from ill_workflows.store import db

MONTH, TODAY, NOW = "2025-09", date(2025, 11, 3), datetime(2025, 11, 3, 1, tzinfo=UTC)
TABLES = {"reported": {"library": ["NSUT"], "form": ["usage"]}}


def close(connection: Connection, digest: str = "0" * 64) -> int:
    return store.close(connection, MONTH, TABLES, digest=digest, today=TODAY, now=NOW)


def test_of_a_month_one_closing_stands(engine: Engine) -> None:
    with db.writing(engine) as connection:
        first = close(connection)
    with pytest.raises(IntegrityError), db.writing(engine) as connection:
        close(connection)
    with db.writing(engine) as connection:
        store.reopen(connection, first, "補正", TODAY, NOW)
        second = close(connection, "1" * 64)
    with engine.connect() as connection:
        assert [row["id"] for row in store.standing(connection)] == [second]
        assert [row["id"] for row in store.newest(connection)] == [second]
        assert store.frozen(connection, [first]) == {MONTH: TABLES}


@pytest.fixture
def before(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the version before, in which a month was closed twice at once."""
    monkeypatch.setattr(db, "HEAD", "0014")
    old = db.open_engine(url)
    with db.writing(old) as connection:
        close(connection)
        close(connection, "1" * 64)
    old.dispose()
    monkeypatch.undo()
    return url


def test_what_stood_twice_stands_once_after_the_migration(before: str) -> None:
    engine = db.open_engine(before)
    with engine.connect() as connection:
        first, second = store.every(connection)
        assert (first["reopened_on"], second["reopened_on"]) == (None, TODAY)
        assert "同時結算兩次" in second["why"]
    assert "uq_closings_standing" in {i["name"] for i in inspect(engine).get_indexes("closings")}
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM closed_figures")).scalar() == 2
    engine.dispose()
