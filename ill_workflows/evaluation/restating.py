"""What a closed month's figures would be by the sheets known now, and whose sheets say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ill_workflows.evaluation.closings import Change
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import COUNTED, events_of, measures

COMPARED: Final = ("reported", "events", "cards")
"""The tables behind the headline figures."""


def changes(old: Figures, new: Figures, month: str) -> dict[str, tuple[Change, ...]]:
    """Library whose sheets changed → every headline figure that differs because of them.

    ``old`` is what was frozen, ``new`` what would be counted now; both need the tables
    :data:`COMPARED`.
    """
    before, after = measures(old, (month,)), measures(new, (month,))
    differing = [
        Change(name, code, before[name].by_library[code], after[name].by_library[code])
        for name in before
        for code in old.codes
        if before[name].by_library[code] != after[name].by_library[code]
    ]
    concerned = _concerned(old, new, month)
    return {
        teller: tuple(
            one
            for one in differing
            if any((event, one.library) in touched for event in events_of(one.measure))
        )
        for teller, touched in concerned.items()
    }


def _concerned(old: Figures, new: Figures, month: str) -> dict[str, set[tuple[str, str]]]:
    """Teller → the (event, library) that its sheets tell otherwise than before."""
    found: dict[str, set[tuple[str, str]]] = {}
    for teller in sorted(_differing(_told(old, month), _told(new, month))):
        found.setdefault(teller[0], set()).add((teller[1], teller[2]))
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
