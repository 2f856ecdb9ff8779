"""How text that people typed is made comparable, and how invisible characters are shown."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_FILLERS: Final = (0x115F, 0x1160, 0x3164, 0xFFA0)
"""Letters by name, nothing to the eye (Hangul fillers)."""
_INVISIBLE: Final = dict.fromkeys(
    [
        *range(0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0),
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
        0x00AD, 0x061C, 0x180E, 0xFEFF, 0xFE0F, *_FILLERS,
    ]
)  # fmt: skip
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー─"), "-")
_VARIANTS: Final = {ord("台"): "臺", ord("〇"): "0", ord("○"): "0"}
_SPACES: Final = re.compile(r"\s+")
_BLANK: Final = frozenset({"無", "沒有", "n/a", "na", "n.a.", "未填", "空白", "null", "none"})
_BLANK_BEGINS: Final = frozenset("無沒未空nNｎＮⁿℕ") | {chr(code) for code in _FILLERS}
"""Letters with which a word for nothing begins, in any width."""
_FILLING: Final = frozenset(map(chr, _FILLERS)) | {"\ufe0f"}
_NOTHING: Final = re.compile(r"[-/?]*")
_SHOWN: Final = {
    "\u00a0": "␣", "\u3000": "□", "\t": "⇥", "\n": "↵", "\r": "↵",
}  # fmt: skip
_FILLED: Final = {code: f"⟨U+{code:04X}⟩" for code in _FILLERS}


def is_clean(text: str) -> bool:
    """Whether a text has no invisible characters: but for the fillers they are not printable."""
    return text.isprintable() and not any(char in text for char in _FILLING)


def trimmed(text: str) -> str:
    """The text as typed, without invisible characters and without spaces around it."""
    if is_clean(text):
        return text.strip()
    return text.translate(_INVISIBLE).strip()


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """NFKC, no invisible characters, one kind of dash, single spaces: what a code is read from."""
    if text.isascii() and text.isprintable():  # NFKC and the dashes change nothing there
        return " ".join(text.split())
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_DASHES)
    return _SPACES.sub(" ", folded).strip()


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """What two spellings of one label have in common: no spaces, one case, 臺 for 台."""
    return plain(text).translate(_VARIANTS).replace(" ", "").casefold()


def says_something(text: str) -> bool:
    """Whether a text is not blank at a glance: a code, a day, a title; most are."""
    return text[:1].isalnum() and (text[-1].isdigit() or text[0] not in _BLANK_BEGINS)


def at_a_glance(texts: Iterable[str]) -> list[str]:
    """Those of many texts that need no second look: they say something, and hide no character.

    One look at all of them together, where that is enough.
    """
    likely = [text for text in texts if text and text[0] not in _BLANK_BEGINS]
    if "".join({text[0] for text in likely}).isalnum() and is_clean("".join(likely)):
        return likely
    return [text for text in likely if text[0].isalnum() and is_clean(text)]


def is_blank(text: str) -> bool:
    """Whether a cell says "nothing": empty, ``-``, ``?``, or one of the words people use for it."""
    if says_something(text):
        return False
    read = plain(text).casefold()
    return read in _BLANK or _NOTHING.fullmatch(read) is not None


def full_width(typed: str) -> bool:
    """Whether digits, or what stands between digits, were typed in full width."""
    return any("０" <= char <= "９" or char in "．／－，" for char in typed)


def shown(value: object) -> str:
    """What a cell held, for a reader's eyes: invisible characters visible, at most 60 long."""
    whole = isinstance(value, float) and math.isfinite(value) and value.is_integer()
    text = (f"{value:.0f}" if whole else str(value))[:200]
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _visible(char) for char in text)
    text = text.translate(_FILLED)
    inside = text.strip(" ")
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(text.rstrip(" ")) if inside else 0
    text = "␣" * before + inside + "␣" * after
    return text if len(text) <= 60 else text[:57] + "…"


def _visible(char: str) -> str:
    return _SHOWN.get(char) or f"⟨U+{ord(char):04X}⟩"
