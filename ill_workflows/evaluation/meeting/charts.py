"""The three charts of the meeting's report: items and fill rate by month, the largest lenders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ill_workflows.evaluation.measures import Measure, Value
from ill_workflows.evaluation.meeting import svg
from ill_workflows.evaluation.meeting.words import Meeting, Words
from ill_workflows.evaluation.period import year_before
from ill_workflows.forms.month import ROC

WIDE, HALF = (672, 196), (324, 204)
LENDERS: Final = 10
_VOLUME: Final = ("loans_lent", "copies_supplied", "requests_refused")


def charts(told: Meeting, words: Words) -> dict[str, str]:
    """The charts as SVG, by name: ``volume``, ``rates``, ``lenders``."""
    months = list(_axis(told.months, words))
    volume = [
        svg.Line(words.measure(name), tuple(told.now[name].by_month[m] for m in told.months))
        for name in _VOLUME
    ]
    rates = (
        svg.Line(words.pick("本期", "This period"), _monthly(told.now["fill_rate"], told.months)),
        svg.Line(
            words.pick("去年同月", "A year before"),
            _monthly(told.last["fill_rate"], year_before(told.months)),
        ),
    )
    lent = told.now["loans_lent"].by_library
    most = sorted(
        ((value, code) for code, value in lent.items() if value), key=lambda one: (-one[0], one[1])
    )[:LENDERS]
    return {
        "volume": svg.lines(
            svg.Words(
                "volume", words.pick("各月件數", "Items by month"),
                words.pick(
                    "折線圖：各月的貸出、複印供應與拒絕件數；沒有資料的月份留空。",
                    "Line chart: loans lent, copies supplied and requests refused by month; "
                    "months without reports are left out.",
                ),
                words.pick("單位：件", "items"),
            ),
            months, volume, WIDE,
        ),
        "rates": svg.lines(
            svg.Words(
                "rates", words.pick("各月滿足率", "Fill rate by month"),
                words.pick(
                    "折線圖：各月滿足率，本期與去年同月。",
                    "Line chart: fill rate by month, now and in the same months a year before.",
                ),
                "%",
            ),
            months, rates, HALF, top=100.0,
        ),
        "lenders": svg.bars(
            svg.Words(
                "lenders", words.pick("貸出最多的十館", "The ten largest lenders"),
                words.pick(
                    "橫條圖：貸出件數最多的十館。", "Bar chart: the ten libraries that lent most."
                ),
            ),
            [(f"{code} {words.library(code)}", value) for value, code in most], HALF,
        ),
    }  # fmt: skip


def _monthly(measure: Measure, months: Sequence[str]) -> tuple[Value, ...]:
    return tuple(measure.by_month[month] for month in months)


def _axis(months: Sequence[str], words: Words) -> Iterable[tuple[str, str]]:
    """The month's number, and below it the year at its first month."""
    year = ""
    for month in months:
        shown = month[:4] if words.english else f"{int(month[:4]) - ROC}年"
        yield str(int(month[5:7])), shown if shown != year else ""
        year = shown
