"""What the host accepted in spite of findings, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from ill_workflows.store.tables import findings, submissions
from ill_workflows.store.tables_host import waivers


def write_down(  # noqa: PLR0913, PLR0917 - a row's own columns
    connection: Connection, number: int, returned: int, because: str, on: date, at: datetime
) -> None:
    """Remember why a submission was accepted in spite of the findings that are ``waived`` in it."""
    connection.execute(
        insert(waivers),
        {
            "submission": number, "returned": returned, "because": because, "waived_on": on,
            "waived_at": at,
        },
    )  # fmt: skip


def listing(connection: Connection) -> list[dict[str, Any]]:
    """Every waiver, oldest first, with its submission's library, form, month and receipt."""
    of, count = submissions.alias("of"), func.count(findings.c.submission)
    query = (
        select(
            waivers.c.submission.label("number"), submissions.c.receipt,
            of.c.receipt.label("returned"), submissions.c.library, submissions.c.form,
            submissions.c.month, submissions.c.filename, waivers.c.waived_on, waivers.c.because,
            count.label("findings"), submissions.c.superseded_by.is_(None).label("counts"),
        )
        .join(submissions, submissions.c.id == waivers.c.submission)
        .join(of, of.c.id == waivers.c.returned)
        .join(
            findings,
            (findings.c.submission == waivers.c.submission) & (findings.c.severity == "waived"),
            isouter=True,
        )
        .group_by(waivers.c.submission, submissions.c.id, of.c.id)
        .order_by(waivers.c.submission)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def waived(connection: Connection, number: int) -> list[dict[str, Any]]:
    """The findings that were waived in a submission: sheet, cell, code."""
    query = select(findings.c.sheet, findings.c.cell, findings.c.code).where(
        findings.c.submission == number, findings.c.severity == "waived"
    )
    return [dict(row) for row in connection.execute(query).mappings()]
