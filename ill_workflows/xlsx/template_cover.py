"""The cover: whose form it is, of which month, and whether it may be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from ill_workflows.forms.month import first_day, minguo
from ill_workflows.forms.recognise import COVER, LABELS
from ill_workflows.forms.texts import TEXTS
from ill_workflows.xlsx.looks import clean
from ill_workflows.xlsx.template_excel import filled, spelled
from ill_workflows.xlsx.template_lists import Line, Part, Sum, Tally
from ill_workflows.xlsx.template_looks import FormLooks, protect
from ill_workflows.xlsx.template_rules import SPELLED_LIBRARIES
from ill_workflows.xlsx.template_sheet import set_paper
from ill_workflows.xlsx.template_words import COVER_ENGLISH, COVER_REQUIRED, Plan

READY: Final = "可送出"
_ASKED: Final = (f"{READY}（另有 ", " 格請補正）")
_MEND: Final = ("請修改 ", " 格，請看下面")
_FIRST: Final = 3
"""The row (0-based) of the first label."""
_LABEL, _VALUE, _END, _ENGLISH = 1, 2, 6, 7
"""Columns.  The value's cell reaches over five: a remark right beside an empty one would be read
as what was typed there."""
_FINE, _ROWS, _NOTHING = "都填好了", " 列，沒有要修改的", "沒有資料；沒有就不必填"
_RED, _AMBER = " 格要修改（不改會退回）　", " 格請補正（不補也收件，該格以不明計）　"
_UNKNOWN = "無法自動檢查，照常寄回即可"
_MESSAGES: Final = {
    "code": "必填。貴館的代碼。",
    "name": "館名全名。",
    "month": "必填。" + TEXTS["month_unreadable"].mend_zh,
    "kind": "留空就是月報；月中補報歸還情形請選「期中更新」。",
    "filled_by": "必填。填這份表的人。",
    "filled_on": "填表當天，例如 114.10.15；可留空。",
    "notes": "合作的經驗、遇到的困難、建議，都可以寫在這裡。",
}
"""What a value's cell says when it is chosen."""


