"""Looking once more at what is about to leave: is it still true, and still to the right person?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.jobs import remind
from ill_workflows.jobs.chase import awaited
from ill_workflows.jobs.post import Clock
from ill_workflows.lending.kinds import true_today
from ill_workflows.store import outbox
from ill_workflows.store.db import writing

TO_READERS: Final = frozenset({"due_soon", "overdue"})
ABOUT_LOANS: Final = TO_READERS | {"overdue_library", "overdue_lender"}
RECHECKED: Final = ABOUT_LOANS | {
    "still_out", "discrepancy", "sheet",
    "clearance", "cleared", "held",
}  # fmt: skip
"""Policies whose letters are held against today's facts before they leave."""
EXPIRES_AFTER: Final = 5
"""Days after which an unsent reminder is taken back: today's facts deserve a fresh letter."""

Still = Mapping[tuple[str, str], tuple[str, ...] | None]
"""(policy, case) that is still open → whom a letter about it would go to; None: as written."""


def take_back(
    app: App, rows: Sequence[Mapping[str, Any]], clock: Clock
) -> tuple[int, list[LetterBroken]]:
    """Withdraw the letters of which something is settled or out of date; what is still true of
    them is written afresh.

    Answers how many were withdrawn, and the fresh letters that could not be composed.
    """  # noqa: D205
    looked_at = [row for row in rows if row["policy"] in RECHECKED]
    if not looked_at:
        return 0, []
    still = _still(app, remind.decide(app, clock), clock)
    freed: list[outbox.Mark] = []
    withdrawn = 0
    with writing(app.engine) as connection:
        for row in looked_at:
            if not _is_over(row, still, clock):
                continue
            freed += outbox.withdraw(
                connection, row["id"], "事由已了結或內容過時 / settled or out of date"
            )
            withdrawn += 1
    return withdrawn, remind.write_again(app, freed, clock).broken if freed else []


def _still(app: App, today: remind.Today, clock: Clock) -> Still:
    still: dict[tuple[str, str], tuple[str, ...] | None] = {}
    for key, reader in true_today(today.cases, clock.today).items():
        if reader is None:
            still[key] = None
        elif reader.home in app.members:
            home = app.members[reader.home].contacts
            still[key] = (reader.email,) if reader.email else home
    still.update((("sheet", sheet.key), None) for sheet in awaited(app, clock.today))
    return still


def _is_over(row: Mapping[str, Any], still: Still, clock: Clock) -> bool:
    """Whether any case of a letter is settled or somebody else's, or the letter is too old."""
    if (clock.today - row["created_on"]).days > EXPIRES_AFTER:
        return True
    for case in row["cases"]:
        if (row["policy"], case) not in still:
            return True
        to = still[row["policy"], case]
        if to is not None and tuple(row["to"]) != tuple(to):
            return True
    return False
