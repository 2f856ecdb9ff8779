"""Pieces of bytes to a child process and back, within a time and a size."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from subprocess import Popen
from typing import IO, BinaryIO, Final

_LENGTH: Final = struct.Struct("<Q")
"""What goes before each piece: its length in bytes."""
_CHUNK: Final = 1024 * 1024


def widen(stream: IO[bytes]) -> None:
    """Let a pipe hold a whole file or answer, where the system allows it: who reads it is then
    woken once and not once for each 64 KiB.
    """  # noqa: D205
    with suppress(AttributeError, OSError):
        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, _CHUNK)


def send(target: int, pieces: Iterable[bytes]) -> None:
    """Write pieces to a pipe that waits."""
    left = memoryview(_joined(pieces))
    while left:
        left = left[os.write(target, left) :]


def receive(stream: BinaryIO) -> bytes | None:
    """The next piece from a stream that waits; None when nobody asks any more."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    size: int = _LENGTH.unpack(head)[0]
    return stream.read(size)


def ask(process: Popen[bytes], pieces: Iterable[bytes], seconds: float) -> None:
    """Send a process pieces; its pipes do not block.

    Raises:
        OSError: the process ended.
        TimeoutError: it took longer than ``seconds``.
    """
    assert process.stdin is not None  # noqa: S101 - for the type checker
    _write_all(process.stdin.fileno(), pieces, time.monotonic() + seconds)


def answer(process: Popen[bytes], answers: int, seconds: float, most: int) -> list[bytes]:
    """Wait for so many pieces from a process.

    Raises:
        EOFError, OSError: the process ended.
        TimeoutError: it took longer than ``seconds``.
        ValueError: its answer is longer than ``most`` bytes.
    """
    assert process.stdout is not None  # noqa: S101 - for the type checker
    until = time.monotonic() + seconds
    source, found = process.stdout.fileno(), list[bytes]()
    waiting = bytearray()
    for _ in range(answers):
        while len(waiting) < _LENGTH.size:
            waiting += _read_some(source, until)
        end = _LENGTH.size + _LENGTH.unpack_from(waiting)[0]
        most -= end
        if most < 0:
            raise ValueError("an answer without end")
        while len(waiting) < end:
            waiting += _read_some(source, until)
        found.append(bytes(waiting[_LENGTH.size : end]))
        del waiting[:end]
    return found


def _joined(pieces: Iterable[bytes]) -> bytes:
    return b"".join(part for piece in pieces for part in (_LENGTH.pack(len(piece)), piece))


def _write_all(target: int, pieces: Iterable[bytes], until: float) -> None:
    left = memoryview(_joined(pieces))
    while left:
        try:
            left = left[os.write(target, left[:_CHUNK]) :]
        except BlockingIOError:
            _wait(target, select.POLLOUT, until)


def _read_some(source: int, until: float) -> bytes:
    while True:
        try:
            some = os.read(source, _CHUNK)
        except BlockingIOError:
            _wait(source, select.POLLIN, until)
            continue
        if not some:
            raise EOFError
        return some


def _wait(handle: int, what: int, until: float) -> None:
    poll = select.poll()
    poll.register(handle, what)
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError
