"""The service left alone over a small demonstration: a month's letters are those listed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ill_workflows.app import FOLDERS, App, open_app
from ill_workflows.demo.make import make_world
from ill_workflows.demo.plan import plan
from ill_workflows.demo.press import Press
from ill_workflows.demo.world import World
from ill_workflows.errors import Stopped
from ill_workflows.jobs import JOBS
from ill_workflows.jobs.post import Clock
from ill_workflows.schedule.service import serve
from ill_workflows.store.tables import job_runs
from tests.jobs.alliance import letters
from tests.schedule.ticking import Simulated
from tests.store.kept import TAIPEI

LIBRARIES, MONTHS, SEED = 4, 3, 9
BEGAN, OCTOBER, ENDS = date(2026, 8, 1), date(2026, 10, 1), date(2026, 11, 1)
LAST_OPEN = date(2026, 10, 30)
"""The last day of the month on which the host is open."""
REMIND, POSTED = time(8, 30), time(10, 20)
"""``remind`` of config.toml, and when a day's workbooks are dropped: its letters know them not."""
NSUT, HDU, TMUT, NSU = (f"ill@{code}.example" for code in ("nsut", "hdu", "tmut", "nsu"))
ALL = (NSUT, HDU, TMUT, NSU)
NSUT_08, NSUT_13, NSUT_34 = (
    f"{number}@mail.nsut.example" for number in ("s11000595", "e11000538", "s11000553")
)
TMUT_02, TMUT_33, TMUT_35 = (
    f"{number}@mail.tmut.example" for number in ("s11002007", "t11001799", "s11001854")
)
HDU_17, NSU_14 = "s11000664@mail.hdu.example", "e11000214@mail.nsu.example"
MONTH = [
    # Thu 1, the host's first open day of the month: October's two sheets are announced
    *(("10-01", "sheet first", 2, to) for to in ALL),
    # Fri 2, three days before September's two are due
    *(("10-02", "sheet -3", 2, to) for to in ALL),
    # Sat 3: TMUT's register comes in, its usage sheet goes back; both answers leave on any day
    ("10-03", "receipt 0", 0, TMUT),
    ("10-03", "returned 0", 0, TMUT),
    # Mon 5: four sheets and TMUT's mended one; HDU's register goes back
    *(("10-05", "receipt 0", 0, to) for to in (HDU, NSU, NSUT, NSUT, TMUT)),
    ("10-05", "returned 0", 0, HDU),
    # Tue 6: HDU's register and NSU's usage sheet are a day late
    ("10-06", "sheet 1", 1, HDU),
    ("10-06", "sheet 1", 1, NSU),
    ("10-06", "still_out 14", 1, NSU),  # NSUT-42: asked on 18 and 29 September
    ("10-06", "due_soon -3", 4, NSU_14),  # due at HDU on the 8th
    ("10-06", "overdue first", 2, NSUT_13, NSUT),  # due at TMUT on 22 September
    ("10-06", "overdue_library 14", 2, NSUT),
    ("10-06", "overdue first", 1, NSUT_34, NSUT),  # due at TMUT on 26 September
    *(("10-06", "discrepancy 14", 1, to) for to in (HDU, NSUT)),  # HDU-44, told on 8 September
    ("10-06", "claim 0", 1, TMUT),  # a book of NSUT's, which TMUT-21 brought back damaged
    # Wed 7: HDU's mended register
    ("10-07", "receipt 0", 0, HDU),
    # Thu 8: it knows of nobody who held HDU-45 on 8 September; Fri 9 is a holiday
    *(("10-08", "discrepancy 0", 1, to) for to in (HDU, NSUT)),
    # Mon 12
    ("10-12", "sheet 5", 1, NSU),
    ("10-12", "due_soon -3", 4, HDU_17),  # due at NSUT on the 13th, like the next two
    ("10-12", "due_soon -3", 4, TMUT_02),
    ("10-12", "due_soon -3", 1, TMUT_35),
    ("10-12", "due_soon -3", 2, TMUT_33),  # due at HDU on the 14th
    ("10-12", "overdue first", 4, NSU_14, NSU),
    ("10-12", "overdue second", 2, NSUT_13, NSUT),
    ("10-12", "overdue second", 1, NSUT_34, NSUT),
    ("10-12", "overdue_library 14", 1, NSUT),  # NSUT-34
    # Tue 13
    ("10-13", "still_out 21", 1, NSU),
    ("10-13", "overdue first", 4, NSUT_08, NSUT),  # due at TMUT yesterday
    ("10-13", "overdue_library 21", 2, NSUT),  # NSUT-13
    # Wed 14: what TMUT says is of the 3rd, too old from now on
    ("10-14", "still_out 0", 7, TMUT),  # NSUT-08, -13, -34
    ("10-14", "overdue first", 4, HDU_17, HDU),
    ("10-14", "overdue first", 4, TMUT_02, TMUT),
    ("10-14", "overdue first", 1, TMUT_35, TMUT),
    # Thu 15
    ("10-15", "overdue first", 2, TMUT_33, TMUT),
    # Fri 16: what NSUT and HDU say is of the 5th, too old from now on
    ("10-16", "still_out 0", 9, NSUT),  # HDU-17, TMUT-02, TMUT-35
    ("10-16", "still_out 0", 6, HDU),  # NSU-14, TMUT-33
    ("10-16", "claim 30", 1, TMUT),  # TMUT-46's lost book, told on 16 and 30 September
    # Mon 19: NSUT sends September once more; TMUT-02 and TMUT-35 were back in time
    ("10-19", "sheet 10", 1, NSU),
    ("10-19", "sheet_list 10", 0, NSUT),  # the host's list, which names libraries and no case
    ("10-19", "receipt 0", 0, NSUT),
    # Tue 20
    ("10-20", "still_out 28", 1, NSU),
    ("10-20", "overdue second", 4, HDU_17, HDU),
    ("10-20", "claim 14", 1, TMUT),  # TMUT-21: fourteen days after the first
    ("10-20", "evaluation 0", 1, NSUT),  # August and September, compiled on the 20th
    # Wed 21
    ("10-21", "still_out 7", 7, TMUT),
    # Thu 22: of HDU no newer register has come since the 8th
    *(("10-22", "discrepancy 14", 1, to) for to in (HDU, NSUT)),  # HDU-45
    # Fri 23; Mon 26 is a holiday
    ("10-23", "still_out 7", 6, HDU),
    # Tue 27
    ("10-27", "still_out 35", 1, NSU),
    ("10-27", "overdue final", 4, HDU_17, HDU),
    ("10-27", "overdue_lender final", 4, NSUT),
    ("10-27", "overdue_library 14", 4, HDU),
    # Wed 28
    ("10-28", "still_out 14", 7, TMUT),
    # Fri 30: what NSUT says is of the 19th, too old once more
    ("10-30", "still_out 14", 6, HDU),
    ("10-30", "still_out 0", 4, NSUT),  # HDU-17
]
"""Day of sending, policy and step, how many cases, to whom and, after that, who has a copy.

Worked out by hand from what stands in the filled workbooks and from the rules of letters:

* Out after September's sheets, with the days on which they are due: at TMUT (14 days, open on
  Saturdays) NSUT-13, two books of 8 September, the 22nd; NSUT-34, one of the 11th, the 26th;
  NSUT-08, four of the 26th, 12 October, for the 10th is a holiday.  At HDU (21 days) NSU-14, four
  of the 17th, 8 October; TMUT-33, two of the 23rd, the 14th.  At NSUT (14 days) HDU-17 and TMUT-02,
  four each, and TMUT-35, one, of the 29th: 13 October.  The home library's register of September
  names the reader of each.
* A book of NSU's is with NSUT-42 since August; NSU's last sheet is of 7 September, so that it is
  asked from the 18th on, and its sheet of September never comes.
* HDU-44 was given to somebody else while a book was out on it, which HDU and NSUT were told on
  8 September.  They would have been told again on the 22nd, but by then NSUT was being asked; on
  6 October it no longer is, and HDU's register has not come in.  HDU-45 was lost, and lent on.
* A book of HDU's was lost with TMUT-46, as HDU's sheet of 15 September says: TMUT was told on the
  16th and, fourteen days later, on the 30th; sixteen days after that is 16 October.  NSUT's sheet
  of 5 October has a book damaged that TMUT-21 brought back on 23 September.  No price is told.
* A sheet's facts are too old from the eleventh day after its 填表日期.
* The host is closed at weekends, on 25 and 28 September, and on 9 and 26 October.
"""


