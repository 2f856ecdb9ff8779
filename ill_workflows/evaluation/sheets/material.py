"""資料類型與年代, 複印: what was lent and copied (Articles 7.5, 8.1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ill_workflows.evaluation.counting.events import COPY
from ill_workflows.evaluation.counting.lending import BANDS, LOANS, UNKNOWN
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import Cell, Chart, Column, Formula, Series, Sheet, Table
from ill_workflows.evaluation.said import Said
from ill_workflows.evaluation.sheets.layout import total
from ill_workflows.forms.choices import REQUESTED_KINDS, SUPPLIED_AS

KIND, WAY = "資料類型", "提供方式"


def material(figures: Figures) -> Sheet:
    """資料類型與年代: kind × age band, of loans, then of copies."""
    return Sheet(
        "資料類型與年代",
        (_ages(figures, LOANS, ""), _ages(figures, COPY, "複印")),
        (
            Chart(
                "stacked_bars", "借出：資料類型與年代", 0,
                tuple(Series(n) for n in range(1, len(BANDS) + 1)),
                "堆疊橫條圖：各資料類型借出的件數，依資料年代分色。", 0, "件",
            ),
        ),
        (
            "上表為借出，下表為複印。年代＝借出（複印為回覆）之年減出版年；沒有出版年者為不明。",
        ),
        about="借出與複印的資料是什麼類型、多舊",
    )  # fmt: skip


def _ages(figures: Figures, service: str, title: str) -> Table:
    counts = figures.sums("ages", ["service", "material", "band"])
    kinds = {kind for of, kind, _ in counts if of == service}
    cells: list[tuple[Cell, ...]] = []
    for kind in _in_order(kinds, REQUESTED_KINDS):
        line = [counts.get((service, kind, name), 0) for name in BANDS]
        cells.append((Said(kind), *line, _row_sum(line)))
    columns = (
        Column("資料類型"), *(Column(name, "count") for name in BANDS), Column("合計", "count"),
    )  # fmt: skip
    return Table(columns, tuple(cells), title, total(cells, 7, range(1, 7)))


def _row_sum(line: list[int]) -> Cell:
    return Formula("SUM(B{r}:F{r})", sum(line))


def _in_order(there: Collection[str], order: tuple[str, ...]) -> list[str]:
    return [name for name in (*order, UNKNOWN) if name in there]


def copies(figures: Figures) -> Sheet:
    """複印: 資料類型 × lender (requests, pages, fees), then 提供方式 × lender."""
    return Sheet(
        "複印",
        (
            _pairs(figures, "material", REQUESTED_KINDS, Column(KIND), ""),
            _pairs(figures, "way", SUPPLIED_AS, Column(WAY), "提供方式 × 貸方"),
            _sums(figures),
        ),
        (
            Chart(
                "columns", "複印件數：資料類型", 0, (Series(1, 2),),
                "直條圖：各資料類型的複印件數。", 2, "件",
            ),
        ),
        (
            "上表依所複印資料的類型與貸方館，第二表依提供方式與貸方館；費用為新臺幣元，未填者不計。",
            "沒有列出的館：沒有複印，或該期未繳（見『繳交情形』）。",
        ),
        frozen=0,
        about="複印了什麼、多少頁、費用，怎麼提供",
    )  # fmt: skip


_FIGURES: Final = (Column("件數", "count"), Column("頁數", "count"), Column("費用(元)", "money"))
_NUMBERS: Final = ["n", "pages", "fee"]


def _pairs(figures: Figures, by: str, order: tuple[str, ...], heading: Column, title: str) -> Table:
    sums = figures.of("copies").groupby([by, "lender"])[_NUMBERS].sum()
    groups = {pair: map(int, line) for pair, line in zip(sums.index, sums.to_numpy(), strict=True)}
    kinds = {kind for kind, _ in groups}
    cells: list[tuple[Cell, ...]] = [
        (Said(name), code, figures.names[code], *groups[name, code])
        for name in _in_order(kinds, order)
        for code in figures.codes
        if (name, code) in groups
    ]
    columns = (heading, Column("館代碼"), Column("館名"), *_FIGURES)
    return Table(columns, tuple(cells), title, total(cells, 6, range(3, 6)))


def _sums(figures: Figures) -> Table:
    sums = figures.of("copies").groupby("material")[_NUMBERS].sum()
    cells: list[tuple[Cell, ...]] = [
        (Said(name), *map(int, sums.loc[name]))
        for name in _in_order(set(sums.index), REQUESTED_KINDS)
    ]
    columns = (Column("資料類型"), *_FIGURES)
    return Table(columns, tuple(cells), "各資料類型", total(cells, 4, range(1, 4)))
