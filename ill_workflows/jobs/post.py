"""Putting letters into the outbox: composed once, written with their notices in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
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
    composed = app.composer.compose(letter, clock.now)
    return Written(
        composed.message_id, letter.policy, letter.step, letter.library, letter.to, letter.cc,
        composed.subject, letter.cases, composed.body,
    )  # fmt: skip


def compose_all(
    app: App, letters: Sequence[Letter], clock: Clock
) -> tuple[list[Written], list[LetterBroken]]:
    """Compose what can be composed; a broken letter is set aside and the others go out."""
    written, broken = [], []
    for letter in letters:
        try:
            written.append(compose(app, letter, clock))
        except LetterBroken as bad:
            broken.append(bad)
    return written, broken
