"""Contradictions between two libraries' sheets, as cases that somebody has to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pandas as pd

from ill_workflows.ledger.holders import holders
from ill_workflows.ledger.merge import LOST, latest
from ill_workflows.ledger.reconcile import contradictions
from ill_workflows.lending.cases import Discrepancy, Loan, Reader, Sheets, as_loans, counted
from ill_workflows.lending.notices import Day, Notice
from ill_workflows.rules.policy import Member

RECENT = 124
"""Days for which contradictions of loans that are back are still worth a letter."""


def discrepancies(
    sheets: Sheets, members: Mapping[str, Member], today: date, stale_after: int
) -> list[Discrepancy]:
    """Contradictions worth a letter: as soon as both libraries' sheets that show them are in.

    ``sheets.loans`` and ``sheets.issues`` are *all* rows here, not the open ones only.  A case
    rests while its lender's facts are stale, and counts as answered by a library from the day on
    which a newer sheet of it came in.
    """
    rows = counted(sheets.loans, members)
    if rows.empty:
        return []
    open_still = rows["returned_on"].isna() & (rows["condition"] != LOST)
    recent = rows["lent_on"].map(lambda day: day >= today - timedelta(days=RECENT))
    rows = rows[open_still | recent].reset_index(drop=True)
    if rows.empty:
        return []
    loans = as_loans(rows, sheets, members, today, stale_after)
    issues = latest(sheets.issues, ("card", "issued_on"))
    held = holders(rows, issues)
    joined = rows.assign(
        patron=held.get("patron"),
        issued_on=held.get("issued_on"),
        as_of=[loan.as_of for loan in loans],
    )
    found = contradictions(joined, issues, _covered(rows, sheets.cards))
    grouped: dict[tuple[str, str, date, str], list[Loan]] = {}
    for kind, day, place in zip(found["kind"], found["day"], found["loan"], strict=True):
        loan = loans[int(place)]
        if kind == "reissued" and rows.loc[place, "condition"] == LOST:
            continue  # the card came back without the book, as it had to
        grouped.setdefault((kind, loan.card, day, loan.lender), []).append(loan)
    return [
        _case(key, concerned, sheets, today, stale_after)
        for key, concerned in sorted(grouped.items(), key=lambda group: group[0])
    ]


def _covered(rows: pd.DataFrame, cards: pd.DataFrame) -> pd.Series:
    """For each loan, whether its home library's register of that day is in: the month itself,
    filled in on that day or later.
    """  # noqa: D205
    months = cards["full_months"].to_dict()
    filled = cards["as_of"].to_dict()
    known = []
    for card, lent in zip(rows["card"], rows["lent_on"], strict=True):
        home = card.rpartition("-")[0]
        month = f"{lent.year:04d}-{lent.month:02d}"
        known.append(month in months.get(home, ()) and filled[home] >= lent)
    return pd.Series(known, index=rows.index, dtype=bool)


def _case(
    key: tuple[str, str, date, str], loans: list[Loan], sheets: Sheets, today: date, stale: int
) -> Discrepancy:
    kind, card, day, lender = key
    home = loans[0].home
    usage, cards = sheets.usage, sheets.cards
    return Discrepancy(
        kind, card, day, lender, home, tuple(loans),
        rests=(today - usage["as_of"].to_dict()[lender]).days > stale,
        answered_on=(usage["received_on"].get(lender), cards["received_on"].get(home)),
    )  # fmt: skip


def due(case: Discrepancy, day: Day) -> Iterator[Notice]:
    """The notices about a contradiction: to both libraries, until both have looked."""
    for library in dict.fromkeys((case.lender, case.home)):
        episode = f"{library}/{case.lender}"  # two lenders may lend on one card on one day
        told = day.history.get(("discrepancy", case.key, episode), {})
        if told and (case.rests or _answered(case, max(told.values()))):
            continue  # the lender is being asked, or both have looked: it stays on the host's list
        anchor = min(told.values(), default=day.today)
        step = day.due("discrepancy", case.key, anchor, episode)
        if step is not None:
            to = ("library", library)
            yield Notice("discrepancy", step.name, case.key, episode, library, to, case)


def _answered(case: Discrepancy, told: date) -> bool:
    """Whether both libraries have sent a newer sheet since they were told."""
    return all(day is not None and day > told for day in case.answered_on)


def true(case: Discrepancy, today: date) -> Iterator[tuple[str, Reader | None]]:  # noqa: ARG001
    """A letter about it is true while it stands."""
    yield "discrepancy", None
