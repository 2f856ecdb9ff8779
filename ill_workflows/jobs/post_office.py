"""Looking into the outbox, and the host's decisions about single letters."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any
from urllib.parse import unquote

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.store import outbox, refusals
from ill_workflows.store.db import writing


def listing(app: App, about: str | None = None) -> list[dict[str, Any]]:
    """Letters as ``outbox --json`` has them; ``about`` keeps those that concern an address, a card,
    a book or a library.
    """  # noqa: D205
    with app.engine.connect() as connection:
        rows = outbox.listing(connection)
    return [_as_json(row) for row in rows if about is None or _concerns(row, about)]


def _concerns(row: dict[str, Any], about: str) -> bool:
    words = {*row["to"], *row["cc"], row["library"]}
    for case in row["cases"]:
        words.update(unquote(part) for part in case.split("/"))
    return about.casefold() in {word.casefold() for word in words}


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
