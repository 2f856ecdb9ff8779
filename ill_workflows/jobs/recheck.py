"""Looking once more at what is about to leave: is it still true, and still to the right person?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.jobs import remind
from ill_workflows.jobs.chase import awaited
from ill_workflows.jobs.decide import Today, decide
from ill_workflows.jobs.post import Clock
from ill_workflows.lending.cases import Reader
from ill_workflows.lending.kinds import true_today
from ill_workflows.mail.letters import boxes
from ill_workflows.store import outbox
from ill_workflows.store.db import writing

TO_READERS: Final = frozenset({"due_soon", "overdue", "recall", "suspension"})
ABOUT_LOANS: Final = TO_READERS | {"overdue_library", "overdue_lender"}
_TOLD: Final = frozenset({"recall_lender", "card_void"})
RECHECKED: Final = ABOUT_LOANS | _TOLD | {
    "still_out", "discrepancy", "sheet",
    "clearance", "cleared", "held", "claim", "term",
}  # fmt: skip
"""Policies whose letters are held against today's facts before they leave."""
EXPIRES_AFTER: Final = 5
"""Days after which an unsent reminder is taken back: today's facts deserve a fresh letter."""
EXPIRES: Final = {"recall": 1}
"""What is written daily grows old sooner."""

Still = Mapping[tuple[str, str], Sequence[tuple[str, ...] | None]]
"""(policy, case) that is still open → whom letters about it would go to; None: as written."""


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
    still = _still(app, decide(app, clock), clock)
    freed: list[outbox.Mark] = []
    withdrawn = 0
    with writing(app.engine) as connection:
        for row in looked_at:
            if not _is_over(app, row, still, clock):
                continue
            freed += outbox.withdraw(
                connection, row["id"], "事由已了結或內容過時 / settled or out of date"
            )
            withdrawn += 1
    return withdrawn, remind.write_again(app, freed, clock).broken if freed else []


def _still(app: App, today: Today, clock: Clock) -> Still:
    still: dict[tuple[str, str], list[tuple[str, ...] | None]] = {
        key: [_addresses(app, to) for to in allowed if _member(app, to)]
        for key, allowed in true_today(today.cases, clock.today).items()
    }
    still.update((("sheet", sheet.key), [None]) for sheet in awaited(app, clock.today))
    return still


def _member(app: App, to: Reader | str | None) -> bool:
    """Nobody writes to a library that is no member any more, nor to its readers."""
    return to is None or (to if isinstance(to, str) else to.home) in app.members


def _addresses(app: App, to: Reader | str | None) -> tuple[str, ...] | None:
    """Where a letter goes; to a reader without an address, through the home library."""
    if to is None:
        return None
    if isinstance(to, str):
        return boxes(app.members[to])
    return (to.email,) if to.email else app.members[to.home].contacts


def _is_over(app: App, row: Mapping[str, Any], still: Still, clock: Clock) -> bool:
    """Whether any case of a letter is settled or somebody else's, or the letter is too old."""
    policy = row["policy"]
    if (clock.today - row["created_on"]).days > EXPIRES.get(policy, EXPIRES_AFTER):
        return True
    first = row["step"] in {step.name for step in app.policies[policy].steps[:1]}
    names = (policy, f"{policy}:{'first' if first else 'later'}")
    for case in row["cases"]:
        allowed = [to for name in names for to in still.get((name, case), ())]
        if not any(to is None or tuple(row["to"]) == tuple(to) for to in allowed):
            return True
    return False
