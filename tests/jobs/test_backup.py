"""One file holds the alliance; what is restored sends nothing until it is told to."""

from __future__ import annotations

import json
import platform
import shutil
import sqlite3
import threading
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.errors import BackupBroken
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.backup import MANIFEST, restore
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.deliver import deliver
from ill_workflows.store import outbox
from ill_workflows.store.db import writing
from tests.cli.command import ill
from tests.hostile.good import USAGE, standard
from tests.jobs.alliance import clock, found, letters, receipt
from tests.mail.faulty import faulty

TODAY = "2025-10-07"
FIGURES = ("figures", "--from", "2025-09", "--to", "2025-09", "--json")


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An alliance that has taken in a workbook, sent one letter, and holds another."""
    app = found(tmp_path / "home")
    (app.folder("inbox") / "a.xlsx").write_bytes(standard(USAGE, "（備份）"))
    (app.home / "secret.txt").write_text("hush")
    collect(app, Inbox(app.folder("inbox")), clock("10-07"))
    deliver(app, clock("10-07"))
    receipt(app, 1)
    return app


def backed_up(app: App, name: str = "all.zip") -> Path:
    path = app.home.parent / name
    ran = ill("backup", path, home=app.home, today=TODAY)
    assert (ran.code, ran.err) == (0, "")
    return path


def test_a_backup_restored_elsewhere_has_the_same_figures_and_sends_nothing(
    app: App, tmp_path: Path
) -> None:
    path, again = backed_up(app), tmp_path / "again"
    ran = ill("restore", path, home=again)
    assert ran.code == 0
    assert "outbox resume" in ran.out
    assert ill(*FIGURES, home=again, today=TODAY).json == ill(
        *FIGURES, home=app.home, today=TODAY
    ).json  # fmt: skip
    assert "hush" not in {p.read_text() for p in again.glob("*.txt")}
    other = open_app(again)
    receipt(other, 2)
    result = deliver(other, clock("10-07"))
    assert (result.sent, bool(result.paused)) == (0, True)
    assert not list((again / "outbox").iterdir())
    assert Counter(row["state"] for row in letters(other)) == {
        "sent": 1, "doubtful": 1, "queued": 1,
    }  # fmt: skip
    assert ill("outbox", "resume", home=again, today=TODAY).code == 0
    assert deliver(other, clock("10-07")).sent == 1
    (again / "inbox" / "a.xlsx").write_bytes(standard(USAGE, "（備份）"))
    (known,) = collect(other, Inbox(again / "inbox"), clock("10-07"))
    assert known.state == "known"


def test_on_a_host_of_another_name_nothing_is_sent_though_sending_goes_on(
    app: App, tmp_path: Path
) -> None:
    with faulty() as server:
        config = app.home / "config.toml"
        text = config.read_text(encoding="utf-8")
        mail = f'transport = "smtp"\nenabled_for = "the-old-server"\nsmtp = {{ port = {server.port}'
        config.write_text(text.replace("[mail]\n", f'[mail]\n{mail}, tls = "none" }}\n'), "utf-8")
        path, again = backed_up(open_app(app.home)), tmp_path / "again"
        assert ill("restore", path, home=again).code == 0
        other = open_app(again)
        receipt(other, 2)
        assert deliver(other, clock("10-07")).sent == 0  # paused
        assert ill("outbox", "resume", home=again, today=TODAY).code == 0
        ran = ill("deliver", home=again, today=TODAY)
        assert (ran.code, "mail.enabled_for" in ran.err) == (2, True)
        assert (server.connections, server.taken) == (0, [])
        config = again / "config.toml"
        text = config.read_text(encoding="utf-8").replace("the-old-server", platform.node())
        config.write_text(text, encoding="utf-8")
        assert deliver(open_app(again), clock("10-07")).sent == 1
        assert len(server.taken) == 1


def test_letters_that_waited_while_sending_was_paused_wait_still(app: App, tmp_path: Path) -> None:
    ill("outbox", "pause", home=app.home, today=TODAY)
    ill("restore", backed_up(app), home=tmp_path / "again")
    assert Counter(row["state"] for row in letters(open_app(tmp_path / "again"))) == {
        "sent": 1, "queued": 1,
    }  # fmt: skip


@pytest.mark.parametrize("paused", [False, True])
def test_a_letter_that_was_on_the_wire_when_the_backup_was_made_is_never_sent_again(
    app: App, tmp_path: Path, *, paused: bool
) -> None:
    with writing(app.engine) as connection:
        (row,) = outbox.waiting(connection)
        assert outbox.claim(connection, row["id"]) is not None
    if paused:
        ill("outbox", "pause", home=app.home, today=TODAY)
    ill("restore", backed_up(app), home=tmp_path / "again")
    other = open_app(tmp_path / "again")
    ill("outbox", "resume", home=other.home, today=TODAY)
    assert deliver(other, clock("10-07")).sent == 0
    assert Counter(row["state"] for row in letters(other)) == {"sent": 1, "doubtful": 1}


def test_a_backup_while_workbooks_come_in_is_whole(app: App, tmp_path: Path) -> None:
    for n in range(40):
        (app.folder("inbox") / f"b{n}.xlsx").write_bytes(standard(USAGE, f"（{n}）"))
    work = threading.Thread(
        target=lambda: collect(open_app(app.home), Inbox(app.home / "inbox"), clock("10-07"))
    )
    work.start()
    paths = []
    while work.is_alive():
        paths.append(backed_up(app, f"{len(paths)}.zip"))
    work.join()
    assert len(paths) > 1
    for path in (paths[0], paths[-1]):
        shutil.rmtree(tmp_path / "again", ignore_errors=True)
        assert ill("restore", path, home=tmp_path / "again").code == 0


def changed(path: Path, name: str, data: bytes | None, told: dict[str, object]) -> Path:
    """The same backup with another file in it."""
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        manifest = json.loads(old.read(MANIFEST)) | told
        for one in old.namelist():
            if one not in {name, MANIFEST}:
                new.writestr(one, old.read(one))
        if data is not None:
            new.writestr(name, data)
        new.writestr(MANIFEST, json.dumps(manifest))
    return out


def encrypted(path: Path) -> Path:
    """The same, with every file said to be encrypted."""
    data = bytearray(path.read_bytes())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 1)
    path.write_bytes(data)
    return path


def test_a_backup_that_is_damaged_restores_nothing(app: App, tmp_path: Path) -> None:
    path, home = backed_up(app), tmp_path / "again"
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        original = next(n for n in archive.namelist() if n.startswith("archive/"))
        sums = json.loads(archive.read(MANIFEST))["files"]
    path.with_name("cut.zip").write_bytes(whole[: len(whole) // 2])
    path.with_name("none.zip").write_bytes(b"hello")
    evil = {**sums, "../evil.txt": "0" * 64}
    less = {name: said for name, said in sums.items() if name != original}
    for broken in (
        lambda: path.with_name("cut.zip"),
        lambda: path.with_name("none.zip"),
        lambda: changed(path, original, b"else", {}),
        lambda: changed(path, original, None, {}),
        lambda: changed(path, original, None, {"files": less}),
        lambda: changed(path, "../evil.txt", b"x", {"files": evil}),
        lambda: changed(path, "x", None, {"schema": "9999"}),
        lambda: changed(path, "x", None, {"files": {}}),
        lambda: changed(path, "x", None, {"files": list(sums)}),
        lambda: changed(path, "x", None, {"made_at": None}),
        lambda: encrypted(changed(path, "x", None, {})),
    ):
        with pytest.raises(BackupBroken):
            list(restore(broken(), home, clock("10-07")))
        assert not home.exists()
        assert {p.name for p in tmp_path.iterdir() if p.is_dir()} == {"home"}


def test_a_database_that_is_damaged_is_not_restored(app: App, tmp_path: Path) -> None:
    with closing(sqlite3.connect(app.home / "state.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("UPDATE findings SET submission = 999")
        connection.execute("UPDATE letters SET question = 999")
    with pytest.raises(BackupBroken):
        list(restore(backed_up(app), tmp_path / "again", clock("10-07")))


def test_nothing_is_written_over(app: App, tmp_path: Path) -> None:
    path = backed_up(app)
    assert ill("backup", path, home=app.home, today=TODAY).code == 2
    assert ill("restore", path, home=app.home).code == 2
    assert ill("restore", tmp_path / "no.zip", home=tmp_path / "again").code == 2
    assert ill("backup", tmp_path / "no" / "b.zip", home=app.home, today=TODAY).code == 1


def test_a_file_in_the_place_of_the_folder_stays_and_an_empty_folder_is_filled_from_within(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, again = backed_up(app), tmp_path / "again"
    again.write_text("mine")
    assert ill("restore", path, home=again).code == 2
    assert again.read_text() == "mine"
    again.unlink()
    again.mkdir()
    monkeypatch.chdir(again)
    list(restore(path, Path(), clock("10-07")))
    assert (again / "state.db").is_file()


def test_another_database_than_the_folders_own_is_neither_saved_nor_paused(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, live = backed_up(app), f"sqlite:///{tmp_path / 'live.db'}"
    monkeypatch.setenv("ILL_DATABASE__URL", live)
    other = open_app(app.home)
    receipt(other, 2)
    ran = ill("backup", tmp_path / "other.zip", home=app.home, today=TODAY)
    assert (ran.code, "database.url" in ran.err) == (2, True)
    assert ill("restore", path, home=tmp_path / "again").code == 2
    assert not (tmp_path / "again").exists()
    assert deliver(other, clock("10-07")).sent == 1
