"""Mistakes that librarians make: a cell, what stands in it, and the finding that it must give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final, NamedTuple

from ill_workflows.demo.page import Page
from ill_workflows.demo.sheets import Rows, View
from ill_workflows.forms.book import CellError
from ill_workflows.forms.days import WEEKDAYS
from ill_workflows.forms.month import ROC

Facts = Mapping[str, Any]


class Planned(NamedTuple):
    """An error that a workbook must be returned with: the sheet's title, the cell, the code."""

    sheet: str
    cell: str
    code: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: its table and column, what is typed there, which rows it can happen to."""

    table: str
    key: str
    code: str
    typed: Callable[[Facts, View], Any]
    fits: Callable[[Facts, View], bool] = lambda _facts, _view: True


def _no_such_day(facts: Facts, view: View) -> str:  # noqa: ARG001 - every fault is called alike
    return f"{view.as_of.year - ROC}.2.30"


def _before(key: str) -> Callable[[Facts, View], str]:
    def typed(facts: Facts, view: View) -> str:  # noqa: ARG001
        day = facts[key] - timedelta(days=4)
        return f"{day.year - ROC}.{day.month}.{day.day}"

    return typed


def _next_year(facts: Facts, view: View) -> str:  # noqa: ARG001
    day = facts["lent_on"]
    return f"{day.year - ROC + 1}.{day.month}.{day.day}"


def _wrong_weekday(facts: Facts, view: View) -> str:  # noqa: ARG001
    day = facts["lent_on"]
    return f"{day.month}/{day.day}({WEEKDAYS[(day.weekday() + 2) % 7]})"


def _this_month(facts: Facts, view: View) -> bool:
    return f"{facts['lent_on']:%Y-%m}" == view.month


def _refused(facts: Facts, view: View) -> bool:  # noqa: ARG001
    return bool(facts["outcome"] == "拒絕")


def _always(value: Any) -> Callable[[Facts, View], Any]:
    return lambda _facts, _view: value


FAULTS: Final = (
    Fault("usage_loans", "lent_on", "date_impossible", _no_such_day),
    Fault("usage_loans", "returned_on", "returned_before_lent", _before("lent_on")),
    Fault("usage_loans", "card", "card_no_member", _always("QQQU-05")),
    Fault("usage_loans", "card", "card_own", lambda _facts, view: f"{view.library}-07"),
    Fault("usage_loans", "item", "missing", _always("")),
    Fault("usage_loans", "item", "lost_digits", _always(31_100_310_041_234_567.0)),
    Fault("usage_loans", "title", "error_cell", _always(CellError("#N/A"))),
    Fault("usage_loans", "lent_on", "weekday_mismatch", _wrong_weekday, _this_month),
    Fault("usage_loans", "lent_on", "date_future", _next_year, _this_month),
    Fault("usage_requests", "borrower", "library_unknown", _always("火星虛構科技大學")),
    Fault("usage_requests", "reason", "missing_when", _always(""), _refused),
    Fault("usage_requests", "reason", "reason_duplicate", _always("重複申請"), _refused),
    Fault("cards_issues", "card", "card_foreign", _always("QQQU-12")),
    Fault("cards_issues", "patron", "missing", _always("")),
    Fault("cards_issues", "issued_on", "date_impossible", _no_such_day),
    Fault("cards_issues", "returned_on", "returned_before_issued", _before("issued_on"),
          lambda facts, _view: facts["returned_on"] is not None),
)  # fmt: skip
"""The mistakes that are made, one a row."""
COVER_FAULT: Final = "month_contradiction"
"""The mistake of the cover: last month's file, with another month typed over it."""


def spoil(
    pages: dict[str, Page], facts: Mapping[str, Rows], view: View, rng: Random
) -> list[Planned]:
    """Make one to four mistakes on a workbook's pages, each in a row of its own.

    Answers the errors that must be found; none where no row is there to be wrong.
    """
    planned, used = [], set()
    possible = [fault for fault in FAULTS if fault.table in pages]
    for fault in rng.sample(possible, min(len(possible), rng.randint(1, 4))):
        sheet = pages[fault.table]
        rows = [
            n
            for n, row in enumerate(facts[fault.table])
            if (fault.table, n) not in used and fault.fits(row, view)
        ]
        if not rows:
            continue
        n = rng.choice(rows)
        used.add((fault.table, n))
        at = sheet.records[n]
        if fault.key == "lent_on":  # a due date without its year would lose its hold
            sheet = sheet.with_cell(at, "due_on", "")
        pages[fault.table] = sheet.with_cell(
            at, fault.key, fault.typed(facts[fault.table][n], view)
        )
        planned.append(Planned(sheet.sheet.title, sheet.cell(at, fault.key), fault.code))
    return planned
