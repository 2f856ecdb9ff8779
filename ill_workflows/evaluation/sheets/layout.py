"""Cells that many sheets share: a library's first columns, totals, shares, rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import Value, percent
from ill_workflows.evaluation.model import MISSING, As, Cell, Column, Formula, Link
from ill_workflows.evaluation.said import Said
from ill_workflows.forms.book import letters

LIBRARY = (Column("館代碼"), Column("館名"))
REPORTED = Column("已報月數", "count")
BLANK_IS_MISSING = "灰底空白：該館該期未繳或沒有資料，不是零；合計只加總已繳的部分。"
TOTAL = Said("合計")


def known(value: Value) -> Cell:
    """A value, or :data:`MISSING` where nobody reported."""
    return MISSING if value is None else value


def library_cells(figures: Figures, code: str, form: str) -> tuple[Cell, ...]:
    """Code, name and how many months of the period the library reported on a form."""
    return (code, figures.names.get(code, code), len(figures.months_of(code, form)))


def plain(cell: Cell) -> Value:
    """The number that a cell shows; None where it shows none."""
    if isinstance(cell, Formula | Link):
        cell = cell.value
    elif isinstance(cell, As):
        return plain(cell.cell)
    return cell if isinstance(cell, int | float) else None


def _sum(places: Sequence[int]) -> str:
    return "(" + "+".join(f"{letters(at)}{{r}}" for at in places) + ")"


def rate(part: Value, whole: Value, part_at: Sequence[int], whole_at: Sequence[int]) -> Cell:
    """A percentage of columns of the same row, live; empty without a denominator.

    Part and whole are the sums of the columns at ``part_at`` and ``whole_at`` (0-based).
    """
    value = percent(part, whole)
    if value is None:
        return None
    return Formula(f"ROUND(100*{_sum(part_at)}/{_sum(whole_at)},1)", value)


def share(part: int, whole: int, at: int) -> Cell:
    """A percentage of the sum of the column ``at`` over the table's rows, live."""
    value = percent(part, whole)
    if value is None:
        return None
    column = letters(at)
    return Formula(f"ROUND(100*{column}{{r}}/SUM({column}${{first}}:{column}${{last}}),1)", value)


def total(
    rows: Iterable[Sequence[Cell]],
    width: int,
    sums: Iterable[int],
    rates: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]] | None = None,
) -> tuple[Cell, ...]:
    """The row marked 合計: live sums of the columns ``sums``, rates of those sums."""
    kept = list(rows)
    cells: list[Cell] = [TOTAL, *([None] * (width - 1))]
    added: dict[int, Value] = {}
    for at in sums:
        values = [value for row in kept if (value := plain(row[at])) is not None]
        column = letters(at)
        added[at] = sum(values) if values else None
        formula = Formula(f"SUM({column}{{first}}:{column}{{last}})", added[at])
        cells[at] = formula if values else MISSING
    for at, (part, whole) in (rates or {}).items():
        sums_of = [sum(added[place] or 0 for place in places) for places in (part, whole)]
        cells[at] = rate(sums_of[0], sums_of[1], part, whole)
    return tuple(cells)


def difference(now: Value, then: Value, now_at: int, then_at: int) -> Cell:
    """Now minus then, live; empty where one of them is not known."""
    if now is None or then is None:
        return None
    return Formula(f"ROUND({letters(now_at)}{{r}}-{letters(then_at)}{{r}},1)", round(now - then, 1))


def growth(now: Value, then: Value, now_at: int, then_at: int) -> Cell:
    """The change in percent of what was, live; empty where that is not known or zero."""
    if now is None or not then:
        return None
    now_cell, then_cell = f"{letters(now_at)}{{r}}", f"{letters(then_at)}{{r}}"
    size = percent(abs(now - then), then) or 0.0
    return Formula(
        f"ROUND(100*({now_cell}-{then_cell})/{then_cell},1)", size if now >= then else -size
    )
