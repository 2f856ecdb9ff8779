"""Contradictions between two libraries' sheets, as cases that somebody has to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from ill_workflows.forms.cards import ISSUES
from ill_workflows.forms.usage import LOANS
from ill_workflows.ledger.disagreements import BREACHES, breaches, disagreements
from ill_workflows.ledger.holders import holders
from ill_workflows.ledger.merge import LOST, latest
from ill_workflows.ledger.places import Place, impersonal, named
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
    issues = latest(sheets.issues, ("card", "issued_on"))
    newest = sheets.usage["as_of"].to_dict()
    pairs = zip(rows["as_of"], rows["library"], strict=True)
    joined = with_holders(rows, issues).assign(
        as_of=[min(day, newest[code]) for day, code in pairs]
    )
    limits = {code: member.rules.items for code, member in members.items()}
    told = disagreements(joined, issues, covered(rows, sheets.cards), sheets.void)
    broken = breaches(joined, limits)
    broken = broken[~broken["loan"].isin([*told["loan"], *told["other"].dropna()])]
    found = pd.concat([told.astype(object), broken.astype(object)], ignore_index=True)
    concerned = sorted({int(n) for name in ("loan", "other") for n in found[name].dropna()})
    seen = rows.loc[concerned].reset_index(drop=True)
    loans = dict(zip(concerned, as_loans(seen, sheets, members, today, stale_after), strict=True))
    grouped: dict[tuple[str, str, date, str, str], list[dict[Any, Any]]] = {}
    for one in found.to_dict("records"):
        loan = loans[int(one["loan"])]
        other = "" if pd.isna(one["other"]) else loans[int(one["other"])].lender
        other = "" if other == loan.lender else other
        key = (one["kind"], loan.card, one["day"], loan.lender, other)
        grouped.setdefault(key, []).append(one)
    written = _Written(loans, rows, issues, sheets)
    return [
        written.case(key, ones, today, stale_after)
        for key, ones in sorted(grouped.items(), key=lambda group: group[0])
    ]


def with_holders(rows: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """Loans with what :func:`disagreements` has to know of the issue to their holder."""
    held = holders(rows, issues.assign(issue=issues.index))
    names = ("patron", "issued_on", "issue", "issue_returned_on", "checked_by", "destination")
    return rows.assign(**{name: held.get(name) for name in names})


def covered(rows: pd.DataFrame, cards: pd.DataFrame) -> pd.Series:
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


class _Written:
    """Cases with the rows of the sheets that say so."""

    def __init__(
        self, loans: Mapping[int, Loan], rows: pd.DataFrame, issues: pd.DataFrame, sheets: Sheets
    ) -> None:
        self.loans, self.rows, self.issues, self.sheets = loans, rows, issues, sheets
        self.people = named((*issues["name"], *issues["patron"]))
        self.names: dict[str, str] = {}

    def case(
        self,
        key: tuple[str, str, date, str, str],
        concerned: list[dict[Any, Any]],
        today: date,
        stale: int,
    ) -> Discrepancy:
        """The case of these disagreements."""
        kind, card, day, lender, other = key
        places = [int(one[name]) for name in ("other", "loan") for one in concerned
                  if not pd.isna(one[name])]  # fmt: skip
        loans = [self.loans[place] for place in dict.fromkeys(places)]
        home = loans[0].home
        usage, cards = self.sheets.usage, self.sheets.cards
        lenders = [lender, other] if other else [lender]
        second = usage["received_on"].get(other) if other else cards["received_on"].get(home)
        return Discrepancy(
            kind, card, day, lender, home, tuple(loans),
            rests=any((today - usage["as_of"].to_dict()[one]).days > stale for one in lenders),
            answered_on=(usage["received_on"].get(lender), second), other=other,
            places=tuple(dict.fromkeys(self._places(concerned, home))),
        )  # fmt: skip

    def _places(self, concerned: list[dict[Any, Any]], home: str) -> Iterator[tuple[str, Place]]:
        for one in concerned:
            for name in ("loan", "other"):
                if not pd.isna(one[name]):
                    row = _row(self.rows, one[name])
                    yield row["library"], self._place(row, LOANS.title)
            if not pd.isna(one["issue"]):
                yield home, self._place(_row(self.issues, one["issue"]), ISSUES.title)
            if not pd.isna(one["void"]):
                row = _row(self.sheets.void, one["void"])
                yield home, self._place(row, row["sheet"])

    def _place(self, row: Mapping[str, Any], sheet: str) -> Place:
        """A row; the name of a file that somebody called after a reader is not told."""
        receipt = row["receipt"]
        if receipt not in self.names:
            self.names[receipt] = impersonal(self.sheets.files.get(receipt, ""), self.people)
        return Place(receipt, self.names[receipt], sheet, row["row"])


def _row(frame: pd.DataFrame, index: Any) -> dict[str, Any]:
    row: dict[str, Any] = frame.loc[int(index)].to_dict()  # type: ignore[assignment]
    return row


def due(case: Discrepancy, day: Day) -> Iterator[Notice]:
    """The notices about a contradiction: to both libraries, until both have looked."""
    for library in dict.fromkeys(case.sides):
        pair = f"{case.lender}/{case.other}" if case.other else case.lender
        episode = f"{library}/{pair}"  # two lenders may lend on one card on one day
        told = day.history.get(("discrepancy", case.key, episode), {})
        if told and case.kind in BREACHES:
            continue  # a rule that was not kept is told once
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
