"""One sheet of a form as people fill it in: headings, lists, colours, what is known already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from ill_workflows.forms.book import letters
from ill_workflows.forms.fields import Choice, Day, Whole
from ill_workflows.forms.form import Column, Sheet, running_number
from ill_workflows.forms.texts import TEXTS
from ill_workflows.xlsx.looks import clean, text_width
from ill_workflows.xlsx.template_excel import amber_name, any_name, names, red_name
from ill_workflows.xlsx.template_lists import Tally, offered
from ill_workflows.xlsx.template_looks import FormLooks, protect
from ill_workflows.xlsx.template_words import Plan, message

Given = Sequence[Mapping[str, Any]]
"""Rows that are filled in ahead: key → value, days as dates."""
SPARE: Final = 600
"""Rows below the ready ones that are checked and coloured all the same."""
_FILTER: Final = 3.5
"""What a filter's button takes of a heading's width."""


class FormSheet:
    """A form's sheet while it is written: the heading in row 1, what is given, the empty rows."""

    def __init__(self, page: Any, looks: FormLooks, plan: Plan, sheet: Sheet, given: Given) -> None:
        self._page, self._looks, self._plan = page, looks, plan
        self._sheet, self._given = sheet, given
        self.ready = 1 + len(given) + sheet.rows
        self.last = self.ready + SPARE

    def write(self) -> None:
        """The whole sheet."""
        page, looks, sheet = self._page, self._looks, self._sheet
        page.set_default_row(18)
        for n, column in enumerate(sheet.columns):
            wide = max(column.width, text_width(column.heading) + _FILTER)
            page.set_column(n, n, wide, looks.data(column))
            page.write_string(0, n, column.heading, looks.head(column.required))
            page.data_validation(1, n, self.last - 1, n, _typing(self._plan, column, letters(n)))
            self._colour(n, column)
            if column.prefilled and self._plan.month:
                self._number_ahead(n, column, self._plan.month)
        carried = [looks.data(column, carried=True) for column in sheet.columns]
        for n, row in enumerate(self._given, start=1):
            self._row(n, row, carried)
        page.set_row_pixels(0, 34)
        page.autofilter(0, 0, self.last - 1, len(sheet.columns) - 1)
        page.freeze_panes(1, 1)
        page.hide_gridlines(2)
        cells = f"A2:{letters(len(sheet.columns) - 1)}{self.last}"
        page.ignore_errors({"number_stored_as_text": cells, "two_digit_text_year": cells})
        protect(page)
        set_paper(page, f"{self._plan.form.title}　{sheet.title}", self._plan)
        page.repeat_rows(0)
        page.fit_to_pages(1, 0)

    def _row(self, n: int, row: Mapping[str, Any], looks: Sequence[Any]) -> None:
        page = self._page
        for c, (column, look) in enumerate(zip(self._sheet.columns, looks, strict=True)):
            value = row.get(column.key)
            if value is None or value == "":
                page.write_blank(n, c, None, look)
            elif column.field.kind == "day":
                page.write_datetime(n, c, _midnight(value), look)
            elif column.field.kind == "int":
                page.write_number(n, c, int(value), look)
            else:
                page.write_string(n, c, clean(str(value)), look)

    def _number_ahead(self, n: int, column: Column, month: str) -> None:
        """Give the empty rows their running numbers, behind those of the month that are taken."""
        pattern = re.compile(re.escape(running_number(month, 0)[:-3]) + r"(\d{3,4})", re.ASCII)
        taken = (pattern.fullmatch(str(row.get(column.key, ""))) for row in self._given)
        first = max((int(found[1]) for found in taken if found), default=0) + 1
        look = self._looks.data(column)
        for number, row in enumerate(range(len(self._given) + 1, self.ready), start=first):
            self._page.write_string(row, n, running_number(month, number), look)

    def _colour(self, n: int, column: Column) -> None:
        """Red: the workbook would come back; yellow: it would be taken, the value unknown."""
        sheet, looks = self._sheet, self._looks
        known = names(sheet, members=bool(self._plan.members))
        rules = [(red_name(sheet, column), looks.tone("bad"))]
        if amber_name(sheet, column) in known:
            rules.append((amber_name(sheet, column), looks.tone("fair")))
        if column.prefilled:
            rules.append((f"NOT({any_name(sheet)})", looks.ahead))
        for condition, look in rules:
            rule = {"type": "formula", "criteria": f"={condition}", "format": look}
            self._page.conditional_format(1, n, self.last - 1, n, {**rule, "stop_if_true": True})


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a day has no zone


