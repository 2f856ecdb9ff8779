"""The events behind the headline figures, each with the row that tells of it.

An event counts once, in the month in which it happens, and only where the library that tells of
it reported that month (Articles 7.8, 8.1; ISO 2789, ISO 11620).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from ill_workflows.evaluation.facts import Facts, months_of

COPY: Final = "複印"
SUPPLIED, REFUSED, OPEN = "提供", "拒絕", "處理中"
CANCELLED, DUPLICATE = "取消", "重複"
DAY: Final = pd.Timedelta(days=1)
_PLACE: Final = ["receipt", "sheet", "row"]


def _events(
    rows: pd.DataFrame, month: pd.Series, library: str, teller: str, weight: str | None = None
) -> pd.DataFrame:
    """Columns ``library``, ``teller`` (whose sheet says so), ``month``, ``n``, and the place."""
    out = rows[_PLACE].copy()
    out["library"], out["teller"], out["month"] = rows[library], rows[teller], month
    out["n"] = rows[weight].fillna(0).astype(int) if weight else 1
    return out


def lent(facts: Facts) -> pd.DataFrame:
    """The loans of reported months, with their ``month`` (of 借出日)."""
    return _dated(facts, facts.loans, "lent_on", "lender", "usage")


def answered(facts: Facts) -> pd.DataFrame:
    """The requests that were answered in reported months; a loan is no request here."""
    rows = facts.requests
    wanted = (rows["outcome"] != OPEN) & ((rows["outcome"] != SUPPLIED) | (rows["service"] == COPY))
    return _dated(facts, rows[wanted], "answered_on", "lender", "usage")


def issued(facts: Facts) -> pd.DataFrame:
    """The issues of cards in reported months."""
    return _dated(facts, facts.issues, "issued_on", "home", "cards")


def fallen_overdue(facts: Facts) -> pd.DataFrame:
    """The loans that were not back by their due date, in the month of the day after it."""
    loans = facts.loans.assign(overdue_on=facts.loans["due_on"] + DAY)
    late = loans["returned_on"].isna() | (loans["returned_on"] > loans["due_on"])
    return _dated(facts, loans[late], "overdue_on", "lender", "usage")


def _dated(facts: Facts, rows: pd.DataFrame, day: str, library: str, form: str) -> pd.DataFrame:
    month = months_of(rows[day])
    known = facts.known(rows[library], month, form)
    return rows[known].assign(month=month[known])


def _of_loans(library: str) -> Callable[[Facts], pd.DataFrame]:
    def found(facts: Facts) -> pd.DataFrame:
        rows = lent(facts)
        return _events(rows, rows["month"], library, "lender")

    return found


def _of_answers(outcome: str, weight: str | None = None) -> Callable[[Facts], pd.DataFrame]:
    def found(facts: Facts) -> pd.DataFrame:
        rows = answered(facts)
        rows = rows[rows["outcome"] == outcome]
        return _events(rows, rows["month"], "lender", "lender", weight)

    return found


def _issues(facts: Facts) -> pd.DataFrame:
    rows = issued(facts)
    return _events(rows, rows["month"], "home", "home").assign(card=rows["card"])


def _overdue(facts: Facts) -> pd.DataFrame:
    rows = fallen_overdue(facts)
    return _events(rows, rows["month"], "lender", "lender")


def _recalls(facts: Facts) -> pd.DataFrame:
    rows = facts.recalls
    return _events(rows, months_of(rows["opened_on"]), "lender", "lender")


EVENTS: Final[Mapping[str, Callable[[Facts], pd.DataFrame]]] = {
    "cards_issued": _issues,
    "loans_lent": _of_loans("lender"),
    "loans_borrowed": _of_loans("home"),
    "copies_supplied": _of_answers(SUPPLIED),
    "copy_pages": _of_answers(SUPPLIED, "pages"),
    "requests_refused": _of_answers(REFUSED),
    "requests_cancelled": _of_answers(CANCELLED),
    "requests_duplicate": _of_answers(DUPLICATE),
    "overdue_loans": _overdue,
    "recalls": _recalls,
}
"""Name of an event → its rows.  Columns: ``library`` for which it counts, ``teller``, ``month``,
``n``, and ``receipt``, ``sheet``, ``row`` where it stands."""
