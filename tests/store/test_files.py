"""SQLite's file: what is wrong with it is one clear sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from ill_workflows.errors import StoreTrouble
from ill_workflows.store import db


@pytest.mark.parametrize(
    "content", [b"not a database" * 100, b"SQLite format 3\x00" + b"\xff" * 200]
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(content)
    with pytest.raises(StoreTrouble) as told:
        db.open_engine(f"sqlite:///{path}")
    assert str(path) in str(told.value)
    assert "資料庫" in str(told.value)
    assert "\n" not in str(told.value)
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="cannot be opened"):
        db.open_engine(f"sqlite:///{tmp_path / 'gone' / 'state.db'}")


def test_a_database_that_another_program_keeps_locked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    engine = db.open_engine(url)
    with closing(sqlite3.connect(tmp_path / "state.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
        with (
            pytest.raises(StoreTrouble, match="another program"),
            db.writing(engine) as connection,
        ):
            connection.execute(text("SELECT 1"))
    engine.dispose()


def test_sqlite_is_set_so_that_nothing_committed_is_lost(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'state.db'}")
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
    }
    engine.dispose()


def test_a_reader_is_told_in_one_sentence_too(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    engine = db.open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(StoreTrouble, match="may not be written"):
            connection.execute(text("DELETE FROM letters"))
    engine.dispose()
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreTrouble, match="not a database"):
        engine.connect()
