"""The sample alliance: what comes of each file and each day is what ``truth.json`` says."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from ill_workflows.app import open_app
from tests.cli.command import ill
from tests.jobs.sampled import OURS, SAMPLES, TRUTH, Day, Story, run
from tests.xlsx.sound import check_sound, coloured, notes

FILES = [f for f in TRUTH["files"] if f["form"] in {*OURS, ""}]
DATES = [day["date"] for day in TRUTH["days"]]
REMINDED = [day["date"] for day in TRUTH["days"] if day["remind"] is not None]
HELD = {f["wave"] for f in TRUTH["files"] if f["form"] not in {*OURS, ""}}
"""Days on which a standard form comes in that is not processed yet: it is held, and told."""
LAST = DATES[-1]
Cells = list[tuple[str, str]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return run(tmp_path_factory.mktemp("samples") / "home")


def submission(story: Story, name: str, wave: str) -> Mapping[str, Any] | None:
    query = text("SELECT * FROM submissions WHERE filename = :n AND received_on = :d")
    with open_app(story.home).engine.connect() as connection:
        return connection.execute(query, {"n": name, "d": wave}).mappings().first()


def cells(story: Story, number: int, severity: str) -> Cells:
    query = text("SELECT sheet, cell FROM findings WHERE submission = :s AND severity = :v")
    with open_app(story.home).engine.connect() as connection:
        found = connection.execute(query, {"s": number, "v": severity}).all()
    return sorted((sheet, cell) for sheet, cell in found if cell)


def truth_cells(listed: Iterable[Iterable[str]]) -> Cells:
    return sorted((sheet, cell) for sheet, cell in listed)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f['wave']} {f['name']}")
def test_every_file_ends_as_the_truth_says(story: Story, file: dict[str, Any]) -> None:
    found = submission(story, file["name"], file["wave"])
    if file["outcome"] in {"ignored", "known"}:
        assert found is None
        return
    assert found is not None
    assert found["state"] == file["outcome"]
    if not file["form"]:
        return
    assert (found["form"], found["library"], found["month"]) == (
        file["form"], file["library"], file["month"],
    )  # fmt: skip
    assert bool(found["interim"]) == file["interim"]
    assert cells(story, found["id"], "error") == truth_cells(file["cells"])
    if file["outcome"] == "accepted":
        assert cells(story, found["id"], "corrected") == truth_cells(file["corrected"])
        assert cells(story, found["id"], "warning") == truth_cells(file["warned"])


@pytest.mark.parametrize("date", DATES)
def test_collect_ends_with_the_truths_exit_code(story: Story, date: str) -> None:
    day = story.days[date]
    if day.collect is not None:
        assert day.collect.code == (3 if date in HELD else day.truth["exit"])


@pytest.mark.parametrize("date", DATES)
def test_the_arrival_board_stands_as_the_truth_says(story: Story, date: str) -> None:
    shown = {(p["library"], p["month"], p["form"]): p for p in story.days[date].status}
    for place in story.days[date].truth["status"]:
        found = shown[place["library"], place["month"], place["form"]]
        assert found["state"] == place["state"], place
        assert found["errors"] == place.get("errors", found["errors"]), place
        assert found["warnings"] >= place.get("warnings_at_least", 0), place


@pytest.mark.parametrize("date", DATES)
def test_receipts_and_returned_copies_go_to_the_libraries_of_the_truth(
    story: Story, date: str
) -> None:
    day = story.days[date]
    contact = {lib["code"]: lib["email"] for lib in TRUTH["libraries"]}
    senders = [f for f in TRUTH["files"] if f["wave"] == date and f["form"] not in {*OURS, ""}]
    receipts = {to for letter in day.of("receipt") for to in letter.to}
    later = {contact[f["library"]] for f in senders}
    assert receipts <= {contact[code] for code in day.truth["receipts"]}
    assert {contact[code] for code in day.truth["receipts"]} <= receipts | later
    returned = sorted(to for letter in day.of("returned") for to in letter.to)
    assert returned == sorted(contact[code] for code in day.truth["returned"])


@pytest.mark.parametrize("date", REMINDED)
def test_overdue_readers_get_the_letters_of_the_truth(story: Story, date: str) -> None:
    day = story.days[date]
    written = sorted(
        (letter.to, letter.cc, letter.header("X-ILL-Step"), sorted(letter.cases))
        for letter in day.of("overdue")
    )
    wanted = sorted(
        (w["to"], w["cc"], w["step"], sorted(w["cases"])) for w in day.truth["remind"]["overdue"]
    )
    assert written == wanted


@pytest.mark.parametrize("date", REMINDED)
@pytest.mark.parametrize("policy", ["overdue_library", "overdue_lender", "still_out"])
def test_libraries_are_told_the_cases_of_the_truth(story: Story, date: str, policy: str) -> None:
    day = story.days[date]
    truth = day.truth["remind"]
    ignored = set(truth.get(f"{policy}_ignore", ()))
    wanted = dict(truth[policy])
    if policy == "overdue_library":
        for loan in truth["nobody"]:
            wanted[loan["to"]] = [*wanted.get(loan["to"], ()), loan["case"]]
    assert told(day, policy, ignored) == {
        to: found for to, cases in wanted.items() if (found := sorted(set(cases) - ignored))
    }


def told(day: Day, policy: str, ignored: set[str]) -> dict[str, list[str]]:
    by_address: dict[str, list[str]] = {}
    for letter in day.of(policy):
        for to in letter.to:
            by_address.setdefault(to, []).extend(c for c in letter.cases if c not in ignored)
    return {to: sorted(cases) for to, cases in by_address.items() if cases}


@pytest.mark.parametrize("date", REMINDED)
def test_both_libraries_of_a_contradiction_are_told(story: Story, date: str) -> None:
    day = story.days[date]
    assert {to for letter in day.of("discrepancy") for to in letter.to} == set(
        day.truth["remind"]["discrepancy"]
    )


@pytest.mark.parametrize("date", REMINDED)
def test_open_recalls_are_written_of_to_both_separately_and_told_to_the_lender(
    story: Story, date: str
) -> None:
    day, truth = story.days[date], story.days[date].truth["remind"]
    told = [one for one in day.of("recall") if one.cases]
    assert sorted((case, *one.to) for one in told for case in one.cases) == sorted(
        (one["case"], one[to]) for one in truth["recall"] for to in ("home", "reader")
    )
    assert not any(one.cc for one in told)
    lenders = [(case, *one.to) for one in day.of("recall_lender") for case in one.cases]
    assert lenders == [(one["case"], one["to"]) for one in truth["recall_lender"]]


def test_figures_are_those_of_the_truth(story: Story) -> None:
    spans = [(TRUTH["months"][0], TRUTH["months"][-1], TRUTH["figures"])]
    spans += [(month, month, found) for month, found in TRUTH["figures_by_month"].items()]
    for first, last, wanted in spans:
        ran = ill("figures", "--from", first, "--to", last, "--json", home=story.home, today=LAST)
        for name, measure in wanted.items():
            assert ran.json["measures"][name] == measure, (first, last, name)
    for library, forms in TRUTH["reporting"].items():
        ours = {form: months for form, months in forms.items() if form in OURS}
        ran = ill(
            "figures", "--from", "2025-09", "--to", "2025-10", "--json", home=story.home, today=LAST
        )
        assert ran.json["reporting"][library] == ours


RETURNED = [f for f in FILES if f["outcome"] == "returned"]


@pytest.mark.parametrize("file", RETURNED, ids=lambda f: f"{f['wave']} {f['name']}")
def test_the_returned_copy_marks_exactly_the_cells_of_the_truth(
    story: Story, file: dict[str, Any]
) -> None:
    found = submission(story, file["name"], file["wave"])
    assert found is not None
    (path,) = (story.home / "returned").glob(f"{found['receipt']}-*")
    check_sound(path.read_bytes())
    book = load_workbook(path)
    marked = {(s.title, cell) for s in book for cell in coloured(s) if s.title != "檢查結果"}
    noted = {
        (s.title, cell)
        for s in book
        for cell, words in notes(s).items()
        if "ill-workflows" in words
    }
    assert marked == noted == set(truth_cells(file["cells"]))
    (letter,) = [
        one
        for one in story.days[file["wave"]].of("returned")
        if path.read_bytes() in [a.get_content() for a in one.message.iter_attachments()]
    ]
    assert letter.to == [f"ill@{file['library'].lower()}.example"]


@pytest.mark.parametrize("file", RETURNED, ids=lambda f: f"{f['wave']} {f['name']}")
def test_mended_in_place_the_returned_copy_is_accepted(
    story: Story, file: dict[str, Any], tmp_path: Path
) -> None:
    found = submission(story, file["name"], file["wave"])
    assert found is not None
    (copy,) = (story.home / "returned").glob(f"{found['receipt']}-*")
    book = load_workbook(copy)
    for sheet, cell, value in file["mend"]:
        book[sheet][cell] = value["date"] if isinstance(value, dict) else value
    out = io.BytesIO()
    book.save(out)
    home = tmp_path / "home"
    (home / "inbox").mkdir(parents=True)
    (home / "config.toml").write_bytes((SAMPLES / "home" / "config.toml").read_bytes())
    (home / "inbox" / "mended.xlsx").write_bytes(out.getvalue())
    ran = ill("collect", home=home, today=file["wave"])
    assert ran.code == 0, ran.out


def test_no_letter_that_names_a_reader_has_another_library_among_its_recipients(
    story: Story,
) -> None:
    contact = {lib["email"]: lib["code"] for lib in TRUTH["libraries"]}
    looked = 0
    for day in story.days.values():
        for letter in day.letters:
            named = [p for p in TRUTH["people"] if p["name"] in letter.words]
            looked += len(named)
            homes = {person["home"] for person in named}
            libraries = {contact[a] for a in (*letter.to, *letter.cc) if a in contact}
            assert not named or libraries <= homes, letter.path.name
            strangers = {a for a in letter.to if a not in contact} - {p["email"] for p in named}
            assert not strangers, letter.path.name
    assert looked > 30


def test_running_everything_again_writes_and_takes_in_nothing(story: Story) -> None:
    before = ill("outbox", "--json", home=story.home).json
    (story.home / "inbox").mkdir(exist_ok=True)
    for path in (SAMPLES / "waves" / "2025-10-03").iterdir():
        (story.home / "inbox" / path.name).write_bytes(path.read_bytes())
    again = ill("collect", home=story.home, today=LAST)
    assert again.code == 0
    assert all(line.startswith("已收過") for line in again.out.splitlines())
    ill("remind", home=story.home, today=LAST)
    assert ill("outbox", "--json", home=story.home).json == before
