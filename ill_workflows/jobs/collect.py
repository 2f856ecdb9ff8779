"""Taking in what waits: each file ends in a named outcome, and nothing is lost.

For each file, outside any transaction: read, check, compose, archive.  Then one short
transaction: submission, findings, rows, letters.  Then the file leaves the inbox.  A crash
before the commit: nothing happened.  A crash after it: the bytes are known, only the file is
cleared away.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ill_workflows.app import App
from ill_workflows.errors import FolderTrouble, UnreadableWorkbook
from ill_workflows.forms import FORMS
from ill_workflows.forms.check import check
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Checked, Form
from ill_workflows.forms.known import Known
from ill_workflows.forms.recognise import ELSEWHERE
from ill_workflows.intake.folder import Incoming
from ill_workflows.jobs import answers
from ill_workflows.jobs.post import Clock
from ill_workflows.store import outbox
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from ill_workflows.xlsx.read import read_book


class Source(Protocol):
    """A door: files that wait, and what happens to one that is remembered."""

    def arrivals(self) -> Any:
        """The files that wait."""

    def settle(self, incoming: Incoming) -> None:
        """The file is remembered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: accepted, returned, refused, held, known or unread."""

    name: str
    state: str
    receipt: str = ""
    form: str = ""
    library: str = ""
    month: str | None = None
    interim: bool = False
    errors: int = 0
    warnings: int = 0
    corrected: int = 0
    why: str = ""

    @property
    def troubled(self) -> bool:
        """Whether the host should look: something was returned, refused, held or unreadable."""
        return self.state in {"returned", "refused", "held", "unread"}


@dataclass(frozen=True)
class Judged:
    """A file that was read: its arrival for the store, and everything to tell."""

    arrival: store.Arrival
    checked: Checked | None
    findings: tuple[Finding, ...]
    data: bytes
    refusal: UnreadableWorkbook | None = None


def collect(
    app: App, source: Source, clock: Clock, tell: Callable[[Outcome], None] | None = None
) -> list[Outcome]:
    """Take in every file that waits at a door; answers what became of each, in order.

    Raises:
        FolderTrouble: the inbox is not there, or the archive cannot be written.
        StoreTrouble: the database cannot be written; the files that were not taken in stay.
    """
    known = _known(app, clock)
    outcomes = []
    for incoming in source.arrivals():
        outcome = _take_in(app, incoming, known, clock)
        if outcome.state != "unread":
            source.settle(incoming)
        if outcome.form == "cards" and outcome.state == "accepted":
            known = _known(app, clock)
        outcomes.append(outcome)
        if tell is not None:
            tell(outcome)
    return outcomes


def _known(app: App, clock: Clock) -> Known:
    with app.engine.connect() as connection:
        void = store.void_cards(connection)
    term = app.config.alliance.term
    return Known(app.members, clock.today, term.first if term else None, void)


def _take_in(app: App, incoming: Incoming, known: Known, clock: Clock) -> Outcome:
    if incoming.trouble is not None:
        return Outcome(incoming.name, "unread", why=str(incoming.trouble))
    digest = hashlib.sha256(incoming.data).hexdigest()
    with app.engine.connect() as connection:
        earlier = store.latest_of(connection, digest)
    if earlier is not None and earlier["state"] == "accepted":
        return _already(incoming, earlier)
    judged = judge(app, incoming, digest, known, clock)
    if earlier is not None and _same_outcome(earlier, judged.arrival):
        return _already(incoming, earlier)
    archive(app, digest, incoming.data, incoming.name)
    return _remember(app, judged, clock)


def _already(incoming: Incoming, earlier: dict[str, Any]) -> Outcome:
    return Outcome(
        incoming.name, "known", earlier["receipt"], earlier["form"], earlier["library"],
        earlier["month"], earlier["interim"],
    )  # fmt: skip


def _same_outcome(earlier: dict[str, Any], arrival: store.Arrival) -> bool:
    same = ("state", "why", "library", "month", "errors")
    return all(earlier[name] == getattr(arrival, name) for name in same)


def judge(app: App, incoming: Incoming, digest: str, known: Known, clock: Clock) -> Judged:
    """Read and check one file; decides nothing that is not in it or in ``known``."""
    arrival = store.Arrival(digest, incoming.name, incoming.door, clock.today, clock.now, "refused")
    try:
        book = read_book(incoming.data, incoming.name, app.workbook_passwords)
    except UnreadableWorkbook as bad:
        return Judged(replace(arrival, why=bad.kind), None, (), incoming.data, bad)
    checked = check(book, known, FORMS)
    if checked.form is None:
        called = checked.cover.get("form", "")
        if any(name in called.split() or zh in called for name, zh in ELSEWHERE.items()):
            return Judged(
                replace(arrival, state="held", why="form_later"), checked, (), incoming.data
            )
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


_CARRIED = {
    "usage": ("usage_loans", "carried_row_missing"),
    "cards": ("cards_issues", "carried_issue_missing"),
}


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


def _remember(app: App, judged: Judged, clock: Clock) -> Outcome:
    arrival, checked = judged.arrival, judged.checked
    with app.engine.connect() as connection:
        draft = answers.Draft(app, judged, clock)
        draft.look_up(connection)
    copy = draft.annotated()
    with writing(app.engine) as connection:
        again = store.latest_of(connection, arrival.sha256)
        if again is not None and again["state"] == "accepted":
            return Outcome(
                arrival.filename,
                "known",
                again["receipt"],
                again["form"],
                again["library"],
                again["month"],
            )
        number, receipt = store.record(connection, arrival, judged.findings)
        if arrival.state == "accepted" and checked is not None and checked.form is not None:
            for table, rows in checked.rows.items():
                store.put_rows(connection, table, number, rows)
            if not arrival.interim:
                store.supersede(connection, checked.form, arrival.library, arrival.month, number)
        for letter in draft.letters(receipt, copy):
            outbox.put(connection, letter, (), today=clock.today, now=clock.now)
    if copy is not None:
        keep(app.folder("returned") / f"{receipt}-{safe_name(arrival.filename)}", copy)
    return Outcome(
        arrival.filename, arrival.state, receipt, arrival.form, arrival.library, arrival.month,
        arrival.interim, arrival.errors, arrival.warnings,
        sum(f.severity == "corrected" for f in judged.findings), arrival.why,
    )  # fmt: skip


def archive(app: App, digest: str, data: bytes, name: str) -> None:
    """Keep the original bytes by their content; what is kept is never written again."""
    suffix = Path(name).suffix.lower()
    suffix = suffix if suffix.isascii() and len(suffix) <= 6 else ""
    folder = app.folder("archive") / digest[:2]
    folder.mkdir(exist_ok=True)
    path = folder / f"{digest}{suffix}"
    if not path.exists():
        keep(path, data)


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        FolderTrouble: it cannot be written.
    """
    part = path.with_name(f".{path.name[:80]}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as bad:
        part.unlink(missing_ok=True)
        raise FolderTrouble(str(path), bad.strerror or str(bad)) from bad


def safe_name(name: str) -> str:
    """A sender's file name as the end of one of ours."""
    cleaned = "".join("_" if char in '/\\:*?"<>|' or ord(char) < 32 else char for char in name)
    return cleaned.strip(". ")[-80:] or "workbook.xlsx"


def describe(outcome: Outcome) -> str:
    """One line for the host about one file."""
    words = {
        "accepted": "收件 accepted", "returned": "退回 returned", "refused": "拒收 refused",
        "held": "保留 held", "known": "已收過 known", "unread": "無法讀取 unread",
    }  # fmt: skip
    whose = " ".join(part for part in (outcome.library, outcome.form, outcome.month or "") if part)
    whose += "（期中更新 interim）" if outcome.interim else ""
    counts = []
    if outcome.errors:
        counts.append(f"{outcome.errors} 處需修改 to mend")
    if outcome.warnings:
        counts.append(f"{outcome.warnings} 提醒 warnings")
    if outcome.corrected:
        counts.append(f"{outcome.corrected} 更正 corrected")
    why = f"：{_why(outcome)}" if outcome.why else ""
    return "  ".join(
        part
        for part in (
            words[outcome.state] + why,
            outcome.name,
            whose,
            outcome.receipt,
            "，".join(counts),
        )
        if part
    )


def _why(outcome: Outcome) -> str:
    if outcome.state == "refused":
        return UnreadableWorkbook(outcome.name, outcome.why).zh
    if outcome.why == "form_later":
        return "這種表單的處理尚未開放，已保留原檔 / kept; this form is not processed yet"
    return outcome.why
