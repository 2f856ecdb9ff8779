"""The commands that freeze the figures of a month: close, reopen, closings."""

from __future__ import annotations

from typing import Annotated

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door, month_typed

Month = Annotated[str, typer.Argument(metavar="MONTH", help="年月 / month, 2026-10")]


def close(
    context: typer.Context,
    month: Annotated[
        list[str], typer.Argument(metavar="MONTH...", help="年月 / months, 2026-10")
    ],
) -> None:  # fmt: skip
    """結算一個月：數字從此固定，後到的更正另記一筆。 / Freeze the figures of a month."""
    from ill_workflows.jobs import closing as job

    door: Door = context.obj
    app = door.open()
    for done in job.close(app, [month_typed(one) for one in month], door.clock(app)):
        if done.already:
            told = "先前已結算，數字不變 / was closed before"
            show.data(f"{done.month} {told}  {done.digest[:16]}")
            continue
        show.data(f"{done.month} 已結算 / closed  {done.digest[:16]}")
        if done.missing:
            silent = "、".join(f"{library} {form}" for library, form in done.missing)
            show.words(
                f"{done.month} 結算時還沒有合格報表，數字中視為未繳"
                f"（{len(done.missing)} 份）：{silent}"
                f" / still missing when it was closed: {len(done.missing)}"
            )


def reopen(
    context: typer.Context,
    month: Month,
    why: Annotated[str, typer.Option(help="為什麼 / why")] = "",
) -> None:
    """重新開啟已結算的月份；改正後請再結算。 / Open a closed month again."""
    from ill_workflows.jobs import closing as job

    door: Door = context.obj
    app = door.open()
    named = month_typed(month)
    closed_on = job.reopen(app, named, why, door.clock(app))
    show.data(f"{named} 重新開啟（{closed_on} 結算）/ open again (closed on {closed_on})")


def closings(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
) -> None:
    """結算過的月份，與結算後的更正。 / Closed months, and what later sheets would change."""
    from ill_workflows.jobs import closing as job

    door: Door = context.obj
    found = job.history(door.open())
    if json:
        show.as_json(found)
        return
    show.table(
        ("月份", "結算日", "封存碼", "重新開啟", "原因", "更正"),
        (
            (
                one["month"], one["closed_on"], one["digest"][:16], one["reopened_on"] or "",
                one["why"], str(len(one["restatements"])),
            )
            for one in found
        ),
    )  # fmt: skip
    for one in found:
        for told in one["restatements"]:
            receipts = "、".join(told["receipts"]) or "規則或行事曆變更"
            show.data(f"{one['month']} {told['library']} {told['noticed_on']} {receipts}")
            for change in told["changes"]:
                values = f"{_shown(change['old'])} → {_shown(change['new'])}"
                show.data(f"    {change['measure']} {change['library']}：{values}")


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


closing_commands = (close, reopen, closings)
