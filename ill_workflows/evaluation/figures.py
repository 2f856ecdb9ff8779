"""What the sheets read: the months' tables of a span, of the one before, of a year before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from ill_workflows.evaluation.closings import Closing, Restatement
from ill_workflows.evaluation.counting.tables import Tables
from ill_workflows.evaluation.facts import frame
from ill_workflows.forms.month import first_day, last_day
from ill_workflows.rules.policy import Member

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of a span of months.

    ``members`` are those who belonged in the span, in the order of the configuration; ``tables``
    (see :data:`~ill_workflows.evaluation.counting.tables.COUNTS`) hold the months of the span and
    those that it is compared with.  ``experiences`` are the texts that the host has released, of
    any month.
    """

    alliance: str
    host: str
    members: tuple[Member, ...]
    months: tuple[str, ...]
    tables: Tables
    closings: tuple[Closing, ...] = ()
    restatements: tuple[Restatement, ...] = ()
    experiences: pd.DataFrame = field(default_factory=lambda: frame("experiences"))
    language: str = "zh-TW"
    _made: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The members' codes, in order."""
        return tuple(member.code for member in self.members)

    @cached_property
    def names(self) -> dict[str, str]:
        """Code → name, in the language of the edition."""
        return {
            member.code: (member.name_en or member.name) if self.language == "en" else member.name
            for member in self.members
        }

    @property
    def first(self) -> date:
        """The first day of the span."""
        return first_day(self.months[0])

    @property
    def last(self) -> date:
        """The last day of the span."""
        return last_day(self.months[-1])

    @cached_property
    def _reported(self) -> dict[tuple[str, str], frozenset[str]]:
        told = self.tables["reported"]
        found: dict[tuple[str, str], set[str]] = {}
        for code, form, month in zip(told["library"], told["form"], told["month"], strict=True):
            found.setdefault((code, form), set()).add(month)
        return {pair: frozenset(months) for pair, months in found.items()}

    def months_of(self, code: str, form: str, months: Iterable[str] | None = None) -> list[str]:
        """The months of the span (or of ``months``) that a library reported on a form."""
        known = self._reported.get((code, form), frozenset())
        return [month for month in (self.months if months is None else months) if month in known]

    def of(self, name: str, months: Sequence[str] | None = None) -> pd.DataFrame:
        """A table's rows of the span (or of ``months``) that members of the span tell."""
        wanted = tuple(self.months if months is None else months)
        return self.once((name, *wanted), lambda: self._rows(name, wanted))

    def _rows(self, name: str, months: tuple[str, ...]) -> pd.DataFrame:
        rows = self.tables[name]
        kept = rows["month"].isin(months)
        teller = next((c for c in ("lender", "library") if c in rows), None)
        if teller is not None and name not in {"disagreements", "registers"}:
            kept &= rows[teller].isin(self.codes)
        return rows[kept].reset_index(drop=True)

    def once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """What ``make`` answers, which many sheets ask for; made once."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found

    def at_end(self, name: str, form: str, library: str = "library") -> pd.DataFrame:
        """A table of states, of each library at the end of the last month that it reported."""
        rows = self.of(name)
        last = {code: max(self.months_of(code, form), default="") for code in self.codes}
        return rows[rows["month"] == rows[library].map(last)]

    def sums(self, name: str, by: Sequence[str], value: str = "n") -> dict[Any, int]:
        """Sums of a table of events over the span, by one column or by several (a tuple)."""
        key = list(by)
        sums = self.of(name).groupby(key if len(key) > 1 else key[0])[value].sum()
        return {place: int(total) for place, total in sums.items()}

    @property
    def board(self) -> pd.DataFrame:
        """How each library's sheets of the span stand: ``library, month, form, state, receipt``."""
        return self.of("board")


def quantile(days: pd.DataFrame, part: float) -> float | None:
    """The quantile of counts by whole day (columns ``days``, ``n``), one decimal; between two days
    in proportion; None where there are none.
    """  # noqa: D205
    if days.empty:
        return None
    counts = days.groupby("days")["n"].sum()
    running, last = counts.cumsum().to_numpy(), int(counts.sum()) - 1
    place = part * last
    below = int(place)
    at = [below, min(below + 1, last)]
    low, high = counts.index.to_numpy()[running.searchsorted(at, side="right")].tolist()
    return round(float(low + (high - low) * (place - below)), 1)
