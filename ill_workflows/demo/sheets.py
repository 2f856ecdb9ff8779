"""What a library knows on a day, as the rows of its monthly sheets: one dict a row, key → value.

What was open in the sheet sent before is carried over; what was not yet known on the day is
left empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ill_workflows.demo.events import Issue, Loan, Request
from ill_workflows.demo.world import World
from ill_workflows.forms.month import first_day, last_day

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class View:
    """The frame of one sheet.

    ``as_of`` is the day on which it is filled in; ``sent_month`` and ``sent_as_of`` are those of
    the sheet sent before (None where this is the first).
    """

    library: str
    month: str
    as_of: date
    sent_month: str | None = None
    sent_as_of: date | None = None

    def shows(self, began: date, ended: date | None) -> bool:
        """Whether a matter belongs here: begun this month, or open when the last sheet was sent."""
        first = first_day(self.month)
        if began > min(self.as_of, last_day(self.month)):
            return False
        if began >= first or ended is None:
            return True
        if self.sent_month and self.sent_as_of and began <= last_day(self.sent_month):
            return ended > self.sent_as_of
        return ended >= first

    def known(self, day: date | None) -> date | None:
        """A day, if it has come."""
        return day if day is not None and day <= self.as_of else None


def usage(world: World, view: View) -> dict[str, Rows]:
    """The rows of the lender's form, by table."""
    habits = world.place(view.library).habits
    loans = [
        i for i in world.loans[view.library] if view.shows(i.lent_on, i.returned_on or i.lost_on)
    ]
    asked = [
        r
        for r in world.requests[view.library]
        if view.shows(r.requested_on, r.answered_on) and r.remembered_on <= view.as_of
    ]
    return {
        "usage_loans": [_loan(i, view, habits.writes_due, habits.writes_fines) for i in loans],
        "usage_requests": [_request(r, view) for r in asked],
    }


def cards(world: World, view: View) -> dict[str, Rows]:
    """The rows of the home library's form, by table."""
    issues = [i for i in world.issues[view.library] if view.shows(i.issued_on, i.returned_on)]
    return {
        "cards_issues": [_issue(issue, view) for issue in issues],
        "cards_stock": _stock(world, view),
    }


def _loan(loan: Loan, view: View, writes_due: bool, writes_fines: bool) -> dict[str, Any]:
    back, lost = view.known(loan.returned_on), view.known(loan.lost_on)
    return {
        "card": loan.card,
        "item": loan.book.item,
        "title": loan.book.title,
        "call_number": loan.book.call_number,
        "material": loan.book.material,
        "published": loan.book.published,
        "lent_on": loan.lent_on,
        "due_on": loan.due_on if writes_due else None,
        "returned_on": back,
        "fine": loan.fine if back and writes_fines and loan.fine else None,
        "fine_paid": loan.fine_paid if back and loan.fine else None,
        "condition": "遺失" if lost else loan.condition if back else None,
        "note": loan.note if back or lost else None,
    }


def _request(asked: Request, view: View) -> dict[str, Any]:
    row = {
        "request_no": asked.number,
        "requested_on": asked.requested_on,
        "borrower": asked.borrower,
        "service": asked.service,
        "title": asked.title,
        "material": asked.material,
        "published": asked.published,
    }
    if view.known(asked.answered_on) is None:
        return {**row, "outcome": "處理中"}
    return {
        **row,
        "outcome": asked.outcome,
        "reason": asked.reason,
        "answered_on": asked.answered_on,
        "supplied_as": asked.supplied_as,
        "pages": asked.pages,
        "fee": asked.fee,
        "note": asked.note,
    }


def _issue(issue: Issue, view: View) -> dict[str, Any]:
    back = view.known(issue.returned_on)
    return {
        "card": issue.card,
        "patron": issue.reader.number,
        "name": issue.reader.name,
        "status": issue.reader.status,
        "department": issue.reader.department,
        "email": issue.reader.email,
        "deposit": "學生證" if issue.reader.status == "學生" else "教職員證",
        "issued_on": issue.issued_on,
        "destination": issue.destination,
        "returned_on": back,
        "checked_by": issue.checked_by if back else None,
        "checked_on": issue.checked_on if back else None,
        "note": issue.note,
    }


def _stock(world: World, view: View) -> Rows:
    states = {s.card: s for s in world.states[view.library] if s.since <= view.as_of}
    numbers = range(1, world.members[view.library].cards + 1)
    listed = [world.card(view.library, n) for n in numbers]
    rows = []
    for card in (*listed, *(card for card in states if card not in listed)):
        changed = states.get(card)
        rows.append({
            "card": card,
            "state": changed.state if changed else "正常",
            "since": changed.since if changed else None,
            "note": changed.note if changed else None,
        })  # fmt: skip
    return rows
