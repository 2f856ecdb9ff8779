"""What is logged holds no personal data, at any level, whatever goes wrong (promise 20)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.cli.service import _Lines
from ill_workflows.jobs import JOBS, Done, Job
from ill_workflows.schedule.service import run
from tests.cli.command import ill
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.office import Office
from tests.jobs.alliance import clock, letters, usage
from tests.jobs.mailing import register, sent
from tests.jobs.test_doubts import app as app  # noqa: PLC0414 - the fixture
from tests.schedule.ticking import Simulated
from tests.store.kept import LOAN

CANARY = {"name": "金絲雀", "patron": "CANARY77", "email": "canary@ill.test"}
TITLE = "金絲雀飼養法"
SECRETS = ("金絲雀", "canary", "secret-pass")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, down to DEBUG, with traces, and our own lines of JSON."""
    written, root = io.StringIO(), logging.getLogger()
    handlers = [logging.StreamHandler(written), logging.StreamHandler(written)]
    handlers[0].setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    handlers[1].setFormatter(_Lines())
    level = root.level
    root.setLevel(logging.DEBUG)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    yield written
    root.setLevel(level)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    for handler in handlers:
        root.removeHandler(handler)


def ran(app: App, job: Job, today: str) -> None:
    run(app, job, datetime.now(UTC), Simulated(clock(today).now), "test")


def clean(log: io.StringIO) -> None:
    told = log.getvalue().casefold()
    assert len(told) > 1000, "nothing was logged"
    assert [secret for secret in SECRETS if secret in told] == []


def worked(app: App, office: Office) -> None:
    """A day's work with a reader's name in the register, the letters and the mail."""
    wrong = register(app, **{**CANARY, "status": CANARY["name"]})
    office.put(sent(register(app, **CANARY)), sent(wrong, subject="金絲雀 again"))
    usage(app, {**LOAN, "title": TITLE})
    for job in JOBS:
        ran(app, job, "10-07")


def test_a_days_work_logs_no_reader(app: App, office: Office, log: io.StringIO) -> None:
    worked(app, office)
    assert CANARY["email"] in {to for row in letters(app) for to in row["to"]}
    clean(log)


def test_a_mistake_of_ours_logs_where_and_not_what(app: App, log: io.StringIO) -> None:
    def breaks(*_: Any) -> Done:
        raise ValueError(f"cannot read {CANARY['name']} <{CANARY['email']}>")

    ran(app, replace(JOBS[0], run=breaks), "10-07")
    assert '"error": "ValueError' in log.getvalue()
    clean(log)
    told = ill("status", home=app.home, today="2025-10-07")
    assert CANARY["name"] not in told.err


def test_a_database_that_fails_logs_no_values(app: App, office: Office, log: io.StringIO) -> None:
    with app.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON cards_issues "
            "BEGIN SELECT RAISE(ABORT, 'disk trouble'); END"
        )
    worked(app, office)
    clean(log)


def test_a_server_that_is_down_logs_no_address(
    app: App, office: Office, log: io.StringIO, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret-pass", encoding="utf-8")
    worked(app, office)
    clean(log)
