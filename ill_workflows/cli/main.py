"""``ill-workflows [--home DIR] [--today DAY] COMMAND``."""

from __future__ import annotations

import errno
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from ill_workflows import __version__
from ill_workflows.cli import show
from ill_workflows.cli.alliance import alliance_commands
from ill_workflows.cli.board import board_commands
from ill_workflows.cli.clearance import clearance_commands
from ill_workflows.cli.closing import closing_commands
from ill_workflows.cli.daily import daily_commands
from ill_workflows.cli.door import Door
from ill_workflows.cli.figures import figure_commands
from ill_workflows.cli.intake import intake_commands
from ill_workflows.cli.service import service_commands
from ill_workflows.cli.sharing import sharing_commands
from ill_workflows.cli.statements import statement_commands
from ill_workflows.cli.waiving import waiving_commands
from ill_workflows.errors import FolderTrouble, IllError, UsageProblem

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}

app = typer.Typer(
    name="ill-workflows",
    help="館際合作借書證：收表、催還、彙整。 / Interlibrary lending by spreadsheets and e-mail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"ill-workflows {__version__}")
        raise typer.Exit


@app.callback()
def _door(
    context: typer.Context,
    home: Annotated[
        Path,
        typer.Option(
            envvar="ILL_HOME", help="聯盟資料夾 / the alliance's folder", show_default="."
        ),
    ] = Path(),
    today: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="以這一天執行 / run as of this day"),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool | None,
        typer.Option("--version", callback=_version, is_eager=True, help="版本 / version"),
    ] = None,
) -> None:
    day = None
    if today is not None:
        try:
            day = date.fromisoformat(today)
        except ValueError:
            raise UsageProblem(
                f"「{today}」不是日期，--today 請寫成 2026-10-15。",
                f"{today} is no day; write --today 2026-10-15.",
            ) from None
    context.obj = Door(home, day)


for command in (
    *alliance_commands,
    *intake_commands,
    *waiving_commands,
    *board_commands,
    *clearance_commands,
    *daily_commands,
    *sharing_commands,
    *figure_commands,
    *closing_commands,
    *statement_commands,
    *service_commands,
):
    app.command(name=command.__name__.removesuffix("_command"))(command)


def main() -> None:
    """Run a command; what goes wrong is one clear sentence and an exit code."""
    try:
        app(standalone_mode=True)
    except IllError as trouble:
        show.trouble(str(trouble))
        sys.exit(trouble.exit_code)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as bad:
        if bad.errno not in _FULL:
            _unexpected(bad)
        where = str(bad.filename or "stdout")
        show.trouble(str(FolderTrouble(where, bad.strerror or str(bad))))
        sys.exit(FolderTrouble.exit_code)
    except Exception as bug:  # noqa: BLE001 - told, and raised again where somebody asks for it
        _unexpected(bug)


def _unexpected(bug: Exception) -> NoReturn:
    if "ILL_DEBUG" in os.environ:
        raise bug
    show.trouble(
        f"程式發生未預期的錯誤（{type(bug).__name__}: {bug}）；已收下的資料不受影響。"
        "請以環境變數 ILL_DEBUG=1 再執行一次，並將畫面回報。"
        " / Something unexpected happened; what was taken in is safe. "
        "Run it again with ILL_DEBUG=1 and report what it shows."
    )
    sys.exit(1)
