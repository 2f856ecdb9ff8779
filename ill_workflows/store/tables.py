"""The tables.  One a form sheet, its columns derived from the form, so that the file can be
opened and queried by anyone; beside them submissions, findings, letters, notices, refusals.
"""  # noqa: D205

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

from ill_workflows.forms import FORMS
from ill_workflows.forms.form import Sheet


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite would give it back without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment has a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

submissions = Table(
    "submissions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("receipt", String(40), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("filename", Text, nullable=False),
    Column("door", String(20), nullable=False),
    Column("sender", Text, nullable=False, default=""),
    Column("message_id", Text, nullable=False, default=""),
    Column("received_on", Date, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", String(20), nullable=False),
    Column("why", String(40), nullable=False, default=""),
    Column("form", String(20), nullable=False, default=""),
    Column("version", Integer, nullable=False, default=1),
    Column("library", String(20), nullable=False, default=""),
    Column("month", String(7)),
    Column("interim", Boolean, nullable=False, default=False),
    Column("as_of", Date),
    Column("rows", Integer, nullable=False, default=0),
    Column("errors", Integer, nullable=False, default=0),
    Column("warnings", Integer, nullable=False, default=0),
    Column("notes", Text, nullable=False, default=""),
    Column("superseded_by", Integer, ForeignKey("submissions.id")),
    Index("ix_submissions_version", "library", "form", "month", "state"),
)
"""One row a file received: ``state`` accepted, returned, refused or held; ``as_of`` is the age
of its facts (填表日期, else the day of receipt); ``superseded_by`` the version that replaces it."""

findings = Table(
    "findings",
    METADATA,
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False, index=True),
    Column("sheet", Text, nullable=False),
    Column("cell", String(12), nullable=False),
    Column("code", String(40), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("heading", Text, nullable=False),
    Column("facts", JSON, nullable=False),
)

letters = Table(
    "letters",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("policy", String(30), nullable=False),
    Column("step", String(20), nullable=False),
    Column("library", String(20), nullable=False, default=""),
    Column("to", JSON, nullable=False),
    Column("cc", JSON, nullable=False),
    Column("subject", Text, nullable=False),
    Column("cases", JSON, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("reason", Text, nullable=False, default=""),
    Column("created_on", Date, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("handed", Boolean, nullable=False, default=False, server_default=false()),
    Column("question", Integer, ForeignKey("questions.id")),
    Column("next_at", Moment),
)
"""The outbox: ``state`` queued, sending, sent, refused, bounced, withdrawn or doubtful; ``handed``
says that the last attempt began to hand the letter over, and may have succeeded; a letter with a
``question`` waits until the host has approved it, one that a server put off until ``next_at``."""

notices = Table(
    "notices",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("policy", String(30), nullable=False),
    Column("case_key", Text, nullable=False),
    Column("episode", String(40), nullable=False, default=""),
    Column("step", String(20), nullable=False),
    Column("written_on", Date, nullable=False),
    Column(
        "letter", Integer, ForeignKey("letters.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    UniqueConstraint("policy", "case_key", "episode", "step"),
)
"""One step reached by one case.  The unique key is what keeps a second letter from being
written, whatever runs twice."""

refusals = Table(
    "refusals",
    METADATA,
    Column("letter", Integer, ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    Column("address", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("refused_on", Date, nullable=False),
    Column("dead", Boolean, nullable=False),
)
"""What a mail server refused for good, a row a letter and address; ``dead``: nobody is there, and
the address is not used again."""

mails = Table(
    "mails",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("folder", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("part", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("message_id", Text, nullable=False, index=True),
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("became", String(20), nullable=False),
    Column("submission", Integer, ForeignKey("submissions.id")),
    Column("answers", Integer, ForeignKey("letters.id")),
    Column("received_at", Moment, nullable=False),
    UniqueConstraint("folder", "uidvalidity", "uid", "part"),
)
"""What came by mail, a row a workbook, or one for a mail without any: ``became`` is the outcome, or
why there was nothing to take in; ``answers`` the letter of ours that it answers; written in the
transaction of its submission."""

tokens = Table(
    "tokens",
    METADATA,
    Column("library", String(20), primary_key=True),
    Column("token", String(64), nullable=False),
)
"""The random word of each library that its templates carry (``ill_token``); that of ``*``, which no
library is, goes into each Message-ID."""

answers = Table(
    "answers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case_no", String(20), nullable=False, index=True),
    Column("lender", String(20), nullable=False),
    Column("answer", String(20), nullable=False),
    Column("item", Text, nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("amount", Integer),
    Column("answered_on", Date, nullable=False),
    Column("said_at", Moment, nullable=False),
)
"""What a lender answered about a leaver otherwise than by sheet, as the host typed it in."""

leaver_marks = Table(
    "leaver_marks",
    METADATA,
    Column("library", String(20), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("leaving_on", Date, primary_key=True),
    Column("withdrawn_on", Date),
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False),
    Column("row", Integer, nullable=False),
)
"""Leavers of whom no card is known, by a keyed hash of their number and nothing else: a register
that is still to come may have given them one.  They go once it is in."""

leaver_counts = Table(
    "leaver_counts",
    METADATA,
    Column("library", String(20), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many leavers of a month never had a card, once their marks have gone."""

job_runs = Table(
    "job_runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("job", String(20), nullable=False),
    Column("slot", Moment, nullable=False),
    Column("state", String(10), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("missed", Integer, nullable=False, default=0),
    Column("said", Text, nullable=False, default=""),
    UniqueConstraint("job", "slot"),
)
"""One run of a job: ``slot`` is the moment for which it was planned, ``state`` begun, running, done
or failed; who holds it has the highest ``fence`` and its lease ``until`` then."""

pulses = Table(
    "pulses",
    METADATA,
    Column("holder", Text, primary_key=True),
    Column("began_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("ended", Boolean, nullable=False),
)
"""The service's last sign of life, a row a process."""

_TYPES = {"text": Text, "int": Integer, "day": Date}


def _sheet_table(sheet: Sheet) -> Table:
    columns = [Column(c.key, _TYPES[c.field.kind]()) for c in sheet.columns]
    return Table(
        sheet.table,
        METADATA,
        Column("submission", Integer, ForeignKey("submissions.id"), nullable=False, index=True),
        Column("row", Integer, nullable=False),
        *columns,
        *_indexes(sheet, {column.name: column for column in columns}),
    )


def _indexes(sheet: Sheet, columns: dict[str, Column[Any]]) -> Iterator[Index]:
    """What reminders ask for: what is still open, and a card's whole history."""
    if "returned_on" in columns:
        still_open = columns["returned_on"].is_(None)
        yield Index(
            f"ix_{sheet.table}_open", *(columns[key] for key in sheet.identity[:2]),
            sqlite_where=still_open, postgresql_where=still_open,
        )  # fmt: skip
    if "issued_on" in columns:
        yield Index(f"ix_{sheet.table}_card", columns["card"])


SHEETS: dict[str, Table] = {
    sheet.table: _sheet_table(sheet) for form in FORMS for sheet in form.sheets
}
"""One table a form sheet: ``submission``, ``row`` (its number in the sender's file), then the
form's columns."""
