"""Leavers for the evaluation: how many, how they stand, how soon lenders answered; no names."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.evaluation.facts import frame
from ill_workflows.jobs.clear import all_clearances
from ill_workflows.store import leavers


def departures(
    app: App, connection: Connection, notices: pd.DataFrame, today: date
) -> dict[str, pd.DataFrame]:
    """The frames ``leavers``, ``without_card`` and ``clearances`` of the evaluation's facts."""
    found = all_clearances(app, connection, today)
    first = notices[(notices["policy"] == "clearance")].groupby("case")["day"].min()
    asked = dict(first)
    counted = leavers.without_card(connection)
    return {
        "leavers": frame(
            "leavers",
            [{"home": c.home, "leaving_on": c.leaving_on, "state": c.state} for c in found],
        ),
        "without_card": frame(
            "without_card",
            [
                {"home": home, "month": month, "count": count}
                for (home, month), count in sorted(counted.items())
            ],
        ),
        "clearances": frame(
            "clearances",
            [
                {
                    "home": one.home, "lender": concern.lender, "leaving_on": one.leaving_on,
                    "state": concern.state, "asked_on": asked.get(concern.key),
                    "answered_on": concern.answered_on,
                }
                for one in found
                for concern in one.concerns
            ],
        ),
    }  # fmt: skip
