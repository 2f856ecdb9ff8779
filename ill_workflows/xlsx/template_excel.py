"""The checks as formulas: what colours a cell while it is typed in, what the self-check counts.

Each check is written once and stands for one cell (conditional formatting) as well as for a
column's used cells (array formula), so it multiplies where one would write AND.  Every step has a
defined name of its own, for Excel takes no long formula for a colour.  The names of one cell are
relative: ``this_usage_loans_card_red`` is said of the row that asks.  Functions of Excel 2007 only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from ill_workflows.forms.book import letters
from ill_workflows.forms.fields import Card, Choice, Day, Library, Whole, Year
from ill_workflows.forms.findings import Severity
from ill_workflows.forms.form import Column, Sheet
from ill_workflows.xlsx.template_rules import Check, checks

BLANK_WORDS: Final = "blank_words"
"""The name of the list of words for nothing."""


class Sums(NamedTuple):
    """The array formulas that count a column's cells: to be mended, to be warned of.

    ``warnings`` holds ``{errors}`` where the cell with the errors must be taken off.
    """

    errors: str
    warnings: str


def range_name(sheet: Sheet, key: str) -> str:
    """The defined name of a column's used cells."""
    return f"{sheet.table}_{key}"


def red_name(sheet: Sheet, column: Column) -> str:
    """The defined name of the condition that a cell would return the workbook."""
    return f"this_{sheet.table}_{column.key}_red"


def amber_name(sheet: Sheet, column: Column) -> str:
    """The defined name of the condition that a cell would be warned of."""
    return f"this_{sheet.table}_{column.key}_amber"


def any_name(sheet: Sheet) -> str:
    """The defined name of the condition that a row holds anything that people fill in."""
    return f"this_{sheet.table}_any"


# -- the steps that lead there, each with its name -----------------------------------------------


def _narrow(cell: str) -> str:
    """A text in half width; LibreOffice leaves the wide space."""
    return f'SUBSTITUTE(ASC({cell}),"　"," ")'


def filled(cell: str) -> str:
    """Whether a cell holds something that is not one of the words for nothing."""
    text = f"TRIM({_narrow(cell)})"
    return f'({text}<>"")*ISNA(MATCH({text},{BLANK_WORDS},0))'


def spelled(cell: str) -> str:
    """A text as the lists of spellings hold it: half width, no spaces, 臺 for 台."""
    return f'SUBSTITUTE(SUBSTITUTE({_narrow(cell)}," ",""),"台","臺")'


def _bare(cell: str, has: str) -> str:
    """Whether a text says something, and holds no digit."""
    none = "*".join(f'ISERROR(FIND("{digit}",ASC({cell})))' for digit in range(10))
    return f"ISTEXT({cell})*{has}*{none}"


def _code(text: str) -> str:
    """What stands before the last hyphen."""
    hyphens = f'LEN({text})-LEN(SUBSTITUTE({text},"-",""))'
    return f'LEFT({text},FIND("|",SUBSTITUTE({text},"-","|",{hyphens}))-1)'


def _dashed(cell: str) -> str:
    """``114年9月3日``, ``114.9.3`` → ``114-9-3``."""
    text = _narrow(cell)
    for old, new in ((" ", ""), ("年", "-"), ("月", "-"), ("日", ""), (".", "-"), ("/", "-")):
        text = f'SUBSTITUTE({text},"{old}","{new}")'
    return text


def _iso(text: str) -> str:
    """``114-9-3``, ``1140903`` → ``2025-9-3``; a year of one or two digits is none."""
    mark = f'FIND("-",{text})'
    year = f"LEFT({text},{mark}-1)+1911*({mark}<5)"
    whole = f'REPLACE({text},1,{mark}-1,IF({mark}<4,"x",{year}))'
    compact = f'TEXT({text}+19110000*(LEN({text})=7),"0000-00-00")'
    return f"IF(ISERROR({mark}),{compact},{whole})"


