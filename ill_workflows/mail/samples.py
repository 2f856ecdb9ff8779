"""Invented facts for every letter: what ``check`` and the tests write them from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

_DAY: Final = date(2026, 10, 15)
_BOOK: Final = {
    "lender": "南星示範科技大學",
    "lender_code": "NSUT",
    "title": "食品化學（第 6 號）",
    "item": "C450006",
    "call_number": "312.83 8764",
    "card": "HDU-07",
    "lent_on": date(2026, 9, 28),
    "due_on": date(2026, 10, 12),
    "days": 3,
    "fine": 15,
    "as_of": date(2026, 10, 14),
}
_SOURCE: Final = {"lender": "南星示範科技大學", "as_of": date(2026, 10, 14)}
_ARRIVAL: Final = {
    "receipt": "R115-000042",
    "sha256": "0" * 64,
    "filename": "月報表_虹島示範大學.xlsx",
    "month": "2026-09",
    "interim": False,
    "received_on": _DAY,
    "message_id": "",
}
_TOLD: Final = {
    "place": "借出紀錄 G5",
    "heading": "借出日",
    "text": "我們把「１１５．０９．０１」讀成「2026-09-01」。",
}
_READER: Final = {
    "reader": "示範讀者",
    "home": "虹島示範大學",
    "home_email": "ill@hdu.example",
    "step": "first",
    "final": False,
    "today": _DAY,
    "books": [_BOOK, {**_BOOK, "title": "會計學（第 9 號）", "call_number": "", "fine": 0}],
    "others": [_BOOK],
    "sources": [_SOURCE],
    "by_hand": False,
}
_LIBRARY: Final = {
    "library": "虹島示範大學",
    "step": "14",
    "today": _DAY,
    "sources": [_SOURCE],
    "as_of": _DAY,
}
_PERSON: Final = {"name": "示範讀者", "number": "H41000001", "email": "reader@mail.hdu.example"}

SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "due_soon": _READER,
    "overdue": _READER,
    "overdue_library": {
        **_LIBRARY,
        "books": [{**_BOOK, "reader": _PERSON}, {**_BOOK, "reader": None, "card": "HDU-41"}],
    },
    "overdue_lender": {**_LIBRARY, "books": [_BOOK]},
    "overdue_host": {
        "home": "虹島示範大學",
        "step": "28",
        "today": _DAY,
        "counts": [{"lender": "南星示範科技大學", "count": 2}],
        "total": 2,
        "longest": 31,
    },
    "still_out": {**_LIBRARY, "books": [{**_BOOK, "missing": False}, {**_BOOK, "missing": True}]},
    "discrepancy": {
        "library": "虹島示範大學",
        "today": _DAY,
        "step": "0",
        "cases": [
            {
                "kind": kind, "card": "HDU-41", "day": _DAY, "lender": "南星示範科技大學",
                "home": "虹島示範大學", "is_lender": False, "is_home": True, "books": [_BOOK],
            }
            for kind in ("nobody", "reissued")
        ],
    },
    "receipt": {
        "library": "虹島示範大學",
        "form": "月報表",
        "arrival": _ARRIVAL,
        "late": True,
        "rows": [{"sheet": "借出紀錄", "count": 18}, {"sheet": "申請紀錄", "count": 10}],
        "corrected": [_TOLD],
        "warnings": [_TOLD],
        "passed": [_TOLD],
        "changes": {"added": 2, "changed": 1, "gone": 0, "replaces": "R115-000021"},
    },
    "returned": {
        "library": "虹島示範大學",
        "form": "月報表",
        "arrival": _ARRIVAL,
        "errors": [_TOLD],
        "count": 7,
        "more": 6,
        "standing": "R115-000021",
    },
    "refused": {
        "library": "南星示範科技大學",
        "arrival": _ARRIVAL,
        "zh": "檔案是空的。",
        "en": "The file is empty.",
    },
    "held": {"library": "南星示範科技大學", "arrival": _ARRIVAL, "form": "處理通知單 cases 1"},
}  # fmt: skip
"""Template → the facts of an invented letter."""
