"""借書證使用: how much the shared loan cards are used, and where they are (Articles 7.1, 8.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from ill_workflows.evaluation.facts import Facts
from ill_workflows.evaluation.layout import (
    BLANK_IS_MISSING,
    LIBRARY,
    REPORTED,
    known,
    library_cells,
    rate,
    total,
)
from ill_workflows.evaluation.measures import DAY, Value, by_place, measures
from ill_workflows.evaluation.model import MISSING, Cell, Chart, Column, Series, Sheet, Table
from ill_workflows.forms.month import first_day, last_day, minguo

OUT_OF_SERVICE: Final = ("遺失", "註銷")


def card_days(facts: Facts, months: Iterable[str]) -> pd.DataFrame:
    """Card-days ``out`` and ``available``, by library, over the months that it reported.

    A card is out each night from 換證日 to 還證日; it is available while it is neither lost nor
    void.  Index: code; a library without a reported month, or without a known stock, is absent.
    """
    issues, stock = facts.issues, facts.stock
    found: dict[str, list[int]] = {}
    wanted = list(months)
    gone = stock.loc[stock["state"].isin(OUT_OF_SERVICE)].set_index("card")["since"].dropna()
    ends = issues["returned_on"].fillna(pd.Timestamp.max.normalize())
    ended = gone.reindex(issues["card"]).set_axis(issues.index)  # map fails where no card is gone
    ends = pd.concat([ends, ended], axis=1).min(axis=1)
    for month in wanted:
        start, end = pd.Timestamp(first_day(month)), pd.Timestamp(last_day(month)) + DAY
        out = (_at_most(ends, end) - _at_least(issues["issued_on"], start)).dt.days.clip(lower=0)
        lost = stock["state"].isin(OUT_OF_SERVICE)
        until = _at_least(_at_most(stock["since"].where(lost, end).fillna(start), end), start)
        out_by = out.groupby(issues["home"]).sum()
        available_by = (until - start).dt.days.groupby(stock["home"]).sum()
        for code in facts.codes:
            if facts.months_of(code, "cards", [month]) and code in available_by:
                sums = found.setdefault(code, [0, 0])
                sums[0] += int(out_by.get(code, 0))
                sums[1] += int(available_by[code])
    return pd.DataFrame.from_dict(found, orient="index", columns=["out", "available"])


def _at_most(days: pd.Series, bound: pd.Timestamp) -> pd.Series:
    return days.where(days <= bound, bound)


def _at_least(days: pd.Series, bound: pd.Timestamp) -> pd.Series:
    return days.where(days >= bound, bound)


def stock_now(facts: Facts) -> pd.DataFrame:
    """Where each library's cards are at the end of the period.

    Columns ``in_hand``, ``with_reader``, ``pledged`` (derived: the reader has the card and a
    lender reports a book out on it), ``lost``, ``void``; index: code.
    """
    end = pd.Timestamp(facts.last)
    issues, loans, stock = facts.issues, facts.loans, facts.stock
    still = issues[
        (issues["issued_on"] <= end)
        & (issues["returned_on"].isna() | (issues["returned_on"] > end))
    ]
    lent = loans[
        (loans["lent_on"] <= end)
        & (loans["returned_on"].isna() | (loans["returned_on"] > end))
        & (loans["condition"] != "遺失")
    ]
    gone = stock["state"].isin(OUT_OF_SERVICE) & (stock["since"].isna() | (stock["since"] <= end))
    held = stock["card"].isin(still["card"]) & ~gone
    pledged = held & stock["card"].isin(lent["card"])
    states = pd.DataFrame(
        {
            "in_hand": ~gone & ~held,
            "with_reader": held & ~pledged,
            "pledged": pledged,
            "lost": gone & (stock["state"] == "遺失"),
            "void": gone & (stock["state"] == "註銷"),
        }
    )
    return states.groupby(stock["home"]).sum()


def card_use(facts: Facts) -> Sheet:
    """借書證使用: by library and month, with the stock at the end of the period."""
    return Sheet(
        "借書證使用",
        (_by_library(facts), _by_month(facts), _by_place(facts)),
        (
            Chart(
                "stacked", "期末借書證在哪裡", 0, tuple(Series(n) for n in range(7, 12)),
                "堆疊直條圖：各館期末在館、讀者持有、抵押於貸方、遺失與註銷的張數。", 0, "張",
            ),
            Chart(
                "columns", "各月換證次數", 0, (Series(2, 1),),
                "直條圖：全聯盟各月換證次數。", 1, "次",
            ),
        ),
        (
            "使用率＝在外證日 ÷ 可用證日；只計該館已報的月份。",
            "抵押於貸方：讀者持有且貸方館報有未還的書，由兩館報表推得。",
            "使用證張數：整期同一張只計一次，因此不等於各月相加。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
    )  # fmt: skip


def _median(days: pd.Series) -> Cell:
    return None if days.empty else round(float(days.median()), 1)


def _held(facts: Facts) -> pd.DataFrame:
    issues = facts.issues
    back = issues[
        facts.within(issues["returned_on"])
        & facts.known(issues["home"], issues["returned_on"], "cards")
    ]
    return back.assign(days=(back["returned_on"] - back["issued_on"]).dt.days)


def _by_library(facts: Facts) -> Table:
    found, days = measures(facts, facts.months), card_days(facts, facts.months)
    stock, held = stock_now(facts), _held(facts)
    rows: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        out = _number(days, code, "out")
        available = _number(days, code, "available")
        places = [known(_number(stock, code, name)) for name in stock.columns]
        told = bool(facts.months_of(code, "cards"))
        rows.append(
            (
                *library_cells(facts, code, "cards"),
                known(found["cards_issued"].by_library[code]),
                known(found["cards_used"].by_library[code]),
                rate(out, available, (12,), (13,)) if available else MISSING,
                _median(held.loc[held["home"] == code, "days"]) if told else MISSING,
                *places,
                known(out),
                known(available),
            )
        )
    columns = (
        *LIBRARY, REPORTED, Column("換證次數", "count"), Column("使用證張數", "count"),
        Column("使用率(%)", "rate"), Column("持證天數中位數", "number"),
        Column("在館", "count"), Column("讀者持有", "count"), Column("抵押於貸方", "count"),
        Column("遺失", "count"), Column("註銷", "count"), Column("在外證日", "count"),
        Column("可用證日", "count"),
    )  # fmt: skip
    width = len(columns)
    sums = [3, 4, *range(7, width)]
    return Table(columns, tuple(rows), total=total(rows, width, sums, {5: ((12,), (13,))}))


def _number(frame: pd.DataFrame, code: str, column: str) -> Value:
    return int(frame[column][code]) if code in frame.index else None


def _by_month(facts: Facts) -> Table:
    found = measures(facts, facts.months)
    rows: list[tuple[Cell, ...]] = []
    for month in facts.months:
        days = card_days(facts, [month])
        out, available = (int(days[name].sum()) for name in ("out", "available"))
        told = sum(bool(facts.months_of(code, "cards", [month])) for code in facts.codes)
        rows.append(
            (
                minguo(month),
                told,
                known(found["cards_issued"].by_month[month]),
                known(found["cards_used"].by_month[month]),
                known(out if available else None),
                known(available or None),
                rate(out, available, (4,), (5,)) if available else MISSING,
            )
        )
    columns = (
        Column("月份"), Column("已報館數", "count"), Column("換證次數", "count"),
        Column("使用證張數", "count"), Column("在外證日", "count"), Column("可用證日", "count"),
        Column("使用率(%)", "rate"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "各月使用")


def _by_place(facts: Facts) -> Table:
    rows: list[tuple[Cell, ...]] = []
    issued = by_place(facts, "cards_issued", facts.months)
    for code in facts.codes:
        cells = [known(issued[code, month]) for month in facts.months]
        rows.append((code, facts.names[code], *cells))
    columns = (*LIBRARY, *(Column(minguo(month), "count", heat=True) for month in facts.months))
    sums = range(2, len(columns))
    return Table(columns, tuple(rows), "各館各月換證次數", total(rows, len(columns), sums))
