"""The kinds of column: how a cell's value is read, and what can be wrong with it.

``read`` answers the value, or :class:`Told` (put right, and worth telling) or
:class:`Trouble` (a finding).  Missing cells never reach a field: the column decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, NamedTuple

from ill_workflows.forms.days import DayTrouble, read_day
from ill_workflows.forms.known import Context
from ill_workflows.forms.month import ROC
from ill_workflows.forms.text import key, plain, trimmed

Kind = Literal["text", "int", "day"]
"""How a column is stored: text, a whole number, a day."""


class Told(NamedTuple):
    """A value that was put right; the sender is told what we read."""

    value: Any


class Trouble(NamedTuple):
    """A value that cannot be used: the finding's code and facts."""

    code: str
    facts: dict[str, Any]


Reading = Any | Told | Trouble
_NUMBER: Final = re.compile(
    r"^(?:NT\$|NTD|\$)?\s*(?P<n>-?[\d,]+)(?:\.0+)?\s*(?P<unit>[^\d\s.,-]{0,3})$"
)
_GROUPED: Final = re.compile(r"^-?\d{1,3}(,\d{3})+$|^-?\d+$")
_UNITS: Final = frozenset("冊本件頁面元張天日筆次份")
_YEAR: Final = re.compile(r"^[\[(c©]*\s*(?P<roc>民國?|中華民國)?\s*(?P<y>\d{2,4})\s*年?[\])]*\.?$")
_CARD: Final = re.compile(r"^(?P<code>.*?[^\d\s-])[\s-]*(?P<number>\d{1,4})$")
_SCIENTIFIC: Final = re.compile(r"^\d(\.\d+)?[eE]\+?\d{2}$")


@dataclass(frozen=True)
class Text:
    """Words kept as typed; an ``identifier`` loses its invisible characters and keeps its zeros."""

    kind: ClassVar[Kind] = "text"
    identifier: bool = False
    limit: int = 500

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a text; a number becomes its digits."""
        if isinstance(value, float | int):
            if self.identifier and abs(value) >= 1e15:
                return Trouble("lost_digits", {})
            value = str(int(value)) if float(value).is_integer() else str(value)
        elif isinstance(value, datetime | date | time | timedelta):
            value = str(value).removesuffix(" 00:00:00")
        text = plain(value) if self.identifier else trimmed(value)
        if self.identifier and _SCIENTIFIC.match(text):
            return Trouble("lost_digits", {})
        if len(text) > self.limit:
            return Trouble("too_long", {"limit": self.limit})
        return text


@dataclass(frozen=True)
class Day:
    """A calendar day.

    ``future`` allows days after the day of receipt (due dates); ``yearless`` says which day a
    text without a year means: the last one not after the period's end, or not after the day of
    receipt, or, with an anchor, the first one on or after the anchor.
    """

    kind: ClassVar[Kind] = "day"
    future: bool = False
    yearless: Literal["period", "received"] = "period"

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:
        """Read a day in any of the ways people write it."""
        latest = ctx.period_end if self.yearless == "period" else ctx.received
        read = read_day(value, latest=latest, earliest=anchor, epoch_1904=ctx.epoch_1904)
        if isinstance(read, DayTrouble):
            return Trouble(read.code, read.facts)
        if not self.future and read.day > ctx.received:
            return Trouble("date_future", {"received": ctx.received.isoformat()})
        return Told(read.day) if read.told else read.day


@dataclass(frozen=True)
class Whole:
    """A whole number: NT$, pages."""

    kind: ClassVar[Kind] = "int"
    least: int = 0
    example: int = 30

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a number; units, commas and full-width digits are understood."""
        told = False
        if isinstance(value, str):
            text = plain(value)
            zeroed = re.sub(r"(?<=\d)[OoＯ〇]", "0", text)
            found = _NUMBER.match(zeroed)
            if not found or not _GROUPED.match(found["n"]):
                return Trouble("number_unreadable", {"example": self.example})
            unit = found["unit"]
            if unit and not set(unit) <= _UNITS:
                return Trouble("number_unreadable", {"example": self.example})
            told = bool(unit) or zeroed != text or any("０" <= c <= "９" for c in value)
            number = int(found["n"].replace(",", ""))
        elif isinstance(value, float | int) and float(value).is_integer():
            number = int(value)
        else:
            return Trouble("number_unreadable", {"example": self.example})
        if number < self.least:
            return Trouble("number_too_small", {"least": self.least})
        if number > 10_000_000:
            return Trouble("number_unreadable", {"example": self.example})
        return Told(number) if told else number


