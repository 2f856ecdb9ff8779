"""Recalls, suspensions and lost cards, gathered from what libraries told (Articles 6 and 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.lending import losses
from ill_workflows.lending import recalls as recalling
from ill_workflows.lending import suspensions as suspending
from ill_workflows.lending.losses import CardReport
from ill_workflows.lending.recalls import Recall
from ill_workflows.lending.suspensions import Suspension
from ill_workflows.store import standing

if TYPE_CHECKING:
    from ill_workflows.app import App
    from ill_workflows.jobs.asked import Asked

_OfReader = TypeVar("_OfReader", Recall, Suspension)


def recalls(asked: Asked) -> list[Recall]:
    """The urgent recalls between members."""
    rows = _told(asked.connection, "cases_recalls")
    wanted = rows[rows["returned_on"].isna() & rows["cancelled_on"].isna()]
    cards = set(wanted["card"]) | {
        card
        for card, day in zip(rows["card"], rows["returned_on"], strict=True)
        if isinstance(day, date) and day > asked.clock.today - recalling.LATELY
    }
    rows = rows[rows["card"].isin(cards)]
    if rows.empty:
        return []
    loans = standing.sheet_rows(asked.connection, "usage_loans", cards=cards)
    issues = standing.sheet_rows(asked.connection, "cards_issues", cards=cards)
    found = recalling.recalls(rows, loans, issues, asked.sheets.usage, asked.clock.today)
    return list(_between_members(asked.app, found, asked.dead))


def suspensions(asked: Asked) -> list[Suspension]:
    """The suspensions between members."""
    found = suspended(asked.connection)
    return list(_between_members(asked.app, found, asked.dead))


def suspended(
    connection: Connection, home: str = "", register: Sequence[dict[str, Any]] = ()
) -> list[Suspension]:
    """Every suspension that was told.

    ``home`` narrows them to one library's cards; ``register`` are rows of it that are not in the
    store yet.
    """
    rows = _told(connection, "cases_suspensions")
    if home:
        rows = rows[[card.rpartition("-")[0] == home for card in rows["card"]]]
    if rows.empty:
        return []
    cards = set(rows["card"])
    issues = standing.sheet_rows(connection, "cards_issues", cards=cards)
    new = [row for row in register if row["card"] in cards and row["issued_on"] is not None]
    if new:
        frame = pd.DataFrame(new).astype(object)
        issues = pd.concat([issues, frame], ignore_index=True) if len(issues) else frame
    return suspending.suspensions(rows, issues)


def losses_of_cards(asked: Asked) -> list[CardReport]:
    """Cards that were reported lost, void or found lately, for all present members."""
    rows = _told(asked.connection, "cases_losses")
    today, app = asked.clock.today, asked.app
    rows = rows[rows["library"].isin(list(app.members))]
    if rows.empty:
        return []
    received = standing.received(asked.connection, set(rows["seq"]))
    present = [code for code, member in app.members.items() if member.belongs(today, today)]
    return losses.reports(rows, received, present, today)


def _told(connection: Connection, table: str) -> pd.DataFrame:
    """The rows of a sheet; those that lack what makes them a case are left out."""
    rows = standing.sheet_rows(connection, table)
    days = {"cases_suspensions": "violated_on"}.get(table, "opened_on")
    return rows[rows["card"].notna() & rows[days].notna()]


def _between_members(
    app: App, cases: Iterable[_OfReader], dead: Collection[str]
) -> Iterator[_OfReader]:
    """Those of which both libraries are members; an address that was refused is none."""
    for one in cases:
        if one.lender not in app.members or one.home not in app.members:
            continue
        reader = one.reader
        if reader is not None and reader.email.casefold() in dead:
            reader = replace(reader, email="")
        yield replace(one, reader=reader)
