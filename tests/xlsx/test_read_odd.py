"""Reading odd workbooks: nothing that stands in a sheet is lost without a word."""

from __future__ import annotations

import random
from datetime import date, datetime, time
from typing import Any

import pytest

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms.book import CellError, NoValue
from ill_workflows.xlsx import careful, fast, read
from ill_workflows.xlsx.guard import guard
from ill_workflows.xlsx.limits import Limits
from ill_workflows.xlsx.read import read_book, read_guarded
from tests.forms.sheets import checked
from tests.xlsx.handmade import excel_book, prefixed, zipped
from tests.xlsx.plain import ROWS, changed, plain_book, replaced
from tests.xlsx.rawcells import added, lost
from tests.xlsx.sound import parts

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
NOON = datetime.combine(date(2025, 10, 15), time(8))


def sheet(rows: str) -> bytes:
    return excel_book(rows=rows, tail="")


def rows_of(data: bytes) -> list[list[Any]]:
    """The first sheet's rows; nothing of the workbook was lost or added."""
    found = read_book(data, "x")
    assert lost(data, found) == added(data, found) == {}
    return found.sheets[0].rows


def kind(data: bytes, **limits: int) -> str:
    with pytest.raises(UnreadableWorkbook) as raised:
        read_book(data, "來信.xlsx", limits=Limits(**limits))
    assert raised.value.name == "來信.xlsx"
    return raised.value.kind


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ('<c r="A1" t="e"><v>#REF!</v></c>', CellError("#REF!")),
        ('<c r="A1" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CellError("#DIV/0!")),
        ("<c r='A1' t='e'><v>#N/A</v></c>", CellError("#N/A")),
        ('<c r="A1" t="e"><v></v></c>', CellError("#VALUE!")),
        ('<c r="A1"><f>B1+1</f></c>', NoValue("=B1+1")),
        ('<c r="A1"><f>B1+1</f><v></v></c>', NoValue("=B1+1")),
        ('<c r="A1"><f>B1+1</f><v/></c>', NoValue("=B1+1")),
        ('<c r="A1"><f>B1+1</f><v ></v></c>', NoValue("=B1+1")),
        ('<c r="A1"><f>B1+1</f>\n<v> </v></c>', " "),
        ('<c r="A1" t="str"><f>"a"</f></c>', NoValue('="a"')),
        ('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', "a"),
        ('<c r="A1"><f t="shared" ref="A1:A2" si="3">B1</f></c>', NoValue("=B1")),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"), ('<c r="A1" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="A1" t="d"><v>2025-10-15</v></c>', date(2025, 10, 15)),
        ('<c r="A1" t="d"><v>2025-10-15T08:00:00</v></c>', NOON),
        ('<c r="A1" t="inlineStr"><is><t>甲</t></is></c>', "甲"), ('<c r="A1"><is><t>甲</t></is></c>', "甲"),
        ('<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><rPr><b/></rPr><t>乙</t></r>'
         '<rPh sb="0" eb="1"><t>ㄐㄧㄚˇ</t></rPh></is></c>', "甲乙"),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x000D_</t></is></c>', "a\rb_x000D_"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> 甲 </t></is></c>', " 甲 "),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[<甲>]]></t></is></c>', "<甲>"),
        ('<c r="A1"><v>NaN</v></c>', "NaN"), ('<c r="A1"><v>1e400</v></c>', float("inf")),
        ('<c r="A1"><v>二</v></c>', "二"), ('<c r="A1"><v> 5 </v></c>', 5),
        ('<c r="A1" t="n"><v>007</v></c>', 7), ('<c r="a1"><v>7</v></c>', 7), ("<c><v>7</v></c>", 7),
        ("<c\n r = 'A1' ><v>7</v></c>", 7), ('<!-- <c r="B1"><v>9</v></c> --><c r="A1"><v>7</v></c>', 7),
        ('<c r="A1" s="1"><v>45945</v></c>', date(2025, 10, 15)),
    ],
)  # fmt: skip
def test_an_odd_cell_is_read_as_what_it_is(cells, wanted):
    found = rows_of(sheet(f'<row r="1">{cells}<c r="Z9" t="e"><v>#REF!</v></c></row>'))
    assert found[0][0] in (wanted, str(wanted).replace("inf", "1e400"))
    alone = read_book(sheet(f'<row r="1">{cells}</row>'), "x").sheets[0].rows
    assert alone[0][0] in (wanted, str(wanted).replace("inf", "1e400"))


