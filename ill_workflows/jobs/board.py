"""The arrival board: who has sent, accepted, returned, late, missing (Article 7.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ill_workflows.app import App
from ill_workflows.forms import FORMS
from ill_workflows.forms.month import first_day, last_day, month_of, months_between, next_month
from ill_workflows.store import submissions as store

MONTHLY = tuple(form.name for form in FORMS if form.monthly)
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """One library's sheet of one form and month, and how it stands."""

    library: str
    month: str
    form: str
    state: str
    received_at: datetime | None = None
    receipt: str = ""
    errors: int = 0
    warnings: int = 0
    first_received: date | None = None

    def as_json(self) -> dict[str, Any]:
        """The row of ``status --json``."""
        return {
            "library": self.library, "month": self.month, "form": self.form, "state": self.state,
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "receipt": self.receipt or None, "errors": self.errors, "warnings": self.warnings,
        }  # fmt: skip


def due_day(app: App, month: str) -> date:
    """The day by which a month's sheets are due: the host's next open day (forms.md)."""
    following = first_day(next_month(month))
    wanted = following.replace(day=app.config.rules.sheet_due_day)
    return app.host.calendar.next_open(wanted)


def months(app: App, today: date) -> list[str]:
    """The months of the term, else since the first member joined, up to the running one."""
    term = app.config.alliance.term
    joined = [member.joined for member in app.members.values() if member.joined]
    first = term.first if term else min(joined, default=today)
    return months_between(month_of(min(first, today)), month_of(today))


def board(app: App, today: date, wanted: Sequence[str] | None = None) -> list[Place]:
    """How every library's sheets stand, by month, library and form."""
    with app.engine.connect() as connection:
        versions = store.every_version(connection)
    by_place: dict[Key, list[dict[str, Any]]] = {}
    not_theirs = {row["sha256"] for row in versions if row["why"] == "by_host"}
    for row in versions:
        if row["month"] and (row["sha256"] not in not_theirs or row["state"] == "accepted"):
            by_place.setdefault((row["library"], row["month"], row["form"]), []).append(row)
    places = []
    for month in wanted if wanted is not None else months(app, today):
        due = due_day(app, month)
        for member in app.members.values():
            if not member.belongs(first_day(month), last_day(month)):
                continue
            for form in MONTHLY:
                mine = by_place.get((member.code, month, form), [])
                places.append(_place((member.code, month, form), mine, due, today))
    return places


def _place(key: Key, versions: Iterable[dict[str, Any]], due: date, today: date) -> Place:
    full = [row for row in versions if not row["interim"]]
    interim = [row for row in versions if row["interim"] and row["state"] == "accepted"]
    accepted = [row for row in full if row["state"] == "accepted"]
    first: date | None = full[0]["received_on"] if full else None
    if accepted:
        state = "accepted_late" if first is not None and first > due else "accepted"
        shown = accepted[-1]
    elif full:
        state, shown = full[-1]["state"], full[-1]
    elif today > due:
        return Place(*key, "missing")
    elif interim:
        state, shown = "interim", interim[-1]
    else:
        return Place(*key, "not_due")
    return Place(
        *key,
        state,
        shown["received_at"],
        shown["receipt"],
        shown["errors"],
        shown["warnings"],
        first,
    )
