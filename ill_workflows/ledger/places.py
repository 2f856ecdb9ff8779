"""Where something stands: the row of a member's own sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A row in a file that was accepted; ``filename`` is the sender's own name for it."""

    receipt: str
    filename: str
    sheet: str
    row: int


def named(words: Iterable[object]) -> frozenset[str]:
    """Readers' names and numbers, as :func:`impersonal` looks for them."""
    plain = {_plain(word) for word in words if isinstance(word, str)}
    long = {word for word in plain if telling(word)}
    return frozenset(long | {_joined(word) for word in long})


def telling(word: str) -> bool:
    """Whether it can name somebody; what is so short that it may be a day or a month cannot."""
    return len(word) > (4 if word.isdigit() else 1)


def impersonal(filename: str, people: frozenset[str]) -> str:
    """A file's name, empty where somebody called the file after a reader, however it is spaced or
    capitalised.
    """  # noqa: D205
    plain, lengths = _plain(filename), _lengths(people)
    found = not people.isdisjoint(_parts(plain, lengths)) or any(
        part in people and _is_a_name(part) for part in _parts(_joined(plain), lengths)
    )
    return "" if found else filename


@lru_cache(maxsize=2)
def _lengths(people: frozenset[str]) -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in people}))


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
