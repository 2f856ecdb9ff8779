"""Where something stands: the row of a member's own sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A row in a file that was accepted; ``filename`` is the sender's own name for it."""

    receipt: str
    filename: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class People:
    """Readers' names and numbers, as :func:`impersonal` looks for them, and how long they are."""

    words: frozenset[str]
    lengths: tuple[int, ...]


def named(words: Iterable[object]) -> People:
    """The people that these names and numbers name."""
    plain = {_plain(word) for word in words if isinstance(word, str)}
    long = {word for word in plain if telling(word)}
    every = frozenset(long | {_joined(word) for word in long})
    return People(every, tuple(sorted(set(map(len, every)))))


def telling(word: str) -> bool:
    """Whether it can name somebody; what is so short that it may be a day or a month cannot."""
    return len(word) > (4 if word.isdigit() else 1)


def impersonal(filename: str, people: People) -> str:
    """A file's name, empty where somebody called the file after a reader, however it is spaced or
    capitalised.
    """  # noqa: D205
    plain, words = _plain(filename), people.words
    found = not words.isdisjoint(_parts(plain, people.lengths)) or any(
        part in words and _is_a_name(part) for part in _parts(_joined(plain), people.lengths)
    )
    return "" if found else filename


def _plain(word: str) -> str:
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word)
    return word.casefold().strip()


def _joined(word: str) -> str:
    return word if word.isalnum() else _BETWEEN.sub("", word)


def _is_a_name(part: str) -> bool:
    """Whether it may be read across a space or a hyphen: «HDU-2025» is no reader U2."""
    return not part.isdigit() and (not part.isascii() or len(part) >= _LONG)


def _parts(text: str, lengths: Iterable[int]) -> Iterator[str]:
    for length in lengths:
        for at in range(len(text) - length + 1):
            yield text[at : at + length]


_LONG: Final = 6
_BETWEEN: Final = re.compile(r"[\W_]+")
