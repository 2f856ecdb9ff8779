"""The parent's side of the process that opens strangers' files: it is started, fed and ended here.

One process serves many files, for a new one costs more than most files do; it is renewed after
some hundreds, and after any death.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import pickle
import subprocess
import sys
from dataclasses import astuple, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from ill_workflows.errors import REFUSALS, UnreadableWorkbook
from ill_workflows.forms import FORMS, wire
from ill_workflows.forms.form import Checked
from ill_workflows.forms.known import Known
from ill_workflows.xlsx import pipe
from ill_workflows.xlsx.child import Answer
from ill_workflows.xlsx.guard import is_ole
from ill_workflows.xlsx.limits import MIB, Limits

FILES: Final = 500
"""After so many a process is renewed; a new one costs as much as ten files."""
_BEGIN: Final = """
import json, sys
path, limits = json.loads(sys.argv[1])
sys.path[:0] = path
from ill_workflows.xlsx.child import main
from ill_workflows.xlsx.limits import MIB, Limits
main(Limits(*limits))
"""
_ENVIRONMENT: Final = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
"""All that it is told of ours; secrets may stand in our own."""
_LOG: Final = logging.getLogger(__name__)


class Worker:
    """A process that reads and checks files within ``limits``; it is started when it is needed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._parent, self._served = 0, 0
        self._told: Known | None = None
        self._asked: tuple[bytes, Known] | None = None
        atexit.register(self.stop)

    def read(
        self, data: bytes, name: str, passwords: tuple[str, ...], known: Known
    ) -> tuple[Checked, bytes | None]:
        """Read and check one file: what was found, and its marked copy where it has errors.

        Raises:
            UnreadableWorkbook: it is no workbook that we open, or asked for more than it may.
        """
        try:
            answer, checked = self._ask(data, name, passwords, known)
        except (OSError, EOFError, ValueError) as bad:
            self.stop()
            raise UnreadableWorkbook(name, "gave_up") from bad
        except BaseException:
            self.stop()  # half an answer may still be on its way
            raise
        self._served += 1
        if answer.spent:
            self.stop()
        if checked is None:
            raise UnreadableWorkbook(name, answer.refused.decode())
        return checked, answer.copy or None

    def ahead(self, data: bytes, name: str, passwords: tuple[str, ...], known: Known) -> None:
        """Let it begin with a file while its parent is still at the one before.

        What goes wrong is told when that file is read.
        """
        if self._process is None or self._asked is not None or self._served >= FILES:
            return
        try:
            self._send(data, name, passwords, known)
        except (OSError, ValueError):
            self.stop()

    def _send(self, data: bytes, name: str, passwords: tuple[str, ...], known: Known) -> None:
        process = self._ready()
        news = None if known is self._told else _needed(known)
        question = pickle.dumps((name, passwords if is_ole(data) else (), news))
        self._told = known
        self._asked = (data, known)
        pipe.ask(process, (question, data), self._limits.wall)

    def _ask(
        self, data: bytes, name: str, passwords: tuple[str, ...], known: Known
    ) -> tuple[Answer, Checked | None]:
        """The answer, and what was found where the file is not refused.

        Raises:
            OSError, EOFError, ValueError: no answer came that can be believed.
        """
        asked = self._asked
        if asked is not None and (asked[0] is not data or asked[1] is not known):
            self.stop()  # it is at another file, or was told what is no longer so
        process, limits = self._ready(), self._limits
        if self._asked is None:
            self._send(data, name, passwords, known)
        self._asked = None
        most = limits.inflated + limits.file + MIB
        answer = Answer(*pipe.answer(process, len(Answer._fields), limits.wall, most))
        if answer.mistake:
            _LOG.error("%s", answer.mistake.decode(errors="replace"))
        refused = answer.refused.decode()
        if refused and refused not in REFUSALS:
            raise ValueError("a refusal that nobody knows")
        return answer, None if refused else wire.unpack(answer.checked, FORMS)

    def stop(self) -> None:
        """End the process, where there is one."""
        process, self._process, self._told = self._process, None, None
        self._asked = None
        if process is None:
            return
        if self._parent != os.getpid():
            process.returncode = 0  # after a fork it is our parent's, not ours
            return
        process.kill()
        process.communicate()

    def _ready(self) -> subprocess.Popen[bytes]:
        process = self._process
        mine = process is not None and self._parent == os.getpid() and self._served < FILES
        if process is not None and mine and process.poll() is None:
            return process
        self.stop()
        path = [str(Path(place).absolute()) for place in sys.path]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-I", "-c", _BEGIN, json.dumps([path, astuple(self._limits)])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=_ENVIRONMENT, cwd="/",
            start_new_session=True,  # Ctrl-C is for the parent
        )  # fmt: skip
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                pipe.widen(stream)
        self._process, self._parent, self._served = process, os.getpid(), 0
        return process


@lru_cache
def shared(limits: Limits) -> Worker:
    """The one worker of this program with these limits."""
    return Worker(limits)


def _needed(known: Known) -> Known:
    """What the checks look at, without anybody's address."""
    members = {code: replace(m, contacts=(), heads=()) for code, m in known.members.items()}
    return replace(known, members=members)
