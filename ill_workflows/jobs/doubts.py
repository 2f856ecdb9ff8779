"""Letters in doubt, sought in the host's own mailbox: what lies there has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from ill_workflows.app import App
from ill_workflows.errors import FolderTrouble, MailboxDown, MailboxRefused
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.jobs.post import Clock
from ill_workflows.store import outbox
from ill_workflows.store.db import writing

_SOUGHT: Final = 14
"""Days for which a letter in doubt is looked for."""


def seek(app: App, clock: Clock) -> int:
    """Look for letters in doubt, by Message-ID, where the mail server keeps a copy of what it sent.

    Those that are found count as sent; answers how many.  Of one that is not found nobody knows:
    it stays in doubt.  A mailbox that does not answer is no reason to hold up the others.
    """
    with app.engine.connect() as connection:
        wanted = outbox.doubtful(connection, clock.today - timedelta(days=_SOUGHT))
    if not wanted:
        return 0
    try:
        mailbox = open_mailbox(app)
        found = mailbox.holds(wanted) if mailbox is not None else set()
    except (MailboxDown, MailboxRefused, FolderTrouble):
        return 0
    with writing(app.engine) as connection:
        return outbox.vouch(connection, found, clock.now)
