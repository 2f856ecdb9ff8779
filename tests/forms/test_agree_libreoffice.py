"""Template and checker agree after LibreOffice, and so does what the template says by itself."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.month import ROC
from ill_workflows.forms.usage import USAGE
from ill_workflows.xlsx.template import write_template
from tests.conftest import Convert
from tests.forms.filled import (
    OWNED,
    checked,
    counters,
    example_rows,
    filled,
    plain_row,
    with_counters,
    with_examples,
)
from tests.forms.recalculated import Recalculated, recalculate, self_check

pytestmark = pytest.mark.tool("soffice")
of_forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
SEVERE = frozenset({"error", "warning"})
UNSEEN = {
    "weekday_mismatch": "a day without a year: Excel cannot tell which",
    "overlapping_issue": "days typed as texts; real ones are compared",
    "date_future": "a fixed day: it lies ahead only until it has come",
    "answers_differ": "asks two rows for their answers",
}
"""Counter-examples that Excel does not see, and why."""


def seen(form: Form, data: bytes) -> dict[tuple[str, str], str]:
    return {
        (f.sheet, f.cell): f.severity
        for f in checked(data).findings
        if f.severity in SEVERE and f.code not in UNSEEN
    }


def without_unseen(form: Form, colours: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    unseen = {(c.sheet.title, c.at) for c in counters(form) if c.wrong.code in UNSEEN}
    return {place: colour for place, colour in colours.items() if place not in unseen}


@pytest.fixture(scope="module")
def wrong(
    soffice_convert: Convert, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Recalculated]:
    folder = tmp_path_factory.mktemp
    return {
        form.name: recalculate(form, with_counters(form), soffice_convert, folder(form.name))
        for form in FORMS
    }


@of_forms
def test_every_example_passes_and_may_be_sent(
    form: Form, soffice_convert: Convert, tmp_path: Path
) -> None:
    after = recalculate(form, with_examples(form), soffice_convert, tmp_path)
    assert (after.verdict, after.colours) == ("可送出", {})
    read = checked(after.data)
    assert [f for f in read.findings if f.severity not in {"corrected", "passed"}] == []
    for sheet in form.sheets:
        count = len(example_rows(sheet))
        assert len(read.rows[sheet.table]) == count
        assert after.lines[sheet.title].startswith(f"{count} 列")


@of_forms
def test_every_counter_example_is_found_at_its_cell(
    form: Form, wrong: dict[str, Recalculated]
) -> None:
    read = checked(wrong[form.name].data)
    found = [(f.sheet, f.cell, f.code) for f in read.findings if f.severity in SEVERE]
    assert sorted(found) == sorted((c.sheet.title, c.at, c.wrong.code) for c in counters(form))


@of_forms
def test_a_wrong_cell_has_the_colour_that_the_checker_would_give_it(
    form: Form, wrong: dict[str, Recalculated]
) -> None:
    assert without_unseen(form, wrong[form.name].colours) == seen(form, with_counters(form))


@of_forms
def test_the_self_check_counts_the_coloured_cells(
    form: Form, wrong: dict[str, Recalculated]
) -> None:
    after = wrong[form.name]
    counted: Counter[tuple[str, str, str]] = Counter()
    for (title, cell), colour in after.colours.items():
        sheet = next(s for s in form.sheets if s.title == title)
        counted[title, sheet.columns[ord(cell[0]) - ord("A")].key, colour] += 1
    for (title, key), (errors, warnings) in after.sums.items():
        assert (errors, warnings) == (counted[title, key, "error"], counted[title, key, "warning"])
    errors = sum(n for (_, _, colour), n in counted.items() if colour == "error")
    assert after.verdict == f"請修改 {errors} 格，請看下面"


@of_forms
def test_a_blank_form_filled_in_may_be_sent(
    form: Form, soffice_convert: Convert, tmp_path: Path
) -> None:
    rows = {sheet.table: example_rows(sheet) for sheet in form.sheets}
    after = recalculate(form, filled(form, rows, blank=True), soffice_convert, tmp_path)
    assert (after.verdict, after.colours) == ("可送出", {})
    assert checked(after.data).count("error") == 0


def test_days_to_come_are_coloured_however_they_are_typed(
    soffice_convert: Convert, tmp_path: Path
) -> None:
    sheet, far = USAGE.sheets[0], date.today() + timedelta(days=400)  # noqa: DTZ011
    typed = [far, f"{far.year - ROC}.{far.month}.{far.day}", f"{far:%Y%m%d}", f"{far:%Y/%m/%d}"]
    rows = [{**plain_row(sheet, n), "returned_on": day} for n, day in enumerate(typed)]
    rows.append({**plain_row(sheet, 9), "due_on": far})
    data = filled(USAGE, {sheet.table: rows})
    after = recalculate(USAGE, data, soffice_convert, tmp_path)
    assert after.colours == {(sheet.title, f"I{n}"): "error" for n in range(2, 6)}


def test_what_stands_there_twice_overlaps_or_is_an_error_is_coloured(
    soffice_convert: Convert, tmp_path: Path
) -> None:
    issues, stock = CARDS.sheets
    first = {**plain_row(issues, 0), "returned_on": date(2025, 9, 20)}
    rows = [
        first,
        {**first, "patron": "00123"},
        {**first, "issued_on": date(2025, 9, 10)},
        {**first, "issued_on": date(2025, 9, 20), "returned_on": ""},
        {**plain_row(issues, 5), "name": "#N/A"},
    ]
    data = filled(CARDS, {issues.table: rows, stock.table: [plain_row(stock, n) for n in (1, 1)]})
    after = recalculate(CARDS, data, soffice_convert, tmp_path)
    assert after.colours == {
        (issues.title, "A3"): "error",
        (issues.title, "H4"): "error",
        (issues.title, "C6"): "error",
        (stock.title, "A3"): "error",
    }
    found = {(f.sheet, f.cell) for f in checked(after.data).findings if f.severity == "error"}
    assert found == set(after.colours) - {(stock.title, "A3")}  # twice the same is told only


def test_the_self_check_of_a_fresh_workbook_says_what_it_will_say_when_it_is_worked_out(
    soffice_convert: Convert, tmp_path: Path
) -> None:
    loan = {**plain_row(USAGE.sheets[0], 1), "title": None, "material": None}
    asked = {**plain_row(USAGE.sheets[1], 2), "outcome": "處理中", "answered_on": date(2025, 9, 1)}
    rows = {"usage_loans": [loan, plain_row(USAGE.sheets[0], 3)], "usage_requests": [asked]}
    data = write_template(USAGE, **OWNED, rows=rows)
    after = recalculate(USAGE, data, soffice_convert, tmp_path)
    assert (after.verdict, after.lines) == self_check(USAGE, data)
    assert after.verdict == "可送出（另有 4 格請補正）"


ODDLY = {
    "usage_loans": {
        "card": (
            "ＮＳＵＴ－０７", "nsut-7", "NSUT 007", "NSUT#7", "NSUT.07", "南星科大-07", "NSUT-O7",
            "台墨示範科技大學-12", "NSUT—07", "NSU‐9", " NSUT-07 ", "\u3000NSUT-07", "NSU圖書館-3",
        ),
        "item": ("'0012", 12.0, "A 12", "００１２", "12-3"),
        "lent_on": (
            "114.09.03", "114-9-3", "民國114年9月3日", "西元2025年9月3日", "9/3", "114.9.3(三)",
            "114.9.3 10:30", "2025-09-03T10:30:00", 45903, 45903.75, 1140903, "45903", "20250903",
            "３／９／１１４", "114．9．3", "1O.3", "10/9/2025", "15/9/2025", "0980903", "9月3日",
        ),
        "due_on": ("-", "－", "無", "N/A", "n.a.", "?", "？", "--", " ", "\u3000", "/"),
        "fine": ("NT$15", "1,200", "１,２００", "15.0", "$30", "O", "免", "-", "30元整", 15.0),
        "published": (98, "098", 2026, "c2009", "[2009]", "民98", "2009年", 1850, "O98", 3, 12000),
        "material": ("光碟", "dvd", "ＤＶＤ", " 圖 書 ", "一般圖書", "DVD "),
    },
    "usage_requests": {
        "borrower": (
            "nsut", "NSUT 南星示範科技大學", "南星示範科技大學(NSUT)", "NSUT/南星科大",
            "台江虛構大學", "臺江虛構大學圖書館", "ＮＳＵ", "NSUT-南星科大", "南星科大圖資處",
        ),
        "outcome": ("處理中 ", " 處理中", "退件", "已提供"),
        "reason": ("不外借（限館內閱覽）", "r27", "其他", "處理中／編目中"),
        "pages": ("12p", "十二頁", "12頁", 12.5, "0", -3),
    },
}  # fmt: skip
"""What people type, some of it sound, some not: the template must not be stricter than we are."""


def test_no_cell_is_coloured_that_we_can_read(soffice_convert: Convert, tmp_path: Path) -> None:
    typed = {
        sheet.table: [
            {**plain_row(sheet, n), key: value}
            for n, (key, value) in enumerate(
                (key, value) for key, values in ODDLY[sheet.table].items() for value in values
            )
        ]
        for sheet in USAGE.sheets
    }
    data = filled(USAGE, typed)
    after = recalculate(USAGE, data, soffice_convert, tmp_path)
    told = {(f.sheet, f.cell) for f in checked(data).findings if f.severity in SEVERE}
    assert set(after.colours) - told == set()
    assert {("借出紀錄", "G33"), ("借出紀錄", "F70"), ("申請紀錄", "L22")} <= after.colours.keys()
