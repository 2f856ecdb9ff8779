"""借書證使用: how much the shared loan cards are used, and where they are (Articles 7.1, 8.1)."""

from __future__ import annotations

from typing import Final

from ill_workflows.evaluation.figures import Figures, quantile
from ill_workflows.evaluation.measures import by_place, measures
from ill_workflows.evaluation.model import MISSING, Cell, Chart, Column, Series, Sheet, Table
from ill_workflows.evaluation.period import month_name
from ill_workflows.evaluation.sheets.layout import (
    BLANK_IS_MISSING,
    LIBRARY,
    REPORTED,
    known,
    library_cells,
    rate,
    total,
)

_STOCK: Final = {
    "in_hand": "在館", "with_reader": "讀者持有", "pledged": "抵押於貸方", "lost": "遺失",
    "void": "註銷",
}  # fmt: skip


def card_use(figures: Figures) -> Sheet:
    """借書證使用: by library and month, with the stock at the end of the period."""
    return Sheet(
        "借書證使用",
        (_by_library(figures), _by_month(figures), _by_place(figures)),
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
            "在館等五欄：該館最近一個已報月份月底的張數。抵押於貸方：讀者持有且貸方館報有未還的書，由兩館報表推得。",
            "使用證張數：整期同一張只計一次，因此不等於各月相加。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
        about="換證、使用率、持證天數，期末借書證在哪裡",
    )  # fmt: skip


def _days(figures: Figures, by: str) -> dict[str, tuple[int, int]]:
    """Library or month → card-days out and available."""
    out, available = (figures.sums("card_days", [by], name) for name in ("out", "available"))
    return {place: (out[place], days) for place, days in available.items()}


def _by_library(figures: Figures) -> Table:
    found, held = measures(figures, figures.months), figures.of("held")
    days = _days(figures, "library")
    stock = figures.at_end("stock", "cards").set_index("library")
    rows: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        out, available = days.get(code, (None, None))
        places = [int(stock[name][code]) if code in stock.index else MISSING for name in _STOCK]
        median = quantile(held[held["library"] == code], 0.5)
        rows.append(
            (
                *library_cells(figures, code, "cards"),
                known(found["cards_issued"].by_library[code]),
                known(found["cards_used"].by_library[code]),
                rate(out, available, (12,), (13,)) if available else MISSING,
                median if figures.months_of(code, "cards") else MISSING,
                *places,
                known(out),
                known(available),
            )
        )
    columns = (
        *LIBRARY, REPORTED, Column("換證次數", "count", trace="issues"),
        Column("使用證張數", "count", trace="issues"), Column("使用率(%)", "rate"),
        Column("持證天數中位數", "number"),
        *(Column(heading, "count") for heading in _STOCK.values()),
        Column("在外證日", "count"), Column("可用證日", "count"),
    )  # fmt: skip
    width = len(columns)
    sums = list(total(rows, width, [3, 4, *range(7, width)], {5: ((12,), (13,))}))
    sums[6] = quantile(held, 0.5)
    return Table(columns, tuple(rows), total=tuple(sums))


def _by_month(figures: Figures) -> Table:
    found = measures(figures, figures.months)
    days = _days(figures, "month")
    rows: list[tuple[Cell, ...]] = []
    for month in figures.months:
        out, available = days.get(month, (None, None))
        told = sum(bool(figures.months_of(code, "cards", [month])) for code in figures.codes)
        rows.append(
            (
                month_name(month),
                told,
                known(found["cards_issued"].by_month[month]),
                known(found["cards_used"].by_month[month]),
                known(out),
                known(available),
                rate(out, available, (4,), (5,)) if available else MISSING,
            )
        )
    columns = (
        Column("月份"), Column("已報館數", "count"), Column("換證次數", "count"),
        Column("使用證張數", "count"), Column("在外證日", "count"), Column("可用證日", "count"),
        Column("使用率(%)", "rate"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "各月使用")


def _by_place(figures: Figures) -> Table:
    rows: list[tuple[Cell, ...]] = []
    issued = by_place(figures, "cards_issued", figures.months)
    for code in figures.codes:
        cells = [known(issued[code, month]) for month in figures.months]
        rows.append((code, figures.names[code], *cells))
    months = (
        Column(month_name(month), "count", heat=True, trace="issues", month=month)
        for month in figures.months
    )
    columns = (*LIBRARY, *months)
    sums = range(2, len(columns))
    return Table(columns, tuple(rows), "各館各月換證次數", total(rows, len(columns), sums))
