"""Which form a workbook is, whose, of which month: by its content, wherever it stands."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from ill_workflows.forms.book import CellError, NoValue
from ill_workflows.forms.check import check
from ill_workflows.forms.recognise import ELSEWHERE
from tests.forms.sheets import (
    CARD,
    ISSUES,
    LOANS,
    REQUESTS,
    STOCK,
    book,
    cards,
    checked,
    cover,
    even,
    grid,
    sound,
    told,
    usage,
)

NAMES = {"ill_form": "usage", "ill_version": "1", "ill_library": "HDU", "ill_period": "2025-10"}
ONE_LOAN = grid(LOANS, sound(LOANS))
OLD_REPORT = ("檢查結果", [["借出紀錄", "A2", "「QQQU-05」不是任何會員館的借書證。"]])


def moved(rows: list[list[Any]], *order: int) -> list[list[Any]]:
    return [[row[n] for n in order] for row in even(rows)]


def headed(rows: list[list[Any]], **renamed: str) -> list[list[Any]]:
    """The same rows, some headings written otherwise."""
    return [[renamed.get(word, word) for word in rows[0]], *rows[1:]]


def assert_reads_the_loan(read: Any) -> None:
    assert (read.form.name, read.library, read.month) == ("usage", "HDU", "2025-10")
    assert told(read) == []
    assert [row[1:6] for row in read.rows["usage_loans"]] == [
        ("NSUT-07", "C450006", "輪機工程圖說", None, "圖書")
    ]


def test_a_plain_workbook_is_read_without_a_word():
    read = checked(usage(ONE_LOAN))
    assert_reads_the_loan(read)
    assert read.findings == ()
    assert (read.version, str(read.filled_on), read.interim) == (1, "2025-11-03", False)


def test_the_name_of_the_file_is_not_asked():
    assert list(inspect.signature(check).parameters) == ["book", "known", "forms"]


def test_columns_in_another_order_are_read_and_found_at_their_own_cells():
    order = [*range(len(LOANS.columns))][::-1]
    rows = moved(grid(LOANS, sound(LOANS), sound(LOANS, card="QQQU-5")), *order)
    read = checked(usage(rows))
    assert told(read, "error", "warning", "corrected") == [("借出紀錄", "M3", "card_no_member")]


def test_columns_of_the_senders_own_are_passed_over_and_told():
    rows = [["承辦人員", *row[:3], "館別", *row[3:]] for row in ONE_LOAN]
    rows[1][0], rows[1][4] = "王示範", "總館"
    read = checked(usage(rows))
    assert_reads_the_loan(read)
    assert told(read, "passed") == [
        ("借出紀錄", "A1", "column_passed"), ("借出紀錄", "E1", "column_passed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("借書證號", "借書證號碼"), ("借書證號", "證號"), ("借書證號", "館際借書證號"),
        ("登錄號", "條碼號"), ("題名", "書名"), ("借出日", "借書日期"), ("借出日", "借出日期"),
        ("資料類型", "資料類別"), ("應還日", "應歸還日"), ("歸還日", "實際歸還日期"),
    ],
)  # fmt: skip
def test_a_heading_renamed_a_little_is_read_and_told(ours, theirs):
    read = checked(usage(headed(ONE_LOAN, **{ours: theirs})))
    assert_reads_the_loan(read)
    assert [(f.code, f.facts["value"]) for f in read.findings] == [("heading_read_as", ours)]


@pytest.mark.parametrize(
    "theirs", ["登錄號 *", "登錄號（條碼）", "登\n錄號", "登 錄 號", "登錄號？："]
)
def test_a_heading_with_marks_and_remarks_is_the_same_heading(theirs):
    read = checked(usage(headed(ONE_LOAN, 登錄號=theirs)))
    assert_reads_the_loan(read)
    assert read.findings == ()


def test_a_heading_known_by_another_name_goes_before_one_that_is_only_near():
    rows = headed(ONE_LOAN, 借出日="借出日期時間", 應還日="到期日", 歸還日="歸還日期")
    read = checked(usage(rows))
    assert_reads_the_loan(read)
    assert told(read, "passed") == []


def test_a_heading_that_stands_twice_is_warned_of_and_the_first_is_read():
    rows = [[*row, row[2]] for row in ONE_LOAN]
    rows[1][-1] = "另一個題名"
    read = checked(usage(rows))
    assert told(read) == [("借出紀錄", "N1", "column_twice")]
    assert read.rows["usage_loans"][0][3] == "輪機工程圖說"


def test_a_column_without_a_heading_is_told_once_at_its_first_cell():
    rows = [[*row, ""] for row in grid(LOANS, sound(LOANS), sound(LOANS, item="C2"))]
    rows[2][-1] = "逾期未還"
    read = checked(usage(rows))
    assert told(read, "error", "warning", "passed") == [("借出紀錄", "N3", "column_unnamed")]


def test_missing_columns_are_errors_or_warnings_by_what_they_hold():
    gone = {"借書證號": "甲", "題名": "乙", "資料類型": "丙"}
    read = checked(usage(headed(ONE_LOAN, **gone)))
    missing = [(f.heading, f.severity, f.cell) for f in read.findings if f.code == "column_missing"]
    assert missing == [(heading, "error", "") for heading in gone]
    late = checked(
        usage(ONE_LOAN, headed(grid(REQUESTS), 回覆日="丁", 提供方式="戊", 拒絕原因="己"))
    )
    missing = [(f.heading, f.severity, f.cell) for f in late.findings if f.code == "column_missing"]
    assert missing == [
        ("拒絕原因", "error", ""),
        ("回覆日", "warning", ""),
        ("提供方式", "warning", ""),
    ]


def test_merged_title_cells_and_a_heading_further_down_are_no_hindrance():
    rows = [["虹島示範大學館際借閱", "", "", ""], ["基本", "", "日期", ""], *ONE_LOAN]
    assert_reads_the_loan(checked(usage(rows)))


@pytest.mark.parametrize(
    "title", ["借出紀錄 (2)", "10月借出紀錄", "借出 紀錄", "借閱清單", "工作表2"]
)
def test_a_sheet_with_another_name_is_known_by_its_headings(title):
    read = checked(book(("封面", cover()), (title, ONE_LOAN), ("申請紀錄", grid(REQUESTS))))
    assert_reads_the_loan(read)
    assert told(read, "passed") == []


def test_the_stock_is_known_by_its_headings_too():
    read = checked(book(
        ("封面", cover(表單="借書證登記簿 cards 1")), ("甲", grid(STOCK, CARD)),
        ("乙", grid(ISSUES, sound(ISSUES))),
    ))  # fmt: skip
    assert read.form.name == "cards"
    assert told(read) == []
    assert {table: len(rows) for table, rows in read.rows.items()} == {
        "cards_issues": 1, "cards_stock": 1,
    }  # fmt: skip


def test_a_second_sheet_with_the_same_headings_is_warned_of():
    more = ("借出紀錄 (2)", grid(LOANS, sound(LOANS, item="C999")))
    read = checked(
        book(("封面", cover()), more, ("借出紀錄", ONE_LOAN), ("申請紀錄", grid(REQUESTS)))
    )
    assert told(read) == [("借出紀錄 (2)", "", "sheet_twice")]
    assert [row[2] for row in read.rows["usage_loans"]] == ["C450006"]


def test_a_hidden_sheet_counts_like_any_other():
    read = checked(usage(ONE_LOAN, hidden=["借出紀錄", "封面"]))
    assert_reads_the_loan(read)


def test_sheets_of_ones_own_and_an_old_report_of_ours_are_passed_over():
    own = ("館內統計", [["年月", "冊數"], ["114年10月", 12]])
    sheets = (("封面", cover()), ("借出紀錄", ONE_LOAN), ("申請紀錄", grid(REQUESTS)))
    read = checked(book(OLD_REPORT, *sheets, own, ("空白頁", [])))
    assert_reads_the_loan(read)
    assert told(read, "passed") == [("館內統計", "", "sheet_passed")]


def test_a_missing_sheet_and_a_sheet_without_headings_are_errors():
    read = checked(book(("封面", cover()), ("申請紀錄", ONE_LOAN[1:])))
    assert {f.code for f in read.findings} == {"sheet_missing", "column_missing"}
    assert [f.facts["read"] for f in read.findings if f.code == "sheet_missing"] == ["借出紀錄"]
    assert {f.sheet for f in read.findings if f.code == "column_missing"} == {"申請紀錄"}


def test_sheets_of_another_form_than_the_cover_says_are_told_as_that():
    read = checked(book(("封面", cover()), ("換證紀錄", grid(ISSUES)), ("借書證庫存", grid(STOCK))))
    assert told(read) == [("封面", "B1", "form_contradiction")]
    assert read.findings[0].facts["other"] == "借書證登記簿"


@pytest.mark.parametrize(
    "sheets",
    [
        [],
        [("工作表1", [])],
        [("工作表1", [["品名", "數量"], ["紙", 3]])],
        [("館藏", [["題名", "作者", "索書號"], ["甲", "乙", "丙"]])],
        [("封面", [["課程", "週次"], ["圖書館", "資源"]])],
    ],
)
def test_a_foreign_workbook_is_of_no_form(sheets):
    read = checked(book(*sheets))
    assert (read.form, read.library, read.findings) == (None, "", ())


def test_a_standard_form_that_is_not_yet_taken_in_is_named_and_not_taken_for_ours():
    for name, title in ELSEWHERE.items():
        for called in (name, title, f"{title} {name} 1"):
            read = checked(book(("封面", cover(表單=called)), ("名單", ONE_LOAN)))
            assert (read.form, read.cover["form"]) == (None, called)


def test_a_form_is_known_by_its_sheets_when_nothing_names_it():
    assert_reads_the_loan(checked(usage(ONE_LOAN, typed={"表單": None})))
    assert checked(cards(grid(ISSUES), typed={"表單": ""})).form.name == "cards"
    read = checked(usage(ONE_LOAN, typed={"表單": CellError("#REF!")}))
    assert told(read) == [("封面", "B1", "error_cell")]


def test_a_form_is_known_by_its_name_in_any_case_and_beside_other_words():
    for called in ("USAGE", "月報表", "月報表usage 1", "館際合作 月報表（usage）"):
        assert_reads_the_loan(checked(usage(ONE_LOAN, typed={"表單": called})))


def test_names_without_a_cover_and_a_cover_without_names_are_as_good():
    sheets = (("借出紀錄", ONE_LOAN), ("申請紀錄", grid(REQUESTS)))
    assert_reads_the_loan(checked(book(*sheets, names=NAMES)))
    assert_reads_the_loan(checked(usage(ONE_LOAN, names=NAMES)))
    assert_reads_the_loan(checked(usage(ONE_LOAN, names={"ill_token": "x"})))


def test_another_version_of_the_form_is_read_and_told():
    read = checked(usage(ONE_LOAN, typed={"表單": "月報表 usage 7"}))
    assert told(read) == [("封面", "B1", "version_other")]
    assert read.version == 7
    assert checked(usage(ONE_LOAN, names={**NAMES, "ill_version": "0"})).version == 0
    assert checked(usage(ONE_LOAN, typed={"表單": "月報表 " + "9" * 5000})).version == 1


def test_a_formula_without_a_value_on_the_cover_is_told_at_its_cell():
    typed = {"聯絡電話": NoValue("=1+1"), "自我檢查": NoValue('=IF(A1,"可送出","")')}
    read = checked(usage(ONE_LOAN, typed=typed))
    assert told(read) == [("封面", "B8", "formula_no_value")]
