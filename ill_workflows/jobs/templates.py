"""Standard workbooks, blank or pre-filled with the card stock and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.choices import CORRECTED, UNSETTLED
from ill_workflows.ledger.merge import latest, newest_sheets
from ill_workflows.rules.policy import Member
from ill_workflows.store import standing
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from ill_workflows.xlsx.template import write_template

CARRIED = {
    "usage_loans": lambda frame: frame["returned_on"].isna() & (frame["condition"] != "遺失"),
    "usage_requests": lambda frame: frame["outcome"] == "處理中",
    "cards_issues": lambda frame: frame["returned_on"].isna(),
    "cases_recalls": lambda frame: frame["returned_on"].isna() & frame["cancelled_on"].isna(),
    "cases_suspensions": lambda frame: frame["lifted_on"].isna(),
    "cases_claims": lambda frame: frame["action"].isin((*UNSETTLED, CORRECTED)),
}
"""What is open and carried over into the next workbook, by table.  Leavers are nobody's standing
list and never stand in a workbook ahead; clearances are written where lenders are asked."""
_DATED: Final = frozenset({"usage_loans", "cards_issues"})
"""Tables that the store can narrow to what is still open: their history is long."""
_COMPUTED = {"fine", "fine_paid"}


def blanks(forms: Sequence[Form] = FORMS) -> dict[str, bytes]:
    """The blank standard forms, for no library and no month: ``usage.xlsx``."""
    return {
        f"{form.name}.xlsx": write_template(form, members={}, library=None, month=None)
        for form in forms
    }


def prefilled(
    app: App,
    members: Sequence[Member],
    month: str,
    forms: Sequence[Form] = FORMS,
    *,
    kind: str = "",
) -> dict[str, bytes]:
    """The workbooks of a month: file name → bytes, ``usage-NSUT-2026-10.xlsx``.

    Forms that are not monthly have the month in their file's name only: it tells when it was made.
    ``kind`` fills the cover's 填報別 (an interim sheet sent for an answer).
    """
    with writing(app.engine) as connection:
        tokens = {member.code: store.token_of(connection, member.code) for member in members}
    with app.engine.connect() as connection:
        one = members[0].code if len(members) == 1 else None
        tables = [sheet.table for form in forms for sheet in form.sheets]
        open_rows = {table: _open(connection, table, one) for table in tables if table in CARRIED}
        stock, cards = pd.DataFrame(), pd.DataFrame()
        if "cards_stock" in tables:
            stock = standing.sheet_rows(connection, "cards_stock", library=one)
            cards = newest_sheets(standing.versions(connection), "cards")
    books = {}
    for form in forms:
        for member in members:
            rows = {
                sheet.table: _rows(open_rows[sheet.table], member.code, month)
                for sheet in form.sheets
                if sheet.table in CARRIED
            }
            if form.name == "cards":
                rows["cards_stock"] = _stock(stock, cards, member)
            books[f"{form.name}-{member.code}-{month}.xlsx"] = write_template(
                form,
                members=app.members,
                library=member,
                month=month,
                rows=rows,
                cover={"kind": kind} if kind else {},
                token=tokens[member.code],
            )
    return books


def _open(connection: Connection, table: str, library: str | None) -> pd.DataFrame:
    frame = standing.sheet_rows(connection, table, library=library, still_open=table in _DATED)
    identity = next(s.identity for form in FORMS for s in form.sheets if s.table == table)
    counted = latest(frame, identity)
    return counted[CARRIED[table](counted)] if not counted.empty else counted


def _rows(frame: pd.DataFrame, library: str, month: str) -> list[dict[str, Any]]:
    mine = frame[frame["library"] == library] if len(frame) else frame
    if mine["month"].notna().any():
        mine = mine[mine["month"] <= month]
    return [
        {str(k): value for k, value in row.items() if k not in _COMPUTED and not _nothing(value)}
        for row in mine.to_dict("records")
    ]


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value) or value is pd.NaT  # noqa: PLR0124


def _stock(frame: pd.DataFrame, cards: pd.DataFrame, member: Member) -> list[dict[str, Any]]:
    """Every card of the library with its last known state; fifty unless configured otherwise."""
    known: dict[str, dict[str, Any]] = {}
    for number in range(1, member.cards + 1):
        card = f"{member.code}-{number:02d}"
        known[card] = {"card": card, "state": "正常"}
    if member.code in cards.index and len(frame):
        mine = frame[
            (frame["library"] == member.code) & (frame["seq"] == cards.loc[member.code, "seq"])
        ]
        for row in mine.to_dict("records"):
            if row["card"]:
                known[row["card"]] = {
                    key: row[key]
                    for key in ("card", "state", "since", "note")
                    if not _nothing(row[key])
                }
    return sorted(known.values(), key=lambda row: (len(row["card"]), row["card"]))
