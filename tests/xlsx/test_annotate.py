from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from ill_workflows.xlsx.annotate import Line, Mark, annotate
from ill_workflows.xlsx.styles import MARK
from tests.conftest import Convert
from tests.xlsx.handmade import X14, excel_book, prefixed
from tests.xlsx.sound import cells_of, changed, check_sound, coloured, notes, opened, parts

BOOKS = Path(__file__).parent.parent / "books" / "annotate"
NOTE = "日期看不懂：「10/32」。請改成 114.10.15。\nThe date cannot be read."
MARKS = (
    Mark("借出紀錄", "G3", NOTE),
    Mark("借出紀錄", "B4", "沒有填"),
    Mark("館內統計", "B1", "不對"),
)
REPORT = (
    Line(("月報表有 3 處要修改",), None, "title"),
    Line(("請修改後寄回。",), None, "text"),
    Line(("位置", "說明"), None, "head"),
    *(Line((f"{m.sheet} {m.cell}", m.note), (m.sheet, m.cell), "error") for m in MARKS),
    Line(("借出紀錄 F8", "當作不明"), ("借出紀錄", "F8"), "warn"),
)
LISTS = {
    "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
}  # fmt: skip


@pytest.fixture(scope="module")
def theirs() -> bytes:
    """A real sheet with faults, a note of its own and a chart."""
    return (BOOKS / "notes-and-chart.xlsx").read_bytes()


def links_of(sheet: Any) -> dict[str, str]:
    return {
        c.coordinate: c.hyperlink.location for row in sheet.iter_rows() for c in row if c.hyperlink
    }


