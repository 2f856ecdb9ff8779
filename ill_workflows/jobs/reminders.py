"""From a bundle of notices to the letters that carry it, with what is attached to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ill_workflows.app import App
from ill_workflows.forms.cover import INTERIM
from ill_workflows.forms.month import month_of
from ill_workflows.forms.usage import USAGE
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.templates import prefilled
from ill_workflows.lending.cases import Loan
from ill_workflows.lending.policies import HOST_AFTER, Bundle
from ill_workflows.mail import letters
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.mime import Attachment


def letters_of(app: App, one: Bundle, loans: Sequence[Loan], clock: Clock) -> Iterator[Letter]:
    """The letters of one bundle; the first carries its notices, a further one tells the host.

    ``loans`` are all that are out: a reader's others are listed for information.

    Raises:
        LetterBroken: the page to print cannot be written.
    """
    if one.policy in {"due_soon", "overdue"}:
        yield _to_reader(app, one, loans, clock)
    elif one.policy == "discrepancy":
        yield letters.of_discrepancy(one, app.members, clock.today)
    elif one.policy == "still_out":
        yield letters.to_library(one, app.members, clock.today, _interim_sheet(app, one, clock))
    else:
        yield letters.to_library(one, app.members, clock.today)
    if one.policy == "overdue_library" and _reaches_the_host(app, one):
        yield letters.to_host(one, app.host, app.members, clock.today)


def _to_reader(app: App, one: Bundle, loans: Sequence[Loan], clock: Clock) -> Letter:
    reached = set(one.cases)
    others = [
        loan
        for loan in loans
        if loan.reader is not None
        and not loan.asked  # known from old sheets only: it may be back
        and f"{loan.reader.home}/{loan.reader.number}" == one.to[1]
        and loan.key not in reached
    ]
    steps = app.policies["overdue"].steps
    first, last = (steps[0].name, steps[-1].name) if steps else ("", "")
    letter = letters.to_reader(one, others, app.members, clock.today, last, first)
    if not letter.facts["by_hand"]:
        return letter
    page = app.composer.page(letter.template, letter.language, {**letter.facts, "by_hand": False})
    name = "給讀者的信.html" if letter.language != "en" else "letter-to-the-reader.html"
    return replace(letter, attachments=(Attachment(name, "text/html", page),))


def _interim_sheet(app: App, one: Bundle, clock: Clock) -> tuple[Attachment, ...]:
    """The running month's usage sheet, ready to be sent back as an interim report."""
    lender = app.members[one.to[1]]
    books = prefilled(app, [lender], month_of(clock.today), (USAGE,), kind=INTERIM)
    return tuple(Attachment(name, letters.XLSX, data) for name, data in books.items())


def _reaches_the_host(app: App, one: Bundle) -> bool:
    """Long overdue books are told to the host too, unless it is the home library itself."""
    return one.step.isdigit() and int(one.step) >= HOST_AFTER and one.library != app.host.code
