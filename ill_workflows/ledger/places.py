"""Where something stands: the row of a member's own sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A row in a file that was accepted; ``filename`` is the sender's own name for it."""

    receipt: str
    filename: str
    sheet: str
    row: int