class Months(Simulated):
    """Time passes from one moment of waking to the next; on its way somebody drops workbooks."""

    def __init__(self, world: World, inbox: Path) -> None:
        super().__init__(_moment(BEGAN))
        self.inbox, self.press, self.posts = inbox, Press(world), plan(world)
        self.wakes = _wakes()

    def wait(self, until: datetime) -> None:
        super().wait(next(at for at in self.wakes if at >= until))
        while _moment(self.posts[0].day, POSTED) <= self.moment:
            post = self.posts.pop(0)
            (self.inbox / post.name).write_bytes(self.press.file(post)[0])

    def check(self) -> None:
        if self.moment >= _moment(ENDS):
            raise Stopped


def _moment(day: date, at: time = time()) -> datetime:
    return datetime.combine(day, at, TAIPEI).astimezone(UTC)


def _wakes() -> Iterator[datetime]:
    """Twice on each day of the earlier months, every hour from seven to seven in the last; and each
    day for ``remind``.  At night nothing comes in and nothing leaves.
    """
    for n in range((ENDS - BEGAN).days + 1):
        day = BEGAN + timedelta(days=n)
        hours = range(7, 20) if day >= OCTOBER else (11,)
        yield from (_moment(day, at) for at in sorted({REMIND, *(time(hour) for hour in hours)}))


