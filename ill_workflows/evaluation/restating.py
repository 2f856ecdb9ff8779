"""What a closed month's figures would be by the sheets known now, and whose sheets say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ill_workflows.evaluation.closings import Change
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import COUNTED, events_of, measures

COMPARED: Final = ("reported", "events", "cards")
"""The tables behind the headline figures."""
SHARED: Final = tuple(name for name, (_, form) in COUNTED.items() if not form)
"""The measures of a library that others tell of."""


def changes(old: Figures, new: Figures, month: str) -> dict[str, tuple[Change, ...]]:
    """Library whose sheets changed → every headline figure that differs because of them.

    ``old`` is what was frozen, ``new`` what would be counted now; both need the tables
    :data:`COMPARED`.  A figure that several libraries tell of is as it would be by this one's
    sheets alone: so each is told once, and together they make the sum.
    """
    before, after = measures(old, (month,)), measures(new, (month,))
    was, now = _told(old, month), _told(new, month)
    found: dict[str, tuple[Change, ...]] = {}
    for teller in sorted({key[0] for key in _differing(was, now)}):
        told = []
        for name in before:
            events = events_of(name)
            for code in old.codes:
                value = before[name].by_library[code]
                then = after[name].by_library[code] if code == teller else value
                if name in SHARED:
                    keys = [(teller, event, code) for event in events]
                    then = (value or 0) + sum(now.get(k, 0) - was.get(k, 0) for k in keys)
                if value != then:
                    told.append(Change(name, code, value, then))
        found[teller] = tuple(told)
    return found


def _told(figures: Figures, month: str) -> Mapping[tuple[str, ...], int]:
    """(teller, event, library, …) → how often; what is not reported at all is told apart."""
    told: dict[tuple[str, ...], int] = {}
    for one in _rows(figures, "events", month):
        told[one.teller, one.measure, one.library] = one.n
    for one in _rows(figures, "cards", month):
        told[one.library, "cards_issued", one.library, one.card] = one.n
    for one in _rows(figures, "reported", month):
        for name, (events, form) in COUNTED.items():
            if form == one.form:
                told |= {(one.library, event, one.library, name): 1 for event in events}
    return told


def _rows(figures: Figures, name: str, month: str) -> Any:
    return figures.of(name, (month,)).itertuples()


def _differing(
    old: Mapping[tuple[str, ...], int], new: Mapping[tuple[str, ...], int]
) -> set[tuple[str, ...]]:
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}
