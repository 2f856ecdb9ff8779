"""The commands of a working day: remind, deliver, outbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door
from ill_workflows.errors import UsageProblem

_NEWEST: Final = 50
"""Letters that are listed where nobody has said which."""

if TYPE_CHECKING:
    from ill_workflows.jobs.remind import Result


def remind(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出，不寫信 / list, write nothing")
    ] = False,
    preview: Annotated[Path | None, typer.Option(help="預覽活頁簿 / a preview workbook")] = None,
    approved: Annotated[
        Path | None,
        typer.Option(help="只寫這份預覽裡的信 / write exactly the letters of this preview"),
    ] = None,
) -> None:
    """寫今天的信：每一條催還與通知。 / Write today's letters of every policy."""
    from ill_workflows.jobs import preview as previews
    from ill_workflows.jobs.remind import remind as run

    door: Door = context.obj
    app = door.open()
    clock = door.clock(app)
    if preview is not None or dry_run:
        seen = previews.preview(app, clock)
        if preview is not None:
            previews.write_preview(app, seen, preview)
            show.words(f"預覽已寫入 {preview}（沒有寫信）。 / Preview written; no letter was.")
        else:
            for line in previews.lines(seen):
                show.data(line)
        return
    seals = previews.approved_in(approved) if approved is not None else None
    with show.progress("寫信 remind", None):
        result = run(app, clock, seals)
    if result.closed:
        show.words(
            f"{clock.today} 承辦館休館，除了緊急通知，下一個開館日再寫。"
            " / The host is closed today; all but what is urgent waits for its next open day."
        )
    _tell_what_was_written(result)
    if result.broken or result.asked is not None or result.changed:
        raise typer.Exit(1)


def _tell_what_was_written(result: Result) -> None:
    for (policy, step), count in sorted(result.letters.items()):
        show.data(f"{policy} {step}: {count}")
    total = sum(result.letters.values())
    show.words(
        f"寫了 {total} 封信，{result.notices} 則通知。"
        f" / {total} letters with {result.notices} notices."
    )
    if result.unapproved:
        show.words(
            f"今天另有 {result.unapproved} 封不在預覽裡，沒有寫。"
            f" / {result.unapproved} more letters are not in the preview and were not written."
        )
    if result.changed:
        show.trouble(
            f"預覽裡有 {result.changed} 封已經不同或寫過，沒有寫；請再預覽一次。 / "
            f"{result.changed} letters of the preview are not the same any more, or are written; "
            "please preview again."
        )
    for broken in result.broken:
        show.trouble(str(broken))
    if result.asked is not None:
        show.trouble(result.asked.said)


def deliver(context: typer.Context) -> None:
    """寄出：把寄件匣交給郵件伺服器或資料夾。 / Hand the outbox to the transport."""
    from ill_workflows.jobs.deliver import deliver as run

    door: Door = context.obj
    app = door.open()
    with show.progress("寄出 deliver", None):
        result = run(app, door.clock(app))
    if result.busy:
        show.words("另一個 deliver 正在寄信，這次什麼也沒做。 / Another deliver is at it.")
        return
    show.data(result.said)
    if result.found:
        show.words(
            f"信箱裡找到 {result.found} 封原本不明的信，記為已寄。"
            f" / {result.found} letters in doubt were found in the mailbox: they have left."
        )
    for said in (*result.refusals, *result.troubles):
        show.trouble(said)
    if result.down is not None:
        raise result.down
    if result.refused or result.broken:
        raise typer.Exit(1)


def outbox(
    context: typer.Context,
    action: Annotated[
        str | None,
        typer.Argument(
            help="show、retry、cancel、approve、decline、pause 或 resume"
            " / show, retry, cancel, approve, decline, pause or resume"
        ),
    ] = None,
    number: Annotated[
        int | None, typer.Argument(help="信件或問題的編號 / the letter's or question's number")
    ] = None,
    because: Annotated[str, typer.Option(help="暫停的理由 / why sending is paused")] = "",
    about: Annotated[
        str | None,
        typer.Option(help="讀者信箱、證號、登錄號或館 / an address, card, item or library"),
    ] = None,
    reader: Annotated[
        str, typer.Option(help="讀者的信箱或讀者證號 / a reader's address or number")
    ] = "",
    card: Annotated[str, typer.Option(help="借書證號 / a card")] = "",
    item: Annotated[str, typer.Option(help="登錄號 / an item")] = "",
    library: Annotated[str, typer.Option(help="館代碼 / a library's code")] = "",
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
) -> None:
    """寄件匣：寫了、寄了、被拒的信。 / What was written, sent, refused."""
    from ill_workflows.jobs import guard, post_office

    door: Door = context.obj
    app = door.open()
    if action is not None:
        clock = door.clock(app)
        if action in {"show", "retry", "cancel"} and number is not None:
            show.data(getattr(post_office, action)(app, number))
        elif action in {"approve", "decline"} and number is not None:
            show.data(getattr(guard, action)(app, number, clock))
        elif action == "pause":
            show.data(guard.pause(app, because or "承辦館暫停 / by the host", clock))
        elif action == "resume":
            show.data(guard.resume(app, clock))
        else:
            raise UsageProblem(
                "請寫成 outbox show 編號（或 retry、cancel、approve、decline），"
                "或 outbox pause、outbox resume。",
                "Write outbox show N (or retry, cancel, approve, decline), "
                "or outbox pause, outbox resume.",
            )
        return
    asked = post_office.About(reader, card, item, library, about or "")
    letters: list[dict[str, Any]] = post_office.listing(app, asked)
    if json:
        show.as_json(letters)
        return
    if asked:
        zone = app.config.zone
        show.table(
            ("時間", "事", "信", "政策", "收件人", "說明"),
            (
                (
                    event.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                    post_office.HAPPENED[event.what], event.letter, event.policy,
                    ", ".join(event.to), event.said,
                )
                for event in post_office.timeline(app, asked)
            ),
        )  # fmt: skip
        return
    show.table(
        ("編號", "政策", "步驟", "收件人", "狀態", "主旨"),
        (
            (
                row["id"],
                row["policy"],
                row["step"],
                ", ".join(row["to"]),
                row["state"],
                row["subject"],
            )
            for row in letters[-_NEWEST:]
        ),
    )
    if len(letters) > _NEWEST:
        show.words(
            f"共 {len(letters)} 封，這裡是最近的 {_NEWEST} 封；"
            "以 --reader、--card、--item、--library 查其中幾封，--json 列出全部。 / "
            f"The newest {_NEWEST} of {len(letters)} letters; --json lists them all."
        )


daily_commands = (remind, deliver, outbox)
