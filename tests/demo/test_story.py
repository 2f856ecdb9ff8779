"""A small demonstration from its first day to its last: what its outbox and submissions say."""

import re
from collections import Counter
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ill_workflows.app import App, open_app
from ill_workflows.demo.days import last_of_all
from ill_workflows.demo.home import MARK
from ill_workflows.demo.make import make_world
from ill_workflows.demo.press import CONTACT
from ill_workflows.demo.story import run
from ill_workflows.jobs.board import board
from ill_workflows.jobs.evaluate import document
from ill_workflows.jobs.experiences import listing
from ill_workflows.store import outbox
from ill_workflows.store.tables import letters, submissions

LIBRARIES, MONTHS, SEED = 4, 3, 1


def play(folder: Path) -> list[str]:
    days: list[str] = []
    lines = list(run(folder, libraries=LIBRARIES, months=MONTHS, seed=SEED, advance=days.append))
    assert days == sorted(set(days))
    return lines


@pytest.fixture(scope="module")
def world():
    return make_world(LIBRARIES, MONTHS, SEED)


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> tuple[Path, list[str]]:
    around = tmp_path_factory.mktemp("around")
    lines = play(around / "demo")
    assert [path.name for path in around.iterdir()] == ["demo"]  # nothing beside it
    return around / "demo", lines


@pytest.fixture(scope="module")
def app(played) -> App:
    return open_app(played[0])


@pytest.fixture(scope="module")
def sent(app) -> list[dict]:
    with app.engine.connect() as connection:
        return [row for row in outbox.listing(connection) if row["state"] == "sent"]


@pytest.fixture(scope="module")
def received(app) -> list[dict]:
    with app.engine.connect() as connection:
        rows = connection.execute(select(submissions).order_by(submissions.c.id)).mappings()
        return [dict(row) for row in rows]


def about(card: str, letter: dict) -> bool:
    return any(card in map(unquote, case.split("/")) for case in letter["cases"])


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("state.db")
    }


def test_the_lines_name_files_that_are_there(played):
    folder, lines = played
    named = [line.split("  ")[1] for line in lines if line.startswith("  ")]
    assert len(named) == 7
    for name in named:
        assert Path(name).is_file(), name
        assert Path(name).is_relative_to(folder)
    assert "evaluation-2026-08-2026-10.xlsx" in named[0]
    assert "evaluation-2026-08-2026-10.html" in named[1]


def test_the_numbers_in_the_lines_are_those_of_the_run(played, app, world, sent, received):
    said = "\n".join(played[1])
    states = Counter(row["state"] for row in received)
    assert f"accepted {states['accepted']}，" in said
    assert f"returned {states['returned']}，" in said
    assert f"refused {states['refused']}，" in said
    overdue = Counter(row["step"] for row in sent if row["policy"] == "overdue")
    assert f"first {overdue['first']} · second {overdue['second']}" in said
    today = last_of_all(world)
    measures = document(app, world.months, today)["measures"]
    assert f"overdue {measures['overdue_loans']['total']}；" in said
    missing = sum(place.state == "missing" for place in board(app, today, world.months))
    assert f"missing {missing}" in said


def test_the_folder_says_that_all_is_invented(played):
    folder, lines = played
    assert lines[0].startswith(MARK)
    assert MARK in (folder / "DEMO.txt").read_text(encoding="utf-8")
    assert MARK in (folder / "config.toml").read_text(encoding="utf-8")


def test_run_again_in_the_same_folder_it_is_the_same(played):
    folder, lines = played
    before = contents(folder)
    assert play(folder) == lines
    assert contents(folder) == before


def test_letters_are_files_and_go_to_nobody_real(played, sent):
    files = list((played[0] / "outbox").glob("*.eml"))
    assert len(files) == len(sent)
    for file in files:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        addresses = re.findall(r"[\w.+-]+@[\w.-]+", f"{message['To']} {message['Cc']}")
        assert addresses
        assert all(address.endswith(".example") for address in addresses)


def test_a_reader_with_four_overdue_books_at_two_lenders_gets_one_letter(world, sent):
    reader = world.incidents["several"]["reader"]
    first = [
        row
        for row in sent
        if row["policy"] == "overdue" and row["step"] == "first" and row["to"] == [reader.email]
    ]
    assert [len(row["cases"]) for row in first] == [4]
    assert len({case.split("/")[1] for case in first[0]["cases"]}) == 2


def test_a_reader_without_an_address_is_written_to_through_the_home_library(app, world, sent):
    planned = world.incidents["no_address"]
    mine = [r for r in sent if r["policy"] == "overdue" and about(planned["card"], r)]
    assert mine
    for row in mine:
        assert row["to"] == list(app.members[planned["home"]].contacts)
        assert row["cc"] == []


