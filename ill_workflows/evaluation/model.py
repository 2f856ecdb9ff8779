"""What a sheet of a report is: tables, charts and notes, without Excel.

A cell is a text, a number, a day, :data:`MISSING` (nothing was reported: never zero), None
(nothing belongs there), a :class:`Formula` or a :class:`Link`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

Kind = Literal["text", "long", "free", "count", "rate", "number", "money", "day", "input"]
"""How a column looks: ``rate`` is a percentage with one decimal (83.6), ``money`` whole NT$,
``number`` has one decimal, ``long`` is text that wraps, ``free`` text that runs on to the right,
``input`` a number that whoever opens the workbook may change."""


Tone = Literal["good", "fair", "bad", "pale"]
"""How a state is coloured."""


class Missing:
    """The type of :data:`MISSING`."""

    def __repr__(self) -> str:
        """Its name."""
        return "MISSING"


MISSING: Final = Missing()
"""Nobody reported this: an empty, shaded cell."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula in A1 notation and the value that it has now.

    ``text`` may hold ``{r}`` (the row of the cell itself), ``{first}`` and ``{last}`` (the
    table's first and last row of data, 合計 left out), and ``{0:2}``: the row of the third row of
    data of the sheet's first table.  Columns are given by letters, see
    :func:`ill_workflows.forms.book.letters`.  ``words`` are those of ours that ``text`` holds
    between quotation marks, as ``"準時"`` in a COUNTIF.
    """

    text: str
    value: int | float | str | None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A value that leads to a sheet, or to the row of one of its tables with that ``key``."""

    value: Any
    sheet: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class As:
    """A cell that looks otherwise than its column: a percentage among counts."""

    cell: str | int | float | date | Missing | Formula | None
    kind: Kind


Cell = str | int | float | date | None | Missing | Formula | Link | As


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and how what stands under it looks; ``heat`` columns share a colour scale.

    ``trace`` names the events behind the column's figures (a kind of
    :data:`~ill_workflows.evaluation.counting.origins.KINDS`), and ``month`` the month if it is only
    one: each figure then leads to the place that lists its sheets and rows: on the sheet that is
    the ``origin``, the row with the key ``trace/library`` or ``trace/library/month``, where the
    library is the text in the first column of the figure's own row.
    """

    heading: str
    kind: Kind = "text"
    heat: bool = False
    trace: str = ""
    month: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; ``total`` is the row marked 合計; ``title`` is empty for a sheet's first.

    ``key`` is the place of the column whose values links lead to; ``keys`` gives each row its key
    instead, words parted by ``/``: a link to the first words leads to the first such row.
    ``colours`` gives texts the tone in which they are shown; ``empty`` is said where there are no
    rows.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    total: tuple[Cell, ...] | None = None
    key: int | None = None
    keys: tuple[str, ...] = ()
    colours: tuple[tuple[str, Tone], ...] = ()
    empty: str = "本期沒有資料。"

    def lines(self) -> Iterator[tuple[Cell, ...]]:
        """The rows and the row of totals."""
        yield from self.rows
        if self.total is not None and self.rows:
            yield self.total


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of columns: the column ``column`` of the sheet's table ``table``."""

    column: int
    table: int = 0
    name: str = ""
    line: bool = False
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart over rows of a table (without 合計).

    ``line``, ``columns``, ``stacked`` (columns), ``bars`` (lying, first row on top),
    ``stacked_bars`` or ``pareto`` (columns and a cumulative line on a second axis).
    ``alt`` is what somebody hears who does not see it.
    """

    kind: Literal["line", "columns", "stacked", "bars", "stacked_bars", "pareto"]
    title: str
    categories: int
    series: tuple[Series, ...]
    alt: str
    table: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a report: tables under one another, notes below them.

    ``frozen`` columns stay in sight; ``one_page`` prints it on a single page, if that is legible;
    ``about`` says in one line what the sheet tells; ``origin`` marks the sheet to which traced
    figures lead.
    """

    title: str
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    frozen: int = 1
    one_page: bool = False
    about: str = ""
    origin: bool = False


@dataclass(frozen=True, slots=True)
class Masthead:
    """What stands over every sheet: whose figures, of when, how much of what was due was sent.

    ``logo`` is a PNG or JPEG, shown on the first sheet.
    """

    alliance: str
    period: str
    reporting: str = ""
    logo: bytes | None = field(default=None, repr=False)
