"""Reading and checking one file: what it is, whose, and everything there is to tell about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms.choices import VOID_STATES
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Form
from ill_workflows.forms.known import Known
from ill_workflows.forms.recognise import ELSEWHERE
from ill_workflows.intake.incoming import Incoming
from ill_workflows.jobs.post import Clock
from ill_workflows.store import standing
from ill_workflows.store import submissions as store
from ill_workflows.xlsx.worker import shared

_VOID: Final = frozenset(VOID_STATES)
_CARRIED: Final = {
    "usage": ("usage_loans", "carried_row_missing"),
    "cards": ("cards_issues", "carried_issue_missing"),
}
"""Form → the table whose open rows are carried over, and what is told of one that is missing."""


@dataclass(frozen=True, slots=True)
class Waived:
    """The host's decision: in spite of the errors of which submission, and why."""

    returned: int
    because: str


@dataclass(frozen=True)
class Judged:
    """A file that was read: its arrival for the store, everything to tell, its marked copy."""

    arrival: store.Arrival
    checked: Checked | None
    findings: tuple[Finding, ...]
    copy: bytes | None = None
    refusal: UnreadableWorkbook | None = None
    waived: Waived | None = None

    @property
    def returned(self) -> bytes | None:
        """The marked copy, where it goes back: what is held has one too."""
        return self.copy if self.arrival.state == "returned" else None

    @property
    def tells_of_void_cards(self) -> bool:
        """Whether a card is lost or void by its stock, or anything at all is reported of one."""
        rows = self.checked.rows if self.checked else {}
        stock = rows.get("cards_stock", ())
        return bool(rows.get("cases_losses")) or any(not _VOID.isdisjoint(row) for row in stock)


def judge(app: App, incoming: Incoming, digest: str, known: Known, clock: Clock) -> Judged:
    """Read and check one file; decides nothing that is not in it or in ``known``."""
    arrival = store.Arrival(
        digest, incoming.name, incoming.door, clock.today, clock.now, "refused", incoming.sender,
        incoming.message_id,
    )  # fmt: skip
    worker = shared(app.limits)
    try:
        checked, copy = worker.read(incoming.data, incoming.name, app.workbook_passwords, known)
    except UnreadableWorkbook as bad:
        return Judged(replace(arrival, why=bad.kind), None, (), refusal=bad)
    if checked.form is None:
        called = checked.cover.get("form", "")
        if any(name in called.split() or zh in called for name, zh in ELSEWHERE.items()):
            held = replace(arrival, state="held", why="form_later")
            return Judged(held, checked, ())
        foreign = UnreadableWorkbook(incoming.name, "foreign")
        return Judged(replace(arrival, why="foreign"), None, (), refusal=foreign)
    errors = checked.count("error")
    arrival = replace(
        arrival,
        state="returned" if errors else "accepted",
        form=checked.form.name,
        version=checked.version,
        library=checked.library,
        month=checked.month,
        interim=checked.interim,
        as_of=checked.filled_on or clock.today,
        rows=sum(len(rows) for rows in checked.rows.values()),
        errors=errors,
        warnings=checked.count("warning"),
        notes=checked.cover.get("notes", ""),
    )
    return Judged(arrival, checked, checked.findings, copy)


def ahead(app: App, incoming: Incoming, known: Known) -> None:
    """Let a file be read and checked that will be judged next, with what is known now."""
    shared(app.limits).ahead(incoming.data, incoming.name, app.workbook_passwords, known)


def carried_over(connection: Connection, judged: Judged) -> Judged:
    """The same, with what the store tells: what was open in an earlier month and is missing now,
    neither open nor back.
    """  # noqa: D205
    checked = judged.checked
    if checked is None or checked.form is None or judged.arrival.state != "accepted":
        return judged
    if checked.interim or not checked.month:
        return judged
    missing = tuple(_missing(connection, checked, checked.form, checked.month))
    warned = replace(judged.arrival, warnings=judged.arrival.warnings + len(missing))
    return replace(judged, arrival=warned, findings=judged.findings + missing)


def _missing(connection: Connection, checked: Checked, form: Form, month: str) -> Iterator[Finding]:
    table, code = _CARRIED[form.name]
    before = standing.open_before(connection, table, checked.library, month)
    if not before:
        return
    sheet = next(sheet for sheet in form.sheets if sheet.table == table)
    identify = itemgetter(*(sheet.place[key] for key in sheet.identity))
    listed = set(map(identify, checked.rows[table]))
    for row in before:
        if row.get("condition") == "遺失" or tuple(row[key] for key in sheet.identity) in listed:
            continue
        facts = {
            "card": row["card"], "title": row.get("title") or "", "item": row.get("item") or "",
            "lent": str(row.get("lent_on") or row.get("issued_on")),
        }  # fmt: skip
        yield Finding(sheet.title, "", code, "warning", "", facts)
