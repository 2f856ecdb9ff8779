"""The hidden sheet ``選單``: what cells offer, every known spelling, the self-check's sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from ill_workflows.forms.book import letters
from ill_workflows.forms.fields import Card, Choice, Library, Trouble
from ill_workflows.forms.form import Column, Form, Sheet
from ill_workflows.forms.known import Context, Known
from ill_workflows.forms.text import key
from ill_workflows.xlsx.template_excel import (
    BLANK_WORDS,
    any_of_rows,
    names,
    range_name,
    sums,
)
from ill_workflows.xlsx.template_rules import SPELLED_LIBRARIES, SPELLED_OWN, UNJUDGED, spelled_name
from ill_workflows.xlsx.template_words import Plan

TITLE: Final = "選單"
_BLANK: Final = (
    "無", "沒有", "N/A", "NA", "N.A.", "未填", "空白", "NULL", "NONE",
    "-", "--", "---", "－", "–", "—", "─", "/", "?", "？", "??",
)  # fmt: skip
_FIRST_LIST: Final = 6


@dataclass(frozen=True, slots=True)
class Tally:
    """Cells that would return the workbook, cells that would be warned of."""

    errors: int = 0
    warnings: int = 0


Part = tuple[str, str, str, Tally]
"""A heading, the formulas of its errors and warnings (either may be empty), their values now."""


class Sum(NamedTuple):
    """A number of the hidden sheet: where it stands, what it is when the workbook is written."""

    cell: str
    value: int


@dataclass(frozen=True, slots=True)
class Line:
    """The sums of one sheet: its rows (the cover has none), its parts by heading, both totals."""

    title: str
    rows: Sum | None
    parts: tuple[tuple[str, tuple[Sum, ...]], ...]
    errors: Sum
    warnings: Sum


def offered(column: Column, plan: Plan) -> str:
    """The name of the list that a column's cells offer, or nothing."""
    field = column.field
    if isinstance(field, Choice):
        return f"choices_{field.name}"
    if isinstance(field, Library) and plan.members:
        return f"libraries_{column.key}"
    if isinstance(field, Card) and field.own and register(plan.form) is not None:
        return "own_cards"
    return ""


def register(form: Form) -> Sheet | None:
    """The sheet of a form that lists the library's own cards."""
    sheets = (s for s in form.sheets if s.identity == ("card",))
    return next(sheets, None)


