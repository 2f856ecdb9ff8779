"""A day of ``remind --dry-run``: it should grow with open loans, not with history.

The same two last months of the same alliance, once alone and once behind two years of books that
are long back.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from _data import CLOCK, MONTH, found, history
from _measure import arguments, goal, race, show

from ill_workflows.app import App
from ill_workflows.forms.month import months_between, next_month
from ill_workflows.jobs.decide import decide

SHORT = 2


def main() -> None:
    wanted = arguments(__doc__, libraries=(20, 6), rows=(200, 200), months=(24, 6), rounds=(3, 2))
    with TemporaryDirectory() as folder:
        short = _alliance(Path(folder) / "short", SHORT, wanted.libraries, wanted.rows)
        long = _alliance(Path(folder) / "long", wanted.months, wanted.libraries, wanted.rows)
        found_short, found_long = decide(short, CLOCK), decide(long, CLOCK)
        assert len(found_short.loans) == len(found_long.loans)
        print(
            f"{wanted.libraries} libraries, {wanted.rows} rows a sheet:"
            f" {len(found_long.loans)} loans open, {len(found_long.bundles)} letters due"
        )
        names = (f"{SHORT} months of history", f"{wanted.months} months of history")
        spent = race(
            {names[0]: lambda: decide(short, CLOCK), names[1]: lambda: decide(long, CLOCK)},
            wanted.rounds,
        )
        show("A day of remind --dry-run", spent, names[0])
        grown = spent[names[1]] / spent[names[0]]
        goal("P8", f"from {SHORT} to {wanted.months} months", grown, 1.3, at_least=False)


def _alliance(home: Path, months: int, libraries: int, rows: int) -> App:
    app = found(home, libraries)
    history(app, months_between(next_month(MONTH, 1 - months), MONTH), rows)
    return app


if __name__ == "__main__":
    main()
