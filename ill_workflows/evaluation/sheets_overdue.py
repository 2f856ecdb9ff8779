"""逾期與催還: what came back late, and what the letters brought back (Articles 7.3, 7.6)."""

from __future__ import annotations

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
from ill_workflows.evaluation.measures import measures, overdue_rows, percent
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

STEPS: Final = {"first": "第一次催還", "second": "第二次催還", "final": "最後催還"}
ANSWER_DAYS: Final = 14
"""A book that is back so many days after a notice came back because of it (I14)."""
_KEY: Final = ["lender", "card", "item", "due_on"]


def late_loans(facts: Facts) -> tuple[pd.DataFrame, list[str]]:
    """The loans that fell overdue in the period, and the steps of their letters in order.

    Adds ``days`` (overdue, until back or the period's end), a column a step (whether that
    letter was written), ``noticed`` (any of them) and ``answered`` (back within
    :data:`ANSWER_DAYS` of one).
    """
    late = overdue_rows(facts)
    late = late[facts.within(late["overdue_on"]) & late["lender"].isin(facts.codes)]
    end = late["returned_on"].fillna(pd.Timestamp(facts.last))
    late = late.assign(days=(end - late["due_on"]).dt.days.clip(lower=1))
    late = late.reset_index(drop=True).reset_index(names="loan")
    notices = facts.notices[facts.notices["policy"].isin(["overdue", "overdue_library"])]
    told = late[[*_KEY, "loan", "returned_on"]].merge(notices, on=_KEY)
    wait = (told["returned_on"] - told["day"]).dt.days
    mild = told[told["policy"] == "overdue"]
    after = (mild["day"] - mild["due_on"]).dt.days.groupby(mild["step"]).min()
    order = list(STEPS)
    steps = sorted(
        after.index, key=lambda s: (order.index(s) if s in order else len(order), after[s])
    )
    late = late.assign(
        noticed=late["loan"].isin(told["loan"]),
        answered=late["loan"].isin(told.loc[wait.between(0, ANSWER_DAYS), "loan"]),
        **{step: late["loan"].isin(mild.loc[mild["step"] == step, "loan"]) for step in steps},
    )
    return late, [str(step) for step in steps]


def overdue(facts: Facts) -> Sheet:
    """逾期與催還: overdue loans by lender, then the funnel of the whole alliance."""
    late, steps = late_loans(facts)
    return Sheet(
        "逾期與催還",
        (_by_lender(facts, late, steps), _funnel(facts, late, steps)),
        (
            Chart(
                "bars", "從借出到催還回收", 0, (Series(1, 1),),
                "橫條圖：借出、逾期、各次催還與催還後歸還的件數，由多到少。", 1, "件",
            ),
        ),
        (
            "逾期：到期日次日落在期間內、到期日當天未還。逾期率＝逾期 ÷ 同期借出。",
            "逾期天數為日曆天，未還者算到期末。",
            "曾催還：寫過給讀者的催還信，或（查無持證人時）給借方館的通知。",
            "任一次催還後 14 日內歸還者算催還回收。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
    )  # fmt: skip


def _by_lender(facts: Facts, late: pd.DataFrame, steps: list[str]) -> Table:
    found = measures(facts, facts.months)
    answered = 7 + len(steps)
    places = (answered - 1, answered)
    rows: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        head = library_cells(facts, code, "usage")
        lent, count = found["loans_lent"].by_library[code], found["overdue_loans"].by_library[code]
        if lent is None or count is None:
            rows.append((*head, *([MISSING] * (7 + len(steps)))))
            continue
        mine = late[late["lender"] == code]
        letters_written = [int(mine[name].sum()) for name in (*steps, "noticed", "answered")]
        rows.append(
            (
                *head,
                known(lent),
                known(count),
                rate(count, lent, (4,), (3,)),
                *letters_written,
                rate(letters_written[-1], letters_written[-2], places[1:], places[:1]),
                round(float(mine["days"].mean()), 1) if len(mine) else None,
            )
        )
    columns = (
        *LIBRARY, REPORTED, Column("借出", "count"), Column("逾期", "count"),
        Column("逾期率(%)", "rate"), *(Column(STEPS.get(s, s), "count") for s in steps),
        Column("曾催還", "count"), Column("14日內歸還", "count"), Column("催還回收率(%)", "rate"),
        Column("平均逾期天數", "number"),
    )  # fmt: skip
    sums = total(
        rows,
        len(columns),
        [3, 4, *range(6, answered + 1)],
        {5: ((4,), (3,)), answered + 1: (places[1:], places[:1])},
    )
    mean: Cell = round(float(late["days"].mean()), 1) if len(late) else None
    return Table(columns, tuple(rows), total=(*sums[:-1], mean))


def _funnel(facts: Facts, late: pd.DataFrame, steps: list[str]) -> Table:
    lent = measures(facts, facts.months)["loans_lent"].total
    stages: list[tuple[str, int | None]] = [
        ("借出", None if lent is None else int(lent)),
        ("逾期", len(late) if lent is not None else None),
        *((STEPS.get(step, step), int(late[step].sum())) for step in steps),
        ("催還後14日內歸還", int(late["answered"].sum())),
    ]
    rows: list[tuple[Cell, ...]] = []
    for name, count in stages:
        part = percent(count, lent)
        of_lent = Formula("ROUND(100*B{r}/B${first},1)", part) if part is not None else None
        rows.append((name, known(count), of_lent))
    columns = (Column("階段"), Column("件數", "count"), Column("占借出(%)", "rate"))
    return Table(columns, tuple(rows), "從借出到催還回收")
