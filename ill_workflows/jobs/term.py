"""The term of the agreement (Article 9): when it ends, and whose sheets it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ill_workflows.app import App
from ill_workflows.evaluation.arrived import NOT_DUE, RECEIVED
from ill_workflows.forms.month import month_of, months_between
from ill_workflows.jobs.asked import Asked
from ill_workflows.jobs.board import board, due_day
from ill_workflows.lending.notices import Bundle
from ill_workflows.lending.term import TermEnd
from ill_workflows.mail import meeting
from ill_workflows.mail.compose import Letter


def ending(asked: Asked) -> Iterable[TermEnd]:
    """The term that has not ended; none where config.toml tells of none."""
    term = asked.app.config.alliance.term
    if term is not None and asked.clock.today <= term.last:
        yield TermEnd(term.first, term.last, asked.app.host.code)


def letter_of(app: App, one: Bundle, today: date) -> Letter:
    """What the host is told, with a copy to the committee."""
    missing: dict[str, list[str]] = {}
    for place in board(app, today):
        if place.state not in RECEIVED | NOT_DUE:
            codes = missing.setdefault(place.month, [])
            if place.library not in codes:
                codes.append(place.library)
    return meeting.ending(one, app.members, app.config.alliance.committee, missing, today)


def months_of_ended(app: App, today: date) -> list[str]:
    """All months of a term that is over and whose last sheets have been due; none before that."""
    term = app.config.alliance.term
    if term is None or today <= due_day(app, month_of(term.last)):
        return []
    return months_between(month_of(term.first), month_of(term.last))
