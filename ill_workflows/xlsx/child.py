"""The process that opens strangers' files: it reads, checks and marks them, and answers bytes.

It has no database, no passwords but those that come with an encrypted file, and no more memory
and time than it is given.  What it says is looked at again (:mod:`ill_workflows.forms.wire`);
what it cannot bear ends it, and that file alone is refused.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import sys
import time
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from ill_workflows.errors import UnreadableWorkbook, place_of
from ill_workflows.forms import FORMS, wire
from ill_workflows.forms.check import check
from ill_workflows.forms.known import Known
from ill_workflows.forms.recognise import COVER, RESERVED
from ill_workflows.xlsx import pipe
from ill_workflows.xlsx.guard import encrypted, guard
from ill_workflows.xlsx.limits import LIMITS, Limits
from ill_workflows.xlsx.read import read_guarded
from ill_workflows.xlsx.returned import returned_copy

_UNREAD: Final = RESERVED - {COVER}
"""Sheets of ours that the checks never look at."""
_OPEN_FILES: Final = 32


class Answer(NamedTuple):
    """What came of a file: the kind of its refusal, else :func:`wire.pack`, and its marked copy.

    ``mistake`` is where we went wrong ourselves, for the log; ``spent`` is not empty where the
    process has come to hold so much that the next file should have a new one.
    """

    refused: bytes
    checked: bytes = b""
    copy: bytes = b""
    mistake: bytes = b""
    spent: bytes = b""


def work(
    data: bytes, name: str, passwords: tuple[str, ...], known: Known, limits: Limits = LIMITS
) -> Answer:
    """Read and check one file, and mark its cells where it has errors."""
    try:
        safe = guard(data, name, passwords, _UNREAD, limits)
        checked = check(read_guarded(safe, name, limits), known, FORMS)
        copy = b""
        if checked.form is not None and checked.count("error"):
            copy = returned_copy(safe.data, checked.form, checked.findings)
            copy = encrypted(copy, safe.password) if safe.password else copy
        return Answer(b"", wire.pack(checked), copy)
    except UnreadableWorkbook as bad:
        return Answer(bad.kind.encode())
    except MemoryError:
        return Answer(b"gave_up")


def main(limits: Limits) -> None:
    """Answer one file after the other, until nobody asks any more.

    A file is two pieces: its name, the passwords to try and what is new of members and cards,
    pickled by our own parent; then its bytes.
    """
    asked, answered = sys.stdin.buffer, sys.stdout.fileno()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a reader in Rust prints when it gives up
    _confine(limits)
    gc.disable()  # it is renewed before circles that nobody needs could matter
    known = Known({}, date.min)
    while (question := pipe.receive(asked)) is not None:
        data = pipe.receive(asked) or b""
        name, passwords, news = pickle.loads(question)  # noqa: S301 - our parent's, not the file's
        known = news or known
        _more_time(limits)
        try:
            answer = work(data, name, passwords, known, limits)
        except Exception as bug:  # noqa: BLE001 - a mistake of ours is one file's refusal, and told
            answer = Answer(b"gave_up", mistake=place_of(bug).encode(errors="replace"))
        pipe.send(answered, answer._replace(spent=b"spent" if _spent(limits) else b""))


def _confine(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(what, (most, most))


def _spent(limits: Limits) -> bool:
    """Whether it holds a quarter of what it may: another file would miss that.

    Not getrusage: what that tells begins with what our parent held when it started us.
    """
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() > limits.memory // 4


def _more_time(limits: Limits) -> None:
    """Let the next file have its own seconds of CPU; beyond them the system ends this process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + limits.cpu + 1, hard))
