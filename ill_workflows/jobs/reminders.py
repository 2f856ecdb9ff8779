"""From a bundle of notices to the letters that carry it, with what is attached to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ill_workflows.app import App
from ill_workflows.forms.cover import INTERIM
from ill_workflows.forms.month import month_of
from ill_workflows.forms.usage import USAGE
from ill_workflows.jobs.certificate import certificates, clearance_sheet
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.templates import prefilled
from ill_workflows.jobs.term import letter_of as term_letter
from ill_workflows.lending import claims as claiming
from ill_workflows.lending.cases import Loan
from ill_workflows.lending.clearance import Clearance
from ill_workflows.lending.clearing import HOME_AFTER, SILENT_AFTER
from ill_workflows.lending.notices import Bundle, Case
from ill_workflows.lending.recalls import HOST_AFTER as RECALL_HOST_AFTER
from ill_workflows.lending.reminding import HOST_AFTER
from ill_workflows.mail import claims, clearance, letters, losses, recalls, suspensions
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.mime import Attachment


@dataclass(frozen=True)
class Desk:
    """What letters are written from: ``loans`` are all that are out, ``others`` the other cases."""

    app: App
    loans: Sequence[Loan]
    clock: Clock
    others: Sequence[Case] = ()


def letters_of(desk: Desk, one: Bundle) -> Iterator[Letter]:
    """The letters of one bundle; the first carries its notices, a further one tells the host.

    Raises:
        LetterBroken: the page to print cannot be written.
    """
    return WRITERS[one.policy](desk, one)


def _discrepancy(desk: Desk, one: Bundle) -> Iterator[Letter]:
    yield letters.of_discrepancy(one, desk.app.members, desk.clock.today)


def _claim(desk: Desk, one: Bundle) -> Iterator[Letter]:
    app, steps = desk.app, desk.app.policies["claim"].steps
    first = steps[0].name if steps else one.step
    yield claims.to_home(one, app.members, desk.clock.today, first)
    late = one.step.isdigit() and int(one.step) >= claiming.HOST_AFTER
    if late and one.library != app.host.code:
        yield claims.to_host(one, app.host, app.members, desk.clock.today)


def _still_out(desk: Desk, one: Bundle) -> Iterator[Letter]:
    sheet = _interim_sheet(desk.app, one, desk.clock)
    yield letters.to_library(one, desk.app.members, desk.clock.today, sheet)


def _to_library(desk: Desk, one: Bundle) -> Iterator[Letter]:
    app, today = desk.app, desk.clock.today
    yield letters.to_library(one, app.members, today)
    if one.policy == "overdue_library" and _reaches_the_host(app, one):
        yield letters.to_host(one, app.host, app.members, today)


def _to_reader(desk: Desk, one: Bundle) -> Iterator[Letter]:
    """A reader's other books are listed for information."""
    app, reached = desk.app, set(one.cases)
    others = [
        replace(loan, due_on=loan.recalled or loan.due_on)
        for loan in desk.loans
        if loan.reader is not None
        and not loan.asked  # known from old sheets only: it may be back
        and f"{loan.reader.home}/{loan.reader.number}" == one.to[1]
        and loan.key not in reached
    ]
    steps = app.policies["overdue"].steps
    first, last = (steps[0].name, steps[-1].name) if steps else ("", "")
    letter = letters.to_reader(one, others, app.members, desk.clock.today, last, first)
    yield by_hand(app, letter)


def _recall(desk: Desk, one: Bundle) -> Iterator[Letter]:
    """Separate letters: to the reader, or to the home library; later the host hears of it too."""
    app, today = desk.app, desk.clock.today
    first = next((step.name for step in app.policies[one.policy].steps), "")
    if one.to[0] == "reader":
        yield by_hand(app, recalls.to_reader(one, app.members, today, first))
        return
    yield recalls.to_home(one, app.members, today, first)
    if one.step.isdigit() and int(one.step) >= RECALL_HOST_AFTER and one.library != app.host.code:
        yield recalls.to_host(one, app.host, app.members, today)


