"""The headline figures, exactly by their definitions (Articles 7.8, 8.1; ISO 2789, ISO 11620).

An event counts once, in the month in which it happens, and only where the library that tells
of it reported that month.  What nobody reported is None, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from ill_workflows.evaluation.facts import Facts, months_of

Value = int | float | None
ANSWERED: Final = ("提供", "拒絕", "取消", "重複")
DAY: Final = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a span: its total, by library (code) and by month; None: not reported."""

    total: Value
    by_library: dict[str, Value]
    by_month: dict[str, Value]


def percent(part: Value, whole: Value) -> float | None:
    """A percentage rounded half up to one decimal; None without a denominator."""
    if part is None or not whole:
        return None
    thousandths = (2000 * int(part) + int(whole)) // (2 * int(whole))
    return thousandths / 10


def _events(
    rows: pd.DataFrame, library: str, day: pd.Series, weight: str | None = None
) -> pd.DataFrame:
    out = rows[["receipt", "sheet", "row", "source_month"]].copy()
    out["library"] = rows[library]
    out["month"] = months_of(day)
    out["weight"] = rows[weight].fillna(0).astype(int) if weight else 1
    out["thing"] = rows.get("card")
    return out


def _loans(facts: Facts, library: str) -> pd.DataFrame:
    loans = facts.loans
    known = facts.known(loans["lender"], loans["lent_on"], "usage")
    return _events(loans[known], library, loans.loc[known, "lent_on"])


def _answered(facts: Facts, outcomes: Iterable[str], weight: str | None = None) -> pd.DataFrame:
    rows = facts.requests
    wanted = rows["outcome"].isin(list(outcomes))
    wanted &= (rows["outcome"] != "提供") | (rows["service"] == "複印")
    wanted &= facts.known(rows["lender"], rows["answered_on"], "usage")
    return _events(rows[wanted], "lender", rows.loc[wanted, "answered_on"], weight)


def _issues(facts: Facts) -> pd.DataFrame:
    rows = facts.issues
    known = facts.known(rows["home"], rows["issued_on"], "cards")
    return _events(rows[known], "home", rows.loc[known, "issued_on"])


def overdue_rows(facts: Facts) -> pd.DataFrame:
    """The loans that fell overdue in a month that their lender reported; adds ``overdue_on``."""
    loans = facts.loans.assign(overdue_on=facts.loans["due_on"] + DAY)
    late = loans["returned_on"].isna() | (loans["returned_on"] > loans["due_on"])
    return loans[late & facts.known(loans["lender"], loans["overdue_on"], "usage")]


def _overdue(facts: Facts) -> pd.DataFrame:
    rows = overdue_rows(facts)
    return _events(rows, "lender", rows["overdue_on"])


def _recalls(facts: Facts) -> pd.DataFrame:
    return _events(facts.recalls, "lender", facts.recalls["opened_on"])


def _filled(facts: Facts) -> pd.DataFrame:
    return pd.concat([_loans(facts, "lender"), _answered(facts, ["提供"])])


def _received(facts: Facts) -> pd.DataFrame:
    return pd.concat([_loans(facts, "lender"), _answered(facts, ANSWERED)])


COUNTED: Final[dict[str, tuple[Callable[[Facts], pd.DataFrame], str]]] = {
    "cards_issued": (_issues, "cards"),
    "cards_used": (_issues, "cards"),
    "loans_lent": (lambda f: _loans(f, "lender"), "usage"),
    "loans_borrowed": (lambda f: _loans(f, "home"), ""),
    "requests_received": (_received, "usage"),
    "requests_filled": (_filled, "usage"),
    "requests_refused": (lambda f: _answered(f, ["拒絕"]), "usage"),
    "copies_supplied": (lambda f: _answered(f, ["提供"]), "usage"),
    "copy_pages": (lambda f: _answered(f, ["提供"], "pages"), "usage"),
    "overdue_loans": (_overdue, "usage"),
    "recalls": (_recalls, ""),
}
"""Name → its events, and the form that a library must have reported (empty: known from others)."""
RATES: Final = {"fill_rate": "requests_filled", "refusal_rate": "requests_refused"}
"""Percentage → its numerator; the denominator is filled + refused."""
ORDER: Final = (
    "cards_issued", "cards_used", "loans_lent", "loans_borrowed", "requests_received",
    "requests_filled", "requests_refused", "fill_rate", "refusal_rate", "copies_supplied",
    "copy_pages", "overdue_loans", "recalls",
)  # fmt: skip
"""Every measure, in the order in which it is shown."""


