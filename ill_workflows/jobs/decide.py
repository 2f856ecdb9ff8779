"""What waits for somebody today, and what is to be written about it; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.jobs.asked import Asked
from ill_workflows.jobs.lost import void_cards
from ill_workflows.jobs.matters import matters
from ill_workflows.jobs.post import Clock
from ill_workflows.ledger.merge import newest_sheets
from ill_workflows.lending.cases import Discrepancy, Loan, Sheets, open_loans, without
from ill_workflows.lending.contradictions import RECENT, discrepancies
from ill_workflows.lending.kinds import due_notices
from ill_workflows.lending.notices import Bundle, Case, Day, bundle
from ill_workflows.lending.recalls import resting
from ill_workflows.lending.told import with_told_dates
from ill_workflows.store import outbox, refusals, standing


@dataclass(frozen=True)
class Today:
    """What waits for somebody today, and what is to be written about it."""

    loans: list[Loan]
    discrepancies: list[Discrepancy]
    others: list[Case]
    bundles: list[Bundle]
    day: Day

    @property
    def cases(self) -> list[Case]:
        """All of them."""
        return [*self.loans, *self.discrepancies, *self.others]


def decide(app: App, clock: Clock) -> Today:
    """Look at all sheets and the history of letters, and decide; writes nothing.

    Nobody writes to a library that is no member any more, nor to its readers.
    """
    stale_after = app.config.rules.stale_after_days
    with app.engine.connect() as connection:
        sheets = _sheets(connection, clock.today)
        history = outbox.history(connection)
        refused = refusals.dead_addresses(connection)
        loans = open_loans(sheets, app.members, clock.today, stale_after)
        loans = with_told_dates(loans, history, app.members, clock.today)
        loans = without(loans, refused, _libraries_addresses(app))
        others = matters(Asked(app, connection, clock, sheets, loans, refused))
    loans = resting(loans, others)
    cases = discrepancies(sheets, app.members, clock.today, stale_after)
    day = Day(clock.today, history, app.policies)
    notices = due_notices([*loans, *cases, *others], day)
    known = (one for one in notices if one.library in app.members)
    return Today(loans, cases, others, bundle(known), day)


def _libraries_addresses(app: App) -> dict[str, set[str]]:
    """Address, in lower case → the libraries that read what goes there."""
    found: dict[str, set[str]] = {app.composer.address.casefold(): {app.host.code}}
    for address in app.config.alliance.committee:
        found.setdefault(address.casefold(), {app.host.code})
    for member in app.members.values():
        for address in (*member.contacts, *member.heads):
            found.setdefault(address.casefold(), set()).add(member.code)
    return found


def _sheets(connection: Connection, today: date) -> Sheets:
    """What is open or recent, and the issues of those cards: a long history costs nothing."""
    versions = standing.versions(connection)
    since = today - timedelta(days=RECENT)
    loans = standing.sheet_rows(connection, "usage_loans", still_open=True, since=since)
    return Sheets(
        loans,
        standing.sheet_rows(connection, "cards_issues", cards=set(loans["card"].dropna())),
        newest_sheets(versions, "usage"),
        newest_sheets(versions, "cards"),
        void_cards(connection),
        dict(zip(versions["receipt"], versions["filename"], strict=True)),
    )
