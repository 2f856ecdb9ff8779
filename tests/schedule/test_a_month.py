"""The service left alone for a month: its letters are those that the rules say, and no others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.errors import Stopped
from ill_workflows.schedule.service import serve
from ill_workflows.xlsx.template import write_template
from tests.hostile.good import CARDS, USAGE
from tests.jobs.alliance import found, letters
from tests.ledger.rows import day
from tests.schedule.ticking import Simulated
from tests.store.kept import LOAN, TAIPEI

BEGAN = datetime(2025, 10, 1, 0, 5, tzinfo=TAIPEI).astimezone(UTC)
ENDS = datetime(2025, 11, 1, 0, 0, tzinfo=TAIPEI).astimezone(UTC)
SCHEDULE = """
[schedule]
collect = "0 * * * *"
remind = "30 8 * * mon-fri"
deliver = "*/30 8-18 * * *"
evaluate = "0 9 20 * *"
"""
NSUT, HDU, TMUT, READER = (
    "ill-nsut@ill.test",
    "ill-hdu@ill.test",
    "ill-tmut@ill.test",
    "h1@ill.test",
)
ALL = (HDU, NSUT, TMUT)
MONTH = [
    *(("10-01", "sheet first", to) for to in ALL),  # October opens, September is still open
    ("10-02", "receipt 0", HDU), ("10-02", "receipt 0", NSUT),  # they came the evening before
    ("10-02", "overdue first", READER),  # ten days late; 5 and 6 October the host is closed
    *(("10-07", "sheet -3", to) for to in ALL),  # due today, for the 5th was a Sunday
    ("10-07", "overdue_library 14", HDU),
    *(("10-08", "sheet 1", to) for to in ALL),
    ("10-08", "overdue second", READER),  # six days after the first
    *(("10-13", "sheet 5", to) for to in ALL),  # the 10th was a holiday
    ("10-13", "still_out 0", NSUT),  # its sheet is of 1 October: the reader is left alone
    *(("10-20", "sheet 10", to) for to in ALL),
    ("10-20", "sheet_list 10", NSUT), ("10-20", "still_out 7", NSUT),
    ("10-20", "evaluation 0", NSUT),  # September's workbook and report, for the host
    ("10-27", "still_out 14", NSUT),
]  # fmt: skip
"""Day of sending, policy and step, to whom."""


class Month(Simulated):
    """A month that passes as fast as it is worked through; somebody drops files on its way."""

    def __init__(self, drops: dict[datetime, list[tuple[Path, bytes]]]) -> None:
        super().__init__(BEGAN)
        self.drops = drops

    def wait(self, until: datetime) -> None:
        for at in [at for at in self.drops if at <= until]:
            for path, data in self.drops.pop(at):
                path.write_bytes(data)
        super().wait(until)

    def check(self) -> None:
        if self.moment >= ENDS:
            raise Stopped


@pytest.fixture
def app(tmp_path: Path) -> App:
    home = found(tmp_path / "home", more=SCHEDULE).home
    config = home / "config.toml"
    text = config.read_text(encoding="utf-8").replace("[notices.sheet]\nenabled = false", "")
    config.write_text(text.replace("from = 2025-08-01", "from = 2025-09-01"), encoding="utf-8")
    return open_app(home)


def dropped(app: App) -> list[tuple[Path, bytes]]:
    """A lender's usage sheet with a book due on 22 September, and the card's register."""
    issue = {
        "card": "HDU-07", "patron": "H1", "name": "示範讀者", "status": "學生", "email": READER,
        "issued_on": day("9-05"), "destination": "NSUT",
    }  # fmt: skip
    sheets = (
        (USAGE, "NSUT", {"usage_loans": [LOAN]}), (CARDS, "HDU", {"cards_issues": [issue]}),
    )  # fmt: skip
    return [
        (
            app.home / "inbox" / f"{form.name}-{code}.xlsx",
            write_template(
                form, members=app.members, library=app.members[code], month="2025-09", rows=rows
            ),
        )
        for form, code, rows in sheets
    ]


def test_a_month_of_the_service_writes_what_the_rules_say(app: App) -> None:
    evening = datetime(2025, 10, 1, 19, 30, tzinfo=TAIPEI).astimezone(UTC)
    serve(app, Month({evening: dropped(app)}), "a", pulse=timedelta(hours=6))
    sent = [
        (f"{at:%m-%d}", f"{row['policy']} {row['step']}", *row["to"])
        for row in letters(app, state="sent")
        for at in (row["sent_at"].astimezone(TAIPEI),)
    ]
    assert sorted(sent) == sorted(MONTH)
    assert {row["state"] for row in letters(app)} <= {"sent", "withdrawn"}
    assert sorted(path.name for path in (app.home / "reports").iterdir()) == [
        "evaluation-2025-09-2025-09.html", "evaluation-2025-09-2025-09.xlsx",
    ]  # fmt: skip
    assert {row["created_on"] for row in letters(app, policy="overdue")} == {
        date(2025, 10, 2), date(2025, 10, 8),
    }  # fmt: skip
