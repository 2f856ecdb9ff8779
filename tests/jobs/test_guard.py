"""Far more letters than usual, or a clock that is wrong: nothing is sent, and the host is asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App
from ill_workflows.jobs import guard
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.preview import preview
from ill_workflows.jobs.remind import remind
from tests.cli.command import ill
from tests.jobs.alliance import ISSUED, LOAN, cards, clock, found, letters, receipt, reminded, usage
from tests.ledger.rows import day


def many(app: App, count: int, *, lent: str = "2025-09-08", month: str = "2025-09") -> None:
    """So many readers of HDU, each with a book of NSUT."""
    loans: list[dict[str, Any]] = []
    issues: list[dict[str, Any]] = []
    for n in range(count):
        card, began = f"HDU-{n + 10:02d}", day(lent[5:]).replace(year=int(lent[:4]))
        reader = {"patron": f"H{n}", "name": f"讀者{n}", "email": f"r{n}@ill.test"}
        loans.append({**LOAN, "card": card, "item": f"C{n}", "lent_on": began})
        issues.append({**ISSUED, **reader, "card": card, "issued_on": began})
    usage(app, *loans, on="10-06", month=month)
    cards(app, *issues, on="10-06", month=month)


@pytest.fixture
def app(tmp_path: Path) -> App:
    return found(tmp_path / "home")


def usual(app: App) -> None:
    """Four readers' first letters on 3 October."""
    many(app, 4)
    assert reminded(app, "10-03").asked is None
    deliver(app, clock("10-03"))


def waiting(app: App) -> Counter[tuple[str, str]]:
    return Counter((row["policy"], row["state"]) for row in letters(app))


def test_ten_times_the_usual_list_waits_for_the_hosts_yes(app: App) -> None:
    usual(app)
    many(app, 44)
    result = reminded(app)
    assert result.asked is not None
    assert "overdue 40 封（平常最多 4）" in result.asked.said
    assert "outbox approve 1" in result.asked.said
    deliver(app, clock("10-07"))
    assert waiting(app)["overdue", "sent"] == 4
    assert waiting(app)["overdue", "queued"] == 40
    (told,) = letters(app, policy="question")
    assert (told["to"], told["state"]) == (["ill-nsut@ill.test"], "sent")

    again = reminded(app)
    assert (again.asked, again.letters) == (result.asked, {})
    assert len(letters(app, policy="question")) == 1

    assert ill("outbox", "approve", "1", home=app.home, today="2025-10-07").code == 0
    assert ill("outbox", "approve", "1", home=app.home, today="2025-10-07").code == 2
    deliver(app, clock("10-07"))
    assert waiting(app)["overdue", "sent"] == 44
    assert not waiting(app)["overdue", "queued"]
    assert reminded(app).asked is None


def test_what_is_declined_is_written_anew_from_the_mended_sheet(app: App) -> None:
    usual(app)
    many(app, 44, lent="2024-09-08")  # the year was mistyped
    assert reminded(app).asked is not None
    many(app, 4, month="2025-10")
    assert ill("outbox", "decline", "1", home=app.home, today="2025-10-07").code == 0
    deliver(app, clock("10-07"))
    assert waiting(app)["overdue", "sent"] == 4
    assert {row["state"] for row in letters(app, policy="overdue")} == {"sent", "withdrawn"}
    assert reminded(app).asked is None


def test_what_was_returned_meanwhile_is_not_sent_though_it_was_approved(app: App) -> None:
    usual(app)
    many(app, 44)
    assert reminded(app).asked is not None
    back = [
        {**LOAN, "card": f"HDU-{n + 10:02d}", "item": f"C{n}", "returned_on": day("10-06")}
        for n in range(44)
    ]
    usage(app, *back, on="10-07", month="2025-10", interim=True)
    assert ill("outbox", "approve", "1", home=app.home, today="2025-10-07").code == 0
    result = deliver(app, clock("10-07"))
    assert result.withdrawn >= 40
    assert waiting(app)["overdue", "sent"] == 4


def test_a_clock_a_year_ahead_sends_nothing_and_asks(app: App) -> None:
    usual(app)
    before = waiting(app)
    result = reminded(app, "2026-10-07")
    assert result.asked is not None
    assert "2025-10-06" in result.asked.said
    ran = ill("remind", home=app.home, today="2026-10-07")
    assert (ran.code, "outbox approve 1" in ran.err) == (1, True)
    deliver(app, clock("2026-10-07"))
    sent = waiting(app) - before
    assert [policy for (policy, state) in sent if state == "sent"] == ["question"]


