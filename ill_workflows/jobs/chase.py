"""Asking for the month's sheets: announced with the pre-filled workbooks, asked for, missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ill_workflows.app import App
from ill_workflows.evaluation.arrived import RECEIVED
from ill_workflows.forms import FORMS
from ill_workflows.forms.month import first_day
from ill_workflows.jobs.board import board, due_day, months
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.templates import prefilled
from ill_workflows.lending.notices import History
from ill_workflows.lending.sheets import FIRST, Awaited, Chase, chases
from ill_workflows.mail import chasing
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import XLSX
from ill_workflows.mail.mime import Attachment
from ill_workflows.store import standing

MONTHLY = {form.name: form for form in FORMS if form.monthly}


def awaited(app: App, today: date) -> list[Awaited]:
    """Every monthly sheet that is not accepted yet, of the months up to the running one."""
    spans = {
        month: (app.host.calendar.next_open(first_day(month)), due_day(app, month))
        for month in months(app, today)
    }
    return [
        Awaited(place.library, place.form, place.month, *spans[place.month], place.state)
        for place in board(app, today)
        if place.state not in RECEIVED and place.form in MONTHLY
    ]


def todays_chases(app: App, history: History, today: date) -> list[Chase]:
    """What is written about sheets today."""
    return chases(awaited(app, today), app.policies[chasing.POLICY], history, today)


def letters_of(app: App, found: list[Chase], clock: Clock) -> Iterator[tuple[Chase | None, Letter]]:
    """The letters; each but the host's list belongs to the chase whose notices it carries."""
    cards = _void(app) if any(chase.step == FIRST for chase in found) else []
    for chase in found:
        member = app.members[chase.library]
        files = _attached(app, chase)
        void = [card for card in cards if card.rpartition("-")[0] != member.code]
        yield chase, chasing.asked(chase, member, MONTHLY, clock.today, files, void)
    told = [chase for chase in found if chase.told_to_head and chase.library != app.host.code]
    if told:
        yield None, chasing.listed(told, app.host, app.members, MONTHLY, clock.today)


def _void(app: App) -> list[str]:
    """The members' cards on which nothing may be lent now."""
    with app.engine.connect() as connection:
        cards = standing.void_cards(connection)
    return sorted(card for card in cards if card.rpartition("-")[0] in app.members)


def _attached(app: App, chase: Chase) -> tuple[Attachment, ...]:
    """The pre-filled workbooks of the newest month asked about, with all that is open."""
    month = max(sheet.month for sheet in chase.sheets)
    forms = [MONTHLY[s.form] for s in chase.sheets if s.month == month]
    books = prefilled(app, [app.members[chase.library]], month, forms)
    return tuple(Attachment(name, XLSX, data) for name, data in books.items())
