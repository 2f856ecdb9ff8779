"""Whose workbook it is, of which month, filled in when: the cover and the workbook's names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ill_workflows.forms.book import CellError, NoValue
from tests.forms.sheets import (
    ISSUES,
    LOANS,
    REQUESTS,
    book,
    cards,
    checked,
    cover,
    grid,
    sound,
    told,
    usage,
)

NAMES = {"ill_form": "usage", "ill_library": "HDU", "ill_period": "2025-10"}
ONE_LOAN = grid(LOANS, sound(LOANS))


def with_cover(rows: list[list[Any]], title: str = "封面", **more: Any) -> Any:
    sheets = ((title, rows), ("借出紀錄", ONE_LOAN), ("申請紀錄", grid(REQUESTS)))
    return checked(book(*sheets, **more))


def whose(read: Any) -> tuple[str, str, str | None]:
    return read.form.name, read.library, read.month


SOUND = ("usage", "HDU", "2025-10")


@pytest.mark.parametrize("title", ["封面", "封面 (2)", "新封面", "工作表1"])
def test_a_cover_is_found_wherever_it_stands(title):
    assert whose(with_cover(cover(), title)) == SOUND
    lower = [["館際合作"], [], *(["", "", *row] for row in cover())]
    assert whose(with_cover(lower, title)) == SOUND


def test_labels_side_by_side_apart_or_in_one_cell_with_their_values_are_read():
    beside = [
        ["圖書館代碼", "HDU", "統計年月", "114年10月"],
        ["表單", "月報表", "填表人", "示範館員"],
    ]
    assert whose(with_cover(beside)) == SOUND
    apart = [[label, "", "", value] for label, value in cover()]
    assert whose(with_cover(apart)) == SOUND
    together = [[f"{label}：{value}"] for label, value in cover()]
    read = with_cover(together)
    assert whose(read) == SOUND
    assert (told(read), read.cover["filled_by"]) == ([], "示範館員")


def test_labels_are_known_with_marks_and_by_their_other_names():
    others = [
        ["館代碼*", "HDU"],
        ["年月：", "114年10月"],
        ["表單名稱", "月報表"],
        ["承辦人", "示範館員"],
    ]
    assert whose(with_cover(others)) == SOUND


def test_a_label_without_a_value_does_not_take_the_next_label_for_one():
    read = with_cover([["圖書館代碼", "圖書館名稱", "虹島示範大學"], *cover(圖書館代碼=None)[:1],
                       ["統計年月", "114年10月"]])  # fmt: skip
    assert whose(read) == SOUND


def test_a_department_called_library_in_the_register_is_no_cover():
    rows = grid(ISSUES, sound(ISSUES, department="圖書館", email="r@mail.hdu.example"))
    sheets = (("換證紀錄", rows), ("借書證庫存", [["借書證號", "狀態"]]))
    names = {**NAMES, "ill_form": "cards"}
    read = checked(book(*sheets, names=names))
    assert (whose(read), read.cover) == (("cards", "HDU", "2025-10"), {})


@pytest.mark.parametrize(
    "typed", ["HDU", "hdu", "ＨＤＵ", " HDU\u200b", "虹島示範大學", "虹島大學", "虹島大學圖書館"]
)
def test_a_library_is_read_from_its_code_its_name_or_an_alias(typed):
    assert whose(with_cover(cover(圖書館代碼=typed))) == SOUND
    assert whose(with_cover(cover(圖書館代碼="", 圖書館名稱=typed))) == SOUND


def test_a_library_that_cannot_be_read_is_an_error_at_its_cell():
    read = with_cover(cover(圖書館代碼="QQQU"))
    assert told(read) == [("封面", "B2", "library_unreadable")]
    assert (read.library, len(read.rows["usage_loans"])) == ("HDU", 1)
    nobody = with_cover(cover(圖書館代碼="", 圖書館名稱=""))
    assert told(nobody) == [("封面", "B2", "library_unreadable")]
    assert (nobody.library, nobody.rows["usage_loans"]) == ("", [])
    broken = with_cover(cover(圖書館代碼=CellError("#REF!"), 圖書館名稱=""))
    assert [f.facts["read"] for f in broken.findings] == ["#REF!"]


def test_a_cover_that_contradicts_the_names_library_answers_to_the_one_on_the_cover():
    read = with_cover(cover(), names={**NAMES, "ill_library": "NSUT"})
    assert told(read)[0] == ("封面", "B2", "library_contradiction")
    assert (read.library, read.findings[0].facts["other"]) == ("HDU", "NSUT")


def test_a_code_and_a_name_of_two_libraries_contradict_each_other_at_the_name():
    read = with_cover(cover(圖書館名稱="南星科大"))
    assert told(read) == [("封面", "B3", "library_contradiction")]
    assert told(with_cover(cover(圖書館名稱="虹島大"))) == [("封面", "B3", "library_unknown")]
    assert [f.severity for f in with_cover(cover(圖書館名稱="虹島大")).findings] == ["warning"]


def test_a_month_that_contradicts_the_names_month_is_an_error_at_the_covers_cell():
    read = with_cover(cover(統計年月="114年9月"), names=NAMES)
    assert told(read) == [("封面", "B4", "month_contradiction")]
    assert (read.month, read.findings[0].facts["other"]) == ("2025-10", "114年10月")


@pytest.mark.parametrize(
    "typed", ["十月", "10月", "114年13月", 114.1, CellError("#N/A"), "98年10月"]
)
def test_a_month_that_cannot_be_read_is_an_error(typed):
    read = with_cover(cover(統計年月=typed))
    assert ("封面", "B4", "month_unreadable") in told(read)
    assert read.month is None
    assert with_cover(cover(統計年月=typed), names=NAMES).month == "2025-10"


def test_an_empty_month_is_an_error_unless_the_names_know_it():
    assert told(with_cover(cover(統計年月="")))[0] == ("封面", "B4", "month_unreadable")
    assert told(with_cover(cover(統計年月="無"), names=NAMES)) == []
    assert told(with_cover(cover(統計年月=None), names=NAMES)) == []


def test_a_month_that_has_not_begun_is_an_error_and_the_running_one_is_none():
    assert told(with_cover(cover(統計年月="114年12月")))[0] == ("封面", "B4", "month_future")
    running = with_cover(cover(統計年月="114年11月", 填表日期=""))
    assert told(running) == []


def test_an_interim_sheet_says_so_and_an_unknown_kind_is_warned_of_and_taken_as_monthly():
    assert with_cover(cover(填報別="期中更新")).interim
    assert not with_cover(cover(填報別="月報")).interim
    assert not with_cover(cover(填報別="無")).interim
    unknown = with_cover(cover(填報別="季報"))
    assert (told(unknown), unknown.interim) == ([("封面", "B5", "kind_unknown")], False)
    register = checked(cards(grid(ISSUES, sound(ISSUES)), typed={"填報別": "期中更新"}))
    assert not register.interim


@pytest.mark.parametrize(
    "typed",
    ["114.10.1", "114年11月5日", "11/3(一)", date(2025, 10, 20), 45950, "１１４／１１／０３"],
)
def test_a_day_of_filling_in_between_the_months_begin_and_the_receipt_is_kept(typed):
    read = with_cover(cover(填表日期=typed))
    assert told(read) == []
    assert date(2025, 10, 1) <= read.filled_on <= date(2025, 11, 5)


@pytest.mark.parametrize(
    "typed", ["114.9.30", "114.11.6", "113.11.3", "昨天", "114.2.30", 5, CellError("#REF!")]
)
def test_a_day_of_filling_in_outside_that_is_ignored_with_a_warning(typed):
    read = with_cover(cover(填表日期=typed))
    assert told(read) == [("封面", "B7", "filled_on_ignored")]
    assert (read.filled_on, read.findings[0].severity) == (None, "warning")
    assert (read.findings[0].facts["first"], read.findings[0].facts["last"]) == (
        "2025-10-01", "2025-11-05",
    )  # fmt: skip


def test_a_day_of_filling_in_is_read_in_the_workbooks_own_epoch():
    serial = (date(2025, 11, 3) - date(1904, 1, 1)).days
    read = with_cover(cover(填表日期=serial), epoch_1904=True)
    assert read.filled_on == date(2025, 11, 3)
    assert with_cover(cover(填表日期="")).filled_on is None


def test_a_cover_that_nobody_signed_is_warned_of():
    read = with_cover(cover(填表人=" "))
    assert [(f.cell, f.code, f.severity, f.heading) for f in read.findings] == [
        ("B6", "missing", "warning", "填表人")
    ]


def test_all_that_is_amiss_on_a_cover_is_told_at_once():
    typed = {
        "圖書館代碼": "QQQU",
        "統計年月": "?月",
        "填報別": "季報",
        "填表人": "",
        "填表日期": "昨天",
    }
    read = with_cover(cover(**typed))
    codes = [code for _, _, code in told(read)]
    assert codes == ["library_unreadable", "month_unreadable", "kind_unknown", "filled_on_ignored", "missing"]  # fmt: skip


def test_the_notes_of_the_cover_are_kept_as_typed():
    rows = [
        *cover(),
        ["經驗分享與建議", " 讀者反映：\n催還信很清楚 "],
        ["自我檢查", NoValue("=A1")],
    ]
    read = with_cover(rows)
    assert read.cover["notes"] == "讀者反映：\n催還信很清楚"
    assert told(read) == []
    assert told(usage_with_names(NoValue("=A1")))[0][2] == "formula_no_value"


def usage_with_names(value: Any) -> Any:
    return checked(usage(ONE_LOAN, typed={"圖書館名稱": value}, names=NAMES))
