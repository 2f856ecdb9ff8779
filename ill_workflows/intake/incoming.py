"""What stands at a door: a file, and for one that came by mail what the mail says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ill_workflows.errors import IllError
from ill_workflows.intake.report import Report


@dataclass(frozen=True, slots=True)
class MailFacts:
    """The mail that a file came in.

    ``folder``, ``uidvalidity``, ``uid`` say where it lies, ``message_id`` (empty where it has
    none) which one it is.  ``automatic`` is why nobody may answer it, empty where one may.
    ``trace`` are the headers that :func:`ill_workflows.intake.proof.decide` reads.  This file is
    number ``part``, from 1, of ``parts``; ``others`` are the names of attachments that are no
    workbooks; ``answers`` are the Message-IDs that the mail says it answers; ``report`` is what a
    server tells of a letter that came back.
    """

    folder: str
    uidvalidity: int
    uid: int
    message_id: str
    subject: str
    automatic: str
    trace: tuple[str, ...] = field(repr=False)
    part: int
    parts: int
    others: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file at the door.  ``trouble`` is set where it could not be read at all.

    ``mail_kind`` is empty for a workbook.  A mail with none to take in stands here as itself, its
    subject for a name and without data, and ``mail_kind`` says why: ``automatic``,
    ``no_workbook``, ``too_large`` or ``unreadable``.  ``sender`` is the address in its From,
    empty where that is not one plain address.
    """

    name: str
    data: bytes = field(repr=False)
    door: str
    path: Path | None = None
    trouble: IllError | None = None
    sender: str = ""
    message_id: str = ""
    mail: MailFacts | None = None
    mail_kind: str = ""
