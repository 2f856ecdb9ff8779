"""The meeting's report (Article 3.2.6): what a committee member has to know, on two pages.

The facts are plain values for a template, in one language.  What does not fit on two pages is
counted, and stands whole in the workbook that goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from ill_workflows.evaluation.arrived import NOT_DUE, RECEIVED
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import ORDER, RATES, Measure, Value, measures
from ill_workflows.evaluation.meeting.charts import charts
from ill_workflows.evaluation.meeting.words import Meeting, Restatement, Words
from ill_workflows.evaluation.period import before, year_before
from ill_workflows.forms.month import first_day, last_day

HEADLINES: Final = (
    "loans_lent", "copies_supplied", "requests_refused", "fill_rate", "cards_issued",
    "cards_used", "overdue_loans", "recalls",
)  # fmt: skip
"""The figures of the table; all of them stand in 摘要."""
TILES: Final = ("loans_lent", "copies_supplied", "fill_rate")
_MOVED: Final = (
    "loans_lent", "copies_supplied", "requests_refused", "cards_issued", "overdue_loans",
)  # fmt: skip
CHANGES, MISSING, RESTATED = 6, 8, 3
"""How many of each find room."""


def meeting_of(figures: Figures) -> Meeting:
    """What the report is told from, of a span's figures."""
    months = figures.months
    board = figures.board
    places = zip(board["library"], board["form"], board["month"], board["state"], strict=True)
    return Meeting(
        figures.alliance, figures.host, figures.members, tuple(months),
        measures(figures, months), measures(figures, before(months)),
        measures(figures, year_before(months)), tuple(places), tuple(_restated(figures)),
    )  # fmt: skip


def _restated(figures: Figures) -> Iterator[Restatement]:
    """The restatements that no closing has taken up, each by the event that it changes most."""
    for one in figures.restatements:
        events = [c for c in one.changes if c.measure in _MOVED]
        change = max(
            events or one.changes, key=lambda c: abs((c.new or 0) - (c.old or 0)), default=None
        )
        if one.waiting and change is not None:
            yield Restatement(
                one.month, change.library, change.measure, change.old, change.new,
                "、".join(one.receipts), one.noticed_on,
            )  # fmt: skip


def report(told: Meeting, language: str, today: date) -> dict[str, Any]:
    """The facts of the report in a language; ``today`` is the day on which it is compiled."""
    words = Words(told, language)
    due = [place for place in told.board if place[3] not in NOT_DUE]
    received = [place for place in due if place[3] in RECEIVED]
    late = sum(place[3] == "accepted_late" for place in received)
    return {
        "alliance": told.alliance,
        "host": words.library(told.host),
        "span": words.span(told.months),
        "from": first_day(told.months[0]),
        "to": last_day(told.months[-1]),
        "months": len(told.months),
        "today": today,
        "libraries": len(told.members),
        "reporting": len(_reporting(told.now)),
        "earlier": words.span(before(told.months)),
        "earlier_reporting": len(_reporting(told.then)),
        "due": len(due),
        "received": len(received),
        "late": late,
        "returns": 100.0 * len(received) / len(due) if due else None,
        "tiles": [_headline(told, words, name) for name in TILES],
        "headlines": [_headline(told, words, name) for name in HEADLINES],
        "changes": _changes(told, words),
        "missing": _missing(told, words),
        "restated": {
            "rows": [words.restated(one) for one in told.restated[:RESTATED]],
            "more": max(len(told.restated) - RESTATED, 0),
        },
        "charts": charts(told, words),
    }


def _reporting(found: Mapping[str, Measure]) -> set[str]:
    """The libraries of which anything is known that they told themselves."""
    return {
        code
        for name in ("loans_lent", "cards_issued")
        for code, value in found[name].by_library.items()
        if value is not None
    }


def _headline(told: Meeting, words: Words, name: str) -> dict[str, Any]:
    now, was = (_total(found, name) for found in (told.now, told.then))
    both = now is not None and was is not None
    change = round((now or 0) - (was or 0), 1) if both else None
    rate = name in RATES
    growth = 100.0 * (change or 0) / was if both and was and not rate else None
    return {
        "name": name, "label": words.measure(name), "unit": words.unit(name), "rate": rate,
        "now": now, "was": was, "change": change, "growth": growth,
    }  # fmt: skip


def _total(found: Mapping[str, Measure], name: str) -> Value:
    """A total; None where no library reported anything: what only others know is no figure then."""
    return found[name].total if _reporting(found) else None


def _changes(told: Meeting, words: Words) -> list[dict[str, Any]]:
    """Where most has changed since the period before, among those who reported both."""
    moved = []
    for name in _MOVED:
        for member in told.members:
            now = told.now[name].by_library.get(member.code)
            was = told.then[name].by_library.get(member.code)
            if now is not None and was is not None and now != was:
                moved.append((abs(now - was), name, member.code, now, was))
    moved.sort(key=lambda one: (-one[0], ORDER.index(one[1]), one[2]))
    return [
        {
            "library": words.library(code), "code": code, "measure": words.measure(name),
            "now": now, "was": was, "change": now - was,
        }
        for _, name, code, now, was in moved[:CHANGES]
    ]  # fmt: skip


def _missing(told: Meeting, words: Words) -> dict[str, Any]:
    """Who has not reported: the library, and of each form the months; most missing first."""
    gaps: dict[str, dict[str, list[str]]] = {}
    for library, form, month, state in told.board:
        if state not in RECEIVED and state not in NOT_DUE:
            gaps.setdefault(library, {}).setdefault(form, []).append(month)
    counts = {code: sum(map(len, forms.values())) for code, forms in gaps.items()}
    order = {member.code: n for n, member in enumerate(told.members)}
    codes = sorted(gaps, key=lambda code: (-counts[code], order.get(code, 0)))
    return {
        "rows": [
            {
                "library": words.library(code), "code": code, "count": counts[code],
                "forms": _by_form(gaps[code], words),
            }
            for code in codes[:MISSING]
        ],
        "libraries": len(codes),
        "more": max(len(codes) - MISSING, 0),
        "sheets": sum(counts.values()),
    }  # fmt: skip


def _by_form(forms: Mapping[str, Sequence[str]], words: Words) -> list[dict[str, str]]:
    """The months of each form; forms that lack the same months are named together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for form, months in forms.items():
        together.setdefault(tuple(sorted(months)), []).append(form)
    return [
        {"form": words.forms(names), "months": words.ranges(months)}
        for months, names in together.items()
    ]
