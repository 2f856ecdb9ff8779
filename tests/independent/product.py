"""The product as its users have it: its command line, in processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

MAIN: Final = """
import json, sys
from ill_workflows.cli.main import main
for words in json.loads(sys.argv.pop()):
    sys.argv[1:] = words
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
    print(chr(30), flush=True)
"""
"""Commands one after another, a record separator after each: a process costs a second."""
Words = tuple[str, ...]
NOTHING: Final[Mapping[date, Sequence[Words]]] = MappingProxyType({})
ROOT = Path(__file__).parents[2]


def _process(home: Path, commands: Sequence[tuple[date | str, Words]]) -> list[str]:
    every = [["--home", str(home), "--today", str(day), *words] for day, words in commands]
    done = subprocess.run(
        [sys.executable, "-c", MAIN, json.dumps(every)], cwd=ROOT, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{commands}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    *said, last = done.stdout.split("\x1e\n")
    assert (len(said), last) == (len(commands), "")
    return said


def run_all(home: Path, today: date | str, commands: Sequence[Words]) -> list[str]:
    """Commands of a day; answers what each says, and fails with its words where one fails."""
    return _process(home, [(today, words) for words in commands])


def run(home: Path, today: date | str, *words: str) -> str:
    """One command as of a day; answers what it says, and fails with its words where it fails."""
    return run_all(home, today, [words])[0]


def collect(home: Path, manifest: Path, besides: Mapping[date, Sequence[Words]] = NOTHING) -> None:
    """Take in the workbooks of a manifest, each on its day; every one must be accepted.

    ``besides`` holds commands of other days, or of the evening of a day of workbooks.
    """
    listed = json.loads(manifest.read_text(encoding="utf-8"))
    days: list[tuple[str, Words]] = [
        (day, ("collect", *(str(manifest.parent / one["file"]) for one in ones)))
        for day, ones in groupby(listed, key=lambda one: one["day"])
    ]
    days += [(day.isoformat(), words) for day, every in besides.items() for words in every]
    _process(home, sorted(days, key=lambda one: one[0]))


def figures(home: Path, today: date, spans: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """``figures --json`` of each span."""
    asked = [("figures", "--from", span[0], "--to", span[-1], "--json") for span in spans]
    return [json.loads(said) for said in run_all(home, today, asked)]


def evaluate(home: Path, today: date, months: Sequence[str], out: Path) -> Path:
    """The evaluation workbook of a span."""
    run(home, today, "evaluate", "--from", months[0], "--to", months[-1], "--out", str(out))
    return out


def status(home: Path, today: date, month: str) -> list[dict[str, Any]]:
    """``status --json`` of a month."""
    told: list[dict[str, Any]] = json.loads(run(home, today, "status", "--month", month, "--json"))
    return told


def letters(home: Path, today: date) -> list[dict[str, Any]]:
    """``outbox --json``: every letter that was written."""
    told: list[dict[str, Any]] = json.loads(run(home, today, "outbox", "--json"))
    return told


def traces(home: Path, today: date, asked: Sequence[Words]) -> list[list[dict[str, Any]]]:
    """The rows behind measures: ``figures --trace`` and the words after it, once each."""
    commands = [("figures", "--json", "--trace", *words) for words in asked]
    return [json.loads(said) for said in run_all(home, today, commands)]
