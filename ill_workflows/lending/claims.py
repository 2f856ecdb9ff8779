"""Claims as cases: the home library is asked until the lender says that they are settled (5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from ill_workflows.ledger.accounts import Account
from ill_workflows.ledger.places import Place
from ill_workflows.lending.cases import Reader, case_key, holding
from ill_workflows.lending.notices import Day, Notice

HOST_AFTER: Final = 60
"""The step of ``claim`` from which the host is told, by counts and without names."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A fine or compensation that is not settled.

    ``amount`` and ``balance`` are whole NT$, None where the lender has not told what is asked;
    ``reader`` held the card on the day of the loan, None where nobody is known; ``as_of`` is the
    day of the facts, ``place`` the row that told them last; ``formerly`` are the keys of the case
    from before the lender gave it a number.
    """

    lender: str
    number: str
    home: str
    card: str
    item: str
    title: str
    kind: str
    amount: int | None
    balance: int | None
    opened_on: date
    as_of: date
    place: Place
    reader: Reader | None
    formerly: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``claim/<lender>/<claim no>``; one that a loan opened is called by its loan."""
        return case_key("claim", self.lender, self.number)

    @property
    def by_loan(self) -> bool:
        """Whether only 借出紀錄 tells of it."""
        return self.number.startswith(f"{self.card}/")


def open_claims(
    accounts: Iterable[Account],
    issues: pd.DataFrame,
    lent: Mapping[tuple[str, str, str], Sequence[tuple[date, str]]],
) -> list[Claim]:
    """The claims that are not settled, each with the reader who held the card.

    ``issues`` are the registers' rows for these cards; ``lent`` (lender, card, item) → day and
    title of each loan that is known.
    """
    asked = [one for one in accounts if not one.settled]
    loans = [_loan(one, lent) for one in asked]
    rows = pd.DataFrame(
        {
            "library": [one.lender for one in asked],
            "card": [one.card for one in asked],
            "lent_on": [day for day, _ in loans],
        }
    )
    readers = holding(rows, issues)
    return [
        _claim(one, title, reader)
        for one, (_, title), reader in zip(asked, loans, readers, strict=True)
    ]


def _loan(
    one: Account, lent: Mapping[tuple[str, str, str], Sequence[tuple[date, str]]]
) -> tuple[date, str]:
    """Day and title of the loan that a claim is about; else the day on which it was opened."""
    known = [
        (day, title)
        for day, title in lent.get((one.lender, one.card, one.item), ())
        if day <= one.opened_on
    ]
    day, title = max(known, default=(one.opened_on, ""))
    return one.lent_on or day, one.title or title


def _claim(one: Account, title: str, reader: Reader | None) -> Claim:
    amount = sum(a.change for a in one.actions if a.deed in {"opened", "corrected"})
    return Claim(
        one.lender, one.number, one.home, one.card, one.item, title, one.kind,
        amount if one.priced else None, one.balance if one.priced else None,
        one.opened_on, one.as_of, one.actions[-1].place, reader,
        tuple(case_key("claim", one.lender, number) for number in one.formerly),
    )  # fmt: skip


def due(claim: Claim, day: Day) -> Iterator[Notice]:
    """The home library is asked, and asked again; what was written before the claim had a number
    of its own counts.
    """  # noqa: D205
    plan = day.policies["claim"]
    written: dict[str, date] = {}
    for key in (*claim.formerly, claim.key):
        written |= day.history.get(("claim", key, ""), {})
    step = plan.next_step(claim.opened_on, written, day.today) if plan.enabled else None
    if step is not None:
        to = ("library", claim.home)
        yield Notice("claim", step.name, claim.key, "", claim.home, to, claim)


def true(claim: Claim, today: date) -> Iterator[tuple[str, Reader | str | None]]:  # noqa: ARG001
    """A letter about it is true while it is not settled, and goes to the home library only."""
    yield "claim", claim.home


def why(claim: Claim, today: date) -> str:  # noqa: ARG001 - every kind is asked alike
    """Why a letter about it is written."""
    left = "金額未定 amount to follow" if claim.balance is None else f"{claim.balance} 元 NT$"
    return f"{claim.opened_on} {claim.kind}，未結 not settled：{left}"
