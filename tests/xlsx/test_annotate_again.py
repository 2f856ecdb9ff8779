from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ill_workflows.xlsx.annotate import Mark, annotate
from ill_workflows.xlsx.styles import MARK
from tests.conftest import Convert
from tests.xlsx.handmade import excel_book, zipped
from tests.xlsx.sound import cells_of, changed, check_sound, coloured, notes, opened, parts
from tests.xlsx.test_annotate import BOOKS, MARKS, REPORT

Resave = Callable[[bytes], bytes]
TODAY = [Mark("借出紀錄", "I2", "歸還日早於借出日")]


@pytest.fixture
def by_libreoffice(tmp_path: Path, soffice_convert: Convert) -> Resave:
    def resave(data: bytes) -> bytes:
        (tmp_path / "sent.xlsx").write_bytes(data)
        (tmp_path / "saved").mkdir(exist_ok=True)
        to = "xlsx:Calc MS Excel 2007 XML"
        return soffice_convert(tmp_path / "sent.xlsx", to, tmp_path / "saved").read_bytes()

    return resave


def by_openpyxl(data: bytes) -> bytes:
    book, out = opened(data), io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def returned() -> bytes:
    return annotate((BOOKS / "notes-and-chart.xlsx").read_bytes(), MARKS, REPORT)


def only_todays(data: bytes) -> None:
    book = opened(data)
    assert book.sheetnames == ["檢查結果", "封面", "借出紀錄", "申請紀錄", "館內統計"]
    assert coloured(book["借出紀錄"]) == notes(book["借出紀錄"]).keys() == {"I2"}
    assert not coloured(book["館內統計"])
    assert notes(book["館內統計"]) == {"B1": "館內自用"}
    assert list(book.defined_names).count("ill_report") == 1


def test_broken_again_it_carries_only_todays_marks(returned: bytes) -> None:
    again = annotate(returned, TODAY, REPORT)

    only_todays(again)
    check_sound(again)
    assert cells_of(again) == cells_of(returned)


def test_the_second_return_of_the_same_is_the_same(returned: bytes) -> None:
    again = annotate(returned, MARKS, REPORT)

    for _ in range(3):
        once, again = again, annotate(again, MARKS, REPORT)
        check_sound(again)
        assert parts(once) == parts(again)


def test_formats_go_back_to_their_old_numbers(returned: bytes) -> None:
    theirs = parts((BOOKS / "notes-and-chart.xlsx").read_bytes())
    again = parts(annotate(returned, TODAY, REPORT))

    loans = again["xl/worksheets/sheet2.xml"].decode()
    loans = re.sub("<legacyDrawing [^>]*>", "", loans)
    was = theirs["xl/worksheets/sheet2.xml"].decode()
    assert '<c r="B4" s="0"/>' in loans  # was not there; nor was the hint of how wide row 4 is
    loans = loans.replace('<c r="B4" s="0"/>', "").replace(
        '<c r="G3" t="s" s="0">', '<c r="G3" t="s">'
    )
    was = was.replace('<row r="4" spans="1:13">', '<row r="4">')
    assert re.sub('<c r="I2" s="[0-9]+">', '<c r="I2" s="2">', loans) == was
    assert again["xl/worksheets/sheet4.xml"].count(b's="0"') == 1


def test_a_sheet_whose_last_note_was_ours_has_no_notes_left() -> None:
    book = excel_book()
    copy = annotate(book, [Mark("資料", "A2", "甲"), Mark("選單", "A2", "甲")], ())
    again = annotate(copy, [Mark("選單", "A2", "甲")], ())

    check_sound(again)
    assert b"legacyDrawing" not in parts(again)["xl/worksheets/sheet1.xml"]
    assert len([n for n in parts(again) if "comments" in n or n.endswith(".vml")]) == 2


