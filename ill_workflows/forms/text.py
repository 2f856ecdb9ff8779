"""How text that people typed is made comparable, and how invisible characters are shown."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_INVISIBLE: Final = dict.fromkeys(
    [*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD, 0x180E, *range(0x202A, 0x202F)]
)
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー─"), "-")
_VARIANTS: Final = {ord("台"): "臺", ord("〇"): "0", ord("○"): "0"}
_SPACES: Final = re.compile(r"\s+")
_BLANK: Final = frozenset(
    {
        "",
        "-",
        "--",
        "無",
        "沒有",
        "n/a",
        "na",
        "n.a.",
        "?",
        "??",
        "未填",
        "空白",
        "null",
        "none",
        "／",
        "/",
    }
)
_SHOWN: Final = {
    0x00A0: "␣", 0x3000: "□", 0x200B: "⟨U+200B⟩", 0x200C: "⟨U+200C⟩", 0x200D: "⟨U+200D⟩",
    0x200E: "⟨U+200E⟩", 0x200F: "⟨U+200F⟩", 0x2060: "⟨U+2060⟩", 0xFEFF: "⟨U+FEFF⟩",
    0x00AD: "⟨U+00AD⟩", 0x0009: "⇥", 0x000A: "↵", 0x000D: "↵",
}  # fmt: skip


def trimmed(text: str) -> str:
    """The text as typed, without spaces and invisible characters around and inside it."""
    return text.translate(_INVISIBLE).strip()


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """NFKC, no invisible characters, one kind of dash, single spaces: what a code is read from."""
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_DASHES)
    return _SPACES.sub(" ", folded).strip()


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """What two spellings of one label have in common: no spaces, one case, 臺 for 台."""
    return plain(text).translate(_VARIANTS).replace(" ", "").casefold()


def is_blank(text: str) -> bool:
    """Whether a cell says "nothing": empty, or one of the words people use for it."""
    return plain(text).casefold() in _BLANK


def shown(value: object) -> str:
    """What a cell held, for a reader's eyes: invisible characters visible, at most 60 long."""
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    text = text.translate(_SHOWN)
    stripped = text.strip(" ")
    text = (
        "␣" * (len(text) - len(text.lstrip(" ")))
        + stripped
        + "␣" * (len(text) - len(text.rstrip(" ")) if stripped else 0)
    )
    return text if len(text) <= 60 else text[:57] + "…"
