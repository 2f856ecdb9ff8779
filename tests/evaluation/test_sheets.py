from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ill_workflows.evaluation import SHEETS
from ill_workflows.evaluation.definitions import BY_NAME, DEFINITIONS
from ill_workflows.evaluation.facts import FRAMES
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import ORDER, measures
from ill_workflows.evaluation.model import MISSING, As, Formula, Link, Sheet
from ill_workflows.evaluation.period import (
    academic_years,
    before,
    months_of_year,
    span_name,
    year_before,
)
from ill_workflows.evaluation.sheets.layout import plain
from tests.evaluation import invented
from tests.evaluation.invented import alliance


@pytest.fixture(scope="module")
def facts() -> Figures:
    return alliance(6, 3)


@pytest.fixture(scope="module")
def book(facts: Figures) -> dict[str, Sheet]:
    return {sheet.title: sheet for sheet in (make(facts) for make in SHEETS)}


def column(sheet: Sheet, heading: str, table: int = 0) -> list[Any]:
    at = [c.heading for c in sheet.tables[table].columns].index(heading)
    return [row[at] for row in sheet.tables[table].rows]


def total(sheet: Sheet, heading: str, table: int = 0) -> Any:
    cells = sheet.tables[table].total
    assert cells is not None
    return plain(cells[[c.heading for c in sheet.tables[table].columns].index(heading)])


def test_the_sheets_are_the_ones_that_the_meeting_knows(book: dict[str, Sheet]) -> None:
    assert list(book) == [
        "摘要", "繳交情形", "借書證使用", "貸借矩陣", "借貸比", "資料供應", "拒絕原因",
        "資料類型與年代", "複印", "處理時效", "逾期與催還", "緊急調回", "離校清查", "停權與賠償",
        "月趨勢", "評比", "經驗分享", "資料品質", "來源", "指標定義",
    ]  # fmt: skip


def test_every_row_has_a_cell_for_every_heading_and_headings_differ(book) -> None:
    for sheet in book.values():
        for table in sheet.tables:
            headings = [c.heading for c in table.columns]
            assert len(set(headings)) == len(headings)
            assert all(len(row) == len(headings) for row in table.lines())


def test_sheets_show_the_figures_that_machines_get(facts, book) -> None:
    found = measures(facts, facts.months)
    assert total(book["貸借矩陣"], "貸出合計") == found["loans_lent"].total
    assert total(book["借貸比"], "借入") == found["loans_borrowed"].total
    assert total(book["資料供應"], "收到") == found["requests_received"].total
    assert total(book["資料供應"], "滿足率(%)") == found["fill_rate"].total
    assert total(book["拒絕原因"], "件數") == found["requests_refused"].total
    assert total(book["複印"], "頁數") == found["copy_pages"].total
    assert total(book["複印"], "件數", 1) == found["copies_supplied"].total
    assert total(book["資料類型與年代"], "合計") == found["loans_lent"].total
    assert total(book["逾期與催還"], "逾期") == found["overdue_loans"].total
    assert total(book["借書證使用"], "換證次數") == found["cards_issued"].total
    shown = [plain(cell) for cell in column(book["摘要"], f"本期\n{span_name(facts.months)}")]
    assert shown == [found[name].total for name in ORDER]


def test_a_span_stands_beside_the_one_before_and_the_same_months_a_year_ago(facts, book) -> None:
    headings = [c.heading for c in book["摘要"].tables[0].columns]
    assert headings[3:7] == [
        f"前期\n{span_name(before(facts.months))}", "增減", "增減率(%)",
        f"去年同期\n{span_name(year_before(facts.months))}",
    ]  # fmt: skip
    last_year = measures(facts, year_before(facts.months))
    shown = [plain(cell) for cell in column(book["摘要"], headings[6])]
    told = last_year["loans_lent"].total is not None
    assert shown == [last_year[name].total if told else None for name in ORDER]
    whole = next(m for m in SHEETS if m.__name__ == "summary")(alliance(3, 12, volume=2))
    assert not [c for c in whole.tables[0].columns if c.heading.startswith("去年")]  # it is 前期


def test_a_library_that_sent_nothing_is_missing_and_not_zero(facts, book) -> None:
    silent = facts.codes[3]
    at = list(facts.codes).index(silent)
    assert column(book["資料供應"], "收到")[at] is MISSING
    assert column(book["借書證使用"], "換證次數")[at] is MISSING
    assert column(book["貸借矩陣"], facts.codes[0])[at] is MISSING
    assert set(column(book["繳交情形"], "114年09月")[2 * at : 2 * at + 2]) == {"未繳"}


def test_arrivals_lead_to_the_receipt_in_the_sources(facts, book) -> None:
    cell = column(book["繳交情形"], "114年08月")[0]
    assert isinstance(cell, Link)
    assert cell.sheet == "來源"
    assert cell.key in column(book["來源"], "收據號碼")


