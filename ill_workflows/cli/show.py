"""How commands speak: data on stdout, words and progress on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

_A_LINE: Final = 100
"""Files after which a backlog is told of where nobody sees a bar."""


def trouble(sentence: str) -> None:
    """Say what went wrong."""
    colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    mark = "\x1b[31m✗\x1b[0m" if colour else "✗"
    print(f"{mark} {sentence}", file=sys.stderr)


def words(sentence: str) -> None:
    """Tell the person at the terminal something that is no data."""
    print(sentence, file=sys.stderr)


def data(line: str) -> None:
    """One line of data."""
    print(line)


def as_json(value: Any) -> None:
    """Data for machines; days in ISO 8601."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people, lined up with Chinese characters two wide."""
    texts = [[str(cell) for cell in row] for row in rows]
    every = [list(headings), *texts]
    widths = [max(width(row[n]) for row in every) for n in range(len(headings))]
    for row in every:
        line = "  ".join(cell + " " * (widths[n] - width(cell)) for n, cell in enumerate(row))
        print(line.rstrip())


def width(text: str) -> int:
    """How many columns a text takes on a terminal."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Any]:
    """A progress bar on stderr; gives ``advance(text)``.

    Where stderr is no terminal, a line for every hundred of a long backlog.
    """
    if not sys.stderr.isatty():
        yield _counted(label, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)

        def advance(text: str = "") -> None:
            bar.update(task, advance=1, description=f"{label} {text}"[:60])

        yield advance


def _counted(label: str, total: int | None) -> Callable[..., None]:
    done = 0

    def advance(_text: str = "") -> None:
        nonlocal done
        done += 1
        if total is not None and total > _A_LINE and done % _A_LINE == 0:
            words(f"{label} {done}/{total}")

    return advance
