"""A command that meets a full disk: what it says, what it leaves, and how it ends with room."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Engine, event

from tests.cli.command import Ran, ill
from tests.jobs.full import ended
from tests.jobs.test_killed_imports import Tree, under

ALARM: Final = re.compile(
    r"✗ (無法使用「.+」|資料庫 .+ 無法使用)：磁碟.+ / .+ cannot be used: the disk .+\n"
)
PLENTY: Final = 5000
"""Steps after which no disk is full any more."""
Meets = Callable[[int], tuple[Ran, int]]
"""Runs a command where there is room for so many steps; how it ended, and the steps taken."""


@dataclass(frozen=True)
class Command:
    """A command, how it ends where there is room, and at how many points it meets a full disk.

    It is run in a copy of the folder ``begins``.
    """

    line: str
    code: int = 0
    points: int = 4
    begins: str = "home"
    setting: dict[str, str] = field(default_factory=dict)

    def run(
        self, home: Path, most: int | None = None, taken: Callable[[], int] = lambda: 0
    ) -> tuple[Ran, int]:
        """Run it as a program: what it opened is closed at its end.

        ``most`` pages are what its database may have; ``taken`` is asked just before the end.
        """
        with (
            patch.dict(os.environ, self.setting),
            patch.object(secrets, "token_hex", lambda size: "a1" * size),
            ended(most),
        ):
            ran = ill(*self.line.format(home=home).split(), home=home, today="2025-10-07")
            return ran, taken()


@dataclass(frozen=True)
class Undisturbed:
    """A command that met no full disk: what it printed, what lay there before it and after it, what
    the database told before it and after each commit, and the steps taken.
    """

    printed: str
    before: Tree
    after: Tree
    tells: tuple[str, ...]
    steps: int


def told(home: Path) -> str:
    """All that the database tells, after a check that it is sound; but not how often a letter was
    tried, and why it waits.
    """
    with (
        closing(sqlite3.connect(home / "state.db")) as database,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.backup(copy)
        if copy.execute("PRAGMA table_info(letters)").fetchall():
            copy.execute("UPDATE letters SET attempts = 0")
            copy.execute("UPDATE letters SET reason = '' WHERE state = 'queued'")
        return "\n".join(line for line in copy.iterdump() if not line.startswith("CREATE TABLE"))


def files_of(home: Path) -> Tree:
    """Every file but the database's own: path → bytes."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("state.db")
    }


def undisturbed(command: Command, home: Path, meets: Meets) -> Undisturbed:
    """Run a command with plenty of room."""
    before, tells = files_of(home), [told(home)]

    def begins(_connection: Any) -> None:
        tells.append(told(home))

    event.listen(Engine, "begin", begins)
    ran, steps = meets(PLENTY)
    event.remove(Engine, "begin", begins)
    assert ran.code == command.code, ran.err
    return Undisturbed(ran.out, before, files_of(home), (*tells, told(home)), steps)


def as_it_lies(home: Path, ran: Ran, done: Undisturbed) -> None:
    """After a failure: whole or absent, what came in is still there, and what left is told."""
    assert told(home) in done.tells
    files = files_of(home)
    for path, data in files.items():
        assert data in {done.before.get(path), done.after.get(path)}, path
    inbox, came = under(files, "inbox/"), under(done.before, "inbox/")
    assert set(came.values()) <= {*inbox.values(), *under(files, "archive/").values()}
    lines = ran.out.splitlines()
    assert set(lines) <= set(done.printed.splitlines())
    assert len(lines) >= len(came) - len(inbox)


def alarms(command: Command, prepared: Path, home: Path, meets: Meets) -> int:
    """How often a command failed for want of room; each time it is run again with room."""

    def afresh() -> None:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(prepared / command.begins, home)

    afresh()
    done, failed = undisturbed(command, home, meets), 0
    for step in sorted({n * done.steps // command.points for n in range(command.points)}):
        afresh()
        ran, _ = meets(step)
        if alarm := ALARM.search(ran.err):
            failed += 1
            assert (ran.code, ran.err[alarm.end() :]) == (1, "")
            as_it_lies(home, ran, done)
            ran, _ = command.run(home)
        assert ran.code in {0, command.code}, ran.err
        assert told(home) == done.tells[-1]
        assert files_of(home) == done.after
    return failed
