"""A small alliance in a folder, whose sheets lie in its database already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ill_workflows.app import App, open_app
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.remind import Result, remind
from ill_workflows.mail.compose import Letter
from ill_workflows.store import outbox
from ill_workflows.store.db import writing
from tests.ledger.rows import day
from tests.store.kept import ISSUE, LOAN, TAIPEI, accept

CONFIG = """
[alliance]
name = "示範館際合作聯盟"
host = "NSUT"
term = {{ from = 2025-08-01, to = 2027-07-31 }}

[[libraries]]
code = "NSUT"
name = "南星示範科技大學"
email = "ill-nsut@ill.test"

[[libraries]]
code = "HDU"
name = "虹島示範大學"
email = "ill-hdu@ill.test"

[[libraries]]
code = "TMUT"
name = "台墨示範科技大學"
email = "ill-tmut@ill.test"

[notices.sheet]
enabled = false  # sheets have their own tests

[mail]
sender = "館際合作 <host@ill.test>"
{mail}
"""
SMTP = """transport = "smtp"
enabled_for = "*"
smtp = {{ host = "127.0.0.1", port = {port}, tls = "none" }}"""
READER = "h1@ill.test"
ISSUED = {**ISSUE, "email": READER, "destination": "NSUT"}
CASE = "loan/NSUT/HDU-07/0000123/2025-09-22"
TUESDAY = "10-07"
"""An open day: HDU's and NSUT's loans of 8 September are 15 days overdue."""


def found(home: Path, *, port: int = 0, mail: str = "", more: str = "") -> App:
    """An alliance of three; ``port`` sends by SMTP, otherwise letters go to the folder."""
    (home / "inbox").mkdir(parents=True, exist_ok=True)
    text = CONFIG.format(mail=mail or (SMTP.format(port=port) if port else ""))
    (home / "config.toml").write_text(text + more, encoding="utf-8")
    return open_app(home)


def clock(today: str, hour: int = 9) -> Clock:
    """A moment of a day in Taipei; ``10-07`` is one of 2025."""
    moment = datetime.combine(day(today), datetime.min.time(), TAIPEI).replace(hour=hour)
    return Clock(day(today), moment.astimezone(UTC))


def usage(app: App, *rows: dict[str, Any], on: str = "10-02", **arrival: Any) -> None:
    """NSUT's sheet of September (or another's), accepted on a day."""
    with writing(app.engine) as connection:
        accept(connection, *rows, received_on=day(on), as_of=day(on), **arrival)


def cards(app: App, *rows: dict[str, Any], on: str = "10-02", **arrival: Any) -> None:
    """HDU's register of September (or another's), accepted on a day."""
    told = {"library": "HDU", "received_on": day(on), "as_of": day(on), **arrival}
    with writing(app.engine) as connection:
        accept(connection, *rows, table="cards_issues", **told)


def lent(app: App, *items: str, **changes: Any) -> None:
    """One reader of HDU with one or more books of NSUT, due on 22 September."""
    usage(app, *({**LOAN, "item": item, **changes} for item in items or (LOAN["item"],)))
    cards(app, ISSUED)


def back(app: App, *items: str, on: str = "10-07", out: Iterable[str] = ()) -> None:
    """An interim sheet: these books are back, those are not."""
    returned = [{**LOAN, "item": item, "returned_on": day("10-06")} for item in items]
    kept = [{**LOAN, "item": item} for item in out]
    usage(app, *returned, *kept, on=on, month="2025-10", interim=True)


def receipt(app: App, number: int, *to: str, policy: str = "receipt", today: str = TUESDAY) -> int:
    """Queue a letter that goes at any hour."""
    when = clock(today)
    letter = Letter(
        policy, "0", to or ("ill-hdu@ill.test",), "HDU", "held",
        {"library": "虹島示範大學", "arrival": ARRIVED, "form": "", "why": ""}, key=str(number),
    )  # fmt: skip
    composed = app.composer.compose(letter, when.now)
    written = outbox.Written(
        composed.message_id, policy, "0", "HDU", letter.to, (), composed.subject, (), composed.body
    )
    with writing(app.engine) as connection:
        put = outbox.put(connection, written, (), today=when.today, now=when.now)
    assert put is not None
    return put


ARRIVED = {
    "receipt": "R114-000001", "sha256": "0" * 64, "filename": "月報表.xlsx", "month": "2025-09",
    "received_on": day("10-07"), "interim": False, "message_id": "",
}  # fmt: skip


def reminded(app: App, today: str = TUESDAY) -> Result:
    """A day's ``remind``."""
    return remind(app, clock(today))


def letters(app: App, **wanted: str) -> list[dict[str, Any]]:
    """The outbox, oldest first; ``policy="overdue"`` narrows it."""
    with app.engine.connect() as connection:
        rows = outbox.listing(connection)
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def states(app: App, **wanted: str) -> list[str]:
    """The state of each letter."""
    return [row["state"] for row in letters(app, **wanted)]
