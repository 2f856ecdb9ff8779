"""The whole alliance as one file, and back again with sending off.

The database is copied as it stands at one moment, while everything runs; the archive is copied
after it, and since every file is kept before it is written down, no submission lacks its bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from sqlalchemy import select, update

from ill_workflows.app import FOLDERS, App, open_app
from ill_workflows.config import NAME
from ill_workflows.errors import BackupBroken, FolderTrouble, UsageProblem
from ill_workflows.forms.departures import DEPARTURES
from ill_workflows.jobs.post import Clock
from ill_workflows.store import questions
from ill_workflows.store.db import HEAD, writing
from ill_workflows.store.tables import letters, submissions

DATABASE: Final = "state.db"
MANIFEST: Final = "backup.json"
KEPT: Final = ("archive", "returned", "templates")
"""Folders whose files are kept; the others hold what can be made again, or has not come in yet."""
_VERSION: Final = 1
_PIECE: Final = 1 << 20
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError, EOFError,
    RuntimeError,
)  # fmt: skip
"""What a file that is no backup can end with; RuntimeError: it is encrypted."""
_FACTS: Final = {"host": str, "made_at": str, "paused": bool, "files": dict}
"""What the manifest says besides its version and schema."""


def backup(app: App, path: Path, clock: Clock) -> str:
    """Write the alliance into one file: database, archive, configuration; no secrets.

    Raises:
        UsageProblem: the file is there already, or the database is not the folder's own.
        FolderTrouble: it cannot be written.
    """
    if path.exists():
        raise UsageProblem(
            f"「{path}」已經存在，不會覆寫。", f"{path} is there already; it stays as it is."
        )
    _own_database(app)
    part = path.with_name(f".{path.name}.part")
    try:
        with TemporaryDirectory(dir=path.parent) as folder:
            copy = Path(folder) / DATABASE
            _copy_database(app.home / DATABASE, copy)
            stopped = _is_paused(copy)
            files = {DATABASE: copy, NAME: app.home / NAME, **_files(app.home)}
            facts = {"paused": stopped, "made_at": clock.now.isoformat()}
            with part.open("wb") as file:
                told = _write(file, files, facts)
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except (OSError, sqlite3.Error) as bad:
        part.unlink(missing_ok=True)
        raise FolderTrouble(str(path), getattr(bad, "strerror", None) or str(bad)) from bad
    return f"{path}：{told} 個檔案 files，{path.stat().st_size / 1e6:.1f} MB"


def _own_database(app: App) -> None:
    """The folder's own database is what is saved and what is written; another one never."""
    if app.config.database.url:
        raise UsageProblem(
            "database.url 指向資料夾以外的資料庫，備份檔不含它；"
            "請以該資料庫的工具備份（PostgreSQL 為 pg_dump），資料夾另外複製。",
            "database.url names a database outside of the folder: use its own tools "
            "(with PostgreSQL pg_dump), and copy the folder.",
        )


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")


