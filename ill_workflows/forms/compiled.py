"""A sheet's declaration at work: its columns read one by one, its rules one row after the other.

Each column keeps a memo of what it has read without trouble: its different values are looked at
together first, which settles most of them, and mostly the whole column.  What is odd or missing
takes the slow path through the column's field.  What the declaration says of a row is compiled
to one straight-line function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from ill_workflows.forms.book import CellError, NoValue, address
from ill_workflows.forms.fields import Told, Trouble
from ill_workflows.forms.findings import Finding, Severity
from ill_workflows.forms.form import Column, Row, Sheet
from ill_workflows.forms.known import Context
from ill_workflows.forms.text import is_blank, says_something, shown

Layout = tuple[int | None, ...]
"""For each column of the form, its place in the sender's sheet (0-based), None if not there."""

ALWAYS_ERRORS: Final = frozenset(
    {
        "error_cell", "formula_no_value", "lost_digits", "date_unreadable", "date_impossible",
        "date_ambiguous", "date_future", "weekday_mismatch", "duplicate_key", "overlapping_issue",
        "card_ambiguous", "card_foreign", "card_no_member", "card_own", "answers_differ",
    }
)  # fmt: skip
"""Findings that return the workbook whatever their column."""
ERROR_WORDS: Final = frozenset(
    {
        "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
        "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#GETTING_DATA",
    }
)  # fmt: skip
"""Error cells that were pasted as texts."""


class Tell:
    """Collects the findings of one sheet, each with its cell in the sender's file.

    ``cards_in_front`` are the well-written cards in its first column, once it was looked for rows.
    """

    def __init__(self, sheet: Sheet, title: str, layout: Layout, ctx: Context) -> None:
        self.sheet, self.title, self.layout, self.ctx = sheet, title, layout, ctx
        self.findings: list[Finding] = []
        self.cards_in_front: dict[Any, Any] = {}
        self._place = {column.key: n for n, column in enumerate(sheet.columns)}

    def cell(self, row: int, key: str, code: str, severity: Severity | None, **facts: Any) -> None:
        """One finding at one column of one row."""
        n = self._place[key]
        column, at = self.sheet.columns[n], self.layout[n]
        if severity is None:
            strict = column.strict or code in ALWAYS_ERRORS
            severity = "error" if strict else "warning"
        facts["read"] = shown(facts.get("read", ""))
        where = "" if at is None else address(row, at)
        self.findings.append(Finding(self.title, where, code, severity, column.heading, facts))

    def rule(self, row: int, index: int, read: Any, other: Any) -> None:
        """A rule between columns of one row was broken."""
        rule = self.sheet.rules[index]
        said = "" if read is None else read
        beside = self.sheet.by_key[rule.other].heading if rule.other in self._place else ""
        facts = {"other": str(other), "beside": beside}
        self.cell(row, rule.at, rule.code, rule.severity, read=said, **facts)

    def missing(self, row: int, index: int) -> None:
        """A conditionally required cell is empty."""
        column = self.sheet.columns[index]
        self.cell(row, column.key, "missing_when", None, because=column.because)


def read_rows(
    sheet: Sheet, layout: Layout, rows: Iterable[tuple[int, list[Any]]], tell: Tell
) -> list[Row]:
    """Read all rows of a sheet; what is wrong goes to ``tell``."""
    rows = list(rows)
    if not rows:
        return []
    numbers, bare = zip(*rows, strict=True)
    cells = list(zip(*bare, strict=True))
    nothing: Sequence[Any] = (None,) * len(rows)
    typed = [nothing if at is None else cells[at] for at in layout]
    read: dict[str, Sequence[Any]] = {}
    placed = sorted(zip(sheet.columns, layout, typed, strict=True), key=_after_its_anchor)
    for column, at, column_cells in placed:
        if at is None:
            read[column.key] = nothing
            continue
        known = tell.cards_in_front if at == 0 else None
        anchors = read.get(column.anchor, nothing)
        read[column.key] = _read_column(column, numbers, column_cells, anchors, known, tell)
    found = list(zip(numbers, *(read[column.key] for column in sheet.columns), strict=True))
    judge = _compiled(sheet, layout)
    judge(found, typed, tell.rule, tell.missing, _blank, tell.ctx.known.term_from)
    return found


