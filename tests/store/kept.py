"""Sheets put straight into the store, without their workbooks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection

from ill_workflows.forms import FORMS
from ill_workflows.store import submissions as store
from ill_workflows.store.tables import SHEETS
from tests.ledger.rows import day

TAIPEI = timezone(timedelta(hours=8))
ARRIVAL = store.Arrival(
    "0" * 64, "月報表.xlsx", "folder", date(2025, 10, 2),
    datetime(2025, 10, 2, 9, 30, 15, 123456, tzinfo=TAIPEI), "accepted", form="usage",
    library="NSUT", month="2025-09", as_of=date(2025, 10, 1),
)  # fmt: skip
ISSUE = {"card": "HDU-07", "patron": "H1", "name": "示範讀者", "issued_on": day("9-05")}
LOAN = {
    "card": "HDU-07", "item": "0000123", "title": "食品化學", "material": "圖書",
    "lent_on": day("9-08"), "published": 2015,
}  # fmt: skip


def rows(table: str, *given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows as the check gives them: the row's number, then the columns."""
    names = [c.name for c in SHEETS[table].columns][2:]
    return [(n, *(row.get(name) for name in names)) for n, row in enumerate(given, 5)]


def accept(
    connection: Connection, *given: dict[str, Any], table: str = "usage_loans", **arrival: Any
) -> int:
    form = next(form for form in FORMS if table in {sheet.table for sheet in form.sheets})
    if not form.monthly:
        arrival = {"month": None, **arrival}
    one = replace(ARRIVAL, form=form.name, **arrival)
    number, _ = store.record(connection, one, ())
    store.put_rows(connection, table, number, rows(table, *given))
    if not one.interim:
        store.supersede(connection, number, one.form, one.library, one.month)
    return number
