"""The meeting's report (Article 3.2.6): what a committee member has to know, on two pages.

The facts are plain values for a template, in one language.  What does not fit on two pages is
counted, and stands whole in the workbook that goes with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ill_workflows.evaluation import svg
from ill_workflows.evaluation.definitions import BY_NAME
from ill_workflows.evaluation.facts import Facts
from ill_workflows.evaluation.measures import ORDER, RATES, Measure, Value, measures
from ill_workflows.evaluation.period import before, span_name, year_before
from ill_workflows.forms import FORMS
from ill_workflows.forms.month import ROC, first_day, last_day, minguo, next_month
from ill_workflows.rules.policy import Member

RECEIVED: Final = frozenset({"accepted", "accepted_late"})
HEADLINES: Final = (
    "loans_lent", "copies_supplied", "requests_refused", "fill_rate", "cards_issued",
    "cards_used", "overdue_loans", "recalls",
)  # fmt: skip
"""The figures of the table; all of them stand in 摘要."""
TILES: Final = ("loans_lent", "copies_supplied", "fill_rate")
_MOVED: Final = (
    "loans_lent", "copies_supplied", "requests_refused", "cards_issued", "overdue_loans",
)  # fmt: skip
_VOLUME: Final = ("loans_lent", "copies_supplied", "requests_refused")
CHANGES, MISSING, RESTATED, LENDERS, RANGES = 6, 10, 4, 10, 2
"""How many of each find room."""
_WIDE, _HALF = (672, 196), (324, 204)


@dataclass(frozen=True, slots=True)
class Restatement:
    """A figure of a closed month that a later sheet has changed, and why."""

    month: str
    library: str
    measure: str
    was: Value
    now: Value
    because: str
    on: date


@dataclass(frozen=True)
class Meeting:
    """What the report is told from.

    ``now``, ``then`` and ``last`` are the measures of the period, of the period before it, and of
    the same months a year before; ``board`` is (library, form, month, state) of each sheet.
    """

    alliance: str
    host: str
    members: tuple[Member, ...]
    months: tuple[str, ...]
    now: Mapping[str, Measure]
    then: Mapping[str, Measure]
    last: Mapping[str, Measure]
    board: tuple[tuple[str, str, str, str], ...]
    restated: tuple[Restatement, ...] = ()

    @property
    def state(self) -> str:
        """A mark of the period's figures and of who reported: it changes when they do."""
        figures = {
            name: (m.total, m.by_library, m.by_month) for name, m in sorted(self.now.items())
        }
        sheets = sorted(place for place in self.board if place[3] in RECEIVED)
        restated = [(*map(str, (r.month, r.library, r.measure, r.now, r.on)),) for r in self.restated]
        told = json.dumps([self.months, figures, [s[:3] for s in sheets], restated])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def meeting_of(figures: Facts, restated: Iterable[Restatement] = ()) -> Meeting:
    """What the report is told from, of a span's figures."""
    months = figures.months
    board = figures.board
    places = zip(board["library"], board["form"], board["month"], board["state"], strict=True)
    return Meeting(
        figures.alliance, figures.host, figures.members, tuple(months),
        measures(figures, months), measures(figures, before(months)),
        measures(figures, year_before(months)), tuple(places), tuple(restated),
    )  # fmt: skip


def report(told: Meeting, language: str, today: date) -> dict[str, Any]:
    """The facts of the report in a language; ``today`` is the day on which it is compiled."""
    words = _Words(told, language)
    due = [place for place in told.board if place[3] != "not_due"]
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
        "charts": _charts(told, words),
    }


@dataclass(frozen=True)
class _Words:
    """Names in one language."""

    told: Meeting
    language: str

    @property
    def english(self) -> bool:
        return self.language == "en"

    def pick(self, zh: str, en: str) -> str:
        return en if self.english else zh

    def library(self, code: str) -> str:
        member = next((m for m in self.told.members if m.code == code), None)
        if member is None:
            return code
        return (member.name_en or member.name) if self.english else member.name

    def month(self, month: str) -> str:
        return month if self.english else minguo(month)

    def span(self, months: Sequence[str]) -> str:
        if not self.english:
            return span_name(months)
        return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"

    def measure(self, name: str) -> str:
        return self.pick(BY_NAME[name].zh, BY_NAME[name].en)

    def unit(self, name: str) -> str:
        return self.pick(BY_NAME[name].unit, "%" if name in RATES else "")

    def form(self, name: str) -> str:
        form = next(form for form in FORMS if form.name == name)
        return self.pick(form.title, form.title_en)

    def forms(self, names: Sequence[str]) -> str:
        """Several forms; all of them have one word."""
        if len(names) > 1 and len(names) == sum(form.monthly for form in FORMS):
            return self.pick("各表單", "All forms")
        return self.pick("、", ", ").join(self.form(name) for name in names)

    def ranges(self, months: Sequence[str]) -> str:
        """``114年08月–10月``: what follows on each other, together; the longest list is cut."""
        runs: list[list[str]] = []
        for month in sorted(months):
            if runs and next_month(runs[-1][-1]) == month:
                runs[-1].append(month)
            else:
                runs.append([month])
        said = self.pick("、", ", ").join(self._run(run) for run in runs[:RANGES])
        if len(runs) > RANGES:
            said += self.pick(f"等 {len(months)} 個月", f" … ({len(months)} months)")
        return said

    def _run(self, run: Sequence[str]) -> str:
        if len(run) == 1 and not self.english:
            return self.month(run[0])
        if self.english:
            said = run[0] if len(run) == 1 else f"{run[0]} – {run[-1]}"
            return said.replace("-", "\N{NON-BREAKING HYPHEN}").replace(" ", "\N{NO-BREAK SPACE}")
        return span_name(run) if run[0][:4] == run[-1][:4] else f"{minguo(run[0])}–{minguo(run[-1])}"

    def restated(self, one: Restatement) -> dict[str, Any]:
        known = one.measure in BY_NAME
        return {
            "month": one.month, "library": self.library(one.library), "code": one.library,
            "measure": self.measure(one.measure) if known else one.measure,
            "was": one.was, "now": one.now, "because": one.because, "on": one.on,
        }  # fmt: skip


