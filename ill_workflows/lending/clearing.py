"""Who is asked about a leaver, what the answers and sheets say, and what is due about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from ill_workflows.lending.cases import Reader
from ill_workflows.lending.clearance import (
    Answer,
    Clearance,
    Concern,
    Held,
    Leaving,
    Lent,
    Owed,
)
from ill_workflows.lending.notices import Day, Notice

HOME_AFTER, SILENT_AFTER = 7, 14
"""The steps from which the home library, and the host, are told of a lender's silence."""
TOGETHER: Final = timedelta(days=120)
"""Leavings of one reader so few days after each other are one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What clearances follow from.

    ``held`` (home, reader's number) → the cards; ``lent`` card → the books lent on it; ``answers``
    (number, lender) → the answer that counts; ``covered(lender, since, until)`` says whether the
    lender's accepted sheets cover all of these days; ``lenders`` are the members' codes.
    """

    held: Mapping[tuple[str, str], Sequence[Held]]
    lent: Mapping[str, Sequence[Lent]]
    answers: Mapping[tuple[str, str], Answer]
    covered: Callable[[str, date, date], bool]
    lenders: Sequence[str]


def clearances(
    leavings: Iterable[Leaving],
    facts: Facts,
    readers: Mapping[tuple[str, str], Reader],
    numbered: Callable[[str, str, date], str],
    today: date,
) -> list[Clearance]:
    """The clearances of all leavers who ever had a card, oldest first.

    ``readers`` are those of the registers; ``numbered(home, patron, day)`` gives a leaving its
    number.
    """
    by_reader: dict[tuple[str, str], list[Leaving]] = {}
    for one in leavings:
        by_reader.setdefault((one.home, one.patron), []).append(one)
    found = []
    for (home, patron), rows in by_reader.items():
        for group in _episodes(rows):
            first = group[0]
            last = max(row.leaving_on for row in group)
            cards = [one for one in facts.held.get((home, patron), ()) if one.since <= last]
            if not cards:
                continue
            number = numbered(home, patron, first.leaving_on)
            held = tuple(
                replace(one, ref=f"{number}-{n}" if n > 1 else number)
                for n, one in enumerate(cards, start=1)
            )
            reader = readers.get((home, patron)) or Reader(home, patron, first.name, first.email)
            days = [row.withdrawn_on for row in group if row.withdrawn_on is not None]
            withdrawn = max(days) if len(days) == len(group) else None
            found.append(
                Clearance(
                    home, number, reader, tuple(dict.fromkeys(row.kind for row in group)), last,
                    min(row.listed_on for row in group), withdrawn, held,
                    () if withdrawn else tuple(_concerns(home, number, last, held, facts, today)),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (one.listed_on, one.home, one.number))


def _episodes(rows: Sequence[Leaving]) -> Iterator[list[Leaving]]:
    """Rows of one reader that belong together; a withdrawn one stands apart where others stand."""
    standing = [row for row in rows if row.withdrawn_on is None]
    group: list[Leaving] = []
    for row in sorted(standing or rows, key=lambda row: row.leaving_on):
        if group and row.leaving_on - group[-1].leaving_on > TOGETHER:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _concerns(  # noqa: PLR0913, PLR0917 - what a leaving is
    home: str, number: str, leaving_on: date, held: Sequence[Held], facts: Facts, today: date
) -> Iterator[Concern]:
    cards: dict[str, list[Held]] = {}
    for one in held:
        for lender in _asked(one, facts, today) - {home}:
            cards.setdefault(lender, []).append(one)
    for lender in facts.lenders:  # who has answered is concerned, whatever its sheets say since
        said = [one for one in held if (one.ref, lender) in facts.answers]
        if lender not in cards and lender != home and said:
            cards[lender] = said
    for lender in sorted(cards):
        plain = Concern(home, number, lender, leaving_on, tuple(cards[lender]), "waiting")
        yield _answered(plain, facts)


def _asked(one: Held, facts: Facts, today: date) -> set[str]:
    """The lenders that a card held for some days may concern."""
    lent = {book.lender for book in facts.lent.get(one.card, ()) if one.holds(book.lent_on)}
    if one.destination:
        return lent | {one.destination}
    until = min(one.until or today, today)
    unseen = (code for code in facts.lenders if not facts.covered(code, one.since, until))
    return lent.union(unseen)


def _answered(concern: Concern, facts: Facts) -> Concern:
    """What the lender's answers say, and what its sheets of a later day say against them."""
    answers = [facts.answers.get((one.ref, concern.lender)) for one in concern.held]
    owed: list[Owed] = []
    days: list[date] = []
    settled = False
    for one, answer in zip(concern.held, answers, strict=True):
        if answer is None:
            continue
        books = [
            book
            for book in facts.lent.get(one.card, ())
            if book.lender == concern.lender and one.holds(book.lent_on)
        ]
        left = _left(answer, books)
        owed += left
        ended = not left and not answer.clear
        settled = settled or ended
        later = max((b.as_of for b in books), default=answer.answered_on)
        days.append(later if ended else answer.since or answer.answered_on)
    if owed:
        return replace(concern, state="owes", owed=tuple(owed), answered_on=max(days))
    if not answers or None in answers:
        return concern
    return replace(concern, state="clear", answered_on=max(days), settled=settled)


def _left(answer: Answer, books: Sequence[Lent]) -> list[Owed]:
    """What is owed still: what was answered, or a book that has turned up since."""
    if answer.clear:
        out = [b for b in books if b.returned_on is None and b.as_of > answer.answered_on]
        return [Owed(book.item, book.title) for book in out]
    return [one for one in answer.owed if not _settled(one, books, answer.answered_on)]


def _settled(owed: Owed, books: Sequence[Lent], answered_on: date) -> bool:
    """Whether a later sheet of the lender shows the book back and the money paid."""
    later = [book for book in books if book.as_of > answered_on]
    if owed.item:
        same = [book for book in later if book.item == owed.item]
        back = bool(same) and all(book.returned_on is not None for book in same)
        return back and (not owed.amount or all(b.paid >= max(b.fine, owed.amount) for b in same))
    paid = sum(book.paid for book in later)
    return bool(later) and owed.amount > 0 and all(
        book.returned_on is not None and book.paid >= book.fine for book in later
    ) and paid >= owed.amount  # fmt: skip


def due_to_lender(concern: Concern, day: Day) -> Iterator[Notice]:
    """The lender is asked, and asked again; after the last step it stands on the host's list."""
    if concern.state != "waiting":
        return
    told = day.history.get(("clearance", concern.key, ""), {})
    anchor = min(told.values(), default=day.today)
    step = day.due("clearance", concern.key, anchor)
    if step is not None:
        to = ("library", concern.lender)
        yield Notice("clearance", step.name, concern.key, "", concern.lender, to, concern)


def due_to_home(clearance: Clearance, day: Day) -> Iterator[Notice]:
    """The home library is told once of each outcome, and anew when it changes."""
    policy = clearance.state
    if policy not in {"cleared", "held"}:
        return
    step = day.due(policy, clearance.key, day.today, clearance.mark)
    if step is not None:
        to = ("library", clearance.home)
        yield Notice(
            policy, step.name, clearance.key, clearance.mark, clearance.home, to, clearance
        )


def true_to_lender(concern: Concern, today: date) -> Iterator[tuple[str, Reader | None]]:  # noqa: ARG001
    """A request is true while the lender has not answered."""
    if concern.state == "waiting":
        yield "clearance", None


def true_to_home(clearance: Clearance, today: date) -> Iterator[tuple[str, Reader | None]]:  # noqa: ARG001
    """An outcome is true while it stands."""
    if clearance.state in {"cleared", "held"}:
        yield clearance.state, None
