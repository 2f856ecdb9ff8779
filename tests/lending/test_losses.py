"""Lost cards: every member hears of each once, and once more when it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ill_workflows.lending.losses import LATELY, CardReport, reports
from tests.ledger.rows import day, frame
from tests.lending.invented import Story

ROW = {
    "library": "HDU", "month": None, "as_of": date(2025, 10, 6), "receipt": "R9", "interim": False,
    "seq": 9, "row": 2, "card": "HDU-07", "kind": "遺失", "opened_on": date(2025, 10, 6),
}  # fmt: skip
ALL = ("NSUT", "HDU", "TMUT")


def told(*rows: dict[str, Any], today: str = "10-07", came: str = "10-06") -> list[CardReport]:
    received = dict.fromkeys(range(20), day(came))
    return reports(frame(ROW, *(rows or ({},))), received, ALL, day(today))


def run(story: Story, today: str, *found: CardReport) -> list[tuple[str, str, str]]:
    return [(one.library, one.step, one.episode) for one in story.run(day(today), cases=found)]  # type: ignore[arg-type]


def test_every_member_hears_of_a_lost_card_once() -> None:
    story = Story()
    assert run(story, "10-06", *told()) == [(code, "0", code) for code in ALL]
    assert run(story, "10-07", *told()) == []
    assert {notice.case for _, notice in story.written} == {"card/HDU-07/2025-10-06"}


def test_a_card_that_is_found_is_told_to_all_and_the_loss_is_news_no_more() -> None:
    story = Story()
    run(story, "10-06", *told())
    found = {"kind": "尋獲", "opened_on": "10-08", "seq": 10}
    (now,) = told({}, found, today="10-08")
    assert (now.void, now.key) == (False, "card/HDU-07/2025-10-08")
    assert len(run(story, "10-08", now)) == len(ALL)
    assert run(Story(), "10-08", *told({}, found)) == [(code, "0", code) for code in ALL]


def test_lost_and_found_on_one_day_and_lost_after_all_are_each_told() -> None:
    story, found, again = Story(), {"kind": "尋獲", "seq": 10}, {"seq": 11}
    for rows, void in ((({},), True), (({}, found), False), (({}, found, again), True)):
        (report,) = told(*rows)
        assert report.void == void
        assert len(run(story, "10-06", report)) == len(ALL)
        assert run(story, "10-06", report) == []


def test_lost_and_then_void_is_no_news() -> None:
    story = Story()
    run(story, "10-06", *told())
    assert run(story, "10-07", *told({}, {"kind": "註銷", "seq": 10})) == []


def test_who_joins_later_does_not_hear_of_old_losses() -> None:
    assert told(today="10-06", came="10-06")
    later = day("10-06") + LATELY
    assert told(today=f"{later}") == []
    assert told(today=f"{later - timedelta(days=1)}")


def test_a_policy_that_is_switched_off_writes_nothing() -> None:
    off = replace(Story().policies["card_void"], enabled=False)
    assert run(Story(off), "10-06", *told()) == []
