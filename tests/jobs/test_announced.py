"""The workbooks that announce a month: opened, the return dates filled in, sent back, accepted."""

from __future__ import annotations

import io
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ill_workflows.app import App, open_app
from ill_workflows.forms import FORMS, Form
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.deliver import deliver
from tests.conftest import Convert
from tests.forms.filled import saved, type_on_cover
from tests.forms.recalculated import recalculate, self_check
from tests.jobs.alliance import ISSUED, LOAN, cards, clock, found, reminded, usage
from tests.ledger.rows import day

pytestmark = pytest.mark.tool("soffice")
FIRST_OPEN_DAY = "11-03"
"""2025-11-01 is a Saturday."""
OPEN = {"usage": ("借出紀錄", "歸還日", 2), "cards": ("換證紀錄", "還證日", 1)}
"""Form → the sheet with what is open, its column for the return, how many rows are carried over."""
LENDER = {"usage": "NSUT", "cards": "HDU"}


@pytest.fixture
def app(tmp_path: Path) -> App:
    """September's loans are open; October never came."""
    home = found(tmp_path / "alliance").home
    config = home / "config.toml"
    silent = "[notices.sheet]\nenabled = false"
    config.write_text(config.read_text(encoding="utf-8").replace(silent, ""), encoding="utf-8")
    app = open_app(home)
    usage(app, LOAN, {**LOAN, "item": "0000456", "lent_on": day("9-20"), "due_on": day("10-04")})
    cards(app, {**ISSUED, "status": "學生"})
    return app


def announced(app: App, form: Form) -> bytes:
    """The workbook that came with the letter of the month's first open day."""
    reminded(app, FIRST_OPEN_DAY)
    deliver(app, clock(FIRST_OPEN_DAY))
    letters = (
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in app.folder("outbox").glob("*.eml")
    )
    (book,) = (
        part.get_content()
        for letter in letters
        if (letter["X-ILL-Policy"], letter["X-ILL-Step"]) == ("sheet", "first")
        for part in letter.walk()
        if part.get_filename() == f"{form.name}-{LENDER[form.name]}-2025-11.xlsx"
    )
    return book


@pytest.mark.parametrize("form", [f for f in FORMS if f.monthly], ids=lambda form: form.name)
def test_the_announced_workbook_passes_its_own_check_once_the_returns_are_filled_in(
    app: App, form: Form, soffice_convert: Convert, tmp_path: Path
) -> None:
    title, heading, carried = OPEN[form.name]
    data = announced(app, form)
    assert self_check(form, data)[0] == "可送出（另有 1 格請補正）"  # who filled it in
    book = load_workbook(io.BytesIO(data))
    page = book[title]
    headings = [str(cell.value).lstrip("*") for cell in page[1]]
    back = headings.index(heading) + 1
    type_on_cover(book["封面"], {"填表人": "示範館員"})
    filled = [row for row in range(2, 2 + carried) if page.cell(row, 1).value]
    assert len(filled) == carried
    assert not page.cell(2 + carried, 1).value
    for row in filled:
        page.cell(row, back).value = "114.11.10"
        if form.name == "cards":
            page.cell(row, headings.index("查核方式") + 1).value = "電話"
            page.cell(row, headings.index("查核日") + 1).value = "114.11.10"
    after = recalculate(form, saved(book), soffice_convert, tmp_path)
    assert (after.verdict, after.colours) == ("可送出", {})
    (app.folder("inbox") / "back.xlsx").write_bytes(after.data)
    (outcome,) = collect(app, Inbox(app.folder("inbox")), clock("12-02"))
    assert (outcome.state, outcome.library, outcome.month) == (
        "accepted", LENDER[form.name], "2025-11",
    )  # fmt: skip
    assert (outcome.errors, outcome.warnings) == (0, 0)
