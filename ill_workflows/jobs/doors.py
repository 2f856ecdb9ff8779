"""The doors at which workbooks come in, opened together: the inbox and the mailbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from ill_workflows.app import App
from ill_workflows.errors import IllError, MailboxDown, MailboxRefused
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.at_once import write_at_once
from ill_workflows.jobs.collect import Source, collect
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.jobs.outcome import STATES, Outcome
from ill_workflows.jobs.post import Clock


def doors(app: App) -> tuple[list[Source], int, IllError | None]:
    """The doors to look at, how many files or mails wait there, and why a mailbox is left out."""
    inbox = app.folder("inbox")
    sources: list[Source] = [Inbox(inbox)]
    waiting = sum(1 for _ in inbox.iterdir())
    mailbox = open_mailbox(app)
    if mailbox is None:
        return sources, waiting, None
    try:
        return [*sources, mailbox], waiting + mailbox.waiting(), None
    except (MailboxDown, MailboxRefused) as bad:
        return sources, waiting, bad


def collect_all(app: App, clock: Clock, between: Callable[[], None]) -> str:
    """Take in everything that waits, and write at once what of it cannot wait for the daily run;
    answers how many became what.

    Raises:
        MailboxDown, MailboxRefused: the mailbox was left out; the folder was taken in all the same.
    """  # noqa: D205
    sources, _, down = doors(app)
    became: Counter[str] = Counter()

    def tell(outcome: Outcome) -> None:
        became[outcome.state] += 1
        between()

    for source in sources:
        try:
            collect(app, source, clock, tell)
        except (MailboxDown, MailboxRefused) as bad:
            down = bad
    written = write_at_once(app, clock)
    if down is not None:
        raise down
    told = (f"{STATES[state]} {count}" for state, count in became.items())
    at_once = [f"緊急 at once：{written.said}"] if written is not None else []
    return "；".join(["，".join(told) or "沒有來件 / nothing came", *at_once])
