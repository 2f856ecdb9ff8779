"""How soon ``ill-workflows --help`` answers: nothing heavy may be imported at the door."""

from __future__ import annotations

import subprocess
import sys

from _measure import arguments, goal, race, show


def main() -> None:
    wanted = arguments(__doc__, rounds=(15, 3))
    spent = race(
        {
            "ill-workflows --help": lambda: _run("-m", "ill_workflows", "--help"),
            'floor: python -c "import typer"': lambda: _run("-c", "import typer"),
            'python -c "import pandas"': lambda: _run("-c", "import pandas"),
        },
        wanted.rounds,
    )
    show("Starting", spent, "ill-workflows --help")
    floor = spent['floor: python -c "import typer"']
    goal("P10", "of the floor", spent["ill-workflows --help"] / floor, 1.5, at_least=False)


def _run(*arguments_: str) -> None:
    subprocess.run([sys.executable, *arguments_], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
