"""The database: one URL, SQLite by default, brought to the newest schema when opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ill_workflows.errors import StoreTrouble

HEAD = "0001"
"""The revision that this version of the program works with; a test holds it to the migrations."""


def open_engine(url: str) -> Engine:
    """Open the database and bring it to the newest schema; the first call creates it.

    Raises:
        StoreTrouble: it cannot be opened, or was written by a newer version.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        _careful_sqlite(engine)
    try:
        revision = _revision(engine)
        if revision is None or revision < HEAD:
            migrate(engine)
        elif revision > HEAD:
            shown = make_url(url).render_as_string(hide_password=True)
            raise StoreTrouble(
                shown, f"版本較新 / written by a newer version ({revision} > {HEAD})"
            )
    except SQLAlchemyError as bad:
        shown = make_url(url).render_as_string(hide_password=True)
        raise StoreTrouble(shown, str(getattr(bad, "orig", bad))) from bad
    return engine


def _careful_sqlite(engine: Engine) -> None:
    """WAL and FULL: a lost «sent» would be a second mail; BEGIN IMMEDIATE: one writer waits."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found else None


def migrate(engine: Engine) -> None:
    """Run the committed migrations up to :data:`HEAD`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One short transaction.

    Raises:
        StoreTrouble: the database could not be written (locked, full, gone).
    """
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as bad:
        raise StoreTrouble(engine.url.render_as_string(hide_password=True), str(bad.orig)) from bad
