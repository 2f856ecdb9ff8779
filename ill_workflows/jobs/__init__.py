"""One story a file, told in the order in which it happens.  Today and now are arguments.

:data:`JOBS` are those that the service runs by itself; each is imported when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ill_workflows.app import App
    from ill_workflows.jobs.post import Clock

Between = Callable[[], None]
"""Called between two files or letters; raises ``Stopped`` where somebody asked to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job that the service runs: ``run`` answers a line for the host, counts and no names."""

    name: str
    run: Callable[[App, Clock, Between], str]


def _collect(app: App, clock: Clock, between: Between) -> str:
    from ill_workflows.jobs.doors import collect_all

    return collect_all(app, clock, between)


def _remind(app: App, clock: Clock, between: Between) -> str:  # noqa: ARG001 - jobs are called alike
    from ill_workflows.jobs.remind import remind

    return remind(app, clock).said


def _deliver(app: App, clock: Clock, between: Between) -> str:
    from ill_workflows.jobs.deliver import deliver

    result = deliver(app, clock, between)
    if result.down is not None:
        raise result.down
    return result.said


def _evaluate(app: App, clock: Clock, between: Between) -> str:  # noqa: ARG001
    from ill_workflows.jobs.evaluate import compile_to_date

    return compile_to_date(app, clock)


JOBS: tuple[Job, ...] = (
    Job("collect", _collect),
    Job("remind", _remind),
    Job("deliver", _deliver),
    Job("evaluate", _evaluate),
)
"""In the order in which they run where several are due: what came in is known to what goes out."""
