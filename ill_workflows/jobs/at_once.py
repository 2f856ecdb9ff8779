"""What came in and cannot wait for the daily run: a recall, a lost card (notices rule 6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ill_workflows.app import App
from ill_workflows.jobs.post import Clock
from ill_workflows.store import submissions

if TYPE_CHECKING:
    from ill_workflows.jobs.remind import Result

_FORM: Final = "cases"
_SINCE: Final = timedelta(days=1)
"""A day back: a run may have been cut off between taking in and writing."""


def write_at_once(app: App, clock: Clock) -> Result | None:
    """Write its letters where such a workbook has come in lately; None: there is nothing to tell.

    They leave with the next ``deliver``, also while the host is closed.
    """
    with app.engine.connect() as connection:
        if not submissions.came_in(connection, _FORM, clock.today - _SINCE):
            return None
    from ill_workflows.jobs.remind import urgent

    result = urgent(app, clock)
    return result if result.letters or result.broken or result.asked else None
