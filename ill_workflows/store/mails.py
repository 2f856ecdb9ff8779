"""What came by mail, so that a mail is taken in once, and whom the host trusts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from ill_workflows.store.tables import mails
from ill_workflows.store.tables_host import trusted


@dataclass(frozen=True, slots=True)
class MailPart:
    """One workbook of a mail, or a mail without any; ``became`` is what became of it, ``answers``
    the number of the letter of ours that it answers.
    """  # noqa: D205

    folder: str
    uidvalidity: int
    uid: int
    part: int
    parts: int
    message_id: str
    sender: str
    subject: str
    became: str
    submission: int | None
    received_at: datetime
    answers: int | None = None


def remember(connection: Connection, part: MailPart) -> None:
    """Write down what became of it; what is written already stays."""
    there = select(mails.c.id).where(
        mails.c.folder == part.folder,
        mails.c.uidvalidity == part.uidvalidity,
        mails.c.uid == part.uid,
        mails.c.part == part.part,
    )
    if connection.execute(there).scalar() is None:
        connection.execute(insert(mails), asdict(part))


def remembered(
    connection: Connection, folder: str, uidvalidity: int, uid: int, message_id: str
) -> bool:
    """Whether all of a mail was handled: this one, or under an earlier UIDVALIDITY the same.

    A Message-ID alone does not do under the same UIDVALIDITY: a sender may use one twice.
    """
    seen = select(func.count(), func.max(mails.c.parts))
    here = (mails.c.folder == folder, mails.c.uidvalidity == uidvalidity, mails.c.uid == uid)
    count, parts = connection.execute(seen.where(*here)).one()
    if count and count >= parts:
        return True
    if not message_id:
        return False
    before = (mails.c.message_id == message_id, mails.c.uidvalidity != uidvalidity)
    numbered = seen.where(*before).group_by(mails.c.folder, mails.c.uidvalidity, mails.c.uid)
    return any(count >= parts for count, parts in connection.execute(numbered))


def answers_to(connection: Connection, letters: Collection[int]) -> list[dict[str, Any]]:
    """The mails that answered these letters: which letter, when, what became of them."""
    query = select(mails.c.answers, mails.c.received_at, mails.c.subject, mails.c.became).where(
        mails.c.answers.in_(letters), mails.c.part == 1
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def trusted_addresses(connection: Connection, library: str) -> tuple[str, ...]:
    """Addresses that the host lets speak for a library beside those in config.toml."""
    query = select(trusted.c.address).where(trusted.c.library == library)
    return tuple(connection.execute(query).scalars())


def trust(connection: Connection, library: str, address: str, since: date) -> None:
    """Let an address speak for a library from now on."""
    if address not in trusted_addresses(connection, library):
        connection.execute(
            insert(trusted), {"library": library, "address": address, "since": since}
        )
