"""The inbox folder: files dropped there are taken in, and leave it once they are remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ill_workflows.errors import FolderTrouble
from ill_workflows.intake.incoming import Incoming

IGNORED = frozenset({"thumbs.db", "desktop.ini"})


def is_ours_to_read(path: Path) -> bool:
    """Whether a file in the inbox is meant for us: not a lock file, not a hidden or partial one."""
    name = path.name
    partial = name.endswith((".tmp", ".part", ".crdownload"))
    return (
        path.is_file()
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
            yield _open(path, "folder")

    def settle(self, incoming: Incoming) -> None:
        """The file is remembered: it leaves the inbox."""
        if incoming.path is not None:
            incoming.path.unlink(missing_ok=True)


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


def _open(path: Path, door: str) -> Incoming:
    try:
        return Incoming(path.name, path.read_bytes(), door, path)
    except OSError as bad:
        trouble = FolderTrouble(str(path), bad.strerror or str(bad))
        return Incoming(path.name, b"", door, path, trouble)
