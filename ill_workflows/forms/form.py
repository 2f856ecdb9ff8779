"""The declaration of a form: sheets, columns, rules.  One definition drives the blank
template, the reader and its checks, the database table, the returned copy and the help page.
"""  # noqa: D205

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, overload

from ill_workflows.forms.fields import Field
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.known import Context
from ill_workflows.forms.month import ROC

_RUNNING: Final = re.compile(r"\d{3}(?:0[1-9]|1[0-2])-\d{3,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A counter-example: this value in this column gives exactly this finding at this cell.

    ``beside`` are other values of the same row, by key; ``at`` is the column that the finding
    names, where it is another one; ``before`` is a row that stands above it.
    """

    value: Any
    code: str
    beside: tuple[tuple[str, Any], ...] = ()
    at: str = ""
    before: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a form.

    ``required``: ``yes`` (the ``*`` of the forms), ``when`` (the condition ``when`` over the
    row's keys holds, told with ``because``), or empty.  ``strict`` columns return the workbook
    when missing or unreadable; the others are warned of.  ``also`` are other headings that mean
    it; ``anchor`` is the key of another day column that a day without a year follows.
    ``when_excel`` is ``when`` for the template (see :class:`RowRule`).  A ``prefilled`` column
    holds a :func:`running_number` in a month's empty rows: a row with nothing else is none.  What
    we have filled in of a ``locked`` column is not to be typed over.
    """

    heading: str
    key: str
    field: Field
    required: Literal["yes", "when", ""] = ""
    when: str = ""
    when_excel: str = ""
    because: str = ""
    strict: bool = False
    anchor: str = ""
    prefilled: bool = False
    locked: bool = False
    width: int = 12
    also: tuple[str, ...] = ()
    examples: tuple[Any, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    guide: str = ""
    guide_en: str = ""


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule between columns of one row.

    ``when`` is a Python expression over the row's keys, ``excel`` the same for the template's
    colouring; the finding stands at column ``at`` and tells ``other``.  In Excel ``{key}`` is the
    cell, ``{has_key}`` whether something is filled in, ``{day_key}`` its day as a number (or an
    error), ``{all_key}`` the whole column; conditions are multiplied, never joined by AND, for
    the same text also counts a whole column's cells.
    """

    code: str
    at: str
    when: str
    excel: str = ""
    other: str = ""
    severity: Literal["error", "warning"] = "error"


Row = tuple[Any, ...]
"""A checked row: its number in the sheet, then one value a column, in the form's order."""


class Rows(Sequence[Row]):
    """Checked rows, kept column by column as a database takes them in: numbers first."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __iter__(self) -> Iterator[Row]:
        return zip(*self.columns, strict=True)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return list(zip(*(column[at] for column in self.columns), strict=True))
        return tuple(column[at] for column in self.columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def columns_of(rows: Sequence[Row]) -> Sequence[Sequence[Any]]:
    """Rows turned into their columns; none where there are no rows."""
    return rows.columns if isinstance(rows, Rows) else list(zip(*rows, strict=True))


SheetRule = Callable[
    ["Sheet", list[Row], Context], Iterable[tuple[int, str, str, Any, dict[str, Any]]]
]
"""A rule over all rows: yields (row number, key of the column, code, what was read, facts)."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet of a form, and the table that holds its rows; there is one of each.

    ``identity`` are the keys that tell its rows apart; one that is not required may be empty.
    ``across_excel`` is what Excel can say of ``across``: the finding's code, its column, and the
    condition as in :class:`RowRule`.
    """

    title: str
    table: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    rules: tuple[RowRule, ...] = ()
    across: tuple[SheetRule, ...] = ()
    across_excel: tuple[tuple[str, str, str], ...] = ()
    guide: str = ""
    guide_en: str = ""
    required: bool = True
    rows: int = 300

    @cached_property
    def place(self) -> dict[str, int]:
        """Key of a column → its place in a checked row (0 is the row's number)."""
        return {column.key: n for n, column in enumerate(self.columns, start=1)}

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """Key → column."""
        return {column.key: column for column in self.columns}

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The keys of its identity without which a row cannot be counted."""
        return tuple(key for key in self.identity if self.by_key[key].required == "yes")


def running_number(month: str, number: int) -> str:
    """The number that a template's empty row is given ahead: ``11510-001``."""
    return f"{int(month[:4]) - ROC}{month[5:7]}-{number:03d}"


def is_running_number(value: Any) -> bool:
    """Whether a cell holds such a number, of whatever month: old files are used again."""
    return isinstance(value, str) and _RUNNING.fullmatch(value.strip()) is not None


@dataclass(frozen=True)
class Form:
    """A standard form: ``usage``, ``cards``, …

    One that ``asks`` is written for a library when something is asked of it, never ahead.
    """

    name: str
    title: str
    title_en: str
    version: int
    monthly: bool
    sheets: tuple[Sheet, ...]
    kinds: tuple[str, ...] = ()
    asks: bool = False
    guide: str = ""
    guide_en: str = ""
    errors: frozenset[str] = field(default=frozenset())

    @property
    def label(self) -> str:
        """What stands on the cover beside 表單: ``月報表 usage 1``."""
        return f"{self.title} {self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a workbook: whose it is, its rows by table, everything to tell.

    ``rows`` maps table → its rows; ``token`` is the random word that the library's own
    templates carry (``ill_token``).
    """

    form: Form | None
    library: str
    month: str | None
    interim: bool
    filled_on: Any
    rows: dict[str, Sequence[Row]]
    findings: tuple[Finding, ...]
    version: int = 1
    cover: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def count(self, severity: str) -> int:
        """How many findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)
