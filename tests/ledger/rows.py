"""Frames of the ledger, written down in a line or two."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

LOAN = {
    "library": "NSUT", "month": "2025-09", "as_of": date(2025, 10, 2), "receipt": "R1",
    "interim": False, "seq": 1, "row": 5, "card": "HDU-07", "item": "C450006", "title": "食品化學",
    "call_number": None, "lent_on": date(2025, 9, 8), "due_on": None, "returned_on": None,
    "condition": None,
}  # fmt: skip
ISSUE = {
    "library": "HDU", "month": "2025-09", "as_of": date(2025, 10, 2), "receipt": "R2",
    "interim": False, "seq": 2, "row": 5, "card": "HDU-07", "patron": "H1", "name": "示範讀者",
    "email": "h1@mail.hdu.example", "issued_on": date(2025, 9, 5), "returned_on": None,
    "destination": "NSUT",
}  # fmt: skip
VERSION = {
    "id": 1, "form": "usage", "library": "NSUT", "month": "2025-09", "interim": False,
    "as_of": date(2025, 10, 2), "received_on": date(2025, 10, 2), "receipt": "R1",
    "state": "accepted", "superseded_by": None,
}  # fmt: skip


def day(text: str) -> date:
    """``9-08`` is a day of 2025; a whole date stands as it is."""
    month, _, number = text.partition("-")
    return date.fromisoformat(text) if len(month) == 4 else date(2025, int(month), int(number))


def frame(base: dict[str, Any], *rows: dict[str, Any]) -> pd.DataFrame:
    """Rows that differ from a base in what is said of them; days may be written ``9-08``."""
    made = [
        {
            key: day(value) if key.endswith(("_on", "as_of")) and isinstance(value, str) else value
            for key, value in {**base, **row}.items()
        }
        for row in rows
    ]
    return pd.DataFrame(made, columns=list(base)).astype(object)


def loans(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of 借出紀錄 with their submission's columns."""
    return frame(LOAN, *rows)


def issues(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of 換證紀錄 with their submission's columns."""
    return frame(ISSUE, *rows)


def versions(*rows: dict[str, Any]) -> pd.DataFrame:
    """Submissions, oldest first."""
    numbered = [{"id": n, "receipt": f"R{n}", **row} for n, row in enumerate(rows, 1)]
    return frame(VERSION, *numbered)
