"""An import that is killed is before or after, never between (promise 3)."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ill_workflows.app import App, open_app
from ill_workflows.mail.compose import Letter
from ill_workflows.store.tables import SHEETS
from tests.jobs.broken import unmarkable
from tests.jobs.killed_import import take_in
from tests.jobs.sampled import SAMPLES

ROOT = Path(__file__).parents[2]
KILLS, SLICES = 300, 10
POLICY = {"accepted": "receipt"}
"""State → the policy of its letter, where the two have different names."""
KINDS = {
    "before open", "after open", "before write", "within write", "after write", "before fsync",
    "after fsync", "before replace", "after replace", "before mkdir", "after mkdir",
    "before unlink", "after unlink", "before BEGIN", "after BEGIN", "before INSERT",
    "within INSERT", "after INSERT", "before UPDATE", "after UPDATE", "before COMMIT",
    "after COMMIT",
}  # fmt: skip

Tree = dict[str, bytes]
"""The files of a folder whose names are final: path → bytes; the database is told by itself."""


def sample(name: str, wave: str = "2025-10-02") -> bytes:
    return (SAMPLES / "waves" / wave / name).read_bytes()


def corrected(data: bytes) -> bytes:
    """The same sheet without its last loan."""
    book = load_workbook(io.BytesIO(data))
    page = book["借出紀錄"]
    last = max(cell.row for cell in page["A"] if cell.value)
    page.delete_rows(last)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def inbox() -> Tree:
    good = sample("usage-NSUT-2025-09.xlsx")
    return {
        "01 月報表.xlsx": good,
        "02 登記簿.xlsx": sample("cards-NSU-2025-09.xlsx"),
        "03 有錯的月報表.xlsx": sample("usage-HDU-2025-09.xlsx"),
        "04 不是活頁簿.xlsx": sample("匯出.xlsx"),
        "05 無法標示.xlsx": unmarkable(),
        "06 登記簿.xlsx": sample("借書證登記簿_虹島示範大學_2025-09.xlsx"),
        "07 再寄一次.xlsx": good,
        "08 更正的月報表.xlsx": corrected(good),
        "09 有錯的登記簿.xlsx": sample("cards-TMUT-2025-09.xlsx"),
        "10 改好的登記簿.xlsx": sample("cards-TMUT-2025-09.xlsx", "2025-10-03"),
        "11 改好的月報表.xlsx": sample("月報表_虹島示範大學_2025-09.xlsx", "2025-10-03"),
    }


def told(home: Path) -> str:
    """All that the database tells, after a check that it is sound."""
    with closing(sqlite3.connect(home / "state.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        return "\n".join(database.iterdump())


def asked(home: Path, query: str, *given: object) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(home / "state.db")) as database:
        return database.execute(query, given).fetchall()


def tree(home: Path) -> Tree:
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.suffix != ".part" and not path.name.startswith("state.db")
    }


def under(files: Tree, folder: str) -> Tree:
    return {name.split("/")[-1]: data for name, data in files.items() if name.startswith(folder)}


@dataclass(frozen=True)
class Unharmed:
    """The import that was never killed: what lay in the inbox, what the database tells after each
    commit, what lies in the folder at its end, and the points that it passes.
    """

    brought: Tree
    after: tuple[str, ...]
    files: Tree
    points: tuple[str, ...]

    @property
    def chosen(self) -> list[int]:
        """The numbers of the points at which one is killed, spread evenly."""
        return [1 + n * len(self.points) // KILLS for n in range(KILLS)]


@dataclass(frozen=True)
class Killer:
    """The process that forks an import for each kill, and the folder that it does it to."""

    prepared: Path
    home: Path
    process: subprocess.Popen[str]

    def afresh(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.prepared, self.home)

    def run(self, deadly: int = 0) -> tuple[int, list[str]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{deadly}\n")
        self.process.stdin.flush()
        status, points = json.loads(self.process.stdout.readline())
        return status, points


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("prepared") / "home"
    shutil.copytree(SAMPLES / "home", home)
    app = open_app(home)
    for name, data in inbox().items():
        (app.folder("inbox") / name).write_bytes(data)
    app.engine.dispose()
    return home


@pytest.fixture(scope="module")
def killer(prepared: Path) -> Iterator[Killer]:
    home = prepared.with_name("killed")
    shutil.copytree(prepared, home)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.killed_import", str(home)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, text=True,
        encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Killer(prepared, home, process)
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.fixture(scope="module")
def unharmed(killer: Killer) -> Unharmed:
    killer.afresh()
    status, points = killer.run()
    assert status == 0
    assert len(points) >= KILLS
    home = killer.prepared.with_name("unharmed")
    shutil.copytree(killer.prepared, home)
    after = [told(home)]
    take_in(open_app(home), lambda _: after.append(told(home)))
    assert tree(home) == tree(killer.home)
    assert after[-1] == told(killer.home)
    brought = under(tree(killer.prepared), "inbox/")
    return Unharmed(brought, tuple(dict.fromkeys(after)), tree(home), tuple(points))


def test_every_kind_of_outcome_is_there_and_every_kind_of_point(
    killer: Killer, unharmed: Unharmed
) -> None:
    killer.afresh()
    status, points = killer.run()
    assert (status, points) == (0, list(unharmed.points))
    assert set(unharmed.points) >= KINDS
    states = asked(killer.home, "SELECT state, superseded_by IS NOT NULL FROM submissions")
    assert Counter(states) == {
        ("accepted", 0): 5, ("accepted", 1): 1, ("returned", 0): 2, ("refused", 0): 2,
    }  # fmt: skip
    assert len(under(unharmed.files, "returned/")) == 2
    assert not under(unharmed.files, "inbox/")


def whole(app: App) -> None:
    """Every submission has its rows, its findings, its bytes, and exactly one letter."""
    home, expected = app.home, set()
    kept = {Path(name).stem: data for name, data in under(tree(home), "archive/").items()}
    rows = asked(
        home, "SELECT id, receipt, sha256, state, library, rows, errors, warnings FROM submissions"
    )
    for number, receipt, digest, state, library, *counts in rows:
        put = [
            asked(home, f"SELECT count(*) FROM {table} WHERE submission = ?", number)[0][0]
            for table in SHEETS
        ]
        severities = asked(home, "SELECT severity FROM findings WHERE submission = ?", number)
        found = Counter(severity for (severity,) in severities)
        held = sum(map(int, put)) if state == "accepted" else counts[0]
        assert [held, found["error"], found["warning"]] == counts
        assert hashlib.sha256(kept[digest]).hexdigest() == digest
        to = app.members.get(library if state != "refused" else "", app.host)
        policy = POLICY.get(state, state)
        letter = Letter(
            policy, "0", to.contacts, to.code, policy, {}, key=f"{app.letter_secret} {receipt}"
        )
        expected.add(app.composer._message_id(letter))
    letters = [one for (one,) in asked(home, "SELECT message_id FROM letters")]
    assert len(letters) == len(expected)
    assert set(letters) == expected


def test_what_an_import_leaves_after_each_file_is_whole(prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path / "home")
    app = open_app(tmp_path / "home")
    taken = take_in(app, lambda _: whole(app))
    assert {one.state for one in taken} == {"accepted", "returned", "refused", "known"}


def as_it_lies(home: Path, unharmed: Unharmed, passed: tuple[str, ...]) -> None:
    """What a killed import may have left: ``passed`` are the points that it came to."""
    assert told(home) == unharmed.after[passed.count("after COMMIT")]
    files, brought = tree(home), unharmed.brought
    known = {digest for (digest,) in asked(home, "SELECT sha256 FROM submissions")}
    waiting = under(files, "inbox/")
    assert len(waiting) == len(brought) - passed.count("after unlink")
    for name, data in brought.items():
        assert waiting.get(name, data) == data
        assert name in waiting or hashlib.sha256(data).hexdigest() in known
    final = {name: data for name, data in files.items() if not name.startswith("inbox/")}
    assert final.items() <= unharmed.files.items()
    kept = {Path(name).stem for name in under(files, "archive/")}
    assert known <= kept
    receipts = {receipt for (receipt,) in asked(home, "SELECT receipt FROM submissions")}
    assert all(name[: len("R114-000001")] in receipts for name in under(files, "returned/"))


@pytest.mark.parametrize("part", range(SLICES))
def test_killed_at_any_point_an_import_is_before_or_after_and_the_next_one_ends_it(
    part: int, killer: Killer, unharmed: Unharmed
) -> None:
    for deadly in unharmed.chosen[part::SLICES]:
        killer.afresh()
        assert killer.run(deadly)[0] == -signal.SIGKILL
        as_it_lies(killer.home, unharmed, unharmed.points[:deadly])
        assert killer.run()[0] == 0
        where = f"killed at point {deadly}: {unharmed.points[deadly - 1]}"
        assert told(killer.home) == unharmed.after[-1], where
        assert tree(killer.home) == unharmed.files, where
