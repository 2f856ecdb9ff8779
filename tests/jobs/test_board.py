"""The arrival board: who has sent, accepted, returned, late, missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.jobs.board import board, due_day, months
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from tests.cli.command import ill
from tests.jobs.alliance import found
from tests.ledger.rows import day
from tests.store.kept import ARRIVAL, TAIPEI

DUE = "10-07"
"""October 5 is a Sunday, the 6th a holiday."""


@pytest.fixture
def app(tmp_path: Path) -> App:
    return found(tmp_path / "home")


def came(app: App, *sheets: tuple[str, str], **arrival: Any) -> None:
    """Versions of NSUT's usage sheet of September: (state, day of receipt)."""
    with writing(app.engine) as connection:
        for state, on in sheets:
            moment = ARRIVAL.received_at.replace(month=day(on).month, day=day(on).day)
            one = replace(ARRIVAL, received_on=day(on), received_at=moment, state=state, **arrival)
            store.record(connection, one, ())


def shown(app: App, today: str, month: str = "2025-09", library: str = "NSUT") -> Any:
    (place,) = (
        p for p in board(app, day(today), [month]) if (p.library, p.form) == (library, "usage")
    )
    return place


def state(app: App, today: str, month: str = "2025-09") -> str:
    return str(shown(app, today, month).state)


def test_the_due_day_is_moved_to_the_hosts_next_open_day(app: App) -> None:
    assert due_day(app, "2025-09") == day(DUE)
    assert due_day(app, "2025-10") == day("11-05")
    assert due_day(app, "2025-12") == day("2026-01-05")


def test_nothing_received_is_not_due_until_the_day_has_passed(app: App) -> None:
    assert state(app, "9-15") == "not_due"
    assert state(app, DUE) == "not_due"
    assert state(app, "10-08") == "missing"


@pytest.mark.parametrize(
    ("sheets", "told"),
    [
        ([("accepted", DUE)], "accepted"),
        ([("accepted", "10-08")], "accepted_late"),
        ([("returned", "10-02")], "returned"),
        ([("returned", "10-02"), ("accepted", "10-20")], "accepted"),  # the first was in time
        ([("returned", "10-08"), ("accepted", "10-09")], "accepted_late"),
        ([("accepted", "10-02"), ("accepted", "10-30")], "accepted"),
        ([("accepted", "10-02"), ("returned", "10-03")], "accepted"),  # it stays in force
        ([("returned", "10-02"), ("held", "10-03")], "held"),
        ([("returned", "10-02"), ("refused", "10-03")], "refused"),
    ],
)
def test_a_sheet_is_late_by_its_first_version(
    app: App, sheets: list[tuple[str, str]], told: str
) -> None:
    came(app, *sheets)
    assert state(app, "11-01") == told


def test_an_interim_sheet_stands_until_the_day_has_passed_and_reports_nothing(app: App) -> None:
    came(app, ("accepted", "9-20"), interim=True)
    assert state(app, DUE) == "interim"
    assert state(app, "10-08") == "missing"
    came(app, ("returned", "10-08"))
    assert state(app, "10-08") == "returned"
    came(app, ("accepted", "10-09"))
    assert state(app, "10-09") == "accepted_late"


def test_an_interim_sheet_that_was_returned_is_no_sheet(app: App) -> None:
    came(app, ("returned", "9-20"), interim=True)
    assert state(app, "9-21") == "not_due"


def test_the_version_in_force_is_shown_with_its_receipt_and_counts(app: App) -> None:
    came(app, ("returned", "10-02"), errors=3)
    came(app, ("accepted", "10-03"), warnings=2)
    came(app, ("returned", "10-04"), errors=9)
    place = shown(app, "10-08")
    assert place.as_json() == {
        "library": "NSUT", "month": "2025-09", "form": "usage", "state": "accepted",
        "received_at": "2025-10-03T01:30:15.123456+00:00", "receipt": "R114-000002", "errors": 0,
        "warnings": 2,
    }  # fmt: skip
    assert place.received_at.astimezone(TAIPEI).hour == 9
    assert place.first_received == day("10-02")
    assert shown(app, "10-08", library="HDU").as_json()["receipt"] is None


def test_a_library_is_on_the_board_in_the_months_of_its_membership(tmp_path: Path) -> None:
    app = found(tmp_path / "home")
    text = (app.home / "config.toml").read_text(encoding="utf-8")
    text = text.replace(
        'email = "ill-hdu@ill.test"',
        'email = "ill-hdu@ill.test"\njoined = 2025-09-30\nleft = 2025-11-01',
    )
    (app.home / "config.toml").write_text(text, encoding="utf-8")
    app = found_again(app)
    on = {
        month: {p.library for p in board(app, day("12-10"), [month])}
        for month in ("2025-08", "2025-09", "2025-10", "2025-11", "2025-12")
    }
    assert on == {
        "2025-08": {"NSUT", "TMUT"},
        "2025-09": {"NSUT", "TMUT", "HDU"},
        "2025-10": {"NSUT", "TMUT", "HDU"},
        "2025-11": {"NSUT", "TMUT", "HDU"},
        "2025-12": {"NSUT", "TMUT"},
    }


def found_again(app: App) -> App:
    from ill_workflows.app import open_app

    return open_app(app.home)


def test_the_board_begins_with_the_term_and_ends_with_the_running_month(app: App) -> None:
    assert months(app, day("10-08")) == ["2025-08", "2025-09", "2025-10"]
    assert months(app, day("2025-07-15")) == ["2025-07"]
    text = (app.home / "config.toml").read_text(encoding="utf-8")
    without = "\n".join(line for line in text.splitlines() if not line.startswith("term"))
    without = without.replace('code = "HDU"', 'code = "HDU"\njoined = 2025-09-01')
    (app.home / "config.toml").write_text(without, encoding="utf-8")
    assert months(found_again(app), day("10-08")) == ["2025-09", "2025-10"]


def test_status_tells_machines_and_people(app: App) -> None:
    came(app, ("accepted", "10-02"))
    ran = ill("status", "--json", home=app.home, today="2025-10-08")
    rows = {(p["library"], p["month"], p["form"]): p["state"] for p in ran.json}
    assert len(rows) == 3 * 2 * 3
    assert rows["NSUT", "2025-09", "usage"] == "accepted"
    assert rows["NSUT", "2025-09", "cards"] == "missing"
    assert rows["NSUT", "2025-10", "usage"] == "not_due"
    table = ill("status", "--month", "2025-09", home=app.home, today="2025-10-08")
    assert "R114-000001" in table.out
    assert "5 missing" in table.err


def test_months_stand_side_by_side_with_a_mark_a_sheet(app: App) -> None:
    came(app, ("accepted", "10-02"))
    ran = ill("status", home=app.home, today="2025-10-08")
    heading, *lines = ran.out.splitlines()
    assert heading.split() == ["館", "2025-08", "2025-09", "2025-10"]
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["NSUT"] == ["缺缺", "收缺", "・・"]
    assert rows["HDU"] == ["缺缺", "缺缺", "・・"]
    assert "1 on time, 0 late, 0 returned, 11 missing" in ran.err
    assert "缺 未交 missing" in ran.err
    two = ill("status", "--months", "2", home=app.home, today="2025-10-08")
    assert two.out.splitlines()[0].split() == ["館", "2025-09", "2025-10"]
