"""Differently broken workbooks, as members might send them, and what mends each."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from tests.jobs.sampled import SAMPLES, TRUTH
from tests.xlsx.handmade import prefixed, zipped
from tests.xlsx.sound import parts

HEADINGS = (
    "借書證號", "登錄號", "題名", "索書號", "資料類型", "出版年", "借出日", "應還日", "歸還日",
    "逾期罰款", "已繳罰款", "狀況", "備註",
)  # fmt: skip
REQUESTS = (
    "申請編號", "申請日", "申請館", "服務", "題名", "資料類型", "出版年", "結果", "拒絕原因",
    "回覆日", "提供方式", "頁數", "費用", "備註",
)  # fmt: skip
RECEIVED = date(2025, 10, 2)


@dataclass(frozen=True)
class Broken:
    """A workbook, the cells that are wrong, what belongs in them; ``foreign`` tools saved it."""

    name: str
    data: bytes
    wrong: frozenset[tuple[str, str]]
    mend: tuple[tuple[str, str, Any], ...]
    received: date = RECEIVED


def usage(*, more: Callable[[Any, Any], None] | None = None, epoch: bool = False) -> bytes:
    """HDU's usage sheet of 2025-09 with two faults: a day that does not exist, no item."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": epoch}) as book:
        cover = book.add_worksheet("封面")
        labels = ("月報表 usage 1", "HDU", "虹島示範大學", "114年09月", "", "示範館員")
        names = ("表單", "圖書館代碼", "圖書館名稱", "統計年月", "填報別", "填表人")
        for row, (label, value) in enumerate(zip(names, labels, strict=True)):
            cover.write(row, 0, label)
            cover.write(row, 1, value)
        loans = book.add_worksheet("借出紀錄")
        loans.write_row(0, 0, HEADINGS)
        day = book.add_format({"num_format": "yyyy/mm/dd", "bg_color": "#DDEBF7", "bold": True})
        for row in range(1, 6):
            item = "" if row == 3 else f"C45000{row}"
            loans.write_row(row, 0, (f"NSUT-{row:02d}", item, f"食品化學（第{row}號）"))
            loans.write(row, 4, "圖書")
            loans.write_datetime(row, 6, date(2025, 9, row), day)
        loans.write(2, 6, "114.9.31", day)
        requests = book.add_worksheet("申請紀錄")
        requests.write_row(0, 0, REQUESTS)
        if more is not None:
            more(book, loans)
    return out.getvalue()


FAULTS = frozenset({("借出紀錄", "G3"), ("借出紀錄", "B4")})
MEND = (("借出紀錄", "G3", date(2025, 9, 30)), ("借出紀錄", "B4", "C450009"))


def _of_the_samples(name: str, wave: str) -> Broken:
    truth = next(f for f in TRUTH["files"] if (f["name"], f["wave"]) == (name, wave))
    data = (SAMPLES / "waves" / wave / name).read_bytes()
    mend = [
        (sheet, cell, date.fromisoformat(value["date"]) if isinstance(value, dict) else value)
        for sheet, cell, value in truth["mend"]
    ]
    wrong = frozenset((sheet, cell) for sheet, cell in truth["cells"])
    return Broken(name, data, wrong, tuple(mend), date.fromisoformat(wave))


def _own_notes_and_chart(book: Any, loans: Any) -> None:
    loans.write_comment("G3", "館員自己的註解")
    loans.write_comment("A2", "另一則")
    extra = book.add_worksheet("館內統計")
    extra.write_column("A1", [3, 5, 8])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=館內統計!$A$1:$A$3"})
    extra.insert_chart("C2", chart)


def _hidden_merged_filtered(book: Any, loans: Any) -> None:
    loans.autofilter("A1:M6")
    loans.freeze_panes(1, 0)
    loans.set_row(4, options={"hidden": True})
    loans.merge_range("A9:D9", "※ 本表由流通組填寫", book.add_format({"italic": True}))
    loans.conditional_format("A2:A6", {"type": "duplicate", "format": book.add_format()})
    book.add_worksheet("草稿").hide()


def _protected(book: Any, loans: Any) -> None:
    del book
    loans.protect("", {"sort": True})
    loans.data_validation("E2:E99", {"validate": "list", "source": ["圖書", "期刊"]})


def _x14(data: bytes) -> bytes:
    """The list validation that Excel writes where the list stands on another sheet."""
    book = parts(data)
    name = "xl/worksheets/sheet2.xml"
    x14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    main = "http://schemas.microsoft.com/office/excel/2006/main"
    extension = (
        f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{x14}">'
        f'<x14:dataValidations count="1" xmlns:xm="{main}"><x14:dataValidation type="list" '
        "allowBlank=\"1\"><x14:formula1><xm:f>'封面'!$A$1:$A$3</xm:f></x14:formula1>"
        "<xm:sqref>E2:E400</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    body = book[name].decode()
    return zipped({**book, name: body.replace("</worksheet>", extension + "</worksheet>")})


def _strict_titles(data: bytes) -> bytes:
    """The heading row moved down below a title and a print stamp."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    book["借出紀錄"].insert_rows(1, 2)
    book["借出紀錄"]["A1"] = "虹島示範大學　館際合作借出紀錄"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ten() -> list[Broken]:
    """Ten of them, each broken or made differently."""
    moved = frozenset({("借出紀錄", "G5"), ("借出紀錄", "B6")})
    return [
        Broken("plain", usage(), FAULTS, MEND),
        Broken("x14 validations", _x14(usage()), FAULTS, MEND),
        Broken("notes and a chart", usage(more=_own_notes_and_chart), FAULTS, MEND),
        Broken("hidden, merged, filtered", usage(more=_hidden_merged_filtered), FAULTS, MEND),
        Broken("protected", usage(more=_protected), FAULTS, MEND),
        Broken("epoch 1904", usage(epoch=True), FAULTS, MEND),
        Broken("prefixed elements", prefixed(usage()), FAULTS, MEND),
        Broken(
            "title rows above, saved by openpyxl", _strict_titles(usage()), moved,
            (("借出紀錄", "G5", date(2025, 9, 30)), ("借出紀錄", "B6", "C450009")),
        ),
        _of_the_samples("usage-HDU-2025-09.xlsx", "2025-10-02"),
        _of_the_samples("cards-TMUT-2025-09.xlsx", "2025-10-02"),
    ]  # fmt: skip


def unmarkable() -> bytes:
    """One that can be read, but not marked: its notes are damaged."""
    book = parts(usage(more=_own_notes_and_chart))
    return zipped(book | {"xl/comments1.xml": b"<comments>"})
