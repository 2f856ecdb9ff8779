"""Reading and checking one file: what it is, whose, and everything there is to tell about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ill_workflows.app import App
from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms import FORMS
from ill_workflows.forms.check import check
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Form
from ill_workflows.forms.known import Known
from ill_workflows.forms.recognise import ELSEWHERE
from ill_workflows.intake.incoming import Incoming
from ill_workflows.jobs.post import Clock
from ill_workflows.store import submissions as store
from ill_workflows.xlsx.read import read_book

_CARRIED: Final = {
    "usage": ("usage_loans", "carried_row_missing"),
    "cards": ("cards_issues", "carried_issue_missing"),
}
"""Form → the table whose open rows are carried over, and what is told of one that is missing."""


@dataclass(frozen=True)
class Judged:
    """A file that was read: its arrival for the store, and everything to tell."""

    arrival: store.Arrival
    checked: Checked | None
    findings: tuple[Finding, ...]
    data: bytes
    refusal: UnreadableWorkbook | None = None


def judge(app: App, incoming: Incoming, digest: str, known: Known, clock: Clock) -> Judged:
    """Read and check one file; decides nothing that is not in it, in ``known`` or in the store."""
    arrival = store.Arrival(digest, incoming.name, incoming.door, clock.today, clock.now, "refused")
    try:
        book = read_book(incoming.data, incoming.name, app.workbook_passwords)
    except UnreadableWorkbook as bad:
        return Judged(replace(arrival, why=bad.kind), None, (), incoming.data, bad)
    checked = check(book, known, FORMS)
    if checked.form is None:
        called = checked.cover.get("form", "")
        if any(name in called.split() or zh in called for name, zh in ELSEWHERE.items()):
            held = replace(arrival, state="held", why="form_later")
            return Judged(held, checked, (), incoming.data)
        foreign = UnreadableWorkbook(incoming.name, "foreign")
        return Judged(replace(arrival, why="foreign"), None, (), incoming.data, foreign)
    findings = checked.findings
    errors = checked.count("error")
    if not errors and not checked.interim and checked.month:
        findings += tuple(_carried(app, checked, checked.form))
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
        warnings=sum(finding.severity == "warning" for finding in findings),
        notes=checked.cover.get("notes", ""),
    )
    return Judged(arrival, checked, findings, incoming.data)


def _carried(app: App, checked: Checked, form: Form) -> Iterator[Finding]:
    """What was open in an earlier month and is missing now: neither open nor back."""
    table, code = _CARRIED[form.name]
    sheet = next(sheet for sheet in form.sheets if sheet.table == table)
    places = [sheet.place[key] for key in sheet.identity]
    listed = {tuple(row[place] for place in places) for row in checked.rows[table]}
    with app.engine.connect() as connection:
        before = store.open_before(connection, table, checked.library, checked.month or "")
    for row in before:
        if row.get("condition") == "遺失" or tuple(row[key] for key in sheet.identity) in listed:
            continue
        facts = {
            "card": row["card"], "title": row.get("title") or "", "item": row.get("item") or "",
            "lent": str(row.get("lent_on") or row.get("issued_on")),
        }  # fmt: skip
        yield Finding(sheet.title, "", code, "warning", "", facts)
