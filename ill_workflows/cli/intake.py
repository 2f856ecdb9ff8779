"""The doors at which workbooks come in, and what the host decides there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door
from ill_workflows.cli.stopping import Stop
from ill_workflows.errors import (
    FolderTrouble,
    IllError,
    MailboxDown,
    MailboxRefused,
    Stopped,
    StoreTrouble,
    UsageProblem,
)

if TYPE_CHECKING:
    from ill_workflows.app import App
    from ill_workflows.jobs.collect import Source
    from ill_workflows.jobs.outcome import Outcome

TROUBLED = 3
"""Exit code: done, and some workbook was returned, refused or held."""


def collect(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="不給檔名則收 inbox/ 與信箱 / without names: the inbox and the mailbox"
        ),
    ] = None,
) -> None:
    """收件：檢查寄來的活頁簿，退回或收下。 / Take in what waits, or the named files."""
    from ill_workflows.jobs.collect import collect as run
    from ill_workflows.jobs.outcome import describe

    door: Door = context.obj
    app = door.open()
    sources, total, down = _sources(app, files or [])
    outcomes: list[Outcome] = []
    stopped = False
    with Stop() as stop, show.progress("收件 collect", total) as advance:
        for source in sources:
            try:
                run(app, source, door.clock(app), _telling(outcomes, advance, stop))
            except (MailboxDown, MailboxRefused) as bad:
                down = bad
            except (FolderTrouble, StoreTrouble) as bad:
                down = bad
                break
            except (Stopped, KeyboardInterrupt):
                stopped = True
                break
    for outcome in outcomes:
        show.data(describe(outcome))
    _at_once(door, app, stopped=stopped)
    if stopped:
        show.words(
            f"已停止：這次處理了 {len(outcomes)} 件，其餘仍在原處；再執行一次就會接著收。 / "
            f"Stopped after {len(outcomes)} files; the others wait where they are. Run it again."
        )
        raise typer.Exit(stop.code)
    if down is not None:  # what was taken in before it, or at another door, has been told
        raise down
    if not outcomes:
        show.words(f"沒有待收的檔案：{app.folder('inbox')} 是空的。 / Nothing waits in the inbox.")
    raise typer.Exit(_code(outcomes))


def _code(outcomes: list[Outcome]) -> int:
    if {outcome.state for outcome in outcomes} == {"unread"}:
        return 1
    return TROUBLED if any(outcome.troubled for outcome in outcomes) else 0


def _sources(app: App, files: list[Path]) -> tuple[list[Source], int, IllError | None]:
    """The doors to look at, how many files or mails wait there, and why a mailbox is left out."""
    from ill_workflows.intake.folder import Named
    from ill_workflows.jobs.doors import doors

    for path in files:
        if not path.is_file():
            raise UsageProblem(f"找不到檔案「{path}」。", f"There is no file {path}.")
    return ([Named(tuple(files))], len(files), None) if files else doors(app)


def _at_once(door: Door, app: App, *, stopped: bool = False) -> None:
    """Write what of it cannot wait for the daily run: a recall, a lost card.

    Who is asked to stop leaves it to the next run.
    """
    if stopped:
        return
    from ill_workflows.jobs.at_once import write_at_once

    written = write_at_once(app, door.clock(app))
    if written is None:
        return
    show.words(f"緊急通知已寫好：{written.said} / Written at once, to leave with deliver.")
    for broken in written.broken:
        show.trouble(str(broken))


def _telling(
    outcomes: list[Outcome], advance: Callable[[str], None], stop: Stop
) -> Callable[[Outcome], None]:
    """Keep what became of each file as it is told: a door that fails later takes nothing back."""

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        advance(outcome.name)
        stop.check()

    return tell


def held(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
) -> None:
    """保留中：無法確認寄件者的來件。 / What waits for the host's decision."""
    from ill_workflows.jobs.held import because, listing

    door: Door = context.obj
    waiting = listing(door.open())
    if json:
        show.as_json(waiting)
        return
    show.table(
        ("收據", "收到", "館", "表單", "年月", "寄件者", "檔名", "原因"),
        (
            (
                row["receipt"], row["received_on"], row["library"], row["form"],
                row["month"] or "", row["sender"], row["filename"], because(row["why"]),
            )
            for row in waiting
        ),
    )  # fmt: skip
    show.words(f"保留中 {len(waiting)} 件。 / {len(waiting)} held.")


def release(
    context: typer.Context,
    receipt: Annotated[str, typer.Argument(help="保留件的收據號碼 / the receipt of what is held")],
    trust: Annotated[
        bool, typer.Option("--trust", help="往後也相信這個寄件地址 / trust the address from now on")
    ] = False,
) -> None:
    """放行：向該館求證後，收下保留的來件。 / Take in what is held, its sender made sure of."""
    from ill_workflows.jobs.held import release as run
    from ill_workflows.jobs.outcome import describe

    door: Door = context.obj
    app = door.open()
    outcome = run(app, receipt, door.clock(app), trust=trust)
    show.data(describe(outcome))
    _at_once(door, app)
    if outcome.troubled:
        raise typer.Exit(TROUBLED)


def refuse(
    context: typer.Context,
    receipt: Annotated[str, typer.Argument(help="保留件的收據號碼 / the receipt of what is held")],
) -> None:
    """不收：保留的來件不是該館寄的。 / What is held is not theirs; nobody is written to."""
    from ill_workflows.jobs.held import refuse as run

    door: Door = context.obj
    app = door.open()
    show.data(f"拒收 refused  {run(app, receipt, door.clock(app))}")


intake_commands = (collect, held, release, refuse)