class Lists:
    """The sheet while it is written, column by column, and the names that lead to it."""

    def __init__(self, book: Any, page: Any, plan: Plan) -> None:
        self._book, self._page, self._plan = book, page, plan
        self._next, self._named = _FIRST_LIST, set[str]()
        self._row = 0

    def write(self, cover_code: str) -> None:
        """Every list of the form; ``cover_code`` is where the cover has the library's code."""
        plan = self._plan
        self._list(BLANK_WORDS, _BLANK)
        for sheet in plan.form.sheets:
            for column in sheet.columns:
                self._of(column)
        if plan.form.kinds:
            self._list("choices_report_kinds", plan.form.kinds)
        known = Known(plan.members, date.min)
        aliases = {text: code for text, code in known.aliases.items() if text[-1] not in UNJUDGED}
        spelled = {**known.codes, **aliases}
        if spelled:
            self._list(SPELLED_LIBRARIES, spelled)
        own = [text for text, code in spelled.items() if code == plan.own]
        if own:
            self._list(SPELLED_OWN, own)
        else:
            self._define(SPELLED_OWN, cover_code)
        cards = register(plan.form)
        if cards is not None:
            place, head = f"'{cards.title}'!$A:$A", range_name(cards, "head")
            last = f"{head}+MAX(1,COUNTA({place})-1)"
            self._define("own_cards", f"INDEX({place},{head}+1):INDEX({place},{last})")

    def _of(self, column: Column) -> None:
        field, plan = column.field, self._plan
        if isinstance(field, Choice):
            self._list(f"choices_{field.name}", field.choices)
            self._list(spelled_name(field), _understood(field))
        elif isinstance(field, Library) and plan.members:
            names = [member.name for member in plan.others]
            self._list(f"libraries_{column.key}", [*field.also, *names])

    def _list(self, name: str, words: Iterable[str]) -> None:
        if name in self._named:
            return
        self._named.add(name)
        column, self._next = self._next, self._next + 1
        self._page.write_string(0, column, name)
        last = 0
        for last, word in enumerate(words, start=1):
            self._page.write_string(last, column, word)
        at = letters(column)
        self._define(name, f"'{TITLE}'!${at}$2:${at}${last + 1}")

    def sums_of(self, sheet: Sheet, last: int, counted: Mapping[str, Tally], rows: int) -> Line:
        """The sums of a form's sheet, down to row ``last``, with the values that they have now.

        Ranges hang on the heading, which cannot be deleted: rows may be put in, even above it,
        taken away, and cut out anywhere.
        """
        title, head = f"'{sheet.title}'", range_name(sheet, "head")
        self._define(head, self._sum(head, f"=ROW({title}!$A$1)", 1).cell)
        whole = {c.key: f"{title}!${letters(n)}:${letters(n)}" for n, c in enumerate(sheet.columns)}
        ranges = {
            k: f"INDEX({place},{head}+1):INDEX({place},{head}+{last - 1})"
            for k, place in whole.items()
        }
        below = f"ROW({ranges[sheet.columns[0].key]})"
        used = f"=MAX({head}+1,({any_of_rows(sheet, ranges)})*{below})"
        end = range_name(sheet, "last")
        self._define(end, self._sum(end, used, max(2, rows + 1)).cell)
        for name, place in whole.items():
            self._define(range_name(sheet, name), f"INDEX({place},{head}+1):INDEX({place},{end})")
        for name, formula in names(sheet, members=bool(self._plan.members)).items():
            self._define(name, formula)
        count = self._sum(sheet.title, f"=SUM({range_name(sheet, 'any')})", rows)
        parts = []
        for column in sheet.columns:
            said = sums(sheet, column, members=bool(self._plan.members))
            parts.append(
                (column.heading, said.errors, said.warnings, counted.get(column.key, Tally()))
            )
        return self._line(sheet.title, count, parts)

    def sums_of_cover(self, title: str, parts: Sequence[Part]) -> Line:
        """The sums of the cover: each label with its conditions and their values now."""
        return self._line(title, None, parts)

    def _line(self, title: str, rows: Sum | None, parts: Sequence[Part]) -> Line:
        first, told = self._row + 1, []
        for heading, errors, warnings, now in parts:
            red = self._sum(heading, errors or "=0", now.errors)
            cells = [red]
            if warnings:
                formula = warnings.replace("{errors}", red.cell)
                cells.append(self._sum("", formula, now.warnings, beside=True))
            told.append((heading, tuple(cells)))
        last = self._row
        red = self._sum(
            f"{title} ✗", f"=SUM($C${first}:$C${last})", sum(p[3].errors for p in parts)
        )
        amber = self._sum(
            f"{title} !", f"=SUM($D${first}:$D${last})", sum(p[3].warnings for p in parts)
        )
        return Line(title, rows, tuple(told), red, amber)

    def _sum(self, label: str, formula: str, value: int, *, beside: bool = False) -> Sum:
        """Write a number in the next line, or beside the one before."""
        if not beside:
            self._page.write_string(self._row, 1, label)
            self._row += 1
        at = "D" if beside else "C"
        self._page.write_array_formula(f"{at}{self._row}:{at}{self._row}", formula, None, value)
        return Sum(f"'{TITLE}'!${at}${self._row}", value)

    def _define(self, name: str, text: str) -> None:
        """Define a name that nobody need see."""
        self._book.define_name(name, f"={text}")
        self._book.defined_names[-1][3] = True


def _understood(field: Choice) -> list[str]:
    """Every spelling that is read as one of the choices."""
    ctx = Context(Known({}, date.min), "", None)
    words = dict.fromkeys(key(w) for w in (*field.choices, *(word for word, _ in field.also)))
    return [word for word in words if not isinstance(field.read(word, ctx), Trouble)]
