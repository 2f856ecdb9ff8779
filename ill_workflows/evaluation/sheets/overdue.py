"""逾期與催還: what came back late, and what the letters brought back (Articles 7.3, 7.6)."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import half_up, measures, percent
from ill_workflows.evaluation.model import (
    MISSING,
    Cell,
    Chart,
    Column,
    Formula,
    Series,
    Sheet,
    Table,
)
from ill_workflows.evaluation.said import Said, same
from ill_workflows.evaluation.sheets.layout import (
    BLANK_IS_MISSING,
    LIBRARY,
    REPORTED,
    known,
    library_cells,
    rate,
    total,
)

STEPS: Final = {"first": "第一次催還", "second": "第二次催還", "final": "最後催還"}
_READER: Final = "overdue"
"""The policy whose letters go to readers; others tell the home library."""


def overdue(figures: Figures) -> Sheet:
    """逾期與催還: overdue loans by lender, then the funnel of the whole alliance."""
    return Sheet(
        "逾期與催還",
        (_by_lender(figures), _funnel(figures)),
        (
            Chart(
                "bars", "從借出到催還回收", 0, (Series(1, 1),),
                "橫條圖：借出、逾期、各次催還與催還後歸還的件數，由多到少。", 1, "件",
            ),
        ),
        (
            "逾期：到期日次日落在期間內、到期日當天未還。逾期率＝逾期 ÷ 同期借出。",
            "平均逾期天數：期間內逾期歸還者，到歸還日；期末仍逾期者（遺失除外），到該館最近一個已報月份的月底；日曆天。",
            "各次催還：期間內寫給讀者的件次；查無持證人時改通知借方館。",
            "催還回收率：每一件次催還滿 14 日者，其中 14 日內歸還的比例；滿 14 日之日落在期間內。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
        about="逾期多少、寫了幾次催還、催還後還了多少",
    )  # fmt: skip


def steps_of(figures: Figures) -> list[str]:
    """The steps of which letters to readers were written, in order."""
    rows = figures.of("notices")
    there = set(rows.loc[(rows["policy"] == _READER) & (rows["what"] == "written"), "step"])
    return [*(s for s in STEPS if s in there), *sorted(there - set(STEPS), key=_by_number)]


def _called(step: str) -> str:
    return Said(STEPS[step]) if step in STEPS else same(step)


def _by_number(step: str) -> tuple[int, str]:
    return (int(step) if step.isdigit() else -1, step)


def _late_days(figures: Figures) -> pd.DataFrame:
    """Books that came back late, and those that are still out: ``lender``, ``days``, ``n``."""
    still = figures.at_end("still_late", "usage", "lender")
    return pd.concat([figures.of("came_late"), still], ignore_index=True)


def _mean(days: pd.DataFrame) -> float | None:
    count = int(days["n"].sum())
    return half_up(int((days["days"] * days["n"]).sum()), count) if count else None


def _by_lender(figures: Figures) -> Table:
    found, days, steps = measures(figures, figures.months), _late_days(figures), steps_of(figures)
    written = figures.sums("notices", ["lender", "policy", "what", "step"])
    answers = figures.sums("notices", ["lender", "what"])
    library = 6 + len(steps)
    ended, back = library + 1, library + 2
    told_home = dict.fromkeys(figures.codes, 0)
    for (code, policy, what, _), n in written.items():
        if policy != _READER and what == "written":
            told_home[code] += n
    rows: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        head = library_cells(figures, code, "usage")
        lent, count = (found[name].by_library[code] for name in ("loans_lent", "overdue_loans"))
        letters = [written.get((code, _READER, "written", step), 0) for step in steps]
        told = [answers.get((code, name), 0) for name in ("ended", "back")]
        if lent is None or count is None:
            rows.append((*head, *([MISSING] * (8 + len(steps)))))
            continue
        rows.append(
            (
                *head, known(lent), known(count), rate(count, lent, (4,), (3,)), *letters,
                told_home[code], *told, rate(told[1], told[0], (back,), (ended,)),
                _mean(days[days["lender"] == code]),
            )
        )  # fmt: skip
    columns = (
        *LIBRARY, REPORTED, Column("借出", "count", trace="loans"),
        Column("逾期", "count", trace="overdue"), Column("逾期率(%)", "rate"),
        *(Column(_called(s), "count") for s in steps), Column("通知借方館", "count"),
        Column("催還滿14日", "count"), Column("14日內歸還", "count"),
        Column("催還回收率(%)", "rate"), Column("平均逾期天數", "number"),
    )  # fmt: skip
    sums = total(
        rows,
        len(columns),
        [3, 4, *range(6, back + 1)],
        {5: ((4,), (3,)), back + 1: ((back,), (ended,))},
    )
    return Table(columns, tuple(rows), total=(*sums[:-1], _mean(days)))


def _funnel(figures: Figures) -> Table:
    found = measures(figures, figures.months)
    lent, late = found["loans_lent"].total, found["overdue_loans"].total
    counts: dict[tuple[str, str, str], int] = {}
    for (code, *told), n in figures.sums("notices", ["lender", "policy", "what", "step"]).items():
        if figures.months_of(code, "usage"):  # as in the table above
            counts[tuple(told)] = counts.get(tuple(told), 0) + n
    back = sum(n for (_, what, _), n in counts.items() if what == "back")
    stages = [
        (Said("借出"), lent),
        (Said("逾期"), late),
        *((_called(step), counts.get((_READER, "written", step), 0)) for step in steps_of(figures)),
        (Said("催還後14日內歸還"), back),
    ]
    rows: list[tuple[Cell, ...]] = []
    for name, count in stages:
        part = percent(count, lent)
        of_lent = Formula("ROUND(100*B{r}/B${first},1)", part) if part is not None else None
        rows.append((name, known(count), of_lent))
    columns = (Column("階段"), Column("件數", "count"), Column("占借出(%)", "rate"))
    return Table(columns, tuple(rows), "從借出到催還回收")
