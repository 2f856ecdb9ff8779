"""經驗分享: what libraries wrote about working together, once the host has released it (3.2.8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import Cell, Column, Link, Sheet, Table
from ill_workflows.evaluation.period import month_name
from ill_workflows.evaluation.sheets.layout import LIBRARY


def experiences(figures: Figures) -> Sheet:
    """經驗分享: what libraries wrote on the covers of their workbooks, as the host released it."""
    told = figures.experiences
    told = told[told["month"].isin(figures.months) & told["library"].isin(figures.codes)]
    order = {code: n for n, code in enumerate(figures.codes)}
    told = (
        told.assign(place=told["library"].map(order))
        .sort_values(["place", "month", "receipt"], kind="stable")
        .drop_duplicates(["library", "month", "text"], keep="last")  # the version that counts
        .drop_duplicates(["library", "text"])
    )
    rows: list[tuple[Cell, ...]] = [
        (
            one.library, figures.names.get(one.library, one.library),
            month_name(one.month), one.text, Link(one.receipt, "來源", one.receipt),
        )
        for one in cast("Iterable[Any]", told.itertuples())
    ]  # fmt: skip
    columns = (
        *LIBRARY, Column("月份"), Column("經驗分享與建議", "long"), Column("收據號碼"),
    )  # fmt: skip
    return Sheet(
        "經驗分享",
        (Table(columns, tuple(rows), empty="本期還沒有公開的經驗分享；歡迎寫在月報表的封面。"),),
        notes=(
            "各館寫在報表封面「經驗分享與建議」的文字（3.2.8），經承辦館逐則同意後列出；承辦館可能略作刪節。",
            "同一館各月重複的文字只列本期最早的一次。",
        ),
        frozen=2,
        about="各館在報表封面寫下的經驗與建議",
    )