def test_a_formula_shared_without_a_value_tells_the_formula_that_it_shares():
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1+1</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>'
    )
    assert rows_of(sheet(rows)) == [[2], [NoValue("=B1+1")]]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"><c r="A5"><v>5</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
        '<row r="3"><c r="B3"><v>3</v></c></row>',
        '<row r="2"><c r="A2"><v>2</v></c></row><row r="2"/><row r="5"><c r="A5"><v>5</v></c></row>'
        '<row r="3"><c r="B3"><v>3</v></c></row>',
        '<row r="9"><c r="B3"><v>3</v></c><c r="A5"><v>5</v></c><c r="A2"><v>2</v></c></row>',
    ],
)
def test_rows_and_cells_out_of_order_are_all_there(rows):
    assert rows_of(sheet(rows)) == [["", ""], [2, ""], ["", 3], ["", ""], [5, ""]]


def test_rows_and_cells_without_places_follow_each_other():
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row r='4'><c><v>3</v></c><c r='D4'><v>4</v></c><c><v>5</v></c></row>"  # fmt: skip
    empty = ["", "", "", "", ""]
    assert rows_of(sheet(rows)) == [[1, 2, "", "", ""], empty, empty, [3, "", "", 4, 5]]


def test_a_workbook_with_prefixed_names_is_read_like_the_other():
    assert read_book(prefixed(excel_book()), "x").sheets == read_book(excel_book(), "x").sheets


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>', '<c r="A1"><v>1</v><v>2</v></c>',
        '<c r="A1" t="inlineStr"><v>7</v><is><t>甲</t></is></c>',
        '<c r="A1" t="s"><v>99</v></c>', '<c r="A1" t="s"><v>x</v></c>', '<c r="A1" t="s"><v>-1</v></c>',
        '<c r="A0"><v>1</v></c>', '<c r="11"><v>1</v></c>', '<c r="AAAA1"><v>1</v></c>',
        '<c r="A1"><v>1<v/></v></c>', '</row><row r="x"><c r="A1"><v>1</v></c>',
    ],
)  # fmt: skip
def test_a_cell_with_two_meanings_or_none_makes_the_workbook_damaged(cells):
    assert kind(sheet(f'<row r="1">{cells}<c r="Z9" t="e"/></row>')) == "damaged"


def test_a_sheet_of_another_namespace_is_not_read_as_an_empty_one():
    rows = b'<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>'
    other = HEAD.replace(b"2006/main", b"2006/other") + rows + TAIL
    assert kind(changed(plain_book(), sheet1=other)) == "damaged"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>', '<c r="A1048576"><v>1</v></c>', '<c r="AAA1"><v>1</v></c>',
        "<c r='XFD1048576'><v>1</v></c>", '<c\tr="XFD1048576"><v>1</v></c>', '<c r="xfd1048576"><v>1</v></c>',
        '<c s="0" r="XFD1048576"><v>1</v></c>', '<c r="&#88;FD1048576"><v>1</v></c>',
        '<c r="ZZ99999"><v>1</v></c>', '<c r="ZZ9999"><v>1</v></c><c r="A99999"><v>1</v></c>',
        '</row><row r="1048576"><c><v>1</v></c>', '<c r="A200001"><v>1</v></c>',
    ],
)  # fmt: skip
def test_a_cell_far_out_is_refused_before_a_reader_allocates_the_sheet(cell):
    rows = f'<row r="1"><c r="A1"><v>1</v></c>{cell}</row><row r="2"><c r="A2"><v>2</v></c></row>'
    assert kind(sheet(rows)) == "too_large"


def test_a_far_cell_behind_a_prefix_of_its_own_is_refused():
    space = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = f'<row r="1"><x:c {space} r="XFD1048576"><x:v>1</x:v></x:c></row>'
    assert kind(sheet(rows)) == "too_large"


def test_far_cells_that_hold_nothing_are_nothing():
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>'
        '<row r="1048576" hidden="1"><c r="A1048576" s="1"/><c r="B1048576"><v></v></c></row>'
    )
    assert rows_of(sheet(rows)) == [[1]]


