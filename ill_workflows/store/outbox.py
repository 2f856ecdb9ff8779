"""What we wrote: letters and the notices that they carry, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select, update

from ill_workflows.store.tables import letters, notices

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Written:
    """A composed letter on its way into the outbox."""

    message_id: str
    policy: str
    step: str
    library: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    cases: tuple[str, ...]
    body: bytes


def put(
    connection: Connection,
    letter: Written,
    marks: Sequence[tuple[str, str]],
    *,
    today: date,
    now: datetime,
) -> int | None:
    """Write a letter and its notices (``marks``: case key and episode of each).

    Answers the letter's number; None where exactly this letter was written before.  A notice
    that stands already makes the transaction fail: nothing of it is written.
    """
    query = select(letters.c.id).where(letters.c.message_id == letter.message_id)
    if connection.execute(query).scalar() is not None:
        return None
    written = connection.execute(
        insert(letters),
        {
            "message_id": letter.message_id, "policy": letter.policy, "step": letter.step,
            "library": letter.library, "to": list(letter.to), "cc": list(letter.cc),
            "subject": letter.subject, "cases": list(letter.cases), "body": letter.body,
            "state": "queued", "created_on": today, "created_at": now,
        },
    )  # fmt: skip
    number = int(written.inserted_primary_key[0])
    if marks:
        rows = [
            {
                "policy": letter.policy, "case_key": case, "episode": episode, "step": letter.step,
                "written_on": today, "letter": number,
            }
            for case, episode in marks
        ]  # fmt: skip
        connection.execute(insert(notices), rows)
    return number


def history(connection: Connection) -> dict[tuple[str, str, str], dict[str, date]]:
    """What was written: (policy, case key, episode) → step → day."""
    query = select(
        notices.c.policy,
        notices.c.case_key,
        notices.c.episode,
        notices.c.step,
        notices.c.written_on,
    )
    told: dict[tuple[str, str, str], dict[str, date]] = {}
    for policy, case, episode, step, day in connection.execute(query):
        told.setdefault((policy, case, episode), {})[step] = day
    return told


def notice_frame(connection: Connection) -> pd.DataFrame:
    """Notices for the evaluation: policy, case, step, day."""
    query = select(notices.c.policy, notices.c.case_key, notices.c.step, notices.c.written_on)
    import pandas as pd

    rows = connection.execute(query).fetchall()
    return pd.DataFrame.from_records(rows, columns=["policy", "case", "step", "day"])


def waiting(connection: Connection) -> list[dict[str, Any]]:
    """Letters to be sent, oldest first."""
    query = select(letters).where(letters.c.state == "queued").order_by(letters.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def claim(connection: Connection, number: int) -> bool:
    """Take a queued letter for sending; False where somebody else has."""
    taken = connection.execute(
        update(letters)
        .where(letters.c.id == number, letters.c.state == "queued")
        .values(state="sending", attempts=letters.c.attempts + 1)
    )
    return taken.rowcount == 1


def settle(
    connection: Connection,
    number: int,
    state: str,
    *,
    reason: str = "",
    sent_at: datetime | None = None,
) -> None:
    """Write what became of a letter."""
    values = {"state": state, "reason": reason, "sent_at": sent_at}
    connection.execute(update(letters).where(letters.c.id == number).values(**values))


def withdraw(connection: Connection, number: int, reason: str) -> None:
    """Take a letter back before it left; its notices are free again."""
    settle(connection, number, "withdrawn", reason=reason)
    connection.execute(delete(notices).where(notices.c.letter == number))


def forget_crashed(connection: Connection) -> int:
    """Letters found still ``sending`` when delivery begins were cut off: nobody knows whether they
    left.  They become ``doubtful`` and are shown, never blindly sent again.
    """  # noqa: D205
    found = connection.execute(
        update(letters)
        .where(letters.c.state == "sending")
        .values(state="doubtful", reason="程式在寄送途中中斷 / cut off while sending")
    )
    return int(found.rowcount)


def listing(connection: Connection, numbers: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Letters without their bodies, oldest first."""
    columns = [c for c in letters.columns if c.name != "body"]
    query = select(*columns).order_by(letters.c.id)
    if numbers is not None:
        query = query.where(letters.c.id.in_(list(numbers)))
    return [dict(row) for row in connection.execute(query).mappings()]


def one(connection: Connection, number: int) -> dict[str, Any] | None:
    """One letter, with its body."""
    row = connection.execute(select(letters).where(letters.c.id == number)).mappings().first()
    return dict(row) if row else None
