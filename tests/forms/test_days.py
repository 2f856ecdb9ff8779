from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.forms.days import WEEKDAYS, DayRead, DayTrouble, read_day

END = date(2025, 10, 31)
DAY = date(2025, 10, 15)
DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))
FULL = str.maketrans("0123456789./-", "０１２３４５６７８９．／－")
WITH_YEAR = {
    "dots": lambda d, y: f"{y}.{d.month}.{d.day}",
    "slashes": lambda d, y: f"{y}/{d.month}/{d.day}",
    "padded": lambda d, y: f"{y}/{d.month:02d}/{d.day:02d}",
    "hyphens": lambda d, y: f"{y}-{d.month:02d}-{d.day:02d}",
    "words": lambda d, y: f"{y}年{d.month}月{d.day}日",
    "spaced words": lambda d, y: f"{y} 年 {d.month} 月 {d.day} 日",
    "weekday": lambda d, y: f"{y}.{d.month}.{d.day}({WEEKDAYS[d.weekday()]})",
    "full-width weekday": lambda d, y: f"{y}年{d.month}月{d.day}日（{WEEKDAYS[d.weekday()]}）",
    "said weekday": lambda d, y: f"{y}/{d.month}/{d.day} 星期{WEEKDAYS[d.weekday()]}",
    "bare weekday": lambda d, y: f"{y}年{d.month}月{d.day}日 {WEEKDAYS[d.weekday()]}",
}
"""Ways to write a day; the year is Minguo (three digits) or Gregorian."""


def read(typed: Any, **more: Any) -> DayRead | DayTrouble:
    return read_day(typed, **{"latest": END, **more})


def day(typed: Any, **more: Any) -> date:
    found = read(typed, **more)
    assert isinstance(found, DayRead), (typed, found)
    return found.day


def trouble(typed: Any, **more: Any) -> str:
    found = read(typed, **more)
    assert isinstance(found, DayTrouble), (typed, found)
    return found.code


@given(DAYS, st.sampled_from(sorted(WITH_YEAR)))
def test_a_day_with_a_gregorian_year_is_read_as_that_day(d, way):
    assert read(WITH_YEAR[way](d, d.year)) == DayRead(d)


@given(DAYS, st.sampled_from(sorted(WITH_YEAR)))
def test_a_day_marked_minguo_is_read_as_that_day(d, way):
    assert read("民國" + WITH_YEAR[way](d, d.year - 1911)) == DayRead(d)
    assert read("中華民國 " + WITH_YEAR[way](d, d.year - 1911)) == DayRead(d)


@given(st.dates(date(2011, 1, 1), date(2035, 12, 31)), st.sampled_from(sorted(WITH_YEAR)))
def test_a_day_with_a_three_digit_year_is_minguo(d, way):
    assert read(WITH_YEAR[way](d, d.year - 1911)) == DayRead(d)


@given(DAYS)
def test_digits_without_separators_are_read_by_their_number(d):
    minguo = f"{d.year - 1911:03d}{d:%m%d}"
    for typed in (f"{d:%Y%m%d}", minguo, f"{d:%Y%m%d}.0"):
        assert read(typed) == DayRead(d)
    assert read(int(f"{d:%Y%m%d}")) == DayRead(d)
    if d.year >= 2011:
        assert read(int(minguo)) == DayRead(d) == read(float(minguo))


@given(DAYS, st.booleans())
def test_a_serial_number_is_read_in_the_workbooks_own_epoch(d, epoch_1904):
    start = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    serial = (d - start).days
    for typed in (serial, float(serial), serial + 0.75, str(serial)):
        assert read(typed, epoch_1904=epoch_1904) == DayRead(d)


@given(DAYS, st.times())
def test_a_date_cell_is_its_day_whatever_its_hour(d, hour):
    assert read(d) == DayRead(d) == read(datetime.combine(d, hour))
    clock = hour.replace(microsecond=0)
    assert read(f"{d}T{clock}") == DayRead(d) == read(f"{d} {clock}")


@given(DAYS, st.sampled_from(sorted(WITH_YEAR)))
def test_full_width_digits_are_read_and_told(d, way):
    assert read(WITH_YEAR[way](d, d.year).translate(FULL)) == DayRead(d, told=True)


@pytest.mark.parametrize("zero", "Oo〇○")
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("114.1{}.15", DAY), ("114.1{}.{}5", date(2025, 10, 5)), ("2{}25/1{}/15", DAY),
        ("114.{}9.{}3", date(2025, 9, 3)), ("11410{}3", date(2025, 10, 3)),
        ("2{}{}9.1.1", date(2009, 1, 1)), ("114年1{}月{}5日", date(2025, 10, 5)),
    ],
)  # fmt: skip
def test_a_letter_for_zero_is_read_and_told(typed, wanted, zero):
    assert read(typed.replace("{}", zero)) == DayRead(wanted, told=True)


@given(DAYS, st.sampled_from(["{m}/{d}({w})", "{m}/{d}（{w}）", "{m}.{d} 週{w}", "{m}月{d}日({w})",
                              "{m}月{d}日", "{m}/{d}", "{m}/{d}{w}", "{m}-{d} 星期{w}"]),
       st.integers(0, 365))  # fmt: skip
def test_a_day_without_a_year_is_the_last_such_day_of_the_year_before_the_end(d, way, later):
    latest = d + timedelta(days=later)
    if (d.month, d.day) == (2, 29) or date(d.year + 1, d.month, d.day) <= latest:
        return
    sunday = way.endswith("{d}{w}") and d.weekday() == 6  # 10/12日 is no weekday
    typed = way.format(m=d.month, d=d.day, w=WEEKDAYS[d.weekday()])
    assert read(typed, latest=latest) == DayRead(d, told=True, yearless=True), sunday


