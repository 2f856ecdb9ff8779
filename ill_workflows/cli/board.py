"""The arrival board on the terminal: a month's sheets one by one, or months beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door, month_typed
from ill_workflows.cli.service import tell_of_the_service

if TYPE_CHECKING:
    from ill_workflows.jobs.board import Place

BOARD: Final = {
    "accepted": "收下 accepted", "accepted_late": "收下（遲） late",
    "returned": "退回 returned", "refused": "拒收 refused", "held": "保留 held",
    "interim": "期中更新 interim", "missing": "未交 missing", "not_due": "未到期 not due",
}  # fmt: skip
"""State of a sheet → what the host reads."""
MARKS: Final = {
    "accepted": "收", "accepted_late": "遲", "returned": "退", "refused": "拒", "held": "留",
    "interim": "中", "missing": "缺", "not_due": "・",
}  # fmt: skip
"""State of a sheet → its mark where months stand beside each other."""


def status(
    context: typer.Context,
    month: Annotated[
        str | None, typer.Option(help="只看一個月，例如 2026-10 / one month, sheet by sheet")
    ] = None,
    months: Annotated[
        int, typer.Option(min=1, max=24, help="並列幾個月 / how many months side by side")
    ] = 6,
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
) -> None:
    """到件情形：誰交了、收下、退回、遲交、未交。 / The arrival board."""
    from ill_workflows.jobs.board import board
    from ill_workflows.jobs.board import months as of_term

    door: Door = context.obj
    app = door.open()
    today = door.clock(app).today
    wanted = [month_typed(month)] if month else None
    if wanted is None and not json:
        wanted = of_term(app, today)[-months:]
    places = board(app, today, wanted)
    if json:
        show.as_json([place.as_json() for place in places])
    elif month:
        _sheets(places)
    else:
        _matrix(places, wanted or [])
        tell_of_the_service(app, door.clock(app).now)


def _sheets(places: Sequence[Place]) -> None:
    show.table(
        ("年月", "館", "表單", "情形", "收據", "錯誤", "提醒"),
        (
            (p.month, p.library, p.form, BOARD[p.state], p.receipt or "—", p.errors, p.warnings)
            for p in places
        ),
    )
    missing = sum(p.state == "missing" for p in places)
    show.words(f"{len(places)} 份，未交 {missing} 份。 / {len(places)} sheets, {missing} missing.")


def _matrix(places: Sequence[Place], months: Sequence[str]) -> None:
    """A row a library, a column a month; in it a mark a form."""
    marks: dict[tuple[str, str], str] = {}
    for place in places:
        cell = (place.library, place.month)
        marks[cell] = marks.get(cell, "") + MARKS[place.state]
    libraries = dict.fromkeys(place.library for place in places)
    show.table(
        ("館", *months),
        ((code, *(marks.get((code, month), "") for month in months)) for code in libraries),
    )
    forms = "、".join(dict.fromkeys(place.form for place in places))
    legend = [f"{mark} {BOARD[state]}" for state, mark in MARKS.items()]
    counted = Counter(place.state for place in places)
    show.words(f"每格依序 / in each cell: {forms}")
    for line in (legend[:4], legend[4:]):
        show.words("　".join(line))
    show.words(
        f"準時 {counted['accepted']}、遲交 {counted['accepted_late']}、"
        f"退回待改 {counted['returned']}、未交 {counted['missing']}。 / "
        f"{counted['accepted']} on time, {counted['accepted_late']} late, "
        f"{counted['returned']} returned, {counted['missing']} missing. "
        "單月明細 / one month: status --month"
    )


board_commands = (status,)
