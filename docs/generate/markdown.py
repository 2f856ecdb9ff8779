"""Markdown as the pages use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; columns in which nothing stands are left out."""
    lines = [[_cell(cell) for cell in row] for row in rows]
    kept = [n for n in range(len(headings)) if any(row[n] for row in lines)]
    every = [list(headings), ["---"] * len(headings), *lines]
    return "\n".join(f"| {' | '.join(row[n] or '–' for n in kept)} |" for row in every)


def code(text: object) -> str:
    """A word of the program."""
    return f"`{text}`"


def halves(text: str) -> tuple[str, str]:
    """A sentence in both languages, ``zh / en``, as two.

    Raises:
        ValueError: it is in one language only.
    """
    zh, slash, en = text.partition(" / ")
    if not slash:
        raise ValueError(f"no English beside 「{text}」: write it as 中文 / English")
    return zh.strip(), en.strip()


def both(zh: str, en: str) -> str:
    """A paragraph in both languages, a line each."""
    return f"{zh}  \n{en}"


def lines(*texts: str) -> str:
    """Texts in one cell, a line each."""
    return "<br>".join(text for text in texts if text)


def page(*parts: str) -> str:
    """Paragraphs, tables and headings, a blank line between them."""
    return "\n\n".join(part.strip() for part in parts if part)


def _cell(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return text.replace("|", "\\|").replace("\n", "<br>").strip()
