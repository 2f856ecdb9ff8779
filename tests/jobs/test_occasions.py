"""Suspensions and lost cards, from their workbooks to the letters and warnings about them."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.forms import Form
from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.cases import CASES
from ill_workflows.forms.usage import USAGE
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs import JOBS, guard, preview
from ill_workflows.jobs.chase import letters_of, todays_chases
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.jobs.post_office import About, listing
from ill_workflows.jobs.refused import tell
from ill_workflows.jobs.remind import urgent
from ill_workflows.store import outbox, refusals
from ill_workflows.store import submissions as store
from ill_workflows.xlsx.template import write_template
from tests.cli.command import ill
from tests.jobs.alliance import ISSUED, LOAN, cards, clock, found, letters, reminded, usage
from tests.ledger.rows import day
from tests.store.kept import accept

SUSPENSION = {
    "card": "HDU-07", "violated_on": day("9-30"), "reason": "攜出未借館藏",
    "suspended_from": day("10-06"),
}  # fmt: skip
LOSS = {"card": "HDU-12", "kind": "遺失", "opened_on": day("10-03")}
RECALL = {
    "card": "HDU-07", "item": "0000123", "title": "食品化學", "reason": "教師指定參考書",
    "needed_by": day("10-20"), "opened_on": day("10-07"),
}  # fmt: skip
SATURDAY = "10-04"
ALL = [["ill-nsut@ill.test"], ["ill-hdu@ill.test"], ["ill-tmut@ill.test"]]


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = found(tmp_path / "home")
    cards(app, ISSUED)
    return app


def book(app: App, form: Form, library: str, month: str = "2025-10", /, **rows: Any) -> bytes:
    return write_template(
        form, members=app.members, library=app.members[library], month=month, rows=rows,
        cover={"filled_by": "示範館員"},
    )  # fmt: skip


def taken(app: App, data: bytes, today: str = "10-07") -> Outcome:
    (app.folder("inbox") / "表單.xlsx").write_bytes(data)
    (outcome,) = collect(app, Inbox(app.folder("inbox")), clock(today))
    return outcome


def run(app: App, job: str, today: str) -> str:
    (one,) = [job_ for job_ in JOBS if job_.name == job]
    return one.run(app, clock(today), lambda: None).said


def body(app: App, number: int) -> str:
    with app.engine.connect() as connection:
        row = outbox.one(connection, number)
    assert row is not None
    message = message_from_bytes(row["body"], policy=policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return f"{message['Subject']}\n{part.get_content()}"


def returned(card: str, patron: str, since: str, until: str) -> dict[str, Any]:
    """An issue of a card that came back."""
    back = {"returned_on": day(until), "checked_by": "電話", "checked_on": day(until)}
    return {"card": card, "patron": patron, "issued_on": day(since), **back}


def register(app: App, *issues: dict[str, Any]) -> bytes:
    stock = [{"card": f"HDU-{n:02d}", "state": "正常"} for n in range(1, 51)]
    plain = {"status": "學生", "name": "示範讀者", "destination": "NSUT"}
    rows = [{**plain, **issue} for issue in issues]
    return book(app, CARDS, "HDU", "2025-10", cards_issues=rows, cards_stock=stock)


def test_a_lost_card_is_told_to_all_members_while_the_host_is_closed(app: App) -> None:
    (app.folder("inbox") / "掛失.xlsx").write_bytes(book(app, CASES, "HDU", cases_losses=[LOSS]))
    assert "緊急 at once" in run(app, "collect", SATURDAY)
    assert deliver(app, clock(SATURDAY)).sent == 4, "the receipt besides"
    told = letters(app, policy="card_void")
    assert [(row["to"], row["state"]) for row in told] == [(to, "sent") for to in ALL]
    assert all("HDU-12" in body(app, row["id"]) for row in told)
    for today in (SATURDAY, "10-07"):
        assert run(app, "collect", today) == "沒有來件 / nothing came"
        reminded(app, today)
    assert len(letters(app, policy="card_void")) == 3
    found_again = {**LOSS, "kind": "尋獲", "opened_on": day("10-06")}
    taken(app, book(app, CASES, "HDU", cases_losses=[found_again]))
    run(app, "collect", "10-07")
    now = letters(app, policy="card_void")[3:]
    assert [row["to"] for row in now] == ALL
    assert all("尋獲" in body(app, row["id"]) for row in now)


def test_what_was_taken_in_by_a_run_that_was_cut_off_is_written_by_the_next(app: App) -> None:
    taken(app, book(app, CASES, "HDU", cases_losses=[LOSS]), SATURDAY)
    assert letters(app, policy="card_void") == []
    ran = ill("collect", home=app.home, today="2025-10-05")
    assert ran.code == 0
    assert "緊急通知已寫好" in ran.err
    assert len(letters(app, policy="card_void")) == 3


def test_the_timeline_of_a_card_shows_what_all_were_told_of_it(app: App) -> None:
    taken(app, book(app, CASES, "HDU", cases_losses=[LOSS], cases_suspensions=[]))
    with app.engine.begin() as connection:
        accept(connection, SUSPENSION, table="cases_suspensions")
    reminded(app)
    assert [row["policy"] for row in listing(app, About(card="HDU-12"))] == ["card_void"] * 3
    assert [row["policy"] for row in listing(app, About(card="HDU-07"))] == ["suspension"] * 2


def test_only_what_is_urgent_is_written_at_once_and_on_a_day_on_which_the_host_is_closed(
    app: App,
) -> None:
    usage(app, {**LOAN, "card": "HDU-08"}, LOAN)
    with app.engine.begin() as connection:
        accept(connection, {**RECALL, "opened_on": day("10-03")}, table="cases_recalls")
        accept(connection, SUSPENSION, table="cases_suspensions")
    result = reminded(app, SATURDAY)
    assert (result.closed, result.letters) == (True, {("recall", "0"): 2})
    assert urgent(app, clock("10-07")).letters == {}, "daily letters wait for the daily run"
    assert reminded(app, "10-07").letters == {
        ("overdue_library", "1"): 1, ("discrepancy", "0"): 2, ("recall", "1"): 2,
        ("recall_lender", "0"): 1, ("suspension", "0"): 2,
    }  # fmt: skip


def test_a_question_to_the_host_holds_up_what_is_urgent_too(app: App) -> None:
    taken(app, book(app, CASES, "HDU", cases_losses=[LOSS]))
    facts = {"today": "2025-10-07", "last": "", "letters": 1, "policies": {}}
    question, _ = guard.ask(app, facts, clock("10-07"), lambda *_: None)
    assert urgent(app, clock("10-07")).asked is not None
    assert letters(app, policy="card_void") == []
    guard.decline(app, question.number, clock("10-07"))
    assert urgent(app, clock("10-07")).letters == {("card_void", "0"): 3}


def test_a_suspended_reader_and_the_home_library_hear_it_and_nobody_else(app: App) -> None:
    taken(app, book(app, CASES, "NSUT", cases_suspensions=[SUSPENSION]))
    reminded(app)
    told = letters(app, policy="suspension")
    assert [(row["to"], row["cc"]) for row in told] == [
        (["ill-hdu@ill.test"], []), (["h1@ill.test"], []),
    ]  # fmt: skip
    assert "示範讀者" in body(app, told[0]["id"])
    lifted = {**SUSPENSION, "lifted_on": day("10-08")}
    taken(app, book(app, CASES, "NSUT", cases_suspensions=[lifted]), "10-08")
    deliver(app, clock("10-08"))
    assert [row["state"] for row in letters(app, policy="suspension")] == ["withdrawn"] * 2
    assert reminded(app, "10-08").letters == {}, "who never heard of it hears no more"


def test_a_suspension_that_has_left_is_followed_by_its_end(app: App) -> None:
    until = {**SUSPENSION, "suspended_until": day("10-08")}
    taken(app, book(app, CASES, "NSUT", cases_suspensions=[until]))
    reminded(app)
    deliver(app, clock("10-07"))
    reminded(app, "10-09")
    ended = letters(app, policy="suspension", step="lifted")
    assert [row["to"] for row in ended] == [["ill-hdu@ill.test"], ["h1@ill.test"]]
    assert "10月8日期滿" in body(app, ended[1]["id"])


def test_a_reader_without_an_address_is_told_through_the_home_library(app: App) -> None:
    cards(app, {**ISSUED, "email": None}, on="10-03")
    usage(app, LOAN)
    with app.engine.begin() as connection:
        accept(connection, SUSPENSION, table="cases_suspensions")
        accept(connection, RECALL, table="cases_recalls")
    reminded(app)
    for policy_name in ("suspension", "recall"):
        told = letters(app, policy=policy_name)
        assert [row["to"] for row in told] == [["ill-hdu@ill.test"]] * 2
        assert [("請轉交讀者" in row["subject"]) for row in told] == [False, True]


def test_a_readers_address_that_is_refused_is_told_and_a_librarys_is_no_readers(app: App) -> None:
    usage(app, LOAN)
    with app.engine.begin() as connection:
        accept(connection, RECALL, table="cases_recalls", library="TMUT")
    for today in ("10-07", "10-08", "10-09", "10-13"):
        reminded(app, today)
    to_host = letters(app, policy="recall", step="3")[1]
    to_reader = letters(app, policy="recall", step="0")[1]
    assert (to_host["to"], to_reader["to"]) == (ALL[0], ["h1@ill.test"])
    with app.engine.begin() as connection:
        for row in (to_host, to_reader):
            answer = {row["to"][0]: "550 5.1.1 no such user"}
            refusals.record(connection, row["id"], answer, frozenset(answer), day("10-13"))
    tell(app, clock("10-13"))
    (home,) = letters(app, policy="address_refused")[:1]
    assert home["to"] == ALL[1]
    assert "H1" in body(app, home["id"])
    reminded(app, "10-14")
    by_hand = letters(app, policy="recall", step="4")
    assert ["請轉交讀者" in row["subject"] for row in by_hand if row["to"] == ALL[1]] == [
        False,
        True,
    ]


def test_a_card_that_is_issued_to_a_suspended_reader_is_a_warning_to_the_home_library(
    app: App,
) -> None:
    taken(app, book(app, CASES, "NSUT", cases_suspensions=[SUSPENSION]))
    first = returned("HDU-07", "H1", "9-05", "10-02")
    again = {"card": "HDU-20", "patron": "H1", "issued_on": day("10-07")}
    other = {"card": "HDU-21", "patron": "H2", "issued_on": day("10-07")}
    early = {"card": "HDU-22", "patron": "H1", "issued_on": day("10-03")}
    outcome = taken(app, register(app, first, again, other, early))
    assert (outcome.state, outcome.warnings) == ("accepted", 1)
    with app.engine.connect() as connection:
        (warned,) = [f for f in store.told_of(connection, 3) if f.severity == "warning"]
    assert (warned.code, warned.facts["card"]) == ("issued_while_suspended", "HDU-20")
    assert "H1" not in warned.zh
    (receipt,) = [row for row in letters(app, policy="receipt") if row["to"] == ALL[1]]
    assert "停權中的讀者" in body(app, receipt["id"])


def test_who_is_suspended_may_stand_in_this_very_register_and_lifted_is_no_warning(
    app: App,
) -> None:
    new = {**SUSPENSION, "card": "HDU-30", "violated_on": day("10-02")}
    taken(app, book(app, CASES, "NSUT", cases_suspensions=[new]))
    first = returned("HDU-07", "H1", "9-05", "10-02")
    held = returned("HDU-30", "H9", "10-01", "10-03")
    again = {"card": "HDU-31", "patron": "H9", "issued_on": day("10-07")}
    assert taken(app, register(app, first, held, again)).warnings == 1
    lifted = {**new, "lifted_on": day("10-06")}
    taken(app, book(app, CASES, "NSUT", cases_suspensions=[lifted]))
    assert taken(app, register(app, first, held, {**again, "note": "已解除"})).warnings == 0


def test_a_loan_on_a_card_before_it_was_lost_is_no_warning(app: App) -> None:
    taken(app, book(app, CASES, "HDU", cases_losses=[LOSS]))
    before, on = (
        {**LOAN, "card": "HDU-12", "item": item, "lent_on": day(lent)}
        for item, lent in (("C1", "10-02"), ("C2", "10-03"))
    )
    assert taken(app, book(app, USAGE, "NSUT", usage_loans=[before])).warnings == 0
    assert taken(app, book(app, USAGE, "NSUT", usage_loans=[before, on])).warnings == 1
    found_again = {**LOSS, "kind": "尋獲", "opened_on": day("10-06")}
    taken(app, book(app, CASES, "HDU", cases_losses=[found_again]))
    noted = {**on, "note": "已尋獲"}
    assert taken(app, book(app, USAGE, "NSUT", usage_loans=[before, noted])).warnings == 0


def test_the_months_first_letter_lists_the_void_cards_of_others(app: App) -> None:
    taken(app, book(app, CASES, "HDU", cases_losses=[LOSS]))
    chases = [one for one in todays_chases(app, {}, day("10-02")) if one.step == "first"]
    assert not chases, "switched off in this alliance"
    settings = app.home / "config.toml"
    told = settings.read_text(encoding="utf-8").replace("enabled = false", "enabled = true")
    settings.write_text(told, encoding="utf-8")
    fresh = open_app(app.home)
    chases = [one for one in todays_chases(fresh, {}, day("10-07")) if one.step == "first"]
    written = [letter for _, letter in letters_of(fresh, chases, clock("10-07"))]
    void = {letter.library: letter.facts["void"] for letter in written}
    assert void == {"NSUT": ["HDU-12"], "HDU": [], "TMUT": ["HDU-12"]}


def test_the_preview_says_why_now_and_why_a_recalled_loan_has_no_letter(app: App) -> None:
    usage(app, LOAN)
    with app.engine.begin() as connection:
        accept(connection, RECALL, table="cases_recalls")
        accept(connection, SUSPENSION, table="cases_suspensions")
        accept(connection, LOSS, table="cases_losses", library="HDU", received_on=day("10-06"))
    said = "\n".join(preview.lines(preview.preview(app, clock("10-07"))))
    assert "2025-10-20 前歸還" in said
    assert "起停權" in said
    assert "2025-10-03 遺失" in said
    assert "recall 0 → 示範讀者 h1@ill.test" in said
    assert "緊急調回中" in said
    assert "overdue" not in said
