"""資料品質: what was put right, warned of and waived, and where sheets do not agree (7.4, 7.8).

No card and no word that somebody typed: file, sheet and cell say where to look.  The tables stand
under one another, so short columns come first in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, cast

import pandas as pd

from ill_workflows.evaluation.closings import Change
from ill_workflows.evaluation.definitions import BY_NAME
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import Cell, Column, Sheet, Table
from ill_workflows.evaluation.period import month_name
from ill_workflows.evaluation.said import Both, Said, Several, listing
from ill_workflows.evaluation.sheets.layout import LIBRARY, total
from ill_workflows.forms import FORMS
from ill_workflows.forms.texts import TEXTS
from ill_workflows.ledger.disagreements import NAMES, TOLD

RESTATED: Final = "結算月份的更正"
SEVERITIES: Final = {"corrected": "更正", "warning": "提醒", "waived": "豁免"}
_HOLE: Final = re.compile(r"\{(\w+)[^}]*\}")
_TITLES: Final = {form.name: Both(form.title, form.title_en) for form in FORMS}


def quality(figures: Figures) -> Sheet:
    """資料品質: counts by library, then every kind of finding by file, then what does not agree."""
    told, apart = figures.of("findings"), figures.of("disagreements")
    return Sheet(
        "資料品質",
        (
            _counts(figures, told, apart),
            _closings(figures),
            _restated(figures),
            _findings(figures, told),
            _disagreements(apart),
        ),
        notes=(
            "更正：只有一種讀法，照那樣讀並告訴填表人。提醒：收下，值當作不明或照舊計入。豁免：承辦館具理由收下的錯誤。",
            "兩館不符：兩份報表互相矛盾，已寫信請兩館查對；違反規則：前往館、冊數上限、續借，只列在這裡。",
            "同一檔案、工作表、欄與情形併為一列，儲存格連續者以「–」併寫，過長者只列前段；檔名含讀者姓名者只列收據。",
            "結算的月份數字固定；之後收到的更正列在『結算月份的更正』，本活頁簿的數字不因而改變，重新開啟並再結算後才納入。",
        ),
        frozen=2,
        about="更正、提醒與豁免，兩館不一致之處，結算後的更正",
    )


def _counts(figures: Figures, told: pd.DataFrame, apart: pd.DataFrame) -> Table:
    by = told.groupby(["library", "severity"])["n"].sum().to_dict()
    contradicting = apart[apart["kind"].isin(TOLD)]
    sides = pd.concat([contradicting["lender"], contradicting["against"]]).value_counts().to_dict()
    broken = apart[~apart["kind"].isin(TOLD)].groupby("lender").size().to_dict()
    rows: list[tuple[Cell, ...]] = [
        (
            code, figures.names.get(code, code),
            *(int(by.get((code, severity), 0)) for severity in SEVERITIES),
            int(sides.get(code, 0)), int(broken.get(code, 0)),
        )
        for code in figures.codes
    ]  # fmt: skip
    columns = (
        *LIBRARY, *(Column(name, "count") for name in SEVERITIES.values()),
        Column("兩館不符", "count"), Column("違反規則", "count"),
    )  # fmt: skip
    sums = list(total(rows, 7, (2, 3, 4, 6)))
    return Table(columns, tuple(rows), total=tuple(sums))


def _closings(figures: Figures) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            month_name(one.month), one.digest[:16], one.closed_on, one.reopened_on, one.why or None,
        )
        for one in figures.closings
    ]  # fmt: skip
    columns = (
        Column("月份"), Column("封存碼"), Column("結算日", "day"), Column("重新開啟", "day"),
        Column("原因", "free"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "結算紀錄", empty="本期的月份都還沒有結算。")


def _restated(figures: Figures) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            month_name(one.month), figures.names.get(one.library, one.library), one.library,
            one.noticed_on, one.adopted_on, len(one.changes),
            Several(one.receipts) or Said("規則或行事曆變更"),
            Several(map(_change, one.changes), "；", "; ") or Said("已恢復為結算時的數字"),
        )
        for one in figures.restatements
    ]  # fmt: skip
    columns = (
        Column("月份"), Column("館名"), Column("館代碼"), Column("發現日", "day"),
        Column("納入日", "day"), Column("變動數", "count"), Column("收據號碼", "long"),
        Column("結算值→更正值", "long"),
    )  # fmt: skip
    return Table(columns, tuple(rows), RESTATED, empty="結算之後沒有更正。")


def _change(one: Change) -> str:
    old, new = ("—" if value is None else f"{value:,}" for value in (one.old, one.new))
    return Said(
        "{measure} {library} {old}→{new}",
        measure=BY_NAME[one.measure].called, library=one.library, old=old, new=new,
    )  # fmt: skip


def _findings(figures: Figures, told: pd.DataFrame) -> Table:
    place = {code: n for n, code in enumerate(figures.codes)}
    order = ["place", "month", "form", "receipt", "sheet", "code", "heading"]
    told = told.assign(place=told["library"].map(place)).sort_values(order, kind="stable")
    rows: list[tuple[Cell, ...]] = [
        (
            one.library, _TITLES.get(one.form, one.form), month_name(one.month),
            Said(SEVERITIES[one.severity]), one.heading or None, one.n, one.receipt,
            _said(one.code, one.heading), one.sheet or None, listing(one.cells or "") or None,
            one.filename or None,
        )
        for one in cast("Iterable[Any]", told.itertuples())
    ]  # fmt: skip
    columns = (
        Column("館代碼"), Column("表單"), Column("月份"), Column("類別"), Column("欄名"),
        Column("處數", "count"), Column("收據號碼"), Column("情形", "long"),
        Column("工作表"), Column("儲存格"), Column("檔案", "long"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "更正、提醒與豁免", empty="本期收下的報表沒有更正或提醒。")


def _said(code: str, heading: str) -> str:
    """A finding's sentence without what somebody typed."""
    known = TEXTS.get(code)
    if known is None:
        return code
    zh, en = (
        _HOLE.sub(lambda hole: heading or "…" if hole[1] == "heading" else "…", sentence)
        for sentence in (known.zh, known.en)
    )
    return Both(zh, en)


def _disagreements(apart: pd.DataFrame) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            Said("兩館不符" if one.kind in TOLD else "違反規則"), Both(*NAMES[one.kind]),
            date.fromisoformat(one.day), one.lender, one.against, one.row, one.receipt,
            one.filename or None, one.sheet,
            one.other_filename or None, one.other_sheet, one.other_row or None, one.other_receipt,
        )
        for one in cast("Iterable[Any]", apart.itertuples())
    ]  # fmt: skip
    columns = (
        Column("類別"), Column("情形", "long"), Column("日期", "day"), Column("貸方"),
        Column("對方"), Column("貸方列", "count"), Column("貸方收據"), Column("貸方檔案", "long"),
        Column("貸方工作表"), Column("對方檔案", "long"), Column("對方工作表"),
        Column("對方列", "count"), Column("對方收據"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "不一致之處", empty="本期沒有不一致之處。")
