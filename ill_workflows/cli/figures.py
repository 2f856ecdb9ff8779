"""The commands for the meeting: evaluate, figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door, month_typed
from ill_workflows.errors import UsageProblem

From = Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="起 / first month")]
To = Annotated[str, typer.Option("--to", metavar="YYYY-MM", help="訖 / last month")]


def _span(first: str, last: str) -> list[str]:
    from ill_workflows.forms.month import months_between

    start, end = month_typed(first), month_typed(last)
    if start > end:
        raise UsageProblem("起月在訖月之後。", "The first month is after the last.")
    return months_between(start, end)


def evaluate(
    context: typer.Context,
    first: From,
    last: To,
    out: Annotated[Path | None, typer.Option(help="輸出檔 / the workbook")] = None,
) -> None:
    """評估活頁簿：給聯盟會議的一份檔案。 / The evaluation workbook."""
    from ill_workflows.jobs.evaluate import workbook
    from ill_workflows.jobs.files import keep

    door: Door = context.obj
    months = _span(first, last)
    app = door.open()
    with show.progress("彙整 evaluate", None):
        data = workbook(app, months, door.clock(app).today)
    path = out or app.folder("reports") / f"evaluation-{months[0]}-{months[-1]}.xlsx"
    keep(path, data)
    show.data(str(path))


def figures(
    context: typer.Context,
    first: From,
    last: To,
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
    trace: Annotated[
        str | None, typer.Option(help="一個指標的來源列 / the rows behind a measure")
    ] = None,
) -> None:
    """同樣的數字，給程式讀，可追來源。 / The same figures for machines; where each is from."""
    from ill_workflows.jobs.evaluate import figures_of, trace_of

    door: Door = context.obj
    months = _span(first, last)
    app = door.open()
    if trace is not None:
        frame = trace_of(app, months, trace, door.clock(app).today)
        if json:
            show.as_json(frame.astype(object).where(frame.notna(), None).to_dict("records"))
        else:
            show.table([str(name) for name in frame.columns], frame.astype(str).to_numpy().tolist())
        return
    document = figures_of(app, months, door.clock(app).today)
    if json:
        show.as_json(document)
        return
    show.table(
        ("指標", "合計", *document["libraries"]),
        (
            (
                name,
                _shown(measure["total"]),
                *(_shown(measure["by_library"][code]) for code in document["libraries"]),
            )
            for name, measure in document["measures"].items()
        ),
    )


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


figure_commands = (evaluate, figures)
