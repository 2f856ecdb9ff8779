from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.forms.fields import Choice, Day, Library, Text, Told, Trouble, Whole, Year
from ill_workflows.forms.usage import REASON
from tests.forms.sheets import LENDER, LOANS, REQUESTS

FINE, PAGES = Whole(), Whole(least=1, example=12)
ITEM, TITLE, YEAR = Text(identifier=True, limit=60), Text(), Year()
ODD = [True, time(8), timedelta(days=1), float("nan"), float("inf"), -1e300, object(), "9" * 5000]


def read(field: Any, typed: Any, anchor: date | None = None) -> Any:
    return field.read(typed, LENDER, anchor)


def code(field: Any, typed: Any) -> str:
    found = read(field, typed)
    assert isinstance(found, Trouble), (typed, found)
    return found.code


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (15, 15), (15.0, 15), ("15", 15), ("1,234", 1234), ("1,234,567", 1234567), ("15.0", 15),
        ("1,234.00", 1234), ("NT$1,200", 1200), ("NT$ 1200", 1200), ("$15", 15), ("NTD 15", 15),
        (" 15 ", 15), ("0", 0), (0, 0), ("007", 7), ("15\u200b", 15),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed, number):
    assert read(FINE, typed) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5冊", 5), ("20件", 20), ("15元", 15), ("1,200元", 1200), ("NT$15元", 15), ("15元整", 15),
        ("39頁", 39), ("１２", 12), ("１，２３４", 1234), ("1O", 10), ("2〇0", 200), ("１２ 頁", 12),
    ],
)  # fmt: skip
def test_units_full_width_digits_and_o_for_zero_are_read_and_told(typed, number):
    assert read(FINE, typed) == Told(number)


@pytest.mark.parametrize(
    "typed",
    ["12,34", "1,2345", ",123", "15.5", 15.5, "1.200", "約15", "15+", "十五", "免", "1 234", "5箱",
     "15元5角", "1-2", date(1900, 1, 31), "1e3", 10_000_001, "99999999999", "१२", *ODD],
)  # fmt: skip
def test_what_is_no_whole_number_is_a_finding(typed):
    assert code(FINE, typed) == "number_unreadable"


def test_a_number_below_the_least_is_a_finding():
    assert code(FINE, "-3") == code(FINE, -3) == code(FINE, "－３") == "number_too_small"
    assert code(PAGES, 0) == code(PAGES, "0頁") == "number_too_small"
    assert read(PAGES, 1) == 1


@given(st.integers(0, 10_000_000))
def test_every_number_is_read_back_however_it_is_grouped(number):
    for typed in (
        number,
        float(number),
        f"{number}",
        f"{number:,}",
        f"NT${number:,}",
        f"{number}.0",
    ):
        assert read(FINE, typed) == number
    assert read(FINE, f"{number}元") == Told(number)


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("民國98", 2009), ("98", 2009), (98, 2009), (98.0, 2009), ("98年", 2009), ("民98", 2009),
        ("民國 5 年", 1916), ("114", 2025), ("2009", 2009), (2009.0, 2009), ("c2009", 2009),
        ("C2009.", 2009), ("©2009", 2009), ("[2009]", 2009), ("[民98]", 2009), ("(1998)", 1998),
        ("1998年", 1998), ("西元1998", 1998), ("１９９８", 1998), ("1450", 1450), ("2026", 2026),
        (date(2009, 10, 1), 2009), (datetime.combine(date(1998, 1, 1), time()), 1998),
    ],
)  # fmt: skip
def test_a_year_is_minguo_or_gregorian_by_its_size_and_its_mark(typed, year):
    assert read(YEAR, typed) == year


@pytest.mark.parametrize(
    "typed",
    ["二版", "1998-2000", "2027", "198", "5", "98?", "民國2009", "西元98", "1399", "2009.09", 2009.5,
     date(1905, 7, 1), date(1900, 4, 7), "19980", *ODD],
)  # fmt: skip
def test_what_is_no_year_is_a_finding(typed):
    assert code(YEAR, typed) == "year_unreadable"


@given(st.integers(1926, 2025))
def test_a_minguo_year_and_its_gregorian_year_are_one(year):
    assert read(YEAR, str(year)) == read(YEAR, f"民國{year - 1911}年") == read(YEAR, year) == year
    assert read(YEAR, year - 1911) == year


@pytest.mark.parametrize(
    ("typed", "item"),
    [
        ("0000123", "0000123"), ("０００１２３", "000123"), (31100031, "31100031"), (123.0, "123"),
        (31100031.0, "31100031"), (" C450006 ", "C450006"), ("C45\u200b0006", "C450006"),
        ("C45–0006", "C45-0006"), ("c450006", "c450006"), ("3E12", "3E12"), (999999999999999.0, "9" * 15),
        (12.5, "12.5"), ("12345678901234567890", "12345678901234567890"),
    ],
)  # fmt: skip
def test_an_identifier_keeps_its_zeros_and_letters(typed, item):
    assert read(ITEM, typed) == item


