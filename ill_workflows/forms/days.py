"""Days as librarians type them: 114.10.15, 1141015, 10/15(三), 2025-10-15, Excel's numbers."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from ill_workflows.forms.month import ROC
from ill_workflows.forms.text import plain

_SEPARATED: Final = re.compile(
    r"^(?P<roc>民國|中華民國)?\s*(?P<y>\d{1,4})\s*[./\-年]\s*(?P<m>\d{1,2})\s*[./\-月]\s*(?P<d>\d{1,4})\s*日?$"
)
_YEARLESS: Final = re.compile(r"^(?P<m>\d{1,2})\s*[./\-月]\s*(?P<d>\d{1,2})\s*日?$")
_DIGITS: Final = re.compile(r"^(?P<y>\d{3}|\d{4})(?P<m>\d{2})(?P<d>\d{2})$")
_WEEKDAY: Final = re.compile(r"\s*[(（]?\s*(?:星期|週|周|禮拜)?\s*([一二三四五六日天])\s*[)）]?$")
_CLOCK: Final = re.compile(
    r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$|\s*(上午|下午)\s*\d{1,2}:\d{2}(:\d{2})?$"
)
WEEKDAYS: Final = "一二三四五六日"
WEEKDAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SERIAL: Final = range(20_000, 90_000)


class DayRead(NamedTuple):
    """A day that was understood; ``told`` where it was rewritten on the way."""

    day: date
    told: bool = False
    yearless: bool = False


class DayTrouble(NamedTuple):
    """A day that was not understood: code of the finding and its facts."""

    code: str
    facts: dict[str, Any]


def read_day(
    value: Any, *, latest: date, earliest: date | None = None, epoch_1904: bool = False
) -> DayRead | DayTrouble:
    """Read one day.

    A day without a year is the last such day not after ``latest``; where ``earliest`` is
    given (a due date's loan date), the first such day on or after it.
    """
    if isinstance(value, datetime):
        return DayRead(value.date())
    if isinstance(value, date):
        return DayRead(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, epoch_1904=epoch_1904)
    if not isinstance(value, str):
        return DayTrouble("date_unreadable", {})
    return _from_text(value, latest, earliest, epoch_1904=epoch_1904)


def _from_number(value: float, *, epoch_1904: bool) -> DayRead | DayTrouble:
    whole = int(value)
    if whole in _SERIAL:
        start = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
        return DayRead(start + timedelta(days=whole))
    if value == whole and (found := _DIGITS.match(str(whole))):
        return _made(_year(found["y"]), found["m"], found["d"])
    return DayTrouble("date_unreadable", {})


def _from_text(
    typed: str, latest: date, earliest: date | None, *, epoch_1904: bool
) -> DayRead | DayTrouble:
    text = plain(typed)
    told = any("０" <= char <= "９" or char in "．／－" for char in typed)
    zeroed = re.sub(r"(?<=[\d./\-])[Oo〇○]|[Oo〇○](?=[\d./\-])", "0", text)
    zeroed = re.sub(r"(?<=\d)[Oo〇○]", "0", zeroed)
    told = told or zeroed != text
    text = _CLOCK.sub("", zeroed)
    weekday = None
    if found := _WEEKDAY.search(text):
        bare = text[: found.start()].strip()
        if not (found[1] == "日" and _SEPARATED.match(f"{bare}日") and "(" not in found[0]):
            weekday, text = WEEKDAYS.index(found[1].replace("天", "日")), bare
    if text.isdigit():
        read = _from_number(int(text), epoch_1904=epoch_1904)
        if isinstance(read, DayTrouble):
            return read
    elif found := _SEPARATED.match(text):
        read = _separated(found)
    elif found := _YEARLESS.match(text):
        read = _yearless(int(found["m"]), int(found["d"]), latest, earliest)
    else:
        return DayTrouble("date_unreadable", {})
    if isinstance(read, DayTrouble):
        return read
    if weekday is not None and read.day.weekday() != weekday:
        actual = read.day.weekday()
        return DayTrouble(
            "weekday_mismatch",
            {"day": f"{read.day}", "weekday": WEEKDAYS[actual], "weekday_en": WEEKDAYS_EN[actual]},
        )
    return DayRead(read.day, told=told or read.yearless, yearless=read.yearless)


def _separated(found: re.Match[str]) -> DayRead | DayTrouble:
    year, month, day = found["y"], found["m"], found["d"]
    if len(day) == 4:  # 10/15/2025 or 15/10/2025
        return _year_last(int(year), int(month), int(day))
    if len(day) == 3:
        return DayTrouble("date_unreadable", {})
    if found["roc"] or len(year) in (3, 4):
        return _made(_year(year, minguo=bool(found["roc"])), month, day)
    if int(year) < 50:
        return DayTrouble("date_unreadable", {})
    first, second = _made(int(year) + ROC, month, day), _made(int(year) + 1900, month, day)
    if isinstance(first, DayTrouble) or isinstance(second, DayTrouble):
        return first
    return DayTrouble("date_ambiguous", {"first": f"{first.day}", "second": f"{second.day}"})


def _year_last(one: int, two: int, year: int) -> DayRead | DayTrouble:
    readings = []
    for month, day in ((one, two), (two, one)):
        try:
            readings.append(date(year, month, day))
        except ValueError:
            continue
    if not readings:
        return DayTrouble("date_impossible", {})
    if len(set(readings)) == 2:
        return DayTrouble("date_ambiguous", {"first": f"{readings[0]}", "second": f"{readings[1]}"})
    return DayRead(readings[0])


def _yearless(month: int, day: int, latest: date, earliest: date | None) -> DayRead | DayTrouble:
    anchor = earliest or latest
    candidates = []
    for year in range(anchor.year - 8, anchor.year + 9):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    if not candidates:
        return DayTrouble("date_impossible", {})
    if earliest is not None:
        return DayRead(min(c for c in candidates if c >= earliest), yearless=True)
    return DayRead(max(c for c in candidates if c <= latest), yearless=True)


def _year(text: str, *, minguo: bool = False) -> int:
    year = int(text)
    return year + ROC if minguo or year < 1000 else year


def _made(year: int, month: str | int, day: str | int) -> DayRead | DayTrouble:
    if not 1950 <= year <= 2150:
        return DayTrouble("date_unreadable", {})
    try:
        return DayRead(date(year, int(month), int(day)))
    except ValueError:
        return DayTrouble("date_impossible", {})
