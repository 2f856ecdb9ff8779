"""What the meeting's report is told from, and what its parts are called in one language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ill_workflows.evaluation.arrived import RECEIVED
from ill_workflows.evaluation.definitions import BY_NAME
from ill_workflows.evaluation.measures import RATES, Measure, Value
from ill_workflows.evaluation.period import span_name
from ill_workflows.forms import FORMS
from ill_workflows.forms.month import minguo, next_month
from ill_workflows.rules.policy import Member

RANGES: Final = 2
"""How many runs of months are named; the others are counted."""


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
        restated = [
            (*map(str, (r.month, r.library, r.measure, r.now, r.on)),) for r in self.restated
        ]
        told = json.dumps([self.months, figures, [s[:3] for s in sheets], restated])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Words:
    """Names in one language."""

    told: Meeting
    language: str

    @property
    def english(self) -> bool:
        """Whether the language is English."""
        return self.language == "en"

    def pick(self, zh: str, en: str) -> str:
        """The one of two texts."""
        return en if self.english else zh

    def library(self, code: str) -> str:
        """A library's name."""
        member = next((m for m in self.told.members if m.code == code), None)
        if member is None:
            return code
        return (member.name_en or member.name) if self.english else member.name

    def month(self, month: str) -> str:
        """A month: 民國 in Chinese, ISO in English."""
        return month if self.english else minguo(month)

    def span(self, months: Sequence[str]) -> str:
        """The name of a span of months."""
        if not self.english:
            return span_name(months)
        return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"

    def measure(self, name: str) -> str:
        """What a measure is called."""
        return self.pick(BY_NAME[name].zh, BY_NAME[name].en)

    def unit(self, name: str) -> str:
        """What a measure counts; English has no word for it but percent."""
        return self.pick(BY_NAME[name].unit, "%" if name in RATES else "")

    def form(self, name: str) -> str:
        """A form's title."""
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
        return (
            span_name(run) if run[0][:4] == run[-1][:4] else f"{minguo(run[0])}–{minguo(run[-1])}"
        )

    def restated(self, one: Restatement) -> dict[str, Any]:
        """A restatement as the report's table shows it."""
        known = one.measure in BY_NAME
        return {
            "month": one.month, "library": self.library(one.library), "code": one.library,
            "measure": self.measure(one.measure) if known else one.measure,
            "was": one.was, "now": one.now, "because": one.because, "on": one.on,
        }  # fmt: skip
