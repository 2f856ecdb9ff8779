"""A command run as its user runs it: arguments in; exit code, stdout and stderr out."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ill_workflows.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as data."""
        return json.loads(self.out)


def ill(*arguments: str | Path, home: Path | None = None, today: str = "") -> Ran:
    """Run ``ill-workflows`` in this process."""
    line = ["ill-workflows"]
    line += ["--home", str(home)] if home is not None else []
    line += ["--today", today] if today else []
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", [*line, *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            code = 0
    return Ran(code, out.getvalue(), err.getvalue())
