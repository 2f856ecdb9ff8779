"""A June of departures: thousands of leavers in one sheet against years of the demo's history.

Taken in, matched, and every lender asked in one letter; in seconds, with what each step takes.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from ill_workflows.app import FOLDERS, App, open_app
from ill_workflows.config import NAME
from ill_workflows.demo.make import make_world
from ill_workflows.demo.plan import plan
from ill_workflows.demo.press import Press
from ill_workflows.demo.world import World
from ill_workflows.forms.departures import DEPARTURES, LEAVERS
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.clear import told
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.remind import remind
from ill_workflows.xlsx.template import write_template
from tests.jobs.alliance import letters

Answer = TypeVar("Answer")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libraries", type=int, help="40; 6 with --quick")
    parser.add_argument("--months", type=int, help="24; 4 with --quick")
    parser.add_argument("--leavers", type=int, help="5000; 600 with --quick")
    parser.add_argument("--quick", action="store_true", help="seconds, not minutes")
    wanted = parser.parse_args()
    libraries = wanted.libraries or (6 if wanted.quick else 40)
    months = wanted.months or (4 if wanted.quick else 24)
    leavers = wanted.leavers or (600 if wanted.quick else 5000)
    with TemporaryDirectory() as folder:
        world = make_world(libraries, months, 1)
        app, last = _history(Path(folder) / "home", world)
        home, had = _list(app, world, leavers, last)
        clock = _at(app, last)
        print(f"{libraries} libraries, {months} months; {leavers} leavers of {home}")
        whole = time.perf_counter()
        (outcome,) = _timed(
            "taken in and matched", lambda: collect(app, Inbox(app.folder("inbox")), clock)
        )
        result = _timed("lenders asked", lambda: remind(app, clock))
        seconds = time.perf_counter() - whole
        rows = told(app, clock)
        asked = Counter(row["library"] for row in letters(app, policy="clearance", step="0"))
        concerned = {one["library"] for row in rows for one in row["lenders"]}
        print(
            f"  {outcome.state}: {len(rows)} of {had} with a card are cases,"
            f" {leavers - len(rows)} cleared at once"
        )
        print(
            f"  {sum(asked.values())} letters to {len(asked)} lenders, {len(concerned)} concerned"
        )
        print(f"  in all {seconds:.1f} s (goal: under 10 s), {result.letters}")
        assert outcome.state == "accepted"
        assert len(rows) == had
        assert asked.keys() == concerned
        assert set(asked.values()) <= {1}, "more than one letter a lender"


def _timed(what: str, run: Callable[[], Answer]) -> Answer:
    began = time.perf_counter()
    answer = run()
    print(f"  {what:<24} {time.perf_counter() - began:6.2f} s")
    return answer


def _at(app: App, day: date) -> Clock:
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=app.config.zone)
    return Clock(day, moment.astimezone(UTC))


def _history(home: Path, world: World) -> tuple[App, date]:
    """All the demo's months, taken in, and what else is due on that day written already."""
    home.mkdir(parents=True)
    (home / NAME).write_text(world.text, encoding="utf-8")
    app = open_app(home)
    for name in FOLDERS:
        app.folder(name)
    press, last = Press(world), world.config.alliance.term
    assert last is not None
    day = date.min
    for post in plan(world):
        (app.folder("inbox") / post.name).write_bytes(press.file(post)[0])
        if post.day != day:
            collect(app, Inbox(app.folder("inbox")), _at(app, post.day))
        day = post.day
    collect(app, Inbox(app.folder("inbox")), _at(app, day))
    following = app.host.calendar.next_open(day)
    remind(app, _at(app, following))
    return app, following


def _list(app: App, world: World, count: int, last: date) -> tuple[str, int]:
    """One sheet: every reader who ever had a card, and thousands who never had."""
    home = world.codes[1]
    readers = {issue.reader.number: issue.reader for issue in world.issues[home]}
    known = list(readers.values())[: count // 2]
    rows = [
        {
            "patron": one.number,
            "name": one.name,
            "status": one.status,
            "kind": "畢業",
            "leaving_on": last,
        }
        for one in known
    ]
    rows += [
        {"patron": f"Z{n:08d}", "name": f"示範{n}", "status": "學生", "kind": "畢業",
         "leaving_on": last}
        for n in range(count - len(rows))
    ]  # fmt: skip
    data = write_template(
        DEPARTURES, members=app.members, library=app.members[home],
        month=f"{last:%Y-%m}", rows={LEAVERS.table: rows},
    )  # fmt: skip
    (app.folder("inbox") / f"departures-{home}.xlsx").write_bytes(data)
    return home, len(known)


if __name__ == "__main__":
    main()
