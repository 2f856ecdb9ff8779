"""The pages of the documentation, as the tests read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^(```+|~~~+)(\w*)[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every Markdown page of the project."""
    own = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").rglob("*.md")]
    return sorted(own)


def prose(page: Path) -> str:
    """A page without its blocks of code and its code in the line."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page.read_text(encoding="utf-8")))


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """The blocks of code in some languages."""
    for found in _FENCE.finditer(page.read_text(encoding="utf-8")):
        if found[2] in languages:
            yield found[3]


def anchors(page: Path) -> set[str]:
    """What may stand after ``#``: a heading in small letters, spaces as hyphens, no marks."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = sum(1 for n in range(100) if (slug if n == 0 else f"{slug}-{n}") in found)
        found.add(f"{slug}-{count}" if count else slug)
    return found
