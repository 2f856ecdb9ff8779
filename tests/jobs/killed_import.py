"""Imports that kill themselves: one process has done it once and is warm, and forks for each.

It opens the folder that it is called with, and says when it is ready.  A line on its standard
input is a number: the import of what lies in the inbox then ends in SIGKILL at its point of that
number, or for 0 at none.  The answer is ``[exit code, points]``; of an import that was killed
nobody knows the points.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, Self

from sqlalchemy import Engine, event

from ill_workflows.app import App, open_app
from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms import FORMS, wire
from ill_workflows.forms.form import Checked
from ill_workflows.forms.known import Known
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs import judge
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.jobs.post import Clock
from ill_workflows.xlsx.child import work

CLOCK = Clock(date(2025, 10, 3), datetime(2025, 10, 3, 1, tzinfo=UTC))
_CALLS = ("replace", "rename", "fsync", "unlink", "remove", "mkdir", "rmdir")
_STATEMENTS = frozenset({"BEGIN", "INSERT", "UPDATE", "DELETE"})


def take_in(app: App, tell: Callable[[Outcome], None] | None = None) -> list[Outcome]:
    """One import of a folder's inbox, as ``ill-workflows collect`` runs it."""
    try:
        return collect(app, Inbox(app.folder("inbox")), CLOCK, tell)
    finally:
        app.engine.dispose()


class Here:
    """Reads in this process: a fork for each point has no time to start a process of its own."""

    def read(
        self, data: bytes, name: str, passwords: tuple[str, ...], known: Known
    ) -> tuple[Checked, bytes | None]:
        answer = work(data, name, passwords, known)
        if answer.refused:
            raise UnreadableWorkbook(name, answer.refused.decode())
        return wire.unpack(answer.checked, FORMS), answer.copy or None

    def ahead(self, *_: object) -> None:
        """Nothing is read before its time here."""


class Points:
    """Counts the points of one import; at number ``deadly`` its process is killed."""

    def __init__(self, home: Path, deadly: int) -> None:
        self.home, self.deadly, self.process = home, deadly, os.getpid()
        self.passed: list[str] = []

    def reach(self, name: str) -> None:
        if os.getpid() != self.process:
            return
        self.passed.append(name)
        if len(self.passed) == self.deadly:
            os.kill(self.process, signal.SIGKILL)

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        self.reach(f"before {name}")
        yield
        self.reach(f"after {name}")

    def watch(self) -> None:
        for name in _CALLS:
            setattr(os, name, partial(self._call, name, getattr(os, name)))
        builtins.open = io.open = partial(self._open, io.open)
        event.listen(Engine, "do_connect", self._connect)

    def _call(self, name: str, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with self.around(name):
            return call(*given, **named)

    def _open(self, call: Callable[..., Any], file: Any, mode: str = "r", *g: Any, **n: Any) -> Any:
        written = isinstance(file, str | Path) and Path(file).is_relative_to(self.home)
        if not written or not set(mode) & set("wax+"):
            return call(file, mode, *g, **n)
        with self.around("open"):
            opened = call(file, mode, *g, **n)
        return _Halves(opened, self)

    def _connect(self, _dialect: Any, _record: Any, _given: Any, named: dict[str, Any]) -> None:
        named["factory"] = partial(_Connection, points=self)


class _Halves:
    """A file whose every write reaches the disk in two halves."""

    def __init__(self, file: Any, points: Points) -> None:
        self._file, self._points = file, points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: Any) -> int:
        middle = len(data) // 2
        with self._points.around("write"):
            self._file.write(data[:middle])
            self._file.flush()
            self._points.reach("within write")
            self._file.write(data[middle:])
        return len(data)


class _Connection(sqlite3.Connection):
    def __init__(self, *given: Any, points: Points, **named: Any) -> None:
        super().__init__(*given, **named)
        self.points = points

    def cursor(self, _factory: Any = None) -> Any:
        return super().cursor(_Cursor)

    def commit(self) -> None:
        with self.points.around("COMMIT"):
            super().commit()


class _Cursor(sqlite3.Cursor):
    connection: _Connection

    def execute(self, statement: str, *given: Any) -> Any:
        verb = statement.split(maxsplit=1)[0]
        if verb not in _STATEMENTS:
            return super().execute(statement, *given)
        with self.connection.points.around(verb):
            return super().execute(statement, *given)

    def executemany(self, statement: str, rows: Any) -> Any:
        """Many rows are written in two halves."""
        verb, rows = statement.split(maxsplit=1)[0], list(rows)
        with self.connection.points.around(verb):
            super().executemany(statement, rows[: len(rows) // 2])
            self.connection.points.reach(f"within {verb}")
            return super().executemany(statement, rows[len(rows) // 2 :])


def _die(app: App, deadly: int, answer: int) -> NoReturn:
    try:
        points = Points(app.home, deadly)
        points.watch()
        take_in(app)
        os.write(answer, json.dumps(points.passed).encode())
    except BaseException:  # noqa: BLE001 - nothing may run on in a fork
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _run(app: App, deadly: int) -> tuple[int, list[str]]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _die(app, deadly, writing)
    os.close(writing)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    points = json.loads(os.read(reading, 1 << 16)) if status == 0 else []
    os.close(reading)
    return status, points


def main() -> None:
    """Modules and templates are ready in every fork; its database is its own."""
    vars(judge)["shared"] = lambda _limits: Here()
    app = open_app(Path(sys.argv[1]))
    take_in(app)
    del vars(app)["engine"]
    with suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
        sys.exit("the first import left a process running that every fork would share")
    _say("ready")
    for line in sys.stdin:
        _say(json.dumps(_run(app, int(line))))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