def _recall_lender(desk: Desk, one: Bundle) -> Iterator[Letter]:
    yield recalls.to_lender(one, desk.app.members, desk.clock.today)


def _suspension(desk: Desk, one: Bundle) -> Iterator[Letter]:
    """Separate letters: to the reader, or to the home library."""
    app, today = desk.app, desk.clock.today
    if one.to[0] == "reader":
        yield by_hand(app, suspensions.to_reader(one, app.members, today))
    else:
        yield suspensions.to_home(one, app.members, today)


def _card_void(desk: Desk, one: Bundle) -> Iterator[Letter]:
    yield losses.told(one, desk.app.members, desk.clock.today)


def _term(desk: Desk, one: Bundle) -> Iterator[Letter]:
    yield term_letter(desk.app, one, desk.clock.today)


def by_hand(app: App, letter: Letter) -> Letter:
    """The same, with the page to print where its reader has no address."""
    if not letter.facts["by_hand"]:
        return letter
    page = app.composer.page(letter.template, letter.language, {**letter.facts, "by_hand": False})
    name = "給讀者的信.html" if letter.language != "en" else "letter-to-the-reader.html"
    return replace(letter, attachments=(Attachment(name, "text/html", page),))


def _clearance(desk: Desk, one: Bundle) -> Iterator[Letter]:
    """A lender is asked; from the middle on its silence is told, to whom it concerns."""
    app, today, lender = desk.app, desk.clock.today, desk.app.members[one.to[1]]
    sheet = clearance_sheet(app, lender, one, today)
    last = app.policies["clearance"].steps[-1].name
    yield clearance.request(one, app.members, today, last, sheet)
    if not one.step.isdigit() or int(one.step) < HOME_AFTER:
        return
    asked = set(one.cases)
    waiting: dict[str, list[Clearance]] = {}
    for case in desk.others:
        if isinstance(case, Clearance) and any(c.key in asked for c in case.concerns):
            waiting.setdefault(case.home, []).append(case)
    for home, leavers in waiting.items():
        yield clearance.waiting(one.step, lender, app.members[home], leavers, today)
    if int(one.step) >= SILENT_AFTER:
        yield clearance.unanswered(one, lender, app.host, app.members, today)


def _cleared(desk: Desk, one: Bundle) -> Iterator[Letter]:
    pages = certificates(desk.app, one, desk.clock.today)
    yield clearance.result(one, desk.app.members, desk.clock.today, pages)


def _held(desk: Desk, one: Bundle) -> Iterator[Letter]:
    yield clearance.result(one, desk.app.members, desk.clock.today)


def _interim_sheet(app: App, one: Bundle, clock: Clock) -> tuple[Attachment, ...]:
    """The running month's usage sheet, ready to be sent back as an interim report."""
    lender = app.members[one.to[1]]
    books = prefilled(app, [lender], month_of(clock.today), (USAGE,), kind=INTERIM)
    return tuple(Attachment(name, letters.XLSX, data) for name, data in books.items())


def _reaches_the_host(app: App, one: Bundle) -> bool:
    """Long overdue books are told to the host too, unless it is the home library itself."""
    return one.step.isdigit() and int(one.step) >= HOST_AFTER and one.library != app.host.code


WRITERS: Final[dict[str, Callable[[Desk, Bundle], Iterator[Letter]]]] = {
    "due_soon": _to_reader, "overdue": _to_reader, "overdue_lender": _to_library,
    "overdue_library": _to_library, "still_out": _still_out, "discrepancy": _discrepancy,
    "clearance": _clearance, "cleared": _cleared, "held": _held,
    "recall": _recall, "recall_lender": _recall_lender, "suspension": _suspension,
    "card_void": _card_void,
    "claim": _claim, "term": _term,
}  # fmt: skip
"""Policy → who writes its letters."""
