"""A mail server that does as it is told: answers, hangs up, in the middle of anything."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

HANG_UP = ""
"""The answer that is none: the connection is closed."""


@dataclass
class Faulty:
    """``answers``: a stage (connect, EHLO, MAIL, RCPT, DATA, dot, NOOP …) or a whole command in
    lower case → what it is answered, one after the other, the last one for good.  What is not
    named is answered as a good server does.  ``slow``: a stage → seconds that it takes.
    """

    answers: dict[str, list[str]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    features: tuple[str, ...] = ("SIZE 1000000",)
    heard: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def answer(self, stage: str, usual: str) -> str:
        """The next answer of a stage."""
        if stage in self.slow:
            time.sleep(self.slow[stage])
        told = self.answers.get(stage)
        if not told:
            return usual
        return told.pop(0) if len(told) > 1 else told[0]


_USUAL = {
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        plan: Faulty = self.server.plan  # type: ignore[attr-defined]
        plan.connections += 1
        if not self._say(plan.answer("connect", "220 faulty")):
            return
        while line := self.rfile.readline():
            words = line.decode().strip()
            plan.heard.append(words)
            verb = words.partition(" ")[0].upper()
            usual = _USUAL.get(verb, "250 ok")
            if verb == "EHLO":
                usual = "\r\n".join(
                    ["250-faulty", *(f"250-{f}" for f in plan.features), "250 HELP"]
                )
            stage = words.lower() if words.lower() in plan.answers else verb
            told = plan.answer(stage, usual)
            if not self._say(told) or verb == "QUIT":
                return
            if verb == "DATA" and told.startswith("354") and not self._data(plan):
                return

    def _data(self, plan: Faulty) -> bool:
        body = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        told = plan.answer("dot", "250 taken")
        if told.startswith(("250", HANG_UP)) and not told.startswith(("4", "5")):
            plan.taken.append(body)
        return self._say(told)

    def _say(self, told: str) -> bool:
        if told == HANG_UP:
            return False
        self.wfile.write(f"{told}\r\n".encode())
        return not told.startswith("421")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is none of our errors."""


@contextmanager
def faulty(plan: Faulty | None = None, **answers: str | list[str]) -> Iterator[Faulty]:
    """A server on a free port of 127.0.0.1; what it took is in ``taken``."""
    told = plan or Faulty()
    told.answers.update({k: [v] if isinstance(v, str) else list(v) for k, v in answers.items()})
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.plan = told  # type: ignore[attr-defined]
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
