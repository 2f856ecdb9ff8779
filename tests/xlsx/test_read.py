"""Reading plain workbooks: by whom they were saved makes no difference, nor which reader reads."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from xlsxwriter import Workbook as Written

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms.book import Book
from ill_workflows.xlsx.guard import guard
from ill_workflows.xlsx.read import read_book, read_guarded
from tests.xlsx.handmade import excel_book
from tests.xlsx.plain import ROWS, plain_book, replaced, written
from tests.xlsx.rawcells import added, lost

SAMPLES = Path(__file__).parents[1] / "samples" / "waves"
BOOKS = Path(__file__).parents[1] / "books"
FILES = sorted([*SAMPLES.rglob("*.xlsx"), *BOOKS.rglob("*.xlsx")])
DAYS = ["yyyy/mm/dd", "m/d/yy", "yyyy-mm-dd hh:mm", "[$-404]e/m/d", 'yyyy"年"m"月"d"日"',
        '[$-404]e"年"m"月"d"日"', "d-mmm-yy", "[$-F800]dddd, mmmm dd, yyyy"]  # fmt: skip
NUMBERS = ["General", "0", "0.00", "#,##0", '0"冊"', "0000000", '"NT$"#,##0', "@", "[Red]0", "0%"]


def carefully(data: bytes) -> Book:
    """The same workbook, each sheet by the careful reader."""
    return read_guarded(guard(data, "x"), "x", readers=("careful",))


def fast(data: bytes) -> Book:
    """The same workbook, each sheet by calamine where that knows all that is in it."""
    return read_guarded(guard(data, "x"), "x", readers=("fast", "careful"))


def both(data: bytes) -> Book:
    """What both readers read, and that it is the same and all there is."""
    plain, calamine, careful = read_book(data, "x"), fast(data), carefully(data)
    assert not plain.careful
    assert not calamine.careful
    assert careful.careful
    assert replace(careful, careful=False) == plain == calamine
    assert lost(data, plain) == added(data, plain) == {}
    return plain


def by_openpyxl(rows: list[list[Any]], number_format: str = "", epoch: Any = None) -> bytes:
    book = Workbook()
    if epoch is not None:
        book.epoch = epoch
    sheet = book.active
    sheet.title = "資料"
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c)
            cell.value = value or None if value == "" else value
            if isinstance(value, str):
                cell.data_type = "s" if value else "n"
            elif number_format:
                cell.number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("save", [written, by_openpyxl])
def test_a_plain_workbook_is_read_as_it_was_written(save: Callable[..., bytes]):
    (sheet,) = both(save(ROWS)).sheets
    assert (sheet.title, sheet.rows, sheet.hidden) == ("資料", ROWS, False)


@pytest.mark.tool("soffice")
@pytest.mark.parametrize("save", [written, by_openpyxl])
def test_a_workbook_saved_again_by_libreoffice_is_read_as_it_was(save, tmp_path, soffice_convert):
    (tmp_path / "plain.xlsx").write_bytes(save(ROWS))
    made = soffice_convert(tmp_path / "plain.xlsx", "xlsx:Calc MS Excel 2007 XML", tmp_path / "out")
    assert both(made.read_bytes()).sheets[0].rows == ROWS


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_cell_of_a_sample_is_lost_or_added_by_either_reader(path):
    data = path.read_bytes()
    try:
        found = read_book(data, path.name)
    except UnreadableWorkbook:
        return
    assert lost(data, found) == added(data, found) == {}
    careful = carefully(data)
    assert [s.title for s in careful.sheets] == [s.title for s in found.sheets]
    for one, other in zip(found.sheets, careful.sheets, strict=True):
        assert one.rows == other.rows


@pytest.mark.parametrize("epoch_1904", [False, True])
@pytest.mark.parametrize("number_format", DAYS)
def test_a_number_in_a_cell_that_shows_days_is_a_day_in_either_epoch(number_format, epoch_1904):
    out = io.BytesIO()
    with Written(out, {"date_1904": epoch_1904}) as book:
        look = book.add_format({"num_format": number_format})
        sheet = book.add_worksheet("資料")
        sheet.write_datetime(0, 0, datetime.combine(date(2025, 10, 15), time()), look)
        sheet.write_datetime(0, 1, datetime.combine(date(2024, 2, 29), time(14, 30)), look)
    found = both(out.getvalue())
    assert found.epoch_1904 is epoch_1904
    assert found.sheets[0].rows == [
        [date(2025, 10, 15), datetime.combine(date(2024, 2, 29), time(14, 30))]
    ]


@pytest.mark.parametrize("number_format", NUMBERS)
def test_a_number_in_any_other_format_stays_a_number(number_format):
    found = both(by_openpyxl([[45945, 1141015, 15.5, 0]], number_format))
    assert found.sheets[0].rows == [[45945, 1141015, 15.5, 0]]


@pytest.mark.parametrize("built_in", [*range(14, 23), *range(27, 32), 36, *range(50, 59)])
def test_the_built_in_formats_of_days_are_known_without_their_code(built_in):
    data = replaced(excel_book(rows='<row r="1"><c r="A1" s="1"><v>45945</v></c></row>', tail=""),
                    "styles", b"numFmtId='14'", b"numFmtId='%d'" % built_in)  # fmt: skip
    fast, careful = read_book(data, "x"), carefully(data)
    values = {sheets[0].rows[0][0] for sheets in (fast.sheets, careful.sheets)}
    assert values <= {date(2025, 10, 15), time(0), 45945.0}
    assert careful.sheets[0].rows[0][0] in {date(2025, 10, 15), time(0)}


def test_minguo_digits_in_a_cell_that_shows_days_keep_their_number():
    found = both(by_openpyxl([[1141015, 20130121]], "yyyy/mm/dd"))
    assert found.sheets[0].rows == [[date(5023, 12, 28), 20130121.0]]


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(1901, 1, 1), date(9999, 12, 31)),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.booleans(),
)
def test_every_day_and_hour_is_read_alike_by_both(day, hour, epoch_1904):
    if epoch_1904 and day.year < 1905:
        return
    out = io.BytesIO()
    with Written(out, {"date_1904": epoch_1904}) as book:
        look = book.add_format({"num_format": "yyyy/mm/dd hh:mm:ss"})
        sheet = book.add_worksheet("資料")
        sheet.write_datetime(0, 0, datetime.combine(day, time()), look)
        sheet.write_datetime(0, 1, datetime.combine(day, hour), look)
    fast, careful = read_book(out.getvalue(), "x"), carefully(out.getvalue())
    for found in (fast, careful):
        first, second = found.sheets[0].rows[0]
        assert first == day
        second = second if isinstance(second, datetime) else datetime.combine(second, time())
        assert abs(second - datetime.combine(day, hour)) <= timedelta(milliseconds=1)


CELLS = st.one_of(
    st.just(""),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=12)
    .map(lambda s: s.strip() or "x"),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 6)),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_whatever_is_written_is_read_back_by_both(rows):
    read = both(written(rows)).sheets[0].rows
    width = max((len(row) for row in read), default=0)
    wanted = [[*row, *[""] * (width - len(row))][:width] for row in rows][: len(read)]
    assert read == wanted
    beyond = [row[width:] for row in rows[: len(read)]] + rows[len(read) :]
    assert not any(value != "" for row in beyond for value in row)


def test_rich_text_and_readings_above_it_are_read_as_the_text():
    out = io.BytesIO()
    with Written(out) as book:
        sheet, bold = book.add_worksheet("資料"), book.add_format({"bold": True})
        sheet.write_rich_string(0, 0, "輪機", bold, "工程", " 圖說")
    assert both(out.getvalue()).sheets[0].rows == [["輪機工程 圖說"]]


def test_formulas_are_read_as_the_values_that_they_were_saved_with():
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c>'
        '<c r="B1" t="str"><f>"甲"&amp;"乙"</f><v>甲乙</v></c>'
        '<c r="C1" t="str"><f>IF(A1=2,"","否")</f><v></v></c>'
        '<c r="D1"><f t="shared" ref="D1:D2" si="0">A1+1</f><v>3</v></c>'
        '<c r="E1"><f t="array" ref="E1">SUM(A1:A1)</f><v>2</v></c></row>'
        '<row r="2"><c r="D2"><f t="shared" si="0"/><v>1</v></c></row>'
    )
    data = excel_book(rows=rows, tail="")
    assert both(data).sheets[0].rows == [[2, "甲乙", "", 3, 2], ["", "", "", 1, ""]]


def test_hidden_sheets_and_hidden_rows_are_read_like_the_others():
    book = load_workbook(io.BytesIO(plain_book()))
    book.create_sheet("藏起來").append(["甲", 1])
    book["藏起來"].sheet_state = "veryHidden"
    book["資料"].row_dimensions[2].hidden = True
    book["資料"].column_dimensions["A"].hidden = True
    out = io.BytesIO()
    book.save(out)
    found = both(out.getvalue())
    assert [(s.title, s.hidden, s.rows) for s in found.sheets] == [
        ("資料", False, ROWS), ("藏起來", True, [["甲", 1]]),
    ]  # fmt: skip


def test_what_lies_under_merged_cells_and_beside_empty_ones_keeps_its_address():
    book = Workbook()
    sheet = book.active
    sheet["C5"], sheet["E9"] = "丙五", 9
    sheet.merge_cells("A1:Z3")
    sheet["A1"] = "標題"
    out = io.BytesIO()
    book.save(out)
    rows = both(out.getvalue()).sheets[0].rows
    assert (len(rows), len(rows[0])) == (9, 5)
    assert (rows[0][0], rows[4][2], rows[8][4]) == ("標題", "丙五", 9)
