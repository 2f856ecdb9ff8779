"""Standard workbooks filled in by hand: a row for each example, a row for each counter-example."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from openpyxl import load_workbook

from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.book import address
from ill_workflows.forms.check import check
from ill_workflows.forms.form import Checked, Column, Sheet, Wrong
from ill_workflows.forms.known import Known
from ill_workflows.rules.calendar import Calendar
from ill_workflows.rules.policy import Member
from ill_workflows.xlsx.read import read_book
from ill_workflows.xlsx.template import write_template

MONTH, RECEIVED = "2025-09", date(2025, 10, 3)
_CALENDAR = Calendar(frozenset(range(5)))
MEMBERS = {
    code: Member(code, name, _CALENDAR, aliases=aliases)
    for code, name, *aliases in (
        ("HDU", "虹島示範大學", "虹島大學"),
        ("NSU", "臺江虛構大學"),
        ("NSUT", "南星示範科技大學", "南星科大"),
        ("TMUT", "台墨示範科技大學"),
    )
}
OWN = MEMBERS["HDU"]
OWNED: dict[str, Any] = {"members": MEMBERS, "library": OWN, "month": MONTH}
KNOWN = Known(MEMBERS, RECEIVED)
PLAIN: dict[str, dict[str, Any]] = {
    "usage_loans": {
        "card": "NSUT-{n:02d}", "item": "9{n:06d}", "title": "輪機工程圖說", "material": "圖書",
        "lent_on": date(2025, 9, 3),
    },
    "usage_requests": {
        "request_no": "B-{n:04d}", "requested_on": date(2025, 9, 3), "borrower": "NSUT",
        "service": "借閱", "material": "圖書", "outcome": "取消", "answered_on": date(2025, 9, 5),
    },
    "cards_issues": {
        "card": "HDU-{n:02d}", "patron": "H4{n:07d}", "status": "學生",
        "issued_on": date(2025, 9, 3), "checked_by": "電話", "checked_on": date(2025, 9, 20),
    },
    "cards_stock": {"card": "HDU-{n:02d}", "state": "正常"},
    "departures_leavers": {
        "patron": "H4{n:07d}", "status": "學生", "kind": "畢業", "leaving_on": date(2025, 9, 3),
    },
    "cases_recalls": {
        "card": "NSUT-{n:02d}", "item": "9{n:06d}", "reason": "教師指定參考書",
        "needed_by": date(2025, 9, 30), "opened_on": date(2025, 9, 3),
    },
    "cases_suspensions": {
        "card": "NSUT-{n:02d}", "violated_on": date(2025, 9, 3), "reason": "攜出未借館藏",
        "suspended_from": date(2025, 9, 5),
    },
    "cases_claims": {
        "claim_no": "B-{n:04d}", "card": "NSUT-{n:02d}", "kind": "毀損賠償", "amount": 350,
        "opened_on": date(2025, 9, 3), "action": "未結",
    },
    "cases_losses": {"card": "HDU-{n:02d}", "kind": "遺失", "opened_on": date(2025, 9, 3)},
    "clearance_answers": {
        "case_no": "NSUT-{n:04d}", "card": "NSUT-{n:02d}", "answer": "有欠書",
        "answered_on": date(2025, 9, 30),
    },
}  # fmt: skip
"""A sound row of each sheet; ``n`` keeps keys apart, far from those of the examples."""


@dataclass(frozen=True)
class Counter:
    """A counter-example in its row: which finding it gives, where."""

    sheet: Sheet
    column: Column
    wrong: Wrong
    row: int

    @property
    def at(self) -> str:
        key = self.wrong.at or self.column.key
        return address(self.row, self.sheet.place[key] - 1)

    @property
    def name(self) -> str:
        return f"{self.sheet.table}.{self.column.key} {self.wrong.code} row {self.row}"


def plain_row(sheet: Sheet, n: int) -> dict[str, Any]:
    row = PLAIN[sheet.table]
    return {k: v.format(n=n + 100) if isinstance(v, str) else v for k, v in row.items()}


def example_rows(sheet: Sheet) -> list[dict[str, Any]]:
    typed = [(column.key, value) for column in sheet.columns for value in column.examples]
    return [{**plain_row(sheet, n), key: value} for n, (key, value) in enumerate(typed)]


def counter_rows(sheet: Sheet) -> tuple[list[dict[str, Any]], list[Counter]]:
    rows: list[dict[str, Any]] = []
    counters = []
    for column in sheet.columns:
        for wrong in column.wrong:
            if wrong.before:
                rows.append({**plain_row(sheet, len(rows)), **dict(wrong.before)})
            typed = {**dict(wrong.beside), column.key: wrong.value}
            row = {**plain_row(sheet, len(rows)), **typed}
            if wrong.before:  # the same thing again: what the row above says holds here too
                row |= {k: v for k, v in wrong.before if k in sheet.identity and k not in typed}
            rows.append(row)
            counters.append(Counter(sheet, column, wrong, len(rows) + 1))
    return rows, counters


def counters(form: Form) -> Iterator[Counter]:
    for sheet in form.sheets:
        yield from counter_rows(sheet)[1]


@cache
def with_examples(form: Form) -> bytes:
    return filled(form, {sheet.table: example_rows(sheet) for sheet in form.sheets})


@cache
def with_counters(form: Form) -> bytes:
    return filled(form, {sheet.table: counter_rows(sheet)[0] for sheet in form.sheets})


def filled(form: Form, rows: Mapping[str, list[dict[str, Any]]], *, blank: bool = False) -> bytes:
    """The template of HDU's month with rows typed into it, and somebody's name on the cover."""
    whose = {"members": {}, "library": None, "month": None} if blank else {**OWNED}
    book = load_workbook(io.BytesIO(write_template(form, **whose)))
    typed = {"填表人": "示範館員"}
    if blank:
        typed |= {"圖書館代碼": "HDU"} | ({"統計年月": "114年9月"} if form.monthly else {})
    type_on_cover(book["封面"], typed)
    for sheet in form.sheets:
        for n, row in enumerate(rows.get(sheet.table, []), start=2):
            type_row(book[sheet.title], n, [row.get(c.key, "") for c in sheet.columns])
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def type_row(page: Any, n: int, values: list[Any]) -> None:
    """What is typed into empty cells looks as the column says."""
    for c, value in enumerate(values, start=1):
        cell = page.cell(n, c)
        if not cell.has_style:
            cell._style = copy(column_look(page, c)._style)
        look = cell.number_format
        cell.value = None if value == "" else value
        cell.number_format = look
        if isinstance(value, str) and value.startswith("="):
            cell.data_type = "s"


def column_look(page: Any, column: int) -> Any:
    """How a column's empty cells look; columns that look alike are kept as one."""
    return next(d for d in page.column_dimensions.values() if d.min <= column <= d.max)


def type_on_cover(page: Any, values: Mapping[str, Any]) -> None:
    labels = {page.cell(r, 2).value: r for r in range(1, 30)}
    for label, value in values.items():
        page.cell(labels[label], 3).value = value


def checked(data: bytes) -> Checked:
    return check(read_book(data, "typed.xlsx"), KNOWN, FORMS)
