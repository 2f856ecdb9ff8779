"""Crontab lines: which slots have come, which was missed, which comes next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ill_workflows.errors import UsageProblem
from ill_workflows.jobs import JOBS
from ill_workflows.schedule.plan import Plan, plans, trigger
from tests.cli.command import ill
from tests.jobs.alliance import found

TAIPEI = ZoneInfo("Asia/Taipei")
COLLECT = JOBS[0]


def plan(line: str, zone: ZoneInfo = TAIPEI) -> Plan:
    return Plan(COLLECT, trigger(line, zone))


def at(day: str, zone: ZoneInfo = TAIPEI) -> datetime:
    return datetime.fromisoformat(f"2025-{day}").replace(tzinfo=zone)


def test_a_slot_is_due_once_its_moment_has_come() -> None:
    daily = plan("30 8 * * mon-fri")
    last = at("10-07 08:30")
    assert daily.due(last, at("10-08 08:29:59")) == (None, 0)
    assert daily.due(last, at("10-08 08:30")) == (at("10-08 08:30"), 0)
    assert daily.next_after(at("10-10 08:30")) == at("10-13 08:30")


def test_one_run_stands_for_what_was_missed() -> None:
    assert plan("30 8 * * *").due(at("10-01 08:30"), at("10-10 09:00")) == (at("10-10 08:30"), 8)
    assert plan("*/10 * * * *").due(at("10-01 00:00"), at("10-02 00:05"))[1] == 143


def test_a_clock_that_went_back_makes_nothing_due() -> None:
    assert plan("* * * * *").due(at("10-07 08:30"), at("10-06 08:30")) == (None, 0)


def test_a_year_of_silence_is_looked_at_for_a_month() -> None:
    monthly = plan("0 9 20 * *")
    assert monthly.due(at("01-20 09:00"), at("12-25 00:00")) == (at("12-20 09:00"), 0)


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("mon-fri", "一二三四五"), ("1-5", "一二三四五"), ("0", "日"), ("7", "日"), ("6,0", "六日"),
        ("Sunday", "日"),
        ("5-1", "五六日一"), ("*/2", "日二四六"), ("MON", "一"), ("1-5/2", "一三五"),
    ],
)  # fmt: skip
def test_days_of_the_week_are_those_of_a_crontab(field: str, days: str) -> None:
    found, moment = set(), at("10-01 00:00")
    weekly = plan(f"0 9 * * {field}")
    for _ in range(7):
        slot = weekly.next_after(moment)
        assert slot is not None
        found.add("一二三四五六日"[slot.astimezone(TAIPEI).weekday()])
        moment = slot
    assert found == set(days)


def test_daylight_saving_drops_no_day_and_doubles_none() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for line, first, last in (("30 2 * * *", "03-28", "04-02"), ("30 2 * * *", "10-24", "10-29")):
        nightly, moment, seen = plan(line, berlin), at(f"{first} 12:00", berlin), []
        while (slot := nightly.next_after(moment)) is not None and slot < at(
            f"{last} 12:00", berlin
        ):
            seen.append(slot.astimezone(UTC))
            moment = slot
        gaps = [two - one for one, two in pairwise(seen)]
        assert len(seen) == len(set(seen)) >= 4
        assert all(timedelta(hours=22) < gap < timedelta(hours=50) for gap in gaps)


def test_an_hour_that_comes_twice_is_gone_through_once() -> None:
    berlin, moment, seen = ZoneInfo("Europe/Berlin"), datetime(2025, 10, 25, 22, tzinfo=UTC), []
    often = plan("*/20 * * * *", berlin)
    while ((slot := often.next_after(moment)) is not None and slot.hour < 4) or slot.hour > 21:
        seen.append(slot.astimezone(berlin).strftime("%H:%M"))
        moment = slot
    assert len(seen) == len(set(seen))
    assert {"02:00", "02:40", "03:00"} <= set(seen)


@pytest.mark.parametrize("line", ["61 * * * *", "* * * * someday", "* * 0 * *", "a b c d e"])
def test_a_line_that_is_no_crontab_names_its_key(line: str) -> None:
    with pytest.raises(UsageProblem, match=r"schedule\.remind"):
        plans({"remind": line}, TAIPEI)


def test_check_tells_of_a_line_that_is_no_crontab_and_when_the_others_run(tmp_path: Path) -> None:
    found(tmp_path, more='[schedule]\nremind = "30 8 * * mon-fri"\nevaluate = ""\n')
    told = ill("check", home=tmp_path, today="2025-10-07").out
    assert "ok  排程 schedule：" in told
    assert "remind 10-08 08:30" in told
    assert "evaluate" not in told
    found(tmp_path, more='[schedule]\nremind = "61 8 * * mon-fri"\n')
    ran = ill("check", home=tmp_path, today="2025-10-07")
    assert (ran.code, "✗   排程 schedule：schedule.remind" in ran.out) == (1, True)


def test_a_job_without_a_line_runs_on_request_only() -> None:
    assert [p.job.name for p in plans({"remind": "", "deliver": "* * * * *"}, TAIPEI)] == [
        "deliver"
    ]