def test_above_sixty_libraries_the_matrix_is_a_long_table() -> None:
    facts = alliance(61, 1, volume=2)
    table = next(m for m in SHEETS if m.__name__ == "matrix")(facts).tables[0]
    headings = [c.heading for c in table.columns]
    assert headings == ["貸方代碼", "貸方館名", "借方代碼", "借方館名", "件數"]
    assert table.total is not None
    assert plain(table.total[-1]) == measures(facts, facts.months)["loans_lent"].total


def test_nothing_personal_and_no_card_is_in_any_sheet(facts: Figures, book) -> None:
    kept = {name for columns in FRAMES.values() for name in columns}
    assert not kept & {"patron", "name", "email", "status", "department", "deposit", "note"}
    rows = invented.facts(6, 3)
    secrets = {*rows.loans["card"], *rows.issues["card"], *rows.loans["item"], "示範書名"}
    for sheet in book.values():
        for table in sheet.tables:
            for row in table.lines():
                for cell in row:
                    value = cell.value if isinstance(cell, Formula | Link) else cell
                    assert value not in secrets


def test_refusals_add_up_to_a_hundred_from_the_most_frequent_down(book) -> None:
    counts = column(book["拒絕原因"], "件數")
    assert counts == sorted(counts, reverse=True)
    assert plain(column(book["拒絕原因"], "累計(%)")[-1]) == 100.0
    assert set(column(book["拒絕原因"], "類別")) <= {"政策", "可得性", "申請端"}


def test_the_funnel_narrows_with_each_letter(book) -> None:
    counts = [plain(cell) for cell in column(book["逾期與催還"], "件數", 1)]
    assert counts[:5] == sorted(counts[:5], reverse=True)
    assert column(book["逾期與催還"], "階段", 1)[2] == "第一次催還"


def test_every_card_is_somewhere_at_the_end_of_the_period(facts, book) -> None:
    sheet = book["借書證使用"]
    places = [column(sheet, h) for h in ("在館", "讀者持有", "抵押於貸方", "遺失", "註銷")]
    silent = facts.codes[3]  # of whom no register ever came
    for code, *row in zip(facts.codes, *places, strict=True):
        assert row == [MISSING] * 5 if code == silent else sum(row) == 50


def test_a_span_without_any_sheet_still_makes_a_workbook(facts: Figures) -> None:
    empty = replace(facts, months=("2030-01",))
    for make in SHEETS:
        assert make(empty).title


def test_a_period_before_anybody_reported_is_blank_to_the_meeting(facts: Figures) -> None:
    early = replace(facts, months=("2025-05",))
    sheet = next(m for m in SHEETS if m.__name__ == "summary")(early)
    cells = column(sheet, "前期\n114年04月")
    assert {cell.cell if isinstance(cell, As) else cell for cell in cells} == {MISSING}


def test_every_measure_is_defined_and_its_sheet_is_there(book) -> None:
    assert set(ORDER) == set(BY_NAME)
    assert {one.sheet for one in DEFINITIONS} <= set(book)


@pytest.mark.parametrize(
    ("months", "name", "years"),
    [
        (("2025-10",), "114年10月", "114學年度第1學期"),
        (("2026-01", "2026-02"), "115年01–02月", "114學年度"),
        (("2026-07", "2026-08"), "115年07–08月", "114學年度第2學期、115學年度第1學期"),
    ],
)
def test_an_academic_year_runs_from_august_to_july(months, name, years) -> None:
    assert span_name(months) == name
    assert academic_years(months) == years


def test_whole_years_and_semesters_are_called_by_their_names() -> None:
    def span(first: str, count: int) -> tuple[str, ...]:
        from ill_workflows.forms.month import next_month

        return tuple(next_month(first, n) for n in range(count))

    assert span_name(span("2025-08", 12)) == "114學年度"
    assert span_name(span("2025-08", 24)) == "114–115學年度"
    assert span_name(span("2025-08", 6)) == "114學年度第1學期"
    assert span_name(span("2026-02", 6)) == "114學年度第2學期"
    assert before(span("2025-08", 3)) == ("2025-05", "2025-06", "2025-07")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("114", "2025-08", "2026-07"), ("114學年度", "2025-08", "2026-07"),
        ("114-1", "2025-08", "2026-01"), ("114第2學期", "2026-02", "2026-07"),
        ("114學年度第1學期", "2025-08", "2026-01"),
    ],
)  # fmt: skip
def test_a_year_or_semester_may_be_asked_for_by_its_name(text, first, last) -> None:
    months = months_of_year(text)
    assert months is not None
    assert (months[0], months[-1]) == (first, last)
    assert span_name(months).startswith("114學年度")


@pytest.mark.parametrize("text", ["2025", "114-3", "11", "term", ""])
def test_what_is_no_year_or_semester_is_none(text) -> None:
    assert months_of_year(text) is None
