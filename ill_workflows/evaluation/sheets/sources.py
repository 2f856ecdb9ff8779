"""來源, 指標定義: where every figure comes from, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, cast

from ill_workflows.evaluation.counting.origins import KINDS
from ill_workflows.evaluation.definitions import DEFINITIONS
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import Cell, Column, Link, Sheet, Table
from ill_workflows.evaluation.period import month_name
from ill_workflows.evaluation.said import Both, Said, listing
from ill_workflows.forms import FORMS

TITLE: Final = "來源"
_USED: Final = {
    "換證列": ("issues",), "借出列": ("loans",),
    "申請列": ("copies", "refused", "cancelled", "duplicate"), "逾期列": ("overdue",),
}  # fmt: skip


def sources(figures: Figures) -> Sheet:
    """來源: every submission used, then each library's events by month: receipt, sheet, rows."""
    return Sheet(
        TITLE,
        (_receipts(figures), _events(figures)),
        notes=(
            "第一表：本期每份採用的報表。第二表：各館各月每種事件出自哪一份收據、哪張工作表的哪幾列。",
            "同一筆續列於後月者，以最後一份報表的那一列為準，因此一個月的事件可能出自幾份收據。",
            (
                "其他工作表上的數字可點選跳到這裡；逐列列出："
                "ill-workflows figures --from 起月 --to 訖月 --trace 指標。"
            ),
        ),
        frozen=1,
        origin=True,
        about="每個數字出自哪一份收據、哪張工作表的哪幾列",
    )  # fmt: skip


def _receipts(figures: Figures) -> Table:
    counts = figures.sums("origins", ["receipt", "kind"])
    titles = {form.name: Both(form.title, form.title_en) for form in FORMS}
    order = {code: n for n, code in enumerate(figures.codes)}
    sent = figures.of("sheets").drop_duplicates("receipt", keep="last")
    sent = sent.assign(place=sent["library"].map(order)).sort_values(
        ["place", "form", "of", "received_on", "receipt"], kind="stable"
    )
    rows: list[tuple[Cell, ...]] = [
        (
            one.receipt,
            one.library,
            figures.names.get(one.library, one.library),
            _form(titles.get(one.form, one.form), interim=bool(one.interim)),
            month_name(one.of) if one.of else None,
            date.fromisoformat(one.received_on),
            one.filename or None,
            one.sha256,
            one.rows,
            one.warnings,
            *(sum(counts.get((one.receipt, k), 0) for k in kinds) for kinds in _USED.values()),
        )
        for one in cast("Iterable[Any]", sent.itertuples())
    ]
    columns = (
        Column("收據號碼"), Column("館代碼"), Column("館名"), Column("表單"), Column("月份"),
        Column("收件日", "day"), Column("檔案", "long"), Column("SHA-256"),
        Column("列數", "count"), Column("提醒", "count"),
        *(Column(heading, "count") for heading in _USED),
    )  # fmt: skip
    return Table(columns, tuple(rows), key=0, empty="本期沒有合格的報表。")


def _form(title: str, *, interim: bool) -> str:
    return Said("{form}（期中更新）", form=title) if interim else title


def _events(figures: Figures) -> Table:
    rows = figures.of("origins")
    place = {code: n for n, code in enumerate(figures.codes)}
    kinds = list(KINDS)
    lines = sorted(
        cast("Iterable[Any]", rows.itertuples(index=False)),
        key=lambda o: (place[o.library], kinds.index(o.kind), o.month, o.receipt, o.sheet),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.library, Said(KINDS[one.kind][0]), month_name(one.month), one.n,
            Link(one.receipt, TITLE, one.receipt), one.sheet, listing(one.rows),
        )
        for one in lines
    )  # fmt: skip
    columns = (
        Column("館代碼"), Column("事件"), Column("月份"), Column("件數", "count"),
        Column("收據號碼"), Column("工作表"), Column("列", "long"),
    )  # fmt: skip
    keys = tuple(f"{one.kind}/{one.library}/{one.month}" for one in lines)
    return Table(columns, cells, "各館各月的出處", keys=keys, empty="本期沒有事件。")


def definitions(figures: Figures) -> Sheet:  # noqa: ARG001 - every sheet is called alike
    """指標定義: formula, denominator and source of each measure."""
    columns = (
        Column("指標"), Column("Indicator"), Column("代號"), Column("資料名稱"), Column("單位"),
        Column("算法", "long"), Column("分母", "long"), Column("工作表"), Column("依據", "long"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.called, Both(one.en, one.zh), one.indicator, one.name or None, Said(one.unit),
            Said(one.formula),
            Said(one.denominator) or None, Link(Said(one.sheet), one.sheet), Said(one.source),
        )
        for one in DEFINITIONS
    )  # fmt: skip
    return Sheet(
        "指標定義",
        (Table(columns, rows),),
        notes=(
            "一件事只在發生的那個月計一次，不論被幾份報表續列；只計該館已報的月份。",
            "期末的狀態（在館、處理中、仍逾期、未結）是期間最後一個已報月份月底的樣子，不相加。",
            "資料名稱：figures --json 中的名稱。百分率一律四捨五入至小數一位。",
        ),
        about="每項指標怎麼算、分母是什麼、依據什麼",
    )
