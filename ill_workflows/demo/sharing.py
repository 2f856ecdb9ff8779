"""The host of the demonstration reads what libraries wrote, and releases what all may read."""

from __future__ import annotations

from typing import Final

from ill_workflows.app import App
from ill_workflows.demo.press import CONTACT
from ill_workflows.jobs.experiences import listing, release
from ill_workflows.jobs.post import Clock

_SOME: Final = 3
"""Sentences; of more than these the newest still waits."""


def share(app: App, clock: Clock) -> None:
    """Release each sentence of one library that wrote it; what is meant for the host alone is taken
    out.
    """  # noqa: D205
    sentences: dict[str, str] = {}
    for row in reversed(listing(app)):
        sentences.setdefault(row["text"], row["receipt"])
    last = len(sentences) - (len(sentences) > _SOME)
    for text, receipt in list(sentences.items())[:last]:
        release(app, receipt, clock, text=text.replace(CONTACT, ""))