def test_an_interim_sheet_spares_a_reader_the_second_letter(world, sent, received):
    planned = world.incidents["saved"]
    steps = [r["step"] for r in sent if r["policy"] == "overdue" and about(planned["card"], r)]
    assert steps == ["first"]
    others = [r["step"] for r in sent if r["policy"] == "overdue"]
    assert "second" in others
    interim = [r for r in received if r["interim"] and r["library"] == planned["lender"]]
    assert any(row["state"] == "accepted" and row["as_of"] > planned["told"] for row in interim)


def test_a_lender_that_falls_silent_is_asked_and_its_months_are_missing(app, world, sent):
    planned = world.incidents["stale"]
    contacts = list(app.members[planned["lender"]].contacts)
    asked = [r for r in sent if r["policy"] == "still_out" and about(planned["card"], r)]
    assert len(asked) >= 3
    assert all(row["to"] == contacts for row in asked)
    places = board(app, last_of_all(world), planned["months"])
    mine = [p for p in places if p.library == planned["lender"] and p.form == "usage"]
    assert [place.state for place in mine] == ["missing", "missing"]


def test_a_card_given_again_while_a_book_is_out_is_told_to_both(app, world, sent):
    planned = world.incidents["reissued"]
    told = [
        row
        for row in sent
        if row["policy"] == "discrepancy"
        and any(
            case.startswith(f"discrepancy/reissued/{planned['card']}/") for case in row["cases"]
        )
    ]
    assert {row["library"] for row in told} == {planned["home"], planned["lender"]}


def test_a_loan_on_a_card_that_nobody_held_is_told_to_both(world, sent):
    planned = world.incidents["nobody"]
    told = [
        row
        for row in sent
        if row["policy"] == "discrepancy"
        and any(case.startswith(f"discrepancy/nobody/{planned['card']}/") for case in row["cases"])
    ]
    assert {row["library"] for row in told} == {planned["home"], planned["lender"]}
    assert not [r for r in sent if r["policy"] == "overdue" and about(planned["card"], r)]


def test_a_lost_book_is_not_asked_for_after_it_is_known_to_be_lost(world, sent):
    planned = world.incidents["lost_book"]
    assert not [r for r in sent if r["policy"] == "overdue" and about(planned["card"], r)]


def test_a_loan_on_a_lost_card_is_warned_of(app, world):
    from ill_workflows.store.tables import findings

    with app.engine.connect() as connection:
        void = connection.execute(select(findings).where(findings.c.code == "card_void")).all()
    assert world.incidents["lost_card"]["card"] in {row.facts["read"] for row in void}


def test_the_host_shares_what_a_library_wrote_without_its_contact(played, app):
    wanted = "外文期刊掃描件較多，先查全文資料庫常可當天回覆。"
    (row,) = listing(app)
    assert (row["library"], row["state"], row["concerns"]) == ("NSUT", "released", ["telephone"])
    assert (row["text"], row["released"]) == (f"{wanted}{CONTACT}", wanted)
    book = load_workbook(played[0] / "reports" / "evaluation-2026-08-2026-10.xlsx", read_only=True)
    shown = [value for line in book["經驗分享"].iter_rows(values_only=True) for value in line]
    assert wanted in shown
    assert not [value for value in shown if CONTACT in str(value)]
    book.close()


def test_each_kind_of_file_ends_as_it_should(played, world, received):
    states = Counter((row["state"], row["why"]) for row in received)
    assert states["refused", "html"] == 1
    assert states["refused", "truncated"] == 1
    assert states["returned", ""] >= 2
    late = [
        place
        for place in board(open_app(played[0]), last_of_all(world), world.months)
        if place.state == "accepted_late"
    ]
    assert late
    superseded = [row for row in received if row["superseded_by"]]
    assert [row for row in superseded if not row["interim"]]  # a corrected month
    assert "已收過 known 1" in played[1][1]
    assert "略過 ignored 1" in played[1][1]


def test_a_wrong_sheet_is_returned_and_accepted_when_mended(received):
    wrong = [row for row in received if row["state"] == "returned"]
    for row in wrong:
        later = [
            other["state"]
            for other in received
            if other["id"] > row["id"]
            and (other["library"], other["form"], other["month"], other["interim"])
            == (row["library"], row["form"], row["month"], row["interim"])
        ]
        assert later == ["accepted"]


def test_no_letter_that_names_a_reader_goes_to_another_library(app, world):
    readers = {i.reader for issues in world.issues.values() for i in issues}
    with app.engine.connect() as connection:
        rows = connection.execute(select(letters)).mappings().all()
    contacts = {a: code for code, member in app.members.items() for a in member.contacts}
    for row in rows:
        message = message_from_bytes(row["body"], policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        homes = {contacts[a] for a in (*row["to"], *row["cc"]) if a in contacts}
        strangers = {r.name for r in readers} - {r.name for r in readers if r.home in homes}
        if homes:
            assert not [name for name in strangers if name in text], row["subject"]
