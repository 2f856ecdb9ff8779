"""Looking into the outbox, and the host's decisions about single letters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from email import message_from_bytes, policy
from typing import Any, Final
from urllib.parse import unquote

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.store import mails, outbox, owing, refusals
from ill_workflows.store.db import writing


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about: every word that is given has to fit.

    ``reader`` is an address or a number at home; ``about`` fits any of them.
    """

    reader: str = ""
    card: str = ""
    item: str = ""
    library: str = ""
    about: str = ""

    def __bool__(self) -> bool:
        return any((self.reader, self.card, self.item, self.library, self.about))


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a letter: written, accepted, bounced, answered …"""

    at: datetime
    what: str
    letter: int
    policy: str
    to: tuple[str, ...]
    said: str


HAPPENED: Final = {
    "written": "寫好 written", "accepted": "伺服器收下 accepted", "bounced": "退回 bounced",
    "refused": "遭拒 refused", "withdrawn": "撤回 withdrawn", "doubtful": "不明 doubtful",
    "answered": "回信 answered", "queued": "等待寄出 queued", "sending": "寄送中 sending",
}  # fmt: skip
"""What happened → what the host reads; that the server took a letter is not that it was read."""
_CARD: Final = {"loan": 2, "recall": 2, "discrepancy": 2, "suspension": 2, "card": 1, "claim": 3}
_ITEM: Final = {"loan": 3, "recall": 3, "claim": 4}
"""Kind of case → where its key has the card, the item; those of a claim are looked up."""


def listing(app: App, about: About | None = None) -> list[dict[str, Any]]:
    """Letters as ``outbox --json`` has them; ``about`` keeps those that it fits."""
    return [_as_json(row) for row in _rows(app, about or About())]


def timeline(app: App, about: About) -> list[Event]:
    """What happened to the letters about something, in the order in which it happened."""
    rows = _rows(app, about)
    with app.engine.connect() as connection:
        numbers = [row["id"] for row in rows]
        replies = mails.answers_to(connection, numbers)
        days = refusals.days_of(connection, numbers)
    events = [
        event
        for row in rows
        for event in _events(row, _morning(app, days[row["id"]]) if row["id"] in days else None)
    ]
    by_number = {row["id"]: row for row in rows}
    for reply in replies:
        row = by_number[reply["answers"]]
        events.append(
            Event(reply["received_at"], "answered", row["id"], row["policy"], (), reply["subject"])
        )
    return sorted(events, key=lambda event: (event.at, event.letter))


def _morning(app: App, day: date) -> datetime:
    return datetime.combine(day, time(), app.config.zone)


def _events(row: dict[str, Any], refused: datetime | None) -> Iterator[Event]:
    """``refused`` is the day on which a server said no to it, at once or later."""
    about = (row["id"], f"{row['policy']} {row['step']}", tuple(row["to"]))
    yield Event(row["created_at"], "written", *about, row["subject"])
    if row["sent_at"] is not None:
        yield Event(
            row["sent_at"], "accepted", *about, "" if row["state"] != "sent" else row["reason"]
        )
    if row["state"] != "sent":
        last = [at for at in (row["created_at"], row["sent_at"], refused) if at is not None]
        yield Event(max(last), row["state"], *about, row["reason"])


def _rows(app: App, about: About) -> list[dict[str, Any]]:
    with app.engine.connect() as connection:
        rows = outbox.listing(connection)
        addresses = {about.reader.casefold()} if about.reader else set()
        if about.reader and "@" not in about.reader:
            addresses = refusals.addresses_of(connection, about.reader)
        claims = owing.cards(connection) if about.card or about.item else {}
    return [row for row in rows if _fits(row, about, addresses, claims)]


Claims = Mapping[tuple[str, str], tuple[str, str]]
"""(lender, number) of a claim → card and item."""


def _parts(case: str, claims: Claims) -> list[str]:
    """What a case's key names, and of a claim card and item besides."""
    parts = [unquote(part) for part in case.split("/")]
    if parts[0] == "claim" and len(parts) == 3:
        by_loan = parts[2].split("/")
        known = (by_loan[0], by_loan[1]) if len(by_loan) == 4 else ("", "")
        parts += claims.get((parts[1], parts[2]), known)
    return [part.casefold() for part in parts]


