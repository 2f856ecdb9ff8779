"""Ratios, side by side in one run: CPU seconds, medians of interleaved rounds.

Seconds drift from day to day and from machine to machine; what is written next to each other in
the same minute can be compared.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median
from unicodedata import east_asian_width

Contenders = Mapping[str, Callable[[], object]]


def arguments(description: str, **sizes: tuple[int, int]) -> argparse.Namespace:
    """The options of a bench: ``--quick``, ``--rounds``, and its sizes as (default, quick)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="small sizes: seconds, not minutes")
    for name, (usual, quick) in {"rounds": (5, 2), **sizes}.items():
        parser.add_argument(f"--{name}", type=int, help=f"{usual}; {quick} with --quick")
    given = parser.parse_args()
    for name, (usual, quick) in {"rounds": (5, 2), **sizes}.items():
        if getattr(given, name) is None:
            setattr(given, name, quick if given.quick else usual)
    return given


def cpu() -> float:
    """CPU seconds of this process and its children, those that still run included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + _running_children(os.getpid())


def _running_children(parent: int) -> float:
    """From /proc; 0 where there is none."""
    spent: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks = sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
        spent[int(stat.parent.name)] = (int(words[1]), ticks)
    ours, total = {parent}, 0.0
    for number, (above, ticks) in sorted(spent.items()):
        if above in ours:
            ours.add(number)
            total += ticks
    return total


def race(contenders: Contenders, rounds: int) -> dict[str, float]:
    """Run every contender in turn, ``rounds`` times over; the median CPU seconds of each."""
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            gc.collect()
            before = cpu()
            run()
            spent[name].append(cpu() - before)
    return {name: median(times) for name, times in spent.items()}


def show(title: str, seconds: Mapping[str, float], ours: str) -> None:
    """A table: CPU seconds and how each stands to ours."""
    rows = [(name, f"{time:.3f}", f"{time / seconds[ours]:.2f}") for name, time in seconds.items()]
    print(f"\n{title}")
    _table((("", "CPU s", "× ours"), *rows))


def goal(number: str, words: str, reached: float, wanted: float, *, at_least: bool) -> None:
    """One line about one goal: what was reached, what was wanted, whether it is so."""
    good = reached >= wanted if at_least else reached <= wanted
    sign = "≥" if at_least else "≤"
    mark = "reached" if good else "NOT reached"
    print(f"  {number:<5} {words}: {reached:.2f}×, goal {sign} {wanted:g}×: {mark}")


def _table(rows: Iterable[tuple[str, ...]]) -> None:
    lines = [list(row) for row in rows]
    widths = [max(_width(row[n]) for row in lines) for n in range(len(lines[0]))]
    for row in lines:
        first = row[0] + " " * (widths[0] - _width(row[0]))
        rest = (" " * (widths[n] - _width(row[n])) + row[n] for n in range(1, len(row)))
        print("  " + "  ".join((first, *rest)))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
