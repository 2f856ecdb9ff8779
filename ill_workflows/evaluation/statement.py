"""The monthly statement of a library: what others claim from it, and what it claims from others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from ill_workflows.evaluation.model import MISSING, Cell, Column, Formula, Sheet, Table
from ill_workflows.evaluation.sheets.layout import total
from ill_workflows.forms.month import first_day, last_day
from ill_workflows.ledger.accounts import Account, Deed
from ill_workflows.ledger.flows import Flow, flows, moves, net

DEEDS: Final[Mapping[Deed, str]] = {
    "opened": "提出", "part_paid": "部分繳納", "paid": "繳清", "waived": "減免",
    "corrected": "更正", "withdrawn": "撤銷",
}  # fmt: skip
PAYS, GETS = "他館向本館", "本館向他館"
_SUMS: Final = (
    Column("期初", "money"), Column("新增", "money"), Column("更正與撤銷", "money"),
    Column("已繳", "money"), Column("減免", "money"), Column("期末", "money"),
)  # fmt: skip
_CLAIM: Final = (
    Column("方向"), Column("對方代碼"), Column("通知編號"), Column("借書證號"), Column("登錄號"),
    Column("類別"),
)  # fmt: skip
_ROW: Final = (Column("收據號碼"), Column("工作表"), Column("列", "count"))


def statement(
    library: str, names: Mapping[str, str], accounts: Sequence[Account], month: str
) -> tuple[Sheet, ...]:
    """The sheets of one library's statement; card numbers, no names of readers.

    ``names`` code → name of the libraries.  An action counts on its day, as far as the sheets
    accepted so far tell it.
    """
    first, last = first_day(month), last_day(month)
    mine = [
        one for one in accounts if library in {one.lender, one.home} and one.actions[0].day <= last
    ]
    return (
        _pairs(library, names, mine, first, last),
        _lines(library, mine, first, last),
        _open(library, mine, last),
    )


def _pairs(
    library: str, names: Mapping[str, str], mine: Sequence[Account], first: date, last: date
) -> Sheet:
    found = flows(moves(mine), first, last)
    others = sorted({code for pair in found for code in pair} - {library})
    rows: list[tuple[Cell, ...]] = []
    for other in others:
        gets = found.get((library, other), Flow()).closing
        pays = found.get((other, library), Flow()).closing
        both = Formula("C{r}-D{r}", net(found, library, other))
        rows.append((other, names.get(other, other), gets, pays, both))
    columns = (
        Column("對方代碼"), Column("對方館名"), Column("期末應收", "money"),
        Column("期末應付", "money"), Column("淨額（應收－應付）", "money"),
    )  # fmt: skip
    net_table = Table(columns, tuple(rows), total=total(rows, 5, (2, 3, 4)), empty=_NOTHING)
    return Sheet(
        "往來對帳",
        (
            net_table,
            _side(f"{PAYS}請求", names, {a: found.get((a, library)) for a in others}),
            _side(f"{GETS}請求", names, {a: found.get((library, a)) for a in others}),
        ),
        notes=(
            "單位：元。淨額為正，是對方館應付本館；為負，是本館應付對方館。兩館的對帳單上，淨額互為正負。",
            "期末＝期初＋新增＋更正與撤銷－已繳－減免。動作依發生日計入當月，不論何時報來；金額未定者不計入。",
            "逐筆的收據、工作表與列號見『逐筆明細』與『期末未結』。",
        ),
        frozen=2,
    )  # fmt: skip


_NOTHING: Final = "到本月底沒有罰款或賠償的往來。"


def _side(title: str, names: Mapping[str, str], found: Mapping[str, Flow | None]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            code, names.get(code, code), flow.opening, flow.new, flow.corrected, flow.paid,
            flow.waived, Formula("C{r}+D{r}+E{r}-F{r}-G{r}", flow.closing),
        )
        for code, flow in found.items()
        if flow is not None
    ]  # fmt: skip
    columns = (Column("對方代碼"), Column("對方館名"), *_SUMS)
    return Table(columns, tuple(rows), title, total(rows, 8, range(2, 8)), empty=_NOTHING)


def _claim(library: str, one: Account) -> tuple[Cell, ...]:
    asked = one.home == library
    number = "" if one.number.startswith(f"{one.card}/") else one.number
    return (
        PAYS if asked else GETS, one.lender if asked else one.home, number or None, one.card,
        one.item or None, one.kind,
    )  # fmt: skip


def _lines(library: str, mine: Iterable[Account], first: date, last: date) -> Sheet:
    def lines() -> Iterator[tuple[Cell, ...]]:
        for one in mine:
            for action in one.actions:
                if first <= action.day <= last:
                    where = (action.place.receipt, action.place.sheet, action.place.row)
                    told = (DEEDS[action.deed], action.day, action.change)
                    yield (*_claim(library, one), *told, *where)

    columns = (*_CLAIM, Column("動作"), Column("日期", "day"), Column("金額增減", "money"), *_ROW)
    return Sheet(
        "逐筆明細",
        (Table(columns, tuple(lines()), empty="本月沒有新增、繳納、減免或更正。"),),
        notes=("沒有通知編號者，出自月報表的借出紀錄。",),
        frozen=3,
    )


def _open(library: str, mine: Iterable[Account], last: date) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for one in mine:
        balance = one.by(last)
        unpriced = not one.priced and not one.settled
        if balance or unpriced:
            told = [action for action in one.actions if action.day <= last][-1]
            where = (told.place.receipt, told.place.sheet, told.place.row)
            left: Cell = MISSING if unpriced and not balance else balance
            rows.append((*_claim(library, one), one.opened_on, left, *where))
    columns = (*_CLAIM, Column("發生日", "day"), Column("未結金額", "money"), *_ROW)
    return Sheet(
        "期末未結",
        (Table(columns, tuple(rows), total=None, empty="到本月底都已結清。"),),
        notes=("灰底空白：貸方館還沒有通知金額。",),
        frozen=3,
    )
