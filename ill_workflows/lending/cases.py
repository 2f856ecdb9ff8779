"""Cases: things that somebody is waited on for.  Derived from the sheets, never stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pandas as pd

from ill_workflows.ledger.holders import holders
from ill_workflows.ledger.merge import LOST, due_dates, latest, missing_since, renewed
from ill_workflows.ledger.places import Place
from ill_workflows.rules.fines import fine
from ill_workflows.rules.policy import Member


def case_key(kind: str, *parts: object) -> str:
    """``loan/NSUT/HDU-43/0000003/2025-09-23``: parts percent-encoded."""
    return "/".join((kind, *(quote(str(part), safe="", errors="replace") for part in parts)))


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
    the loan), ``sheet`` is the receipt of the lender's newest sheet; ``due_written`` says that
    the lender itself wrote the due date; ``recalled`` is the day by which a recall that is open
    wants it back, and the loan's own letters rest meanwhile.
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
    due_written: bool = False
    recalled: date | None = None

    @property
    def key(self) -> str:
        """The case's key; it holds the due date, so that an extended loan starts anew."""
        return case_key("loan", self.lender, self.card, self.item, self.due_on)

    def overdue(self, today: date) -> int:
        """Calendar days past the due date; negative before it."""
        return (today - self.due_on).days


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two libraries' sheets contradict each other; ``loans`` are those concerned.

    The other side is the home library or, where two lenders contradict each other, ``other``, at
    which the card was.  ``places`` are the rows that say so, each with its library.
    """

    kind: str
    card: str
    day: date
    lender: str
    home: str
    loans: tuple[Loan, ...]
    rests: bool
    answered_on: tuple[date | None, date | None]
    other: str = ""
    places: tuple[tuple[str, Place], ...] = ()

    @property
    def key(self) -> str:
        """``discrepancy/<kind>/<card>/<day>``."""
        return case_key("discrepancy", self.kind, self.card, self.day)

    @property
    def sides(self) -> tuple[str, str]:
        """The two libraries that are told."""
        return self.lender, self.other or self.home


@dataclass(frozen=True, slots=True)
class Sheets:
    """What the ledger needs, as the store gives it (see ``store.submissions.sheet_rows``).

    ``loans`` and ``issues`` are rows with their submission's columns; ``usage`` and ``cards``
    are :func:`ledger.merge.newest_sheets` of the two forms, ``void`` is
    :func:`ledger.lost.void_days`; ``files`` receipt → the sender's own name of the file.
    """

    loans: pd.DataFrame
    issues: pd.DataFrame
    usage: pd.DataFrame
    cards: pd.DataFrame
    void: pd.DataFrame = field(default_factory=pd.DataFrame)
    files: Mapping[str, str] = field(default_factory=dict)


def open_loans(
    sheets: Sheets, members: Mapping[str, Member], today: date, stale_after: int
) -> list[Loan]:
    """Every book that is out, as far as the sheets say (a book returned is never overdue)."""
    rows = counted(sheets.loans, members)
    if rows.empty:
        return []
    rows = rows.assign(missing=missing_since(rows, sheets.usage))
    rows = rows[rows["returned_on"].isna() & (rows["condition"] != LOST) & ~renewed(rows)]
    return as_loans(rows.reset_index(drop=True), sheets, members, today, stale_after)


def counted(loans: pd.DataFrame, members: Mapping[str, Member]) -> pd.DataFrame:
    """The members' loans, each fact once."""
    rows = latest(loans, ("card", "item", "lent_on"))
    if rows.empty:
        return rows
    return rows[rows["library"].isin(list(members))].reset_index(drop=True)


def as_loans(
    rows: pd.DataFrame, sheets: Sheets, members: Mapping[str, Member], today: date, stale_after: int
) -> list[Loan]:
    """Rows of loans as :class:`Loan`, each with its reader, due date and the age of its facts.

    The facts are never younger than the lender's newest sheet: an older month that is sent again
    brings a later 填表日期 and no later news.
    """
    issues = latest(sheets.issues, ("card", "issued_on"))
    held = holders(rows, issues).to_dict("records")
    addresses = _addresses(issues)
    due = due_dates(rows, members)
    usage = sheets.usage[["as_of", "receipt"]].to_dict("index")
    loans = []
    for n, row in enumerate(rows.to_dict("records")):
        lender = row["library"]
        newest = usage[lender]
        home = row["card"].rpartition("-")[0]
        stale = (today - newest["as_of"]).days > stale_after
        asked = "missing" if row.get("missing") else "stale" if stale else ""
        rules = members[lender]
        loans.append(
            Loan(
                lender, home, row["card"], row["item"], _text(row["title"]),
                _text(row["call_number"]), row["lent_on"], due[n],
                min(row["as_of"], newest["as_of"]), newest["receipt"],
                _reader(held[n], home, addresses), asked,
                fine(due[n], today, rules.rules, rules.calendar) if today > due[n] else 0,
                due_written=not pd.isna(row["due_on"]),
            )
        )  # fmt: skip
    return loans


def _reader(
    issue: Mapping[Any, Any], home: str, addresses: Mapping[tuple[str, str], str]
) -> Reader | None:
    patron = issue.get("patron")
    if not isinstance(patron, str):
        return None
    return Reader(home, patron, _text(issue["name"]), addresses.get((home, patron), ""))


def holding(rows: pd.DataFrame, issues: pd.DataFrame) -> list[Reader | None]:
    """Who held the card (``card``) on a day (``lent_on``) at a lender (``library``), by the rows
    of the registers; one a row.
    """  # noqa: D205
    counted = latest(issues, ("card", "issued_on"))
    held, addresses = holders(rows, counted).to_dict("records"), _addresses(counted)
    homes = [card.rpartition("-")[0] for card in rows["card"]]
    return [_reader(one, home, addresses) for one, home in zip(held, homes, strict=True)]


def _addresses(issues: pd.DataFrame) -> dict[tuple[str, str], str]:
    """(home, reader's number) → the address of the reader's newest issue that has a usable one."""
    if issues.empty:
        return {}
    known: dict[tuple[str, str], str] = {}
    by_day = issues.sort_values("issued_on", kind="stable")
    for home, patron, email in zip(
        by_day["library"], by_day["patron"], by_day["email"], strict=True
    ):
        if address := _address(email):
            known[home, patron] = address
    return known


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _address(value: Any) -> str:
    text = _text(value).strip()
    return (
        text if text.count("@") == 1 and " " not in text and "." in text.rpartition("@")[2] else ""
    )


def without(
    loans: list[Loan], refused: frozenset[str], theirs: Mapping[str, Collection[str]]
) -> list[Loan]:
    """Readers whose address a server has refused have none until the register has another
    (notices rule 8); nor have those whose address in the register is another library's (rule 11).

    ``theirs``: address, in lower case → the codes of the libraries that read what goes there.
    """  # noqa: D205
    return [
        replace(loan, reader=replace(loan.reader, email=""))
        if loan.reader is not None and _unusable(loan.reader, refused, theirs)
        else loan
        for loan in loans
    ]


def _unusable(
    reader: Reader, refused: frozenset[str], theirs: Mapping[str, Collection[str]]
) -> bool:
    address = reader.email.casefold()
    readers = theirs.get(address, ())
    return address in refused or (bool(readers) and reader.home not in readers)
