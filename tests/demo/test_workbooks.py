"""The files of the demonstration: good ones are accepted, wrong ones have exactly their faults."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from ill_workflows.demo.faults import COVER_FAULT, FAULTS, Planned
from ill_workflows.demo.home import MARK
from ill_workflows.demo.make import make_world
from ill_workflows.demo.plan import Post, plan
from ill_workflows.demo.press import Press
from ill_workflows.demo.world import World
from ill_workflows.forms import FORMS
from ill_workflows.forms.check import check
from ill_workflows.forms.form import Checked
from ill_workflows.forms.known import Known
from ill_workflows.xlsx.read import read_book


@dataclass(frozen=True)
class Made:
    """A file of the plan, the errors that it was given and what the checks say of it."""

    post: Post
    data: bytes
    planned: list[Planned]
    book: Any
    checked: Checked


@cache
def made(libraries: int, months: int, seed: int) -> tuple[World, list[Made]]:
    world = make_world(libraries, months, seed)
    press = Press(world)
    files = []
    for post in plan(world):
        if post.what in {"html", "truncated", "lock"}:
            continue
        data, planned = press.file(post)
        book = read_book(data, post.name)
        known = Known(world.members, post.day, world.config.alliance.term.first)
        files.append(Made(post, data, planned, book, check(book, known, FORMS)))
    return world, files


WORLDS = pytest.mark.parametrize("which", [(10, 5, 1), (2, 2, 5), (5, 8, 3)])


@WORLDS
def test_every_good_workbook_is_accepted_as_what_it_is(which):
    for file in made(*which)[1]:
        if file.post.what == "sheet":
            errors = [f for f in file.checked.findings if f.severity == "error"]
            assert errors == [], file.post.name
        checked, view = file.checked, file.post.view
        assert checked.form is file.post.form
        assert (checked.library, checked.month) == (view.library, view.month)
        assert checked.interim == file.post.interim
        assert checked.filled_on == view.as_of


@WORLDS
def test_every_wrong_workbook_has_exactly_its_planned_errors(which):
    wrong = [file for file in made(*which)[1] if file.post.what == "wrong"]
    assert wrong
    for file in wrong:
        errors = [f for f in file.checked.findings if f.severity == "error"]
        found = sorted((f.sheet, f.cell, f.code) for f in errors)
        assert found == sorted(map(tuple, file.planned)), file.post.name
        assert file.planned


def test_a_wrong_workbook_is_mended_and_sent_again():
    _, files = made(10, 5, 1)
    for file in files:
        if file.post.what == "wrong":
            later = [
                other
                for other in files
                if other.post.view == file.post.view and other.post.day > file.post.day
            ]
            assert [other.post.what for other in later] == ["sheet"]


def test_every_kind_of_fault_is_made_somewhere():
    made_faults = {
        (planned.sheet, planned.code)
        for which in ((10, 5, 1), (5, 8, 3), (24, 3, 1))
        for file in made(*which)[1]
        for planned in file.planned
    }
    titles = {sheet.table: sheet.title for form in FORMS for sheet in form.sheets}
    missing = {(titles[f.table], f.code) for f in FAULTS} - made_faults
    assert len(missing) <= 3, missing
    assert any(code == COVER_FAULT for _, code in made_faults)


def test_nothing_that_was_sent_is_lost_on_the_way():
    """Each row of the truth is read back from its sheet: as many as the library put in."""
    world, files = made(10, 5, 1)
    press = Press(world)
    for file in files:
        pages = press.pages(file.post)
        for table, sheet in pages.items():
            assert len(file.checked.rows[table]) == len(sheet.records), (file.post.name, table)


def test_the_same_seed_gives_the_same_bytes():
    world = make_world(4, 2, 1)
    first, second = Press(world), Press(make_world(4, 2, 1))
    for post in plan(world):
        assert first.file(post) == second.file(post)


def test_every_sheet_says_that_it_is_invented():
    for file in made(10, 5, 1)[1]:
        titles = {"封面", *(sheet.title for sheet in file.post.form.sheets)}
        sheets = [sheet for sheet in file.book.sheets if sheet.title in titles]
        assert len(sheets) == len(titles)
        for sheet in sheets:
            assert any(MARK in str(value) for row in sheet.rows for value in row), sheet.title


def test_the_defined_names_say_whose_and_which_month():
    for file in made(10, 5, 1)[1]:
        names = file.book.names
        assert names["ill_library"] == file.post.view.library
        assert names["ill_period"] == file.post.view.month
        assert names["ill_token"]


def test_librarians_type_in_many_ways():
    _, files = made(10, 5, 1)
    told = Counter((f.severity, f.code) for file in files for f in file.checked.findings)
    assert told["corrected", "read_as"] > 100
    assert told["corrected", "heading_read_as"] > 5
    assert told["passed", "column_passed"] > 5
    assert told["passed", "row_passed"] > len(files)
    assert told["passed", "sheet_passed"] > 2
    read = {f.facts["read"] for file in files for f in file.checked.findings if f.code == "read_as"}
    for trait in ("１", "頁", "(三)", "圖書館", "–"):
        assert any(trait in text for text in read), trait
    assert any(text[:2].islower() for text in read)  # a card number without capitals


def test_a_title_row_stands_above_the_headings_of_the_untidy():
    world, files = made(10, 5, 1)
    untidy = {place.code for place in world.places if place.habits.mess == 3}
    for file in files:
        title = file.post.form.sheets[0].title
        sheet = next(sheet for sheet in file.book.sheets if sheet.title == title)
        above = "列印日期" in str(sheet.rows[1])
        assert above == (file.post.view.library in untidy)


def test_what_is_open_is_carried_into_the_next_month():
    """A loan or an issue that a sheet shows open stands on the next sheet of its library."""
    _, files = made(10, 5, 1)
    sent: dict[tuple[str, str], dict] = {}
    newest: dict[tuple[str, str], str] = {}
    carried = 0
    for file in files:
        if file.post.what != "sheet" or file.post.interim or file.post.again:
            continue
        sheet = file.post.form.sheets[0]
        key = (file.post.view.library, sheet.table)
        if file.post.view.month < newest.get(key, ""):
            continue  # an old month put right is no next sheet
        newest[key] = file.post.view.month
        identity = [sheet.place[name] for name in sheet.identity]
        back = sheet.place["returned_on"]
        lost = sheet.place.get("condition")
        rows = {tuple(row[n] for n in identity): row for row in file.checked.rows[sheet.table]}
        for name, row in sent.get(key, {}).items():
            if row[back] is None and not (lost and row[lost] == "遺失"):
                assert name in rows, (file.post.name, name)
                carried += 1
        sent[key] = rows
    assert carried > 100
