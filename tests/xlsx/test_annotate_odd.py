"""Workbooks written in other ways than Excel's own."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.xlsx.annotate import Mark, annotate
from ill_workflows.xlsx.cells import address
from tests.xlsx.handmade import excel_book, prefixed, rels, zipped
from tests.xlsx.sound import changed, check_sound, coloured, notes, opened, parts
from tests.xlsx.test_annotate import REPORT


@pytest.mark.parametrize(
    "rows",
    [
        "", "<row r='3'/>", "<row><c/><c><v>1</v></c></row><row/><row><c t='str'><v>x</v></c></row>",
        "<!-- <row r='1'> --><row r='2'><c r='B2' t='inlineStr'><is><t>&lt;c r=\"A1\"></t></is></c></row>",
    ],
)  # fmt: skip
def test_sheets_are_marked_however_sparely_they_are_written(rows: str) -> None:
    book = excel_book(rows=rows)
    copy = annotate(book, [Mark("資料", cell, "甲") for cell in ("A1", "B2", "C3", "B1")], ())

    check_sound(copy)
    assert coloured(opened(copy)["資料"]) == {"A1", "B2", "C3", "B1"}
    assert [c.value for row in opened(book)["資料"] for c in row if c.value] == [
        c.value for row in opened(copy)["資料"] for c in row if c.value
    ]


@settings(max_examples=40, deadline=None)
@given(
    there=st.sets(st.tuples(st.integers(1, 6), st.integers(1, 6))),
    marked=st.sets(st.tuples(st.integers(1, 7), st.integers(1, 7)), min_size=1),
    said=st.booleans(),
)
def test_any_cell_of_any_sheet_can_be_marked(
    there: set[tuple[int, int]], marked: set[tuple[int, int]], said: bool
) -> None:
    rows = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{address((r, c))}"><v>{r * 10 + c}</v></c>' for c in range(1, 7) if (r, c) in there)
        + "</row>"
        for r in range(1, 7)
        if said or any(at[0] == r for at in there)
    )  # fmt: skip
    book = excel_book(rows=rows)
    copy = annotate(book, [Mark("資料", address(at), "甲") for at in marked], ())

    check_sound(copy)
    sheet = opened(copy)["資料"]
    assert coloured(sheet) == notes(sheet).keys() == {address(at) for at in marked}
    for row, column in there:
        assert sheet.cell(row, column).value == row * 10 + column


@pytest.mark.parametrize("selected", [0, 2])
def test_prefixed_workbooks_are_patched_in_their_own_prefix(selected: int) -> None:
    book = prefixed(excel_book(selected=selected))
    assert b"<x:worksheet" in parts(book)["xl/worksheets/sheet1.xml"]

    copy = annotate(book, [Mark("資料", cell, "甲") for cell in ("A2", "B3")], REPORT)
    again = annotate(copy, [Mark("資料", "C2", "甲")], REPORT)

    for data, cells in ((copy, {"A2", "B3"}), (again, {"C2"})):
        check_sound(data)
        assert coloured(opened(data)["資料"]) == notes(opened(data)["資料"]).keys() == cells
    assert parts(again)["xl/worksheets/sheet1.xml"].count(b"<c ") == 0


def test_a_workbook_without_styles_is_coloured() -> None:
    book = parts(excel_book(rows="<row><c><v>1</v></c></row>", tail=""))
    empty = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    bare = zipped(book | {"xl/styles.xml": empty})
    copy = annotate(bare, [Mark("資料", "A1", "甲")], ())
    check_sound(copy)
    assert coloured(opened(copy)["資料"]) == {"A1"}

    part = book["xl/_rels/workbook.xml.rels"].replace(b"/styles", b"/none")
    types = re.sub(rb'<Override PartName="/xl/styles[^>]*>', b"", book["[Content_Types].xml"])
    book |= {"xl/_rels/workbook.xml.rels": part.replace(b"styles.xml", b"calcChain.xml"),
        "[Content_Types].xml": types}  # fmt: skip
    del book["xl/styles.xml"]
    copy = annotate(zipped(book), [Mark("資料", "A1", "甲")], ())
    assert coloured(opened(copy)["資料"]) == {"A1"}


def test_a_threaded_comment_keeps_its_parts_and_gets_our_words_below() -> None:
    book = parts(excel_book())
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    said = "[Threaded comment]\n\nComment:\n    請館員確認"
    types = book["[Content_Types].xml"].decode().replace(
        "</Types>",
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.'
        'vmlDrawing"/><Override PartName="/xl/comments1.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.comments+xml"/><Override PartName="/xl/'
        'threadedComments/threadedComment1.xml" ContentType="application/vnd.ms-excel.threadedcomments'
        '+xml"/></Types>',
    )  # fmt: skip
    sheet = book["xl/worksheets/sheet1.xml"].decode()
    book |= {
        "[Content_Types].xml": types.encode(),
        "xl/worksheets/sheet1.xml": sheet.replace("<extLst>", '<legacyDrawing r:id="rId1"/><extLst>').encode(),
        "xl/worksheets/_rels/sheet1.xml.rels": rels(
            rId1=("vmlDrawing", "../drawings/vmlDrawing1.vml"), rId2=("comments", "../comments1.xml"),
            rId3=("threadedComment", "../threadedComments/threadedComment1.xml"),
        ).encode(),
        "xl/comments1.xml": (
            f'<comments {main}><authors><author>tc={{1}}</author></authors><commentList><comment '
            f'ref="A2" authorId="0"><text><t>{said}</t></text></comment></commentList></comments>'
        ).encode(),
        "xl/threadedComments/threadedComment1.xml": b"<ThreadedComments/>",
        "xl/drawings/vmlDrawing1.vml": (
            b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:'
            b'excel"><v:shape id="_x0000_s1025"><x:ClientData ObjectType="Note"><x:Anchor>1,15,0,2,3,'
            b"15,2,4</x:Anchor><x:Row>1</x:Row><x:Column>0</x:Column></x:ClientData></v:shape></xml>"
        ),
    }  # fmt: skip
    first = zipped(book)
    copy = annotate(first, [Mark("資料", "A2", "甲"), Mark("資料", "B2", "乙")], ())

    check_sound(copy)
    assert "xl/threadedComments/threadedComment1.xml" not in changed(first, copy)
    found = notes(opened(copy)["資料"])
    assert found["A2"] == f"{said}\n\n館際合作 ill-workflows\n甲"
    assert found["B2"].endswith("乙")
    again = annotate(copy, [Mark("資料", "C2", "丙")], ())
    assert notes(opened(again)["資料"])["A2"] == said
    assert notes(opened(again)["資料"]).keys() == {"A2", "C2"}


def test_a_form_control_that_is_no_sound_xml_stays() -> None:
    vml = (
        b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        b' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap '
        b'v:ext="edit" data="1"/></o:shapelayout><v:shape id="_x0000_s1025"><v:textbox><div>a<br>b</div>'
        b'</v:textbox><x:ClientData ObjectType="Button"/></v:shape></xml>'
    )
    book = parts(excel_book(tail='<legacyDrawing r:id="rId9"/>'))
    types = book["[Content_Types].xml"].replace(
        b"<Override", b'<Default Extension="vml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.vmlDrawing"/><Override', 1)  # fmt: skip
    book |= {
        "[Content_Types].xml": types,
        "xl/worksheets/_rels/sheet1.xml.rels": rels(
            rId9=("vmlDrawing", "../drawings/vmlDrawing1.vml")
        ).encode(),
        "xl/drawings/vmlDrawing1.vml": vml,
    }
    copy = annotate(zipped(book), [Mark("資料", "A2", "甲")], ())

    drawn = parts(copy)["xl/drawings/vmlDrawing1.vml"]
    assert drawn.startswith(vml.partition(b"</v:shape></xml>")[0])
    assert drawn.count(b"<v:shape ") == 2
    assert parts(copy)["xl/worksheets/sheet1.xml"].count(b"<legacyDrawing") == 1
    back = annotate(copy, [Mark("封面", "A2", "甲")], ())
    assert parts(back)["xl/drawings/vmlDrawing1.vml"].count(b"<v:shape ") == 1
    assert b'<legacyDrawing r:id="rId9"/>' in parts(back)["xl/worksheets/sheet1.xml"]


def test_openpyxl_workbooks_are_marked() -> None:
    book = Workbook()
    book.active.title = "甲"
    book["甲"]["B2"] = "=SUM(A1:A2)"
    out = io.BytesIO()
    book.save(out)
    copy = annotate(out.getvalue(), [Mark("甲", "B2", "乙"), Mark("甲", "B2", "丙")], REPORT)

    check_sound(copy)
    sheet = opened(copy)["甲"]
    assert sheet["B2"].value == "=SUM(A1:A2)"
    assert notes(sheet)["B2"].endswith("乙\n\n丙")


@pytest.mark.parametrize(
    ("part", "body", "kind"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><a></worksheet>", "damaged"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>', "doctype"),
        ("xl/workbook.xml", "<workbook/>".encode("utf-16"), "damaged"),
        ("xl/workbook.xml", b"<workbook/>", "damaged"),
        ("xl/styles.xml", b'<?xml version="1.0" encoding="big5"?><styleSheet/>', "damaged"),
        ("[Content_Types].xml", b"", "damaged"),
    ],
)
def test_what_cannot_be_patched_is_refused(part: str, body: bytes, kind: str) -> None:
    book = zipped(parts(excel_book()) | {part: body})
    with pytest.raises(UnreadableWorkbook) as refused:
        annotate(book, [Mark("資料", "A2", "甲")], ())
    assert refused.value.kind == kind


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK" + bytes(400)])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableWorkbook):
        annotate(data, (), ())
