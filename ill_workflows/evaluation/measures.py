"""The headline figures, exactly by their definitions (Articles 7.8, 8.1; ISO 2789, ISO 11620).

What nobody reported is None, never zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ill_workflows.evaluation.figures import Figures

Value = int | float | None
Place = tuple[str, str]
"""A library and a month."""
MONTHLY: Final = ("usage", "cards")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a span: its total, by library (code) and by month; None: not reported."""

    total: Value
    by_library: dict[str, Value]
    by_month: dict[str, Value]


def percent(part: Value, whole: Value) -> float | None:
    """A percentage rounded half up to one decimal; None without a denominator."""
    return None if part is None or not whole else half_up(100 * int(part), int(whole))


def half_up(part: int, whole: int) -> float:
    """A quotient of whole numbers rounded half up to one decimal."""
    return ((20 * part + whole) // (2 * whole)) / 10


CARDS_USED: Final = "cards_used"
_FILLED: Final = ("loans_lent", "copies_supplied")
COUNTED: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "cards_issued": (("cards_issued",), "cards"),
    CARDS_USED: (("cards_issued",), "cards"),
    "loans_lent": (("loans_lent",), "usage"),
    "loans_borrowed": (("loans_borrowed",), ""),
    "requests_received": (
        (*_FILLED, "requests_refused", "requests_cancelled", "requests_duplicate"), "usage",
    ),
    "requests_filled": (_FILLED, "usage"),
    "requests_refused": (("requests_refused",), "usage"),
    "copies_supplied": (("copies_supplied",), "usage"),
    "copy_pages": (("copy_pages",), "usage"),
    "overdue_loans": (("overdue_loans",), "usage"),
    "recalls": (("recalls",), ""),
}  # fmt: skip
"""Name → its events, and the form that a library must have reported (empty: known from others)."""
RATES: Final = {"fill_rate": "requests_filled", "refusal_rate": "requests_refused"}
"""Percentage → its numerator; the denominator is filled + refused."""
ORDER: Final = (
    "cards_issued", "cards_used", "loans_lent", "loans_borrowed", "requests_received",
    "requests_filled", "requests_refused", "fill_rate", "refusal_rate", "copies_supplied",
    "copy_pages", "overdue_loans", "recalls",
)  # fmt: skip
"""Every measure, in the order in which it is shown."""


def events_of(name: str) -> tuple[str, ...]:
    """The events behind a measure; behind a rate, those of its denominator."""
    if name in RATES:
        return (*events_of("requests_filled"), *events_of("requests_refused"))
    return COUNTED[name][0]


def _counted(figures: Figures, months: Sequence[str]) -> Mapping[str, Mapping[Place, int]]:
    """Event → (library, month) → how many."""
    return figures.once(("counted", *months), lambda: _count(figures, months))


def _count(figures: Figures, months: Sequence[str]) -> dict[str, dict[Place, int]]:
    rows = figures.of("events", months)
    found: dict[str, dict[Place, int]] = {}
    columns = (rows[name].tolist() for name in ("measure", "library", "month", "n"))
    for event, code, month, n in zip(*columns, strict=True):
        places = found.setdefault(event, {})
        places[code, month] = places.get((code, month), 0) + n
    return found


def _places(figures: Figures, name: str, months: Sequence[str]) -> dict[Place, int]:
    """(library, month) → the measure; of cards, those used in that month."""
    if name == CARDS_USED:
        cards = figures.of("cards", months)
        return Counter(zip(cards["library"].tolist(), cards["month"].tolist(), strict=True))
    counted, sums = _counted(figures, months), Counter[Place]()
    for event in COUNTED[name][0]:
        sums.update(counted.get(event, {}))
    return sums


def _used(figures: Figures, months: Sequence[str]) -> dict[str, int]:
    """Library → the different cards that were used in the span."""
    cards = figures.of("cards", months)
    different = set(zip(cards["library"].tolist(), cards["card"].tolist(), strict=True))
    return Counter(library for library, _ in different)


def _measure(figures: Figures, name: str, months: Sequence[str]) -> Measure:
    form, places = COUNTED[name][1], _places(figures, name, months)
    libraries, by_month = Counter[str](), Counter[str]()
    for (code, month), n in places.items():
        libraries[code] += n
        by_month[month] += n
    if name == CARDS_USED:  # one card is used once in each month, and once in the span
        libraries = Counter(_used(figures, months))
    reporting = {code: set(figures.months_of(code, form, months)) for code in figures.codes}
    told = set().union(*reporting.values()) if form else set(months)
    by_library: dict[str, Value] = {
        code: int(libraries.get(code, 0)) if reporting[code] or not form else None
        for code in figures.codes
    }
    counted = [value for value in by_library.values() if value is not None]
    return Measure(
        sum(counted) if counted else None,
        by_library,
        {month: int(by_month.get(month, 0)) if month in told else None for month in months},
    )


def by_place(figures: Figures, name: str, months: Sequence[str]) -> dict[tuple[str, str], Value]:
    """A counted measure by (library, month); None where that library did not report it."""
    form, sums = COUNTED[name][1], _places(figures, name, months)
    return {
        (code, month): int(sums.get((code, month), 0))
        if not form or figures.months_of(code, form, [month])
        else None
        for code in figures.codes
        for month in months
    }


def _rate(part: Measure, filled: Measure, refused: Measure) -> Measure:
    def over(pick: Callable[[Measure], Value]) -> float | None:
        whole = None if pick(filled) is None else (pick(filled) or 0) + (pick(refused) or 0)
        return percent(pick(part), whole)

    return Measure(
        over(lambda m: m.total),
        {code: over(lambda m, c=code: m.by_library[c]) for code in part.by_library},  # type: ignore[misc]
        {month: over(lambda m, x=month: m.by_month[x]) for month in part.by_month},  # type: ignore[misc]
    )


def measures(figures: Figures, months: Sequence[str]) -> dict[str, Measure]:
    """Every measure of a span of months, by name, in :data:`ORDER`."""
    return figures.once(("measures", *months), lambda: _measures(figures, months))


def _measures(figures: Figures, months: Sequence[str]) -> dict[str, Measure]:
    found = {name: _measure(figures, name, months) for name in COUNTED}
    for name, part in RATES.items():
        found[name] = _rate(found[part], found["requests_filled"], found["requests_refused"])
    return {name: found[name] for name in ORDER}


def figures_document(figures: Figures, months: Sequence[str]) -> dict[str, Any]:
    """The document of ``figures --json``: period, libraries, measures, reporting."""
    found = measures(figures, months)
    return {
        "period": {"from": months[0], "to": months[-1]},
        "libraries": list(figures.codes),
        "measures": {
            name: {"total": m.total, "by_library": m.by_library, "by_month": m.by_month}
            for name, m in found.items()
        },
        "reporting": {
            code: {form: figures.months_of(code, form, months) for form in MONTHLY}
            for code in figures.codes
        },
    }
