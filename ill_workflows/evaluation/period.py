"""What a span of months is called; academic years (學年度) run from 1 August to 31 July."""

from __future__ import annotations

from collections.abc import Sequence

from ill_workflows.forms.month import ROC, first_day, last_day, minguo, minguo_day, next_month


def academic_year(month: str) -> int:
    """The academic year (Minguo) in which a month lies: 2026-07 → 114, 2026-08 → 115."""
    return int(month[:4]) - ROC - (int(month[5:7]) < 8)


def semester(month: str) -> int:
    """1 (August–January) or 2 (February–July)."""
    return 2 if 2 <= int(month[5:7]) <= 7 else 1


def span_name(months: Sequence[str]) -> str:
    """The short name of a span.

    114學年度, 114學年度第1學期, 114年10月, 114年09–10月, 114年09月–115年02月.
    """
    first, last = months[0], months[-1]
    year, count = academic_year(first), len(months)
    if count == 1:
        return minguo(first)
    if first[5:7] == "08" and count % 12 == 0:
        return f"{year}學年度" if count == 12 else f"{year}–{year + count // 12 - 1}學年度"
    if first[5:7] in {"08", "02"} and count == 6:
        return f"{year}學年度第{semester(first)}學期"
    end = f"{last[5:7]}月" if first[:4] == last[:4] else minguo(last)
    start = minguo(first)
    return f"{start[:-1] if first[:4] == last[:4] else start}–{end}"


def academic_years(months: Sequence[str]) -> str:
    """The academic years, or semesters of them, that a span touches."""
    parts = dict.fromkeys((academic_year(m), semester(m)) for m in months)
    years: dict[int, list[int]] = {}
    for year, half in parts:
        years.setdefault(year, []).append(half)
    return "、".join(
        f"{year}學年度" if len(halves) == 2 else f"{year}學年度第{halves[0]}學期"
        for year, halves in years.items()
    )


def span_days(months: Sequence[str]) -> str:
    """Both ends of a span, in Minguo and ISO dates."""
    first, last = first_day(months[0]), last_day(months[-1])
    return f"{minguo_day(first)}至{minguo_day(last)}（{first.isoformat()} – {last.isoformat()}）"


def before(months: Sequence[str]) -> tuple[str, ...]:
    """The span of equal length that ends where this one begins."""
    return tuple(next_month(month, -len(months)) for month in months)


def year_before(months: Sequence[str]) -> tuple[str, ...]:
    """The same months a year earlier."""
    return tuple(next_month(month, -12) for month in months)
