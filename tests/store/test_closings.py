"""Closed months in the store, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from ill_workflows.errors import SealBroken
from ill_workflows.store import closings as store
from ill_workflows.store import db

MONTH, TODAY, NOW = "2025-09", date(2025, 11, 3), datetime(2025, 11, 3, 1, tzinfo=UTC)
TABLES = {"reported": {"library": ["NSUT"], "form": ["usage"]}}


def close(connection: Connection) -> int:
    store.close(connection, MONTH, TABLES, today=TODAY, now=NOW)
    return int(store.every(connection)[-1]["id"])


def test_of_a_month_one_closing_stands(engine: Engine) -> None:
    with db.writing(engine) as connection:
        first = close(connection)
    with pytest.raises(IntegrityError), db.writing(engine) as connection:
        close(connection)
    with db.writing(engine) as connection:
        store.reopen(connection, first, "補正", TODAY, NOW)
        second = close(connection)
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
        close(connection)
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


def test_what_was_changed_since_it_was_frozen_is_not_read(engine: Engine) -> None:
    with db.writing(engine) as connection:
        close(connection)
        assert store.kept(connection, [MONTH]) == {MONTH: TABLES}
        connection.execute(text('UPDATE closed_figures SET rows = \'{"library": ["HDU"]}\''))
    with engine.connect() as connection, pytest.raises(SealBroken, match=MONTH):
        store.kept(connection, [MONTH])
    with db.writing(engine) as connection:
        connection.execute(text("DELETE FROM closed_figures"))
    with engine.connect() as connection, pytest.raises(SealBroken, match=MONTH):
        store.kept(connection, [MONTH])
