"""What senders were told, for the evaluation."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, select

from ill_workflows.store.tables import findings, submissions

_SEVERITIES: Final = ("corrected", "warning", "waived")


def told(connection: Connection) -> list[tuple[Any, ...]]:
    """Corrections, warnings and waived errors of the versions that count: submission, library,
    form, month, day of receipt, file's name, receipt, severity, code, sheet, heading, cell.
    """  # noqa: D205
    query = (
        select(
            submissions.c.id, submissions.c.library, submissions.c.form, submissions.c.month,
            submissions.c.received_on, submissions.c.filename, submissions.c.receipt,
            findings.c.severity, findings.c.code,
            findings.c.sheet, findings.c.heading, findings.c.cell,
        )
        .join(submissions, submissions.c.id == findings.c.submission)
        .where(
            submissions.c.state == "accepted", submissions.c.superseded_by.is_(None),
            findings.c.severity.in_(_SEVERITIES),
        )
        .order_by(submissions.c.id, findings.c.sheet, findings.c.code, findings.c.heading)
    )  # fmt: skip
    return [tuple(row) for row in connection.execute(query)]
