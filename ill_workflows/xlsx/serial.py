"""Days as a workbook keeps them: a number, and a format that shows it as a day."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

Shown = Literal["day", "span"]
"""What a format makes of a number: a day or a time of day, or hours and minutes that passed."""
_BUILT_IN: Final[dict[str, Shown]] = {
    **{str(key): "day" for key in (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))},
    "46": "span",
}  # fmt: skip
"""Formats that no workbook spells out (ECMA-376, 18.8.30); 27 to 36 and 50 to 58 are those of
Excel's Chinese, Japanese and Korean editions."""
_SPAN: Final = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
_NO_FORMAT: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|[_\\*].')
_LETTERS: Final = re.compile("[dmhys]", re.IGNORECASE)
_LONGEST: Final = 255
"""Characters of a number format."""
_WINDOWS, _MAC, _MIDNIGHT = (
    datetime.combine(day, time.min) for day in (date(1899, 12, 30), date(1904, 1, 1), date.min)
)
_LEAP_DAY: Final = 60
"""The 29th of February 1900, which only Excel's calendar has: days before it lie one later."""
_MILLISECONDS: Final = 86_400_000


def shown_by(number: str, code: str | None) -> Shown | None:
    """What a number format makes of a number; ``code`` where the workbook spells it out."""
    if code is None:
        return _BUILT_IN.get(number)
    first = code[:_LONGEST].partition(";")[0]
    if _SPAN.search(first):
        return "span"
    return "day" if _LETTERS.search(_NO_FORMAT.sub("", first)) else None


def from_serial(
    number: float, shown: str, *, epoch_1904: bool
) -> float | date | datetime | time | timedelta:
    """A number in a cell that shows days; itself, where there is no such day."""
    if number < 0:
        return number
    try:
        return _span(number) if shown == "span" else _moment(number, epoch_1904=epoch_1904)
    except (OverflowError, ValueError):
        return number


def _span(number: float) -> timedelta:
    return timedelta(milliseconds=round(number * _MILLISECONDS))


def _moment(number: float, *, epoch_1904: bool) -> date | datetime | time:
    whole, fraction = divmod(number, 1)
    passed = timedelta(milliseconds=round(fraction * _MILLISECONDS))
    if number < 1 and not passed.days:
        return (_MIDNIGHT + passed).time()
    if not epoch_1904 and number < _LEAP_DAY:
        whole += 1
    found = (_MAC if epoch_1904 else _WINDOWS) + timedelta(days=whole) + passed
    return found if found.time() != time.min else found.date()