def _is_paused(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        return bool(connection.execute("SELECT 1 FROM pauses WHERE until IS NULL").fetchone())


def _files(home: Path) -> dict[str, Path]:
    return {
        path.relative_to(home).as_posix(): path
        for name in KEPT
        for path in sorted((home / name).rglob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    }


def _write(file: IO[bytes], files: dict[str, Path], facts: dict[str, Any]) -> int:
    sums: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                sums[name] = _copied(source, target)
        told = {
            "version": _VERSION, "schema": HEAD, "host": platform.node(), **facts, "files": sums,
        }  # fmt: skip
        manifest = json.dumps(told, ensure_ascii=False, indent=1)
        archive.writestr(zipfile.ZipInfo(MANIFEST), manifest, zipfile.ZIP_DEFLATED)
    return len(sums)


def restore(path: Path, home: Path, clock: Clock) -> Iterator[str]:
    """Make an alliance's folder from a backup; sending stays off until it is switched on again.

    Letters that waited then may have left from the old machine since: they are shown as doubtful,
    unless sending had been paused for the backup.  One that was on the wire at that moment is
    doubtful in any case.

    Raises:
        UsageProblem: the folder holds something already, there is no such file, or
            ``database.url`` names a database outside of the folder.
        BackupBroken: the file is no backup, or what it holds is not what was put in.
        FolderTrouble: the folder cannot be written.
    """
    if not path.is_file():
        raise UsageProblem(f"找不到備份檔「{path}」。", f"There is no file {path}.")
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise UsageProblem(
            f"「{home}」不是空的資料夾，不會覆寫；請以 --home 指定一個新的。",
            f"{home} is not empty and stays as it is; name a new folder with --home.",
        )
    part = home.with_name(f".{home.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        told = _unpack(path, part)
        _sound(path, part / DATABASE)
        for name in FOLDERS:
            (part / name).mkdir(exist_ok=True)
        app = open_app(part)
        _own_database(app)
        doubtful = _switch_off(app, told, path, clock)
        app.engine.dispose()
        if home.exists():
            home.rmdir()
        part.replace(home)
    except OSError as bad:
        raise FolderTrouble(str(home), bad.strerror or str(bad)) from bad
    finally:
        shutil.rmtree(part, ignore_errors=True)
    yield f"{home}：{len(told['files'])} 個檔案 files（{told['made_at'][:16]}，{told['host']}）"
    if doubtful:
        yield (
            f"備份時有 {doubtful} 封信等待寄出，之後是否已寄不明，列為 doubtful："
            f"請以 outbox 查看，再 retry 或 cancel。 / {doubtful} letters waited then and may have "
            "left since: look at them with outbox, then retry or cancel."
        )
    yield "寄信已關閉；無誤後請執行 outbox resume。 / Sending is off; outbox resume switches it on."


def _unpack(path: Path, part: Path) -> dict[str, Any]:
    """Every file as its sum says; nothing is written outside of ``part``."""
    try:
        with zipfile.ZipFile(path) as archive:
            told: dict[str, Any] = json.loads(archive.read(MANIFEST))
            _known(path, told)
            for name, wanted in told["files"].items():
                with archive.open(name) as source:
                    _lay_down(part / name, source, wanted)
            return told
    except _DAMAGED as bad:
        raise BackupBroken(str(path), "不是備份檔，或已損壞 / no backup, or damaged") from bad


def _lay_down(target: Path, source: IO[bytes], wanted: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        if _copied(source, file) != wanted:
            raise ValueError(target.name)


def _copied(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy piece by piece, however large it is; answers the SHA-256."""
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _known(path: Path, told: dict[str, Any]) -> None:
    if told["version"] != _VERSION or told["schema"] > HEAD:
        raise BackupBroken(str(path), "版本較新 / written by a newer version")
    for fact, kind in _FACTS.items():
        if not isinstance(told[fact], kind):
            raise TypeError(fact)
    for name in (DATABASE, NAME, *told["files"]):
        if name not in told["files"]:
            raise KeyError(name)
        _in_place(path, name)


def _in_place(path: Path, name: str) -> None:
    parts = name.split("/")
    known = name in {DATABASE, NAME} or (len(parts) > 1 and parts[0] in KEPT)
    if not known or "\\" in name or any(one in {"", ".", ".."} for one in parts):
        raise BackupBroken(str(path), f"不該有的檔案 {name!r} / a file that has no place")


def _sound(path: Path, database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            loose = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as bad:
        raise BackupBroken(str(path), f"資料庫損壞 / the database: {bad}") from bad
    if said != ["ok"] or loose:
        raise BackupBroken(str(path), "資料庫損壞 / the database is damaged")


def _switch_off(app: App, told: dict[str, Any], path: Path, clock: Clock) -> int:
    """Pause sending; answers how many letters are in doubt."""
    with writing(app.engine) as connection:
        kept_files = submissions.c.form != DEPARTURES.name  # lists of leavers are let go
        digests = set(connection.execute(select(submissions.c.sha256).where(kept_files)).scalars())
        kept = {one.stem for one in (app.home / "archive").rglob("*") if one.is_file()}
        if missing := digests - kept:
            raise BackupBroken(str(path), f"缺 {len(missing)} 個原檔 / original files are missing")
        because = f"由 {told['made_at'][:10]} 的備份還原 / restored from a backup"
        if questions.paused(connection) is None:
            questions.pause(connection, because, clock.now)
        left = ("sending",) if told["paused"] else ("sending", "queued")
        may_have_left = update(letters).where(letters.c.state.in_(left))
        return connection.execute(may_have_left.values(state="doubtful", reason=because)).rowcount
