"""Before letters are queued: are these far more than usual, and is the clock to be believed?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken, UsageProblem
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.lending.usual import DAYS, Guard, above_usual, last_before_silence
from ill_workflows.mail import questions as letters
from ill_workflows.store import outbox, questions
from ill_workflows.store.db import writing

Write = Callable[[Connection, int], None]
"""Writes the letters that belong to the question of a number, in its transaction."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the host is asked: its number, and the sentence in both languages."""

    number: int
    said: str


def doubts(app: App, written: Iterable[outbox.Written], clock: Clock) -> dict[str, Any] | None:
    """What is unusual about today's letters; None where nothing is."""
    counts = Counter(letter.policy for letter in written)
    if not counts:
        return None
    guard = _guard(app)
    with app.engine.connect() as connection:
        usual = questions.usual(connection, clock.today, DAYS)
        before = questions.written_on(connection, clock.today)
        last = _silence(connection, clock, guard)
    whole_day = {policy: count + before.get(policy, 0) for policy, count in counts.items()}
    far = above_usual(whole_day, usual, len(app.members), guard)
    if not far and last is None:
        return None
    return {
        "today": clock.today.isoformat(),
        "last": last.isoformat() if last is not None else "",
        "letters": sum(counts.values()),
        "policies": {policy: list(numbers) for policy, numbers in far.items()},
    }


def _silence(connection: Connection, clock: Clock, guard: Guard) -> date | None:
    days = questions.days_seen(connection, clock.today)
    vouched = questions.vouched(connection, clock.today)
    return last_before_silence(days, clock.today, vouched, guard)


def _guard(app: App) -> Guard:
    part = app.config.mail.guard
    return Guard(part.times, part.at_least, part.silent_days)


def clock_is_doubted(app: App, clock: Clock) -> bool:
    """Whether the day is too far from the last sign of life, and the host has not said it is right.

    Letters that depend on the day do not leave then, whenever they were written.
    """
    with app.engine.connect() as connection:
        asked = questions.standing(connection)
        if asked is not None and asked["facts"]["last"]:
            return True
        return _silence(connection, clock, _guard(app)) is not None


def ask(
    app: App, facts: dict[str, Any], clock: Clock, write: Write
) -> tuple[Question, list[LetterBroken]]:
    """Write the question down, the letter that tells the host of it, which goes at once, and the
    letters that wait for its answer: all of it or nothing.

    Raises:
        IntegrityError: something unique in those letters stands already.
    """  # noqa: D205
    with writing(app.engine) as connection:
        asked = questions.standing(connection)  # by another run, a moment ago
        if asked is not None:
            return Question(asked["id"], sentence(asked["id"], asked["facts"])), []
        number = questions.ask(connection, facts, clock.today, clock.now)
        broken = []
        try:
            told = compose(app, letters.asked(app.host, number, facts), clock)
        except LetterBroken as bad:
            broken.append(bad)
        else:
            outbox.put(connection, told, (), today=clock.today, now=clock.now)
        write(connection, number)
    return Question(number, sentence(number, facts)), broken


def answered(app: App, facts: dict[str, Any], clock: Clock, write: Write) -> None:
    """Write the letters that the host has approved in a preview, of a question that has its answer:
    what was unusual does not become what is usual.

    Raises:
        IntegrityError: something unique in those letters stands already.
    """  # noqa: D205
    with writing(app.engine) as connection:
        number = questions.ask(connection, facts, clock.today, clock.now)
        questions.decide(connection, number, "approved", clock.now)
        write(connection, number)


def standing(app: App) -> Question | None:
    """The question that waits for the host's answer."""
    with app.engine.connect() as connection:
        row = questions.standing(connection)
    return Question(row["id"], sentence(row["id"], row["facts"])) if row else None


def waiting(app: App, number: int) -> list[outbox.Written]:
    """The very letters that wait for the answer to a question."""
    with app.engine.connect() as connection:
        return outbox.written(connection, questions.letters_of(connection, number))


def unusual(facts: dict[str, Any]) -> str:
    """What is unusual about a day's letters."""
    far = "；".join(
        f"{policy} {count} 封（平常最多 {usual}） / {count} letters, {usual} at most as a rule"
        for policy, (count, usual) in facts["policies"].items()
    )
    silent = (
        f"今天 {facts['today']}，上一次有動靜是 {facts['last']}，日期對嗎？"
        f" / today is {facts['today']}, the last sign of life was {facts['last']}: is that right?"
        if facts["last"]
        else ""
    )
    return "；".join(part for part in (far, silent) if part)


def sentence(number: int, facts: dict[str, Any]) -> str:
    """The question in one sentence."""
    return (
        f"先停下來請您看：{unusual(facts)}。沒有寄出任何一封。"
        f"要寄請執行 outbox approve {number}，不寄請執行 outbox decline {number}。"
        f" / Nothing was sent: outbox approve {number}, or outbox decline {number}."
    )


def approve(app: App, number: int, clock: Clock) -> str:
    """Let the letters of a question go; each is looked at once more on its way out.

    Raises:
        UsageProblem: no such question waits.
    """
    with writing(app.engine) as connection:
        count = len(questions.letters_of(connection, number))
        if not questions.decide(connection, number, "approved", clock.now):
            raise _no_such(number)
    return f"同意 approved：{count} 封隨下一次 deliver 寄出 / letters go with the next deliver"


def decline(app: App, number: int, clock: Clock) -> str:
    """Take the letters of a question back; their notices are free to be written another day.

    Raises:
        UsageProblem: no such question waits.
    """
    with writing(app.engine) as connection:
        waiting = questions.letters_of(connection, number)
        if not questions.decide(connection, number, "declined", clock.now):
            raise _no_such(number)
        for letter in waiting:
            outbox.withdraw(connection, letter, "承辦館不寄 / declined by the host")
    return f"撤回 withdrawn：{len(waiting)} 封 letters"


def _no_such(number: int) -> UsageProblem:
    return UsageProblem(f"沒有第 {number} 個待答的問題。", f"No question {number} waits.")


def pause(app: App, because: str, clock: Clock) -> str:
    """Stop all sending until it is resumed."""
    with writing(app.engine) as connection:
        if questions.paused(connection) is None:
            questions.pause(connection, because, clock.now)
    return "已暫停寄信；outbox resume 恢復 / Sending is paused; outbox resume goes on"


def resume(app: App, clock: Clock) -> str:
    """Let letters go again."""
    with writing(app.engine) as connection:
        stopped = questions.resume(connection, clock.now)
    return "已恢復寄信 / Sending goes on" if stopped else "原本就沒有暫停 / It was not paused"
