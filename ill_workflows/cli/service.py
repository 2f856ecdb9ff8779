"""The service and its single jobs: run, job; and what the terminal tells of them."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door
from ill_workflows.cli.stopping import Stop
from ill_workflows.errors import Stopped, UsageProblem

if TYPE_CHECKING:
    from ill_workflows.app import App
    from ill_workflows.jobs.post import Clock

_GLANCE: Final = 0.5
"""Seconds after which a sleeping service looks whether somebody asked to stop."""
_SILENT: Final = 180
"""Seconds without a sign of life after which the host should look."""
STATES: Final = {"running": "執行中 running", "done": "完成 done", "failed": "失敗 failed"}
"""State of a run → what the host reads."""


class Wall:
    """The clock on the wall, and the signals of those who want to stop."""

    def __init__(self, stop: Stop, day: Clock | None = None) -> None:
        self._stop = stop
        self._day = day

    def now(self) -> datetime:
        """This moment; that of ``--today`` where it was given."""
        return self._day.now if self._day is not None else datetime.now(UTC)

    def wait(self, until: datetime) -> None:
        """Sleep until then, or until somebody asks to stop."""
        while not self._stop.asked and (left := (until - self.now()).total_seconds()) > 0:
            time.sleep(min(left, _GLANCE))

    def check(self) -> None:
        """Raise ``Stopped`` where somebody asked to stop."""
        self._stop.check()


class _Lines(logging.Formatter):
    """A line of JSON an event."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
        facts = getattr(record, "facts", {})
        return json.dumps({"at": at, "event": record.getMessage(), **facts}, ensure_ascii=False)


def run(context: typer.Context) -> None:
    """服務：依 [schedule] 自動收件、催還、寄信、彙整。 / The service: runs every job by itself."""
    from ill_workflows.schedule.service import serve

    door: Door = context.obj
    if door.today is not None:
        raise UsageProblem(
            "run 看的是真的時鐘，不能加 --today；請改用 job。",
            "run reads the real clock; --today goes with job.",
        )
    app = door.open()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    log = logging.getLogger("ill_workflows")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        with Stop() as stop:
            serve(app, Wall(stop))
    finally:
        log.removeHandler(handler)


def job(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="工作名稱，例如 deliver / its name, such as deliver")],
) -> None:
    """立刻執行一項排程工作，並記錄下來。 / One job of the schedule, now, and written down."""
    from ill_workflows.jobs import JOBS
    from ill_workflows.schedule.service import holder_here
    from ill_workflows.schedule.service import run as run_one

    found = next((one for one in JOBS if one.name == name), None)
    if found is None:
        names = "、".join(one.name for one in JOBS)
        raise UsageProblem(f"沒有「{name}」這項工作，有：{names}。", f"There is no job {name}.")
    door: Door = context.obj
    app = door.open()
    with Stop() as stop, show.progress(name, None):
        wall = Wall(stop, door.clock(app) if door.today is not None else None)
        try:
            ran = run_one(app, found, datetime.now(UTC), wall, holder_here())
        except Stopped:
            raise typer.Exit(stop.code) from None
    if ran is None:
        show.words(f"另一個程序正在執行 {name}。 / Another process is at {name}.")
        raise typer.Exit(75)
    if ran.state != "done":
        show.trouble(ran.said)
        raise typer.Exit(1)
    show.data(f"{name}：{ran.said}")


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="備份檔 / the file to be written")],
) -> None:
    """備份：資料庫、原檔、設定，寫成一個檔案，不必停服務。 / The whole alliance as one file."""
    from ill_workflows.jobs.backup import backup as run

    door: Door = context.obj
    app = door.open()
    with show.progress("備份 backup", None):
        line = run(app, file, door.clock(app))
    show.data(line)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="備份檔 / the file")],
) -> None:
    """還原到一個新的資料夾（--home）；寄信先關閉。 / Back into a new folder, with sending off."""
    from ill_workflows.jobs.backup import restore as run
    from ill_workflows.jobs.post import Clock

    door: Door = context.obj
    now = datetime.now(UTC)
    for line in run(file, door.home, Clock(now.date(), now)):
        show.data(line)


def tell_of_the_service(app: App, now: datetime) -> None:
    """What waits for the host, the service's last sign of life, and each job's last run."""
    from ill_workflows.jobs import guard
    from ill_workflows.store import outbox, questions, runs

    with app.engine.connect() as connection:
        pulse, latest = runs.pulse_of(connection), runs.latest(connection)
        stopped, doubtful = questions.paused(connection), outbox.in_doubt(connection)
    if stopped is not None:
        since = stopped["since"].astimezone(app.config.zone).strftime("%Y-%m-%d %H:%M")
        show.trouble(
            f"寄信自 {since} 起暫停：{stopped['because']}；outbox resume 恢復 / sending is paused"
        )
    if (question := guard.standing(app)) is not None:
        show.trouble(question.said)
    if doubtful:
        show.trouble(f"{doubtful} 封信是否寄出不明：outbox / {doubtful} letters are in doubt")
    if pulse is not None:
        since = max(0, int((now - pulse["at"]).total_seconds()))
        said = f"服務 service：{_ago(since)}（{pulse['holder']}）"
        if pulse["ended"]:
            show.words(f"{said}，已停止 stopped")
        elif since > _SILENT:
            show.trouble(f"{said}，沒有動靜，請查看 / no sign of life, please look")
        else:
            show.words(f"{said}，執行中 alive")
    for row in latest:
        at = row["started_at"].astimezone(app.config.zone).strftime("%Y-%m-%d %H:%M")
        missed = f"，補 {row['missed']} 次 for missed" if row["missed"] else ""
        line = f"{row['job']}  {at}  {STATES[row['state']]}  {row['said']}{missed}".rstrip()
        (show.trouble if row["state"] == "failed" else show.words)(line)


def _ago(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} 秒前 {seconds} s ago"
    if seconds < 7200:
        return f"{seconds // 60} 分鐘前 {seconds // 60} min ago"
    return f"{seconds // 3600} 小時前 {seconds // 3600} h ago"


service_commands = (run, job, backup, restore)