def _open(world: World, home: Path) -> App:
    """The alliance of the demonstration, which asks for no sheets to be quick: here it does."""
    assert world.text.count("enabled = false") == 1
    text = world.text.replace("enabled = false", "enabled = true")
    (home / "config.toml").write_text(text, encoding="utf-8")
    for name in FOLDERS:
        (home / name).mkdir()
    return open_app(home)


def _sent(app: App) -> Iterator[tuple[Any, ...]]:
    for row in letters(app, state="sent"):
        at = row["sent_at"].astimezone(TAIPEI)
        if at.date() >= OCTOBER:
            step = f"{row['policy']} {row['step']}"
            yield (f"{at:%m-%d}", step, len(row["cases"]), *row["to"], *row["cc"])


def _run_once_more(app: App, day: date) -> None:
    clock = Clock(day, _moment(day, time(18)))
    for job in JOBS:
        if job.name != "evaluate":
            job.run(app, clock, lambda: None)


def test_a_month_of_the_demonstration_writes_the_letters_that_were_listed_by_hand(
    tmp_path: Path,
) -> None:
    world = make_world(LIBRARIES, MONTHS, SEED)
    app = _open(world, tmp_path)
    serve(app, Months(world, tmp_path / "inbox"), "a")
    assert sorted(_sent(app)) == sorted(MONTH)
    written = letters(app)
    assert {row["state"] for row in written} == {"sent"}
    for day in (LAST_OPEN, ENDS):
        _run_once_more(app, day)
    assert letters(app) == written
    with app.engine.connect() as connection:
        assert set(connection.execute(select(job_runs.c.state)).scalars()) == {"begun", "done"}
    assert [path.name for path in (tmp_path / "inbox").iterdir()] == ["~$usage-HDU-2026-08.xlsx"]
    assert sorted(path.name for path in (tmp_path / "returned").iterdir()) == [
        "R115-000011-202609月報表(TMUT).xlsx", "R115-000015-借書證登記簿_虹島示範大學_2026-09.xlsx",
    ]  # fmt: skip
