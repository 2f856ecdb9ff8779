"""How a librarian types what is known: days in many ways, cards without their hyphen, units.

Whatever is typed here can be understood in exactly one way; what cannot is in ``faults``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any, Final

from ill_workflows.demo.libraries import Invented
from ill_workflows.forms.days import WEEKDAYS
from ill_workflows.forms.fields import Card, Choice, Day, Library, Whole, Year
from ill_workflows.forms.form import Column
from ill_workflows.forms.month import ROC

_WIDE: Final = str.maketrans(
    "0123456789.-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "０１２３４５６７８９．－ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ",
)
_ODD: Final = (0.0, 0.04, 0.12, 0.35)
"""How often, by mess, a cell is typed otherwise than the form suggests."""
_UNITS: Final = {"pages": "頁", "fee": "元", "fine": "元", "fine_paid": "元"}
_NOTHING: Final = ("無", "-", "無", "N/A")
_SPELLINGS: Final = frozenset(
    {
        "影印",
        "掃描",
        "書籍",
        "已提供",
        "退件",
        "論文",
        "期刊論文",
        "光碟",
        "附件",
        "老師",
        "email",
        "借書",
    }
)
"""Other spellings of a choice that people really type."""


class Hand:
    """One library's way of typing on one sheet.

    ``period_end`` and ``received`` say which day a day without a year would be taken for.
    """

    def __init__(
        self, place: Invented, names: Mapping[str, Invented], rng: Random, period_end: date,
        received: date,
    ) -> None:  # fmt: skip
        self._place, self._names, self._rng = place, names, rng
        self._period_end, self._received = period_end, received
        self._odd = _ODD[place.habits.mess]

    def row(self, columns: tuple[Column, ...], facts: Mapping[str, Any]) -> dict[str, Any]:
        """A row as it is typed: key → cell; what is empty is left out."""
        typed = {}
        for column in columns:
            value = facts.get(column.key)
            if value is None or value == "":
                if self._says_nothing(column):
                    typed[column.key] = self._rng.choice(_NOTHING)
                continue
            typed[column.key] = self._cell(column, value, facts)
        return typed

    def _says_nothing(self, column: Column) -> bool:
        optional = column.required == "" and not isinstance(column.field, Choice)
        return optional and self._odd > 0.1 and self._rng.random() < self._odd / 3

    def _cell(self, column: Column, value: Any, facts: Mapping[str, Any]) -> Any:
        kind, odd = column.field, self._rng.random() < self._odd
        if isinstance(kind, Day):
            return self.day(value, self._latest(column, kind), facts.get(column.anchor))
        if isinstance(kind, Library):
            return self._library(value, odd=odd)
        return self._oddly(column, value) if odd else value

    def _oddly(self, column: Column, value: Any) -> Any:
        kind = column.field
        if isinstance(kind, Card):
            return self._card(value)
        if isinstance(kind, Whole):
            return self._number(value, _UNITS[column.key])
        if isinstance(kind, Year):
            return self._year(value)
        if isinstance(kind, Choice):
            return self._choice(kind, value)
        return self._text(value, column.key)

    def _latest(self, column: Column, kind: Day) -> date | None:
        if column.anchor:
            return None
        return self._received if kind.yearless == "received" else self._period_end

    def day(self, day: date, latest: date | None, anchor: date | None = None) -> Any:
        """A day; without its year only where it cannot be taken for another year's."""
        way = self._rng.choice(self._place.habits.days_typed)
        year, month, number = day.year - ROC, day.month, day.day
        dotted = f"{year}.{month}.{number}"
        if way == "yearless" and not _one_meaning(day, latest, anchor):
            return dotted
        return {
            "date": day,
            "dotted": dotted,
            "wide": dotted.translate(_WIDE),
            "slashed": f"{year}/{month:02d}/{number:02d}",
            "digits": f"{year}{month:02d}{number:02d}",
            "spoken": f"{year}年{month}月{number}日",
            "western": f"{day.year}/{month}/{number}",
            "yearless": f"{month}/{number}({WEEKDAYS[day.weekday()]})",
        }[way]

    def _card(self, card: str) -> str:
        code, _, number = card.rpartition("-")
        ways = (
            f"{code.lower()}{number}",
            f"{code} {number}",
            card.translate(_WIDE),
            f"{code}–{number}",
        )
        return self._rng.choice(ways)

    def _library(self, code: str, *, odd: bool) -> str:
        place = self._names.get(code)
        if place is None:
            return code
        if not odd:
            return code if self._place.habits.mess == 0 else self._rng.choice((code, place.name))
        swapped = place.name.translate({ord("台"): "臺", ord("臺"): "台"})
        return self._rng.choice((*place.aliases, code.lower(), f"{place.name}圖書館", swapped))

    def _number(self, number: int, unit: str) -> str:
        ways = (f"{number}{unit}", str(number).translate(_WIDE), f"{number:,}")
        return self._rng.choice(ways)

    def _year(self, year: int) -> Any:
        return self._rng.choice(
            (f"民國{year - ROC}", year - ROC, f"{year}年", str(year).translate(_WIDE))
        )

    def _choice(self, kind: Choice, choice: str) -> str:
        others = [word for word, meant in kind.also if meant == choice and word in _SPELLINGS]
        return self._rng.choice([*others, f"{choice} "])

    def _text(self, text: str, key: str) -> str:
        if key in {"item", "request_no", "patron", "email"}:
            return f" {text}  "
        return self._rng.choice((f"{text}  ", f"　{text}", f"{text}\u200b"))


def _one_meaning(day: date, latest: date | None, anchor: date | None) -> bool:
    if day.month == 2 and day.day == 29:
        return False
    if anchor is not None:
        return 0 <= (day - anchor).days < 365
    return latest is not None and 0 <= (latest - day).days < 365
