"""Letters that a mail server refused: told to the home library and the host (notices rule 8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from email import message_from_bytes, policy
from typing import Any, Final

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.jobs.recheck import TO_READERS
from ill_workflows.mail import refusals as letters
from ill_workflows.mail.compose import Letter
from ill_workflows.rules.policy import Member
from ill_workflows.store import outbox, refusals
from ill_workflows.store.db import writing

_DEAD: Final = re.compile(r"5(?:50|51|53|56) (?!5\.)|5\d\d 5\.(?:1\.\d+|2\.1)\b")
"""Answers that say that nobody is there; a full mailbox, or a server that does not trust *us*, says
nothing against the address (RFC 3463)."""


def is_dead(answer: str) -> bool:
    """Whether a server's answer means that the address is none, now and later."""
    return _DEAD.match(answer) is not None


def answer_of(row: Mapping[str, Any], answers: Mapping[str, str]) -> str:
    """One line about a refused letter, for a terminal or a log: no address, no name."""
    said = "; ".join(letters.masked(answer, address) for address, answer in answers.items())
    return (
        f"第 {row['id']} 封（{row['policy']}，{row['library']}）遭拒 / "
        f"Letter {row['id']} ({row['policy']}, {row['library']}) was refused: {said}"
    )


def tell(app: App, clock: Clock) -> list[LetterBroken]:
    """Write the letters about refusals that nobody was told of; answers those that are broken.

    One to each home library, with its readers' names and a page to print for each; one to the
    host, without.  Run twice, it writes nothing the second time.
    """
    broken: list[LetterBroken] = []
    with app.engine.connect() as connection:
        untold = refusals.untold(connection)
    hosts = {address.casefold() for address in (*app.host.contacts, *app.host.heads)}
    by_library: dict[str, list[dict[str, Any]]] = {}
    for row in untold:
        if row["address"].casefold() in hosts:
            continue  # nobody is left to be told by mail; the terminal has said it
        if row["library"] not in app.members:
            continue  # it has left, and its readers' names are nobody else's business
        by_library.setdefault(row["library"], []).append(row)
    for library, rows in by_library.items():
        try:
            written = [compose(app, one, clock) for one in _letters(app, library, rows, clock)]
        except LetterBroken as bad:
            broken.append(bad)
            continue
        marks = list(dict.fromkeys(refusals.mark_of(row) for row in rows))
        with writing(app.engine) as connection:
            for n, one in enumerate(written):
                outbox.put(
                    connection, one, marks if n == 0 else (), today=clock.today, now=clock.now
                )
    return broken


def _letters(
    app: App, library: str, rows: Iterable[Mapping[str, Any]], clock: Clock
) -> Iterator[Letter]:
    """To the home library what concerns its readers, to the host the whole, counted."""
    home, host = app.members[library], app.host
    with app.engine.connect() as connection:
        found = [_refused(app, connection, home, row) for row in rows]
        dead = refusals.dead_addresses(connection)
    to = tuple(address for address in home.contacts if address.casefold() not in dead)
    readers = [one for one in found if not one.own]
    if readers and to:
        yield letters.to_home(home, readers, to, clock.today)
    if home.code != host.code:
        told = bool(readers and to)
        yield letters.to_host(host, home, found, clock.today, home_told=told)


def _refused(
    app: App, connection: Connection, home: Member, row: Mapping[str, Any]
) -> letters.Refused:
    address = row["address"]
    libraries = (home, app.host)  # some letters of these policies are written to libraries too
    ours = {known.casefold() for one in libraries for known in (*one.contacts, *one.heads)}
    own = row["policy"] not in TO_READERS or address.casefold() in ours
    reader = None if own else refusals.reader_at(connection, home.code, address)
    page = b""
    if not own:
        letter = outbox.one(connection, row["letter"])
        page = _page(letter["body"]) if letter is not None else b""
    return letters.Refused(
        row["letter"], row["subject"], address, row["reason"], row["dead"], own, page=page,
        **(reader or {}),
    )  # fmt: skip


def _page(body: bytes) -> bytes:
    """The letter as a page to print and hand over."""
    part = message_from_bytes(body, policy=policy.default).get_body(("html",))
    return str(part.get_content()).encode() if part is not None else b""
