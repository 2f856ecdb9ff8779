"""What commands have in common: the folder, the day, a month as it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ill_workflows.errors import UsageProblem

if TYPE_CHECKING:
    from ill_workflows.app import App
    from ill_workflows.jobs.post import Clock

NINE: Final = 9 * 60
"""The minute of a day that ``--today`` stands for, where the host's sending hours hold it."""


def month_typed(text: str) -> str:
    """A month as somebody typed it, as ``2026-10``.

    Raises:
        UsageProblem: it is none.
    """
    from ill_workflows.forms.month import read_month

    month = read_month(text)
    if month is None:
        raise UsageProblem(
            f"「{text}」不是年月，請寫成 2026-10。", f"{text} is no month; write 2026-10."
        )
    return month


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
        """Today and now, in the alliance's time zone.

        ``--today`` stands for nine o'clock, or where letters do not leave then, for the moment
        at which they begin to.
        """
        from ill_workflows.config.base import minutes
        from ill_workflows.jobs.post import Clock

        if self.today is not None:
            hours = minutes(app.config.mail.sending_hours)
            minute = timedelta(minutes=NINE if NINE in hours else hours[0])
            moment = datetime.combine(self.today, time(), app.config.zone) + minute
            return Clock(self.today, moment.astimezone(UTC))
        now = datetime.now(UTC)
        return Clock(now.astimezone(app.config.zone).date(), now)
