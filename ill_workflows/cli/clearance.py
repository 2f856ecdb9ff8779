"""Departure clearance on the terminal: the leavers, a lender's answer, the certificate."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ill_workflows.cli import show
from ill_workflows.cli.door import Door
from ill_workflows.errors import FolderTrouble, UsageProblem

if TYPE_CHECKING:
    from ill_workflows.app import App
    from ill_workflows.jobs.post import Clock

STATES: Final = {
    "cleared": "可放行 cleared", "held": "暫不放行 held", "open": "清查中 open",
    "withdrawn": "已撤銷 withdrawn",
}  # fmt: skip
PARTS: Final = {"waiting": "未回覆 waiting", "clear": "無欠 clear", "owes": "有欠 owes"}


def clearance(
    context: typer.Context,
    action: Annotated[
        str | None, typer.Argument(help="answer 或 certificate / answer or certificate")
    ] = None,
    number: Annotated[str | None, typer.Argument(help="清查編號 / the clearance number")] = None,
    library: Annotated[str, typer.Option(help="回覆的貸方館 / the lender that answers")] = "",
    answer: Annotated[
        str, typer.Option(help="無欠書欠款、有欠書、有欠款、有欠書且有欠款 / what it answers")
    ] = "",
    item: Annotated[str, typer.Option(help="未還的登錄號 / the item that is out")] = "",
    title: Annotated[str, typer.Option(help="題名 / its title")] = "",
    amount: Annotated[int | None, typer.Option(min=0, help="欠款，元 / money owed, NT$")] = None,
    day: Annotated[
        str, typer.Option(help="回覆日，預設今天 / the day of the answer, today as a rule")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="證明寫到 / where the certificate goes")] = None,
    verify: Annotated[Path | None, typer.Option(help="核對這份證明 / check a certificate")] = None,
    json: Annotated[bool, typer.Option("--json", help="給程式讀 / for machines")] = False,
) -> None:
    """離校清查：離校讀者與各館的回覆。 / The leavers, what lenders answer, certificates."""
    door: Door = context.obj
    app = door.open()
    clock = door.clock(app)
    if action is None and verify is None:
        _list(app, clock, json=json)
    elif action == "answer" and number:
        said = _said(answer, item, title, amount, _day(day, clock.today))
        _answer(app, number, library.upper(), said, clock)
    elif action == "certificate" and verify is not None:
        _verify(app, verify, clock)
    elif action == "certificate" and number:
        _certificate(app, number, out, clock)
    else:
        raise UsageProblem(
            "請寫成 clearance、clearance answer 編號 --library 館 --answer 無欠書欠款、"
            "clearance certificate 編號，或 clearance certificate --verify 檔案。",
            "Write clearance, clearance answer N --library CODE --answer 無欠書欠款, "
            "clearance certificate N, or clearance certificate --verify FILE.",
        )


def _list(app: App, clock: Clock, *, json: bool) -> None:
    from ill_workflows.jobs.clear import told, without_card

    rows = told(app, clock)
    if json:
        show.as_json(rows)
        return
    show.table(
        ("清查編號", "館", "讀者", "異動日", "情形", "各館", "未繳回的證"),
        (
            (
                row["id"], row["library"], row["patron"], row["leaving_on"], STATES[row["state"]],
                _lenders(row["lenders"]), "、".join(row["cards_out"]) or "—",
            )
            for row in rows
        ),
    )  # fmt: skip
    others = sum(without_card(app).values())
    waiting = sum(row["state"] == "open" for row in rows)
    show.words(
        f"曾換證的離校讀者 {len(rows)} 人，清查中 {waiting} 人；未曾換證 {others} 人，直接放行。 / "
        f"{len(rows)} leavers with a card, {waiting} still asked about; {others} never had one."
    )


def _lenders(told: list[dict[str, Any]]) -> str:
    return "、".join(f"{one['library']} {PARTS[one['state']]}" for one in told) or "—"


def _day(text: str, today: date) -> date:
    if not text:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError as bad:
        raise UsageProblem(
            f"「{text}」不是日期，請寫成 2026-06-30。", f"{text} is no day; write 2026-06-30."
        ) from bad


def _said(answer: str, item: str, title: str, amount: int | None, day: date) -> dict[str, Any]:
    from ill_workflows.forms.choices import ANSWERS, NOTHING_OWED, OWES_MONEY

    if answer not in ANSWERS:
        raise UsageProblem(
            f"--answer 應為其中之一：{'、'.join(ANSWERS)}。",
            f"--answer should be one of {', '.join(ANSWERS)}.",
        )
    if (answer in OWES_MONEY) != (amount is not None and amount > 0):
        raise UsageProblem(
            "有欠款時請以 --amount 寫明金額；沒有欠款就不要寫。",
            "--amount goes with an answer that money is owed, and only with it.",
        )
    if answer == NOTHING_OWED and (item or title):
        raise UsageProblem(
            "無欠書欠款時不必寫書。", "With 無欠書欠款 there is no book to be named."
        )
    return {
        "answer": answer, "item": item, "title": title, "amount": amount, "answered_on": day,
    }  # fmt: skip


def _answer(app: App, number: str, library: str, said: dict[str, Any], clock: Clock) -> None:
    from ill_workflows.jobs.clear import answer

    if said["answered_on"] > clock.today:
        raise UsageProblem("回覆日還沒有到。", "The day of the answer is yet to come.")
    one = answer(app, number, library, said, clock)
    show.data(f"{one.number} {library} {said['answer']}：{STATES[one.state]}")


def _certificate(app: App, number: str, out: Path | None, clock: Clock) -> None:
    from ill_workflows.jobs.certificate import certificate
    from ill_workflows.jobs.clear import named
    from ill_workflows.jobs.files import keep

    one = named(app, number, clock.today)
    page = certificate(app, one, clock.today)
    path = out or app.folder("reports") / f"certificate-{one.number}.html"
    keep(path, page)
    show.data(str(path))


def _verify(app: App, path: Path, clock: Clock) -> None:
    from ill_workflows.jobs.certificate import verified
    from ill_workflows.jobs.clear import named

    try:
        number = verified(app, path.read_bytes())
    except OSError as bad:
        raise FolderTrouble(str(path), bad.strerror or str(bad)) from bad
    if number is None:
        show.trouble(
            f"「{path}」不是本聯盟開立的證明，或內容被改過。"
            " / This is no certificate of ours, or it was changed."
        )
        raise typer.Exit(1)
    now = STATES[named(app, number, clock.today).state]
    show.data(f"{number}：證明無誤 genuine；目前 now {now}")


clearance_commands = (clearance,)
