"""Leavers for the evaluation: how many, how they stand, how soon lenders answered; no names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.evaluation.facts import frame
from ill_workflows.jobs.clear import all_clearances
from ill_workflows.lending.clearance import Clearance
from ill_workflows.store import leavers


class Departures(NamedTuple):
    """Three frames of the evaluation's facts."""

    leavers: pd.DataFrame
    without_card: pd.DataFrame
    clearances: pd.DataFrame


def departures(app: App, connection: Connection, notices: pd.DataFrame, today: date) -> Departures:
    """What became of every leaver, and of every lender that was asked."""
    found = all_clearances(app, connection, today)
    told = {policy: _days(notices, policy) for policy in ("clearance", "cleared", "held")}
    counted = leavers.without_card(connection)
    rows, asked = [], []
    for one in found:
        cleared = _cleared(one, told["cleared"])
        rows.append(
            {
                "home": one.home, "leaving_on": one.leaving_on, "listed_on": one.listed_on,
                "cleared_on": cleared, "held_on": told["held"].get(one.key),
                "withdrawn_on": one.withdrawn_on,
            }
        )  # fmt: skip
        asked += [
            {
                "home": one.home, "lender": concern.lender, "leaving_on": one.leaving_on,
                "state": concern.state, "asked_on": told["clearance"].get(concern.key),
                "answered_on": concern.answered_on, "closed_on": one.withdrawn_on or cleared,
            }
            for concern in one.concerns
        ]  # fmt: skip
    without = [
        {"home": home, "month": month, "count": count}
        for (home, month), count in sorted(counted.items())
    ]
    return Departures(
        frame("leavers", rows), frame("without_card", without), frame("clearances", asked)
    )


def _days(notices: pd.DataFrame, policy: str) -> dict[str, date]:
    """Case → the day of its first notice of a policy."""
    return dict(notices[notices["policy"] == policy].groupby("case")["day"].min())


def _cleared(one: Clearance, told: Mapping[str, date]) -> date | None:
    """When the home library was told; where nothing is written to it, since when it is so."""
    if one.state != "cleared":
        return None
    answers = [concern.answered_on for concern in one.concerns if concern.answered_on is not None]
    return told.get(one.key) or max([one.listed_on, *answers])
