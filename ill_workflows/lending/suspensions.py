"""Suspensions: a lender bars a reader for a while; the home library helps to keep it (Article 6.4).

The lender names a card and the day on which its rules were broken.  Who that was, only the home
library's register knows, and only the home library and the reader hear it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from ill_workflows.ledger.merge import latest
from ill_workflows.lending.cases import Reader, case_key, holding
from ill_workflows.lending.notices import Day, Notice

HOME: Final = "home"
READER: Final = "reader"
_IDENTITY: Final = ("card", "violated_on")


@dataclass(frozen=True, slots=True)
class Suspension:
    """A reader whom a lender has suspended.

    ``until`` is its last day, where it has one; ``lifted_on`` the day on which the lender lifted
    it.  ``turn`` counts how often the lender has changed its days: each time it is told anew.
    """

    lender: str
    home: str
    card: str
    violated_on: date
    reason: str
    since: date
    until: date | None
    lifted_on: date | None
    as_of: date
    reader: Reader | None
    turn: int = 0

    @property
    def key(self) -> str:
        """``suspension/<lender>/<card>/<violated>``."""
        return case_key("suspension", self.lender, self.card, self.violated_on)

    def over(self, today: date) -> str:
        """*lifted* by the lender, *ended* as its last day has passed; empty while it lasts."""
        if self.lifted_on is not None:
            return "lifted"
        return "ended" if self.until is not None and self.until < today else ""

    def lasts_on(self, day: date) -> bool:
        """Whether the reader was suspended on a day."""
        lifted = self.lifted_on is not None and self.lifted_on <= day
        return self.since <= day and not lifted and (self.until is None or day <= self.until)


def suspensions(rows: pd.DataFrame, issues: pd.DataFrame) -> list[Suspension]:
    """Every suspension that was told, as it was told last.

    ``rows`` are all those of 停權, ``issues`` the home libraries' on their cards.
    """
    if rows.empty:
        return []
    counted = latest(rows, _IDENTITY)
    before = _versions(rows)
    asked = counted[["library", "card"]].assign(lent_on=counted["violated_on"])
    return [
        _suspension(row, reader, before[row["library"], row["card"], row["violated_on"]])
        for row, reader in zip(counted.to_dict("records"), holding(asked, issues), strict=True)
    ]


def _versions(rows: pd.DataFrame) -> dict[tuple[Any, ...], list[Hashable | None]]:
    """A suspension's key → its days as they were told one after the other; None: lifted."""
    found: dict[tuple[Any, ...], list[Hashable | None]] = {}
    for row in rows.sort_values(["seq", "row"], kind="stable").to_dict("records"):
        days = (row["suspended_from"], str(row["suspended_until"]))
        key = (row["library"], row["card"], row["violated_on"])
        found.setdefault(key, []).append(None if _day(row["lifted_on"]) else days)
    return found


def turns(told: Sequence[Hashable | None]) -> int:
    """How often what was told changed after the first time; None is no telling."""
    changes, last = 0, None
    for one in told:
        changes += one is not None and one != last
        last = one
    return max(changes - 1, 0)


def _suspension(
    row: Mapping[Any, Any], reader: Reader | None, told: Sequence[Hashable | None]
) -> Suspension:
    card, reason = row["card"], row["reason"]
    return Suspension(
        row["library"], card.rpartition("-")[0], card, row["violated_on"],
        reason if isinstance(reason, str) else "",
        _day(row["suspended_from"]) or row["violated_on"], _day(row["suspended_until"]),
        _day(row["lifted_on"]), row["as_of"], reader, turns(told),
    )  # fmt: skip


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) and not pd.isna(value) else None


def due(case: Suspension, day: Day) -> Iterator[Notice]:
    """To the home library and to the reader: that it begins, and that it is over."""
    yield from _tell(case, day, HOME, ("library", case.home))
    if case.reader is not None:
        yield from _tell(case, day, READER, ("reader", f"{case.home}/{case.reader.number}"))


def _tell(case: Suspension, day: Day, side: str, to: tuple[str, str]) -> Iterator[Notice]:
    """It is over for those only who have heard that it began."""
    plan = day.policies["suspension"]
    if not plan.enabled or not plan.steps:
        return
    first, last = plan.steps[0], plan.steps[-1]
    episodes = [side, *(f"{side}/{n}" for n in range(1, case.turn + 1))]
    told = [day.history.get(("suspension", case.key, episode), {}) for episode in episodes]
    heard = next((steps for steps in reversed(told) if steps), None)
    if case.over(day.today):
        step = last if heard is not None and last.name not in heard else None
    else:
        begun = day.today >= case.as_of + timedelta(days=first.after)
        step = first if begun and first.name not in told[-1] else None
    if step is not None:
        yield Notice("suspension", step.name, case.key, episodes[-1], case.home, to, case)


def true(case: Suspension, today: date) -> Iterator[tuple[str, Reader | str | None]]:
    """What it is today: suspended, or free again."""
    policy = "suspension:later" if case.over(today) else "suspension:first"
    yield policy, case.home
    if case.reader is not None:
        yield policy, case.reader


def why(case: Suspension, today: date) -> str:
    """Why a letter about it is written today, for the host's preview."""
    over = case.over(today)
    if over:
        return f"{case.lifted_on} 解除 lifted" if over == "lifted" else f"{case.until} 期滿 ended"
    return f"{case.since} 起停權 suspended since"


def barred(cases: Iterable[Suspension], home: str) -> dict[str, list[Suspension]]:
    """A home library's own readers who were suspended: number → when, and by whom."""
    found: dict[str, list[Suspension]] = {}
    for one in cases:
        if one.home == home and one.reader is not None:
            found.setdefault(one.reader.number, []).append(one)
    return found
