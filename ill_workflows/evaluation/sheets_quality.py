"""資料品質: what was put right, warned of and waived, and where sheets do not agree (7.4, 7.8).

No card and no word that somebody typed: file, sheet and cell say where to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, cast

import pandas as pd

from ill_workflows.evaluation.facts import Facts
from ill_workflows.evaluation.layout import LIBRARY, total
from ill_workflows.evaluation.model import Cell, Column, Sheet, Table
from ill_workflows.forms import FORMS
from ill_workflows.forms.month import minguo
from ill_workflows.forms.texts import TEXTS
from ill_workflows.ledger.disagreements import NAMES, TOLD

SEVERITIES: Final = {"corrected": "更正", "warning": "提醒", "waived": "豁免"}
_HOLE: Final = re.compile(r"\{(\w+)[^}]*\}")
_TITLES: Final = {form.name: form.title for form in FORMS}


def quality(facts: Facts) -> Sheet:
    """資料品質: counts by library, then every kind of finding by file, then what does not agree."""
    told = facts.findings
    told = told[told["month"].isin(facts.months) & told["library"].isin(facts.codes)]
    apart = facts.disagreements
    apart = apart[facts.within(apart["day"])]
    return Sheet(
        "資料品質",
        (_counts(facts, told, apart), _findings(told), _disagreements(apart)),
        notes=(
            "更正：只有一種讀法，照那樣讀並告訴填表人。提醒：收下，值當作不明或照舊計入。豁免：承辦館具理由收下的錯誤。",
            "兩館不符：兩份報表互相矛盾，已寫信請兩館查對；違反規則：前往館、冊數上限、續借，只列在這裡。",
            "同一檔案、工作表、欄與情形併為一列，儲存格列前 50 處；檔名含讀者姓名者只列收據。",
        ),
        frozen=2,
    )


def _counts(facts: Facts, told: pd.DataFrame, apart: pd.DataFrame) -> Table:
    by = told.groupby(["library", "severity"])["count"].sum().to_dict()
    contradicting = apart[apart["kind"].isin(TOLD)]
    sides = pd.concat([contradicting["lender"], contradicting["against"]]).value_counts().to_dict()
    broken = apart[~apart["kind"].isin(TOLD)].groupby("lender").size().to_dict()
    rows: list[tuple[Cell, ...]] = [
        (
            code, facts.names.get(code, code),
            *(int(by.get((code, severity), 0)) for severity in SEVERITIES),
            int(sides.get(code, 0)), int(broken.get(code, 0)),
        )
        for code in facts.codes
    ]  # fmt: skip
    columns = (
        *LIBRARY, *(Column(name, "count") for name in SEVERITIES.values()),
        Column("兩館不符", "count"), Column("違反規則", "count"),
    )  # fmt: skip
    sums = list(total(rows, 7, (2, 3, 4, 6)))
    return Table(columns, tuple(rows), total=tuple(sums))


def _findings(told: pd.DataFrame) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            one.library, _TITLES.get(one.form, one.form), minguo(one.month),
            SEVERITIES[one.severity], one.heading or None, _said(one.code, one.heading),
            int(one.count_), one.filename or None, one.sheet or None, one.cells or None,
            one.receipt,
        )
        for one in cast("Iterable[Any]", told.rename(columns={"count": "count_"}).itertuples())
    ]  # fmt: skip
    columns = (
        Column("館代碼"), Column("表單"), Column("月份"), Column("類別"), Column("欄名"),
        Column("情形", "long"), Column("處數", "count"), Column("檔案", "long"),
        Column("工作表"), Column("儲存格"), Column("收據號碼"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "更正、提醒與豁免", empty="本期收下的報表沒有更正或提醒。")


def _said(code: str, heading: str) -> str:
    """A finding's sentence without what somebody typed."""
    known = TEXTS.get(code)
    if known is None:
        return code
    return _HOLE.sub(lambda hole: heading or "…" if hole[1] == "heading" else "…", known.zh)


def _disagreements(apart: pd.DataFrame) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            "兩館不符" if one.kind in TOLD else "違反規則", NAMES[one.kind][0], one.day.date(),
            one.lender, one.against, one.filename or None, one.sheet, int(one.row), one.receipt,
            one.other_filename or None, one.other_sheet,
            None if pd.isna(one.other_row) else int(one.other_row), one.other_receipt,
        )
        for one in cast("Iterable[Any]", apart.itertuples())
    ]  # fmt: skip
    columns = (
        Column("類別"), Column("情形", "long"), Column("日期", "day"), Column("貸方"),
        Column("對方"), Column("貸方檔案", "long"), Column("貸方工作表"), Column("貸方列", "count"),
        Column("貸方收據"), Column("對方檔案", "long"), Column("對方工作表"),
        Column("對方列", "count"), Column("對方收據"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "不一致之處", empty="本期沒有不一致之處。")
