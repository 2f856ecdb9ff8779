"""The command for settling between libraries: statement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door, month_typed


def statement(
    context: typer.Context,
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="月份 / the month")],
    library: Annotated[
        str | None, typer.Option(help="只寫這一館（代碼） / this library only (code)")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="輸出資料夾 / the folder to write to")] = None,
) -> None:
    """往來對帳單：各館之間的罰款與賠償。 / What libraries owe each other, month by month."""
    from ill_workflows.jobs.statement import write_statements

    door: Door = context.obj
    asked = month_typed(month)
    app = door.open()
    with show.progress("對帳 statement", None):
        paths = write_statements(app, asked, (library.upper(),) if library else (), out)
    for path in paths:
        show.data(str(path))


statement_commands = (statement,)
