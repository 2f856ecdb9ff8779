"""``check``: each part of the installation is ok, or says what to do."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from ill_workflows.app import App
from ill_workflows.errors import IllError
from ill_workflows.forms import FORMS
from ill_workflows.jobs import meeting
from ill_workflows.jobs.logo import logo
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.jobs.post import Clock
from ill_workflows.mail.rehearsal import rehearse
from ill_workflows.store import closings


@dataclass(frozen=True, slots=True)
class Item:
    """One line of ``check``."""

    what: str
    ok: bool
    said: str


def examine(app: App, clock: Clock) -> list[Item]:
    """Look at every part; what fails says what to do, and the others are looked at all the same."""
    looks: tuple[tuple[str, Callable[[App, Clock], Iterator[str]]], ...] = (
        ("設定 configuration", _configuration),
        ("資料夾 folders", _folders),
        ("資料庫 database", _database),
        ("結算 closings", _closings),
        ("信件範本 letters", _letters),
        ("會議報告 report", _report),
        ("郵件 mail", _mail),
        ("信箱 mailbox", _mailbox),
        ("日曆 calendar", _calendar),
    )
    items = []
    for what, look in looks:
        try:
            items.append(Item(what, ok=True, said="，".join(look(app, clock))))
        except (IllError, OSError) as bad:
            items.append(Item(what, ok=False, said=str(bad)))
    return items


def _configuration(app: App, clock: Clock) -> Iterator[str]:
    active = [m for m in app.members.values() if m.belongs(clock.today, clock.today)]
    yield f"{len(active)} 館 libraries"
    yield f"承辦 host {app.host.code}"
    yield f"{len(FORMS)} 種表單 forms"


def _folders(app: App, clock: Clock) -> Iterator[str]:  # noqa: ARG001 - every look is called alike
    for name in ("inbox", "archive", "returned", "outbox", "reports"):
        probe = app.folder(name) / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    yield str(app.home)


def _database(app: App, clock: Clock) -> Iterator[str]:  # noqa: ARG001
    with app.engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM submissions")).scalar()
    yield f"{app.engine.url.render_as_string(hide_password=True)}：{count} 份收件 submissions"


def _closings(app: App, clock: Clock) -> Iterator[str]:  # noqa: ARG001
    with app.engine.connect() as connection:
        months = [row["month"] for row in closings.standing(connection)]
        kept = closings.kept(connection, months)
    if kept:
        from ill_workflows.evaluation.counting.tables import unpack
        from ill_workflows.jobs.figures import members_of

        members_of(app, months, unpack(kept))
    yield f"{len(kept)} 個月封存無誤 months are as they were frozen"


def _letters(app: App, clock: Clock) -> Iterator[str]:  # noqa: ARG001
    troubles = rehearse(app.composer)
    if troubles:
        raise OSError("；".join(troubles))
    yield "中英文範本都可產生 every letter can be written"


def _report(app: App, clock: Clock) -> Iterator[str]:  # noqa: ARG001
    troubles = meeting.rehearse(app)
    if troubles:
        raise OSError("；".join(troubles))
    yield "範本可產生 it can be written"
    yield "有標誌 with a logo" if logo(app) else "沒有標誌 without a logo"


def _mail(app: App, clock: Clock) -> Iterator[str]:  # noqa: ARG001
    mail = app.config.mail
    if mail.transport == "folder":
        yield f"寫入資料夾 letters go to {app.folder('outbox')}（試行 dry run）"
        return
    try:
        with smtplib.SMTP(mail.smtp.host, mail.smtp.port, timeout=10) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as bad:
        raise OSError(
            f"SMTP {mail.smtp.host}:{mail.smtp.port} 連不上，請確認主機與埠號"
            f" / cannot be reached: {bad}"
        ) from bad
    yield f"SMTP {mail.smtp.host}:{mail.smtp.port}"
    if mail.enabled_for != "*":
        yield f"僅限主機 only for host {mail.enabled_for or '（無 none）'}"


def _mailbox(app: App, clock: Clock) -> Iterator[str]:  # noqa: ARG001
    mailbox = open_mailbox(app)
    if mailbox is None:
        yield "沒有設定，只收資料夾 none; only the folder is taken in"
        return
    yield f"IMAP {mailbox.account.where}：{mailbox.waiting()} 封待收 mails wait"
    if not app.config.mail.authserv_id:
        raise OSError(
            "尚未設定 [mail] authserv_id，信箱收到的活頁簿都會保留待確認"
            " / [mail] authserv_id is not set: every workbook that comes by mail will be held"
        )


def _calendar(app: App, clock: Clock) -> Iterator[str]:
    following = app.host.calendar.next_open(clock.today + timedelta(days=1))
    yield f"今天 today {clock.today}，下一個開館日 next open day {following}"
