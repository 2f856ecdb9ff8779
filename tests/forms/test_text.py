from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.forms.book import CellError, NoValue, address, letters
from ill_workflows.forms.month import (
    first_day,
    last_day,
    minguo,
    minguo_day,
    months_between,
    next_month,
    read_month,
)
from ill_workflows.forms.text import is_blank, key, plain, shown, trimmed

MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1990, 2100), st.integers(1, 12))


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\u3000", "\u200b", "\ufeff \xa0", "-", "–", "—", "－", "−", "--", "---", "無", "沒有",
     "N/A", "n/a", "Ｎ／Ａ", "NA", "n.a.", "?", "？", "??", "/", "／", " 無 ", "未填", "None", "\u3164"],
)  # fmt: skip
def test_the_words_for_nothing_are_blank(typed):
    assert is_blank(typed)


@pytest.mark.parametrize("typed", ["0", "０", "無名", "-1", "?!", "免", "未還", "N", "#N/A", "."])
def test_zero_and_words_that_say_something_are_not_blank(typed):
    assert not is_blank(typed)


def test_two_spellings_of_a_label_have_one_key():
    assert key("台墨示範科技大學") == key("臺墨 示範科技大學") == key("臺\u200b墨示範科技大學\n")
    assert key("ＷｅｂＰＡＣ") == key("webpac") == key(" Web PAC ")
    assert plain("ＮＳＵＴ—０７ ") == "NSUT-07"
    assert trimmed("\ufeff 輪機  工程\u200b ") == "輪機  工程"


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (" NSUT-07", "␣NSUT-07"), ("NSUT-07  ", "NSUT-07␣␣"), ("a\u200bb", "a⟨U+200B⟩b"),
        ("a\u3000b", "a□b"), ("a\xa0b", "a␣b"), ("a\nb\tc", "a↵b⇥c"), ("\u202eabc", "⟨U+202E⟩abc"),
        ("a\x0bb", "a⟨U+000B⟩b"), ("\ud800", "⟨U+D800⟩"), ("a\u3164", "a⟨U+3164⟩"),
        ("\ue000", "⟨U+E000⟩"), (45945.0, "45945"), (15.5, "15.5"),
        (date(2025, 9, 3), "2025-09-03"), (CellError("#REF!"), "#REF!"), (NoValue("=A1"), "=A1"),
        (float("nan"), "nan"), ("   ", "␣␣␣"), ("輪機", "輪機"),
    ],
)  # fmt: skip
def test_what_was_read_is_shown_with_its_invisible_characters(value, seen):
    assert shown(value).startswith(seen)


@given(st.text(max_size=400))
def test_whatever_is_shown_is_short_and_visible(typed):
    assert len(shown(typed)) <= 60
    assert shown(typed).replace(" ", "").isprintable()


@given(st.text(max_size=80))
def test_making_text_plain_twice_changes_nothing(typed):
    assert plain(plain(typed)) == plain(typed)
    assert trimmed(trimmed(typed)) == trimmed(typed)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("115年10月", "2026-10"), ("114年10月", "2025-10"), ("民國114年10月", "2025-10"),
        ("１１４年１０月", "2025-10"), ("114年1O月", "2025-10"), ("114/10", "2025-10"),
        ("114.10", "2025-10"), ("2025-10", "2025-10"), ("2025年10月份", "2025-10"),
        ("11410", "2025-10"), (11410.0, "2025-10"), ("202510", "2025-10"), (202510, "2025-10"),
        ("114年10月15日", "2025-10"), ("2025-10-01", "2025-10"), ("民國98年10月", "2009-10"),
        ("西元2025年10月", "2025-10"), (" 114 年 10 月 ", "2025-10"), (date(2025, 10, 1), "2025-10"),
        (datetime.combine(date(2025, 10, 31), time(9)), "2025-10"),
    ],
)  # fmt: skip
def test_a_month_is_read_in_each_way_it_is_written(typed, month):
    assert read_month(typed) == month


@pytest.mark.parametrize(
    "typed",
    ["", "10月", "114年", "114年13月", "114/0", "98年10月", "98/10", 114.1, "114年10-11月",
     "114/10-11", "114/101", "1141015", "45931", 45931.0, "十月", True, None, date(1900, 4, 23),
     float("nan"), "9" * 5000, "西元114年10月", CellError("#REF!")],
)  # fmt: skip
def test_what_names_no_month_or_could_be_two_is_none(typed):
    assert read_month(typed) is None


@given(MONTHS)
def test_a_month_written_in_minguo_is_read_back(month):
    assert read_month(minguo(month)) == month if int(month[:4]) >= 2011 else True
    assert read_month(f"民國{minguo(month)}") == month == read_month(month)
    assert first_day(month).day == 1
    assert (last_day(month) - first_day(next_month(month))).days == -1


@given(MONTHS, st.integers(0, 40))
def test_the_months_of_a_span_follow_each_other(month, more):
    span = months_between(month, next_month(month, more))
    assert len(span) == more + 1
    assert all(next_month(a) == b for a, b in pairwise(span))
    assert next_month(span[-1], -more) == month


def test_days_and_cells_are_written_as_people_know_them():
    assert minguo_day(date(2026, 10, 5)) == "115年10月5日"
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]  # fmt: skip
    assert address(12, 27) == "AB12"
