"""The inbox folder: files dropped there are taken in, and leave it once they are remembered.

A file that is still being written waits for the next run: one that changes while it is read, and
one that breaks off in the middle while another program has it open.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ill_workflows.errors import FolderTrouble
from ill_workflows.intake.incoming import Incoming

_ZIP: Final = b"PK\3\4"
_END_OF_ZIP: Final = b"PK\5\6"
_LONGEST_END: Final = 66_000
"""Bytes at the end of a zip in which its directory's end lies."""
IGNORED = frozenset({"thumbs.db", "desktop.ini"})


def is_ours_to_read(path: Path) -> bool:
    """Whether a file in the inbox is meant for us: no lock file, no hidden or partial one, no link
    to something elsewhere.
    """  # noqa: D205
    name = path.name
    partial = name.endswith((".tmp", ".part", ".crdownload"))
    return (
        path.is_file()
        and not path.is_symlink()
        and not name.startswith(("~$", ".~", "."))
        and not partial
        and name.lower() not in IGNORED
    )


@dataclass(frozen=True, slots=True)
class Inbox:
    """The folder ``inbox/``; a file is removed only after it has been remembered."""

    path: Path

    def arrivals(self) -> Iterator[Incoming]:
        """The files that wait, by name.

        Raises:
            FolderTrouble: the folder is not there or cannot be listed.
        """
        try:
            waiting = sorted(path for path in self.path.iterdir() if is_ours_to_read(path))
        except OSError as bad:
            raise FolderTrouble(str(self.path), bad.strerror or str(bad)) from bad
        for path in waiting:
            incoming = _open(path, "folder")
            if incoming.trouble is not None or not self._still_written(path, incoming.data):
                yield incoming

    @staticmethod
    def _still_written(path: Path, data: bytes) -> bool:
        try:
            now = path.stat()
        except OSError:
            return True  # it has gone meanwhile: its writer has renamed it
        cut_off = not data or (data.startswith(_ZIP) and _END_OF_ZIP not in data[-_LONGEST_END:])
        return now.st_size != len(data) or (cut_off and _open_elsewhere(path))

    def settle(self, incoming: Incoming) -> None:
        """The file is remembered: it leaves the inbox.

        Raises:
            FolderTrouble: it cannot be removed.
        """
        if incoming.path is not None:
            try:
                incoming.path.unlink(missing_ok=True)
            except OSError as bad:
                raise FolderTrouble(str(incoming.path), bad.strerror or str(bad)) from bad


@dataclass(frozen=True, slots=True)
class Named:
    """Files named on the command line; they stay where they are."""

    paths: tuple[Path, ...]

    def arrivals(self) -> Iterable[Incoming]:
        """The named files."""
        for path in self.paths:
            yield _open(path, "command")

    def settle(self, incoming: Incoming) -> None:
        """Nothing: the file is its owner's."""


def _open_elsewhere(path: Path) -> bool:
    """Whether another program has a file open, as far as Linux tells us."""
    wanted, own = str(path.resolve()), str(os.getpid())
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == own:
            continue
        with suppress(OSError):  # it has ended, or is another user's
            if any(str(fd.readlink()) == wanted for fd in (process / "fd").iterdir()):
                return True
    return False


def _open(path: Path, door: str) -> Incoming:
    name = os.fsencode(path.name).decode("utf-8", "replace")  # Big5, out of an old zip
    try:
        return Incoming(name, path.read_bytes(), door, path)
    except OSError as bad:
        trouble = FolderTrouble(str(path.with_name(name)), bad.strerror or str(bad))
        return Incoming(name, b"", door, path, trouble)
