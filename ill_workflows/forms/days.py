"""Days as librarians type them: 114.10.15, 1141015, 10/15(三), 2025-10-15, Excel's numbers."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from ill_workflows.forms.month import ROC
from ill_workflows.forms.text import full_width, plain

_SEPARATED: Final = re.compile(
    r"(?P<mark>(?:中華)?民國|西元|公元)?\s*(?P<y>\d{1,4})\s*[./\-年]\s*(?P<m>\d{1,2})\s*"
    r"[./\-月]\s*(?P<d>\d{1,4})\s*日?",
    re.ASCII,
)
_YEARLESS: Final = re.compile(r"(?P<m>\d{1,2})\s*[./\-月]\s*(?P<d>\d{1,2})\s*日?", re.ASCII)
_COMPACT: Final = re.compile(r"(?P<y>\d{3,4})(?P<m>\d{2})(?P<d>\d{2})(?:\.0+)?", re.ASCII)
_NUMBER: Final = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_IN_WEEK: Final = r"(?:星期|週|周|禮拜)"
_WEEKDAY: Final = re.compile(
    rf"\s*(?:[(\[]\s*{_IN_WEEK}?\s*([一二三四五六日天])\s*[)\]]|{_IN_WEEK}\s*([一二三四五六日天])"
    r"|([一二三四五六])|(?<=[日\s])(日))$"
)
_CLOCK: Final = re.compile(
    r"(?:T|\s+|(?<=[日)\]]))(?:上午|下午|[AP]M)?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
    r"\s*(?:[AP]M|\+08:?00)?$",
    re.ASCII | re.IGNORECASE,
)
_ZERO: Final = re.compile(r"(?<=[\d./\-年月])[Oo〇○]|[Oo〇○](?=\d)", re.ASCII)
WEEKDAYS: Final = "一二三四五六日"
WEEKDAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEARS: Final = range(1950, 2101)
"""Years that a day of an alliance can lie in; what lies outside was not meant as such a day."""
_EPOCHS: Final = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_SERIALS: Final = range(18_264, 73_051)
"""Excel's numbers of the days of 1950–2099."""


class DayRead(NamedTuple):
    """A day that was understood; ``told`` where it was rewritten on the way."""

    day: date
    told: bool = False
    yearless: bool = False


class DayTrouble(NamedTuple):
    """A day that was not understood: code of the finding and its facts."""

    code: str
    facts: dict[str, Any]


_UNREADABLE: Final = DayTrouble("date_unreadable", {})
_IMPOSSIBLE: Final = DayTrouble("date_impossible", {})


def read_day(
    value: Any,
    latest: date,
    *,
    earliest: date | None = None,
    ahead: date | None = None,
    epoch_1904: bool = False,
) -> DayRead | DayTrouble:
    """Read one day.

    A day without a year is the last such day not after ``latest``; where ``earliest`` is
    given (a due date's loan date), the first such day on or after it.  Where there is one more
    up to ``ahead``, its weekday must tell which of the two is meant.
    """
    if isinstance(value, date):
        return _from_cell(value, epoch_1904=epoch_1904)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, epoch_1904=epoch_1904)
    if not isinstance(value, str):
        return _UNREADABLE
    return _from_text(value, latest, earliest, ahead, epoch_1904=epoch_1904)


def _from_cell(value: date, *, epoch_1904: bool) -> DayRead | DayTrouble:
    day = value.date() if isinstance(value, datetime) else value
    if day.year in YEARS:
        return DayRead(day)
    if day.year < YEARS.start:  # a small number in a cell that shows dates: 114 → 1900-04-23
        return _UNREADABLE
    return _compact(str((day - _EPOCHS[epoch_1904]).days))  # 1141015 there → 5023-12-28


def _from_number(value: float, *, epoch_1904: bool) -> DayRead | DayTrouble:
    if not 0 < value < 1e8:
        return _UNREADABLE
    days = int(value) + (1_462 if epoch_1904 else 0)
    if days in _SERIALS:
        return DayRead(_EPOCHS[False] + timedelta(days=days))
    return _compact(str(int(value))) if value == int(value) else _UNREADABLE


def _compact(digits: str) -> DayRead | DayTrouble:
    found = _COMPACT.fullmatch(digits)
    return _made(_year(found["y"]), found["m"], found["d"]) if found else _UNREADABLE


