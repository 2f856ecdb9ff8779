"""What the world's libraries tell by case notification: recalls, suspensions, claims.

Each note comes on a day on which other sheets come too: a day costs the suite two processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from tests.independent.traffic import Matter, Traffic

Note = tuple[str, date, dict[str, list[dict[str, Any]]]]
"""Library, the day on which it comes, rows by table."""
OCT, NOV, DEC = date(2025, 10, 11), date(2025, 11, 6), date(2025, 12, 5)
JAN, FEB, MAR = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)
DAYS: Final = (OCT, NOV, DEC, JAN, FEB, MAR)
SUSPENSIONS: Final[tuple[tuple[str, date, Mapping[str, Any]], ...]] = (
    ("HDU", OCT, {
        "card": "NSUT-01", "violated_on": date(2025, 10, 3), "suspended_from": date(2025, 10, 5),
        "suspended_until": date(2025, 11, 30),
    }),
    ("NSUT", NOV, {
        "card": "GVU-02", "violated_on": date(2025, 10, 18), "suspended_from": date(2025, 10, 20),
    }),
    ("NSUT", JAN, {
        "card": "GVU-02", "violated_on": date(2025, 10, 18), "suspended_from": date(2025, 10, 20),
        "lifted_on": date(2026, 1, 3),
    }),
    ("PHU", NOV, {
        "card": "MLU-04", "violated_on": date(2025, 11, 3), "suspended_from": date(2025, 11, 3),
    }),
    ("PHU", FEB, {
        "card": "TJU-01", "violated_on": date(2025, 12, 1), "suspended_from": date(2026, 1, 1),
        "suspended_until": date(2026, 6, 30), "lifted_on": date(2026, 2, 2),
    }),
    ("MLU", FEB, {
        "card": "KSU-06", "violated_on": date(2026, 2, 2), "suspended_from": date(2026, 3, 1),
    }),
)  # fmt: skip
"""Ended by its last day, lifted later, without an end, lifted early, begun after the months."""
CLAIMS: Final[tuple[tuple[str, date, Mapping[str, Any]], ...]] = tuple(
    (lender, day, dict(zip(
        ("claim_no", "card", "kind", "opened_on", "amount", "paid", "action", "acted_on"),
        row, strict=True,
    )))
    for lender, day, *row in (
        ("NSUT", OCT, "N-1", "HDU-01", "毀損賠償", date(2025, 9, 20), 500, None, "未結", None),
        ("NSUT", NOV, "N-1", "HDU-01", "毀損賠償", date(2025, 9, 20), 500, 200, "部分繳納",
         date(2025, 11, 5)),
        ("NSUT", JAN, "N-1", "HDU-01", "毀損賠償", date(2025, 9, 20), 500, None, "繳清",
         date(2026, 1, 4)),
        ("GVU", NOV, "G-1", "NSUT-02", "遺失賠償", date(2025, 10, 25), 1200, None, "未結", None),
        ("GVU", DEC, "G-1", "NSUT-02", "遺失賠償", date(2025, 10, 25), 1000, None, "更正",
         date(2025, 12, 2)),
        ("GVU", FEB, "G-1", "NSUT-02", "遺失賠償", date(2025, 10, 25), 1000, 400, "減免",
         date(2026, 2, 3)),
        ("TJU", JAN, "T-1", "GVU-03", "其他", date(2025, 12, 15), 90, None, "未結", None),
        ("TJU", FEB, "T-1", "GVU-03", "其他", date(2025, 12, 15), 90, None, "撤銷",
         date(2026, 2, 4)),
        ("HDU", FEB, "H-1", "NSUT-03", "遺失賠償", date(2026, 1, 20), 60, None, "未結", None),
        ("HDU", MAR, "H-2", "NSUT-03", "其他", date(2026, 3, 2), 45, None, "未結", None),
    )
)  # fmt: skip
"""Paid in two parts, corrected and then waived, withdrawn, open, opened after the months."""


def case_notes(traffic: Traffic) -> Iterator[Note]:
    """Every note, in no order."""
    yield from _recalls(traffic)
    for code, day, row in SUSPENSIONS:
        yield code, day, {"cases_suspensions": [{"reason": "攜出未借館藏", **row}]}
    for code, day, row in (*CLAIMS, *_taken_over(traffic)):
        yield code, day, {"cases_claims": [dict(row)]}


def _lent(traffic: Traffic, lender: str, since: date, least: int) -> Matter:
    """The first loan since a day that was out for so many days at least."""
    return next(
        one for one in traffic.loans[lender]
        if one["begun"] >= since and one["returned_on"]
        and (one["returned_on"] - one["begun"]).days >= least
    )  # fmt: skip


def _recalls(traffic: Traffic) -> Iterator[Note]:
    """Back on the last day, as the note says, or as a later sheet says; late; cancelled; asked
    while the lender's usage sheet is silent.
    """
    for lender, since, least, wait, ends in (
        ("NSUT", date(2025, 10, 3), 6, 5, {"returned_on": 5}),
        ("HDU", date(2025, 11, 2), 6, 40, {}),
        ("TJU", date(2025, 12, 2), 31, 5, {}),
        ("MLU", date(2025, 11, 4), 6, 20, {"cancelled_on": 3}),
        ("KSU", date(2026, 1, 4), 6, 5, {"returned_on": 9}),
        ("PHU", date(2026, 2, 2), 6, 24, {}),
    ):  # least days out, days until it is needed, and days until it ends
        loan = _lent(traffic, lender, since, least)
        opened = loan["begun"] + timedelta(days=2)
        row = {
            "card": loan["card"], "item": loan["item"], "reason": "教師指定參考書",
            "opened_on": opened, "needed_by": opened + timedelta(days=wait),
        }  # fmt: skip
        ended = {name: opened + timedelta(days=days) for name, days in ends.items()}
        day = next(one for one in DAYS if one >= max((opened, *ended.values())))
        yield lender, day, {"cases_recalls": [row]}
        if ended:
            yield lender, day, {"cases_recalls": [{**row, **ended}]}


def _taken_over(traffic: Traffic) -> Iterator[tuple[str, date, Mapping[str, Any]]]:
    """A fine that a usage sheet tells, then a claim of the form for it, smaller, then paid."""
    loan = next(
        one for one in traffic.loans["NSUT"]
        if one.get("fine", 0) > 5 and not one["fine_paid"]
        and f"{one['returned_on']:%Y-%m}" == "2025-10"
    )  # fmt: skip
    row = {
        "claim_no": "N-2", "card": loan["card"], "item": loan["item"], "kind": "逾期罰款",
        "opened_on": loan["returned_on"], "amount": loan["fine"] - 5, "action": "更正",
        "acted_on": date(2025, 12, 1),
    }  # fmt: skip
    yield "NSUT", DEC, row
    yield "NSUT", FEB, {**row, "action": "繳清", "acted_on": date(2026, 2, 1)}
