"""The tables of what the host decides: questions answered, sheets waived, texts, months closed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from ill_workflows.store.tables import METADATA, Moment

questions = Table(
    "questions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("asked_on", Date, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_at", Moment),
)
"""What the host is asked before letters are sent: ``state`` asked, approved or declined."""

pauses = Table(
    "pauses",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("because", Text, nullable=False),
    Column("until", Moment),
)
"""Times in which nothing is sent."""

trusted = Table(
    "trusted",
    METADATA,
    Column("library", String(20), primary_key=True),
    Column("address", Text, primary_key=True),
    Column("since", Date, nullable=False),
)
"""Addresses that the host lets speak for a library beside those in config.toml."""

waivers = Table(
    "waivers",
    METADATA,
    Column("submission", Integer, ForeignKey("submissions.id"), primary_key=True),
    Column("returned", Integer, ForeignKey("submissions.id"), nullable=False),
    Column("because", Text, nullable=False),
    Column("waived_on", Date, nullable=False),
    Column("waived_at", Moment, nullable=False),
)
"""Why the host accepted what had been ``returned``; its findings of severity ``waived`` say in
spite of what."""

experiences = Table(
    "experiences",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("submission", Integer, ForeignKey("submissions.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("released_on", Date, nullable=False),
    Column("released_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
)
"""What the host lets everybody read of a submission's ``notes``, in the words in which it may be
read; until it is withdrawn."""

closings = Table(
    "closings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("month", String(7), nullable=False, index=True),
    Column("closed_on", Date, nullable=False),
    Column("closed_at", Moment, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("looked", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("reopened_on", Date),
    Column("reopened_at", Moment),
    Column("why", Text, nullable=False, default=""),
)

_STANDS = closings.c.reopened_on.is_(None)
Index(
    "uq_closings_standing", closings.c.month, unique=True,
    sqlite_where=_STANDS, postgresql_where=_STANDS,
)  # fmt: skip
"""A month whose figures were frozen: ``seen`` is the last submission that they know, ``looked`` the
last one after which was looked for restatements; ``why`` it was reopened.  Of a month one closing
stands at most, whoever closes at once."""

closed_figures = Table(
    "closed_figures",
    METADATA,
    Column("closing", Integer, ForeignKey("closings.id"), primary_key=True),
    Column("name", String(30), primary_key=True),
    Column("rows", JSON, nullable=False),
)
"""The tables of a frozen month (:data:`ill_workflows.evaluation.counting.tables.COUNTS`), each as
lists by column."""

restatements = Table(
    "restatements",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("closing", Integer, ForeignKey("closings.id"), nullable=False, index=True),
    Column("library", String(20), nullable=False),
    Column("receipts", JSON, nullable=False),
    Column("noticed_on", Date, nullable=False),
    Column("noticed_at", Moment, nullable=False),
    Column("changes", JSON, nullable=False),
)
"""What sheets that came after a closing would change: [measure, library, old, new] of each."""
