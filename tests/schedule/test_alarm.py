"""A host on holiday is told by mail what the service cannot do by itself, and not over and over."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from ill_workflows.app import App
from ill_workflows.errors import Stopped, TransportDown
from ill_workflows.jobs import JOBS, Done, Job
from ill_workflows.schedule.plan import Plan, trigger
from ill_workflows.schedule.service import serve, tick
from ill_workflows.store import outbox
from ill_workflows.store.db import writing
from tests.jobs.alliance import found, letters, receipt
from tests.schedule.ticking import BEGAN, EVERY, Simulated


class Fickle:
    """A job that fails while it is down."""

    def __init__(self) -> None:
        self.down = True

    def run(self, app: App, clock: object, between: object) -> Done:
        if self.down:
            raise TransportDown("mail.test:25", "refused")
        return Done("well")


@pytest.fixture
def app(tmp_path: Path) -> App:
    return found(tmp_path / "home")


def told(app: App) -> list[str]:
    """The words of each letter about trouble."""
    with app.engine.connect() as connection:
        written = outbox.written(connection, [row["id"] for row in letters(app, policy="trouble")])
    words = []
    for letter in written:
        part = message_from_bytes(letter.body, policy=policy.default).get_body(("plain",))
        assert part is not None
        words.append(str(part.get_content()))
    return words


def passing(app: App, plan: Plan, wall: Simulated, hours: float, step: timedelta = EVERY) -> None:
    for _ in range(int(timedelta(hours=hours) / step)):
        wall.moment += step
        tick(app, [plan], wall, "a")


def test_a_job_that_goes_on_failing_is_told_after_an_hour_once_a_day(app: App) -> None:
    fickle, wall = Fickle(), Simulated(BEGAN)
    plan = Plan(Job("collect", fickle.run), trigger("*/10 * * * *", app.config.zone))
    tick(app, [plan], wall, "a")
    passing(app, plan, wall, 1)
    assert told(app) == []  # a server that is down for less is nobody's business
    passing(app, plan, wall, 10)
    (words,) = told(app)
    assert "mail.test" in words
    assert "collect" in words
    passing(app, plan, wall, 24)
    assert len(told(app)) == 2
    (row, *_) = letters(app, policy="trouble")
    assert row["to"] == ["ill-nsut@ill.test"]


def test_a_job_that_recovers_in_time_is_not_told(app: App) -> None:
    fickle, wall = Fickle(), Simulated(BEGAN)
    plan = Plan(Job("collect", fickle.run), trigger("*/10 * * * *", app.config.zone))
    tick(app, [plan], wall, "a")
    for _ in range(6):
        fickle.down = True
        passing(app, plan, wall, 0.5)
        fickle.down = False
        passing(app, plan, wall, 0.5)
    assert told(app) == []


def test_a_job_of_once_a_day_is_told_when_it_fails(app: App) -> None:
    wall = Simulated(BEGAN)
    plan = Plan(Job("remind", Fickle().run), trigger("30 8 * * *", app.config.zone))
    tick(app, [plan], wall, "a")
    passing(app, plan, wall, 24, timedelta(hours=1))
    assert len(told(app)) == 1


def test_a_letter_that_cannot_be_written_is_told_when_the_service_starts(app: App) -> None:
    own = app.home / "templates" / "email" / "zh-TW" / "overdue.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{% block subject %}{{ nobody_knows }}{% endblock %}", encoding="utf-8")

    class Short(Simulated):
        def check(self) -> None:
            raise Stopped

    for _ in range(2):
        serve(app, Short(BEGAN), "a")
    (words,) = told(app)
    assert "zh-TW/overdue.j2" in words


def test_a_letter_in_doubt_is_told(app: App) -> None:
    number = receipt(app, 1, today="10-06")
    with writing(app.engine) as connection:
        outbox.claim(connection, number)
        outbox.hand_over(connection, number)
    wall = Simulated(BEGAN)
    deliver = next(job for job in JOBS if job.name == "deliver")
    plan = Plan(deliver, trigger("*/10 * * * *", app.config.zone))
    tick(app, [plan], wall, "a")
    passing(app, plan, wall, 2)
    (words,) = told(app)
    assert "1 letters were cut off" in words
