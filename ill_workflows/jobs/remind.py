"""Writing today's letters of every policy into the outbox: decide, then deliver."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.jobs.reminders import letters_of
from ill_workflows.ledger.merge import newest_sheets
from ill_workflows.lending.cases import (
    Discrepancy,
    Loan,
    Sheets,
    discrepancies,
    loan_name,
    open_loans,
    with_told_dates,
)
from ill_workflows.lending.policies import Bundle, Day, History, bundle, due_notices
from ill_workflows.store import outbox
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing


@dataclass(frozen=True)
class Today:
    """What waits for somebody today, and what is to be written about it."""

    loans: list[Loan]
    discrepancies: list[Discrepancy]
    bundles: list[Bundle]
    day: Day


@dataclass
class Result:
    """What a run wrote: letters by (policy, step), and those that could not be composed."""

    letters: dict[tuple[str, str], int] = field(default_factory=dict)
    notices: int = 0
    broken: list[LetterBroken] = field(default_factory=list)
    closed: bool = False


def decide(app: App, clock: Clock) -> Today:
    """Look at all sheets and the history of letters, and decide; writes nothing."""
    with app.engine.connect() as connection:
        sheets = _sheets(connection)
        history = outbox.history(connection)
    stale_after = app.config.rules.stale_after_days
    loans = open_loans(sheets, app.members, clock.today, stale_after)
    told, written = _told_dates(loans, history, sheets)
    loans = with_told_dates(loans, told, written, clock.today)
    cases = discrepancies(sheets, app.members, clock.today, stale_after)
    day = Day(clock.today, history, app.policies)
    return Today(loans, cases, bundle(due_notices(loans, cases, day)), day)


def _sheets(connection: Connection) -> Sheets:
    versions = store.versions(connection)
    return Sheets(
        store.sheet_rows(connection, "usage_loans"),
        store.sheet_rows(connection, "cards_issues"),
        newest_sheets(versions, "usage"),
        newest_sheets(versions, "cards"),
    )


def _told_dates(
    loans: list[Loan], history: History, sheets: Sheets
) -> tuple[dict[str, date], frozenset[str]]:
    """The due dates that readers were told, and the loans whose lender wrote one itself."""
    told: dict[str, date] = {}
    prefixes = {
        f"loan/{name.removeprefix('lent/').rpartition('/')[0]}": name
        for name in map(loan_name, loans)
    }
    for policy, case, _ in history:
        if policy in {"overdue", "due_soon"}:
            prefix, _, due = case.rpartition("/")
            if prefix in prefixes:
                told[prefixes[prefix]] = date.fromisoformat(due)
    frame = sheets.loans
    own = frame[frame["due_on"].notna()] if not frame.empty else frame
    written = frozenset(
        f"lent/{lender}/{card}/{item}/{lent}"
        for lender, card, item, lent in zip(
            own["library"], own["card"], own["item"], own["lent_on"], strict=True
        )
    )
    return told, written


def remind(app: App, clock: Clock) -> Result:
    """Write today's letters.

    On a day on which the host is closed nothing is written (notices rule 6): the steps keep,
    and are written on the next open day.  Run twice, it writes nothing the second time.
    """
    result = Result()
    if not app.host.calendar.is_open(clock.today):
        result.closed = True
        return result
    today = decide(app, clock)
    for one in today.bundles:
        try:
            composed = [
                compose(app, letter, clock) for letter in letters_of(app, one, today.loans, clock)
            ]
        except LetterBroken as bad:
            result.broken.append(bad)
            continue
        try:
            numbers = _write(app, one, composed, clock)
        except IntegrityError:
            continue  # another run wrote one of these notices a moment ago
        for letter, number in zip(composed, numbers, strict=True):
            if number is not None:
                key = (letter.policy, letter.step)
                result.letters[key] = result.letters.get(key, 0) + 1
        result.notices += len(one.notices) if numbers[0] is not None else 0
    return result


def _write(app: App, one: Bundle, composed: list[outbox.Written], clock: Clock) -> list[int | None]:
    """The letters of a bundle and its notices, in one transaction; the first carries the notices.

    Raises:
        IntegrityError: a notice of it stands already; nothing is written.
    """
    marks = [(notice.case, notice.episode) for notice in one.notices]
    with writing(app.engine) as connection:
        return [
            outbox.put(
                connection, letter, marks if n == 0 else [], today=clock.today, now=clock.now
            )
            for n, letter in enumerate(composed)
        ]
