"""Disks without room: a database at its last page, a small disk, a folder at its n-th write."""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, Self
from unittest.mock import patch

from sqlalchemy import Engine, event

PAGE = 4096
_ROOM = "size=64m"


@contextmanager
def ended(most: int | None = None) -> Iterator[None]:
    """Databases that are opened meanwhile are closed at its end, as by a program that ends.

    With ``most`` they may have so many pages and no more.
    """
    opened: list[Any] = []

    def connected(connection: Any, _record: Any) -> None:
        opened.append(connection)
        if most is not None:
            connection.execute(f"PRAGMA max_page_count={most}").close()

    event.listen(Engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(Engine, "connect", connected)
        for connection in opened:
            connection.close()


class Disk(Protocol):
    """A folder ``at`` which there is room, until there is none."""

    at: Path

    def full(self, after: int) -> AbstractContextManager[Callable[[], int]]:
        """While it lasts there is room for so many steps; gives how many were taken."""


class Small:
    """A real disk; its steps are pages."""

    def __init__(self, at: Path) -> None:
        self.at = at

    def __enter__(self) -> Self:
        _mount("-t", "tmpfs", "-o", _ROOM, "small", self.at)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", self.at], check=True)

    @contextmanager
    def full(self, after: int) -> Iterator[Callable[[], int]]:
        """The disk is made so small, and then large again."""
        used = self._used()
        _mount("-o", f"remount,size={(used + after) * PAGE}", self.at)
        try:
            yield lambda: self._used() - used
        finally:
            _mount("-o", f"remount,{_ROOM}", self.at)

    def _used(self) -> int:
        return shutil.disk_usage(self.at).used // PAGE


def _mount(*given: str | Path) -> None:
    subprocess.run(["mount", *given], check=True, capture_output=True)


def may_mount(at: Path) -> bool:
    """Whether this user may mount a disk here."""
    with suppress(OSError, subprocess.CalledProcessError), Small(at):
        return True
    return False


class Injected:
    """A folder of any disk; its steps are what Python asks the system to write."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self._left = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was mounted."""

    @contextmanager
    def full(self, after: int) -> Iterator[Callable[[], int]]:
        """From then on each step meets a full disk; a write has written half of it."""
        self._left, opening = after, self._opening(io.open)
        with (
            patch.object(os, "mkdir", self._asked(os.mkdir)),
            patch.object(os, "fsync", self._asked(os.fsync)),
            patch.object(os, "replace", self._asked(os.replace)),
            patch.object(io, "open", opening),
            patch.object(builtins, "open", opening),
        ):
            yield lambda: after - self._left

    def step(self, name: object) -> None:
        """One more."""
        self._left -= 1
        if self._left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(name))

    def _here(self, what: Any) -> bool:
        name = Path(f"/proc/self/fd/{what}").readlink() if isinstance(what, int) else Path(what)
        return name.is_relative_to(self.at)

    def _asked(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def asked(what: Any, *given: Any, **named: Any) -> Any:
            if self._here(what):
                self.step(what)
            return call(what, *given, **named)

        return asked

    def _opening(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def opening(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
            if not set(mode) & set("wax+") or isinstance(file, int) or not self._here(file):
                return call(file, mode, *given, **named)
            self.step(file)
            return _Halves(call(file, mode, *given, **named), self)

        return opening


class _Halves:
    def __init__(self, file: Any, disk: Injected) -> None:
        self._file, self._disk = file, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: Any) -> int:
        middle = len(data) // 2
        self._file.write(data[:middle])
        self._disk.step(self._file.name)
        self._file.write(data[middle:])
        return len(data)
