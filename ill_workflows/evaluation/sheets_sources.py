"""來源, 指標定義: where every figure comes from, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

import pandas as pd

from ill_workflows.evaluation.definitions import DEFINITIONS
from ill_workflows.evaluation.facts import Facts
from ill_workflows.evaluation.measures import COUNTED
from ill_workflows.evaluation.model import Cell, Column, Link, Sheet, Table
from ill_workflows.forms import FORMS
from ill_workflows.forms.month import minguo

_USED = (
    ("換證列", ("cards_issued",)), ("借出列", ("loans_lent",)),
    ("申請列", ("requests_refused", "copies_supplied")), ("逾期列", ("overdue_loans",)),
)  # fmt: skip


def _uses(facts: Facts) -> dict[str, pd.Series]:
    """How many rows of each submission stand behind figures of the period, by heading."""
    found = {}
    for heading, names in _USED:
        events = pd.concat([COUNTED[name][0](facts) for name in names])
        events = events[events["month"].isin(facts.months) & events["library"].isin(facts.codes)]
        found[heading] = events.groupby("receipt").size()
    return found


def sources(facts: Facts) -> Sheet:
    """來源: every submission used, with its receipt number and SHA-256."""
    uses = _uses(facts)
    used = set().union(*(set(counts.index) for counts in uses.values()))
    sent = facts.submissions[facts.submissions["state"] == "accepted"]
    sent = sent[sent["receipt"].isin(used) | (sent["month"].isin(facts.months) & sent["in_force"])]
    titles = {form.name: form.title for form in FORMS}
    order = {code: n for n, code in enumerate(facts.codes)}
    sent = sent.assign(
        place=sent["library"].map(order).fillna(len(order)), at=sent["received_at"].astype(str)
    ).sort_values(["place", "form", "month", "at", "receipt"], kind="stable")
    rows: list[tuple[Cell, ...]] = [
        (
            one.receipt,
            one.library,
            facts.names.get(one.library, one.library),
            titles.get(one.form, one.form) + ("（期中更新）" if one.interim else ""),
            minguo(one.month) if one.month else None,
            _day(one.received_at),
            one.sha256,
            int(one.rows),
            int(one.warnings),
            *(int(counts.get(one.receipt, 0)) for counts in uses.values()),
        )
        for one in cast("Iterable[Any]", sent.itertuples())
    ]
    columns = (
        Column("收據號碼"), Column("館代碼"), Column("館名"), Column("表單"), Column("月份"),
        Column("收件日", "day"), Column("SHA-256"),
        Column("列數", "count"), Column("提醒", "count"),
        *(Column(heading, "count") for heading in uses),
    )  # fmt: skip
    return Sheet(
        "來源",
        (Table(columns, tuple(rows), key=0, empty="本期沒有合格的報表。"),),
        notes=(
            (
                "每個數字的逐列出處：ill-workflows figures --from 起月 --to 訖月 --trace 指標，"
                "列出收據、檔案、工作表與列號。"
            ),
            (
                "換證列、借出列、申請列、逾期列：該份報表有多少列計入本期數字"
                "（同一筆續列於後月者，以最後一份為準）。"
            ),
        ),
        frozen=1,
    )


def _day(moment: object) -> Cell:
    if isinstance(moment, date):
        return date(moment.year, moment.month, moment.day)
    return None if moment is None or pd.isna(moment) else str(moment)  # type: ignore[call-overload]


def definitions(facts: Facts) -> Sheet:  # noqa: ARG001 - every sheet is called alike
    """指標定義: formula, denominator and source of each measure."""
    columns = (
        Column("指標"), Column("Indicator"), Column("代號"), Column("資料名稱"), Column("單位"),
        Column("算法", "long"), Column("分母", "long"), Column("工作表"), Column("依據", "long"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.zh, one.en, one.indicator, one.name or None, one.unit, one.formula,
            one.denominator or None, Link(one.sheet, one.sheet), one.source,
        )
        for one in DEFINITIONS
    )  # fmt: skip
    return Sheet(
        "指標定義",
        (Table(columns, rows),),
        notes=(
            "一件事只在發生的那個月計一次，不論被幾份報表續列；只計該館已報的月份。",
            "資料名稱：figures --json 中的名稱。百分率一律四捨五入至小數一位。",
        ),
    )
