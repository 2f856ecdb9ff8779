"""The reader of plain sheets: what it reads is what the careful one reads, or it reads nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.forms.book import Book
from ill_workflows.xlsx.guard import guard
from ill_workflows.xlsx.plain import NotPlain, Plain, read_strings
from ill_workflows.xlsx.read import READERS, read_guarded
from ill_workflows.xlsx.serial import from_serial, shown_by
from tests.xlsx.handmade import excel_book
from tests.xlsx.plain import changed, replaced
from tests.xlsx.sound import parts

SHEET = "xl/worksheets/sheet1.xml"
ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45931</v></c></row>'


def by(data: bytes, *readers: Any) -> Book | str:
    """What some readers read, or why they give up."""
    try:
        return read_guarded(guard(data, "x"), "x", readers=readers)
    except UnreadableWorkbook as bad:
        return bad.kind


def plainly(data: bytes) -> list[list[Any]] | None:
    safe = guard(data, "x")
    return Plain(safe).rows(safe.bodies[SHEET])


def agree(data: bytes) -> bool:
    """Whether the sheet is plain; where it is, the careful reader reads the same."""
    rows = plainly(data)
    if rows is None:
        return False
    careful = by(data, "careful")
    assert isinstance(careful, Book)
    assert rows == careful.sheets[0].rows
    return True


PLAIN = [
    "", "<row r='2'/>".replace("'", '"'), ROW, '<row r="3" ht="18" spans="1:2"></row>' + ROW[:0],
    '<row r="1"/><row r="2"></row><row r="5"><c r="C5"><v>-1.5E-3</v></c></row><row r="7"/>',
    '<row r="2"><c r="A2"/><c r="D2" s="3"/><c r="Z2" t="n"><v>7</v></c></row>',
    '<row r="2"><c r="A2" t="str"><f>A1&amp;"x"</f><v>a &amp; &lt;b&gt; _x0041_</v></c></row>',
    '<row r="2"><c r="A2" t="str"><v></v></c><c r="B2"><f t="shared" ref="B2:B9" si="0">1+1</f><v>2</v></c></row>',
    '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c><c r="B2" t="str"><v> x </v></c></row>',
    '<row r="9999" x14ac:dyDescent="0.3"><c r="Y9999" s="4"><v>0.75</v></c></row>',
]  # fmt: skip
MORE = (
    '<row r="3" spans="1:3"><c r="A3" t="str"><f>A1&amp;"x"</f><v>a &amp; b</v></c>'
    '<c r="B3" s="1"><f>1+1</f><v>45932.5</v></c><c r="C3" t="s"><v>1</v></c></row>'
)
ODD = [
    '<c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"/></row>',
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row><c r="A2"/>',
    '<row r="2"><c r="A3"><v>1</v></c></row>', '<row r="2"><c r="B2"/><c r="A2"/></row>',
    '<row r="2"><c r="A2"/><c r="A2"/></row>', ROW + ROW, '<row r="3"/>' + ROW.replace("1", "3") + ROW,
    '<row r="2"><c r="AA2"><v>1</v></c></row>', '<row r="10000"><c r="A10000"><v>1</v></c></row>',
    '<row><c r="A1"><v>1</v></c></row>', '<row r="1" spans="1:2"><c><v>1</v></c></row>',
    '<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>', '<row r="2"><c r="A2" t="b"><v>1</v></c></row>',
    '<row r="2"><c r="A2"><f>A1</f></c></row>', '<row r="2"><c r="A2"><f>A1</f><v></v></c></row>',
    '<row r="2"><c r="A2" t="s"><v>99</v></c></row>', '<row r="2"><c r="A2" t="s"><v>00</v></c></row>',
    '<row r="2"><c r="A2" t="s"><v></v></c></row>', '<row r="2"><c r="A2"><v>NaN</v></c></row>',
    '<row r="2"><c r="A2"><v>1E999</v></c></row>', '<row r="2"><c r="A2"><v>1_0</v></c></row>',
    '<row r="2"><c r="A2"><v>+-.E</v></c></row>', '<row r="2"><c r="A2"><v> 1</v></c></row>',
    '<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row>', '<row r="2"> <c r="A2"/></row>',
    '<row r="2"><c s="1" r="A2"><v>1</v></c></row>', '<row r="2"><c r="A2" cm="1"><v>1</v></c></row>',
    '<row r="2"><c r="A2"><v>1</v></c><!-- <c r="B2"><v>2</v></c> --></row>',
    '<row r="2"><c r="A2" t="str"><v>&#65;</v></c></row>', '<row r="2" r="3"><c r="A2"/></row>',
    '<row r="2"><c r="A2" t="str"><v>]]></v></c></row>', '<row r="2"><c r="A2"/>', "</row>",
    '<row r="2"><c r="A2"/></row></row>', '<row r="2"><row r="3"><c r="A3"/></row></row>',
    '<row r="2" ht="1" ht="2"><c r="A2"/></row>', '<row r="2" x15:ht="1"><c r="A2"/></row>',
    '<row r="1"/><row r="2" ht="1" ht="1"/><row r="3"><c r="A3"/></row>',
    '<row r="2"><c r="A2"><f si="0" si="1"/><v>2</v></c></row>',
    '<row r="3"><c r="A3"/></row><row r="4" ht="1" ht="1"/>',
    '<c r="A2"/>', '<row r="2"><c r="A2" t="str"><v>a\rb</v></c></row>',
]  # fmt: skip


@pytest.mark.parametrize("rows", PLAIN)
def test_a_sheet_written_as_excel_writes_it_is_plain(rows: str) -> None:
    assert agree(excel_book(rows=rows))


@pytest.mark.parametrize("rows", ODD)
def test_a_sheet_written_in_another_way_is_left_to_the_others(rows: str) -> None:
    assert not agree(excel_book(rows=rows))


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    lambda draw, body: body[: (at := draw.randrange(len(body)))] + body[at + 1 :],
    lambda draw, body: body[: (at := draw.randrange(len(body)))] + bytes([draw.randrange(256)]) + body[at + 1 :],
    lambda draw, body: body[: (at := draw.randrange(len(body)))] + body[(two := draw.randrange(len(body))) : two + 40] + body[at:],
    lambda draw, body: body.replace(draw.choice((b'<row r="1">', b"<v>", b"</v>", b"</c>", b"<row ", b"</row>", b'r="', b's="', b"</f>")), b"", 1),
    lambda draw, body: body[: (at := draw.randrange(len(body)))] + draw.choice((b"<!---->", b"&amp;", b"<c/>", b"]]>", b" ", b"\xff", b'"', b"<f/>")) + body[at:],
)  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_a_sheet_changed_anywhere_is_read_as_the_careful_reader_reads_it(seed: int) -> None:
    draw = random.Random(seed)
    whole = parts(excel_book(rows=ROW + "".join(PLAIN[5:6]) + MORE))[SHEET]
    data, plain = excel_book(), 0
    for _ in range(150):
        body = whole
        for _ in range(draw.randrange(1, 4)):
            body = draw.choice(MUTATIONS)(draw, body)
        mutant = changed(data, sheet1=body)
        try:
            guard(mutant, "x")
        except UnreadableWorkbook:
            continue
        plain += agree(mutant)
    assert plain


@pytest.mark.parametrize("seed", range(4))
def test_strings_changed_anywhere_are_those_of_the_careful_reader(seed: int) -> None:
    draw = random.Random(seed)
    data, plain = excel_book(), 0
    whole = parts(data)["xl/sharedStrings.xml"]
    for _ in range(150):
        body = draw.choice(MUTATIONS)(draw, whole)
        mutant = changed(data, sharedStrings=body)
        try:
            read_strings(body)
        except NotPlain:
            continue
        plain += 1
        assert by(mutant, *READERS) == by(mutant, "plain", "careful")
        careful = by(mutant, "careful")
        if isinstance(careful, Book):
            assert [s.rows for s in by(mutant, *READERS).sheets] == [s.rows for s in careful.sheets]
    assert plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<t> a </t>", "a"), ('<t xml:space="preserve"> a </t>', " a "), ("<t>&lt;&amp;amp;</t>", "<&amp;"),
        ("<t>_x4E2D_</t>", "中"), ("<t></t>", ""), ("<t>a\n\tb</t>", "a\n\tb"),
    ],
)  # fmt: skip
def test_shared_strings_are_read_as_they_are_meant(written: str, read: str) -> None:
    strings = f"<sst><si><t>0</t></si>\n<si>{written}</si></sst>".encode()
    assert read_strings(strings)[b"1"] == read


def test_a_first_string_may_keep_its_spaces() -> None:
    strings = b'<sst><si><t xml:space="preserve"> a </t></si></sst>'
    assert read_strings(strings) == {b"0": " a ", None: ""}


@pytest.mark.parametrize(
    "written",
    ["<r><t>a</t></r>", "<t>a</t><rPh sb='0'/>", "<t>&#65;</t>", "<t>&x;</t>", "<t>a\rb</t>",
     "<t>]]></t>", "<t>\ufffe</t>", "<t><b/></t>", "<t/>"],
)  # fmt: skip
def test_shared_strings_written_in_another_way_are_left_to_the_others(written: str) -> None:
    with pytest.raises(NotPlain):
        read_strings(f"<sst><si><t>0</t></si><si>{written}</si></sst>".encode())


@pytest.mark.parametrize("number", sorted(BUILTIN_FORMATS))
def test_what_a_built_in_format_shows_is_what_openpyxl_says(number: int) -> None:
    code = BUILTIN_FORMATS[number]
    span, day = is_timedelta_format(code), is_date_format(code)
    assert shown_by(str(number), None) == ("span" if span else "day" if day else None)
    assert shown_by("200", code) == shown_by(str(number), None)


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", None), ("@", None), ('0"冊"', None), ('"day" 0', None), ("[Red]0;[Blue]-0", None),
        ("[$-404]e/m/d", "day"), ('yyyy"年"m"月"d"日"', "day"), ("[h]:mm", "span"), ("[ss].00", "span"),
        ("_d0", None), ("\\d0", None), ("*s0", None), ("[$-F800]dddd, mmmm dd, yyyy", "day"),
        ("hh:mm AM/PM", "day"), ("0.00;d", None), ("", None), ('"NT$"#,##0', None), ("M/D", "day"),
    ],
)  # fmt: skip
def test_what_a_format_shows(code: str, shows: str | None) -> None:
    assert shown_by("170", code) == shows


@settings(max_examples=500)
@given(
    st.floats(0, 80_000) | st.integers(0, 80_000).map(float), st.sampled_from(("day", "span")),
    st.booleans(),
)  # fmt: skip
@example(0.0, "day", False)
@example(59.0, "day", False)
@example(60.0, "day", False)
@example(61.5, "day", False)
@example(0.99999999999, "day", True)
def test_a_day_is_the_one_that_openpyxl_says(number: float, shown: str, epoch_1904: bool) -> None:
    epoch = CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900
    wanted: Any = from_excel(number, epoch, timedelta=shown == "span")
    if shown == "day" and hasattr(wanted, "hour") and hasattr(wanted, "year"):
        midnight = (wanted.hour, wanted.minute, wanted.second, wanted.microsecond) == (0, 0, 0, 0)
        wanted = wanted.date() if midnight else wanted
    assert from_serial(number, shown, epoch_1904=epoch_1904) == wanted


def test_a_number_that_is_no_day_stays_a_number() -> None:
    assert from_serial(-1.0, "day", epoch_1904=False) == -1.0
    assert from_serial(1e12, "day", epoch_1904=False) == 1e12
    assert from_serial(1e300, "span", epoch_1904=False) == 1e300


def test_a_sheet_too_large_to_be_taken_apart_is_left_to_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ill_workflows.xlsx.plain.MOST", 300)
    assert not agree(excel_book())
    data = replaced(excel_book(), "sharedStrings", "甲".encode(), b"x" * 400)
    with pytest.raises(NotPlain):
        read_strings(guard(data, "x").bodies["xl/sharedstrings.xml"])
