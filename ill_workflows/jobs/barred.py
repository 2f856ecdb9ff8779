"""A home library's register against the suspensions of its own readers (Article 6.4).

The process that reads workbooks is told of no reader: who is suspended is looked up afterwards,
for the library that has sent the register, and for no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from ill_workflows.forms.cards import ISSUES
from ill_workflows.forms.findings import Finding
from ill_workflows.store import standing

if TYPE_CHECKING:
    from ill_workflows.forms.form import Row
    from ill_workflows.jobs.judge import Judged
    from ill_workflows.lending.suspensions import Suspension

_NEWEST: Final = 1 << 62
"""The number of a submission that is not written down yet."""


def watched(connection: Connection, judged: Judged) -> Judged:
    """The same, with a warning for each card that was issued to a reader while suspended."""
    checked, arrival = judged.checked, judged.arrival
    if checked is None or arrival.form != "cards" or arrival.state != "accepted":
        return judged
    if not standing.any_suspended(connection, arrival.library):
        return judged
    rows = checked.rows[ISSUES.table]
    found = tuple(_found(connection, arrival.library, arrival.month, rows))
    warned = replace(arrival, warnings=arrival.warnings + len(found))
    return replace(judged, arrival=warned, findings=judged.findings + found)


def _found(
    connection: Connection, home: str, month: str | None, rows: Sequence[Row]
) -> Iterator[Finding]:
    from ill_workflows.jobs.recalls import suspended
    from ill_workflows.lending.suspensions import barred

    issues = [_issue(home, month, row) for row in rows]
    by_number = barred(suspended(connection, home, issues), home)
    for issue in issues:
        for one in by_number.get(issue["patron"], ()):
            if issue["issued_on"] is not None and one.lasts_on(issue["issued_on"]):
                yield _warning(issue, one)
                break


def _issue(home: str, month: str | None, row: Row) -> dict[str, Any]:
    """A row of the register as the store would give it."""
    told = {column.key: row[ISSUES.place[column.key]] for column in ISSUES.columns}
    return {"library": home, "month": month, "seq": _NEWEST, "row": row[0], **told}


def _warning(issue: dict[str, Any], one: Suspension) -> Finding:
    """By card, lender and days: the register knows who it is."""
    facts = {
        "row": issue["row"], "card": issue["card"], "day": issue["issued_on"].isoformat(),
        "lender": one.lender, "since": one.since.isoformat(),
    }  # fmt: skip
    return Finding(ISSUES.title, "", "issued_while_suspended", "warning", "換證日", facts)
