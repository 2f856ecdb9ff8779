"""What a span of months is called; academic years (學年度) run from 1 August to 31 July."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ill_workflows.evaluation.said import Both, Several
from ill_workflows.forms.month import (
    ROC,
    first_day,
    last_day,
    minguo,
    minguo_day,
    months_between,
    next_month,
)


def academic_year(month: str) -> int:
    """The academic year (Minguo) in which a month lies: 2026-07 → 114, 2026-08 → 115."""
    return int(month[:4]) - ROC - (int(month[5:7]) < 8)


def semester(month: str) -> int:
    """1 (August–January) or 2 (February–July)."""
    return 2 if 2 <= int(month[5:7]) <= 7 else 1


_YEAR: Final = re.compile(r"(\d{3})(?:學年度?)?(?:-([12])|第([12])學期)?")


def months_of_year(text: str) -> list[str] | None:
    """The months of an academic year or semester: ``114``, ``114學年度``, ``114-2``.

    None where it is neither.
    """
    found = _YEAR.fullmatch(text.strip())
    if found is None:
        return None
    year, half = int(found[1]) + ROC, found[2] or found[3]
    first = f"{year + 1}-02" if half == "2" else f"{year}-08"
    return months_between(first, next_month(first, 5 if half else 11))


def month_name(month: str) -> Both:
    """A month: 114年10月, 2025-10."""
    return Both(minguo(month), month)


def _year(year: int) -> Both:
    """An academic year (Minguo): 114學年度, AY 2025/26."""
    return Both(f"{year}學年度", f"AY {_years(year)}")


def _years(year: int) -> str:
    return f"{year + ROC}/{(year + ROC + 1) % 100:02d}"


def _semester(month: str) -> Both:
    year, half = _year(academic_year(month)), semester(month)
    return Both(f"{year}第{half}學期", f"{year.en}, {'1st' if half == 1 else '2nd'} semester")


def span_name(months: Sequence[str]) -> Both:
    """The short name of a span.

    114學年度, 114學年度第1學期, 114年10月, 114年09–10月, 114年09月–115年02月; in English
    AY 2025/26, AY 2025/26, 1st semester, 2025-10, 2025-09 to 2025-10.
    """
    first, last = months[0], months[-1]
    count = len(months)
    if count == 1:
        return month_name(first)
    if first[5:7] == "08" and count % 12 == 0:
        start, end = academic_year(first), academic_year(last)
        several = Both(f"{start}–{end}學年度", f"AY {_years(start)} to {_years(end)}")
        return _year(start) if start == end else several
    if first[5:7] in {"08", "02"} and count == 6:
        return _semester(first)
    until = f"{last[5:7]}月" if first[:4] == last[:4] else minguo(last)
    since = minguo(first)
    since = since[:-1] if first[:4] == last[:4] else since
    return Both(f"{since}–{until}", f"{first} to {last}")


def academic_years(months: Sequence[str]) -> Several:
    """The academic years, or semesters of them, that a span touches."""
    semesters = {(academic_year(m), semester(m)): _semester(m) for m in months}
    years: dict[int, list[Both]] = {}
    for (year, _), name in semesters.items():
        years.setdefault(year, []).append(name)
    return Several(
        (_year(year) if len(halves) == 2 else halves[0] for year, halves in years.items()),
        en="; ",
    )


def span_days(months: Sequence[str]) -> Both:
    """Both ends of a span: in Minguo and ISO dates, in ISO dates alone."""
    first, last = first_day(months[0]), last_day(months[-1])
    iso = f"{first.isoformat()} – {last.isoformat()}"
    return Both(f"{minguo_day(first)}至{minguo_day(last)}（{iso}）", iso)


def span_dates(months: Sequence[str]) -> Both:
    """Both ends of a span, as people write them: 114.11.01–115.10.31, in ISO dates."""
    first, last = first_day(months[0]), last_day(months[-1])
    zh = (f"{day.year - ROC}.{day:%m.%d}" for day in (first, last))
    return Both("–".join(zh), f"{first.isoformat()} – {last.isoformat()}")


def before(months: Sequence[str]) -> tuple[str, ...]:
    """The span of equal length that ends where this one begins."""
    return tuple(next_month(month, -len(months)) for month in months)


def year_before(months: Sequence[str]) -> tuple[str, ...]:
    """The same months a year earlier."""
    return tuple(next_month(month, -12) for month in months)