@pytest.mark.parametrize(
    "typed",
    [1e15, 12345678901234567.0, 1234567890123456789, "1.23457E+15", "3E+15", -1e16, float("inf")],
)  # fmt: skip
def test_an_identifier_that_has_lost_digits_is_a_finding(typed):
    assert code(ITEM, typed) == "lost_digits"


def test_a_title_is_kept_as_typed_and_has_a_longest_length():
    assert read(TITLE, " 台灣的  海\u200b ") == "台灣的  海"
    assert read(TITLE, "ＡＢＣ－１") == "ＡＢＣ－１"
    assert read(TITLE, 1984.0) == "1984"
    assert read(TITLE, True) == "True"
    assert read(TITLE, date(2025, 9, 3)) == "2025-09-03"
    assert read(TITLE, "=SUM 的用法") == "=SUM 的用法"
    assert read(TITLE, "題" * 500) == "題" * 500
    assert read(TITLE, "題" * 501) == Trouble("too_long", {"limit": 500})


@pytest.mark.parametrize("typed", ["圖書", " 圖書 ", "圖 書", "圖書\u200b"])
def test_a_choice_is_read_in_any_width_and_space_without_a_word(typed):
    assert read(LOANS.by_key["material"].field, typed) == "圖書"


def test_another_word_for_a_choice_is_told_and_a_barred_one_is_a_finding():
    assert read(LOANS.by_key["material"].field, "書籍") == Told("圖書")
    assert read(LOANS.by_key["material"].field, "ｄｖｄ") == Told("視聽資料")
    assert read(REASON, "R05") == Told("無館藏")
    assert read(REASON, "不外借（限館內閱覽）") == "不外借(限館內閱覽)"
    assert code(REASON, "重複申請") == "reason_duplicate"
    assert code(REASON, "R28") == "reason_cancelled"
    unknown = read(Choice("few", ("甲", "乙")), "丙")
    assert unknown == Trouble("choice_unknown", {"choices": "甲、乙"})


@pytest.mark.parametrize(
    "typed", ["NSUT", "nsut", "ＮＳＵＴ", "南星示範科技大學", " 南星示範科技大學"]
)
def test_a_library_is_known_by_its_code_or_full_name(typed):
    assert read(Library(), typed) == "NSUT"


@pytest.mark.parametrize("typed", ["台墨示範科技大學", "臺墨示範科技大學", "臺墨 示範科技大學"])
def test_two_ways_to_write_taiwan_are_one_library(typed):
    assert read(Library(), typed) == "TMUT"


@pytest.mark.parametrize(
    "typed",
    ["南星科大", "南星科大圖書館", "南星示範科技大學圖書館", "NSUT圖書館", "NSUT 南星示範科技大學",
     "南星示範科技大學(NSUT)", "NSUT（南星科大）", "NSUT-南星科大"],
)  # fmt: skip
def test_a_library_known_by_an_alias_is_told(typed):
    assert read(Library(), typed) == Told("NSUT")


@pytest.mark.parametrize(
    "typed", ["火星虛構科技大學", "NSUT HDU", "NSUT-07", "南星", "NS", "-" * 30000 + "x", *ODD]
)
def test_an_unknown_library_is_a_finding(typed):
    assert code(REQUESTS.by_key["borrower"].field, typed) == "library_unknown"


def test_ones_own_library_and_further_words_are_known():
    assert code(Library(), "HDU") == code(Library(), "虹島大學") == "library_own"
    assert read(Library(own_allowed=True), "HDU") == "HDU"
    assert read(Library(also=("未定",)), " 未 定") == "未定"


def test_a_day_after_the_day_of_receipt_is_a_finding_unless_it_is_a_due_date():
    assert code(Day(), "114.11.6") == "date_future"
    assert read(Day(), "114.11.5") == date(2025, 11, 5)
    assert read(Day(future=True), "114.11.20") == date(2025, 11, 20)


def test_a_due_date_that_lies_years_ahead_was_mistyped():
    assert code(Day(future=True), "124.11.20") == "date_far"
    assert read(Day(future=True), "117.11.8") == date(2028, 11, 8)


def test_each_kind_of_column_reads_a_day_without_a_year_in_its_own_way():
    # October's sheet, received on 5 November 2025
    lent, returned, due = (LOANS.by_key[k].field for k in ("lent_on", "returned_on", "due_on"))
    assert read(lent, "10/15(三)") == Told(date(2025, 10, 15))
    assert read(lent, "11/3") == Told(date(2024, 11, 3))
    assert read(returned, "11/3(一)") == Told(date(2025, 11, 3))
    assert read(returned, "11/6") == Told(date(2024, 11, 6))
    assert read(due, "10/15(三)", date(2025, 10, 1)) == Told(date(2025, 10, 15))
    assert read(due, "1/6(二)", date(2025, 12, 23)) == Told(date(2026, 1, 6))
    assert code(lent, "11/3(一)") == "weekday_mismatch"
