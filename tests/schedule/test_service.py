"""Each slot of a job once, whoever dies, sleeps or sets the clock; and what the host is told."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from ill_workflows.app import App
from ill_workflows.errors import StaleRun, Stopped, TransportDown
from ill_workflows.jobs import JOBS, Done, Job
from ill_workflows.schedule.plan import Plan, trigger
from ill_workflows.schedule.service import LEASE, plans_of, run, serve, tick
from ill_workflows.store import runs
from ill_workflows.store.db import writing
from ill_workflows.store.tables import job_runs
from tests.cli.command import ill
from tests.jobs.alliance import found, letters, receipt
from tests.schedule.ticking import BEGAN, EVERY, JOB, PLAN, Simulated

PROCESSES = 8
TICKS = 1250
"""Of each process: 10,000 together."""
KILLS = 24


@pytest.fixture
def app(tmp_path: Path) -> App:
    return found(tmp_path / "alliance")


def rows(app: App) -> list[dict[str, object]]:
    with app.engine.connect() as connection:
        query = select(job_runs).order_by(job_runs.c.slot)
        return [dict(row) for row in connection.execute(query).mappings()]


def looking(app: App, holder: int, seed: int, first: int) -> subprocess.Popen[str]:
    arguments = (app.home, f"p{holder}", seed, first, TICKS - first)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.schedule.ticking", *map(str, arguments)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_eight_processes_run_each_slot_once_though_some_are_killed(app: App) -> None:
    draw = random.Random(4)
    tick(app, [PLAN], Simulated(BEGAN), "first")
    running = {n: looking(app, n, n, 0) for n in range(PROCESSES)}
    kills = 0
    while running:
        time.sleep(0.05)
        for n, process in list(running.items()):
            if process.poll() == 0:
                del running[n]
                assert process.stdout is not None
                process.stdout.close()
        if running and kills < KILLS and draw.random() < 0.5:
            n = draw.choice(list(running))
            running[n].send_signal(signal.SIGKILL)
            told = running[n].communicate(timeout=60)[0].split()
            kills += 1
            at = (int(told[-1]) + 1) if told else 0
            running[n] = looking(app, n, 1000 + kills, min(at, TICKS - 1))
    assert kills == KILLS
    last = Simulated(BEGAN + timedelta(minutes=TICKS) + LEASE + EVERY)
    tick(app, [PLAN], last, "last")
    done = [row for row in rows(app) if row["state"] != "begun"]
    assert {row["state"] for row in done} == {"done"}
    slots = [row["slot"] for row in done]
    assert len(slots) == len(set(slots)) > TICKS // 10 // 2
    written = Counter(row["message_id"] for row in letters(app))
    assert written == {f"<{slot}@ill.test>": 1 for slot in slots}


def test_a_run_that_died_is_taken_over_once_its_lease_is_over(app: App) -> None:
    wall = Simulated(BEGAN)
    tick(app, [PLAN], wall, "a")
    slot = BEGAN + EVERY
    with writing(app.engine) as connection:
        held = runs.claim(connection, "collect", slot, holder="a", now=slot, lease=LEASE)
    assert held is not None
    wall.moment = slot + LEASE - timedelta(seconds=1)
    assert tick(app, [PLAN], wall, "b") == []
    wall.moment = slot + LEASE
    (ran,) = tick(app, [PLAN], wall, "b")
    assert (ran.slot, ran.state) == (slot, "done")
    with pytest.raises(StaleRun), runs.fenced(held), writing(app.engine):
        pytest.fail("a stale process wrote")
    with pytest.raises(StaleRun), writing(app.engine) as connection:
        runs.finish(connection, held, "done", "", slot)


def test_a_run_that_outlived_its_lease_writes_no_more_once_the_job_runs_elsewhere(
    app: App,
) -> None:
    wall, slow = Simulated(BEGAN), BEGAN + EVERY
    tick(app, [PLAN], wall, "a")
    with writing(app.engine) as connection:
        held = runs.claim(connection, "collect", slow, holder="a", now=slow, lease=LEASE)
    assert held is not None
    with writing(app.engine) as connection:  # another slot, by a process whose clock is ahead
        later = slow + EVERY
        other = runs.claim(connection, "collect", later, holder="b", now=later, lease=LEASE)
    assert other is not None
    with pytest.raises(StaleRun), runs.fenced(held), writing(app.engine):
        pytest.fail("a stale process wrote")
    with runs.fenced(other), writing(app.engine):
        pass
    with writing(app.engine) as connection:
        assert not runs.renew(connection, held, later)
        runs.finish(connection, other, "done", "", later)
    wall.moment = later + EVERY
    assert slow in {ran.slot for ran in tick(app, [PLAN], wall, "c")}


def test_a_job_runs_in_one_place_at_a_time(app: App) -> None:
    wall = Simulated(BEGAN)
    inner: list[object] = []

    def nested(app: App, clock: object, between: object) -> Done:
        inner.append(run(app, JOB, BEGAN + EVERY, wall, "b"))
        return Done("")

    ran = run(app, Job("collect", nested), BEGAN, wall, "a")
    assert ran is not None
    assert ran.state == "done"
    assert inner == [None]


def test_what_was_missed_is_made_up_by_one_run_and_told(app: App) -> None:
    wall = Simulated(BEGAN)
    tick(app, [PLAN], wall, "a")
    wall.moment = BEGAN + timedelta(hours=3, minutes=1)
    (ran,) = tick(app, [PLAN], wall, "a")
    assert ran.slot == BEGAN + timedelta(hours=3)
    assert [row["missed"] for row in rows(app)] == [0, 17]
    assert tick(app, [PLAN], wall, "a") == []


def test_nothing_is_due_for_the_time_before_the_first_look(app: App) -> None:
    assert tick(app, plans_of(app), Simulated(BEGAN), "a") == []
    assert {row["state"] for row in rows(app)} == {"begun"}


def test_a_job_that_fails_is_told_and_the_others_run(app: App) -> None:
    def down(app: App, clock: object, between: object) -> Done:
        raise TransportDown("mail.test:25", "refused")

    def bug(app: App, clock: object, between: object) -> Done:
        raise ValueError("王小明 a@reader.test")

    zone = app.config.zone
    planned = [
        Plan(Job(name, job), trigger("*/10 * * * *", zone))
        for name, job in (("collect", down), ("remind", bug), ("evaluate", JOB.run))
    ]
    wall = Simulated(BEGAN)
    tick(app, planned, wall, "a")
    wall.moment = BEGAN + EVERY
    assert [ran.state for ran in tick(app, planned, wall, "a")] == ["failed", "failed", "done"]
    said = {row["job"]: row["said"] for row in rows(app) if row["state"] != "begun"}
    assert "mail.test" in str(said["collect"])
    assert str(said["remind"]).startswith("ValueError test_service.py:")


class Counted(Simulated):
    """Asks to stop after so many looks at it."""

    def __init__(self, now: datetime, looks: int) -> None:
        super().__init__(now)
        self.left = looks

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped


def test_a_run_that_died_under_a_clock_a_year_ahead_keeps_no_job_away(app: App) -> None:
    tick(app, [PLAN], Simulated(BEGAN), "a")
    ahead = BEGAN + timedelta(days=365)
    with writing(app.engine) as connection:
        runs.claim(connection, JOB.name, ahead, holder="dead", now=ahead, lease=LEASE)
        runs.pulse(connection, "dead", ahead)
    wall = Simulated(BEGAN + EVERY)
    assert [ran.state for ran in tick(app, [PLAN], wall, "b")] == ["done"]
    with writing(app.engine) as connection:
        runs.pulse(connection, "b", wall.now())
        last = runs.pulse_of(connection)
    assert last is not None
    assert last["holder"] == "b"


class Glances(Simulated):
    """A clock at which somebody asks to stop after a few looks."""

    def __init__(self, now: datetime, looks: int) -> None:
        super().__init__(now)
        self.looks = looks

    def wait(self, until: datetime) -> None:
        super().wait(until)
        self.looks -= 1

    def check(self) -> None:
        if self.looks <= 0:
            raise Stopped


def test_a_database_that_cannot_be_read_for_a_moment_does_not_end_the_service(app: App) -> None:
    failing = iter([True, True])

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT job_runs.job") and next(failing, False):
            raise sqlite3.OperationalError("disk I/O error")

    event.listen(app.engine, "before_cursor_execute", fail)
    serve(app, Glances(BEGAN, 5), "a")
    with app.engine.connect() as connection:
        last = runs.pulse_of(connection)
    assert last is not None
    assert last["ended"]


def test_whoever_asks_to_stop_finds_the_job_at_hand_finished(app: App) -> None:
    for number in range(5):
        receipt(app, number, today="10-06")
    wall = Counted(BEGAN, 6)  # one a plan, and two letters
    deliver = next(job for job in JOBS if job.name == "deliver")
    with pytest.raises(Stopped):
        run(app, deliver, BEGAN, Counted(BEGAN, 2), "a")
    assert Counter(row["state"] for row in letters(app)) == {"sent": 2, "queued": 3}
    serve(app, wall, "a")
    with app.engine.connect() as connection:
        pulse = runs.pulse_of(connection)
    assert pulse is not None
    assert pulse["ended"]


def test_the_service_runs_on_the_real_clock_and_drains_when_asked_to(app: App) -> None:
    config = app.home / "config.toml"
    line = '\n[schedule]\ndeliver = "* * * * *"\n'
    config.write_text(config.read_text(encoding="utf-8") + line, encoding="utf-8")
    command = [sys.executable, "-m", "ill_workflows", "--home", str(app.home), "run"]
    service = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUTF8": "1"}
    )
    assert service.stderr is not None
    assert json.loads(service.stderr.readline())["event"] == "started"
    deadline = time.monotonic() + 30
    while "alive" not in ill("status", home=app.home).err:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    service.send_signal(signal.SIGTERM)
    events = [line for line in service.communicate(timeout=60)[1].splitlines() if line[:1] == "{"]
    assert service.returncode == 0
    assert json.loads(events[-1])["event"] == "stopped"
    assert "已停止 stopped" in ill("status", home=app.home).err


def test_a_single_job_is_run_and_written_down(app: App) -> None:
    receipt(app, 1)
    ran = ill("job", "deliver", home=app.home, today="2025-10-07")
    assert (ran.code, ran.out.startswith("deliver：寄出 sent 1")) == (0, True)
    assert "deliver  2025-10-07 09:00  完成 done" in ill(
        "status", home=app.home, today="2025-10-07"
    ).err  # fmt: skip
    again = ill("job", "deliver", home=app.home, today="2025-10-07")
    assert (again.code, again.out.startswith("deliver：寄出 sent 0")) == (0, True)
    assert ill("job", "nothing", home=app.home).code == 2
    assert ill("run", home=app.home, today="2025-10-07").code == 2
