"""Which rows are records, and which are titles, sums, notes and stamps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ill_workflows.forms.book import CellError, NoValue
from ill_workflows.forms.form import running_number
from tests.forms.sheets import (
    ISSUES,
    LOANS,
    REQUESTS,
    STOCK,
    checked,
    filled,
    grid,
    sound,
    told,
    usage,
)

SHEETS = {sheet.table: sheet for sheet in (LOANS, REQUESTS, ISSUES, STOCK)}
NOTES: list[tuple[str, dict[str, Any]]] = [
    *((table, {key: text})
      for table, key in (("usage_loans", "card"), ("usage_requests", "request_no"),
                         ("cards_issues", "card"), ("cards_stock", "card"))
      for text in (
          "小計", "合計：", "總計", "小計 12", "小計 6件", "小計：6 件", "合計 1,234 元", "共 12 冊",
          "本月合計", "本頁小計 3 冊", "Total: 12", "小計（件）", "※ 本表由流通組提供", "＊含教職員",
          "※ 以上資料由流通組提供", "以上資料由流通組提供", "以下空白", "--- 以下空白 ---", "備註：本月停館三天",
          "註1：含電話申請", "承辦人：王示範", "承辦人：王示範　單位主管：李示範", "製表日期：114/10/31",
          "列印時間 2025/10/31 10:20", "第 1 頁，共 2 頁", "本月無借閱資料", "查無資料", "單位主管", "----------",
          "說明", "填表單位：流通組", "借閱組：分機二", "無", "-", "本館十月起停辦一個月")),
    ("usage_loans", {"card": "合計", "item": 12, "fine": 150, "fine_paid": 150}),
    ("usage_loans", {"card": "小計", "item": "12冊", "title": "12", "material": "圖書 8", "published": 3,
                     "fine": 150, "fine_paid": 20}),
    ("usage_loans", {"title": "合計", "fine": 150}),
    ("usage_loans", {"title": "以下空白"}),
    ("usage_loans", {"note": "本頁完"}),
    ("usage_loans", {"card": "製表日期", "item": "114/10/31"}),
    ("usage_loans", {"card": "※ 註", "title": "含教職員"}),
    ("usage_loans", {"card": "製表日期", "lent_on": date(2025, 10, 31)}),
    ("usage_loans", {"card": "填表人", "item": "王示範", "title": "主管", "call_number": "李示範"}),
    ("usage_loans", {"card": "-", "item": "-", "title": "無", "lent_on": "—"}),
    ("usage_loans", {column.key: column.heading for column in LOANS.columns}),
    ("cards_issues", {column.key: column.heading for column in ISSUES.columns}),
]  # fmt: skip
RECORDS: list[tuple[str, dict[str, Any]]] = [
    ("usage_loans", {"card": "NSUT-07"}),
    ("usage_loans", {"card": "nsut07", "title": "輪機工程圖說"}),
    ("usage_loans", {"card": "NSUT-07", "title": "以下空白"}),
    ("usage_loans", {"card": "QQQU-05", "title": "輪機工程圖說"}),
    ("usage_loans", {"card": "*NSUT-07", "title": "輪機工程圖說"}),
    ("usage_loans", {"card": "NSUT", "item": "C450006"}),
    ("usage_loans", {"card": "南星科大7", "item": "C450006"}),
    ("usage_loans", {"item": "C450006"}),
    ("usage_loans", {"item": 31100031}),
    ("usage_loans", {"item": "0000123", "note": "※ 讀者來電"}),
    ("usage_loans", {"title": "輪機工程圖說"}),
    ("usage_loans", {"title": "Python：從入門到精通", "material": "圖書"}),
    ("usage_loans", {"title": "※ 號的用法", "material": "圖書", "lent_on": "114.10.3"}),
    ("usage_loans", {"title": "備註：一部小說", "call_number": "857.7"}),
    ("usage_loans", {"lent_on": "114.10.3"}),
    ("usage_loans", {"lent_on": date(2025, 10, 3), "returned_on": date(2025, 10, 9)}),
    ("usage_loans", {"condition": "正常"}),
    ("usage_loans", {"fine": 0}),
    ("usage_loans", {"card": "讀者證五號", "item": "C450006", "title": "輪機工程圖說"}),
    ("usage_loans", {"card": "※", "item": "C450006"}),
    ("usage_loans", {"card": "#N/A", "title": "輪機工程圖說"}),
    ("cards_issues", {"card": "＊", "patron": "H41000001", "status": "學生"}),
    ("usage_loans", {"card": CellError("#REF!")}),
    ("usage_loans", {"card": NoValue("=A1")}),
    ("usage_loans", {"note": CellError("#N/A")}),
    ("usage_requests", {"request_no": "A-2025-17"}),
    ("usage_requests", {"request_no": "11410-001", "borrower": "NSUT"}),
    ("usage_requests", {"borrower": "南星科大", "service": "複印"}),
    ("usage_requests", {"title": "工業設計研究（78）"}),
    ("cards_issues", {"card": "HDU-07", "name": "示範讀者"}),
    ("cards_issues", {"patron": "H41000001"}),
    ("cards_issues", {"name": "示範讀者", "status": "學生"}),
    ("cards_stock", {"card": "HDU-07"}),
    ("cards_stock", {"state": "遺失"}),
]  # fmt: skip


def between_records(table: str, row: dict[str, Any]) -> Any:
    """A row between two sound ones."""
    sheet = SHEETS[table]
    number = {"card": "NSUT-{}" if sheet is LOANS else "HDU-{}", "request_no": "B-{}"}
    one, two = (
        {sheet.identity[0]: number[sheet.identity[0]].format(n), "item": n} for n in ("21", "22")
    )
    rows = (sound(sheet, **one), row, sound(sheet, **two))
    return sheet, checked(filled(sheet, *rows))


@pytest.mark.parametrize(("table", "row"), NOTES)
def test_a_sum_or_a_note_is_passed_over_and_told(table, row):
    sheet, read = between_records(table, row)
    assert [found[0] for found in read.rows[sheet.table]] == [2, 4]
    assert told(read) == []
    passed = told(read, "passed")
    assert len(passed) == 1
    assert (passed[0][0], passed[0][1][-1], passed[0][2]) == (sheet.title, "3", "row_passed")


@pytest.mark.parametrize(("table", "row"), RECORDS)
def test_a_record_with_few_cells_is_a_record_with_things_missing(table, row):
    sheet, read = between_records(table, row)
    assert [found[0] for found in read.rows[sheet.table]] == [2, 3, 4]
    assert told(read, "passed") == []
    wrong = [f for f in read.findings if f.cell.endswith("3")]
    strict = {c.heading for c in sheet.columns if c.required == "yes" and c.strict}
    empty = {c.heading for c in sheet.columns if c.key not in row}
    missing = {f.heading for f in wrong if f.code == "missing" and f.severity == "error"}
    assert missing == strict & empty
    assert any(f.severity in {"error", "warning"} for f in wrong)


@pytest.mark.parametrize(
    "row", [{"title": " "}, {"card": "\u200b"}, {"card": "\u3000", "note": "\xa0"}]
)
def test_a_row_of_spaces_is_empty(row):
    _, read = between_records("usage_loans", row)
    assert [found[0] for found in read.rows["usage_loans"]] == [2, 4]
    assert told(read, "error", "warning", "passed") == []


def test_titles_and_print_stamps_above_the_heading_are_told_and_the_cells_keep_their_addresses():
    above = [["虹島示範大學 114年10月 館際借閱清單"], [""], ["列印日期：114/11/3", "", "第 1 頁"]]
    rows = [*above, *grid(LOANS, sound(LOANS), sound(LOANS, card="QQQU-05"))]
    read = checked(usage(rows))
    assert told(read) == [("借出紀錄", "A6", "card_no_member")]
    assert told(read, "passed") == [
        ("借出紀錄", "A1", "row_passed"),
        ("借出紀錄", "A3", "row_passed"),
    ]
    assert [row[0] for row in read.rows["usage_loans"]] == [5, 6]


def test_a_number_that_the_template_gave_ahead_makes_no_record():
    ahead = [{"request_no": running_number("2025-10", n)} for n in range(1, 40)]
    read = checked(filled(REQUESTS, sound(REQUESTS), *ahead))
    assert len(read.rows["usage_requests"]) == 1
    assert told(read, "error", "warning", "passed") == []


def test_a_running_number_beside_empty_rows_is_told_once_at_its_heading():
    rows = [["流水號", *row] for row in grid(LOANS, sound(LOANS), {}, {})]
    for n, row in enumerate(rows[1:], start=1):
        row[0] = n
    read = checked(usage(rows))
    assert told(read, "error", "warning", "passed") == [("借出紀錄", "A1", "column_passed")]
    assert [row[0] for row in read.rows["usage_loans"]] == [2]


def test_a_sum_in_a_column_of_the_senders_own_does_not_hide_a_record():
    rows = [["館別", *row] for row in grid(LOANS, sound(LOANS), {"fine": 150})]
    rows[1][0], rows[2][0] = "總計", "總計"
    read = checked(usage(rows))
    assert [row[0] for row in read.rows["usage_loans"]] == [2]
    assert ("借出紀錄", "K3", "row_passed") in told(read, "passed")
