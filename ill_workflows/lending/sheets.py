"""Sheets that are waited for: which step of asking is due (Article 7.8).

A month's sheet is announced on the host's first open day of that month, asked for three days
before it is due, and missed afterwards.  The announcement and the question before the due day
have windows: neither is written once its time is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ill_workflows.lending.cases import case_key
from ill_workflows.lending.policies import NoticePolicy

FIRST: Final = "first"
"""The step on the first open day of the month itself, with the pre-filled workbook."""
HEAD_AFTER: Final = 10
"""The step at which the library's head gets a copy, and the host a list."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A library's sheet of a form and month that is not accepted yet.

    ``opens`` is the host's first open day of the month, ``due`` the day by which the sheet is
    due, ``state`` as on the arrival board.
    """

    library: str
    form: str
    month: str
    opens: date
    due: date
    state: str

    @property
    def key(self) -> str:
        """``sheet/<library>/<form>/<month>``."""
        return case_key("sheet", self.library, self.form, self.month)


@dataclass(frozen=True, slots=True)
class Chase:
    """One letter: everything of one library that reaches one step today."""

    library: str
    step: str
    sheets: tuple[Awaited, ...]

    @property
    def late(self) -> bool:
        """Whether the due day has passed."""
        return self.step.isdigit()

    @property
    def told_to_head(self) -> bool:
        """Whether the library's head gets a copy."""
        return self.late and int(self.step) >= HEAD_AFTER


def step_of(
    sheet: Awaited, plan: NoticePolicy, written: Mapping[str, date], today: date
) -> str | None:
    """The step that a sheet reaches today, or None.

    ``plan`` holds the steps around the due day; those before it are written in their window
    only, those after it in order, none hurried.
    """
    before = [step for step in plan.steps if step.after <= 0]
    after = tuple(step for step in plan.steps if step.after > 0)
    if today > sheet.due:
        late = NoticePolicy(plan.name, after, plan.every)
        told = {name: day for name, day in written.items() if name in {s.name for s in after}}
        step = late.next_step(sheet.due, told, today)
        return step.name if step is not None else None
    reached = [s for s in before if today >= sheet.due + timedelta(days=s.after)]
    name = reached[-1].name if reached else FIRST
    return name if name not in written and today >= sheet.opens else None


def chases(
    sheets: Iterable[Awaited],
    plan: NoticePolicy,
    history: Mapping[tuple[str, str, str], Mapping[str, date]],
    today: date,
) -> list[Chase]:
    """Today's letters about sheets: one a library and step, in the order of the sheets."""
    groups: dict[tuple[str, str], list[Awaited]] = {}
    if plan.enabled:
        for sheet in sheets:
            written = history.get((plan.name, sheet.key, ""), {})
            step = step_of(sheet, plan, written, today)
            if step is not None:
                groups.setdefault((sheet.library, step), []).append(sheet)
    return [Chase(code, step, tuple(group)) for (code, step), group in groups.items()]
