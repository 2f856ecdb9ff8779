"""What the host takes in although something is wrong in it, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door
from ill_workflows.errors import UsageProblem


def waive(
    context: typer.Context,
    receipt: Annotated[
        str, typer.Argument(help="退回件的收據號碼 / the receipt of what was returned")
    ],
    because: Annotated[str, typer.Option("--because", help="理由 / the reason")],
    cells: Annotated[
        list[str] | None,
        typer.Option("--cell", help="照收哪一格，例如 借出紀錄!B12 / in spite of this cell"),
    ] = None,
    codes: Annotated[
        list[str] | None,
        typer.Option(
            "--code", help="照收哪一種錯誤，例如 missing / in spite of this kind of error"
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="全部照收 / in spite of every error")
    ] = False,
) -> None:
    """照收：明知有誤仍收下退回的活頁簿，並記下理由。 / Take in what was returned, and say why."""
    from ill_workflows.jobs.outcome import describe
    from ill_workflows.jobs.waive import Wanted
    from ill_workflows.jobs.waive import waive as run

    if not (cells or codes or everything):
        raise UsageProblem(
            "請用 --cell 或 --code 指明照收哪些錯誤，或用 --all 全部照收。",
            "Name the errors with --cell or --code, or take --all.",
        )
    door: Door = context.obj
    app = door.open()
    wanted = Wanted(tuple(cells or ()), tuple(codes or ()), everything)
    show.data(describe(run(app, receipt, wanted, because, door.clock(app))))


def waivers(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
) -> None:
    """照收紀錄：哪些活頁簿有誤仍收下，為什麼。 / What was taken in although something was wrong."""
    from ill_workflows.jobs.waive import listing

    door: Door = context.obj
    found = listing(door.open())
    if json:
        show.as_json(found)
        return
    show.table(
        ("收據", "原退回", "館", "表單", "年月", "日期", "照收", "理由", "計入"),
        (
            (
                row["receipt"], row["returned"], row["library"], row["form"], row["month"] or "",
                row["waived_on"], "、".join(f"{w['sheet']}!{w['cell']}" for w in row["waived"]),
                row["because"], "是 yes" if row["counts"] else "已有新版 replaced",
            )
            for row in found
        ),
    )  # fmt: skip
    show.words(f"照收 {len(found)} 件。 / {len(found)} waived.")


waiving_commands = (waive, waivers)