def _after_its_anchor(placed: tuple[Column, int | None, Sequence[Any]]) -> bool:
    """The order of reading: columns as they stand, then those that another one anchors."""
    return bool(placed[0].anchor)


def _read_column(  # noqa: PLR0913, PLR0917 - a column is what stands in it, and beside it
    column: Column,
    numbers: Sequence[int],
    cells: Sequence[Any],
    anchors: Sequence[Any],
    known: dict[Any, Any] | None,
    tell: Tell,
) -> list[Any]:
    """One column's values; ``known`` are those of its cells that were read before."""
    different = set(cells)
    memo: dict[Any, Any] = {} if column.required == "yes" else {"": None, None: None}
    memo.update(known or column.field.at_once(different, tell.ctx))
    memo.update(_without_trouble(column, different - memo.keys(), tell.ctx))
    if memo.keys() >= different:
        return list(map(memo.__getitem__, cells))
    slow = _slow_path(column, memo, tell)
    return [
        memo[cell] if cell in memo else slow(cell, n, anchor)
        for n, cell, anchor in zip(numbers, cells, anchors, strict=True)
    ]


def _without_trouble(column: Column, values: Iterable[Any], ctx: Context) -> dict[Any, Any]:
    """Those of a column's values that are read without a word to tell, wherever they stand."""
    readings = (
        (value, column.field.read(value, ctx))
        for value in values
        if _odd(value, required=True) is None
    )
    return {value: read for value, read in readings if not isinstance(read, Told | Trouble)}


def _slow_path(column: Column, memo: dict[Any, Any], tell: Tell) -> Callable[..., Any]:
    field, ctx, key = column.field, tell.ctx, column.key
    required = column.required == "yes"

    def read(value: Any, row: int, anchor: Any) -> Any:
        if (amiss := _odd(value, required=required)) is not None:
            return tell.cell(row, key, amiss[0], None, read=amiss[1]) if amiss[0] else None
        reading = field.read(value, ctx, anchor)
        if isinstance(reading, Trouble):
            return tell.cell(row, key, reading.code, None, **{"read": value, **reading.facts})
        if isinstance(reading, Told):
            tell.cell(row, key, "read_as", "corrected", read=value, value=str(reading.value))
            return reading.value
        memo[value] = reading  # a day that took its year from an anchor is told, so not here
        return reading

    return read


def _odd(value: Any, *, required: bool) -> tuple[str, Any] | None:
    """What is wrong with a cell before its field reads it: code, what was read; blank: no code."""
    if type(value) is str and says_something(value):
        return None  # most cells
    if _blank(value):
        return ("missing", "") if required else ("", "")
    if isinstance(value, str):
        wrong = "#" in value and value.strip() in ERROR_WORDS
        return ("error_cell", value) if wrong else None
    if isinstance(value, CellError):
        return "error_cell", value.text
    if isinstance(value, NoValue):
        return "formula_no_value", value.formula
    return None


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and is_blank(value))


@lru_cache(maxsize=256)
def _compiled(sheet: Sheet, layout: Layout) -> Callable[..., None]:
    """Write the straight-line function that judges the rows of one sheet and order of columns."""
    count = len(sheet.columns)
    keys = ", ".join(column.key for column in sheet.columns)
    judged: list[str] = []
    for n, column in enumerate(sheet.columns):
        if column.required == "when" and layout[n] is not None:
            judged.append(
                f"        if {column.key} is None and ({column.when}) and blank(typed{n}[_at]):"
            )
            judged.append(f"            missing(n, {n})")
    for n, rule in enumerate(sheet.rules):
        judged.append(f"        if {rule.when}: rule(n, {n}, {rule.at}, {rule.other or None})")
    lines = [
        "def judge(rows, typed, rule, missing, blank, term_from):",
        f"    {', '.join(f'typed{n}' for n in range(count))}, = typed",
        f"    for _at, (n, {keys}) in enumerate(rows):",
        *(judged or ["        break"]),
    ]
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)  # noqa: S102 - the source is our own declaration, never a member's text
    compiled: Callable[..., None] = scope["judge"]
    return compiled
