"""Leavers, cases and clearance answers as they come in, go back, and come again."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.forms import Form
from ill_workflows.forms.cases import CASES
from ill_workflows.forms.clearance import CLEARANCE
from ill_workflows.forms.departures import DEPARTURES
from ill_workflows.forms.usage import USAGE
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs import held
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.files import archive
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.jobs.templates import prefilled
from ill_workflows.jobs.waive import Wanted, waive
from ill_workflows.ledger.merge import latest
from ill_workflows.store import standing
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from ill_workflows.xlsx.template import write_template
from tests.forms.filled import saved, type_on_cover
from tests.hostile.good import later
from tests.jobs.alliance import cards, clock, found
from tests.store.kept import ARRIVAL, ISSUE, LOAN
from tests.xlsx.sound import check_sound, coloured, notes, opened

NOW = clock("10-07")
LEAVER = {
    "patron": "H1", "name": "示範讀者", "status": "學生", "kind": "休學",
    "leaving_on": date(2025, 10, 1),
}  # fmt: skip
RECALL = {
    "card": "HDU-07", "item": "0000123", "title": "食品化學", "reason": "教師指定參考書",
    "needed_by": date(2025, 10, 20), "opened_on": date(2025, 10, 6),
}  # fmt: skip
SUSPENSION = {
    "card": "HDU-08", "violated_on": date(2025, 9, 30), "reason": "攜出未借館藏",
    "suspended_from": date(2025, 10, 6),
}  # fmt: skip
CLAIM = {
    "claim_no": "A-1", "card": "HDU-07", "kind": "毀損賠償", "amount": 350, "action": "部分繳納",
    "opened_on": date(2025, 10, 3), "paid": 100,
}  # fmt: skip
ASKED = {
    "case_no": "HDU-Q7K2-NSUT", "card": "HDU-07", "held_from": date(2025, 9, 5),
    "leaving_on": date(2025, 10, 31),
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> App:
    return found(tmp_path / "home")


def filled(app: App, form: Form, library: str = "NSUT", /, **rows: list[dict[str, Any]]) -> bytes:
    """A library's workbook with these rows, signed."""
    data = write_template(
        form, members=app.members, library=app.members[library], month="2025-10", rows=rows
    )
    return changed(data)


def changed(data: bytes, **cells: Any) -> bytes:
    """Somebody's name on the cover, and cells of the sheet behind it typed."""
    book = load_workbook(io.BytesIO(data))
    type_on_cover(book["封面"], {"填表人": "示範館員"})
    for cell, value in cells.items():
        book.worksheets[2][cell] = value
    return saved(book)


def taken(app: App, data: bytes, name: str = "表單.xlsx") -> Outcome:
    (app.folder("inbox") / name).write_bytes(data)
    (outcome,) = collect(app, Inbox(app.folder("inbox")), NOW)
    return outcome


def kept(app: App, table: str) -> list[dict[str, Any]]:
    with app.engine.connect() as connection:
        frame = standing.sheet_rows(connection, table)
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def test_lists_of_leavers_stand_beside_each_other_and_say_where_each_row_stood(app: App) -> None:
    other = {**LEAVER, "patron": "H2"}
    cards(app, {**ISSUE, "patron": "H1"}, {**ISSUE, "card": "HDU-08", "patron": "H2"})
    first = taken(app, filled(app, DEPARTURES, "HDU", departures_leavers=[LEAVER, other]))
    gone = {**LEAVER, "withdrawn_on": date(2025, 10, 7)}
    second = taken(app, filled(app, DEPARTURES, "HDU", departures_leavers=[gone]))
    assert (first.state, first.form, first.library, first.month) == (
        "accepted", "departures", "HDU", None,
    )  # fmt: skip
    assert second.state == "accepted"
    rows = kept(app, "departures_leavers")
    assert [(row["patron"], row["row"]) for row in rows] == [("H1", 2), ("H2", 3), ("H1", 2)]
    with app.engine.connect() as connection:
        counted = latest(
            standing.sheet_rows(connection, "departures_leavers"), DEPARTURES.sheets[0].identity
        )
    told = {row["patron"]: row["withdrawn_on"] for row in counted.to_dict("records")}
    assert told == {"H1": date(2025, 10, 7), "H2": None}


def test_wrong_cells_of_a_case_come_back_marked_and_mended_they_are_accepted(app: App) -> None:
    wrong = {**RECALL, "card": "NSUT-07", "item": ""}
    outcome = taken(app, filled(app, CASES, cases_recalls=[wrong], cases_claims=[CLAIM]))
    assert (outcome.state, outcome.errors) == ("returned", 2)
    (path,) = app.folder("returned").iterdir()
    copy = path.read_bytes()
    check_sound(copy)
    book = opened(copy)
    assert set(coloured(book["緊急調回"])) == {"A2", "B2"}
    assert set(notes(book["緊急調回"])) == {"A2", "B2"}
    assert "這張表只列他館讀者的證" in notes(book["緊急調回"])["A2"]
    assert kept(app, "cases_claims") == []
    sheet = load_workbook(io.BytesIO(copy))
    sheet["緊急調回"]["A2"], sheet["緊急調回"]["B2"] = "HDU-07", "0000123"
    mended = taken(app, saved(sheet))
    assert (mended.state, mended.warnings) == ("accepted", 0)
    assert [row["item"] for row in kept(app, "cases_recalls")] == ["0000123"]