@given(DAYS, st.integers(0, 364))
def test_a_due_date_without_a_year_is_the_first_such_day_on_or_after_the_loan(d, before):
    earliest = d - timedelta(days=before)
    if (d.month, d.day) == (2, 29):
        return
    found = read(f"{d.month}/{d.day}", earliest=earliest, latest=date(1980, 1, 1))
    assert found == DayRead(d, told=True, yearless=True)


@given(DAYS, st.integers(1, 6))
def test_a_weekday_that_does_not_match_is_a_finding_and_names_the_right_one(d, off):
    wrong = WEEKDAYS[(d.weekday() + off) % 7]
    for typed in (f"{d.month}/{d.day}({wrong})", f"{d.year}.{d.month}.{d.day} 星期{wrong}"):
        found = read(typed, latest=d)
        assert isinstance(found, DayTrouble)
        assert found.code == "weekday_mismatch"
        assert (found.facts["day"], found.facts["weekday"]) == (f"{d}", WEEKDAYS[d.weekday()])


def test_a_day_of_october_without_a_weekday_is_no_sunday():
    for typed in ("10月15日", "10月15 日", "114年10月15日", "114.10.15日", "10/15日"):
        assert day(typed) == DAY
    assert day("10月12日日") == day("10月12日（日）") == day("10/12 日") == date(2025, 10, 12)
    assert trouble("10/13 日") == trouble("10月13日日") == "weekday_mismatch"
    assert day("10/12（天）") == date(2025, 10, 12)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("  114.10.15 ", DAY), ("114.10.15\u200b", DAY), ("\u3000114/10/15", DAY),
        ("114–10–15", DAY), ("114－10－15", DAY), ("2025−10−15", DAY), ("西元2025年10月15日", DAY),
        ("2025-10-15T00:00:00", DAY), ("2025/10/15 下午 03:30:00", DAY), ("2025-10-15 3:30 PM", DAY),
        ("2025-10-15T08:00:00+08:00", DAY), ("10/15/2025", DAY), ("15/10/2025", DAY),
        ("10/10/2025", date(2025, 10, 10)), ("0981015", date(2009, 10, 15)),
        ("97/2/29", date(2008, 2, 29)), ("96/2/29", date(1996, 2, 29)), ("113.2.29", date(2024, 2, 29)),
        ("３／５", date(2025, 3, 5)), ("12/25", date(2024, 12, 25)), ("2/29", date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_odd_spellings_that_mean_one_day_are_read_as_it(typed, wanted):
    assert day(typed) == wanted


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("98/9/9", "2009-09-09", "1998-09-09"), ("98年9月9日", "2009-09-09", "1998-09-09"),
        ("75.1.31", "1986-01-31", "1975-01-31"), ("10/11/2025", "2025-10-11", "2025-11-10"),
    ],
)  # fmt: skip
def test_a_day_that_could_be_two_is_a_finding_that_names_both(typed, first, second):
    assert read(typed) == DayTrouble("date_ambiguous", {"first": first, "second": second})


@pytest.mark.parametrize(
    "typed",
    ["114.2.29", "114/9/31", "114.13.1", "20250230", 1140230, "2/30", "13/45", "31/31/2025",
     "114.0.5", "98/2/30", "民國113年2月30日"],
)  # fmt: skip
def test_a_day_that_does_not_exist_is_a_finding(typed):
    assert trouble(typed) == "date_impossible"


@pytest.mark.parametrize(
    "typed",
    ["上週", "月底", "9月", "14/10/15", "981015", "88105", "114.10", "2025/10", "10/15–10/20",
     "10/15、10/16", "1140/10/15", "999/1/1", "10/15/114", "民國10/15/2025", "西元114/10/15",
     "2025-10-14T16:00:00Z", "10:30", "45945号", "፩፪", "²", "9" * 5000, "-45945", "O",
     0, -1, 114, 114.1, 45945678, 1e300, float("nan"), float("inf"), True, time(8), None,
     timedelta(days=3), object()],
)  # fmt: skip
def test_what_names_no_day_is_a_finding_and_never_raises(typed):
    assert trouble(typed) == "date_unreadable"


def test_minguo_digits_in_a_cell_that_shows_dates_are_read_as_they_were_typed():
    shown_by_excel = date(1899, 12, 30) + timedelta(days=1_141_015)
    assert shown_by_excel.year == 5023
    assert read(shown_by_excel) == DayRead(DAY)
    later = date(1904, 1, 1) + timedelta(days=1_141_015)
    assert read(datetime.combine(later, time()), epoch_1904=True) == DayRead(DAY)
    assert read(20130121.0) == DayRead(date(2013, 1, 21))


def test_a_small_number_in_a_cell_that_shows_dates_is_no_day_of_1900():
    assert trouble(date(1900, 4, 23)) == "date_unreadable"
    assert trouble(datetime.combine(date(1905, 7, 1), time())) == "date_unreadable"


@given(st.text(alphabet="0123456789０１Oo〇./-年月日 　()（三日一T:民國星期\u200b", max_size=14))
def test_anything_typed_from_the_signs_of_days_is_a_day_or_a_finding(typed):
    found = read(typed, earliest=DAY)
    assert isinstance(found, DayRead | DayTrouble)
    if isinstance(found, DayRead):
        assert 1950 <= found.day.year <= 2100
