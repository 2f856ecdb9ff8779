"""Thousands of mutants of good workbooks through the intake: nothing stops it, nothing is lost.

Promise 2, and of what is accepted promise 1.  Exits with 1 where one of them is broken.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from ill_workflows.app import App
from tests.hostile.good import CARDS, USAGE, alliance, end_of, plain, rss, standard, taken, uneven
from tests.hostile.mutants import mutants

STATES = {"accepted", "returned", "refused", "held", "known"}
GROWTH = 50 * 1024 * 1024
BATCH = 500
WARM_UP = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, help="10,000; 500 with --quick")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="seconds, not minutes")
    wanted = parser.parse_args()
    count = wanted.count or (500 if wanted.quick else 10_000)
    with TemporaryDirectory() as folder:
        broken = soak(alliance(Path(folder) / "home"), wanted.seed, count)
    for line in broken:
        print(f"  BROKEN  {line}")
    print("  promise 2 holds" if not broken else f"  promises broken: {len(broken)}")
    sys.exit(bool(broken))


def soak(app: App, seed: int, count: int) -> list[str]:
    """Let the mutants in, a batch a run, good workbooks among them; answers what broke."""
    taken(app, mutants(seed + 1_000_000, WARM_UP))
    broken: list[str] = []
    ends: Counter[str] = Counter()
    slowest, spent, good = (0.0, ""), 0.0, 0
    before = highest = rss()
    for n, files in enumerate(_batches(seed, count)):
        sound = _good(n)
        run = taken(app, [*files.items(), *sound.items()])
        highest = max(highest, run.highest)
        spent += sum(run.seconds.values())
        slowest = max(slowest, *((seconds, name) for name, seconds in run.seconds.items()))
        ends.update(end_of(run.outcomes[name]) for name in files)
        good += len(sound)
        broken += _broken(files, sound, {n: o.state for n, o in run.outcomes.items()})
    _table(ends, good)
    grown = (highest - before) / 2**20
    print(f"\n  {spent:.1f} s; the slowest took {slowest[0]:.2f} s ({slowest[1]})")
    print(f"  memory at its peak: {grown:.1f} MiB more than after {WARM_UP} to warm up")
    if highest - before >= GROWTH:
        broken.append(f"memory grew by {grown:.1f} MiB")
    return broken


def _batches(seed: int, count: int) -> Iterator[dict[str, bytes]]:
    waiting = mutants(seed, count)
    while files := dict(islice(waiting, BATCH)):
        yield files


def _good(n: int) -> dict[str, bytes]:
    """Good workbooks that no other is like; their names stand in the middle of the batch."""
    kinds = [make(form, f"（{n}）") for make in (standard, plain) for form in (USAGE, CARDS)]
    return {f"m{n * BATCH + BATCH // 2:05d}-好{k}.xlsx": data for k, data in enumerate(kinds)}


def _broken(
    files: dict[str, bytes], sound: dict[str, bytes], states: dict[str, str]
) -> Iterator[str]:
    for name in files.keys() | sound.keys():
        state = states.get(name, "nothing")
        if state not in STATES or (name in sound and state != "accepted"):
            yield f"{name} ended as {state}"
        elif name in files and state == "accepted" and (cells := uneven(files[name], name)):
            yield f"{name} has other cells than were read: {cells}"


def _table(ends: Counter[str], good: int) -> None:
    print(f"\n{ends.total()} mutants, {good} good workbooks among them")
    for end, times in ends.most_common():
        print(f"  {end:<20} {times:>6}")


if __name__ == "__main__":
    main()
