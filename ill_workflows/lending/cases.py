"""Cases: things that somebody is waited on for.  Derived from the sheets, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pandas as pd

from ill_workflows.ledger.holders import holders
from ill_workflows.ledger.merge import LOST, due_dates, latest, missing_since
from ill_workflows.ledger.reconcile import contradictions
from ill_workflows.rules.fines import fine
from ill_workflows.rules.policy import Member

RECENT = 124
"""Days for which contradictions of loans that are back are still worth a letter."""


def case_key(kind: str, *parts: object) -> str:
    """``loan/NSUT/HDU-43/0000003/2025-09-23``: parts percent-encoded."""
    return "/".join((kind, *(quote(str(part), safe="") for part in parts)))


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody's reader, as the home library's register has it."""

    home: str
    number: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Loan:
    """A book out on loan.

    ``as_of`` is the day of the facts that say so; ``asked`` says why the lender is asked instead
    of the reader (``stale``: its newest sheet is too old; ``missing``: its newest sheet forgot
    the loan), ``sheet`` is the receipt of the lender's newest sheet.
    """

    lender: str
    home: str
    card: str
    item: str
    title: str
    call_number: str
    lent_on: date
    due_on: date
    as_of: date
    sheet: str
    reader: Reader | None
    asked: str = ""
    fine: int = 0

    @property
    def key(self) -> str:
        """The case's key; it holds the due date, so that an extended loan starts anew."""
        return case_key("loan", self.lender, self.card, self.item, self.due_on)

    def overdue(self, today: date) -> int:
        """Calendar days past the due date; negative before it."""
        return (today - self.due_on).days


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two libraries' sheets contradict each other; ``loans`` are those concerned."""

    kind: str
    card: str
    day: date
    lender: str
    home: str
    loans: tuple[Loan, ...]
    rests: bool
    answered_on: tuple[date | None, date | None]

    @property
    def key(self) -> str:
        """``discrepancy/<kind>/<card>/<day>``."""
        return case_key("discrepancy", self.kind, self.card, self.day)


@dataclass(frozen=True, slots=True)
class Sheets:
    """What the ledger needs, as the store gives it (see ``store.submissions.sheet_rows``).

    ``loans`` and ``issues`` are rows with their submission's columns; ``usage`` and ``cards``
    are :func:`ledger.merge.newest_sheets` of the two forms.
    """

    loans: pd.DataFrame
    issues: pd.DataFrame
    usage: pd.DataFrame
    cards: pd.DataFrame


def open_loans(
    sheets: Sheets, members: Mapping[str, Member], today: date, stale_after: int
) -> list[Loan]:
    """Every book that is out, as far as the sheets say (a book returned is never overdue)."""
    rows = latest(sheets.loans, ("card", "item", "lent_on"))
    if rows.empty:
        return []
    rows = rows.assign(missing=missing_since(rows, sheets.usage))
    rows = rows[rows["returned_on"].isna() & (rows["condition"] != LOST)]
    rows = rows[rows["library"].isin(list(members))]
    return _loans(rows, sheets, members, today, stale_after)


def _loans(
    rows: pd.DataFrame, sheets: Sheets, members: Mapping[str, Member], today: date, stale_after: int
) -> list[Loan]:
    rows = rows.reset_index(drop=True)
    issues = latest(sheets.issues, ("card", "issued_on"))
    held = holders(rows, issues)
    due = due_dates(rows, members)
    loans = []
    for n, row in enumerate(rows.to_dict("records")):
        lender = row["library"]
        newest = sheets.usage.loc[lender]
        home = row["card"].rpartition("-")[0]
        stale = (today - newest["as_of"]).days > stale_after
        asked = "missing" if row.get("missing") else "stale" if stale else ""
        rules = members[lender]
        loans.append(
            Loan(
                lender, home, row["card"], row["item"], _text(row["title"]), _text(row["call_number"]),
                row["lent_on"], due[n], row["as_of"], newest["receipt"],
                _reader(held.iloc[n], home) if not held.empty else None, asked,
                fine(due[n], today, rules.rules, rules.calendar) if today > due[n] else 0,
            )
        )  # fmt: skip
    return loans


def _reader(issue: pd.Series, home: str) -> Reader | None:
    patron = issue.get("patron")
    if not isinstance(patron, str):
        return None
    return Reader(home, patron, _text(issue["name"]), _address(issue["email"]))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _address(value: Any) -> str:
    text = _text(value).strip()
    return (
        text if text.count("@") == 1 and " " not in text and "." in text.rpartition("@")[2] else ""
    )


def with_told_dates(
    loans: list[Loan], told: Mapping[str, date], written: frozenset[str], today: date
) -> list[Loan]:
    """A due date that a letter has told stands, unless a later closure makes it later than today.

    ``told`` maps ``lender/card/item/lent_on`` → the due date of the last letter about it;
    ``written`` are the loans (same keys) whose due date the lender itself wrote: those stand as
    written.
    """
    kept = []
    for loan in loans:
        name = loan_name(loan)
        day = told.get(name)
        if day is not None and day != loan.due_on and name not in written and loan.due_on <= today:
            kept.append(replace(loan, due_on=day))
        else:
            kept.append(loan)
    return kept


def loan_name(loan: Loan) -> str:
    """A loan without its due date: what stays the same when the due date moves."""
    return case_key("lent", loan.lender, loan.card, loan.item, loan.lent_on)


def discrepancies(
    sheets: Sheets, members: Mapping[str, Member], today: date, stale_after: int
) -> list[Discrepancy]:
    """Contradictions worth a letter: as soon as both libraries' sheets that show them are in.

    ``sheets.loans`` and ``sheets.issues`` are *all* rows here, not the open ones only.  A case
    rests while its lender's facts are stale, and counts as answered by a library from the day on
    which a newer sheet of it came in.
    """
    rows = latest(sheets.loans, ("card", "item", "lent_on"))
    if rows.empty:
        return []
    recent = rows["lent_on"].map(lambda day: day >= today - timedelta(days=RECENT))
    rows = rows[(rows["returned_on"].isna() & (rows["condition"] != LOST)) | recent]
    rows = rows[rows["library"].isin(list(members))].reset_index(drop=True)
    issues = latest(sheets.issues, ("card", "issued_on"))
    if rows.empty:
        return []
    held = holders(rows, issues)
    loans = _loans(rows, sheets, members, today, stale_after)
    homes = rows["card"].str.rpartition("-")[0]
    month = rows["lent_on"].map(lambda day: f"{day.year:04d}-{day.month:02d}")
    covered = homes.map(sheets.cards["full_month"]) >= month
    joined = rows.assign(patron=held.get("patron"), issued_on=held.get("issued_on"))
    found = contradictions(joined, issues, covered.fillna(value=False))
    cases = []
    for (kind, card, day, lender), group in found.assign(
        card=found["loan"].map(rows["card"]), lender=found["loan"].map(rows["library"])
    ).groupby(["kind", "card", "day", "lender"]):
        concerned = tuple(loans[i] for i in group["loan"])
        home = concerned[0].home
        usage, cards = sheets.usage.loc[lender], sheets.cards
        cases.append(
            Discrepancy(
                kind, card, day, lender, home, concerned,
                rests=(today - usage["as_of"]).days > stale_after,
                answered_on=(
                    usage["received_on"], cards.loc[home, "received_on"] if home in cards.index else None
                ),
            )
        )  # fmt: skip
    return cases
