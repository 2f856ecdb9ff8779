"""Somebody between a sender and its mail server, who stops everything at a chosen point."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

POINTS = ("connected", "mail", "rcpt", "data", "handed over", "taken")
"""Where the wire can be stopped: before the server hears a command, before it hears the end of
the letter, before the sender hears that the letter was taken."""


@dataclass
class Interposed:
    """A relay that stops at ``point`` of letter ``number``; ``stopped`` says that it has."""

    to: int
    point: str
    number: int
    port: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def talk(self, sender: socket.socket) -> None:
        """One connection, a line at a time, until the point is reached."""
        with sender, socket.create_connection(("127.0.0.1", self.to)) as server:
            heard, said = sender.makefile("rb"), server.makefile("rb")
            letter = 1
            if self._reached("connected", letter):
                return
            sender.sendall(_reply(said))
            while line := heard.readline():
                verb = line.split()[0].decode().lower()
                if self._reached(verb, letter):
                    return
                server.sendall(line)
                answer = _reply(said)
                sender.sendall(answer)
                if verb == "data" and answer.startswith(b"354"):
                    while (text := heard.readline()) != b".\r\n":
                        server.sendall(text)
                    if self._reached("handed over", letter):
                        return
                    server.sendall(text)
                    answer = _reply(said)
                    if self._reached("taken", letter):
                        return
                    sender.sendall(answer)
                    letter += 1

    def _reached(self, point: str, letter: int) -> bool:
        if (point, letter) != (self.point, self.number):
            return False
        self.stopped.set()
        return True


def _reply(said: object) -> bytes:
    lines = b""
    while True:
        line: bytes = said.readline()  # type: ignore[attr-defined]
        lines += line
        if line[3:4] != b"-":
            return lines


@contextmanager
def interposed(to: int, point: str, number: int) -> Iterator[Interposed]:
    """A relay on a free port of 127.0.0.1; where it has stopped, its connection stays open."""
    relay = Interposed(to, point, number if point != "connected" else 1)
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay.port = listening.getsockname()[1]

        def serve() -> None:
            sender, _ = listening.accept()
            kept.append(sender.dup())  # so that the sender waits instead of hearing a goodbye
            relay.talk(sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield relay
        thread.join(30)
        for one in kept:
            one.close()
