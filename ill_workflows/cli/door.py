"""What every command has: the folder and the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ill_workflows.app import App
    from ill_workflows.jobs.post import Clock

OFFICE = time(9, 0)
"""The moment that ``--today`` stands for: inside the host's sending hours."""


@dataclass(frozen=True, slots=True)
class Door:
    """The folder and the day that a command was called with."""

    home: Path
    today: date | None

    def open(self) -> App:
        """Open the alliance's folder."""
        from ill_workflows.app import open_app

        return open_app(self.home)

    def clock(self, app: App) -> Clock:
        """Today and now, in the alliance's time zone; ``--today`` stands for nine o'clock."""
        from ill_workflows.jobs.post import Clock

        if self.today is not None:
            moment = datetime.combine(self.today, OFFICE, app.config.zone)
            return Clock(self.today, moment.astimezone(UTC))
        now = datetime.now(UTC)
        return Clock(now.astimezone(app.config.zone).date(), now)
