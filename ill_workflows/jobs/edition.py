"""An edition of the evaluation (3.2.6): workbook and report in ``reports/``, and who gets them.

The host gets each edition once a state of its figures.  The committee gets it when the host says
so (``evaluate --send``), once before each meeting, and at the end of the term.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.exc import IntegrityError

from ill_workflows.app import App
from ill_workflows.errors import LetterBroken
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.meeting.report import meeting_of, report
from ill_workflows.evaluation.meeting.words import Meeting
from ill_workflows.forms.month import month_of
from ill_workflows.jobs import Done
from ill_workflows.jobs.board import months as of_term
from ill_workflows.jobs.evaluate import stem_of, written
from ill_workflows.jobs.figures import figures_of
from ill_workflows.jobs.files import keep
from ill_workflows.jobs.meeting import page
from ill_workflows.jobs.post import Clock, compose
from ill_workflows.jobs.term import months_of_ended
from ill_workflows.lending.cases import case_key
from ill_workflows.mail.letters import XLSX, boxes
from ill_workflows.mail.meeting import POLICY, STEP, Files, Occasion, compiled
from ill_workflows.mail.mime import Attachment
from ill_workflows.store import outbox
from ill_workflows.store.db import writing

BEFORE_MEETING: Final = timedelta(days=7)
"""So long before a meeting the committee gets its papers: on the day itself nobody reads."""
CARRIED: Final = 18_000_000
"""Bytes that go with a letter; in base64 they are 25 MB, the most that large mail services take."""


@dataclass(frozen=True)
class Edition:
    """Workbook and report of a span; both are called ``stem``, with their own endings."""

    told: Meeting
    book: bytes
    page: bytes
    stem: str
    figures: Figures

    @property
    def key(self) -> str:
        """``evaluation/<first>/<last>/<state of the figures>``."""
        months = self.told.months
        return case_key(POLICY, months[0], months[-1], self.told.state)

    @property
    def files(self) -> Files:
        """What goes with a letter; a workbook that mail cannot carry stays where it is."""
        shown = Attachment(f"{self.stem}.html", "text/html", self.page)
        if len(self.book) + len(self.page) > CARRIED:
            return Files((shown,), -(-len(self.book) // 1_000_000))
        return Files((Attachment(f"{self.stem}.xlsx", XLSX, self.book), shown))


@dataclass
class Sent:
    """Whom letters were written to (``host``, ``committee``), and what could not be written."""

    to: list[str] = field(default_factory=list)
    broken: list[LetterBroken] = field(default_factory=list)

    @property
    def said(self) -> str:
        """To whom, in words."""
        if not self.to:
            return "這份數字已經寄過，沒有新信 / these figures were sent before: no new letter"
        names = {"host": "承辦館 host", "committee": "委員會 committee"}
        return "信在 outbox / letters to: " + "、".join(names[whom] for whom in self.to)


def edition(
    app: App, months: Sequence[str], today: date, stem: str = "", *, language: str = ""
) -> Edition:
    """Compile a span of months, in a language or in the alliance's.

    Raises:
        LetterBroken: the report's template is broken.
        FolderTrouble: the logo cannot be read.
    """
    with _nothing_to_collect():
        figures = figures_of(app, months, today, compared=True, language=language)
        told = meeting_of(figures)
        shown = page(app, told, figures.language, today)
        return Edition(told, written(app, figures), shown, stem or stem_of(figures), figures)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """A workbook is half a million small objects that all live until it is written: looking among
    them for garbage took a sixth of the time and found none.
    """  # noqa: D205
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def kept(app: App, made: Edition, path: Path | None = None) -> Path:
    """Lay the workbook out in ``reports/`` or at a path, the report beside it; the workbook's path.

    Raises:
        FolderTrouble: they cannot be written.
    """
    book = path or app.folder("reports") / f"{made.stem}.xlsx"
    keep(book, made.book)
    stem = book.stem if book.suffix.lower() == ".xlsx" else book.name
    keep(book.with_name(f"{stem}.html"), made.page)
    return book


def compile_to_date(app: App, clock: Clock) -> Done:
    """The job ``evaluate``: the term's months that are over, for the host; for the committee too
    where a meeting is near.  Once a term is over, all of it, once, for both.
    """  # noqa: D205
    whole = months_of_ended(app, clock.today)
    if whole:
        key = case_key(POLICY, "term", whole[0], whole[-1])
        if not _told(app, key, "committee" if app.config.alliance.committee else "host"):
            made = edition(app, whole, clock.today, f"evaluation-term-{whole[0]}-{whole[-1]}")
            return _publish(app, made, clock, Occasion(over=True, sent=True), key)
    months = _over(app, clock.today)
    if not months:
        return Done("還沒有過完的月份 / no month is over yet")
    return _publish(app, edition(app, months, clock.today), clock, _occasion(app, clock.today))


def before_meeting(app: App, clock: Clock) -> Done:
    """The job ``meeting``: in the week before a meeting the committee gets the newest evaluation,
    once; on other days nothing is done.
    """  # noqa: D205
    occasion = _occasion(app, clock.today)
    if occasion.meeting is None or not _enabled(app):
        return Done("近日沒有要寄的會議資料 / no meeting's papers are due")
    months = _over(app, clock.today)
    if not months:
        return Done("還沒有過完的月份 / no month is over yet")
    return _publish(app, edition(app, months, clock.today), clock, occasion)


def send(app: App, made: Edition, clock: Clock, occasion: Occasion, once: str = "") -> Sent:
    """Write the letters into the outbox: to the host, and to the committee where it is ``sent``.

    Nobody gets the same figures of the same span twice.  ``once`` is the key of what happens once
    whatever the figures are.
    """
    near = coming(app, clock.today)
    occasion = replace(occasion, sent=occasion.sent and bool(app.config.alliance.committee))
    result = Sent()
    for whom, to in _recipients(app, occasion).items():
        keys = [made.key] + ([once] if once else [])
        if whom == "committee" and near is not None:
            keys.append(_meeting_key(near))
        fresh = [key for key in keys if not _told(app, key, whom)]
        if (once or made.key) not in fresh:
            continue
        language = app.host.language if whom == "host" else app.config.alliance.language
        letter = compiled(
            report(made.told, language, clock.today), to, app.host, language, case=made.key,
            committee=whom == "committee", occasion=occasion, files=made.files,
        )  # fmt: skip
        try:
            written = compose(app, letter, clock)
        except LetterBroken as bad:
            result.broken.append(bad)
            continue
        marks = [(key, whom) for key in fresh]
        with suppress(IntegrityError), writing(app.engine) as connection:  # another run was first
            if outbox.put(connection, written, marks, today=clock.today, now=clock.now):
                result.to.append(whom)
    return result


def send_now(app: App, made: Edition, clock: Clock) -> Iterator[str]:
    """``evaluate --send``: to the host and the committee; answers what was done, in lines.

    Raises:
        LetterBroken: a letter's template is broken.
    """
    result = send(app, made, clock, Occasion(meeting=coming(app, clock.today), sent=True))
    if result.broken:
        raise result.broken[0]
    if not app.config.alliance.committee:
        yield NO_COMMITTEE
    yield result.said
    if made.files.left_out:
        yield "活頁簿太大，只寄了會議報告 / too large for mail: the report went alone"


def coming(app: App, today: date) -> date | None:
    """The meeting that is near enough for its papers to go out; None where there is none."""
    return min(
        (day for day in app.config.alliance.meetings if today <= day <= today + BEFORE_MEETING),
        default=None,
    )


def _publish(app: App, made: Edition, clock: Clock, occasion: Occasion, once: str = "") -> Done:
    """Lay an edition out and write its letters; a line for the host."""
    path = kept(app, made)
    if not _enabled(app):
        return Done(path.name)
    result = send(app, made, clock, occasion, once)
    troubles = [str(bad) for bad in result.broken]
    if occasion.sent and not app.config.alliance.committee:
        troubles.append(NO_COMMITTEE)
    return Done(f"{path.name}：{result.said}", tuple(troubles))


NO_COMMITTEE: Final = (
    "config.toml 沒有 [alliance] committee，委員會沒有收到評估資料 / "
    "[alliance] committee is empty: the committee was not written to"
)


def _over(app: App, today: date) -> list[str]:
    return [month for month in of_term(app, today) if month < month_of(today)]


def _occasion(app: App, today: date) -> Occasion:
    """By the month, or for a meeting that is near and whose papers have not gone out."""
    near = coming(app, today)
    if near is None or _told(app, _meeting_key(near), "committee"):
        return Occasion()
    return Occasion(meeting=near, sent=True)


def _meeting_key(day: date) -> str:
    return case_key(POLICY, "meeting", day)


def _recipients(app: App, occasion: Occasion) -> Mapping[str, tuple[str, ...]]:
    found = {"host": boxes(app.host)}
    if occasion.sent and app.config.alliance.committee:
        committee = app.config.alliance.committee
        hosts = {address.casefold() for address in found["host"]}
        others = tuple(address for address in committee if address.casefold() not in hosts)
        found["committee"] = others or committee  # who is in both gets the host's letter
    return found


def _enabled(app: App) -> bool:
    return app.policies[POLICY].enabled


def _told(app: App, key: str, whom: str) -> bool:
    """Whether somebody has had a letter about this."""
    with app.engine.connect() as connection:
        return outbox.is_told(connection, POLICY, key, whom, STEP)
