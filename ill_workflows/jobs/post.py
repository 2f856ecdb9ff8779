"""Putting letters into the outbox: composed once, written with their notices in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ill_workflows.app import App
from ill_workflows.store.outbox import Written

if TYPE_CHECKING:
    from ill_workflows.mail.compose import Letter


@dataclass(frozen=True, slots=True)
class Clock:
    """The day and the moment of a run; only the doors read a clock."""

    today: date
    now: datetime


def compose(app: App, letter: Letter, clock: Clock) -> Written:
    """Compose a letter for the outbox.

    Raises:
        LetterBroken: its template asks for a fact that is not known.
    """
    hidden = replace(letter, key=f"{app.letter_secret} {letter.key}")
    composed = app.composer.compose(hidden, clock.now)
    return Written(
        composed.message_id, letter.policy, letter.step, letter.library, letter.to, letter.cc,
        composed.subject, letter.cases, composed.body,
    )  # fmt: skip
