"""貸借矩陣, 借貸比: who lends to whom, from both sides' sheets (Articles 7.2, 8.1)."""

from __future__ import annotations

from typing import Final

from ill_workflows.evaluation.counting.cards import NOWHERE
from ill_workflows.evaluation.figures import Figures
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
from ill_workflows.evaluation.said import Said, same
from ill_workflows.evaluation.sheets.layout import (
    BLANK_IS_MISSING,
    LIBRARY,
    REPORTED,
    known,
    library_cells,
    share,
    total,
)
from ill_workflows.forms.book import letters

Flows = dict[tuple[str, str], int]
WIDEST: Final = 60
"""Above so many libraries the matrix becomes a long table."""


def matrix(figures: Figures) -> Sheet:
    """貸借矩陣: items lent by each pair, and what the home libraries' registers say to it."""
    flows = figures.sums("pairs", ["lender", "home"])
    wide = len(figures.codes) <= WIDEST
    table = _wide(figures, flows) if wide else _long(figures, flows)
    return Sheet(
        "貸借矩陣",
        (table, _both_sides(figures)),
        notes=(
            "列為貸方，欄為借方（借書證所屬館），數字是貸方借出紀錄的冊數；『·』為零。",
            "指名前來之換證：借方登記簿的前往館為該館。還證而未見借書：期間內還證者，持證期間該館沒有這張證的借出紀錄（只計兩館已報的月份）。",
            "證上指名他館：發證時前往館填的是另一館；當日無人持證：登記簿上沒有人持有該證，仍計入借方。",
            BLANK_IS_MISSING,
        ),
        frozen=2 if wide else 0,
        about="哪一館借給哪一館幾冊，與借書證登記簿對照",
    )


def _wide(figures: Figures, counts: Flows) -> Table:
    first = len(LIBRARY) + 1
    last = letters(first + len(figures.codes) - 1)
    rows: list[tuple[Cell, ...]] = []
    for lender in figures.codes:
        told = bool(figures.months_of(lender, "usage"))
        cells: list[Cell] = [
            (counts.get((lender, home), 0) if lender != home else None) if told else MISSING
            for home in figures.codes
        ]
        whole = sum(counts.get((lender, home), 0) for home in figures.codes)
        summed = Formula(f"SUM({letters(first)}{{r}}:{last}{{r}})", whole) if told else MISSING
        rows.append((*library_cells(figures, lender, "usage"), *cells, summed))
    columns = (
        Column("貸方代碼"), Column("貸方館名"), REPORTED,
        *(Column(same(code), "count", heat=True, trace="loans") for code in figures.codes),
        Column("貸出合計", "count", trace="loans"),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=total(rows, len(columns), range(first, len(columns))))


def _long(figures: Figures, counts: Flows) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (lender, figures.names.get(lender, lender), home, figures.names.get(home, home), count)
        for (lender, home), count in counts.items()
    ]
    columns = (
        Column("貸方代碼"), Column("貸方館名"), Column("借方代碼"), Column("借方館名"),
        Column("件數", "count", heat=True),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=total(rows, len(columns), [4]))


def _both_sides(figures: Figures) -> Table:
    counts = figures.sums("registers", ["lender", "what"])
    rows: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        told = bool(figures.months_of(code, "usage"))
        mine = [
            counts.get((code, name), 0) if told else MISSING
            for name in ("unused", "elsewhere", "nobody")
        ]
        named = counts.get((code, "named"), 0)
        rows.append((*library_cells(figures, code, "usage"), named, *mine))
    undecided = counts.get((NOWHERE, "named"), 0)
    rows.append((Said(NOWHERE), Said("前往館未定或未填"), None, undecided, None, None, None))
    columns = (
        Column("前往館"), Column("館名"), REPORTED, Column("指名前來之換證", "count"),
        Column("還證而未見借書", "count"), Column("借出而證上指名他館", "count"),
        Column("借出而當日無人持證", "count"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "與借書證登記簿對照", total(rows, len(columns), range(3, 7)))


def balance(figures: Figures) -> Sheet:
    """借貸比: items lent and borrowed by each library, their ratio and shares."""
    found = measures(figures, figures.months)
    lent, borrowed = found["loans_lent"], found["loans_borrowed"]
    rows: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        out, taken = lent.by_library[code], borrowed.by_library[code]
        ratio = (
            Formula("ROUND(D{r}/E{r},2)", _two(int(out), int(taken)))
            if out is not None and taken
            else None
        )
        rows.append(
            (
                *library_cells(figures, code, "usage"),
                known(out),
                known(taken),
                ratio,
                MISSING if out is None else share(int(out), int(lent.total or 0), 3),
                share(int(taken or 0), int(borrowed.total or 0), 4),
            )
        )
    columns = (
        *LIBRARY, REPORTED, Column("貸出", "count", trace="loans"),
        Column("借入", "count"),
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
        about="各館貸出與借入的冊數與比值",
    )  # fmt: skip


def _two(part: int, whole: int) -> float:
    return ((200 * part + whole) // (2 * whole)) / 100