def written(**sheets: list[tuple[str, Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for title, cells in sheets.items():
            sheet = book.add_worksheet(title)
            for where, value in cells:
                sheet.write(where, value)
    return out.getvalue()


def test_only_what_must_change_changes(theirs: bytes) -> None:
    copy = annotate(theirs, MARKS, REPORT)

    sheets = {f"xl/worksheets/{name}" for name in ("sheet2.xml", "sheet4.xml", "sheet5.xml")}
    made = {"xl/comments2.xml", "xl/drawings/vmlDrawing2.vml"}
    assert changed(theirs, copy) == LISTS | sheets | made | {
        "xl/comments1.xml", "xl/worksheets/_rels/sheet2.xml.rels",
    }  # fmt: skip
    check_sound(copy)


def test_entries_keep_their_order_date_and_compression() -> None:
    book = excel_book()
    copy = annotate(book, [Mark("資料", "A2", "甲")], ())

    def facts(data: bytes) -> list[tuple[Any, ...]]:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(i.filename, i.date_time, i.compress_type) for i in archive.infolist()]

    assert facts(copy)[: len(facts(book))] == facts(book)
    assert ("xl/media/image1.png", (2025, 10, 2, 9, 30, 0), zipfile.ZIP_STORED) in facts(copy)


def test_a_marked_cell_differs_in_its_format_only(theirs: bytes) -> None:
    before = parts(theirs)["xl/worksheets/sheet2.xml"].decode()
    after = parts(annotate(theirs, MARKS[:1], ()))["xl/worksheets/sheet2.xml"].decode()

    after = re.sub("<legacyDrawing [^>]*>", "", after)
    assert after.replace('<c r="G3" t="s" s="3">', '<c r="G3" t="s">') == before


def test_each_marked_cell_is_coloured_and_noted_and_no_other(theirs: bytes) -> None:
    book = opened(annotate(theirs, MARKS, REPORT))

    loans, own = book["借出紀錄"], book["館內統計"]
    assert coloured(loans) == notes(loans).keys() == {"G3", "B4"}
    assert coloured(own) == notes(own).keys() == {"B1"}
    assert not notes(book["封面"])
    assert not coloured(book["申請紀錄"])
    assert NOTE in notes(loans)["G3"]


def test_values_stay_as_they_were_saved(theirs: bytes) -> None:
    assert cells_of(annotate(theirs, MARKS, REPORT)) == cells_of(theirs)


def test_number_format_font_and_border_of_a_marked_cell_stay() -> None:
    book = excel_book()
    cell = opened(annotate(book, [Mark("資料", "C2", "甲")], ()))["資料"]["C2"]

    was = opened(book)["資料"]["C2"]
    assert cell.number_format == was.number_format == "mm-dd-yy"
    assert (cell.font.b, cell.alignment.horizontal) == (True, "center")
    assert cell.fill.fgColor.rgb == MARK


def test_a_senders_own_note_stays_above_ours_and_charts_stay(theirs: bytes) -> None:
    copy = annotate(theirs, MARKS, REPORT)

    note = notes(opened(copy)["館內統計"])["B1"]
    assert note.startswith("館內自用\n\n館際合作 ill-workflows\n")
    assert note.endswith("不對")
    assert b'<drawing r:id="rId1"/>' in parts(copy)["xl/worksheets/sheet4.xml"]


def test_the_report_is_first_and_its_links_lead_to_the_cells(theirs: bytes) -> None:
    book = opened(annotate(theirs, MARKS, REPORT))

    assert book.sheetnames == ["檢查結果", "封面", "借出紀錄", "申請紀錄", "館內統計"]
    sheet = book["檢查結果"]
    assert [row[0] for row in sheet.values][:7] == [line.cells[0] for line in REPORT]
    links = links_of(sheet)
    assert links == {
        "A4": "'借出紀錄'!G3", "A5": "'借出紀錄'!B4", "A6": "'館內統計'!B1", "A7": "'借出紀錄'!F8",
    }  # fmt: skip
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert book.defined_names["ill_report"].value == "'檢查結果'!$A$1"


def test_a_link_quotes_the_title_and_a_place_that_is_not_there_stays_text() -> None:
    book = written(**{"王's 表": [("A1", 1)]})
    lines = [
        Line(("a", "b"), ("王's 表", "A1"), "error"), Line(("a", "b"), ("沒有", "A1"), "error"),
        Line(("a", "b"), ("王's 表", "?"), "warn"), Line(("a", "b"), ("王's 表", ""), "text"),
    ]  # fmt: skip
    copy = annotate(book, [Mark("沒有", "A1", "甲"), Mark("王's 表", "?", "甲")], lines)

    links = links_of(opened(copy)["檢查結果"])
    assert links == {"A1": "'王''s 表'!A1", "A4": "'王''s 表'!A1"}
    check_sound(copy)


@pytest.mark.parametrize("text", ["=1+1", "{=1}", "+1", "-1+2", "@SUM(A1)", "\t=1", "http://x.example",
    "#REF!", "<b>&\"'", "a\x00\x0b\ud800\uffffb", "x" * 40_000, "𠮷" * 20_000, "_x0041_", "a\r\nb"])  # fmt: skip
def test_any_text_stays_a_text(text: str) -> None:
    book = written(甲=[("A1", 1)])
    copy = annotate(book, [Mark("甲", "A1", text)], [Line((text, text), ("甲", "A1"), "error")])

    check_sound(copy)
    sheet = parts(copy)["xl/worksheets/sheet2.xml"]
    assert b"<f" not in sheet
    assert b"<v" not in sheet
    found = opened(copy)["檢查結果"]["A1"]
    assert found.data_type == "s"
    assert len(found.value.encode("utf-16-le")) <= 2 * 32_767
    if text.isprintable() and len(text) < 100 and "_x" not in text:
        assert found.value == text
        assert notes(opened(copy)["甲"])["A1"].endswith(text)


def test_cells_and_rows_that_are_not_there_are_made_in_order() -> None:
    book = excel_book()
    wanted = ["B2", "D2", "A3", "C4", "A5", "E5", "D9", "XFD1048576"]
    copy = annotate(book, [Mark("資料", cell, "沒有填") for cell in wanted], ())

    check_sound(copy)
    xml = parts(copy)["xl/worksheets/sheet1.xml"].decode()
    order = re.findall(r'<c r="(\w+)"', xml)
    assert order == ["A1", "B1", "A2", "B2", "C2", "D2", "A3", "C4", "A5", "B5", "E5", "D9",
        "XFD1048576"]  # fmt: skip
    assert '<dimension ref="A1:XFD1048576"/>' in xml
    assert '<row r="2" x14ac:dyDescent="0.25">' in xml
    sheet = opened(annotate(book, [Mark("資料", c, "") for c in wanted[:-1]], ()))["資料"]
    assert [sheet[c].number_format for c in ("A5", "D9", "D2", "C4")] == ["@", "@", "@", "General"]


def test_extensions_of_excel_stay_and_notes_come_before_them() -> None:
    copy = annotate(excel_book(), [Mark("資料", "A2", "甲")], ())

    xml = parts(copy)["xl/worksheets/sheet1.xml"].decode()
    assert X14 in xml
    assert xml.index("<legacyDrawing") < xml.index("<extLst")
    assert '<row r="5" spans="1:3" s="3" customFormat="1" x14ac:dyDescent="0.25">' in xml
    assert "<f>1+1</f><v>2</v>" in xml
    check_sound(copy)


def test_names_of_single_sheets_still_belong_to_them() -> None:
    book = opened(annotate(excel_book(), [Mark("資料", "A2", "甲")], REPORT))

    assert book["資料"].print_title_rows == "$1:$1"
    assert book["封面"].print_area == "'封面'!$A$1:$C$5"
    assert book.defined_names["ill_form"].value == '"usage"'


def test_it_opens_on_the_report_when_the_selected_sheet_is_marked() -> None:
    copy = annotate(excel_book(selected=0), [Mark("資料", "A2", "甲")], ())

    book = opened(copy)
    assert book.active.title == "檢查結果"
    assert [s.title for s in book if s.sheet_view.tabSelected] == ["檢查結果"]
    assert b"firstSheet" not in parts(copy)["xl/workbook.xml"]


def test_two_tabs_are_never_selected_and_a_sheet_without_marks_stays_byte_for_byte() -> None:
    book = excel_book(selected=2)
    copy = annotate(book, [Mark("資料", "A2", "甲")], ())

    assert "xl/worksheets/sheet3.xml" not in changed(book, copy)
    assert opened(copy).active.title == "封面"
    assert [s.title for s in opened(copy) if s.sheet_view.tabSelected] == ["封面"]


@pytest.mark.tool("soffice")
@pytest.mark.parametrize("name", ["notes-and-chart", "libreoffice", "excel", "prefixed"])
def test_libreoffice_opens_the_copy_and_reads_the_same_values(
    name: str, tmp_path: Path, soffice_convert: Convert
) -> None:
    made = {"excel": excel_book(), "prefixed": prefixed(excel_book())}
    data = made.get(name) or (BOOKS / f"{name}.xlsx").read_bytes()
    first = opened(data).sheetnames[1]
    (tmp_path / "a.xlsx").write_bytes(annotate(data, [Mark(first, "A2", NOTE)], REPORT))
    (tmp_path / "b.xlsx").write_bytes(data)
    (tmp_path / "out").mkdir()

    to = "xlsx:Calc MS Excel 2007 XML"
    ours = soffice_convert(tmp_path / "a.xlsx", to, tmp_path / "out").read_bytes()
    plain = soffice_convert(tmp_path / "b.xlsx", to, tmp_path / "out").read_bytes()
    titles = opened(plain).sheetnames
    assert opened(ours).sheetnames == ["檢查結果", *titles]
    assert cells_of(ours, *titles) == cells_of(plain, *titles)
    assert NOTE in notes(opened(ours)[first])["A2"]
    assert opened(ours)["檢查結果"]["B4"].value == REPORT[3].cells[1]
    assert soffice_convert(tmp_path / "a.xlsx", "pdf", tmp_path / "out").stat().st_size > 5_000
