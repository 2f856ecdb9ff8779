"""From the rows of one claim to its actions: what each accepted row changes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ill_workflows.forms.choices import PAID, WAIVED, WITHDRAWN
from ill_workflows.ledger.accounts import FINE, Account, Action, Deed, Told
from ill_workflows.ledger.places import Place

_DEEDS: Final[dict[str, Deed]] = {PAID: "paid", WAIVED: "waived", WITHDRAWN: "withdrawn"}
"""Words of 處理 after which nobody is asked any more, and the action that each is."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a claim stands by one row: sums, the word of 處理, and since when."""

    row: Told
    amount: int
    paid: int
    waived: int
    withdrawn: int
    word: str
    day: date
    place: Place

    @property
    def balance(self) -> int:
        """What is still owed."""
        return self.amount - self.paid - self.waived - self.withdrawn

    @property
    def open(self) -> bool:
        """Whether it is unsettled; one whose amount nobody has told yet is."""
        return self.word not in _DEEDS and (self.balance > 0 or not self.amount)


Timeline = list[tuple[int, Stand]]
"""Number of a submission → where the claim stands once it was accepted."""


def of_form(row: Told) -> Stand:
    """繳清 pays what is owed, 減免 waives and 撤銷 withdraws what is not paid."""
    amount, paid = row.amount or 0, row.paid
    if row.word == PAID:
        paid = amount
    left = max(0, amount - paid)
    return Stand(
        row, amount, paid, left if row.word == WAIVED else 0, left if row.word == WITHDRAWN else 0,
        row.word, row.acted_on or row.as_of, row.place,
    )  # fmt: skip


def of_loan(rows: Sequence[Told]) -> Timeline:
    """What the rows of a loan make of its claim, one entry a submission that changes it.

    The row in the latest month counts; a claim that no row speaks of any more is withdrawn.
    """
    moments = {row.seq for row in rows} | {row.until for row in rows if row.until is not None}
    found: Timeline = []
    for at in sorted(moments):
        standing = [r for r in rows if r.seq <= at and (r.until is None or r.until > at)]
        row = max(standing, key=lambda row: (row.month, row.seq, row.place.row), default=None)
        last = found[-1][1] if found else None
        if row is not None and not row.nothing:
            amount = row.amount or 0
            stand = Stand(row, amount, row.paid, 0, 0, "", row.as_of, row.place)
            if amount and stand.balance <= 0:
                stand = replace(stand, word=PAID)
        elif last is None or last.word == WITHDRAWN:
            continue
        else:
            day = row.as_of if row is not None else _gone(rows, at) or last.day
            left = last.withdrawn + max(0, last.balance)
            place = row.place if row is not None else last.place
            stand = replace(last, withdrawn=left, word=WITHDRAWN, day=day, place=place)
        found.append((at, stand))
    return found


def _gone(rows: Sequence[Told], at: int) -> date | None:
    return next((row.gone_on for row in rows if row.until == at), None)


def gone_through(form: Sequence[Told], loans: Sequence[Sequence[Told]]) -> Account:
    """The claim that these rows are about; the form's row stands as soon as there is one."""
    lines = [of_loan(rows) for rows in loans]
    moments = sorted({row.seq for row in form} | {at for line in lines for at, _ in line})
    actions: list[Action] = []
    before: Stand | None = None
    for at in moments:
        now = _at(at, form, lines)
        for deed, change, day in _changes(before, now):
            on = max(day, actions[-1].day) if actions else day
            actions.append(Action(deed, on, change, now.place))
        before = now
    assert before is not None  # noqa: S101 - a claim has a row
    row = before.row
    lent = [rows[-1] for rows in loans]
    return Account(
        row.lender, row.number, row.card, row.item,
        row.title or next((loan.title for loan in lent if loan.title), ""), row.kind,
        actions[0].day, before.day if before.row.lent_on else row.as_of, before.balance,
        bool(before.amount), not before.open, tuple(actions),
        next((loan.lent_on for loan in lent), None),
        tuple(loan.number for loan in lent if loan.number != row.number),
    )  # fmt: skip


def _at(at: int, form: Sequence[Told], lines: Sequence[Timeline]) -> Stand:
    """Where a claim stands once a submission was accepted."""
    known = [stand for line in lines if (stand := _last(line, at)) is not None]
    filed = [row for row in form if row.seq <= at]
    if not filed:
        return _together(at, known, lines)
    now = of_form(filed[-1])
    for one in known:  # the lender's own later sheet shows the fine paid
        later = one.row.kind == FINE and one.row.seq > now.row.seq and bool(now.row.item)
        if later and now.open and one.word == PAID and one.paid >= now.amount:
            return replace(now, paid=now.amount, word=PAID, day=one.day, place=one.place)
    return now


def _last(line: Timeline, at: int) -> Stand | None:
    place = bisect_right([seq for seq, _ in line], at)
    return line[place - 1][1] if place else None


def _together(at: int, known: Sequence[Stand], lines: Sequence[Timeline]) -> Stand:
    """Several loans that one row of the form will be about: their sums, by the row of now."""
    if len(known) == 1:
        return known[0]
    now = next((stand for line in lines for seq, stand in line if seq == at), known[-1])
    words = {stand.word for stand in known}
    sums = (sum(getattr(s, name) for s in known) for name in ("amount", "paid", "waived"))
    amount, paid, waived = sums
    withdrawn = sum(stand.withdrawn for stand in known)
    word = now.word if words <= set(_DEEDS) else ""
    return replace(now, amount=amount, paid=paid, waived=waived, withdrawn=withdrawn, word=word)


def _changes(before: Stand | None, now: Stand) -> Iterator[tuple[Deed, int, date]]:
    """What is different now: deed, what it adds to the balance, its day.

    The same row told again is the same fact; one that differs in nothing that is counted
    corrects it all the same.
    """
    fresh = before is None
    if before is None:
        yield "opened", now.amount, now.row.opened_on
        before = replace(now, paid=0, waived=0, withdrawn=0, word="")
    said = set[Deed]()
    paid: Deed = "paid" if now.balance <= 0 else "part_paid"
    steps: tuple[tuple[Deed, int], ...] = (
        ("corrected", now.amount - before.amount),
        (paid, before.paid - now.paid),
        ("waived", before.waived - now.waived),
        ("withdrawn", before.withdrawn - now.withdrawn),
    )
    for deed, change in steps:
        if change:
            back = change > 0 and deed != "corrected"  # less is paid than was told before
            said.add(deed)
            yield ("corrected" if back else deed), change, now.day
    ended = _DEEDS.get(now.word)
    if ended is not None and ended not in said and now.word != before.word:
        yield ended, 0, now.day
    elif not (said or fresh) and _facts(before) != _facts(now):
        yield "corrected", 0, now.day


def _facts(stand: Stand) -> tuple[object, ...]:
    row = stand.row
    return (row.number, row.card, row.item, row.kind, row.opened_on, stand.word)