def _reporting(found: Mapping[str, Measure]) -> set[str]:
    """The libraries of which anything is known that they told themselves."""
    return {
        code
        for name in ("loans_lent", "cards_issued")
        for code, value in found[name].by_library.items()
        if value is not None
    }


def _headline(told: Meeting, words: _Words, name: str) -> dict[str, Any]:
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


def _changes(told: Meeting, words: _Words) -> list[dict[str, Any]]:
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


def _missing(told: Meeting, words: _Words) -> dict[str, Any]:
    """Who has not reported: the library, and of each form the months; most missing first."""
    gaps: dict[str, dict[str, list[str]]] = {}
    for library, form, month, state in told.board:
        if state not in RECEIVED and state != "not_due":
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


def _by_form(forms: Mapping[str, Sequence[str]], words: _Words) -> list[dict[str, str]]:
    """The months of each form; forms that lack the same months are named together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for form, months in forms.items():
        together.setdefault(tuple(sorted(months)), []).append(form)
    return [
        {"form": words.forms(names), "months": words.ranges(months)}
        for months, names in together.items()
    ]


def _charts(told: Meeting, words: _Words) -> dict[str, str]:
    months = list(_axis(told.months, words))
    volume = [
        svg.Line(words.measure(name), tuple(told.now[name].by_month[m] for m in told.months))
        for name in _VOLUME
    ]
    rates = (
        svg.Line(words.pick("本期", "This period"), _monthly(told.now["fill_rate"], told.months)),
        svg.Line(
            words.pick("去年同月", "A year before"),
            _monthly(told.last["fill_rate"], year_before(told.months)),
        ),
    )
    lent = told.now["loans_lent"].by_library
    most = sorted(
        ((value, code) for code, value in lent.items() if value), key=lambda one: (-one[0], one[1])
    )[:LENDERS]
    return {
        "volume": svg.lines(
            svg.Words(
                "volume", words.pick("各月件數", "Items by month"),
                words.pick(
                    "折線圖：各月的貸出、複印供應與拒絕件數；沒有資料的月份留空。",
                    "Line chart: loans lent, copies supplied and requests refused by month; "
                    "months without reports are left out.",
                ),
                words.pick("單位：件", "items"),
            ),
            months, volume, _WIDE,
        ),
        "rates": svg.lines(
            svg.Words(
                "rates", words.pick("各月滿足率", "Fill rate by month"),
                words.pick(
                    "折線圖：各月滿足率，本期與去年同月。",
                    "Line chart: fill rate by month, this period and the same months a year before.",
                ),
                "%",
            ),
            months, rates, _HALF, top=100.0,
        ),
        "lenders": svg.bars(
            svg.Words(
                "lenders", words.pick("貸出最多的十館", "The ten largest lenders"),
                words.pick("橫條圖：貸出件數最多的十館。", "Bar chart: the ten libraries that lent most."),
            ),
            [(f"{code} {words.library(code)}", value) for value, code in most], _HALF,
        ),
    }  # fmt: skip


def _monthly(measure: Measure, months: Sequence[str]) -> tuple[Value, ...]:
    return tuple(measure.by_month[month] for month in months)


def _axis(months: Sequence[str], words: _Words) -> Iterable[tuple[str, str]]:
    """The month's number, and below it the year at its first month."""
    year = ""
    for month in months:
        shown = month[:4] if words.english else f"{int(month[:4]) - ROC}年"
        yield str(int(month[5:7])), shown if shown != year else ""
        year = shown


def invented(members: Sequence[Member]) -> Meeting:
    """An invented meeting, with each part of the report filled: what ``check`` writes."""
    months = ("2026-05", "2026-06", "2026-07", "2026-08")
    codes = [member.code for member in members]

    def found(scale: int, gap: str = "") -> dict[str, Measure]:
        made = {}
        for place, name in enumerate(ORDER):
            by_month: dict[str, Value] = {
                m: None if m == gap else (70.0 + n if name in RATES else scale * (n + place + 1))
                for n, m in enumerate(months)
            }
            by_library: dict[str, Value] = {c: scale * (n + 2) for n, c in enumerate(codes)}
            made[name] = Measure(78.5 if name in RATES else scale * 40, by_library, by_month)
        return made

    earlier = {
        name: Measure(one.total, one.by_library, dict(zip(year_before(months), one.by_month.values(), strict=True)))
        for name, one in found(7).items()
    }  # fmt: skip
    board = [
        (code, form, month, "missing" if (n, month) == (1, "2026-08") else "accepted")
        for n, code in enumerate(codes)
        for form in ("usage", "cards")
        for month in months
    ]
    changed = Restatement(
        "2026-05", codes[0], "loans_lent", 120, 118, "重複登錄兩筆，已更正", date(2026, 9, 3)
    )
    return Meeting(
        "示範館際合作聯盟", codes[0], tuple(members), months, found(9, gap="2026-06"), earlier,
        earlier, tuple(board), (changed,),
    )  # fmt: skip
