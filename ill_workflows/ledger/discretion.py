"""What in a free text somebody may not want to be read by all: a reader, an address, a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ill_workflows.forms.text import key, plain
from ill_workflows.ledger.places import telling

_LONGEST: Final = 40
"""Characters of the longest name or number that is looked for."""
_SHORT: Final = 5
"""Latin words up to this length count where they stand alone: ``An`` is in many a word."""
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_YEAR: Final = r"(?:1[89]|20)\d\d"
_TELEPHONE: Final = re.compile(
    r"(?<!\d)(?:\(?0[2-9]\d{0,2}\)?|\+?886[ -]?\d{1,3})[ )-]*\d{3,4}[ -]?\d{3,4}(?!\d)"
    rf"|(?<![\d-])(?!{_YEAR}-{_YEAR}(?!\d))\d{{3,4}}-\d{{4}}(?![\d-])"
    r"|(?:電話|手機|tel\.?)[ :]*\d[\d -]{4,}\d"
    r"|(?:分機|ext\.?)[ :]*\d{2,}",
    re.IGNORECASE,
)
"""As numbers are written in Taiwan: 06-2345678, (07)123-4567, 0912-345-678, 分機 1234; two years
with a hyphen are none."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A passage to look at before others read the text: ``kind`` reader, email or telephone."""

    kind: str
    word: str


class Readers:
    """The names and numbers of all readers, to be looked for in texts."""

    def __init__(self, words: Iterable[object]) -> None:
        said = (word.strip() for word in words if isinstance(word, str))
        kept = {key(word): word for word in said if telling(word)}
        self._words: Mapping[str, str] = {word: said for word, said in kept.items() if word}

    def within(self, text: str) -> Iterator[str]:
        """Those that a text holds, from left to right, however their characters are spaced or
        their width; of two that begin at one place the longer.
        """  # noqa: D205
        folded, spaced, at = key(text), plain(text).casefold(), 0
        while at < len(folded):
            found = next(
                (
                    folded[at:end]
                    for end in range(min(at + _LONGEST, len(folded)), at + 1, -1)
                    if folded[at:end] in self._words
                    and _stands(self._words[folded[at:end]], spaced)
                ),
                "",
            )
            if found:
                yield self._words[found]
            at += len(found) or 1


def _stands(said: str, text: str) -> bool:
    """Whether a name that may be part of a longer word stands alone in the text."""
    word = plain(said).casefold()
    if not word.isascii() or len(word) > _SHORT:
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None


def concerns(text: str, readers: Readers) -> tuple[Concern, ...]:
    """What a text should not tell everybody, each once; nothing where it names nobody.

    Only readers of the registers are known: whoever decides reads the text all the same.
    """
    flat = plain(text)
    found = [Concern("reader", word) for word in readers.within(text)]
    found += [Concern("email", said) for said in _EMAIL.findall(flat)]
    found += [Concern("telephone", said.strip()) for said in _TELEPHONE.findall(flat)]
    return tuple(dict.fromkeys(found))
