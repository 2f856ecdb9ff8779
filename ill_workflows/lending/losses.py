"""Loan cards that are lost, void or found: the card is authenticated, not the person (Article 7.2).

Whoever holds a card can borrow with it, so all members hear of a lost one at once, by its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd

from ill_workflows.forms.choices import VOID_STATES
from ill_workflows.ledger.merge import latest
from ill_workflows.lending.cases import Reader, case_key
from ill_workflows.lending.notices import Day, Notice
from ill_workflows.lending.suspensions import turns

LATELY: Final = timedelta(days=31)
"""How long a report is news; who joins later finds the void cards in the month's letter."""


@dataclass(frozen=True, slots=True)
class CardReport:
    """What a home library has reported last of a card of its own, and whom it is told to.

    ``kind`` is 遺失, 註銷 or 尋獲; ``turn`` counts how often a row of that day was changed
    from lost to found or back: each time it is told anew.
    """

    home: str
    card: str
    kind: str
    opened_on: date
    told: tuple[str, ...]
    turn: int = 0

    @property
    def key(self) -> str:
        """``card/<card>/<opened>``."""
        return case_key("card", self.card, self.opened_on)

    @property
    def void(self) -> bool:
        """Whether nothing may be lent on the card."""
        return self.kind in VOID_STATES


def reports(
    rows: pd.DataFrame, received: Mapping[int, date], members: Sequence[str], today: date
) -> list[CardReport]:
    """The newest report of each card, where it came in lately.

    ``rows`` are those of 借書證掛失, ``received`` the day on which each submission came in.
    """
    if rows.empty:
        return []
    counted = latest(rows, ("card", "opened_on"))
    newest = counted.sort_values(["opened_on", "seq"], kind="stable")
    newest = newest.drop_duplicates(["library", "card"], keep="last")
    ordered = rows.sort_values(["seq", "row"], kind="stable")
    found = []
    for row in newest.to_dict("records"):
        if received[row["seq"]] <= today - LATELY:
            continue
        same = ordered[
            (ordered["card"] == row["card"]) & (ordered["opened_on"] == row["opened_on"])
        ]
        said = [kind in VOID_STATES for kind in same["kind"]]
        found.append(
            CardReport(
                row["library"], row["card"], row["kind"], row["opened_on"], tuple(members),
                turns(said),
            )
        )  # fmt: skip
    return found


def due(report: CardReport, day: Day) -> Iterator[Notice]:
    """To every member, one letter each."""
    for code in report.told:
        episode = f"{code}/{report.turn}" if report.turn else code
        step = day.due("card_void", report.key, report.opened_on, episode)
        if step is not None:
            to = ("library", code)
            yield Notice("card_void", step.name, report.key, episode, code, to, report)


def true(report: CardReport, today: date) -> Iterator[tuple[str, Reader | str | None]]:  # noqa: ARG001
    """It is true as long as nothing else is reported of the card."""
    yield "card_void", None


def why(report: CardReport, today: date) -> str:  # noqa: ARG001
    """Why a letter about it is written today, for the host's preview."""
    return f"{report.opened_on} {report.kind} {'void' if report.void else 'found again'}"
