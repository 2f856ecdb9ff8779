"""The kinds of column: how a cell's value is read, and what can be wrong with it.

``read`` answers the value, or :class:`Told` (put right, and worth telling) or
:class:`Trouble` (a finding).  Missing cells never reach a field: the column decides.
``at_once`` looks at a column's different values together, and answers what ``read`` would for
those that are written as we would write them; most are.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, NamedTuple

from ill_workflows.forms.cardnumber import read_card
from ill_workflows.forms.days import YEARS, DayTrouble, read_day
from ill_workflows.forms.known import Context, Known
from ill_workflows.forms.month import ROC
from ill_workflows.forms.text import at_a_glance, full_width, key, plain, trimmed

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
    r"(?:NT\$?|NTD|\$)?\s*(?P<n>-?\d{1,12}|-?\d{1,3}(?:,\d{3}){1,3})(?:\.0+)?"
    r"\s*(?P<unit>[^\d\s.,-]{0,3})",
    re.ASCII | re.IGNORECASE,
)
_UNITS: Final = frozenset("冊本件頁面元張天日筆次份整")
_YEAR: Final = re.compile(
    r"[\[(]*(?P<mark>(?:中華)?民國?|西元|公元|[c©])?\s*(?P<y>\d{1,4})\s*年?[\])]*\.?",
    re.ASCII | re.IGNORECASE,
)
_ZERO: Final = re.compile(r"(?<=\d)[OoＯ〇○]", re.ASCII)
_TWICE: Final = re.compile(r"(\S+?)\s*[\s(\[:/-]\s*(\S+?)\s*[)\]]?")
FAR: Final = 1_100
"""Days after the day of receipt (three years) beyond which a day to come was mistyped."""
MOST: Final = 10_000_000
"""NT$ or pages beyond which a number was not meant as such."""
_WELL_WRITTEN: Final = re.compile(r"([A-Z][A-Z0-9]*)-(?:(?!00)[0-9]{2}|[1-9][0-9]{2})")
"""A card's number as we write it ourselves."""
_SCIENTIFIC: Final = re.compile(r"-?\d(\.\d+)?[eE]\+\d{2,3}", re.ASCII)


@dataclass(frozen=True)
class Text:
    """Words kept as typed; an ``identifier`` loses its invisible characters and keeps its zeros."""

    kind: ClassVar[Kind] = "text"
    identifier: bool = False
    limit: int = 500

    def at_once(self, values: Collection[Any], ctx: Context) -> dict[Any, Any]:  # noqa: ARG002
        """Texts that say something and hide nothing; identifiers that Excel cannot have cut."""
        texts = [value for value in values if type(value) is str and len(value) <= self.limit]
        good = at_a_glance(texts)
        if not self.identifier:
            return {text: text.rstrip() for text in good}
        if not _no_number("".join(good)):
            good = [text for text in good if _no_number(text)]
        return dict(zip(good, good, strict=True))

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a text; a number becomes its digits."""
        if type(value) is str:
            pass
        elif isinstance(value, float | int) and not isinstance(value, bool):
            if self.identifier and not abs(value) < 1e15:
                return Trouble("lost_digits", {})
            whole = isinstance(value, float) and value.is_integer()
            value = f"{value:.0f}" if whole else str(value)
        elif not isinstance(value, str):
            value = str(value).removesuffix(" 00:00:00")
        text = plain(value) if self.identifier else trimmed(value)
        if self.identifier and ("E" in text or "e" in text) and _SCIENTIFIC.fullmatch(text):
            return Trouble("lost_digits", {})
        if len(text) > self.limit:
            return Trouble("too_long", {"limit": self.limit})
        return text


def _no_number(text: str) -> bool:
    """Whether an identifier is as we write it, and for certain none that Excel cut (1.2E+12)."""
    return text.isascii() and " " not in text and "e" not in text and "E" not in text


@dataclass(frozen=True)
class Day:
    """A calendar day.

    ``future`` allows days after the day of receipt, up to ``far`` of them.  ``yearless`` says which
    day a text without a year means: the last one not after the period's end, or the day of
    receipt, or ``either`` that or one ahead; with an anchor, the first one on or after it.
    """

    kind: ClassVar[Kind] = "day"
    future: bool = False
    far: int = FAR
    yearless: Literal["period", "received", "either"] = "period"

    def at_once(self, values: Collection[Any], ctx: Context) -> dict[Any, Any]:
        """Cells that Excel shows as days, within the years of an alliance."""
        first, last = date(YEARS.start, 1, 1), self._last(ctx)
        return {day: day for day in values if type(day) is date and first <= day <= last}

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:
        """Read a day in any of the ways people write it."""
        latest = ctx.period_end if self.yearless == "period" else ctx.received
        ahead = self._last(ctx) if self.yearless == "either" else None
        read = read_day(value, latest, earliest=anchor, ahead=ahead, epoch_1904=ctx.epoch_1904)
        if isinstance(read, DayTrouble):
            return Trouble(read.code, read.facts)
        if read.day > self._last(ctx):
            code = "date_far" if self.future else "date_future"
            return Trouble(code, {"received": ctx.received.isoformat()})
        return Told(read.day) if read.told else read.day

    def _last(self, ctx: Context) -> date:
        """The last day that was meant."""
        return ctx.received + timedelta(days=self.far) if self.future else ctx.received


@dataclass(frozen=True)
class Whole:
    """A whole number: NT$, pages."""

    kind: ClassVar[Kind] = "int"
    least: int = 0
    example: int = 30

    def at_once(self, values: Collection[Any], ctx: Context) -> dict[Any, Any]:  # noqa: ARG002
        """Whole numbers of a size that was meant."""
        least = self.least
        return {n: int(n) for n in values if type(n) is float and least <= n <= MOST and n % 1 == 0}

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a number; units, commas and full-width digits are understood."""
        told, number = False, MOST + 1
        if isinstance(value, str):
            text = plain(value)
            zeroed = _ZERO.sub("0", text)
            found = _NUMBER.fullmatch(zeroed)
            if found and set(found["unit"]) <= _UNITS:
                told = bool(found["unit"]) or zeroed != text or full_width(value)
                number = int(found["n"].replace(",", ""))
        elif isinstance(value, float | int) and not isinstance(value, bool):
            number = int(value) if abs(value) <= MOST and value == int(value) else number
        if number > MOST:
            return Trouble("number_unreadable", {"example": self.example})
        if number < self.least:
            return Trouble("number_too_small", {"least": self.least})
        return Told(number) if told else number


