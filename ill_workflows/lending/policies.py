"""Notice policies: the steps of each, and when one is due.

A step is due when its day has come *and it has not been written*; at most one step of a case at
a time, in order, none hurried: after weeks of silence the first letter is still the mild one,
and the usual days to answer follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name on the wire and the days after which it is due."""

    name: str
    after: int


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """The steps of a policy; ``every`` repeats after the last one, so many days apart."""

    name: str
    steps: tuple[Step, ...]
    every: int | None = None
    hours: Literal["any", "first", "office"] = "office"
    enabled: bool = True

    def at_any_hour(self, step: str) -> bool:
        """Whether a letter of this step waits for nobody's hours; with *first* only the first."""
        first = self.hours == "first" and self.steps and step == self.steps[0].name
        return self.hours == "any" or bool(first)

    def next_step(self, anchor: date, written: Mapping[str, date], today: date) -> Step | None:
        """The step that is due today, or None.

        ``anchor`` is the day from which the policy counts, ``written`` the steps that were
        written and when.
        """
        upcoming = self.upcoming(anchor, written)
        return upcoming[0] if upcoming is not None and upcoming[1] <= today else None

    def upcoming(self, anchor: date, written: Mapping[str, date]) -> tuple[Step, date] | None:
        """The step after the last written one, and the first day on which it may be written.

        None where every step is written.
        """
        sequence = list(self._sequence(len(written) + 1))
        done = [place for place, step in enumerate(sequence) if step.name in written]
        place = done[-1] + 1 if done else 0
        if place >= len(sequence):
            return None
        step = sequence[place]
        earliest = anchor + timedelta(days=step.after)
        if done:
            previous = sequence[done[-1]]
            gap = timedelta(days=max(1, step.after - previous.after))
            earliest = max(earliest, written[previous.name] + gap)
        return step, earliest

    def _sequence(self, at_least: int) -> Iterable[Step]:
        yield from self.steps
        if self.every is None or not self.steps:
            return
        after = self.steps[-1].after
        for _ in range(at_least):
            after += self.every
            yield Step(str(after), after)


def steps(*after: int) -> tuple[Step, ...]:
    """Steps named by their days."""
    return tuple(Step(str(days), days) for days in after)


POLICIES: tuple[NoticePolicy, ...] = (
    NoticePolicy("due_soon", steps(-3)),
    NoticePolicy("overdue", (Step("first", 1), Step("second", 7), Step("final", 14))),
    NoticePolicy("overdue_lender", (Step("final", 0),)),
    NoticePolicy("overdue_library", steps(14), every=7),
    NoticePolicy("still_out", steps(0), every=7),
    NoticePolicy("discrepancy", steps(0, 14)),
    NoticePolicy("clearance", steps(0, 3, 7, 14)),
    NoticePolicy("cleared", steps(0)),
    NoticePolicy("held", steps(0)),
    NoticePolicy("recall", steps(0), every=1, hours="first"),
    NoticePolicy("recall_lender", (Step("0", 0), Step("back", 0))),
    NoticePolicy("suspension", (Step("0", 0), Step("lifted", 0))),
    NoticePolicy("card_void", steps(0), hours="any"),
    NoticePolicy("claim", steps(0, 14, 30, 60)),
    NoticePolicy("sheet", steps(-3, 1, 5, 10)),
    NoticePolicy("evaluation", steps(0)),
    NoticePolicy("term", steps(-180, -90, -30)),
    NoticePolicy("receipt", steps(0), hours="any"),
    NoticePolicy("returned", steps(0), hours="any"),
)
"""The policies and their defaults; ``[notices.<policy>]`` in config.toml overrides them."""
