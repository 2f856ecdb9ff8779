"""A disk without room: nothing half done, a clear alarm, and with room all is well (promise 17)."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from ill_workflows.errors import Stopped
from ill_workflows.schedule.service import serve
from tests.cli.command import Ran
from tests.hostile.good import CARDS, USAGE, standard
from tests.jobs.alliance import TUESDAY, clock, found, receipt, reminded
from tests.jobs.broken import usage as broken
from tests.jobs.disturbed import ALARM, Command, alarms
from tests.jobs.full import Disk, Injected, Small, may_mount
from tests.jobs.test_guard import many
from tests.schedule.ticking import Simulated

ANXIOUS: Final = {"ILL_MAIL__GUARD__TIMES": "2", "ILL_MAIL__GUARD__AT_LEAST": "1"}
COMMANDS: Final = {
    "collect": Command("collect", code=3, points=7),
    "remind": Command("remind"),
    "remind, and ask": Command("remind", code=1, setting=ANXIOUS),
    "deliver": Command("deliver"),
    "backup": Command("backup {home}/all.zip"),
    "templates": Command(
        "templates --month 2025-10 --form usage --out {home}/sheets/new", points=3, begins="new"
    ),
    "evaluate": Command("evaluate --from 2025-09 --to 2025-09", points=2),
}
NO_FILE: Final = {"remind", "remind, and ask"}
"""Commands that write into the database only."""
NO_ROW: Final = {"backup", "evaluate"}
"""Commands that write files only."""


def an_alliance(home: Path) -> None:
    """Two readers were written to, six more wait for it; letters queue, and workbooks lie there."""
    app = found(home)
    many(app, 2)
    reminded(app, "10-03")
    many(app, 8)
    for number in range(4):
        receipt(app, number)
    inbox = app.folder("inbox")
    (inbox / "1 月報表.xlsx").write_bytes(standard(USAGE, rows=120))
    (inbox / "2 有錯的月報表.xlsx").write_bytes(broken())
    (inbox / "3 不是活頁簿.xlsx").write_bytes(b"hello")
    (inbox / "4 登記簿.xlsx").write_bytes(standard(CARDS, rows=40))
    app.engine.dispose()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    an_alliance(folder / "home")
    found(folder / "new")
    return folder


@pytest.fixture(scope="module", params=[Small, Injected])
def disk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Disk]:
    """Where nobody may mount a small disk, the other kind stands for it."""
    at = tmp_path_factory.mktemp("disk")
    with (request.param if may_mount(at) else Injected)(at) as made:
        yield made


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_database_leaves_nothing_half_done_and_with_room_all_ends_well(
    name: str, prepared: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"

    def pages() -> int:
        with closing(sqlite3.connect(home / "state.db")) as database:
            return int(database.execute("PRAGMA page_count").fetchone()[0])

    def meets(step: int) -> tuple[Ran, int]:
        had = pages()
        return COMMANDS[name].run(home, had + step, lambda: pages() - had)

    assert bool(alarms(COMMANDS[name], prepared, home, meets)) == (name not in NO_ROW)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_leaves_nothing_half_done_and_with_room_all_ends_well(
    name: str, prepared: Path, disk: Disk
) -> None:
    home = disk.at / "home"

    def meets(step: int) -> tuple[Ran, int]:
        with disk.full(step) as taken:
            return COMMANDS[name].run(home, taken=taken)

    untouched = isinstance(disk, Injected) and name in NO_FILE
    assert bool(alarms(COMMANDS[name], prepared, home, meets)) == (not untouched)


class Wall(Simulated):
    """Eight looks at the clock; from the second to the fifth the disk is full."""

    def __init__(self, disk: Disk) -> None:
        super().__init__(clock(TUESDAY).now)
        self.looks, self.disk, self.meanwhile = 0, disk, ExitStack()

    def wait(self, until: datetime) -> None:
        super().wait(until)
        self.looks += 1
        if self.looks == 2:
            (self.disk.at / "home" / "inbox" / "a.xlsx").write_bytes(standard(USAGE))
            self.meanwhile.enter_context(self.disk.full(0))
        if self.looks == 5:
            self.meanwhile.close()

    def check(self) -> None:
        if self.looks == 8:
            raise Stopped


def test_the_service_outlives_a_full_disk_and_does_what_is_due_when_there_is_room(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(disk.at / "home", ignore_errors=True)
    app = found(disk.at / "home", more='[schedule]\ncollect = "* * * * *"\n')
    with caplog.at_level("INFO", "ill_workflows"):
        serve(app, Wall(disk), pulse=timedelta(minutes=1))
    facts = [vars(record)["facts"] for record in caplog.records]
    troubled = [one for one in facts if "磁碟已滿" in one.get("said", "")]
    failed = [one for one in facts if one.get("state") == "failed"]
    assert len(troubled) + len(failed) == 3
    assert [one["said"] for one in facts if "accepted" in one.get("said", "")] == [
        "收件 accepted 1"
    ]
    assert not list((app.home / "inbox").iterdir())
    app.engine.dispose()


def refused(path: Path, **_: Any) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def test_a_file_that_cannot_leave_the_inbox_is_told_of_and_leaves_it_the_next_time(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(prepared / "home", tmp_path / "home")
    with monkeypatch.context() as stuck:
        stuck.setattr(Path, "unlink", refused)
        ran, _ = COMMANDS["collect"].run(home)
    assert (ran.code, ran.err.count("✗")) == (1, 1)
    assert "沒有權限" in ran.err
    ran, _ = COMMANDS["collect"].run(home)
    assert ran.out.count("已收過 known") == 1
    assert not list((home / "inbox").iterdir())


def test_what_is_printed_into_a_full_disk_is_told_of(prepared: Path) -> None:
    line = [sys.executable, "-m", "ill_workflows", "--home", str(prepared / "home"), "outbox"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            line, stdout=full, stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False
        )
    assert (ran.returncode, bool(ALARM.fullmatch(ran.stderr))) == (1, True)