def test_many_sheets_that_are_large_together_are_refused():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="5"><c r="E5"><v>1</v></c></row>'
    assert kind(sheet(rows), cells=40) == "too_large"
    odd = rows.replace("<v>1</v></c></row><row", '<v>1</v></c><c r="B1" t="e"/></row><row')
    assert kind(sheet(odd), cells=40) == "too_large"
    assert len(read_book(sheet(rows), "x", limits=Limits(cells=60)).sheets) == 3


def test_tall_sheets_and_wide_sheets_are_read():
    tall = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 9_999, 10_000, 99_999)
    )
    assert len(rows_of(sheet(tall))) == 99_999
    wide = '<row r="1"><c r="A1"><v>1</v></c><c r="ZZ1"><v>2</v></c></row>'
    assert len(rows_of(sheet(wide))[0]) == careful.MAX_COLUMNS
    tallest = '<row r="200000"><c r="A200000"><v>1</v></c></row>'
    assert len(rows_of(sheet(tallest))) == careful.MAX_ROWS


def test_a_long_text_that_stands_in_many_cells_is_not_copied_for_each(monkeypatch):
    monkeypatch.setattr(fast, "MAX_CLONED", 200_000)
    long = ("長" * 2_000).encode()
    data = replaced(excel_book(), "sharedStrings", "甲".encode(), long)
    assert not read_guarded(guard(data, "x"), "x", readers=("fast", "careful")).careful
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>2</v></c></row>' for n in range(1, 60))
    many = replaced(excel_book(rows=cells), "sharedStrings", "甲".encode(), long)
    for readers in (("fast", "careful"), ("plain",)):
        found = read_guarded(guard(many, "x"), "x", readers=readers)
        assert found.careful is ("fast" in readers)
        assert all(row[0] is found.sheets[0].rows[0][0] for row in found.sheets[0].rows)


def test_a_workbook_with_excels_own_extensions_is_read_fast():
    found = read_book(excel_book(), "x")
    assert not found.careful
    assert lost(excel_book(), found) == {}


def test_two_sheets_of_one_title_are_both_read():
    data = replaced(excel_book(), "workbook", "選單".encode(), "資料".encode())
    found = read_book(data, "x")
    assert [s.title for s in found.sheets] == ["資料", "資料", "封面"]
    assert [len(s.rows) for s in found.sheets] == [5, 5, 5]


def test_only_the_odd_sheet_of_a_workbook_is_read_slowly(monkeypatch):
    asked = []
    monkeypatch.setattr(read, "read_cells", lambda body, look: asked.append(body) or {})
    read_book(sheet('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>'), "x")
    assert len(asked) == 1
    assert read_book(plain_book(), "x").sheets[0].rows == ROWS
    assert len(asked) == 1


def test_a_merge_of_the_whole_sheet_and_a_million_styles_cost_nothing():
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    data = excel_book(rows='<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>', tail="")
    body = parts(data)["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", b"</sheetData>" + merged.encode())  # fmt: skip
    styled = parts(data)["xl/styles.xml"].replace(b"</cellXfs>", b"<xf numFmtId='14'/>" * 200_000 + b"</cellXfs>")  # fmt: skip
    assert rows_of(changed(data, sheet1=body, styles=styled)) == [[CellError("#REF!")]]


def test_four_hundred_mutants_each_end_in_rows_or_in_a_named_refusal():
    rng = random.Random(20251015)
    seeds = [dict(parts(data)) for data in (plain_book(), excel_book())]
    junk = [
        b"1048576",
        b"XFD",
        b't="e"',
        b"<v/>",
        b"<!--",
        b"&#0;",
        b'"',
        b'<row r="1048576">',
        b"\xff",
    ]
    kinds = set()
    for _ in range(400):
        book = dict(rng.choice(seeds))
        name = rng.choice(sorted(book))
        body, at = book[name], rng.randrange(len(book[name]))
        to = min(len(body), at + rng.randrange(1, 60))
        book[name] = rng.choice([
            body[:at] + body[to:], body[:to] + body[at:to] + body[to:], body[:at],
            body[:at] + rng.choice(junk) + body[at:], bytes([*body[:at], rng.randrange(256), *body[at + 1 :]]),
        ])  # fmt: skip
        data = zipped(book)
        try:
            found = read_book(data, "x")
        except UnreadableWorkbook as bad:
            kinds.add(bad.kind)
            continue
        assert all(f.zh and f.en for f in checked(found).findings)
    assert "damaged" in kinds
