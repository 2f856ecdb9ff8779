"""Files of the alliance's folder: written whole or not at all, kept by content."""

from __future__ import annotations

import os
from pathlib import Path

from ill_workflows.app import App
from ill_workflows.errors import FolderTrouble


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        FolderTrouble: it cannot be written.
    """
    part = path.with_name(f".{path.name[:80]}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as bad:
        part.unlink(missing_ok=True)
        raise FolderTrouble(str(path), bad.strerror or str(bad)) from bad


def made(folder: Path) -> Path:
    """A folder, made with those above it where they are missing.

    Raises:
        FolderTrouble: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as bad:
        raise FolderTrouble(str(folder), bad.strerror or str(bad)) from bad
    return folder


def archive(app: App, digest: str, data: bytes, name: str) -> None:
    """Keep the original bytes by their content; what is kept is never written again."""
    suffix = Path(name).suffix.lower()
    suffix = suffix if suffix.isascii() and len(suffix) <= 6 else ""
    folder = app.folder("archive") / digest[:2]
    path = folder / f"{digest}{suffix}"
    if path.exists():
        return
    made(folder)
    keep(path, data)


def original(app: App, digest: str) -> bytes:
    """The bytes of a file that came in.

    Raises:
        FolderTrouble: they are not there.
    """
    folder = app.folder("archive") / digest[:2]
    try:
        return next(iter(folder.glob(f"{digest}*"))).read_bytes()
    except (OSError, StopIteration) as bad:
        raise FolderTrouble(str(folder / digest), "找不到原檔 / not there") from bad


def safe_name(name: str) -> str:
    """A sender's file name as the end of one of ours, which may have 255 bytes."""
    cleaned = "".join("_" if char in '/\\:*?"<>|' or ord(char) < 32 else char for char in name)
    short = cleaned.strip(". ").encode(errors="ignore")[-200:].decode(errors="ignore")
    return short or "workbook.xlsx"