def test_letters_that_waited_do_not_leave_by_a_clock_a_year_ahead(app: App) -> None:
    many(app, 4)
    reminded(app, "10-03")
    assert deliver(app, clock("2026-10-07")).sent == 0
    assert {state for (_, state) in waiting(app)} == {"queued"}
    for _ in range(2):
        reminded(app, "2026-10-07")
        deliver(app, clock("2026-10-07"))
    assert [policy for (policy, state) in waiting(app) if state == "sent"] == ["question"]
    assert ill("outbox", "decline", "1", home=app.home, today="2025-10-03").code == 0
    assert deliver(app, clock("10-03")).sent == 4


def test_what_a_wrong_clock_has_dated_itself_does_not_prove_it_right(app: App) -> None:
    usual(app)
    receipt(app, 1, today="2026-10-02")  # a Friday: a mail came in under that clock
    reminded(app, "2026-10-05")
    deliver(app, clock("2026-10-05"))
    assert ill("outbox", "decline", "1", home=app.home, today="2026-10-05").code == 0
    assert reminded(app, "2026-10-06").asked is not None
    assert deliver(app, clock("2026-10-06")).sent == 1
    sent = {policy for (policy, state) in waiting(app) if state == "sent"}
    assert sent == {"overdue", "receipt", "question"}
    assert waiting(app)["overdue", "sent"] == 4


def test_a_day_that_the_host_has_said_to_be_right_is_not_asked_about_again(app: App) -> None:
    usual(app)
    many(app, 4, lent="2026-09-01", month="2026-09")
    assert reminded(app, "2026-10-07").asked is not None
    assert ill("outbox", "approve", "1", home=app.home, today="2026-10-07").code == 0
    assert deliver(app, clock("2026-10-07")).waiting == 0
    assert reminded(app, "2026-10-14").asked is None


def test_the_runs_of_one_day_count_together(app: App) -> None:
    usual(app)
    many(app, 24)
    assert reminded(app).asked is None
    many(app, 44)
    result = reminded(app)
    assert result.asked is not None
    assert "overdue 40 封" in result.asked.said
    deliver(app, clock("10-07"))
    assert waiting(app)["overdue", "sent"] == 24
    assert waiting(app)["overdue", "queued"] == 20


def test_what_was_approved_in_a_preview_does_not_become_usual(app: App) -> None:
    usual(app)
    many(app, 44)
    seals = {letter.seal for letter in preview(app, clock("10-07")).letters}
    result = remind(app, clock("10-07"), seals)
    assert (result.asked, result.letters["overdue", "first"]) == (None, 40)
    deliver(app, clock("10-07"))
    assert waiting(app)["overdue", "sent"] == 44
    many(app, 120)
    assert reminded(app, "10-08").asked is not None


def test_two_runs_at_once_ask_one_question(app: App) -> None:
    usual(app)
    facts = {"today": "2025-10-07", "last": "", "letters": 40, "policies": {"overdue": [40, 4]}}
    waits: list[int] = []
    asking = (guard.ask(app, facts, clock("10-07"), lambda _, n: waits.append(n)) for _ in range(2))
    (first, _), (second, _) = asking
    assert first == second
    assert waits == [first.number]
    assert len(letters(app, policy="question")) == 1


def test_what_another_run_wrote_a_moment_ago_is_not_asked_about(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual(app)
    many(app, 44)
    doubts = guard.doubts

    def other_run_first(*given: Any) -> dict[str, Any] | None:
        monkeypatch.setattr(guard, "doubts", lambda *_: None)
        many(app, 45)
        reminded(app)
        monkeypatch.setattr(guard, "doubts", doubts)
        return doubts(*given)

    monkeypatch.setattr(guard, "doubts", other_run_first)
    result = reminded(app)
    assert (result.asked, result.letters) == (None, {})
    assert waiting(app)["overdue", "queued"] == 41
    assert not letters(app, policy="question")


def test_a_busy_day_is_not_asked_about(app: App) -> None:
    many(app, 29)
    assert reminded(app).asked is None


def test_nothing_leaves_while_the_host_has_paused_sending(app: App) -> None:
    receipt(app, 1)
    told = ill("outbox", "pause", "--because", "搬家", home=app.home, today="2025-10-07")
    assert (told.code, "暫停" in told.out) == (0, True)
    for _ in range(2):
        result = deliver(app, clock("10-07"))
        assert (result.sent, result.waiting, result.paused) == (0, 1, "搬家")
    assert "起暫停：搬家" in ill("status", home=app.home, today="2025-10-07").err
    assert "暫停中" in ill("deliver", home=app.home, today="2025-10-07").out
    assert ill("outbox", "resume", home=app.home, today="2025-10-07").code == 0
    assert "起暫停" not in ill("status", home=app.home, today="2025-10-07").err
    assert deliver(app, clock("10-07")).sent == 1
