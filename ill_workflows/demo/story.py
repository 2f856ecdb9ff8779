"""The demonstration from its first day to its last, run by the real jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, update

from ill_workflows.app import FOLDERS, App
from ill_workflows.config import NAME, Config
from ill_workflows.demo.days import closing_day, last_of_all, remind_days
from ill_workflows.demo.folder import prepare, write_note
from ill_workflows.demo.make import make_world
from ill_workflows.demo.occasions import Occasion, answers, occasions
from ill_workflows.demo.plan import Post, plan
from ill_workflows.demo.press import Press
from ill_workflows.demo.sharing import share
from ill_workflows.demo.telling import tell
from ill_workflows.demo.world import World
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs import edition
from ill_workflows.jobs.clear import all_clearances
from ill_workflows.jobs.closing import close
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.files import keep
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.preview import preview, write_preview
from ill_workflows.jobs.remind import remind
from ill_workflows.store.db import writing
from ill_workflows.store.tables import tokens

_NINE: Final = time(9, 0)


def run(
    folder: Path, *, libraries: int, months: int, seed: int, advance: Callable[[str], object]
) -> Iterator[str]:
    """Make the demonstration in a folder; yields the lines that say what happened.

    ``advance`` is called with each day that is done.  The same numbers give the same workbooks,
    letters and reports.

    Raises:
        UsageProblem: the folder holds something that is no earlier demonstration.
        FolderTrouble: it cannot be written.
    """
    prepare(folder)
    world = make_world(libraries, months, seed)
    keep(folder / NAME, world.text.encode())
    app = App(folder, _at_home(world.config))
    for name in FOLDERS:
        app.folder(name)
    story = _Story(app, world, Press(world))
    story.run(advance)
    share(app, story.clock(story.today))
    written = story.write_reports()
    write_note(folder, str(story.today), world.months[0], world.months[-1])
    app.engine.dispose()
    yield from tell(app, world, story.known, written)


def _at_home(config: Config) -> Config:
    """The configuration without what the environment may say about mail and database: whatever is
    set there is meant for a real alliance.
    """  # noqa: D205
    mail, database = type(config.mail), type(config.database)
    return config.model_copy(
        update={"mail": mail(sender=config.mail.sender), "database": database()}
    )


@dataclass
class _Story:
    """The days of one demonstration; ``outcomes`` counts what became of the files by state."""

    app: App
    world: World
    press: Press
    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: dict[date, list[Occasion]] = field(default_factory=dict)
    answering: set[str] = field(default_factory=set)

    @property
    def known(self) -> int:
        """Files that had come before, byte for byte: they leave no trace in the store."""
        return self.outcomes["known"]

    @property
    def today(self) -> date:
        """The last day."""
        return last_of_all(self.world)

    def clock(self, day: date) -> Clock:
        """Nine o'clock of a day, in the alliance's time zone."""
        moment = datetime.combine(day, _NINE, self.app.config.zone)
        return Clock(day, moment.astimezone(UTC))

    def run(self, advance: Callable[[str], object]) -> None:
        """Day by day: files arrive and are taken in, reminders are written, letters leave."""
        with writing(self.app.engine) as connection:
            words = [{"library": c, "token": word} for c, word in self.press.tokens.items()]
            connection.execute(insert(tokens), words)
            same = f"{self.world.rng('secret').getrandbits(64):016x}"  # the same letters each time
            connection.execute(update(tokens).where(tokens.c.library == "*").values(token=same))
        posts = {day: list(files) for day, files in groupby(plan(self.world), lambda p: p.day)}
        for occasion in occasions(self.world, self.press.tokens):
            self.waiting.setdefault(occasion.day, []).append(occasion)
        reminded = set(remind_days(self.world))
        days = sorted({*posts, *reminded, *self.waiting, closing_day(self.world)})
        while days:
            day = days.pop(0)
            clock = self.clock(day)
            self._receive(posts.get(day, []), self.waiting.get(day, []), clock)
            if day in reminded:
                remind(self.app, clock)
                days = sorted({*days, *self._answered(day)})
            deliver(self.app, clock)
            if day == closing_day(self.world):
                close(self.app, self.world.months[:-1], clock)
            advance(day.isoformat())

    def _answered(self, day: date) -> set[date]:
        """Lenders that were asked about leavers today answer two days later; answers those days."""
        with self.app.engine.connect() as connection:
            found = all_clearances(self.app, connection, day)
        asked: dict[str, list[dict[str, Any]]] = {}
        for one in found:
            for concern in one.waiting:
                rows = [
                    {"case_no": h.ref, "card": h.card, "leaving_on": one.leaving_on}
                    for h in concern.held
                ]
                asked.setdefault(concern.lender, []).extend(rows)
        later = set()
        for lender, rows in sorted(asked.items()):
            on = self.world.members[lender].calendar.next_open(day + timedelta(days=2))
            sent = answers(self.world, self.press.tokens, lender, rows, on)
            if sent is not None and lender not in self.answering:
                self.answering.add(lender)
                self.waiting.setdefault(on, []).append(sent)
                later.add(on)
        return later

    def _receive(self, posts: list[Post], others: list[Occasion], clock: Clock) -> None:
        if not posts and not others:
            return
        inbox = self.app.folder("inbox")
        for occasion in others:
            (inbox / occasion.name).write_bytes(occasion.data)
        for post in posts:
            (inbox / post.name).write_bytes(self.press.file(post)[0])
        outcomes = collect(self.app, Inbox(inbox), clock)
        self.outcomes.update(outcome.state for outcome in outcomes)

    def write_reports(self) -> dict[str, Path]:
        """The evaluation with its report, and the preview of the next day on which one writes."""
        months, reports = self.world.months, self.app.folder("reports")
        evaluation = edition.kept(self.app, edition.edition(self.app, months, self.today))
        following = self.app.host.calendar.next_open(self.today + timedelta(days=1))
        path = reports / f"preview-{following}.xlsx"
        write_preview(self.app, preview(self.app, self.clock(following)), path)
        return {
            "evaluation": evaluation, "report": evaluation.with_suffix(".html"), "preview": path,
        }  # fmt: skip
