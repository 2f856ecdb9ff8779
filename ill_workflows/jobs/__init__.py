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
class Done:
    """What a job did, in a line for the host, and what is left to its hand; no names in either."""

    said: str
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A job that the service runs."""

    name: str
    run: Callable[[App, Clock, Between], Done]


def _collect(app: App, clock: Clock, between: Between) -> Done:
    from ill_workflows.jobs.doors import collect_all

    return Done(collect_all(app, clock, between))


def _remind(app: App, clock: Clock, between: Between) -> Done:  # noqa: ARG001 - jobs are called alike
    from ill_workflows.jobs.remind import remind

    result = remind(app, clock)
    return Done(result.said, tuple(map(str, result.broken)))


def _deliver(app: App, clock: Clock, between: Between) -> Done:
    from ill_workflows.jobs.deliver import deliver

    result = deliver(app, clock, between)
    if result.down is not None:
        raise result.down
    return Done(result.said, tuple(result.troubles))


def _evaluate(app: App, clock: Clock, between: Between) -> Done:  # noqa: ARG001
    from ill_workflows.jobs.edition import compile_to_date

    return compile_to_date(app, clock)


def _meeting(app: App, clock: Clock, between: Between) -> Done:  # noqa: ARG001
    from ill_workflows.jobs.edition import before_meeting

    return before_meeting(app, clock)


JOBS: tuple[Job, ...] = (
    Job("collect", _collect),
    Job("remind", _remind),
    Job("deliver", _deliver),
    Job("evaluate", _evaluate),
    Job("meeting", _meeting),
)
"""In the order in which they run where several are due: what came in is known to what goes out."""
