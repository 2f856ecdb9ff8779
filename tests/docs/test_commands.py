"""Every command line in the documentation is one that the program understands."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import typer

from ill_workflows.cli.main import app
from tests.docs.pages import ROOT, blocks, pages


def command_lines(page: Path) -> list[list[str]]:
    """The arguments of each ``ill-workflows …`` in a page's shell blocks."""
    lines = (line for block in blocks(page, "sh", "console") for line in block.splitlines())
    words = (shlex.split(line.removeprefix("$ "), comments=True) for line in lines)
    return [line[1:] for line in words if line and Path(line[0]).name == "ill-workflows"]


WRITTEN = [(page, line) for page in pages() for line in command_lines(page)]


@pytest.mark.parametrize(
    ("page", "line"), WRITTEN, ids=[f"{p.relative_to(ROOT)}: {' '.join(a)}" for p, a in WRITTEN]
)
def test_a_written_command_line_is_understood(page: Path, line: list[str]) -> None:
    program = typer.main.get_command(app)
    assert isinstance(program, typer.core.TyperGroup)
    place = next((n for n, word in enumerate(line) if word in program.commands), None)
    assert place is not None, f"no command among {line}"
    program.make_context("ill-workflows", list(line)).close()
    program.commands[line[place]].make_context(line[place], line[place + 1 :]).close()


def test_the_documentation_shows_commands() -> None:
    assert len(WRITTEN) >= 10
