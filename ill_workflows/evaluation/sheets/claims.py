"""停權與賠償: fines and compensations between each pair of libraries (Articles 5.2, 7.6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import Cell, Column, Formula, Sheet, Table
from ill_workflows.evaluation.said import same
from ill_workflows.evaluation.sheets.flow import WIDEST
from ill_workflows.evaluation.sheets.layout import LIBRARY, total
from ill_workflows.forms.book import letters
from ill_workflows.forms.month import next_month
from ill_workflows.ledger.flows import Flow, Pair

_NOTHING: Final = "到期末沒有罰款或賠償的往來。"


def settlement(figures: Figures) -> Sheet:
    """停權與賠償: what is left of claims, lender by home library; what passed; the net."""
    found = _flows(figures)
    tables = [_by_pair(figures, found), _net(figures, found), _suspended(figures)]
    if len(figures.codes) <= WIDEST:
        tables.insert(0, _matrix(figures, found))
    return Sheet(
        "停權與賠償",
        tuple(tables),
        notes=(
            "單位：元。第一表為期末未結，只列有未結者。請求出自處理通知單的罰款賠償，與月報表上未繳清的罰款；金額未定的遺失與毀損不計入。",
            "期末＝期初＋新增＋更正與撤銷－已繳－減免；結算後才報來的列在更正與撤銷。淨額為正，是他館應付該館；各館淨額相加為零。",
            "停權：停權起日落在期間內，歸貸方館；期間內結束、期末仍停權者，可能是期間之前開始的。",
            "逐筆的收據、工作表與列號見各館的往來對帳單（ill-workflows statement）。",
        ),
        frozen=2,
        about="各館之間的罰款與賠償，誰應付誰多少；停權",
    )


def _flows(figures: Figures) -> dict[Pair, Flow]:
    """Pair → what passed in the span.

    What was told only when its month was closed is in no month's flow, but in what is owed at the
    end: it is shown among the corrections.  Where the month before is not known, what was owed
    before follows from what is owed at the end.
    """
    moved = figures.sums("claims", ["lender", "home", "what"], "amount")
    earlier = next_month(figures.months[0], -1)
    known = len(figures.of("board", [earlier])) > 0
    opening, closing = (_owed(figures, month) for month in (earlier, figures.months[-1]))
    found = {}
    for pair in sorted({*opening, *closing, *((lender, home) for lender, home, _ in moved)}):
        told = {
            name: moved.get((*pair, name), 0) for name in ("new", "corrected", "paid", "waived")
        }
        late = closing.get(pair, 0) - Flow(opening.get(pair, 0), **told).closing
        if known:
            told["corrected"] += late
        found[pair] = Flow(opening.get(pair, 0) + (0 if known else late), **told)
    return {pair: flow for pair, flow in found.items() if flow != Flow()}


def _owed(figures: Figures, month: str) -> dict[Pair, int]:
    rows = figures.of("balances", [month])
    columns = (rows[name].tolist() for name in ("lender", "home", "amount"))
    return {(lender, home): amount for lender, home, amount in zip(*columns, strict=True)}


def _matrix(figures: Figures, found: Mapping[Pair, Flow]) -> Table:
    """What is owed at the end, of the libraries that owe or are owed something."""
    owed = {pair: flow.closing for pair, flow in found.items() if flow.closing}
    lenders, homes = ([c for c in figures.codes if c in side] for side in _sides(owed))
    first, last = len(LIBRARY), letters(len(LIBRARY) + max(len(homes), 1) - 1)
    rows: list[tuple[Cell, ...]] = []
    for lender in lenders:
        line = [owed.get((lender, home), 0) for home in homes]
        cells: list[Cell] = [
            None if home == lender else value for home, value in zip(homes, line, strict=True)
        ]
        summed = Formula(f"SUM({letters(first)}{{r}}:{last}{{r}})", sum(line))
        rows.append((lender, figures.names[lender], *cells, summed))
    columns = (
        Column("貸方代碼"), Column("貸方館名"),
        *(Column(same(code), "money", heat=True) for code in homes),
        Column("未結合計", "money"),
    )  # fmt: skip
    sums = total(rows, len(columns), range(first, len(columns)))
    return Table(columns, tuple(rows), total=sums, empty=_NOTHING)


def _sides(pairs: Collection[Pair]) -> tuple[set[str], set[str]]:
    return {lender for lender, _ in pairs}, {home for _, home in pairs}


def _by_pair(figures: Figures, found: Mapping[Pair, Flow]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            lender, figures.names.get(lender, lender), home, figures.names.get(home, home),
            flow.opening, flow.new, flow.corrected, flow.paid, flow.waived,
            Formula("E{r}+F{r}+G{r}-H{r}-I{r}", flow.closing),
        )
        for (lender, home), flow in found.items()
    ]  # fmt: skip
    columns = (
        Column("貸方代碼"), Column("貸方館名"), Column("借方代碼"), Column("借方館名"),
        Column("期初", "money"), Column("新增", "money"), Column("更正與撤銷", "money"),
        Column("已繳", "money"), Column("減免", "money"), Column("期末", "money"),
    )  # fmt: skip
    title = "各館之間的請求與清償" if len(figures.codes) <= WIDEST else ""
    return Table(columns, tuple(rows), title, total(rows, 10, range(4, 10)), empty=_NOTHING)


def _suspended(figures: Figures) -> Table:
    counts = figures.sums("suspensions", ["lender", "what"])
    rows = figures.of("suspensions")
    at_end = rows[(rows["month"] == figures.months[-1]) & (rows["what"] == "standing")]
    standing = at_end.set_index("lender")["n"]
    lines: list[tuple[Cell, ...]] = []
    for code in figures.codes:
        told = [counts.get((code, name), 0) for name in ("begun", "ended")]
        told.append(int(standing.get(code, 0)))
        if any(told):
            lines.append((code, figures.names[code], *told))
    columns = (
        *LIBRARY, Column("停權", "count"), Column("期間內結束", "count"),
        Column("期末仍停權", "count"),
    )  # fmt: skip
    sums = total(lines, 5, (2, 3, 4))
    return Table(columns, tuple(lines), "停權人次", sums, empty="期間內沒有停權。")


def _net(figures: Figures, found: Mapping[Pair, Flow]) -> Table:
    codes = sorted({code for pair in found for code in pair})
    rows: list[tuple[Cell, ...]] = []
    for code in codes:
        gets = sum(flow.closing for (lender, _), flow in found.items() if lender == code)
        pays = sum(flow.closing for (_, home), flow in found.items() if home == code)
        both = Formula("C{r}-D{r}", gets - pays)
        rows.append((code, figures.names.get(code, code), gets, pays, both))
    columns = (
        *LIBRARY, Column("期末應收", "money"), Column("期末應付", "money"),
        Column("淨額", "money"),
    )  # fmt: skip
    return Table(columns, tuple(rows), "各館淨額", total(rows, 5, (2, 3, 4)), empty=_NOTHING)
