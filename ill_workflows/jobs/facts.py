"""From the rows of the store to the facts that months are counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import unquote

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.evaluation.arrived import RECEIVED
from ill_workflows.evaluation.facts import Facts, frame
from ill_workflows.forms.cards import ISSUES, STOCK
from ill_workflows.forms.cases import RECALLS, SUSPENSIONS
from ill_workflows.forms.usage import LOANS, REQUESTS
from ill_workflows.jobs import quality
from ill_workflows.jobs.board import board
from ill_workflows.jobs.claims import all_claims
from ill_workflows.jobs.departed import departures
from ill_workflows.jobs.lost import void_cards
from ill_workflows.ledger.holders import holders
from ill_workflows.ledger.merge import due_dates, latest, newest_sheets
from ill_workflows.store import outbox, standing

_SHEETS = (LOANS, REQUESTS, ISSUES, RECALLS, SUSPENSIONS)


@dataclass(frozen=True)
class _Rows:
    """The rows that count, by table of the store, and the versions that they are from."""

    counted: dict[str, pd.DataFrame]
    versions: pd.DataFrame


def headline_facts(app: App, connection: Connection) -> Facts:
    """What the headline figures are counted from, and nothing else."""
    return _headline(app, _rows(connection))


def all_facts(app: App, connection: Connection, months: Sequence[str], today: date) -> Facts:
    """Everything that the sheets say; the arrival board is that of ``months``."""
    rows = _rows(connection)
    counted, versions = rows.counted, rows.versions
    notices, claims = outbox.notice_frame(connection), all_claims(connection)
    people = quality.people_of(connection)
    void, left = void_cards(connection), departures(app, connection, notices, today)
    return replace(
        _headline(app, rows),
        stock=_stock(standing.sheet_rows(connection, STOCK.table), versions),
        suspensions=_suspensions(counted[SUSPENSIONS.table]),
        leavers=left.leavers,
        without_card=left.without_card,
        clearances=left.clearances,
        board=frame("board", [_place(p) for p in board(app, today, months)]),
        notices=_notices(notices),
        claims=quality.claim_rows(claims),
        submissions=quality.submission_rows(versions, people),
        findings=quality.findings(connection, people),
        disagreements=quality.disagreement_rows(app, counted, versions, void, people),
    )


def _rows(connection: Connection) -> _Rows:
    counted = {}
    for sheet in _SHEETS:
        rows = standing.sheet_rows(connection, sheet.table)
        counted[sheet.table] = latest(rows.assign(sheet=sheet.title), sheet.identity)
    return _Rows(counted, standing.versions(connection))


def _headline(app: App, rows: _Rows) -> Facts:
    counted = rows.counted
    loans, issues = counted[LOANS.table], counted[ISSUES.table]
    return Facts(
        tuple(app.members.values()),
        _reported(rows.versions),
        loans=_loans(app, loans, issues),
        requests=_frame("requests", counted[REQUESTS.table], lender="library"),
        issues=_frame("issues", issues, home="library"),
        recalls=_recalls(counted[RECALLS.table], loans),
    )


def _frame(name: str, rows: pd.DataFrame, **renamed: str) -> pd.DataFrame:
    """A frame of the evaluation from rows of the store, under its own column names."""
    named = rows.assign(**{new: rows[old] for new, old in renamed.items()})
    return frame(name, named.assign(source_month=rows["month"]))


def _loans(app: App, loans: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    known = loans[loans["library"].isin(list(app.members))].reset_index(drop=True)
    if known.empty:
        return frame("loans")
    held = holders(known, issues)
    known = known.assign(
        home=known["card"].str.rpartition("-")[0],
        due_on=due_dates(known, app.members),
        holder=held["patron"].notna() if "patron" in held else False,
        destination=held.get("destination"),
    )
    return _frame("loans", known, lender="library")


def _recalls(recalls: pd.DataFrame, loans: pd.DataFrame) -> pd.DataFrame:
    """A book is back when the notification says so, or a later sheet of its lender."""
    if recalls.empty:
        return frame("recalls")
    back = loans[loans["returned_on"].notna()][["library", "card", "item", "returned_on"]]
    both = recalls.merge(back, on=["library", "card", "item"], how="left", suffixes=("", "_sheet"))
    later = both["returned_on_sheet"].where(both["returned_on_sheet"] >= both["opened_on"])
    both = both.assign(
        returned_on=both["returned_on"].where(both["returned_on"].notna(), later),
        home=both["card"].str.rpartition("-")[0],
    )
    once = both.drop_duplicates(["library", *RECALLS.identity], keep="last").reset_index(drop=True)
    return _frame("recalls", once, lender="library")


def _suspensions(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return frame("suspensions")
    home = rows["card"].str.rpartition("-")[0]
    return _frame("suspensions", rows.assign(home=home), lender="library")


def _reported(versions: pd.DataFrame) -> dict[str, dict[str, frozenset[str]]]:
    """Library → form → months with an accepted sheet that is no interim one."""
    reported: dict[str, dict[str, set[str]]] = {}
    full = versions[(versions["state"] == "accepted") & ~versions["interim"].astype(bool)]
    for code, form, month in zip(full["library"], full["form"], full["month"], strict=True):
        reported.setdefault(code, {}).setdefault(form, set()).add(month)
    return {
        code: {form: frozenset(months) for form, months in forms.items()}
        for code, forms in reported.items()
    }


def _stock(stock: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    """The cards as each library's newest register lists them."""
    newest = newest_sheets(versions, "cards")
    return _frame("stock", stock[stock["seq"].isin(newest["seq"])], home="library")


def _place(place: Any) -> dict[str, Any]:
    receipt = place.receipt if place.state in RECEIVED else ""
    return {
        "library": place.library, "month": place.month, "form": place.form, "state": place.state,
        "receipt": receipt,
    }  # fmt: skip


def _notices(notices: pd.DataFrame) -> pd.DataFrame:
    """Notices with the parts of the loan that their case's key names."""
    told = notices[notices["case"].str.startswith("loan/")] if len(notices) else notices
    parts = [[unquote(part) for part in case.split("/")] for case in told["case"]]
    rows = [
        {"lender": p[1], "card": p[2], "item": p[3], "due_on": date.fromisoformat(p[4])}
        for p in parts
    ]
    details = pd.DataFrame(rows, columns=["lender", "card", "item", "due_on"], index=told.index)
    return frame("notices", told.join(details))