def _in_span(facts: Facts, name: str, months: Sequence[str]) -> pd.DataFrame:
    events = COUNTED[name][0](facts)
    return events[events["month"].isin(list(months)) & events["library"].isin(list(facts.codes))]


def _sums(events: pd.DataFrame, by: list[str], name: str) -> Any:
    groups = events.groupby(by)
    return groups["thing"].nunique() if name == "cards_used" else groups["weight"].sum()


def _measure(facts: Facts, name: str, months: Sequence[str]) -> Measure:
    events = _in_span(facts, name, months)
    form = COUNTED[name][1]
    libraries = _sums(events, ["library"], name).to_dict()
    if name == "cards_used":
        per_place = _sums(events, ["library", "month"], name)
        by_month = per_place.groupby("month").sum().to_dict() if len(per_place) else {}
    else:
        by_month = _sums(events, ["month"], name).to_dict()
    reporting = {code: set(facts.months_of(code, form, months)) for code in facts.codes}
    told = set().union(*reporting.values()) if form else set(months)
    by_library: dict[str, Value] = {
        code: int(libraries.get(code, 0)) if reporting[code] or not form else None
        for code in facts.codes
    }
    counted = [value for value in by_library.values() if value is not None]
    return Measure(
        sum(counted) if counted else None,
        by_library,
        {month: int(by_month.get(month, 0)) if month in told else None for month in months},
    )


def by_place(facts: Facts, name: str, months: Sequence[str]) -> dict[tuple[str, str], Value]:
    """A counted measure by (library, month); None where that library did not report it."""
    form = COUNTED[name][1]
    sums = _sums(_in_span(facts, name, months), ["library", "month"], name).to_dict()
    return {
        (code, month): int(sums.get((code, month), 0))
        if not form or facts.months_of(code, form, [month])
        else None
        for code in facts.codes
        for month in months
    }


def _rate(part: Measure, filled: Measure, refused: Measure) -> Measure:
    def over(pick: Callable[[Measure], Value]) -> float | None:
        whole = None if pick(filled) is None else (pick(filled) or 0) + (pick(refused) or 0)
        return percent(pick(part), whole)

    return Measure(
        over(lambda m: m.total),
        {code: over(lambda m, c=code: m.by_library[c]) for code in part.by_library},  # type: ignore[misc]
        {month: over(lambda m, x=month: m.by_month[x]) for month in part.by_month},  # type: ignore[misc]
    )


def measures(facts: Facts, months: Sequence[str]) -> dict[str, Measure]:
    """Every measure of a span of months, by name, in :data:`ORDER`."""
    found = {name: _measure(facts, name, months) for name in COUNTED}
    for name, part in RATES.items():
        found[name] = _rate(found[part], found["requests_filled"], found["requests_refused"])
    return {name: found[name] for name in ORDER}


def figures_document(facts: Facts, months: Sequence[str]) -> dict[str, Any]:
    """The document of ``figures --json``: period, libraries, measures, reporting."""
    found = measures(facts, months)
    return {
        "period": {"from": months[0], "to": months[-1]},
        "libraries": list(facts.codes),
        "measures": {
            name: {"total": m.total, "by_library": m.by_library, "by_month": m.by_month}
            for name, m in found.items()
        },
        "reporting": {
            code: {form: facts.months_of(code, form, months) for form in ("usage", "cards")}
            for code in facts.codes
        },
    }


def trace(facts: Facts, months: Sequence[str], name: str) -> pd.DataFrame:
    """The rows behind a measure: ``library, month, receipt, file, sheet, row``.

    A rate is traced to the rows of its denominator.

    Raises:
        KeyError: no measure has that name.
    """
    if name in RATES:
        rows = pd.concat([trace(facts, months, n) for n in ("requests_filled", "requests_refused")])
    else:
        rows = _in_span(facts, name, months).copy()
        files = facts.submissions.drop_duplicates("receipt").set_index("receipt")["filename"]
        rows["file"] = rows["receipt"].map(files)
    columns = ["library", "month", "receipt", "file", "sheet", "row"]
    return rows[columns].sort_values(columns, kind="stable").reset_index(drop=True)