@dataclass(frozen=True)
class Year:
    """A year of publication, Minguo or Gregorian, judged by its size and its own mark."""

    kind: ClassVar[Kind] = "int"

    def at_once(self, values: Collection[Any], ctx: Context) -> dict[Any, Any]:
        """Gregorian years as numbers."""
        last = ctx.received.year + 1
        return {n: int(n) for n in values if type(n) is float and 1400 <= n <= last and n % 1 == 0}

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a year as Gregorian."""
        if isinstance(value, date):  # a bare 2009 in a cell that shows dates is a day of 1905
            year = value.year if value.year >= 1910 else 0
        else:
            whole = isinstance(value, float) and value.is_integer()
            found = _YEAR.fullmatch(plain(f"{value:.0f}" if whole else str(value)))
            if not found or (len(found["y"]) == 1 and not found["mark"]):
                return Trouble("year_unreadable", {})
            year, mark = int(found["y"]), found["mark"] or ""
            if "民" in mark or (not mark and year < 1000):
                year += ROC
        return year if 1400 <= year <= ctx.received.year + 1 else Trouble("year_unreadable", {})


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

    def at_once(self, values: Collection[Any], ctx: Context) -> dict[Any, Any]:  # noqa: ARG002
        """The choices, letter by letter."""
        return {choice: choice for choice in self.choices if choice in values}

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

    def at_once(self, values: Collection[Any], ctx: Context) -> dict[Any, Any]:
        """Cards' numbers as they are printed, of members, and of the right side."""
        codes = {ctx.library} if self.own else ctx.known.members.keys() - {ctx.library}
        codes = codes & ctx.known.members.keys()
        read = _WELL_WRITTEN.fullmatch
        texts = (value for value in values if type(value) is str)
        return {text: text for text in texts if (found := read(text)) and found[1] in codes}

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a card number; what follows the last hyphen is the number, the rest a code."""
        example = {"example": f"{ctx.library}-07" if self.own else ctx.example_card}
        found = read_card(str(value), ctx.known)
        if found is None:
            return Trouble("card_unreadable", example)
        if not found:
            return Trouble("card_foreign" if self.own else "card_no_member",
                           {"own": ctx.library, **example})  # fmt: skip
        if len(found) > 1:
            first, second, *_ = (f"{code}-{number:02d}" for code, number in found)
            return Trouble("card_ambiguous", {"first": first, "second": second, **example})
        code, number = found[0]
        if self.own and code != ctx.library:
            return Trouble("card_foreign", {"own": ctx.library})
        if not self.own and code == ctx.library:
            return Trouble("card_own", {})
        card = f"{code}-{number:02d}"
        return card if str(value).strip(" ") == card else Told(card)


@dataclass(frozen=True)
class Library:
    """A member library, by code, name or alias; ``also`` are further words (未定)."""

    kind: ClassVar[Kind] = "text"
    also: tuple[str, ...] = ()
    own_allowed: bool = False

    def at_once(self, values: Collection[Any], ctx: Context) -> dict[Any, Any]:
        """Members' codes, and the words beside them."""
        said = (ctx.known.members.keys() | set(self.also)) & set(values)
        return {word: word for word in said if self.own_allowed or word != ctx.library}

    def read(self, value: Any, ctx: Context, anchor: date | None = None) -> Reading:  # noqa: ARG002
        """Read a library as its code."""
        spelling = key(str(value))
        for word in self.also:
            if key(word) == spelling:
                return word
        code = ctx.known.codes.get(spelling)
        told = code is None
        code = code or ctx.known.aliases.get(spelling) or _named_twice(plain(str(value)), ctx.known)
        if code is None:
            other = next((c for c in ctx.known.members if c != ctx.library), ctx.library)
            return Trouble("library_unknown", {"example": other})
        if code == ctx.library and not self.own_allowed:
            return Trouble("library_own", {})
        return Told(code) if told else code


def _named_twice(text: str, known: Known) -> str | None:
    """``NSUT 南星示範科技大學``, ``南星示範科技大學(NSUT)``: both halves name one library."""
    found = _TWICE.fullmatch(text) if len(text) <= 100 else None
    first, second = (known.library(half) for half in found.groups()) if found else (None, None)
    return first if first == second else None


Field = Text | Day | Whole | Year | Choice | Card | Library