@pytest.mark.parametrize("resave", [bytes, by_openpyxl])
def test_the_fill_that_a_cell_had_comes_back(resave: Resave) -> None:
    book = excel_book()
    copy = annotate(book, [Mark("資料", cell, "甲") for cell in ("A1", "C2", "B5", "A2")], ())
    again = annotate(resave(copy), [Mark("資料", "D9", "甲")], ())

    check_sound(again)
    was, now = opened(book)["資料"], opened(again)["資料"]
    for cell in ("A1", "C2", "A2"):
        assert repr(now[cell].fill) == repr(was[cell].fill)
        assert now[cell].number_format == was[cell].number_format
    assert now["B5"].fill.fgColor.rgb == was["B5"].fill.fgColor.rgb == "FFFFC7CE"
    assert coloured(now) == {"D9"}


def test_a_fill_of_excels_own_bad_is_not_ours() -> None:
    again = annotate(annotate(excel_book(), (), ()), [Mark("資料", "A2", "甲")], ())

    assert opened(again)["資料"]["B5"].fill.fgColor.rgb == "FFFFC7CE" != MARK


def test_a_report_that_the_sender_deleted_is_not_missed(returned: bytes) -> None:
    book = opened(returned)
    del book["檢查結果"]
    book.defined_names["ill_report"].value = "#REF!$A$1"
    book["借出紀錄"]["G3"].comment = None
    out = io.BytesIO()
    book.save(out)

    only_todays(annotate(out.getvalue(), TODAY, REPORT))


def test_a_report_that_lost_its_name_or_place_is_known(returned: bytes) -> None:
    book = opened(returned)
    del book.defined_names["ill_report"]
    book.move_sheet("檢查結果", 3)
    out = io.BytesIO()
    book.save(out)
    again = annotate(out.getvalue(), TODAY, REPORT)

    only_todays(again)
    check_sound(again)


def test_names_of_single_sheets_survive_every_return() -> None:
    copy = excel_book()
    for cell in ("A2", "B2", "A2"):
        copy = annotate(copy, [Mark("資料", cell, "甲")], REPORT)
        book = opened(copy)
        assert book["資料"].print_title_rows == "$1:$1"
        assert book["封面"].print_area == "'封面'!$A$1:$C$5"
        assert book["檢查結果"].print_title_rows == "$3:$3"


def test_a_senders_own_sheet_of_that_title_stays() -> None:
    own = parts(excel_book())
    own["xl/workbook.xml"] = own["xl/workbook.xml"].replace("選單".encode(), "檢查結果".encode())
    first = zipped(own)
    copy = annotate(first, [Mark("資料", "A2", "甲")], REPORT)
    again = annotate(copy, [Mark("資料", "A2", "甲")], REPORT)

    for data in (copy, again):
        check_sound(data)
        assert opened(data).sheetnames == ["檢查結果 (2)", "資料", "檢查結果", "封面"]
        assert "xl/worksheets/sheet2.xml" not in changed(first, data)


@pytest.mark.tool("soffice")
def test_after_libreoffice_saved_it_ours_is_still_known(
    returned: bytes, by_libreoffice: Resave
) -> None:
    saved = by_libreoffice(returned)
    assert coloured(opened(saved)["借出紀錄"]) == {"G3", "B4"}

    again = annotate(saved, TODAY, REPORT)
    only_todays(again)
    check_sound(again)
    only_todays(by_libreoffice(again))


@pytest.mark.tool("soffice")
def test_after_libreoffice_saved_it_fills_come_back(by_libreoffice: Resave) -> None:
    copy = annotate(excel_book(), [Mark("資料", c, "甲") for c in ("B5", "A2")], ())
    again = annotate(by_libreoffice(copy), [Mark("資料", "C2", "乙")], ())

    sheet = opened(again)["資料"]
    assert sheet["B5"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["A2"].fill.patternType in {None, "none"}
    assert coloured(sheet) == notes(sheet).keys() == {"C2"}
