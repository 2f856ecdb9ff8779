"""Counts of the shared cards: issues, days out, where they are at a month's end (7.1, 7.2, 7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from ill_workflows.evaluation.counting.events import DAY, issued, lent
from ill_workflows.evaluation.counting.grouping import days_between, ends, stacked, tally, within
from ill_workflows.evaluation.facts import Facts
from ill_workflows.forms.choices import VOID_STATES
from ill_workflows.forms.month import first_day
from ill_workflows.ledger.merge import LOST

NOWHERE: Final = "未定"
"""前往館 of a card whose reader did not yet say where it goes, or of which nothing is written."""


def cards(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """How often each card was issued: distinct cards of any span are exact."""
    rows = within(issued(facts), months)
    return tally(rows.assign(library=rows["home"]), ["library", "card"])


def held(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Cards that came back, by whole days for which they were held."""
    back = within(facts.issues[facts.issues["returned_on"].notna()], months, "returned_on")
    back = back[facts.known(back["home"], back["month"], "cards")]
    days = days_between(back, "issued_on", "returned_on")
    return tally(back.assign(library=back["home"], days=days), ["library", "days"])


def card_days(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Card-days ``out`` and ``available`` of each library that reported the month.

    A card is out each night from 換證日 to 還證日; it is available while it is neither lost nor
    void.  A library whose stock is not known is absent.
    """
    issues, stock = facts.issues, facts.stock
    void = stock["state"].isin(VOID_STATES)
    gone = stock.loc[void].set_index("card")["since"].dropna()
    until = issues["returned_on"].fillna(pd.Timestamp.max.normalize())
    ended = gone.reindex(issues["card"]).set_axis(issues.index)  # map fails where no card is gone
    until = pd.concat([until, ended], axis=1).min(axis=1)
    found = []
    for month, last in ends(months):
        start, end = pd.Timestamp(first_day(month)), last + DAY
        out = (_at_most(until, end) - _at_least(issues["issued_on"], start)).dt.days
        served = stock["since"].where(void, end).fillna(start)
        served = _at_least(_at_most(served, end), start)
        sums = pd.DataFrame(
            {
                "out": out.clip(lower=0).groupby(issues["home"]).sum(),
                "available": (served - start).dt.days.groupby(stock["home"]).sum(),
            }
        ).dropna(subset="available")
        sums = sums.fillna(0).astype(int).rename_axis("library").reset_index()
        sums["month"] = month
        found.append(sums[facts.known(sums["library"], sums["month"], "cards")])
    return stacked(found)


def _at_most(days: pd.Series, bound: pd.Timestamp) -> pd.Series:
    return days.where(days <= bound, bound)


def _at_least(days: pd.Series, bound: pd.Timestamp) -> pd.Series:
    return days.where(days >= bound, bound)


def stock(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Where each library's cards are at the end of the month.

    ``pledged`` is derived: a reader has the card, and a lender reports a book out on it.
    """
    issues, loans, known = facts.issues, facts.loans, facts.stock
    found = []
    for month, end in ends(months):
        out = issues.loc[_open(issues, "issued_on", end), "card"]
        lost = (loans["condition"] == LOST) & (loans["source_month"] <= month)
        lent_on = loans.loc[_open(loans, "lent_on", end) & ~lost, "card"]
        gone = known["state"].isin(VOID_STATES) & ~(known["since"] > end)
        with_reader = known["card"].isin(out) & ~gone
        pledged = with_reader & known["card"].isin(lent_on)
        states = pd.DataFrame(
            {
                "in_hand": ~gone & ~with_reader,
                "with_reader": with_reader & ~pledged,
                "pledged": pledged,
                "lost": gone & (known["state"] == VOID_STATES[0]),
                "void": gone & (known["state"] == VOID_STATES[1]),
            }
        )
        sums = states.groupby(known["home"]).sum().rename_axis("library").reset_index()
        found.append(sums.assign(month=month))
    return stacked(found)


def _open(rows: pd.DataFrame, began: str, end: pd.Timestamp) -> pd.Series:
    return (rows[began] <= end) & ~(rows["returned_on"] <= end)


def registers(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """What both sides say of where readers go (7.2), by lender.

    ``named``: issues whose 前往館 it is; ``unused``: of those that came back in the month, the
    ones on which it lent nothing, though it reported that month; ``elsewhere``: loans of its on
    cards that name another; ``nobody``: loans on cards that nobody held that day.
    """
    issues, loans = facts.issues, within(lent(facts), months)
    to = issues["destination"].where(issues["destination"].notna(), NOWHERE)
    issues = issues.assign(lender=to, back=issues["returned_on"])
    named = within(issues, months, "issued_on")
    named = named[facts.known(named["home"], named["month"], "cards")]
    other = loans["destination"].notna() & ~loans["destination"].isin([NOWHERE])
    parts = {
        "named": named,
        "unused": _unused(facts, issues, months),
        "elsewhere": loans[other & (loans["destination"] != loans["lender"])],
        "nobody": loans[~loans["holder"]],
    }
    return stacked(
        [tally(rows.assign(what=name), ["lender", "what"]) for name, rows in parts.items()]
    )


def _unused(facts: Facts, issues: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    back = within(issues[issues["back"].notna()], months, "back")
    told = back[facts.known(back["lender"], back["month"], "usage")]
    told = told[facts.known(told["home"], told["month"], "cards")]
    pairs = told.reset_index(names="issue").merge(
        facts.loans[["lender", "card", "lent_on"]], on=["lender", "card"]
    )
    used = pairs["lent_on"].between(pairs["issued_on"], pairs["back"])
    return told[~told.index.isin(pairs.loc[used, "issue"])]
