"""貸借矩陣, 借貸比: who lends to whom, from both sides' sheets (Articles 7.2, 8.1)."""

from __future__ import annotations

from typing import Final, cast

import pandas as pd

from ill_workflows.evaluation.facts import Facts
from ill_workflows.evaluation.layout import (
    BLANK_IS_MISSING,
    LIBRARY,
    REPORTED,
    known,
    library_cells,
    share,
    total,
)
from ill_workflows.evaluation.measures import measures
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
from ill_workflows.forms.book import letters

WIDEST: Final = 60
"""Above so many libraries the matrix becomes a long table."""


def matrix(facts: Facts) -> Sheet:
    """貸借矩陣: items lent by each pair, and what the home libraries' registers say to it."""
    lent = _lent(facts)
    flows = lent.groupby(["lender", "home"]).size()
    wide = len(facts.codes) <= WIDEST
    table = _wide(facts, flows) if wide else _long(facts, flows)
    return Sheet(
        "貸借矩陣",
        (table, _both_sides(facts, lent)),
        notes=(
            "列為貸方，欄為借方（借書證所屬館），數字是貸方借出紀錄的冊數；『·』為零。",
            "指名前來之換證：借方登記簿的前往館為該館；未見借書：持證期間該館沒有這張證的借出紀錄（只計該館已報的月份）。",
            "證上指名他館：發證時前往館填的是另一館；當日無人持證：登記簿上沒有人持有該證，仍計入借方。",
            BLANK_IS_MISSING,
        ),
        frozen=2 if wide else 0,
    )


def _lent(facts: Facts) -> pd.DataFrame:
    loans = facts.loans
    return loans[
        facts.within(loans["lent_on"]) & facts.known(loans["lender"], loans["lent_on"], "usage")
    ]


def _wide(facts: Facts, flows: pd.Series) -> Table:
    counts = flows.to_dict()
    first = len(LIBRARY) + 1
    last = letters(first + len(facts.codes) - 1)
    rows: list[tuple[Cell, ...]] = []
    for lender in facts.codes:
        told = bool(facts.months_of(lender, "usage"))
        cells: list[Cell] = [
            (counts.get((lender, home), 0) if lender != home else None) if told else MISSING
            for home in facts.codes
        ]
        whole = sum(counts.get((lender, home), 0) for home in facts.codes)
        summed = Formula(f"SUM({letters(first)}{{r}}:{last}{{r}})", whole) if told else MISSING
        rows.append((*library_cells(facts, lender, "usage"), *cells, summed))
    columns = (
        Column("貸方代碼"), Column("貸方館名"), REPORTED,
        *(Column(code, "count", heat=True) for code in facts.codes), Column("貸出合計", "count"),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=total(rows, len(columns), range(first, len(columns))))


def _long(facts: Facts, flows: pd.Series) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (lender, facts.names.get(lender, lender), home, facts.names.get(home, home), int(count))
        for (lender, home), count in cast("dict[tuple[str, str], int]", flows.to_dict()).items()
    ]
    columns = (
        Column("貸方代碼"), Column("貸方館名"), Column("借方代碼"), Column("借方館名"),
        Column("件數", "count", heat=True),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=total(rows, len(columns), [4]))


def _both_sides(facts: Facts, lent: pd.DataFrame) -> Table:
    issues = facts.issues
    named = issues[
        facts.within(issues["issued_on"])
        & facts.known(issues["home"], issues["issued_on"], "cards")
    ]
    unused = _without_loan(facts, named).groupby("destination").size()
    elsewhere = lent[
        lent["destination"].notna()
        & ~lent["destination"].isin(["未定"])
        & (lent["destination"] != lent["lender"])
    ]
    by_name = named.groupby("destination").size()
    others = elsewhere.groupby("lender").size()
    nobody = lent[~lent["holder"]].groupby("lender").size()
    rows: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        told = bool(facts.months_of(code, "usage"))
        mine = [int(s.get(code, 0)) if told else MISSING for s in (unused, others, nobody)]
        rows.append((*library_cells(facts, code, "usage"), int(by_name.get(code, 0)), *mine))
    undecided = int(by_name.get("未定", 0)) + int(named["destination"].isna().sum())
    rows.append(("未定", "前往館未定或未填", None, undecided, None, None, None))
    columns = (
        Column("前往館"), Column("館名"), REPORTED, Column("指名前來之換證", "count"),
        Column("其中未見借書", "count"), Column("借出而證上指名他館", "count"),
        Column("借出而當日無人持證", "count"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "與借書證登記簿對照", total(rows, len(columns), range(3, 7)))


def _without_loan(facts: Facts, named: pd.DataFrame) -> pd.DataFrame:
    """The issues of which the lender named, though it reported that month, lent nothing."""
    told = named[facts.known(named["destination"], named["issued_on"], "usage")]
    pairs = told.reset_index(names="issue").merge(
        facts.loans[["lender", "card", "lent_on"]],
        left_on=["destination", "card"],
        right_on=["lender", "card"],
    )
    used = pairs[
        (pairs["lent_on"] >= pairs["issued_on"])
        & (pairs["returned_on"].isna() | (pairs["lent_on"] <= pairs["returned_on"]))
    ]
    return told[~told.index.isin(used["issue"])]


def balance(facts: Facts) -> Sheet:
    """借貸比: items lent and borrowed by each library, their ratio and shares."""
    found = measures(facts, facts.months)
    lent, borrowed = found["loans_lent"], found["loans_borrowed"]
    rows: list[tuple[Cell, ...]] = []
    for code in facts.codes:
        out, taken = lent.by_library[code], borrowed.by_library[code]
        ratio = (
            Formula("ROUND(D{r}/E{r},2)", _two(int(out), int(taken)))
            if out is not None and taken
            else None
        )
        rows.append(
            (
                *library_cells(facts, code, "usage"),
                known(out),
                known(taken),
                ratio,
                MISSING if out is None else share(int(out), int(lent.total or 0), 3),
                share(int(taken or 0), int(borrowed.total or 0), 4),
            )
        )
    columns = (
        *LIBRARY, REPORTED, Column("貸出", "count"), Column("借入", "count"),
        Column("借貸比", "number"), Column("占貸出(%)", "rate"), Column("占借入(%)", "rate"),
    )  # fmt: skip
    return Sheet(
        "借貸比",
        (Table(columns, tuple(rows), total=total(rows, len(columns), [3, 4])),),
        (
            Chart(
                "bars", "各館貸出與借入", 0, (Series(3), Series(4)),
                "橫條圖：各館貸出與借入的件數。", 0, "件",
            ),
        ),
        (
            "借貸比＝貸出 ÷ 借入；沒有借入時空白。",
            "借入由各貸方館的借出紀錄推得，貸方館未繳的月份不在其中。",
            BLANK_IS_MISSING,
        ),
        frozen=2,
    )  # fmt: skip


def _two(part: int, whole: int) -> float:
    return ((200 * part + whole) // (2 * whole)) / 100
