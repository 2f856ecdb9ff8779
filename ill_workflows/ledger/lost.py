"""Days on which a card was lost or void, as its home library says (7.2)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ill_workflows.forms.choices import FOUND, VOID_STATES
from ill_workflows.ledger.merge import latest

COLUMNS = ["card", "since", "until", "receipt", "sheet", "row"]


def void_days(losses: pd.DataFrame, stock: pd.DataFrame) -> pd.DataFrame:
    """From when until when each card was void; ``until`` is missing where it still is.

    ``losses`` are rows of 借書證掛失 (``card``, ``kind``, ``opened_on``), ``stock`` rows of
    借書證庫存 (``card``, ``state``, ``since``) that count, both with ``sheet`` and their
    submission's columns.  What is found again is void no longer; a state without a day says
    nothing.
    """
    told = latest(losses, ("card", "opened_on"))
    found = told[told["kind"] == FOUND]
    lost = told[told["kind"].isin(VOID_STATES)].rename(columns={"opened_on": "since"})
    kept = stock[stock["state"].isin(VOID_STATES) & stock["since"].notna()]
    again: dict[str, list[date]] = {}
    for card, day in sorted(zip(found["card"], found["opened_on"], strict=True)):
        again.setdefault(card, []).append(day)
    rows = []
    for frame in (lost, kept):
        columns = (frame[name] for name in ("card", "since", "receipt", "sheet", "row"))
        for card, since, receipt, sheet, row in zip(*columns, strict=True):
            until = next((day for day in again.get(card, ()) if day >= since), None)
            rows.append((card, since, until, receipt, sheet, row))
    void = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return void.sort_values(["card", "since"], kind="stable").reset_index(drop=True)