class Cover:
    """The cover while it is written."""

    def __init__(self, book: Any, page: Any, looks: FormLooks, plan: Plan) -> None:
        self._book, self._page, self._looks, self._plan = book, page, looks, plan
        names = [name for name in LABELS if self._wanted(name)]
        self._rows = {name: row for row, name in enumerate(names, start=_FIRST)}

    def _wanted(self, name: str) -> bool:
        form = self._plan.form
        return {"month": form.monthly, "kind": bool(form.kinds)}.get(name, True)

    def cell(self, name: str) -> str:
        """Where a value stands: ``$C$5``."""
        return f"$C${self._rows[name] + 1}"

    def write(self, typed: Mapping[str, str]) -> None:
        """Labels, values, what they say when chosen; ``typed`` are values known by name."""
        page, looks, plan = self._page, self._looks, self._plan
        for column, width in ((0, 2), (_LABEL, 19), (_ENGLISH, 42)):
            page.set_column(column, column, width)
        page.set_column(_VALUE, _END, 11)
        form, known = plan.form, self._known(typed)
        for column in range(_LABEL, _ENGLISH + 1):
            page.write_blank(0, column, None, looks.band)
        page.write_string(0, _LABEL, f"{form.title}　{form.title_en}", looks.band)
        page.merge_range(1, _LABEL, 1, _END, form.guide, looks.under)
        page.write_string(1, _ENGLISH, form.guide_en, looks.under)
        page.set_row_pixels(0, 44)
        page.set_row_pixels(1, 56)
        for name, row in self._rows.items():
            required = "yes" if name in COVER_REQUIRED else ""
            page.write_string(row, _LABEL, LABELS[name][0], looks.head(required))
            page.write_string(row, _ENGLISH, COVER_ENGLISH[name], looks.under)
            page.set_row_pixels(row, 104 if name == "notes" else 28)
            if name != "selfcheck":
                self._value(name, row, known.get(name, ""))
        self._colour()
        page.hide_gridlines(2)
        page.set_selection(self.cell("filled_by" if plan.library else "code").replace("$", ""))
        set_paper(page, f"{form.title}　{COVER}", plan)
        page.fit_to_pages(1, 1)
        protect(page)

    def _known(self, typed: Mapping[str, str]) -> dict[str, str]:
        plan = self._plan
        return {
            "form": plan.form.label,
            "code": plan.own,
            "name": plan.library.name if plan.library else "",
            "month": minguo(plan.month) if plan.month else "",
            **typed,
        }

    def _value(self, name: str, row: int, value: str) -> None:
        page, plan = self._page, self._plan
        identity = name == "form" or (name in {"code", "name", "month"} and bool(value))
        locked = name == "form" or (identity and plan.library is not None)
        look = self._looks.value(locked=locked, day=name == "filled_on", tall=name == "notes")
        page.merge_range(row, _VALUE, row, _END, "", look)
        if value:
            page.write_string(row, _VALUE, clean(value), look)
        rule: dict[str, Any] = {}
        if name in _MESSAGES and not locked:
            rule = {
                "validate": "any", "input_title": LABELS[name][0], "input_message": _MESSAGES[name],
            }  # fmt: skip
        if name == "kind":
            rule |= {"validate": "list", "source": "=choices_report_kinds", "error_type": "warning"}
        if rule:
            page.data_validation(row, _VALUE, row, _VALUE, rule)

    def parts(self, typed: Mapping[str, str]) -> list[Part]:
        """What the self-check asks of the cover, and its answers now."""
        red, amber = self._conditions(f"'{COVER}'!")
        there = {name for name, value in self._known(typed).items() if value}
        return [
            (
                LABELS[name][0],
                f"=SUM(--(({red[name]})>0))" if name in red else "",
                f"=SUM(--(({amber[name]})>0))" if name in amber else "",
                Tally(
                    int(name in red and name not in there), int(name == "filled_by" not in there)
                ),
            )
            for name in self._rows
            if name in red or name in amber
        ]

    def _conditions(self, sheet: str = "") -> tuple[dict[str, str], dict[str, str]]:
        """What is wrong on the cover: what returns the workbook, what is only asked for."""
        plan, cells = self._plan, {name: sheet + self.cell(name) for name in self._rows}
        red = {"code": f"(1-{filled(cells['code'])})"}
        if plan.members:
            red["code"] = f"ISNA(MATCH({spelled(cells['code'])},{SPELLED_LIBRARIES},0))"
        if "month" in cells:
            red["month"] = f"(1-{filled(cells['month'])})"
        amber = {"filled_by": f"(1-{filled(cells['filled_by'])})"}
        day = cells["filled_on"]
        first = first_day(plan.month) if plan.month else date(1990, 1, 1)
        early = f"({day}<DATE({first.year},{first.month},1))"
        amber["filled_on"] = f"ISNUMBER({day})*(({day}>=TODAY()+1)+{early})"
        return red, amber

    def _colour(self) -> None:
        for conditions, tone in zip(
            self._conditions(), (self._looks.tone("bad"), self._looks.tone("fair")), strict=True
        ):
            for name, condition in conditions.items():
                row, rule = self._rows[name], {"type": "formula", "format": tone}
                rule["criteria"] = f"=({condition})>0"
                self._page.conditional_format(row, _VALUE, row, _END, rule)

    def check_itself(self, lines: Sequence[Line]) -> None:
        """The self-check: the verdict, and a line a sheet."""
        page, looks, row = self._page, self._looks, self._rows["selfcheck"]
        red = "+".join(line.errors.cell for line in lines)
        amber = "+".join(line.warnings.cell for line in lines)
        sendable = f'IF({amber}>0,"{_ASKED[0]}"&{amber}&"{_ASKED[1]}","{READY}")'
        formula = f'=IF({red}>0,"{_MEND[0]}"&{red}&"{_MEND[1]}",{sendable})'
        self._told(row, formula, _verdict_now(lines), looks.verdict)
        for line in lines:
            row += 1
            page.write_string(row, _LABEL, line.title, looks.label)
            page.set_row_pixels(row, 58)
            self._told(row, _sentence(line), _sentence_now(line), looks.told)
        verdict = self.cell("selfcheck")
        for criteria, tone in (
            (f'={verdict}="{READY}"', looks.tone("good")),
            (f'=LEFT({verdict},{len(READY)})="{READY}"', looks.tone("fair")),
            (f'=LEFT({verdict},{len(READY)})<>"{READY}"', looks.tone("bad")),
        ):
            at = self._rows["selfcheck"]
            rule = {"type": "formula", "criteria": criteria, "format": tone, "stop_if_true": True}
            page.conditional_format(at, _VALUE, at, _END, rule)

    def _told(self, row: int, formula: str, value: str, look: Any) -> None:
        self._page.merge_range(row, _VALUE, row, _END, "", look)
        self._page.write_formula(row, _VALUE, formula, look, value)


def _verdict_now(lines: Sequence[Line]) -> str:
    """What the verdict says when the workbook is written."""
    if red := sum(line.errors.value for line in lines):
        return str(red).join(_MEND)
    amber = sum(line.warnings.value for line in lines)
    return str(amber).join(_ASKED) if amber else READY


def _sentence(line: Line) -> str:
    """The self-check's line of a sheet, as a formula."""
    red, amber = line.errors.cell, line.warnings.cell
    fine = f'"{_FINE}"'
    if line.rows is not None:
        fine = f'IF({line.rows.cell}=0,"{_NOTHING}",{line.rows.cell}&"{_ROWS}")'
    where = "&".join(
        f'IF({_plus(cells)}>0,"{heading} "&{_plus(cells)}&"　","")' for heading, cells in line.parts
    )
    told = f'IF({red}>0,{red}&"{_RED}","")&IF({amber}>0,{amber}&"{_AMBER}","")&CHAR(10)&{where}'
    return f'=IFERROR(IF({red}+{amber}=0,{fine},{told}),"{_UNKNOWN}")'


def _plus(cells: tuple[Sum, ...]) -> str:
    return f"({'+'.join(cell.cell for cell in cells)})"


def _sentence_now(line: Line) -> str:
    """What :func:`_sentence` says when the workbook is written."""
    red, amber = line.errors.value, line.warnings.value
    if red + amber == 0:
        if line.rows is None:
            return _FINE
        return f"{line.rows.value}{_ROWS}" if line.rows.value else _NOTHING
    counts = ((heading, sum(cell.value for cell in cells)) for heading, cells in line.parts)
    where = "".join(f"{heading} {count}　" for heading, count in counts if count)
    told = (f"{red}{_RED}" if red else "") + (f"{amber}{_AMBER}" if amber else "")
    return f"{told}\n{where}"
