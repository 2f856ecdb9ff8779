"""What libraries wrote about their experience, and which of it everybody may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door
from ill_workflows.errors import UsageProblem

if TYPE_CHECKING:
    from ill_workflows.app import App

STATES: Final = {
    "waiting": "待公開 waiting", "released": "已公開 released", "withdrawn": "已撤回 withdrawn",
}  # fmt: skip


def experiences(
    context: typer.Context,
    action: Annotated[
        str | None, typer.Argument(help="release 或 withdraw / release or withdraw")
    ] = None,
    receipt: Annotated[
        str | None, typer.Argument(help="寫了它的收據號碼 / the receipt of what says it")
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="改以這段文字公開 / release these words in its place")
    ] = None,
    despite_names: Annotated[
        bool,
        typer.Option(
            "--despite-names", help="有人名、信箱或電話也公開 / although it names somebody"
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
) -> None:
    """經驗分享：各館寫的文字，逐則同意才公開。 / What libraries wrote, shown once released."""
    from ill_workflows.jobs import experiences as job

    door: Door = context.obj
    app = door.open()
    if action is None and text is None and not despite_names:
        _list(app, json=json)
    elif action == "release" and receipt:
        clock = door.clock(app)
        done = job.release(app, receipt, clock, text=text, despite_names=despite_names)
        show.data(f"{STATES['released']}  {done}")
    elif action == "withdraw" and receipt and text is None and not despite_names:
        show.data(f"{STATES['withdrawn']}  {job.withdraw(app, receipt, door.clock(app))}")
        show.words(
            "之後彙整的活頁簿不再列出；已經寄出的收不回來。 / "
            "Workbooks made from now on leave it out; what has gone out cannot be called back."
        )
    else:
        raise UsageProblem(
            "請寫成 experiences、experiences release 收據號碼（可加 --text 改寫後的文字），"
            "或 experiences withdraw 收據號碼。",
            "Write experiences, experiences release RECEIPT (with --text WORDS if they are to be "
            "others), or experiences withdraw RECEIPT.",
        )


def _list(app: App, *, json: bool) -> None:
    from ill_workflows.jobs.experiences import listing

    found = listing(app)
    if json:
        show.as_json(found)
        return
    show.table(
        ("收據", "館", "表單", "年月", "次數", "情形", "請留意", "文字"),
        (
            (
                row["receipt"], row["library"], row["form"], row["month"], row["times"],
                STATES[row["state"]], _concerns(row), _words(row),
            )
            for row in found
        ),
    )  # fmt: skip
    waiting = sum(row["state"] == "waiting" for row in found)
    show.words(
        f"{len(found)} 則，待公開 {waiting} 則；請先讀過再公開。 / "
        f"{len(found)} texts, {waiting} waiting; read each before it is released."
    )


def _concerns(row: dict[str, Any]) -> str:
    from ill_workflows.jobs.experiences import CONCERNS

    return "、".join(CONCERNS[kind][0] for kind in row["concerns"]) or "—"


def _words(row: dict[str, Any]) -> str:
    """The text in one line, and the words in which it is shown where those are others."""
    original, shown = (" ".join(row[name].split()) for name in ("text", "released"))
    return original if shown in {"", original} else f"{original} → {shown}"


sharing_commands = (experiences,)