class _Steps:
    """The names of a sheet's steps, for one cell or for the used cells of a column."""

    def __init__(self, sheet: Sheet, prefix: str, cell: Callable[[int, Column], str]) -> None:
        self._prefix = f"{prefix}{sheet.table}_"
        self.words: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for n, column in enumerate(sheet.columns):
            self.words[column.key] = cell(n, column)
            self.words[f"all_{column.key}"] = range_name(sheet, column.key)
            self._of(column, self.words[column.key])

    def _of(self, column: Column, cell: str) -> None:
        field, key = column.field, column.key
        has = self._name("has", key, filled(cell))
        if isinstance(field, Card | Choice | Library):
            text = self._name("text", key, spelled(cell))
        if isinstance(field, Card):
            self._name("code", key, _code(text))
        if isinstance(field, Card | Day | Whole | Year):
            self._name("bare", key, _bare(cell, has))
        if isinstance(field, Day):
            text = self._name("text", key, _dashed(cell))
            iso = self._name("iso", key, _iso(text))
            number = f"ISNUMBER({cell})*({cell}<1E5)"
            self._name("day", key, f"IF({number},{cell},DATEVALUE({iso}))")

    def _name(self, step: str, key: str, formula: str) -> str:
        name = f"{self._prefix}{key}_{step}"
        self.names[name] = formula
        self.words[f"{step}_{key}"] = name
        return name

    def said(self, conditions: list[Check], severity: Severity) -> list[str]:
        """The conditions of a severity; one that cannot be worked out says nothing."""
        return [
            f"IFERROR({text.format_map(self.words)},0)"
            for _, s, text in conditions
            if s == severity
        ]


@lru_cache(maxsize=16)
def _of_cells(sheet: Sheet) -> _Steps:
    steps = _Steps(sheet, "this_", lambda n, _: f"'{sheet.title}'!${letters(n)}1")
    typed = (steps.words[c.key] for c in sheet.columns if not c.prefilled)
    steps.words["any"] = any_name(sheet)
    steps.names[steps.words["any"]] = f"COUNTA({','.join(typed)})>0"
    return steps


@lru_cache(maxsize=16)
def _of_ranges(sheet: Sheet) -> _Steps:
    steps = _Steps(sheet, "", lambda _, column: range_name(sheet, column.key))
    steps.words["any"] = range_name(sheet, "any")
    steps.names[steps.words["any"]] = any_of_rows(sheet, steps.words)
    return steps


def any_of_rows(sheet: Sheet, ranges: dict[str, str]) -> str:
    """Whether each row holds anything that people fill in; an error cell does not hide it."""
    blank = (f"ISBLANK({ranges[c.key]})" for c in sheet.columns if not c.prefilled)
    return f"1-{'*'.join(blank)}"


# -- what comes of it ----------------------------------------------------------------------------


@lru_cache(maxsize=32)
def names(sheet: Sheet, *, members: bool) -> dict[str, str]:
    """Every step of a sheet's checks: name → formula; last the colours' conditions."""
    cells, ranges = _of_cells(sheet), _of_ranges(sheet)
    defined = {**ranges.names, **cells.names}
    for column in sheet.columns:
        asked, cell = list(checks(sheet, column, members=members)), cells.words[column.key]
        red = [f"ISERROR({cell})", *cells.said(asked, "error")]
        if column.key == sheet.identity[0]:
            red.append(f"IFERROR({_again_in_cell(sheet, cells.words)},0)")
        defined[red_name(sheet, column)] = f"({'+'.join(red)})>0"
        if amber := cells.said(asked, "warning"):
            defined[amber_name(sheet, column)] = f"({'+'.join(amber)})>0"
    return defined


@lru_cache(maxsize=256)
def sums(sheet: Sheet, column: Column, *, members: bool) -> Sums:
    """How a column's cells are counted, by the names of its sheet."""
    ranges, asked = _of_ranges(sheet), list(checks(sheet, column, members=members))
    red = [f"ISERROR({range_name(sheet, column.key)})", *ranges.said(asked, "error")]
    if column.key == sheet.identity[0]:
        red.append(f"IFERROR({_again_in_rows(sheet, ranges.words)},0)")
    amber = ranges.said(asked, "warning")
    errors = f"=SUM(--(({'+'.join(red)})>0))"
    both = f"=SUM(--(({'+'.join(red + amber)})>0))-{{errors}}"
    return Sums(errors, both if amber else "")


def _again_in_cell(sheet: Sheet, words: dict[str, str]) -> str:
    """The same key stands further up."""
    same = "*".join(f'({words["all_" + k]}&""={words[k]}&"")' for k in sheet.identity)
    there = "*".join(words[f"has_{k}"] for k in sheet.needed)
    first = sheet.identity[0]
    above = f"(ROW({words['all_' + first]})<ROW({words[first]}))"
    return f"{there}*(SUMPRODUCT({same}*{above})>0)"


def _again_in_rows(sheet: Sheet, words: dict[str, str]) -> str:
    head = range_name(sheet, "head")
    joined = '&"|"&'.join(words[k] for k in sheet.identity) + '&"|"'
    there = "*".join(words[f"has_{k}"] for k in sheet.needed)
    return f"{there}*(MATCH({joined},{joined},0)<ROW({words[sheet.identity[0]]})-{head})"
