"""Where something stands: the row of a member's own sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A row in a file that was accepted; ``filename`` is the sender's own name for it."""

    receipt: str
    filename: str
    sheet: str
    row: int


def named(words: Iterable[object]) -> frozenset[str]:
    """Readers' names and numbers, as :func:`impersonal` looks for them; what is so short that it
    may be a day or a month is none.
    """  # noqa: D205
    return frozenset(
        word for word in words if isinstance(word, str) and len(word) > (4 if word.isdigit() else 1)
    )


def impersonal(filename: str, people: frozenset[str], longest: int = 40) -> str:
    """A file's name, empty where somebody called the file after a reader."""
    size = len(filename)
    parts = (
        filename[at : at + length]
        for at in range(size - 1)
        for length in range(2, min(longest, size - at) + 1)
    )
    return "" if any(part in people for part in parts) else filename
