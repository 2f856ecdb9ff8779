"""繳交情形: which sheets came, when, and which are missing (Article 7.8)."""

from __future__ import annotations

from typing import Final

from ill_workflows.evaluation.arrived import NOT_DUE
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import (
    Cell,
    Chart,
    Column,
    Formula,
    Link,
    Series,
    Sheet,
    Table,
    Tone,
)
from ill_workflows.evaluation.period import month_name
from ill_workflows.evaluation.said import Both, Said
from ill_workflows.evaluation.sheets.layout import LIBRARY, rate, total
from ill_workflows.forms import FORMS
from ill_workflows.forms.book import letters

STATES: Final = {
    "accepted": "準時", "accepted_late": "遲交", "returned": "退回", "refused": "退件",
    "held": "待確認", "interim": "期中", "missing": "未繳", "not_due": "未到期",
}  # fmt: skip
"""State of the arrival board → what the meeting reads."""
_TONES: Final[tuple[tuple[str, Tone], ...]] = (
    ("準時", "good"), ("遲交", "fair"), ("退回", "bad"), ("退件", "bad"), ("待確認", "fair"),
    ("期中", "fair"), ("未繳", "bad"), ("未到期", "pale"),
)  # fmt: skip


def arrivals(figures: Figures) -> Sheet:
    """繳交情形: each library's sheets by month, linked to what was received."""
    first = len(LIBRARY) + 1
    width = first + len(figures.months) + 3
    last_column = letters(first + len(figures.months) - 1)
    board = figures.board
    places = list(zip(board["library"], board["form"], board["month"], strict=True))
    states = dict(zip(places, board["state"], strict=True))
    receipts = {
        place: receipt for place, receipt in zip(places, board["receipt"], strict=True) if receipt
    }
    rows: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        for form in FORMS:
            if not form.monthly:
                continue
            mine = [(code, form.name, month) for month in figures.months]
            words: list[str] = [Said(STATES.get(states.get(place, ""), "")) for place in mine]
            cells: list[Cell] = [
                Link(word, "來源", receipts[place]) if place in receipts else word or None
                for place, word in zip(mine, words, strict=True)
            ]
            counts: list[Cell] = [
                Formula(
                    f'COUNTIF({letters(first)}{{r}}:{last_column}{{r}},"{word}")',
                    words.count(word),
                    (word,),
                )
                for word in ("準時", "遲交", "未繳")
            ]
            called = Both(form.title, form.title_en)
            rows.append((code, figures.names[code], called, *cells, *counts))
    columns = (
        *LIBRARY, Column("表單"), *(Column(month_name(month)) for month in figures.months),
        Column("準時", "count"), Column("遲交", "count"), Column("未繳", "count"),
    )  # fmt: skip
    table = Table(
        columns, tuple(rows), total=total(rows, width, range(width - 3, width)), colours=_TONES
    )
    return Sheet(
        "繳交情形",
        (table, _monthly_arrivals(figures)),
        (
            Chart(
                "stacked", "各月繳交份數", 0,
                (
                    Series(2, 1, tone="good"), Series(3, 1, tone="fair"),
                    Series(4, 1, tone="bad"),
                ),
                "堆疊直條圖：各月準時、遲交與未完成的份數。", 1, "份",
            ),
        ),
        (
            "準時、遲交以第一次送達日計；退回、退件：曾送達，尚無合格的版本。點選月份格可跳到『來源』的收件紀錄。",
            "未繳不是零：未繳館月的件數在各表中空白。期中更新不算已繳。",
        ),
        frozen=3,
        about="各館各月的報表是準時、遲交、退回還是未繳",
    )  # fmt: skip


def _monthly_arrivals(figures: Figures) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for month in figures.months:
        states = figures.board.loc[figures.board["month"] == month, "state"]
        due = int((~states.isin(NOT_DUE)).sum())
        timely, late = int((states == "accepted").sum()), int((states == "accepted_late").sum())
        left = Formula("B{r}-C{r}-D{r}", due - timely - late)
        rows.append(
            (month_name(month), due, timely, late, left, rate(timely + late, due, (2, 3), (1,)))
        )
    columns = (
        Column("月份"), Column("應繳份數", "count"), Column("準時", "count"),
        Column("遲交", "count"), Column("未完成", "count"), Column("回報率(%)", "rate"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "各月回報")