def test_what_is_open_stands_in_the_next_workbook_and_what_is_settled_does_not(app: App) -> None:
    back = {**RECALL, "item": "0000456", "returned_on": date(2025, 10, 7)}
    lifted = {**SUSPENSION, "card": "HDU-09", "lifted_on": date(2025, 10, 7)}
    paid = {**CLAIM, "claim_no": "A-2", "action": "繳清", "paid": 350}
    rows = {
        "cases_recalls": [RECALL, back], "cases_suspensions": [SUSPENSION, lifted],
        "cases_claims": [CLAIM, paid],
    }  # fmt: skip
    assert taken(app, filled(app, CASES, **rows)).state == "accepted"
    (name, data), = prefilled(app, [app.members["NSUT"]], "2025-11", [CASES]).items()  # fmt: skip
    assert name == "cases-NSUT-2025-11.xlsx"
    book = opened(data)
    assert [c.value for c in book["緊急調回"]["B"]] == ["登錄號", "0000123"]
    assert [c.value for c in book["停權"]["A"]] == ["借書證號", "HDU-08"]
    assert [row[0].value for row in book["罰款賠償"].iter_rows()] == ["通知編號", "A-1"]
    again = taken(app, changed(data, G2="114.10.7"))
    assert (again.state, again.errors, again.warnings) == ("accepted", 0, 0)
    (_, data), = prefilled(app, [app.members["NSUT"]], "2025-11", [CASES]).items()  # fmt: skip
    assert [c.value for c in opened(data)["緊急調回"]["B"]] == ["登錄號"]
    (_, others), = prefilled(app, [app.members["HDU"]], "2025-11", [CASES]).items()  # fmt: skip
    assert opened(others)["罰款賠償"].max_row == 1


def test_leavers_never_stand_in_a_workbook_ahead(app: App) -> None:
    taken(app, filled(app, DEPARTURES, "HDU", departures_leavers=[LEAVER]))
    (data,) = prefilled(app, [app.members["HDU"]], "2025-11", [DEPARTURES]).values()
    assert opened(data)["異動名單"].max_row == 1


def test_what_a_lender_was_asked_comes_back_with_its_answers(app: App) -> None:
    asked = [ASKED, {**ASKED, "case_no": "HDU-Z3-NSUT", "card": "HDU-08"}]
    data = filled(app, CLEARANCE, clearance_answers=asked)
    page = opened(data)["清查清單"]
    assert [page[cell].protection.locked for cell in ("A2", "B2", "F2")] == [True, True, False]
    unanswered = taken(app, data)
    assert (unanswered.state, unanswered.errors) == ("returned", 4)
    told = changed(data, F2="有欠書", G2="0000123", J2="114.10.7", F3="無欠書欠款", J3="10/7")
    assert taken(app, told).state == "accepted"
    rows = kept(app, "clearance_answers")
    assert [(row["case_no"], row["answer"], row["item"], row["answered_on"]) for row in rows] == [
        ("HDU-Q7K2-NSUT", "有欠書", "0000123", date(2025, 10, 7)),
        ("HDU-Z3-NSUT", "無欠書欠款", None, date(2025, 10, 7)),
    ]


def test_a_waived_answer_without_a_book_is_counted(app: App) -> None:
    data = changed(filled(app, CLEARANCE, clearance_answers=[ASKED]), F2="無欠書欠款")
    outcome = taken(app, data)
    assert outcome.state == "returned"  # no day
    waived = waive(app, outcome.receipt, Wanted(everything=True), "電話確認", NOW)
    assert waived.state == "accepted"
    assert [row["answer"] for row in kept(app, "clearance_answers")] == ["無欠書欠款"]


def test_what_was_held_before_its_form_was_taken_in_is_released_now(app: App) -> None:
    data = filled(app, DEPARTURES, "HDU", departures_leavers=[LEAVER])
    wait(app, data)
    assert held.release(app, "R114-000001", NOW).state == "accepted"
    assert held.listing(app) == []


def test_a_form_that_is_not_taken_in_yet_is_not_released(app: App) -> None:
    wait(app, later())
    with pytest.raises(UsageProblem, match="not processed yet"):
        held.release(app, "1", NOW)


def test_a_card_that_was_reported_lost_is_warned_of_in_the_very_next_sheet(app: App) -> None:
    loss = {"card": "HDU-07", "kind": "遺失", "opened_on": date(2025, 10, 6)}
    loan = {**LOAN, "lent_on": date(2025, 10, 7)}
    inbox = app.folder("inbox")
    (inbox / "1.xlsx").write_bytes(filled(app, CASES, "HDU", cases_losses=[loss]))
    (inbox / "2.xlsx").write_bytes(filled(app, USAGE, usage_loans=[loan]))
    assert [one.warnings for one in collect(app, Inbox(inbox), NOW)] == [0, 1]
    with app.engine.connect() as connection:
        assert [f.code for f in store.told_of(connection, 2)] == ["card_void"]


def wait(app: App, data: bytes) -> None:
    digest = hashlib.sha256(data).hexdigest()
    archive(app, digest, data, "名單.xlsx")
    told = {"sha256": digest, "state": "held", "why": "form_later", "form": "", "library": ""}
    one = store.Arrival(**{**ARRIVAL.told(), **told, "month": None, "as_of": None})
    with writing(app.engine) as connection:
        store.record(connection, one, ())