def _fits(row: dict[str, Any], about: About, addresses: Collection[str], claims: Claims) -> bool:
    to = {address.casefold() for address in (*row["to"], *row["cc"])}
    cases = [_parts(case, claims) for case in row["cases"]]
    words = {part for case in cases for part in case}
    if about.reader and to.isdisjoint(addresses):
        return False
    for wanted, places in ((about.card, _CARD), (about.item, _ITEM)):
        held = {case[places[case[0]]] for case in cases if len(case) > places.get(case[0], 99)}
        if wanted and wanted.casefold() not in held:
            return False
    if about.library and about.library.casefold() not in words | {row["library"].casefold()}:
        return False
    every = words | to | {row["library"].casefold()}
    return not about.about or about.about.casefold() in every


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "policy", "step", "to", "cc", "subject", "state")},
        "created_at": row["created_at"].isoformat(),
        "sent_at": row["sent_at"].isoformat() if row["sent_at"] else None, "cases": row["cases"],
        "reason": row["reason"],
    }  # fmt: skip


def _one(app: App, number: int) -> dict[str, Any]:
    with app.engine.connect() as connection:
        row = outbox.one(connection, number)
    if row is None:
        raise UsageProblem(f"沒有編號 {number} 的信。", f"There is no letter {number}.")
    return row


def show(app: App, number: int) -> str:
    """A letter as its reader sees it: headers and text.

    Raises:
        UsageProblem: there is no such letter.
    """
    row = _one(app, number)
    message = message_from_bytes(row["body"], policy=policy.default)
    part = message.get_body(("plain", "html"))
    text = part.get_content() if part is not None else ""
    heads = [
        f"{name}: {message[name]}"
        for name in ("From", "To", "Cc", "Reply-To", "Subject", "Date")
        if message[name]
    ]
    files = [item.get_filename() or "?" for item in message.iter_attachments()]
    state = f"[{row['state']}] {row['reason']}".rstrip()
    return "\n".join([state, *heads, *(f"附件 / attached: {name}" for name in files), "", text])


def retry(app: App, number: int) -> str:
    """Queue a letter again that was refused, bounced or left in doubt.

    The host has looked: addresses of it that were refused are used again.

    Raises:
        UsageProblem: there is no such letter, or it is not one to be sent again.
    """
    row = _one(app, number)
    with writing(app.engine) as connection:
        queued = outbox.change(
            connection, number, "queued", before=("refused", "bounced", "doubtful"),
            reason="承辦館要求重寄 / sent again by the host",
        )  # fmt: skip
        if queued:
            refusals.revive(connection, number)
    if not queued:
        raise UsageProblem(
            f"第 {number} 封的狀態是 {row['state']}，不需要重寄。",
            f"Letter {number} is {row['state']}.",
        )
    return f"第 {number} 封已排入寄件匣。 / Letter {number} is queued again."


def cancel(app: App, number: int) -> str:
    """Take back a letter that has not left.

    Its notices stay written: the host does not want this letter; the next step goes its way.

    Raises:
        UsageProblem: there is no such letter, or it has left.
    """
    row = _one(app, number)
    with writing(app.engine) as connection:
        cancelled = outbox.change(
            connection, number, "withdrawn", before=("queued", "refused", "doubtful"),
            reason="承辦館取消 / cancelled by the host",
        )  # fmt: skip
    if not cancelled:
        raise UsageProblem(
            f"第 {number} 封的狀態是 {row['state']}，無法取消。",
            f"Letter {number} is {row['state']}.",
        )
    return f"第 {number} 封已取消，不會再寫。 / Letter {number} was cancelled for good."