def set_paper(page: Any, title: str, plan: Plan) -> None:
    """A4 across, with a title, library and month above and the page's number below."""
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    left, right = (clean(text).replace("&", "&&")[:100] for text in (title, plan.whose))
    page.set_header(f"&L&10 {left}&R&10 {right}")  # a digit right behind would be the size's
    page.set_footer("&C&9第 &P 頁，共 &N 頁")


def _typing(plan: Plan, column: Column, at: str) -> dict[str, Any]:
    """What a cell says when it is chosen, and what it asks about when something odd is typed.

    It asks and never stops: whatever can be read may be typed.
    """
    said = {"input_title": column.heading, "input_message": message(plan, column)}
    name, cell = offered(column, plan), f"{at}2"
    if name:
        asks = isinstance(column.field, Choice)
        listed = {"validate": "list", "source": f"={name}", "show_error": asks}
        remedy = "選單裡沒有這個寫法。要照樣留下嗎？"
        return {**said, **listed, "error_type": "warning", "error_message": remedy}
    if isinstance(column.field, Day):
        latest = f"TODAY()+{column.field.far}" if column.field.future else "TODAY()+1"
        fits = f"OR({cell}>999999,AND({cell}>=18264,{cell}<{latest}))"
        remedy = TEXTS["date_unreadable"].mend_zh + TEXTS["date_future"].mend_zh
        return {**said, **_asking(f"=IF(ISNUMBER({cell}),{fits},TRUE)", remedy)}
    if isinstance(column.field, Whole):
        fits = f"AND({cell}>={column.field.least},{cell}=INT({cell}))"
        remedy = TEXTS["number_unreadable"].mend_zh.format(example=column.field.example)
        return {**said, **_asking(f"=IF(ISNUMBER({cell}),{fits},TRUE)", remedy)}
    return {**said, "validate": "any", "show_error": False}


def _asking(condition: str, remedy: str) -> dict[str, Any]:
    return {
        "validate": "custom", "value": condition, "error_type": "warning",
        "error_message": f"{remedy}要照樣留下嗎？",
    }  # fmt: skip


def tally(sheet: Sheet, given: Given) -> dict[str, Tally]:
    """What the self-check says of the rows that are filled in ahead, by column."""
    counted: dict[str, Tally] = {}
    for row in given:
        values = {column.key: row.get(column.key) for column in sheet.columns}
        for column in sheet.columns:
            if values[column.key] in (None, "") and _needed(column, values):
                _count(counted, column.key, error=column.strict)
        for rule in sheet.rules:
            if rule.excel and _holds(rule.when, values):
                _count(counted, rule.at, error=rule.severity == "error")
    return counted


def _needed(column: Column, values: dict[str, Any]) -> bool:
    return column.required == "yes" or (column.required == "when" and _holds(column.when, values))


def _holds(condition: str, values: dict[str, Any]) -> bool:
    return bool(eval(_compiled(condition), {}, values))  # noqa: S307 - our own declaration


@lru_cache(maxsize=64)
def _compiled(condition: str) -> CodeType:
    return compile(condition, "forms", "eval")


def _count(counted: dict[str, Tally], key: str, *, error: bool) -> None:
    before = counted.get(key, Tally())
    counted[key] = Tally(before.errors + error, before.warnings + (not error))
