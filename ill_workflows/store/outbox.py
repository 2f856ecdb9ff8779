"""What we wrote: letters and the notices that they carry, in one transaction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from ill_workflows.store.tables import letters, notices, tokens
from ill_workflows.store.tables_host import questions

if TYPE_CHECKING:
    import pandas as pd

_WITHOUT_BODY = tuple(column for column in letters.columns if column.name != "body")


_DATE: Final = re.compile(rb"^Date: [^\r\n]*\r\n", re.MULTILINE)
_SAME: Final = select(letters.c.id).where(letters.c.message_id == bindparam("message_id"))
_INSERT: Final = insert(letters)
_APPROVED: Final = select(questions.c.id).where(questions.c.state == "approved")


class Mark(NamedTuple):
    """What one notice is about; with its step it is unique."""

    policy: str
    case: str
    episode: str


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

    @property
    def seal(self) -> str:
        """A mark of the whole letter but for the moment in its Date header."""
        return hashlib.sha256(_DATE.sub(b"", self.body, count=1)).hexdigest()[:20]


def put(  # noqa: PLR0913 - what is written of a letter
    connection: Connection,
    letter: Written,
    marks: Sequence[tuple[str, str]],
    *,
    today: date,
    now: datetime,
    question: int | None = None,
) -> int | None:
    """Write a letter and its notices (``marks``: case key and episode of each).

    With a ``question`` it waits until the host has approved it.

    Answers the letter's number; None where exactly this letter was written before.  A notice
    that stands already makes the transaction fail: nothing of it is written.
    """
    same = {"message_id": letter.message_id}
    if connection.execute(_SAME, same).scalar() is not None:
        return None
    written = connection.execute(
        _INSERT,
        {
            "message_id": letter.message_id, "policy": letter.policy, "step": letter.step,
            "library": letter.library, "to": list(letter.to), "cc": list(letter.cc),
            "subject": letter.subject, "cases": list(letter.cases), "body": letter.body,
            "state": "queued", "created_on": today, "created_at": now, "question": question,
        },
    )  # fmt: skip
    key = written.inserted_primary_key
    assert key is not None  # noqa: S101 - narrows the type
    number = int(key[0])
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


def secret(connection: Connection) -> str:
    """What goes into each Message-ID, so that only who has a letter knows it: reports of what came
    back, and answers, are told by it.
    """  # noqa: D205
    query = select(tokens.c.token).where(tokens.c.library == "*")
    return str(connection.execute(query).scalar_one())


def answered(connection: Connection, message_ids: Collection[str]) -> int | None:
    """The newest of our letters among these Message-IDs; None where none is ours."""
    query = select(func.max(letters.c.id)).where(letters.c.message_id.in_(sorted(message_ids)))
    return connection.execute(query).scalar() if message_ids else None


def vouch(connection: Connection, message_ids: Collection[str], now: datetime) -> int:
    """Somebody has these letters: one that was doubtful has left after all; answers how many."""
    if not message_ids:
        return 0
    left = connection.execute(
        update(letters)
        .where(letters.c.message_id.in_(sorted(message_ids)), letters.c.state == "doubtful")
        .values(state="sent", sent_at=now, reason="信箱裡找到了它 / the mailbox shows that it left")
    )
    return int(left.rowcount)


def in_doubt(connection: Connection) -> int:
    """How many letters are in doubt."""
    query = select(func.count()).where(letters.c.state == "doubtful")
    return int(connection.execute(query).scalar_one())


def doubtful(connection: Connection, since: date) -> list[str]:
    """The Message-IDs of letters in doubt that were written since a day."""
    query = select(letters.c.message_id).where(
        letters.c.state == "doubtful", letters.c.created_on >= since
    )
    return list(connection.execute(query.order_by(letters.c.id)).scalars())


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


def is_told(connection: Connection, policy: str, case: str, episode: str, step: str) -> bool:
    """Whether this notice was written."""
    query = select(notices.c.id).where(
        notices.c.policy == policy, notices.c.case_key == case, notices.c.episode == episode,
        notices.c.step == step,
    )  # fmt: skip
    return connection.execute(query).first() is not None


def notice_frame(connection: Connection) -> pd.DataFrame:
    """Notices for the evaluation: policy, case, step, day; those of withdrawn letters left out."""
    query = (
        select(notices.c.policy, notices.c.case_key, notices.c.step, notices.c.written_on)
        .join(letters, letters.c.id == notices.c.letter)
        .where(letters.c.state != "withdrawn")
    )
    import pandas as pd

    rows = connection.execute(query).fetchall()
    return pd.DataFrame.from_records(rows, columns=["policy", "case", "step", "day"])


def waiting(connection: Connection) -> list[dict[str, Any]]:
    """Letters to be sent, oldest first, without their bodies; not those that wait for a yes."""
    unasked = letters.c.question.is_(None) | letters.c.question.in_(_APPROVED)
    query = select(*_WITHOUT_BODY).where(letters.c.state == "queued", unasked)
    query = query.order_by(letters.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def claim(connection: Connection, number: int) -> bytes | None:
    """Take a queued letter for sending; its body, or None where it is queued no more."""
    mine = (letters.c.id == number, letters.c.state == "queued")
    taken = connection.execute(
        update(letters)
        .where(*mine)
        .values(state="sending", handed=False, attempts=letters.c.attempts + 1)
    )
    if taken.rowcount != 1:
        return None
    body = connection.execute(select(letters.c.body).where(letters.c.id == number)).scalar()
    return bytes(body or b"")


def hand_over(connection: Connection, number: int) -> None:
    """From here on nobody can say for sure that a letter has not left."""
    connection.execute(update(letters).where(letters.c.id == number).values(handed=True))


def settle(  # noqa: PLR0913 - what becomes of a letter
    connection: Connection,
    number: int,
    state: str,
    *,
    reason: str = "",
    sent_at: datetime | None = None,
    next_at: datetime | None = None,
) -> None:
    """Write what became of a letter; one that is queued again is not tried before ``next_at``."""
    values = {"state": state, "reason": reason, "sent_at": sent_at, "next_at": next_at}
    connection.execute(update(letters).where(letters.c.id == number).values(**values))


def change(
    connection: Connection, number: int, state: str, *, before: Collection[str], reason: str
) -> bool:
    """Give a letter another state where it is in one of those ``before``; whether it was."""
    changed = connection.execute(
        update(letters)
        .where(letters.c.id == number, letters.c.state.in_(before))
        .values(state=state, reason=reason, next_at=None)
    )
    return changed.rowcount == 1


def withdraw(connection: Connection, number: int, reason: str) -> list[Mark]:
    """Take a queued letter back; answers its notices, which are free again.

    A later step of the same case that is queued too goes with it: nobody gets the second letter
    first.
    """
    if not change(connection, number, "withdrawn", before=("queued",), reason=reason):
        return []
    mine = connection.execute(
        select(notices.c.id, notices.c.policy, notices.c.case_key, notices.c.episode).where(
            notices.c.letter == number
        )
    ).all()
    connection.execute(delete(notices).where(notices.c.letter == number))
    freed = [Mark(policy, case, episode) for _, policy, case, episode in mine]
    for notice, policy, case, episode in mine:
        later = connection.execute(
            select(notices.c.letter).where(
                notices.c.policy == policy,
                notices.c.case_key == case,
                notices.c.episode == episode,
                notices.c.id > notice,
            )
        ).scalars()
        for other in set(later.all()):
            freed += withdraw(connection, other, reason)
    return freed


def forget_crashed(connection: Connection) -> int:
    """Letters found still ``sending`` when a delivery begins, which nobody else is at, were cut
    off.  Those that were not handed over yet are queued again; of the others nobody knows whether
    they left: they become ``doubtful`` and are shown, never blindly sent again.

    Answers how many are doubtful.
    """  # noqa: D205
    cut_off = letters.c.state == "sending"
    connection.execute(
        update(letters).where(cut_off, letters.c.handed.is_(False)).values(state="queued")
    )
    found = connection.execute(
        update(letters)
        .where(cut_off)
        .values(state="doubtful", reason="程式在寄送途中中斷 / cut off while sending")
    )
    return int(found.rowcount)


def listing(connection: Connection, numbers: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Letters without their bodies, oldest first."""
    query = select(*_WITHOUT_BODY).order_by(letters.c.id)
    if numbers is not None:
        query = query.where(letters.c.id.in_(list(numbers)))
    return [dict(row) for row in connection.execute(query).mappings()]


def called(connection: Connection, message_id: str) -> dict[str, Any] | None:
    """The letter with a Message-ID, without its body."""
    query = select(*_WITHOUT_BODY).where(letters.c.message_id == message_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def written(connection: Connection, numbers: Iterable[int]) -> list[Written]:
    """Letters as they were composed."""
    query = select(letters).where(letters.c.id.in_(list(numbers))).order_by(letters.c.id)
    return [
        Written(
            row["message_id"], row["policy"], row["step"], row["library"], tuple(row["to"]),
            tuple(row["cc"]), row["subject"], tuple(row["cases"]), bytes(row["body"]),
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def one(connection: Connection, number: int) -> dict[str, Any] | None:
    """One letter, with its body."""
    row = connection.execute(select(letters).where(letters.c.id == number)).mappings().first()
    return dict(row) if row else None
