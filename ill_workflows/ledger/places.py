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


def named(words: Iterable[object]) -> frozenset[str]:
    """Readers' names and numbers, as :func:`impersonal` looks for them; what is so short that it
    may be a day or a month is none.
    """  # noqa: D205
    plain = {_plain(word) for word in words if isinstance(word, str)}
    long = {word for word in plain if len(word) > (4 if word.isdigit() else 1)}
    return frozenset(long | {_joined(word) for word in long})


def impersonal(filename: str, people: frozenset[str], longest: int = 40) -> str:
    """A file's name, empty where somebody called the file after a reader, however it is spaced or
    capitalised.
    """  # noqa: D205
    plain = _plain(filename)
    joined = (part for part in _parts(_joined(plain), longest) if _is_a_name(part))
    return "" if any(part in people for part in (*_parts(plain, longest), *joined)) else filename


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip()


def _joined(word: str) -> str:
    return _BETWEEN.sub("", word)


def _is_a_name(part: str) -> bool:
    """Whether it may be read across a space or a hyphen: «HDU-2025» is no reader U2."""
    return not part.isdigit() and (not part.isascii() or len(part) >= _LONG)


def _parts(text: str, longest: int) -> Iterator[str]:
    for at in range(len(text) - 1):
        for length in range(2, min(longest, len(text) - at) + 1):
            yield text[at : at + length]


_LONG: Final = 6
_BETWEEN: Final = re.compile(r"[\W_]+")
