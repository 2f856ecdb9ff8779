"""Counts of what was lent, copied, refused, and how fast (Articles 6.5, 7.3, 7.5, 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from ill_workflows.evaluation.counting.events import (
    COPY,
    EVENTS,
    OPEN,
    REFUSED,
    SUPPLIED,
    answered,
    lent,
)
from ill_workflows.evaluation.counting.grouping import days_between, ends, stacked, tally, within
from ill_workflows.evaluation.facts import Facts
from ill_workflows.ledger.merge import LOST

BANDS: Final = ("1年以內", "2–5年", "6–10年", "超過10年", "不明")
UNKNOWN: Final = "未填"
NO_REASON: Final = "未填原因"
LOANS: Final = "借閱"


def events(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Every event of :data:`~ill_workflows.evaluation.counting.events.EVENTS`, by its teller."""
    parts = []
    for measure, found in EVENTS.items():
        rows = within(found(facts), months)
        sums = rows.groupby(["month", "library", "teller"])["n"].sum().reset_index()
        parts.append(sums.assign(measure=measure))
    return stacked(parts)


def pairs(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Items lent, by lender and by the card's library."""
    return tally(within(lent(facts), months), ["lender", "home"])


def outcomes(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Loans and answers by service and outcome; what is open is a state, see :func:`waiting`."""
    loans = within(lent(facts), months).assign(service=LOANS, outcome=SUPPLIED)
    asked = within(answered(facts), months)
    columns = ["month", "lender", "service", "outcome"]
    return tally(stacked([loans[columns], asked[columns]]).reindex(columns=columns), columns[1:])


def waiting(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Requests that had no answer at the end of the month, of lenders that reported it."""
    rows = facts.requests
    found = []
    for month, end in ends(months):
        still = (rows["outcome"] == OPEN) | (rows["answered_on"] > end)
        left = rows[(rows["requested_on"] <= end) & still].assign(month=month)
        found.append(left[facts.known(left["lender"], left["month"], "usage")])
    return tally(_or_none(stacked(found), ["month", "lender", "service"]), ["lender", "service"])


def reasons(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Refusals by reason."""
    rows = within(answered(facts), months)
    rows = rows[rows["outcome"] == REFUSED]
    return tally(rows.assign(reason=rows["reason"].fillna(NO_REASON)), ["lender", "reason"])


def ages(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Loans and copies by material type and age band, in the year of the loan or the answer."""
    loans = within(lent(facts), months)
    copied = _copied(facts, months)
    parts = [
        _aged(loans, "lent_on").assign(service=LOANS),
        _aged(copied, "answered_on").assign(service=COPY),
    ]
    columns = ["month", "service", "material", "band"]
    return tally(_or_none(stacked(parts), columns), columns[1:])


def _aged(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    return rows[["month"]].assign(
        material=rows["material"].fillna(UNKNOWN), band=band(rows[day].dt.year, rows["published"])
    )


def band(year: pd.Series, published: pd.Series) -> pd.Series:
    """The age band of each item in the year of the loan: ≤1, 2–5, 6–10, >10 years, unknown."""
    age = year.astype("Int64") - published.astype("Int64")
    bands = pd.cut(
        age.astype("Float64").to_numpy(dtype=float, na_value=float("nan")),
        [-float("inf"), 1, 5, 10, float("inf")],
        labels=list(BANDS[:4]),
    )
    return pd.Series(bands, index=year.index, dtype=object).fillna(BANDS[4])


def copies(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Copies by material type and way of supply: requests, pages, fees in NT$."""
    rows = _copied(facts, months)
    known = rows.assign(
        material=rows["material"].fillna(UNKNOWN), way=rows["supplied_as"].fillna(UNKNOWN),
        pages=rows["pages"].fillna(0), fee=rows["fee"].fillna(0),
    )  # fmt: skip
    return tally(known, ["lender", "material", "way"], pages="pages", fee="fee")


def _copied(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    rows = within(answered(facts), months)
    return rows[rows["outcome"] == SUPPLIED]


def answer_days(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Requests supplied or refused, by whole days from request to answer."""
    rows = within(facts.requests, months, "answered_on")
    rows = rows[facts.known(rows["lender"], rows["month"], "usage")]
    rows = rows[rows["outcome"].isin([SUPPLIED, REFUSED]) & rows["requested_on"].notna()]
    return tally(
        rows.assign(days=days_between(rows, "requested_on", "answered_on")), ["lender", "days"]
    )


def came_late(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Books that came back late in the month, by whole days after their due date."""
    rows = facts.loans[facts.loans["returned_on"] > facts.loans["due_on"]]
    rows = within(rows, months, "returned_on")
    rows = rows[facts.known(rows["lender"], rows["month"], "usage")]
    return tally(rows.assign(days=days_between(rows, "due_on", "returned_on")), ["lender", "days"])


def still_late(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Books overdue at the end of the month, by whole days after their due date until then; those
    of which the lender has told by then that they are lost are waited for no more.
    """  # noqa: D205
    late = facts.loans[~(facts.loans["returned_on"] <= facts.loans["due_on"])]
    found = []
    for month, end in ends(months):
        lost = (late["condition"] == LOST) & (late["source_month"] <= month)
        out = late[(late["due_on"] < end) & ~(late["returned_on"] <= end) & ~lost]
        out = out.assign(month=month, days=(end - out["due_on"]).dt.days)
        found.append(out[facts.known(out["lender"], out["month"], "usage")])
    return tally(_or_none(stacked(found), ["month", "lender", "days"]), ["lender", "days"])


def _or_none(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return rows if len(rows.columns) else pd.DataFrame(columns=columns)
