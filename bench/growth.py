"""Ten times the libraries: how the CPU and the peak of memory of a month's intake grow."""

from __future__ import annotations

import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from _data import CLOCK, found, workbooks
from _measure import arguments, cpu, goal

from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.collect import collect

TIMES = 10


def main() -> None:
    wanted = arguments(__doc__, libraries=(6, 2), rows=(500, 100), rounds=(3, 1))
    sizes = (wanted.libraries, wanted.libraries * TIMES)
    measured: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    for _ in range(wanted.rounds):
        for size in sizes:  # each in a process of its own: a peak never goes down
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                measured[size].append(pool.submit(intake, size, wanted.rows).result())
    print("\nA month's intake")
    for size in sizes:
        seconds, peak = _medians(measured[size])
        print(f"  {size:>4} libraries  {seconds:7.2f} CPU s  {peak:5.0f} MB at the peak")
    (few, low), (many, high) = (_medians(measured[size]) for size in sizes)
    goal("P9", "time", many / few, 11, at_least=False)
    goal("P9", "peak of memory", high / low, 1.5, at_least=False)


def intake(libraries: int, rows: int) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of the job; making the workbooks is not counted."""
    with TemporaryDirectory() as folder:
        app = found(Path(folder) / "home", libraries)
        for name, data in workbooks(app, rows):
            (app.home / "inbox" / name).write_bytes(data)
        app.engine.connect().close()
        before = cpu()
        outcomes = collect(app, Inbox(app.folder("inbox")), CLOCK)
        spent = cpu() - before
        assert len(outcomes) == 2 * libraries, outcomes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return spent, peak


def _medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return median(spent for spent, _ in pairs), median(peak for _, peak in pairs)


if __name__ == "__main__":
    main()
