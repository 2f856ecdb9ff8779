"""The host of the demonstration reads what libraries wrote, and releases what all may read."""

from __future__ import annotations

from ill_workflows.app import App
from ill_workflows.demo.press import CONTACT
from ill_workflows.jobs.experiences import listing, release
from ill_workflows.jobs.post import Clock


def share(app: App, clock: Clock) -> None:
    """Release each sentence where it was written first, but for the newest, which still waits; what
    is meant for the host alone is taken out.
    """  # noqa: D205
    first: dict[str, str] = {}
    for row in reversed(listing(app)):
        first.setdefault(row["text"], row["receipt"])
    for text, receipt in list(first.items())[:-1]:
        release(app, receipt, clock, text=text.replace(CONTACT, ""))
