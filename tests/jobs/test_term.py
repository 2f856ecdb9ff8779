"""The end of the term: the host is told in good time, the committee reads along (Article 9)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.jobs.decide import decide
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.remind import remind
from ill_workflows.lending.kinds import why_now
from ill_workflows.lending.notices import Day
from ill_workflows.lending.policies import POLICIES
from ill_workflows.lending.term import TermEnd, due
from ill_workflows.store import outbox
from tests.jobs.alliance import clock, letters
from tests.jobs.sampled import letters_in
from tests.jobs.test_edition import COMMITTEE, HOST
from tests.jobs.test_edition import an_alliance as allied

TERM = "from = 2025-08-01, to = 2026-07-31"
END = date(2026, 7, 31)


QUIET = "[mail.guard]\nsilent_days = 366\n"
"""Months lie between what a test does and what it did before; that is no wrong clock."""


def an_alliance(home: Path, *, term: str = TERM, more: str = "") -> App:
    """NSUT has sent one sheet of the term."""
    return allied(home, term=term, more=QUIET + more)


def on(days: int) -> Clock:
    """The morning so many days before the end."""
    return clock(f"{END - timedelta(days=days)}")


def written(app: App) -> list[tuple[str, str]]:
    """Step and day of each letter about the term."""
    return [(row["step"], str(row["created_on"])) for row in letters(app, policy="term")]


def test_the_host_is_told_half_a_year_a_quarter_and_a_month_before_and_never_twice(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path)
    for days in (185, 179, 179, 150, 92, 88, 88, 60, 31, 28, 28, 10, 1, 0, -3, -4):
        remind(app, on(days))
    told = [(step, (END - date.fromisoformat(day)).days) for step, day in written(app)]
    assert told == [("-180", 179), ("-90", 88), ("-30", 28)]
    for row in letters(app, policy="term"):
        assert (row["to"], row["cc"]) == (HOST, [COMMITTEE])
        assert row["cases"] == ["term/2025-08-01/2026-07-31"]


def step_on(history: dict[str, date], today: date) -> str:
    """The step that the term reaches, after what was written."""
    plans = {policy.name: policy for policy in POLICIES}
    term = TermEnd(date(2025, 8, 1), END, "NSUT")
    day = Day(today, {("term", term.key, ""): history}, plans)
    return next((notice.step for notice in due(term, day)), "")


def test_a_step_that_was_missed_is_made_up_one_at_a_time() -> None:
    first = END - timedelta(days=100)
    assert step_on({}, END - timedelta(days=181)) == ""
    assert step_on({}, first) == "-180"
    assert step_on({"-180": first}, END - timedelta(days=90)) == ""
    assert step_on({"-180": first}, first + timedelta(days=90)) == "-90"


def test_nothing_is_written_when_the_term_is_over() -> None:
    assert step_on({}, END) == "-180"
    assert step_on({}, END + timedelta(days=1)) == ""


def test_the_letter_says_what_ends_what_is_to_do_and_whose_sheets_are_missing(
    tmp_path: Path,
) -> None:
    app = an_alliance(tmp_path)
    remind(app, on(88))
    deliver(app, on(88))
    (letter,) = [
        one for one in letters_in(tmp_path / "outbox", set())
        if one.header("X-ILL-Policy") == "term"
    ]  # fmt: skip
    assert "115年7月31日期滿，還有 88 天" in letter.header("Subject")
    for words in (
        "第九條",
        "評估",
        "延長",
        "交接",
        "114年09月：南星示範科技大學、虹島示範大學",
        "114年08月：南星示範科技大學、",
    ):
        assert words in letter.words


def test_a_letter_about_a_term_that_was_extended_meanwhile_is_withdrawn(tmp_path: Path) -> None:
    app = an_alliance(tmp_path)
    remind(app, on(88))
    path = tmp_path / "config.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-07-31", "2028-07-31"))
    deliver(open_app(tmp_path), on(88))
    assert [row["state"] for row in letters(app, policy="term")] == ["withdrawn"]
    with app.engine.connect() as connection:
        assert not [key for key in outbox.history(connection) if key[0] == "term"]


def test_the_preview_says_why(tmp_path: Path) -> None:
    app = an_alliance(tmp_path)
    (case,) = [one for one in decide(app, on(88)).others if isinstance(one, TermEnd)]
    assert why_now(case, on(88).today) == "2026-07-31 到期 ends，還有 88 天 days left"


@pytest.mark.parametrize("term", ["from = 2025-08-01, to = 2025-09-30"])
def test_a_term_that_is_over_is_no_case(tmp_path: Path, term: str) -> None:
    app = an_alliance(tmp_path, term=term)
    assert not [one for one in decide(app, clock("10-20")).others if isinstance(one, TermEnd)]


def test_a_policy_that_is_off_writes_nothing(tmp_path: Path) -> None:
    app = an_alliance(tmp_path, more="[notices.term]\nenabled = false\n")
    remind(app, on(88))
    assert written(app) == []


def test_other_steps_may_be_configured(tmp_path: Path) -> None:
    more = '[notices.term]\nsteps = [{ name = "soon", after = -45 }]\n'
    app = an_alliance(tmp_path, more=more)
    for days in (88, 46, 45, 30):
        remind(app, on(days))
    assert [step for step, _ in written(app)] == ["soon"]
