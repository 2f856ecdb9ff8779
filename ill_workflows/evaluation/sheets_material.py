"""資料類型與年代, 複印: what was lent and copied (Articles 7.5, 8.1)."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ill_workflows.evaluation.facts import Facts
from ill_workflows.evaluation.layout import total
from ill_workflows.evaluation.model import Cell, Chart, Column, Formula, Series, Sheet, Table
from ill_workflows.forms.choices import REQUESTED_KINDS, SUPPLIED_AS

BANDS: Final = ("1年以內", "2–5年", "6–10年", "超過10年", "不明")
UNKNOWN: Final = "未填"
KIND, WAY = "資料類型", "提供方式"


def band(year: pd.Series, published: pd.Series) -> pd.Series:
    """The age band of each item in the year of the loan: ≤1, 2–5, 6–10, >10 years, unknown."""
    age = year.astype("Int64") - published.astype("Int64")
    bands = pd.cut(
        age.astype("Float64").to_numpy(dtype=float, na_value=float("nan")),
        [-float("inf"), 1, 5, 10, float("inf")],
        labels=list(BANDS[:4]),
    )
    return pd.Series(bands, index=year.index, dtype=object).fillna(BANDS[4])


def _lent(facts: Facts) -> pd.DataFrame:
    rows = facts.loans
    rows = rows[
        facts.within(rows["lent_on"]) & facts.known(rows["lender"], rows["lent_on"], "usage")
    ]
    return rows.assign(day=rows["lent_on"])


def _copied(facts: Facts) -> pd.DataFrame:
    rows = facts.requests
    rows = rows[
        (rows["service"] == "複印")
        & (rows["outcome"] == "提供")
        & facts.within(rows["answered_on"])
        & facts.known(rows["lender"], rows["answered_on"], "usage")
    ]
    return rows.assign(day=rows["answered_on"])


def material(facts: Facts) -> Sheet:
    """資料類型與年代: kind × age band, of loans, then of copies."""
    return Sheet(
        "資料類型與年代",
        (_ages(_lent(facts), ""), _ages(_copied(facts), "複印")),
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
    )  # fmt: skip


def _ages(rows: pd.DataFrame, title: str) -> Table:
    kinds = rows["material"].fillna(UNKNOWN)
    counts = rows.groupby([kinds, band(rows["day"].dt.year, rows["published"])]).size()
    table = {pair: int(count) for pair, count in counts.items()}
    cells: list[tuple[Cell, ...]] = []
    for kind in _in_order(kinds, REQUESTED_KINDS):
        line = [table.get((kind, name), 0) for name in BANDS]
        cells.append((kind, *line, _row_sum(line)))
    columns = (
        Column("資料類型"), *(Column(name, "count") for name in BANDS), Column("合計", "count"),
    )  # fmt: skip
    return Table(columns, tuple(cells), title, total(cells, 7, range(1, 7)))


def _row_sum(line: list[int]) -> Cell:
    return Formula("SUM(B{r}:F{r})", sum(line))


def _in_order(values: pd.Series, order: tuple[str, ...]) -> list[str]:
    there = set(values)
    return [name for name in (*order, UNKNOWN) if name in there]


def copies(facts: Facts) -> Sheet:
    """複印: 資料類型 × lender (requests, pages, fees), then 提供方式 × lender."""
    rows = _copied(facts)
    kinds, ways = rows["material"].fillna(UNKNOWN), rows["supplied_as"].fillna(UNKNOWN)
    return Sheet(
        "複印",
        (
            _pairs(facts, rows, kinds, KIND, ""),
            _pairs(facts, rows, ways, WAY, "提供方式 × 貸方"),
            _sums(rows, kinds, REQUESTED_KINDS),
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
    )  # fmt: skip


def _figures(group: pd.DataFrame) -> tuple[int, int, int]:
    return (len(group), int(group["pages"].fillna(0).sum()), int(group["fee"].fillna(0).sum()))


_FIGURES: Final = (Column("件數", "count"), Column("頁數", "count"), Column("費用(元)", "money"))


def _pairs(facts: Facts, rows: pd.DataFrame, by: pd.Series, heading: str, title: str) -> Table:
    order = SUPPLIED_AS if heading == WAY else REQUESTED_KINDS
    groups = {pair: _figures(group) for pair, group in rows.groupby([by, "lender"])}
    cells: list[tuple[Cell, ...]] = [
        (name, code, facts.names[code], *groups[name, code])
        for name in _in_order(by, order)
        for code in facts.codes
        if (name, code) in groups
    ]
    columns = (Column(heading), Column("館代碼"), Column("館名"), *_FIGURES)
    return Table(columns, tuple(cells), title, total(cells, 6, range(3, 6)))


def _sums(rows: pd.DataFrame, by: pd.Series, order: tuple[str, ...]) -> Table:
    groups = {name: _figures(group) for name, group in rows.groupby(by)}
    cells: list[tuple[Cell, ...]] = [(name, *groups[name]) for name in _in_order(by, order)]
    columns = (Column("資料類型"), *_FIGURES)
    return Table(columns, tuple(cells), "各資料類型", total(cells, 4, range(1, 4)))
