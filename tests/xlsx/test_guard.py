"""The right sentence for the wrong file: one of each kind."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.errors import REFUSALS, UnreadableWorkbook
from ill_workflows.xlsx.guard import guard
from ill_workflows.xlsx.limits import Limits
from ill_workflows.xlsx.read import read_book
from tests.xlsx.handmade import excel_book, zipped
from tests.xlsx.plain import changed, encrypted, plain_book, replaced
from tests.xlsx.sound import parts

SAMPLES = Path(__file__).parents[1] / "samples" / "waves"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def kind(data: bytes, passwords: tuple[str, ...] = (), **limits: int) -> str:
    """The kind of refusal, from the guard or from the reader behind it."""
    with pytest.raises(UnreadableWorkbook) as raised:
        read_book(data, "來信.xlsx", passwords, limits=Limits(**limits))
    assert raised.value.name == "來信.xlsx"
    assert raised.value.kind in REFUSALS
    return raised.value.kind


def zip_of(*names: str) -> bytes:
    return zipped(dict.fromkeys(names, "x"))


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", "empty"), (b"\0" * 4096, "empty"), (b"  \r\n", "empty"),
        (b"hello", "not_zip"), (b"%PDF-1.7\n1, 2\n", "not_zip"), (b"{\\rtf1, a\nb}", "not_zip"),
        (b'{"a": 1,\n"b": 2}', "not_zip"), (b"Rar!\x1a\x07\x01", "not_zip"), (bytes(range(256)), "not_zip"),
        (b"<?xml version='1.0'?>\n<Workbook>1,2</Workbook>", "not_zip"),
        ("報表,冊數\n甲,3\n".encode(), "csv"), ("報表,冊數\r\n甲,3\r\n".encode("big5"), "csv"),
        ("\ufeff報表\t冊數\n甲\t3\n".encode(), "csv"), ("報表\t冊數\n甲\t3\n".encode("utf-16"), "csv"),
        (b"a;b\n1;2\n", "csv"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "html"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html></html>", "html"), (b"<TABLE border=1><tr>", "html"),
        (b"<?xml version='1.0'?>\n<html xmlns='x'><table/></html>", "html"),
        (b'<div>\n<table class="report">', "html"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nContent-Type: text/html", "html"),
        (zip_of("mimetype", "content.xml"), "ods"), (zip_of("xl/workbook.bin"), "xlsb"),
        (zip_of("xl/workbook.xml", "xl/vbaProject.bin"), "macro"),
        (zip_of("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "macro"),
        (zip_of("word/document.xml"), "not_zip"), (zip_of("月報表.xlsx"), "not_zip"),
        (zip_of(), "not_zip"), (zip_of("xl/workbook.xml"), "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_named_for_what_it_is(data, wanted):
    assert kind(data) == wanted


def test_the_samples_that_are_no_workbooks_are_named_for_what_they_are():
    wanted = {
        "匯出.xlsx": "html",
        "新增資料.xlsx": "truncated",
        "加密檔.xlsx": "encrypted",
        "舊版格式.xlsx": "xls",
    }
    found = {path.name: path for path in SAMPLES.rglob("*.xlsx") if path.name in wanted}
    assert {name: kind(path.read_bytes()) for name, path in found.items()} == wanted


@pytest.mark.tool("soffice")
@pytest.mark.parametrize(("ending", "wanted"), [("xls", "xls"), ("ods", "ods"), ("html", "html"), ("csv", "csv"), ("pdf", "not_zip")])  # fmt: skip
def test_what_libreoffice_saves_under_an_xlsx_name_is_named(
    ending, wanted, tmp_path, soffice_convert
):
    (tmp_path / "plain.xlsx").write_bytes(plain_book())
    made = soffice_convert(tmp_path / "plain.xlsx", ending, tmp_path / "out")
    assert kind(made.read_bytes()) == wanted


def test_an_encrypted_workbook_opens_with_its_password_and_with_no_other():
    secret = encrypted(plain_book(), "密碼-2025")
    assert kind(secret) == kind(secret, ("falsch", "")) == "encrypted"
    opened = guard(secret, "來信.xlsx", ("falsch", "密碼-2025"))
    assert opened.data == plain_book()
    assert read_book(secret, "x", ("密碼-2025",)) == read_book(plain_book(), "x")


def test_a_workbook_that_excel_only_protects_against_writing_opens_without_a_password():
    assert guard(encrypted(plain_book(), "VelvetSweatshop"), "x").data == plain_book()


def test_an_encrypted_file_that_asks_for_endless_rounds_is_not_tried():
    secret = encrypted(plain_book(), "密碼")
    assert guard(secret, "x", ("密碼",)).data == plain_book()
    assert kind(secret, ("密碼",), spins=99_999) == "encrypted"


def test_a_zip_with_a_password_of_its_own_is_encrypted():
    data = bytearray(plain_book())
    data[6] |= 1
    where = data.index(b"PK\x01\x02")
    data[where + 8] |= 1
    assert kind(bytes(data)) == "encrypted"


@pytest.mark.parametrize(("bit", "wanted"), [(0x20, "damaged"), (0x40, "encrypted")])
def test_a_part_that_no_zip_of_a_workbook_holds_is_refused(bit, wanted):
    data = bytearray(plain_book())
    data[data.index(b"PK\x01\x02") + 8] |= bit
    assert kind(bytes(data)) == wanted


def test_another_ole_file_is_no_old_workbook():
    assert kind(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) == "not_zip"
    book = "Workbook".encode("utf-16-le")
    assert kind(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + book) == "xls"


@given(st.data())
def test_a_workbook_cut_off_anywhere_is_truncated(data):
    whole = plain_book()
    length = data.draw(st.integers(4, len(whole) - 23))
    assert kind(whole[:length]) == "truncated"


def test_a_workbook_whose_bytes_were_swapped_on_the_way_is_truncated():
    data = bytearray(plain_book())
    where = data.index(b"sheetData") if b"sheetData" in data else len(data) // 3
    data[where] ^= 0x55
    assert kind(bytes(data)) in {"truncated", "damaged"}


def test_a_file_too_large_is_refused_before_it_is_opened():
    assert kind(plain_book(), file=1000) == "too_large"


def test_a_zip_of_very_many_parts_is_refused():
    assert kind(plain_book(), parts=5) == "too_large"


@pytest.mark.parametrize(
    "name", ["xl/media/image1.gif", "xl/styles2.xml", "docProps/thumbnail.jpeg"]
)
def test_a_part_that_inflates_without_end_is_refused_whatever_it_is(name):
    bomb = zipped({**parts(plain_book()), name: b" " * 3_000_001})
    assert len(bomb) < 40_000
    assert kind(bomb, inflated=3_000_000) == "too_large"


def test_a_bomb_that_declares_little_is_counted_while_it_inflates():
    bomb = zipped({**parts(plain_book()), "xl/media/a.bin": b" " * 3_000_001})
    bomb = bomb.replace(struct.pack("<L", 3_000_001), struct.pack("<L", 10))
    assert kind(bomb, inflated=3_000_000) == "too_large"


def test_a_part_that_holds_more_or_other_bytes_than_it_declares_is_truncated():
    book = zipped({**parts(plain_book()), "xl/media/a.png": b"a" * 5000})
    size = struct.pack("<L", 5000)
    assert kind(book.replace(size, struct.pack("<L", 4999))) == "truncated"
    crc = struct.pack("<L", zlib.crc32(b"a" * 5000))
    assert kind(book.replace(crc, b"\1\2\3\4")) == "truncated"


def test_two_parts_of_one_name_are_damaged():
    out = io.BytesIO(plain_book())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("XL/Worksheets/Sheet1.xml", "<worksheet/>")
    assert kind(out.getvalue()) == "damaged"


def test_parts_packed_in_an_unusual_way_are_damaged():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        for name, body in parts(plain_book()).items():
            archive.writestr(name, body)
    assert kind(out.getvalue()) == "damaged"


@pytest.mark.parametrize(
    ("where", "made"),
    [
        ("sheet1", lambda body: body.decode().encode("utf-16")),
        ("sheet1", lambda body: body.decode().replace('encoding="UTF-8"', "").encode("utf-16-le")),
        ("sheet1", lambda body: body.replace(b'encoding="UTF-8"', b"encoding = 'Big5'")),
        ("sheet1", lambda body: body.decode().encode("utf-32")),
        ("sharedStrings", lambda body: body.replace(b"UTF-8", b"UTF-7")),
        ("workbook", lambda body: body[:200]),
        ("workbook", lambda body: body.replace(b"<workbook", b"<werkbook").replace(b"/workbook", b"/werkbook")),
        ("sheet1", lambda body: body[: len(body) // 2]),
        ("sharedStrings", lambda body: body[: len(body) // 2]),
    ],
)  # fmt: skip
def test_parts_in_another_encoding_or_cut_off_inside_are_damaged(where, made):
    data = plain_book()
    name = "xl/worksheets/sheet1.xml" if where == "sheet1" else f"xl/{where}.xml"
    assert kind(changed(data, **{where: made(parts(data)[name])})) == "damaged"


def test_a_sheet_that_is_listed_without_its_part_is_damaged():
    book = {name: body for name, body in parts(plain_book()).items() if "sheet1" not in name}
    assert kind(zipped(book)) == "damaged"


@pytest.mark.parametrize("part", ["sheet1", "workbook", "sharedStrings", "styles"])
@pytest.mark.parametrize("filler", [b"", b"<!--" + b" " * 9000 + b"-->"])
def test_a_document_type_is_not_opened_wherever_it_stands(part, filler):
    declared = b"?>" + filler + b'<!DOCTYPE x [<!ENTITY lol "lol">]>'
    assert kind(replaced(plain_book(), part, b"?>", declared)) == "doctype"


def test_a_strict_workbook_is_named():
    strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    assert kind(replaced(plain_book(), "workbook", MAIN, strict)) == "strict"


def test_names_of_ours_are_read_however_they_are_written():
    names = (
        '<definedName name="ill_form">"usage"</definedName>'
        "<definedName hidden='1' name='ill_library'>&quot;NSUT&quot;</definedName>"
        '<definedName name="ill_period" localSheetId="0">"2025-09"</definedName>'
        '<definedName name="ill_period">="2025-10"</definedName>'
        '<definedName name="ill_token">"a""b"</definedName>'
        '<definedName name="other">"x"</definedName>'
    )
    found = guard(excel_book(names=names), "x").names
    assert found == {
        "ill_form": "usage", "ill_library": "NSUT", "ill_period": "2025-10", "ill_token": 'a"b',
    }  # fmt: skip


@pytest.mark.parametrize(("written", "epoch"), [(b"1", True), (b"true", True), (b"0", False)])
def test_the_epoch_is_the_workbooks_own(written, epoch):
    properties = b'<workbookPr date1904="%s"/>' % written
    data = excel_book()
    assert not guard(data, "x").epoch_1904
    assert guard(replaced(data, "workbook", b"<workbookPr/>", properties), "x").epoch_1904 is epoch


def test_hidden_sheets_are_listed_and_sheets_of_charts_are_not():
    data = replaced(excel_book(), "workbook", b'name="\xe9\x81\xb8\xe5\x96\xae"',
                    b'state="veryHidden" name="\xe9\x81\xb8\xe5\x96\xae"')  # fmt: skip
    listed = guard(data, "x").sheets
    assert [(sheet.title, sheet.hidden) for sheet in listed] == [
        ("資料", False), ("選單", True), ("封面", False),
    ]  # fmt: skip
    rels = parts(data)["xl/_rels/workbook.xml.rels"].replace(
        b'/worksheet" Target="/xl/worksheets/sheet2', b'/chartsheet" Target="/xl/worksheets/sheet2'
    )
    charted: Any = {**parts(data), "xl/_rels/workbook.xml.rels": rels}
    assert [s.title for s in guard(zipped(charted), "x").sheets] == ["資料", "封面"]


@pytest.mark.parametrize(
    "name",
    [
        b'<definedName name="x">\xff</definedName>', b'<definedName name="x">\x01</definedName>',
        b'<definedName name="x" name="y">1</definedName>', b'<definedName name="x" y>1</definedName>',
        b'<definedName name="x">&bad;</definedName>', b'<definedName name="\xef\xbf\xbe">1</definedName>',
        b'<definedName name="x"">1</definedName>', b'<definedName name="x">1]]></definedName>',
    ],
)  # fmt: skip
def test_a_foreign_defined_name_that_is_no_xml_is_damage_all_the_same(name):
    data = excel_book(names='<definedName name="other">"x"</definedName>')
    assert guard(data, "x").names == {}
    whole = b'<definedName name="other">"x"</definedName>'
    assert kind(replaced(data, "workbook", whole, name)) == "damaged"
