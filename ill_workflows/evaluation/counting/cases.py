"""Counts of what libraries asked of each other: notices, recalls, leavers, claims (5, 6.3, 6.4).

What happens counts in its month; what lasts is told as it stood at the month's end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import pandas as pd

from ill_workflows.evaluation.counting.grouping import days_between, ends, stacked, tally, within
from ill_workflows.evaluation.facts import Facts
from ill_workflows.ledger.flows import COLUMN

ANSWER_DAYS: Final = 14
"""A book that is back so many days after a notice came back because of it (I14)."""
OVERDUE: Final = ("overdue", "overdue_library")
_BOOK: Final = ["lender", "card", "item"]


def notices(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Letters about overdue books by lender and step: ``written``; ``ended``: those whose
    :data:`ANSWER_DAYS` days ended in the month; ``back``: of these, books back by then.
    """  # noqa: D205
    rows = facts.notices[facts.notices["policy"].isin(OVERDUE)].sort_values("day", kind="stable")
    loans = facts.loans[[*_BOOK, "lent_on", "returned_on"]].sort_values("lent_on", kind="stable")
    # by book and day: the due date that a letter named may have been corrected since
    rows = pd.merge_asof(rows, loans, left_on="day", right_on="lent_on", by=_BOOK)
    rows = rows.assign(ended_on=rows["day"] + timedelta(days=ANSWER_DAYS))
    ended = within(rows, months, "ended_on")
    answered = (ended["returned_on"] >= ended["day"]) & (ended["returned_on"] <= ended["ended_on"])
    parts = {
        "written": within(rows, months, "day"), "ended": ended, "back": ended[answered],
    }  # fmt: skip
    by = ["lender", "policy", "step", "what"]
    return stacked([tally(part.assign(what=name), by) for name, part in parts.items()])


def recalls(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Urgent recalls: ``opened``, ``cancelled``, ``back``; ``due``: those whose day came and that
    were not cancelled before; ``in_time``: of these, books back by that day.
    """  # noqa: D205
    rows = facts.recalls
    due = within(rows[~(rows["cancelled_on"] <= rows["needed_by"])], months, "needed_by")
    parts = {
        "opened": within(rows, months, "opened_on"),
        "cancelled": within(rows, months, "cancelled_on"),
        "back": within(rows, months, "returned_on"),
        "due": due,
        "in_time": due[due["returned_on"] <= due["needed_by"]],
    }
    return stacked([tally(p.assign(what=name), ["lender", "what"]) for name, p in parts.items()])


def recall_days(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Recalled books that came back, by whole days since the recall."""
    back = within(facts.recalls, months, "returned_on")
    return tally(
        back.assign(days=days_between(back, "opened_on", "returned_on")), ["lender", "days"]
    )


def leavers(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Leavers by home library (5.3).

    ``without_card`` and ``with_card`` leave in the month, ``cleared`` and ``withdrawn`` were so in
    the month; ``held`` and ``open`` is how many stand so at its end.
    """
    rows = facts.leavers.assign(library=facts.leavers["home"])
    without = within(facts.without_card, months)
    parts = [
        tally(within(rows, months, day).assign(what=name), ["library", "what"])
        for name, day in (
            ("with_card", "leaving_on"), ("cleared", "cleared_on"), ("withdrawn", "withdrawn_on"),
        )
    ]  # fmt: skip
    parts.append(
        pd.DataFrame(
            {
                "month": without["month"], "library": without["home"], "what": "without_card",
                "n": without["count"].astype(int),
            }
        )
    )  # fmt: skip
    for month, end in ends(months):
        left = rows[
            (rows["listed_on"] <= end)
            & ~(rows["cleared_on"] <= end)
            & ~(rows["withdrawn_on"] <= end)
        ]
        is_held = (left["held_on"] <= end).map({True: "held", False: "open"})
        parts.append(tally(left.assign(month=month, what=is_held), ["library", "what"]))
    return stacked(parts)


def clearances(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Lenders asked about leavers: ``asked``, ``answered``; ``owes``: of these, with something
    owed; ``silent``: without an answer at the month's end.
    """  # noqa: D205
    rows = facts.clearances
    told = within(rows, months, "answered_on")
    parts = {
        "asked": within(rows, months, "asked_on"), "answered": told,
        "owes": told[told["state"] == "owes"],
    }  # fmt: skip
    found = [tally(p.assign(what=name), ["lender", "what"]) for name, p in parts.items()]
    for month, end in ends(months):
        left = rows[(rows["asked_on"] <= end) & ~(rows["answered_on"] <= end)]
        left = left[~(left["closed_on"] <= end)]
        found.append(tally(left.assign(month=month, what="silent"), ["lender", "what"]))
    return stacked(found)


def clearance_days(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Lenders' answers about leavers, by whole days since they were first asked."""
    rows = facts.clearances[facts.clearances["asked_on"].notna()]
    told = within(rows, months, "answered_on")
    return tally(
        told.assign(days=days_between(told, "asked_on", "answered_on")), ["lender", "days"]
    )


def claims(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """What passed between each pair of libraries, in NT$ (5.2): ``new``, ``corrected``, ``paid``,
    ``waived``.
    """  # noqa: D205
    rows = within(facts.claims, months, "day")
    known = rows.assign(
        what=rows["deed"].map({deed: name for deed, (name, _) in COLUMN.items()}),
        amount=rows["change"]
        * rows["deed"].map({deed: sign for deed, (_, sign) in COLUMN.items()}),
    )
    sums = known.groupby(["month", "lender", "home", "what"])["amount"].sum()
    return sums.astype(int).reset_index()


def balances(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """What is owed between each pair at the end of the month, in NT$."""
    rows = facts.claims
    found = []
    for month, end in ends(months):
        sums = rows[rows["day"] <= end].groupby(["lender", "home"])["change"].sum()
        found.append(sums.rename("amount").astype(int).reset_index().assign(month=month))
    return stacked(found)


def suspensions(facts: Facts, months: Sequence[str]) -> pd.DataFrame:
    """Suspensions by lender (6.4): ``begun``, ``ended`` in the month, ``standing`` at its end."""
    rows = facts.suspensions
    until = rows["suspended_until"] + pd.Timedelta(days=1)  # it holds on its last day
    rows = rows.assign(over=pd.concat([rows["lifted_on"], until], axis=1).min(axis=1))
    parts = [
        tally(within(rows, months, day).assign(what=name), ["lender", "what"])
        for name, day in (("begun", "suspended_from"), ("ended", "over"))
    ]
    for month, end in ends(months):
        left = rows[(rows["suspended_from"] <= end) & ~(rows["over"] <= end)]
        parts.append(tally(left.assign(month=month, what="standing"), ["lender", "what"]))
    return stacked(parts)
