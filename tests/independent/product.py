"""The product as its users have it: a command line in a process of its own."""

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

MAIN = "from ill_workflows.cli.main import main; main()"
NOTHING: Final[Mapping[date, Sequence[str]]] = MappingProxyType({})
ROOT = Path(__file__).parents[2]


def run(home: Path, today: date | str, *words: str) -> str:
    """One command as of a day; answers what it says, and fails with its words where it fails."""
    command = [sys.executable, "-c", MAIN, "--home", str(home), "--today", str(today), *words]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def collect(home: Path, manifest: Path, closing: Mapping[date, Sequence[str]] = NOTHING) -> None:
    """Take in the workbooks of a manifest, each on its day; every one must be accepted.

    ``closing`` names months to close on days between.
    """
    listed = json.loads(manifest.read_text(encoding="utf-8"))
    due = dict(closing)
    for day, ones in groupby(listed, key=lambda one: one["day"]):
        for when in sorted(one for one in due if one.isoformat() < day):
            for month in due.pop(when):
                run(home, when, "close", month)
        files = [str(manifest.parent / one["file"]) for one in ones]
        run(home, day, "collect", *files)


def figures(home: Path, today: date, months: Sequence[str]) -> dict[str, Any]:
    """``figures --json`` of a span."""
    told: dict[str, Any] = json.loads(
        run(home, today, "figures", "--from", months[0], "--to", months[-1], "--json")
    )
    return told


def evaluate(home: Path, today: date, months: Sequence[str], out: Path) -> Path:
    """The evaluation workbook of a span."""
    run(home, today, "evaluate", "--from", months[0], "--to", months[-1], "--out", str(out))
    return out


def status(home: Path, today: date, month: str) -> list[dict[str, Any]]:
    """``status --json`` of a month."""
    told: list[dict[str, Any]] = json.loads(run(home, today, "status", "--month", month, "--json"))
    return told
