"""Months, written ``2026-10`` in data and ``115年10月`` for people."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final

from ill_workflows.forms.text import plain

ROC: Final = 1911
"""Minguo year + 1911 = Gregorian year."""
_WRITTEN: Final = re.compile(
    r"(?P<mark>(?:中華)?民國|西元|公元)?\s*(?P<y>\d{1,4})\s*(?P<s>年度?|[./-])\s*(?P<m>\d{1,2})"
    r"\s*(?:月份?(?:\s*\d{1,2}\s*日?)?|(?P=s)\s*\d{1,2})?",
    re.ASCII,
)
_ZERO: Final = re.compile(r"[Oo〇○]")
_DIGITS: Final = re.compile(r"(?P<mark>)(?P<y>\d{3,4})(?P<m>\d{2})", re.ASCII)


def month_of(day: date) -> str:
    """The month of a day."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(month: str) -> date:
    """The first day of a month."""
    return date(int(month[:4]), int(month[5:7]), 1)


def last_day(month: str) -> date:
    """The last day of a month."""
    return first_day(next_month(month)) - timedelta(days=1)


def next_month(month: str, step: int = 1) -> str:
    """The month ``step`` months later (negative: earlier)."""
    count = int(month[:4]) * 12 + int(month[5:7]) - 1 + step
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """All months of a span, both ends included."""
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return months


def minguo(month: str) -> str:
    """``2026-10`` → ``115年10月``."""
    return f"{int(month[:4]) - ROC}年{month[5:7]}月"


def minguo_day(day: date) -> str:
    """2026-10-15 → ``115年10月15日``."""
    return f"{day.year - ROC}年{day.month}月{day.day}日"


def read_month(value: Any) -> str | None:
    """Read a month in any of the ways people write it; None where it is none."""
    if isinstance(value, date):
        return _made(value.year, value.month)
    if isinstance(value, float) and value.is_integer():
        value = f"{value:.0f}"
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = _ZERO.sub("0", plain(str(value)[:80]))
    found = _WRITTEN.fullmatch(text) or _DIGITS.fullmatch(text)
    if not found:
        return None
    year, month, mark = int(found["y"]), int(found["m"]), found["mark"] or ""
    if mark.endswith("民國") or (not mark and 100 <= year < 1000):
        year += ROC
    return _made(year, month)


def _made(year: int, month: int) -> str | None:
    return f"{year:04d}-{month:02d}" if 1 <= month <= 12 and 1990 <= year <= 2200 else None