@dataclass(frozen=True)
class Year:
    """A year of publication, Minguo or Gregorian, judged by its size and its own mark."""

    kind: ClassVar[Kind] = "int"

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a year as Gregorian."""
        if isinstance(value, datetime | date):
            return value.year
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        found = _YEAR.match(plain(text))
        if not found:
            return Trouble("year_unreadable", {})
        year = int(found["y"])
        if found["roc"] or year < 1000:
            year += ROC
        if not 1400 <= year <= ctx.received.year + 1:
            return Trouble("year_unreadable", {})
        return year


@dataclass(frozen=True)
class Choice:
    """One of a list; ``also`` maps other spellings to a choice, ``barred`` to a finding's code."""

    name: str
    choices: tuple[str, ...]
    also: tuple[tuple[str, str], ...] = ()
    barred: tuple[tuple[str, str], ...] = ()
    kind: ClassVar[Kind] = "text"

    @cached_property
    def _table(self) -> dict[str, Reading]:
        table: dict[str, Reading] = {key(word): Trouble(code, {}) for word, code in self.barred}
        table.update({key(word): Told(choice) for word, choice in self.also})
        table.update({key(choice): choice for choice in self.choices})
        return table

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a choice in any spelling that differs only in width, case, space or 台/臺."""
        reading = self._table.get(key(str(value)))
        if reading is None:
            listed = "、".join(self.choices[:8]) + ("…" if len(self.choices) > 8 else "")
            return Trouble("choice_unknown", {"choices": listed})
        return reading


@dataclass(frozen=True)
class Card:
    """A loan card's number: a member's code, a hyphen, a number of at least two digits.

    ``own`` cards belong to the library whose sheet it is (the register), the others to
    readers of other libraries (the lender's sheet).
    """

    kind: ClassVar[Kind] = "text"
    own: bool = False

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a card number; what follows the last hyphen is the number, the rest a code."""
        text = plain(str(value)).upper()
        found = _CARD.match(text)
        if not found or int(found["number"]) == 0:
            return Trouble("card_unreadable", self._example(ctx))
        code = found["code"].strip(" -").replace(" ", "")
        if code not in ctx.known.members:
            code = ctx.known.library(code) or ""
        if not code:
            trouble = "card_foreign" if self.own else "card_no_member"
            return Trouble(trouble, {"own": ctx.library, **self._example(ctx)})
        if self.own and code != ctx.library:
            return Trouble("card_foreign", {"own": ctx.library})
        if not self.own and code == ctx.library:
            return Trouble("card_own", {})
        card = f"{code}-{int(found['number']):02d}"
        return card if str(value).strip(" ") == card else Told(card)

    def _example(self, ctx: Context) -> dict[str, Any]:
        return {"example": f"{ctx.library}-07" if self.own else ctx.example_card}


@dataclass(frozen=True)
class Library:
    """A member library, by code, name or alias; ``also`` are further words (未定)."""

    kind: ClassVar[Kind] = "text"
    also: tuple[str, ...] = ()
    own_allowed: bool = False

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a library as its code."""
        spelling = key(str(value))
        if spelling in (key(word) for word in self.also):
            return next(word for word in self.also if key(word) == spelling)
        code = ctx.known.codes.get(spelling)
        told = code is None
        code = code or ctx.known.aliases.get(spelling)
        if code is None:
            other = next((c for c in ctx.known.members if c != ctx.library), ctx.library)
            return Trouble("library_unknown", {"example": other})
        if code == ctx.library and not self.own_allowed:
            return Trouble("library_own", {})
        return Told(code) if told else code


Field = Text | Day | Whole | Year | Choice | Card | Library
