"""What waits for the host: mails of which nothing proves whom they are from."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.intake.incoming import Incoming
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.files import original
from ill_workflows.jobs.outcome import WHY, Outcome
from ill_workflows.jobs.post import Clock
from ill_workflows.store import mails
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing

_SHOWN = ("receipt", "received_on", "library", "form", "month", "sender", "filename", "why")


def listing(app: App) -> list[dict[str, Any]]:
    """What waits, oldest first."""
    with app.engine.connect() as connection:
        waiting = store.held(connection)
    return [{name: row[name] for name in _SHOWN} for row in waiting]


def because(why: str) -> str:
    """Why something is held, in both languages."""
    return " / ".join(WHY.get(why, (why,)))


def release(app: App, which: str, clock: Clock, *, trust: bool = False) -> Outcome:
    """Take in what is held as if its sender were proven; ``trust`` the address from now on.

    The answer goes to the library, and to the sender where that is its address or a trusted one.

    Raises:
        UsageProblem: nothing of that receipt is held, or its form is not processed yet, or
            there is no address to trust.
        FolderTrouble: the original cannot be read.
    """
    row = _waiting(app, which)
    if trust and not row["sender"]:
        raise UsageProblem(
            f"{row['receipt']} 沒有明確的寄件地址可以信任；不加 --trust 仍可放行。",
            f"{row['receipt']} has no plain address to trust; it can be released without --trust.",
        )
    incoming = Incoming(
        row["filename"], original(app, row["sha256"]), "release", sender=row["sender"],
        message_id=row["message_id"],
    )  # fmt: skip
    if trust:  # first: the answer goes to whom the host trusts
        with writing(app.engine) as connection:
            mails.trust(connection, row["library"], row["sender"], clock.today)
    (outcome,) = collect(app, One(incoming), clock)
    if outcome.state == "known" and row["why"] == "form_later":
        raise UsageProblem(
            f"{row['receipt']} 是還不能處理的表單，無法放行。",
            f"{row['receipt']} is a form that is not processed yet; it cannot be released.",
        )
    return outcome


def refuse(app: App, which: str, clock: Clock) -> str:
    """Decide that what is held is not taken in; nobody is written to.  Answers the receipt.

    Raises:
        UsageProblem: nothing of that receipt is held.
    """
    row = _waiting(app, which)
    names = {field.name for field in fields(store.Arrival)}
    told = {name: value for name, value in row.items() if name in names}
    decided = {
        "state": "refused", "why": "by_host", "received_on": clock.today, "received_at": clock.now,
    }  # fmt: skip
    with writing(app.engine) as connection:
        _, receipt = store.record(connection, store.Arrival(**{**told, **decided}), ())
    return receipt


def _waiting(app: App, which: str) -> dict[str, Any]:
    with app.engine.connect() as connection:
        waiting = store.held(connection)
    for row in waiting:
        if which.strip().upper() in {row["receipt"], str(row["id"])}:
            return row
    raise UsageProblem(
        f"沒有保留中的 {which}；請以 held 查看。", f"Nothing held is {which}; see held."
    )


class One:
    """One file as a door."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming

    def arrivals(self) -> tuple[Incoming]:
        """The file."""
        return (self._incoming,)

    def settle(self, incoming: Incoming) -> None:
        """Nothing: the original lies in the archive."""
