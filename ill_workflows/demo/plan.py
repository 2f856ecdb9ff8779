"""Which file arrives on which day: sheets in time, late, wrong and mended, twice, and no sheets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from ill_workflows.demo.days import due_day, host_days, last_of_all, planned_day, remembered_day
from ill_workflows.demo.libraries import Invented
from ill_workflows.demo.sheets import View
from ill_workflows.demo.world import World
from ill_workflows.forms import Form
from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.month import first_day, month_of
from ill_workflows.forms.usage import USAGE

SENT = (USAGE, CARDS)
"""The forms of the demonstration."""
LATE, MISSING, WRONG, INTERIM = 0.035, 0.006, 0.045, 0.05
"""How often a sheet is late, never sent, or wrong, and an interim one is sent."""


@dataclass(frozen=True, slots=True)
class Post:
    """A file on its way into the inbox.

    ``what`` is ``sheet``, ``wrong`` (with faults), ``html`` or ``truncated`` (no workbook), or
    ``lock`` (left behind by a spreadsheet program); ``again`` are the same bytes once more.
    """

    day: date
    name: str
    form: Form
    view: View
    what: str = "sheet"
    interim: bool = False
    again: bool = False


@dataclass
class _Desk:
    """What a library has sent, so that what was open is carried over."""

    world: World
    place: Invented
    form: Form
    posts: list[Post] = field(default_factory=list)
    sent: tuple[str, date] | None = None

    def view(self, month: str, as_of: date) -> View:
        return View(self.place.code, month, as_of, *(self.sent or (None, None)))

    def post(self, day: date, view: View, what: str = "sheet", **more: bool) -> None:
        name = _file_name(self.place, self.form, view.month, interim=more.get("interim", False))
        self.posts.append(Post(day, name, self.form, view, what, **more))


def plan(world: World) -> list[Post]:
    """Every file of the demonstration, in the order in which they arrive."""
    posts = []
    for place in world.places:
        for form in SENT:
            desk = _Desk(world, place, form)
            for month in world.months:
                _month(desk, month)
            if form.name == "usage":
                _saved(desk)
                _remembered(desk)
            posts += desk.posts
    code = world.codes[1]
    view = View(code, world.months[0], planned_day(world))
    posts.append(Post(planned_day(world), f"~$usage-{code}-{view.month}.xlsx", USAGE, view, "lock"))
    end = last_of_all(world)
    in_time = [post for post in posts if post.day <= end]
    return sorted(in_time, key=lambda post: (post.day, post.name, post.what))


def _month(desk: _Desk, month: str) -> None:
    """The sheets of one library, form and month."""
    world, place, form = desk.world, desk.place, desk.form
    rng = world.rng("post", place.code, form.name, month)
    planned = _planned(world, place, month)
    silent = world.incidents["stale"]
    chance, amiss = rng.random(), _amiss(world, place, form, month)
    if form.name == "usage" and place.code == silent["lender"] and month in silent["months"]:
        return
    if not planned and chance < MISSING:
        return
    due = due_day(world, month)
    if form.name == "usage" and not planned and rng.random() < INTERIM:
        _interim(desk, month, first_day(month) + timedelta(days=rng.randint(15, 22)))
    day = _send_day(world, place, month)
    if amiss == "late" or (not planned and MISSING < chance < MISSING + LATE):
        day = host_days(world, due + timedelta(days=1), due + timedelta(days=30))[
            rng.randrange(2, 7)
        ]
    view = desk.view(month, day)
    wrong = not amiss and not planned and rng.random() < WRONG
    if amiss in {"wrong", "html", "truncated"} or wrong:
        desk.post(day, view, amiss or "wrong")
        day = world.members[place.code].calendar.next_open(day + timedelta(days=2))
    desk.post(day, view)
    if amiss == "again":
        again = world.members[place.code].calendar.next_open(day + timedelta(days=1))
        desk.post(again, view, again=True)
    if amiss == "corrected":
        day = world.members[place.code].calendar.next_open(day + timedelta(days=12))
        view = desk.view(month, day)
        desk.post(day, view)
    desk.sent = (month, view.as_of)


def _planned(world: World, place: Invented, month: str) -> bool:
    """Whether this sheet must come in time and be right, for a planned incident to show."""
    return month == world.months[world.base] and place.code in world.codes[:4]


def _amiss(world: World, place: Invented, form: Form, month: str) -> str:
    """What is planned to go wrong with a sheet."""
    months, codes = world.months, world.codes
    after, last = months[min(world.base + 1, len(months) - 1)], months[-1]
    here = (place.code, form.name, month)
    return {
        (codes[1], "cards", after): "wrong",
        (codes[2 % len(codes)], "usage", after): "wrong",
        (codes[1], "usage", months[world.base]): "late",
        (codes[0], "cards", last): "again",
        (codes[0], "usage", last): "html",
        (codes[1], "usage", last): "truncated",
        (codes[0], "usage", after): "corrected",
    }.get(here, "")


def _send_day(world: World, place: Invented, month: str) -> date:
    """The day on which a library's sheets leave: in the last days before they are due."""
    due = due_day(world, month)
    if _planned(world, place, month):
        return due
    early = due - timedelta(days=place.habits.days_early)
    return min(due, world.members[place.code].calendar.next_open(early))


def _interim(desk: _Desk, month: str, wanted: date) -> None:
    day = desk.world.members[desk.place.code].calendar.next_open(wanted)
    if month_of(day) == month:
        desk.post(day, desk.view(month, day), interim=True)


def _saved(desk: _Desk) -> None:
    """The interim sheet that spares a reader the second letter."""
    saved = desk.world.incidents["saved"]
    if saved["lender"] != desk.place.code:
        return
    calendar = desk.world.members[desk.place.code].calendar
    day = calendar.next_open(saved["back"] + timedelta(days=1))
    full = [post for post in desk.posts if post.day <= day and not post.interim]
    sent = max(full, key=lambda post: post.day).view
    view = View(desk.place.code, month_of(day), day, sent.month, sent.as_of)
    desk.post(day, view, interim=True)


def _remembered(desk: _Desk) -> None:
    """The corrected sheet of a closed month, with a request that was forgotten."""
    forgotten = desk.world.incidents["forgotten"]
    if forgotten["lender"] == desk.place.code:
        day = remembered_day(desk.world)
        desk.post(day, View(desk.place.code, forgotten["month"], day))


def _file_name(place: Invented, form: Form, month: str, *, interim: bool) -> str:
    """What people call their files; never what we go by."""
    kind = "期中更新" if interim else form.title
    return (
        f"{'interim' if interim else form.name}-{place.code}-{month}.xlsx",
        f"{kind}_{place.name}_{month}.xlsx",
        f"{month.replace('-', '')}{kind}({place.code}).xlsx",
        f"{place.aliases[0]} {kind} {month} 最新版.xlsx",
    )[place.habits.mess]
