"""Plain workbooks, and small ways to make odd ones of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import msoffcrypto
from msoffcrypto.format.ooxml import OOXMLFile
from xlsxwriter import Workbook

from tests.xlsx.handmade import zipped
from tests.xlsx.sound import parts

ROWS: list[list[Any]] = [
    ["借書證號", "登錄號", "題名", "冊數"],
    ["NSUT-07", "0000123", "輪機工程圖說 & <其他>", 3],
    ["nsut08", "C450006", "  前後有空白  ", 15.5],
    ["", "", "只有題名", -2],
    ["ＮＳＵＴ－０９", "=SUM 的用法", "一\n二", 1e15],
]


def written(rows: list[list[Any]], options: Mapping[str, Any] | None = None) -> bytes:
    """A workbook of one sheet, written by XlsxWriter."""
    out = io.BytesIO()
    settings = {"strings_to_formulas": False, "strings_to_urls": False, **(options or {})}
    with Workbook(out, settings) as book:
        sheet = book.add_worksheet("資料")
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return out.getvalue()


@cache
def plain_book() -> bytes:
    """Texts and numbers on one sheet."""
    return written(ROWS)


def changed(data: bytes, **bodies: bytes) -> bytes:
    """The same workbook with a part changed: ``sheet1``, ``workbook``, ``sharedStrings``."""
    names = {"sheet1": "xl/worksheets/sheet1.xml"}
    book = dict(parts(data))
    for part, body in bodies.items():
        book[names.get(part, f"xl/{part}.xml")] = body
    return zipped(book)


def replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with some bytes of a part replaced."""
    body = parts(data)["xl/worksheets/sheet1.xml" if part == "sheet1" else f"xl/{part}.xml"]
    assert old in body
    return changed(data, **{part: body.replace(old, new)})


def encrypted(data: bytes, password: str) -> bytes:
    """The same workbook as Excel encrypts it."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    assert msoffcrypto.OfficeFile(io.BytesIO(out.getvalue())).is_encrypted()
    return out.getvalue()
