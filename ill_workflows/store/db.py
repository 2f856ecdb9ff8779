"""The database: one URL, SQLite by default, brought to the newest schema when opened."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from time import sleep
from typing import Any, Final
from zlib import crc32

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, SQLAlchemyError

from ill_workflows.errors import StoreTrouble
from ill_workflows.store import tables_host as _host_tables  # noqa: F401 - METADATA has them
from ill_workflows.store.tables import METADATA

HEAD: Final = "0015"
"""The revision that this version of the program works with; a test holds it to the migrations."""
_TURN: Final = crc32(b"ill-workflows writes")
"""PostgreSQL's advisory lock under which writers take turns, as SQLite's do by itself."""
_WAITS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between two tries to switch a new database to WAL."""
_OURS: Final = re.compile(r"\d{4}")
Fence = Callable[[Connection], None]
"""Raises where a transaction must not be written any more."""
FENCE: Final[ContextVar[Fence | None]] = ContextVar("fence", default=None)
"""What every transaction asks first while a planned job runs (:mod:`ill_workflows.store.runs`)."""


def open_engine(url: str) -> Engine:
    """Open the database and bring it to the newest schema; the first call creates it.

    Raises:
        StoreTrouble: it cannot be opened, was written by a newer version, or is not ours.
    """
    try:
        shown = make_url(url).render_as_string(hide_password=True)
    except ArgumentError as bad:  # not shown: it may hold a password
        raise StoreTrouble("database.url", "網址無法解讀 / the URL cannot be read") from bad
    try:
        engine = _engine(url)
        try:
            revision = _revision(engine, shown)
            if revision is None or revision < HEAD:
                migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except (SQLAlchemyError, sqlite3.Error, ImportError) as bad:
        raise StoreTrouble(shown, _said(bad)) from bad
    return engine


class _NoRows(logging.Filter):
    """Keeps out of any log the rows that SQLAlchemy would write at DEBUG: readers stand in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


_NO_ROWS: Final = _NoRows()


def _engine(url: str) -> Engine:
    logging.getLogger("sqlalchemy.engine.Engine").addFilter(_NO_ROWS)
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True)  # readers stand in them
        _careful_sqlite(engine)
    else:
        engine = create_engine(
            url, isolation_level="REPEATABLE READ", hide_parameters=True
        )  # one reader sees one moment
    event.listen(engine, "handle_error", _trouble)
    return engine


def _trouble(context: ExceptionContext) -> StoreTrouble | None:
    """What the database could not read or write, in our words; what is unique already is not."""
    bad = context.sqlalchemy_exception
    if not isinstance(bad, DatabaseError) or isinstance(bad, IntegrityError):
        return None
    return _told(context.engine.url if context.engine is not None else None, bad)


def _told(url: URL | None, bad: Exception) -> StoreTrouble:
    return StoreTrouble(url.render_as_string(hide_password=True) if url else "", _said(bad))


def _careful_sqlite(engine: Engine) -> None:
    """WAL and FULL: a lost «sent» would be a second mail; a writer takes its turn at the start
    (BEGIN IMMEDIATE), a reader waits for nobody.
    """  # noqa: D205

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=30000")
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(cursor: Any) -> None:
    """Switch to WAL.  Of several processes that open a new database at once one makes the switch,
    and SQLite does not wait for it as it waits for a writer.
    """  # noqa: D205
    for wait in (*_WAITS, None):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as bad:
            if bad.sqlite_errorcode != sqlite3.SQLITE_BUSY or wait is None:
                raise
            sleep(wait)
        else:
            return


def _revision(engine: Engine, shown: str) -> str | None:
    """The schema's revision; None where there is none yet.

    Raises:
        StoreTrouble: it is newer than ours, or somebody else's.
    """
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        if "alembic_version" in tables:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        else:
            found = None
    if found is None:
        if tables & METADATA.tables.keys():
            raise StoreTrouble(shown, "裡面是別的程式的資料表 / its tables are not ours")
        return None
    revision = str(found)
    if not _OURS.fullmatch(revision):
        raise StoreTrouble(shown, f"不是本程式的資料庫 / not ours (revision {revision})")
    if revision > HEAD:
        raise StoreTrouble(shown, f"版本較新 / written by a newer version ({revision} > {HEAD})")
    return revision


def _said(bad: Exception) -> str:
    """What the database said, in one line."""
    told = str(getattr(bad, "orig", None) or bad).strip().splitlines()
    known = {
        "file is not a database": "這個檔案不是資料庫 / the file is not a database",
        "unable to open database file": "無法開啟檔案 / the file cannot be opened",
        "database is locked": "另一個程式正在使用 / another program is using it",
    }
    return known.get(told[0], told[0]) if told else type(bad).__name__


def migrate(engine: Engine) -> None:
    """Run the committed migrations up to :data:`HEAD`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One short transaction; writers take turns.

    Raises:
        StoreTrouble: the database could not be written (locked, full, gone).
        IntegrityError: something unique stands already.
        StaleRun: the job that runs was taken over by another process meanwhile.
    """
    postgres = engine.dialect.name != "sqlite"
    options = {"isolation_level": "READ COMMITTED"} if postgres else {"writes": True}
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            if postgres:
                connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
            if (fence := FENCE.get()) is not None:
                fence(connection)
            yield connection
    except sqlite3.Error as bad:  # of rows that are put in past SQLAlchemy
        raise _told(engine.url, bad) from bad


@contextmanager
def alone(engine: Engine, job: str) -> Iterator[bool]:
    """Whether nobody else is at a job; while it lasts nobody else can be.

    The lock goes with the process that holds it, however that ends.
    """
    if engine.dialect.name == "sqlite":
        with _alone_in_a_file(f"{engine.url.database}-{job}") as mine:
            yield mine
        return
    key = {"key": crc32(f"ill-workflows {job}".encode())}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar())
        try:
            yield mine
        finally:
            if mine:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@contextmanager
def _alone_in_a_file(path: str) -> Iterator[bool]:
    """SQLite's own file lock, on a file beside the database that stays empty."""
    with closing(_file(path)) as file:
        try:
            file.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as bad:
            if bad.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise StoreTrouble(path, _said(bad)) from bad
            mine = False
        else:
            mine = True
        yield mine


def _file(path: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path, timeout=0, isolation_level=None)
    except sqlite3.Error as bad:
        raise StoreTrouble(path, _said(bad)) from bad