@lru_cache(maxsize=4_096)
def _from_text(
    typed: str, latest: date, earliest: date | None, ahead: date | None, *, epoch_1904: bool
) -> DayRead | DayTrouble:
    text = plain(typed)
    if len(text) > 40:
        return _UNREADABLE
    zeroed = _ZERO.sub("0", _ZERO.sub("0", text))
    weekday, text = _weekday(_CLOCK.sub("", zeroed))
    if found := _SEPARATED.fullmatch(text):
        read = _separated(found)
    elif found := _YEARLESS.fullmatch(text):
        read = _yearless(int(found["m"]), int(found["d"]), latest, earliest)
        if ahead is not None and isinstance(read, DayRead):
            read = _last_or_next(read, latest, ahead, weekday)
    elif _NUMBER.fullmatch(text):
        read = _from_number(float(text), epoch_1904=epoch_1904)
    else:
        read = _compact(text)
    if isinstance(read, DayTrouble):
        return read
    if weekday is not None and read.day.weekday() != weekday:
        actual = read.day.weekday()
        return DayTrouble(
            "weekday_mismatch",
            {"day": f"{read.day}", "weekday": WEEKDAYS[actual], "weekday_en": WEEKDAYS_EN[actual]},
        )
    told = read.yearless or zeroed != plain(typed) or full_width(typed)
    return DayRead(read.day, told=told, yearless=read.yearless)


def _weekday(text: str) -> tuple[int | None, str]:
    """The weekday at the end of a text, and the text before it.

    A bare 日 after a digit is the 日 of 10月15日; after a space it is Sunday, unless 月 says
    that it is the former.
    """
    found = _WEEKDAY.search(text)
    if found is None:
        return None, text
    bare = text[: found.start()].strip()
    if found[4] and "月" in bare and not bare.endswith("日"):
        return None, text
    said = found[1] or found[2] or found[3] or found[4]
    return WEEKDAYS.index(said.replace("天", "日")), bare


def _separated(found: re.Match[str]) -> DayRead | DayTrouble:
    mark, year, month, day = found["mark"], found["y"], found["m"], found["d"]
    if len(day) == 4 and not mark and len(year) <= 2:  # 10/15/2025 or 15/10/2025
        return _either(_made(int(day), year, month), _made(int(day), month, year))
    if len(day) > 2:
        return _UNREADABLE
    if mark:
        return _made(int(year) + (ROC if mark.endswith("民國") else 0), month, day)
    if len(year) > 2:
        return _made(_year(year), month, day)
    if int(year) < 50:
        return _UNREADABLE
    return _either(_made(int(year) + ROC, month, day), _made(int(year) + 1900, month, day))


def _either(one: DayRead | DayTrouble, other: DayRead | DayTrouble) -> DayRead | DayTrouble:
    """Two ways to read a day: a finding, unless only one of the two exists."""
    if isinstance(one, DayTrouble) or one == other:
        return other
    if isinstance(other, DayTrouble):
        return one
    return DayTrouble("date_ambiguous", {"first": f"{one.day}", "second": f"{other.day}"})


def _yearless(month: int, day: int, latest: date, earliest: date | None) -> DayRead | DayTrouble:
    anchor = earliest or latest
    candidates = []
    for year in range(anchor.year - 8, anchor.year + 9):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if not candidates:
        return _IMPOSSIBLE
    if earliest is not None:
        return DayRead(min(c for c in candidates if c >= earliest), yearless=True)
    return DayRead(max(c for c in candidates if c <= latest), yearless=True)


def _last_or_next(
    last: DayRead, latest: date, ahead: date, weekday: int | None
) -> DayRead | DayTrouble:
    """A day without a year that is past, unless the next such day lies ahead: then its weekday
    tells which of the two it is, or nothing does.
    """  # noqa: D205
    day = last.day
    following = _yearless(day.month, day.day, latest, latest + timedelta(days=1))
    if isinstance(following, DayTrouble) or following.day > ahead:
        return last
    if weekday is None:
        return _either(last, following)
    return following if following.day.weekday() == weekday else last


def _year(text: str) -> int:
    year = int(text)
    return year + ROC if year < 1000 else year


def _made(year: int, month: str, day: str) -> DayRead | DayTrouble:
    if year not in YEARS:
        return _UNREADABLE
    try:
        return DayRead(date(year, int(month), int(day)))
    except ValueError:
        return _IMPOSSIBLE
