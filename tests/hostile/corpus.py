"""Hostile and odd files, each built here, each with the ends that it may come to."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ill_workflows.forms import Form
from tests.hostile.good import CARDS, USAGE, later, plain, standard
from tests.xlsx.handmade import excel_book, prefixed, zipped
from tests.xlsx.plain import encrypted, plain_book
from tests.xlsx.sound import parts

SHEET = "xl/worksheets/sheet{}.xml"
LOANS, REQUESTS = SHEET.format(3), SHEET.format(4)
BOOK, RELS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS, STYLES, TYPES = "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOTE = b'<c r="M2" s="27"/>'
ITEM = re.compile(rb'<c r="B2" s="27" t="s"><v>\d+</v></c>')
LENT = b'<c r="G2" s="29"><v>45903</v></c>'
FINE = b'<c r="J2" s="30"/>'
DTD = b'?><!DOCTYPE x [<!ENTITY a "ha">%b]>'
LONG = b"\xe9\x95\xb7" * 32_767
GAVE_UP = "refused gave_up"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SAMPLES = Path(__file__).parents[1] / "samples" / "waves"


@dataclass(frozen=True)
class Case:
    """A file, and its ends: a state, and for a refusal its kind."""

    name: str
    data: bytes
    ends: frozenset[str]


Told = Iterator[tuple[str, bytes, *tuple[str, ...]]]


def corpus(group: str) -> Iterator[Case]:
    """The files of a group, each built when it is asked for."""
    for name, data, *ends in GROUPS[group]():
        yield Case(name if "." in name else f"{name}.xlsx", data, frozenset(ends))


def good(mark: str, form: Form = USAGE) -> bytes:
    """A standard workbook that no other is like."""
    return standard(form, f"（{mark}）")


def changed(mark: str, *edits: tuple[str, bytes | re.Pattern[bytes], bytes]) -> bytes:
    """A standard workbook of its own, in whose parts something stands in another's place."""
    book = parts(good(mark))
    for part, old, new in edits:
        pattern = re.compile(re.escape(old)) if isinstance(old, bytes) else old
        assert pattern.search(book[part]), (part, old)
        book[part] = pattern.sub(lambda _, new=new: new, book[part], count=1)
    return zipped(book)


def with_sheet(mark: str, rows: bytes, title: str = "館內統計", **strings: bytes) -> bytes:
    """A standard workbook with a sheet of the library's own."""
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relation = b'<Relationship Id="rId99" Type="%b" Target="worksheets/sheet9.xml"/>' % kind
    listed = f'<sheet name="{title}" sheetId="99" r:id="rId99"/>'.encode()
    content = (
        b'<Override PartName="/xl/worksheets/sheet9.xml" ContentType="application/vnd.openxml'
        b'formats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    )
    book = parts(changed(
        mark, (RELS, b"</Relationships>", relation + b"</Relationships>"),
        (BOOK, b"</sheets>", listed + b"</sheets>"), (TYPES, b"</Types>", content),
        *((STRINGS, b"<si>", strings["first"] + b"<si>") for _ in strings),
    ))  # fmt: skip
    return zipped({**book, SHEET.format(9): HEAD + rows + b"</sheetData></worksheet>"})


def _other_kinds() -> Told:
    book = good("別種")
    xls = "Workbook".encode("utf-16-le")
    yield "舊版.xls", OLE + bytes(600) + xls, "refused xls"
    yield "ole", OLE + bytes(600), "refused not_zip"
    yield "密碼", encrypted(book, "誰也不知道"), "refused encrypted"
    yield "寫入保護", encrypted(book, "VelvetSweatshop"), "accepted"
    yield "目錄壞的密碼", _blank_fat(encrypted(book, "x")), "refused encrypted"
    yield "二進位.xlsb", zipped({TYPES: "x", "xl/workbook.bin": b"\x83\1"}), "refused xlsb"
    ods = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}
    yield "開放.ods", zipped(ods), "refused ods"
    yield "巨集.xlsm", zipped({**parts(book), "xl/vbaProject.bin": OLE}), "refused macro"
    macro = {**parts(book), "xl/macrosheets/sheet1.xml": "<x/>"}
    yield "巨集4", zipped(macro), "refused macro"
    page = "<html><body><table><tr><td>借書證號</td></tr></table></body></html>"
    yield "網頁", page.encode(), "refused html"
    mhtml = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nContent-Type: text/html\r\n"
    )
    yield "網頁封存", mhtml, "refused html"
    table = "借書證號,登錄號\r\nNSUT-07,0000123\r\n"
    yield "文字.csv", table.encode(), "refused csv"
    yield "文字big5", table.encode("big5"), "refused csv"
    yield "文字utf16", table.replace(",", "\t").encode("utf-16"), "refused csv"
    xml = b"<?xml version='1.0'?>\n<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>"
    yield "試算表2003", xml, "refused not_zip"
    yield "文件.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "refused not_zip"
    yield "圖.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "refused not_zip"
    yield "程式.exe", b"MZ\x90\0" + bytes(range(256)) * 4, "refused not_zip"
    yield "壓縮.gz", b"\x1f\x8b\x08\0" + bytes(range(256)), "refused not_zip"
    yield "文書.docx", zipped({TYPES: "x", "word/document.xml": "<x/>"}), "refused not_zip"
    yield "壓縮檔.zip", zipped({"月報表.xlsx": book}), "refused not_zip"
    yield "空檔", b"", "refused empty"
    yield "全是零", bytes(70_000), "refused empty"
    yield "空白", b" \r\n\t" * 900, "refused empty"
    yield "別種表單的樣子", excel_book(), "returned"
    yield "外來活頁簿", plain_book(), "refused foreign"
    yield "沒有活頁簿", zipped({TYPES: "<Types/>", "xl/styles.xml": "<x/>"}), "refused not_zip"
    yield "別的表單", later(), "held form_later"
    stranger = next(SAMPLES.rglob("cases-NSU-*.xlsx")).read_bytes()
    yield "別館的通知單", stranger, "returned"
    yield "好的但平凡", plain(USAGE, "（平凡）"), "accepted"
    yield "好的登記簿", good("登記簿", CARDS), "accepted"


def _blank_fat(data: bytes) -> bytes:
    """An OLE file whose sectors all follow themselves."""
    (size,) = struct.unpack_from("<H", data, 30)
    (first,) = struct.unpack_from("<L", data, 76)
    at = (first + 1) << size
    return data[:at] + struct.pack("<128L", *range(128)) + data[at + 512 :]


def _broken_zips() -> Told:
    book = good("壓縮")
    for n, length in enumerate((4, 40, len(book) // 4, len(book) // 2, -2_000, -23, -1)):
        yield f"截斷{n}", book[:length], "refused truncated"
    yield "中段歸零", book[:9_000] + bytes(4_096) + book[13_096:], "refused truncated"
    yield "少一段", book[:9_000] + book[9_512:], "refused truncated"
    yield "前面多字", b"\r\n" + book, "refused not_zip"
    yield "後面多字", good("後面多字") + b"\r\n--boundary--\r\n" * 9, "accepted"
    yield "重複", _more(book, (LOANS, b"<worksheet/>")), "refused damaged"
    yield "重複大小寫", _more(book, ("XL/Worksheets/Sheet3.xml", b"<x/>")), "refused damaged"
    outside = ("../../穿越.xml", "/tmp/絕對.xml", "C:\\windows\\x.xml", "xl/../../../上.xml", "\0")
    more = _more(good("穿越"), *((name, b"<x/>") for name in outside))
    yield "穿越", more, "accepted"
    yield "資料夾", _more(good("資料夾"), ("xl/", b""), ("xl/worksheets/", b"")), "accepted"
    backward = {name.replace("/", "\\"): body for name, body in parts(book).items()}
    yield "反斜線", zipped(backward), "refused not_zip"
    capitals = {name.upper(): body for name, body in parts(good("大寫")).items()}
    yield "大寫", zipped(capitals), "accepted"
    yield "項目加密", _flagged(book), "refused encrypted"
    for kind in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"壓縮法{kind}", _packed(book, kind), "refused damaged"
    yield "壓縮法99", book.replace(b"\x08\0\0\0!\0", b"\x63\0\0\0!\0"), "refused damaged"
    yield "不壓縮", _packed(good("不壓縮"), zipfile.ZIP_STORED), "accepted"
    yield "邊寫邊壓", _streamed(good("邊寫邊壓")), "accepted"
    comment = io.BytesIO(good("註解"))
    with zipfile.ZipFile(comment, "a") as archive:
        archive.comment = "註解 PK".encode()
    yield "註解", comment.getvalue(), "accepted"
    second_end = book + b"PK\5\6" + bytes(18)
    yield "兩個結尾", second_end, "refused not_zip"


def _info(name: str, kind: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2025, 10, 2, 9, 30, 0))
    info.compress_type = kind
    return info


def _more(data: bytes, *added: tuple[str, bytes]) -> bytes:
    """The same zip with more parts; one of a name that is there already goes in beside it."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        for name, body in added:
            archive.NameToInfo.pop(name, None)
            archive.writestr(_info(name), body)
    return out.getvalue()


def _packed(data: bytes, kind: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts(data).items():
            archive.writestr(_info(name, kind), body)
    return out.getvalue()


class _Pipe(io.RawIOBase):
    """What cannot be sought: sizes are told behind each part."""

    def __init__(self) -> None:
        self.out = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        self.out += memoryview(piece)  # type: ignore[arg-type]
        return len(memoryview(piece))  # type: ignore[arg-type]


def _streamed(data: bytes) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[arg-type]
        for name, body in parts(data).items():
            archive.writestr(_info(name), body)
    return bytes(pipe.out)


def _flagged(data: bytes) -> bytes:
    out = bytearray(data)
    out[6] |= 1
    out[data.index(b"PK\1\2") + 8] |= 1
    return bytes(out)


def _bombs() -> Told:
    book, much = good("炸彈"), 301 << 20
    for name in ("xl/media/a.bin", "xl/x.xml"):
        end = name[-4:].strip(".")
        yield f"炸彈{end}", _bomb(book, name, much), "refused too_large"
        yield f"說小的炸彈{end}", _bomb(book, name, much, 9), "refused too_large", GAVE_UP
        yield f"說大的{end}", _bomb(book, name, 1 << 20, 0xFFFFFF00), "refused too_large"
    many = book
    for n in range(10):
        many = _bomb(many, f"xl/media/{n}.bin", 31 << 20)
    yield "多個小炸彈", many, "refused too_large", GAVE_UP
    yield "剛好不算炸彈", _bomb(good("剛好"), "xl/media/a.bin", 200 << 20), "accepted"
    yield "太多部件", _more(book, *((f"x/{n}", b"") for n in range(3_001))), "refused too_large"
    yield "很多部件", _more(good("很多部件"), *((f"x/{n}", b"") for n in range(2_900))), "accepted"
    yield "疊在一起的部件", _overlapping(good("疊")), "accepted", "refused damaged"
    yield "二十六MB", book + bytes(26 << 20), "refused too_large"


def _bomb(data: bytes, name: str, size: int, declared: int | None = None) -> bytes:
    """The same zip with a part that inflates to so many blanks, whatever it declares."""
    packer, block, crc = zlib.compressobj(9, zlib.DEFLATED, -15), b" " * (1 << 20), 0
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first * (size >> 20) + packer.flush()
    for _ in range(size >> 20):
        crc = zlib.crc32(block, crc)
    facts = (
        20,
        0,
        8,
        0,
        33,
        crc,
        len(packed),
        size if declared is None else declared,
        len(name),
        0,
    )
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *facts) + name.encode() + packed
    at, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *facts, 0, 0, 0, 0, at) + name.encode()
    listed = data[at:end] + entry
    (count,) = struct.unpack_from("<H", data, end + 10)
    tail = (0, 0, count + 1, count + 1, len(listed), at + len(local), 0)
    return data[:at] + local + listed + struct.pack("<4s4H2LH", b"PK\5\6", *tail)


def _overlapping(data: bytes) -> bytes:
    """Many entries of the directory that all inflate the same bytes."""
    at = data.index(b"PK\1\2")
    end = data.rindex(b"PK\5\6")
    entries = data[at:end]
    (length,) = struct.unpack_from("<H", entries, 28)
    first = entries[: 46 + length]
    more = b"".join(first[:46] + b"%05d" % n + first[51:] for n in range(900))
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 914, 914, len(entries + more), at, 0)
    return data[:at] + entries + more + tail


def _xml() -> Told:
    laughs = b"".join(
        b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10)
    )
    yield "十億笑", changed("笑", (LOANS, b"?>", DTD % laughs)), "refused doctype"
    yield "十億笑在字串", changed("笑", (STRINGS, b"?>", DTD % laughs)), "refused doctype"
    outer = b'<!ENTITY b SYSTEM "file:///etc/passwd">'
    yield "外部實體", changed("外", (BOOK, b"?>", DTD % outer)), "refused doctype"
    yield "外部實體在關係", changed("外", (RELS, b"?>", DTD % outer)), "refused doctype"
    loans = parts(good("編碼"))[LOANS]
    for name in ("utf-16", "utf-32", "utf-16-le"):
        body = loans.decode().replace('encoding="UTF-8"', f'encoding="{name}"').encode(name)
        yield f"編碼{name}", zipped({**parts(good("編碼")), LOANS: body}), "refused damaged"
    big5 = changed("編碼", (STRINGS, b"UTF-8", b"Big5"))
    yield "編碼big5", big5, "refused damaged"
    bom = {n: (b"\xef\xbb\xbf" + b if n == LOANS else b) for n, b in parts(good("BOM")).items()}
    yield "有BOM", zipped(bom), "accepted"
    strict = (BOOK, b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
              b"http://purl.oclc.org/ooxml/spreadsheetml/main")  # fmt: skip
    yield "嚴格", changed("嚴格", strict), "refused strict"
    yield "前綴", prefixed(good("前綴")), "accepted"
    deep = b"<extLst><ext>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</ext></extLst></worksheet>"
    yield "很深", changed("很深", (LOANS, b"</worksheet>", deep)), "accepted", GAVE_UP
    deep = b"<extLst>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</extLst></workbook>"
    yield "很深的活頁簿", changed("很深簿", (BOOK, b"</workbook>", deep)), "accepted", GAVE_UP
    cut = (LOANS, re.compile(rb"</sheetData>.*", re.DOTALL), b"")
    yield "XML截斷", changed("截", cut), "refused damaged"
    remark = (LOANS, b"<sheetData>", b"<!-- <c r='A9'><v>9</v></c> --><sheetData>")
    yield "註釋", changed("註釋", remark), "accepted"
    yield "註釋在字串", changed("註字", (STRINGS, b"<si>", b"<!-- x --><si>")), "accepted"
    inside = (LOANS, b"<sheetData>", b"<?x <c r='A9'><v>9</v></c> ?><sheetData>")
    yield "處理指示", changed("指示", inside), "accepted"
    cdata = _note("CDATA", b'<c r="M2" t="inlineStr"><is><t><![CDATA[<c>&]]></t></is></c>')
    yield "CDATA", cdata, "accepted"
    for name, text in (
        ("控制", b"&#1;"),
        ("代理", b"&#xD800;"),
        ("非字元", b"&#xFFFF;"),
        ("零", b"\0"),
    ):
        bad = _note(name, b'<c r="M2" t="inlineStr"><is><t>%b</t></is></c>' % text)
        yield f"字元{name}", bad, "refused damaged"
    bad = changed("壞位元", (STRINGS, "輪機".encode(), b"\xed\xa0\x80\xff"))
    yield "壞位元組", bad, "refused damaged"


def _note(mark: str, cell: bytes) -> bytes:
    """A workbook with another cell in a loan's remarks."""
    return changed(mark, (LOANS, NOTE, cell))


def _cells() -> Told:
    for name, text in (("零", "_x0000_"), ("跳脫", "_x001B_"), ("代理", "_xD800_"),
                       ("末", "_xFFFF_"),
                       ("斷行", "&#13;&#10;&#9;"), ("右至左", "\u202e甲\u2066"), ("式", "=1+1"),
                       ("式二", "@SUM(A1)"), ("標籤", "&lt;script&gt;{{ 7*7 }}{% x %}"),
                       ("表情", "📚" * 20)):  # fmt: skip
        cell = f'<c r="M2" t="inlineStr"><is><t>{text}</t></is></c>'
        yield f"備註{name}", _note(f"備註{name}", cell.encode()), "accepted"
    for length in (32_767, 32_768, 1_000_000):
        cell = b'<c r="M2" t="inlineStr"><is><t>%b</t></is></c>' % (b"\xe9\x95\xb7" * length)
        yield f"長備註{length}", _note(f"長{length}", cell), "accepted"
    for name, cell in (
        ("錯誤", b'<c r="M2" t="e"><v>#REF!</v></c>'), ("無值式", b'<c r="M2"><f>A1</f></c>')
    ):  # fmt: skip
        yield f"備註{name}", _note(f"備註{name}", cell), "returned"
    lost = b'<c r="B2" t="e"><v>#N/A</v></c>'
    yield "錯誤值", changed("錯誤值", (LOANS, ITEM, lost)), "returned"
    yield "無值公式", changed("無值", (LOANS, ITEM, b'<c r="B2"><f>C2</f></c>')), "returned"
    yield "空值公式", changed("空值", (LOANS, ITEM, b'<c r="B2"><f>C2</f><v/></c>')), "returned"
    yield "真假", changed("真假", (LOANS, FINE, b'<c r="J2" t="b"><v>1</v></c>')), "accepted"
    for n, index in enumerate((b"99999", b"-1", b"x", b"9" * 5_000, b"4294967296", b"0x1", b"1.0")):
        cell = b'<c r="B2" t="s"><v>%b</v></c>' % index
        yield f"字串索引{n}", changed("索引", (LOANS, ITEM, cell)), "refused damaged"
    twice = NOTE[:-2] + b'><v>1</v></c><c r="M2"><v>2</v></c>'
    yield "同格兩次", _note("兩次", twice), "refused damaged"
    yield "兩值", _note("兩值", b'<c r="M2"><v>1</v><v>2</v></c>'), "refused damaged"
    both = b'<c r="M2" t="inlineStr"><v>7</v><is><t>x</t></is></c>'
    yield "值與文字", _note("值字", both), "refused damaged"
    yield "零號列", _note("零列", b'<c r="M0"><v>1</v></c>'), "refused damaged"
    style = _note("樣式", b'<c r="M2" s="9999"><v>1</v></c>')
    yield "沒有的樣式", style, "accepted"
    for at in ("XFD1048576", "XFE1", "AAA1", "A200001", "ZZ60000"):
        row = f'<row><c r="{at}"><v>1</v></c></row></sheetData>'.encode()
        far = changed("遠格", (LOANS, b"</sheetData>", row))
        yield f"遠格{at}", far, "refused too_large"
    wide = b"".join(b"<c><v>1</v></c>" for _ in range(16_385))
    yield "太寬", with_sheet("太寬", b"<row>%b</row>" % wide), "refused too_large"
    empty = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    yield "遠的空格", changed("遠空", (LOANS, b"</sheetData>", empty)), "accepted"


def _odd_numbers() -> Told:
    for value in (
        "NaN",
        "INF",
        "1e999",
        "1e308",
        "-1",
        "-1e9",
        "0",
        "60",
        "2958466",
        "1e20",
        "9" * 400,
    ):
        day = changed(
            f"日{value[:9]}", (LOANS, LENT, f'<c r="G2" s="29"><v>{value}</v></c>'.encode())
        )
        yield f"借出日{value[:9]}", day, "returned"
        fine = f'<c r="J2" s="30"><v>{value}</v></c>'.encode()
        yield f"罰款{value[:9]}", changed(f"罰{value[:9]}", (LOANS, FINE, fine)), "accepted"
    for column, name in (
        ("J", "罰款"),
        ("F", "出版年"),
        ("G", "借出日"),
        ("B", "登錄號"),
        ("A", "借書證號"),
    ):
        digits = f'<c r="{column}2" t="inlineStr"><is><t>{"9" * 5_000}</t></is></c>'.encode()
        there = re.compile(rb'<c r="%b2"[^>]*?(?:/>|>.*?</c>)' % column.encode())
        long = changed(f"五千位{name}", (LOANS, there, digits))
        optional = name in {"罰款", "出版年"}
        yield f"五千位數{name}", long, "accepted" if optional else "returned"
    epoch = (BOOK, b"<workbookPr ", b'<workbookPr date1904="1" ')
    yield "一九〇四", changed("一九〇四", epoch), "returned"  # every day four years later
    days = [(LOANS, b"<v>45903</v>", b"<v>44441</v>")] * 3
    months = [(REQUESTS, b"<v>%d</v>" % n, b"<v>%d</v>" % (n - 1_462)) for n in (45903, 45905) * 3]
    yield "一九〇四正確", changed("一九正", epoch, *days, *months), "accepted"


def _sheets() -> Told:
    hide = (BOOK, b'sheetId="3"', b'sheetId="3" state="veryHidden"')
    yield "隱藏工作表", changed("隱藏", hide), "accepted"
    rows = (LOANS, b'<row r="2"', b'<row hidden="1" r="2"')
    yield "隱藏列", changed("隱藏列", rows), "accepted"
    merged = (
        LOANS,
        b"<sheetProtection",
        b'<mergeCells><mergeCell ref="M2:M4"/></mergeCells><sheetProtection',
    )
    yield "合併", changed("合併", merged), "accepted"
    whole = (*merged[:2], merged[2].replace(b"M2:M4", b"A1:XFD1048576"))
    yield "整張合併", changed("整張", whole), "accepted"
    claimed = (LOANS, b'ref="A1:M4"', b'ref="A1:ZZ60000"')
    yield "聲稱四千二百萬格", changed("聲稱", claimed), "accepted"
    for number, end in ((b"0", "accepted"), (b"9" * 22, "accepted"), (b"-5", "refused damaged")):
        row = (LOANS, b'<row r="3"', b'<row r="%b"' % number)
        name = f"列號{number[:2].decode()}"
        yield name, changed(name, row), end  # the cells tell their places themselves
    row = re.compile(rb'(<row r="2".*?</row>)(<row r="3".*?</row>)')
    body = parts(good("順序"))
    body[LOANS] = row.sub(rb"\2\1", body[LOANS])
    yield "列序顛倒", zipped(body), "accepted"
    twice = (BOOK, 'name="申請紀錄"'.encode(), 'name="借出紀錄"'.encode())
    yield "同名工作表", changed("同名", twice), "accepted"  # known by its headings
    again = re.search(rb"<sheetData>(.*)</sheetData>", parts(good("又一"))[LOANS], re.DOTALL)
    assert again
    second = with_sheet("又一", again[1], "借出紀錄")
    yield "又一張借出紀錄", second, "accepted"
    yield (
        "沒有工作表",
        changed("無表", (BOOK, re.compile(rb"<sheet .*?/>(?=</sheets>)"), b"")),
        "refused damaged",
    )
    none = (BOOK, re.compile(rb"<sheets>.*</sheets>"), b"<sheets/>")
    yield "一張也沒有", changed("無張", none), "refused damaged"
    none = (BOOK, re.compile(rb"<sheets>.*</sheets>"), b"")
    yield "連清單也沒有", changed("無單", none), "refused damaged"
    odd = "'[]:*?/\\&lt;b&gt;&amp;{{7*7}}" + "長" * 300
    yield "怪表名", with_sheet("怪名", b"<row><c><v>1</v></c></row>", odd), "accepted"
    nameless = with_sheet("無名", b"<row><c><v>1</v></c></row>", "")
    yield "無名的工作表", nameless, "accepted"
    whose = (BOOK, b'"ill_library">"HDU"', b'"ill_library">"NSUT"')
    yield "館別矛盾", changed("館別", whose), "returned"
    names = b'<definedName name="ill_report">%b</definedName></definedNames>' % (b"'a'!$A$1," * 900)
    yield "假的檢查結果", changed("假檢查", (BOOK, b"</definedNames>", names)), "accepted"


def _relations() -> Told:
    for name, target, ends in (
        ("不在", "worksheets/nowhere.xml", ["refused damaged"]),
        ("外面", "../../../../etc/passwd", ["refused damaged"]),
        ("自己", "workbook.xml", ["refused damaged"]),
        ("樣式", "styles.xml", ["refused damaged"]),
        ("另一張", "worksheets/sheet4.xml", ["returned"]),
        ("網址", "http://127.0.0.1:9/sheet3.xml", ["refused damaged"]),
        ("空", "", ["refused damaged"]),
    ):
        yield (
            f"關係到{name}",
            changed("關係", (RELS, b"worksheets/sheet3.xml", target.encode())),
            *ends,
        )
    external = (
        RELS,
        b'Target="worksheets/sheet3.xml"',
        b'Target="worksheets/sheet3.xml" TargetMode="External"',
    )
    yield "關係在外", changed("關係外", external), "returned"
    loop = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    loop += b"".join(
        b'<Relationship Id="r%d" Type="x/%b" Target="sheet3.xml"/>' % (n, kind)
        for n, kind in enumerate((b"drawing", b"comments", b"vmlDrawing", b"worksheet"))
    )
    rels = {"xl/worksheets/_rels/sheet3.xml.rels": loop + b"</Relationships>"}
    yield "關係成圈", zipped({**parts(good("成圈")), **rels}), "accepted"
    wrong = changed("成圈錯", (LOANS, ITEM, b""))
    yield "成圈而有錯", zipped({**parts(wrong), **rels}), "returned"
    for part in (LOANS, STRINGS, RELS, STYLES, TYPES, "_rels/.rels", "xl/theme/theme1.xml"):
        book = parts(good(f"少{part}"))
        del book[part]
        fine = part in {STYLES, TYPES, "_rels/.rels", "xl/theme/theme1.xml"}
        end = "accepted" if fine else "refused damaged"
        yield f"少了{part.rpartition('/')[2]}.xlsx", zipped(book), end
    for part in (TYPES, STYLES, "xl/theme/theme1.xml"):
        book = {**parts(changed(f"空{part}", (LOANS, ITEM, b""))), part: b""}
        end = "returned" if "theme" in part else "refused damaged"  # the copy needs the others
        yield f"空的{part.rpartition('/')[2]}.xlsx", zipped(book), end


def _large() -> Told:
    texts = b"<si><t>%b</t></si>" % LONG
    rows = b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(10_000))
    book = parts(with_sheet("萬次", rows))
    for name, body in book.items():
        if "/worksheets/sheet" in name and not name.endswith("9.xml"):
            shifted = re.sub(
                rb't="s"><v>(\d+)<', lambda found: b't="s"><v>%d<' % (int(found[1]) + 1), body
            )
            book[name] = shifted
    book[STRINGS] = book[STRINGS].replace(b"<si>", texts + b"<si>", 1)
    yield "同一長字一萬次", zipped(book), "accepted"
    styles = (STYLES, b"</cellXfs>", b'<xf numFmtId="14"/>' * 2_000_000 + b"</cellXfs>")
    yield "兩百萬樣式", changed("樣式", styles), "accepted", GAVE_UP
    styles = (STYLES, b"</cellXfs>", b'<xf numFmtId="14"/>' * 100_000 + b"</cellXfs>")
    yield "十萬樣式而有錯", changed("十萬", styles, (LOANS, ITEM, b"")), "returned", GAVE_UP
    cells = b"".join(b"<row>%b</row>" % (b'<c s="1"/>' * 700) for _ in range(500))
    yield "很多空格", with_sheet("空格", cells), "accepted", GAVE_UP
    rows = b"".join(b'<row r="%d"><c r="M%d"><v>1</v></c></row>' % (n, n) for n in range(5, 2_005))
    yield (
        "兩千列備註",
        changed("兩千", (LOANS, b"</sheetData>", rows + b"</sheetData>")),
        "accepted",
    )
    rows = rows.replace(b'"M', b'"B')
    yield (
        "兩千列都錯",
        changed("兩千", (LOANS, b"</sheetData>", rows + b"</sheetData>")),
        "returned",
    )


def _slow() -> Told:
    """What would cost the square of its size."""
    rows = b"<row><c><v>1</v></c></row>" + b"<row/>" * 50_000
    listed = b"".join(
        b'<sheet name="s%d" sheetId="%d" r:id="rId99"/>' % (n, n + 200) for n in range(20)
    )
    many = parts(with_sheet("同一張", rows))
    many[BOOK] = many[BOOK].replace(b"</sheets>", listed + b"</sheets>")
    yield "同一張列二十次", zipped(many), "accepted", GAVE_UP
    formulas = (LOANS, b"<sheetData>", b"<sheetData>" + b"<f " * 100_000)
    yield "沒關的公式", changed("沒關", formulas), "refused damaged", GAVE_UP
    cells = (LOANS, b"<sheetData>", b"<sheetData><c><f/><v></v></c>" + b"<c " * 100_000)
    yield "沒關的儲存格", changed("沒關", cells), "refused damaged", GAVE_UP
    code = (
        STYLES,
        b"<numFmts ",
        b'<numFmts><numFmt numFmtId="999" formatCode="%b"/></numFmts><numFmts ' % (b"[" * 60_000),
    )
    wrong = (LOANS, NOTE, b'<c r="M2"><f>A1</f></c>')
    styled = (STYLES, b"</cellXfs>", b'<xf numFmtId="999"/></cellXfs>')
    yield "格式全是括號", changed("括號", code, styled, wrong), "returned", GAVE_UP
    names = b'<definedName name="ill_report">%b</definedName></definedNames>' % (b"a" * 200_000)
    report = changed("報告", (BOOK, b"</definedNames>", names), (LOANS, ITEM, b""))
    yield "名稱很長而有錯", report, "returned", GAVE_UP


def _names() -> Told:
    for n, name in enumerate((
        " 前後空白 .xlsx", "大寫.XLSX", "沒有副檔名.", "點.點.xlsx.xlsx", "換\n行.xlsx",
        "定\t位.xlsx",
        "引'號\".xlsx", "%s%n{0}{{7*7}}.xlsx", "<b>標籤.xlsx", "右\u202excod.xlsx",
        "零寬\u200b.xlsx",
        "-rf.xlsx", "=1+1.xlsx", "表情📚.xlsx", "長" * 80 + ".xlsx", "CON.xlsx", "…….xlsx",
        "Cc: x@ill.test\r\n.xlsx", "分\u2028段.xlsx", "\x7f\x1b[31m.xlsx",
        os.fsdecode(b"\xa4\xeb\xb3\xf8.xlsx"),
    )):  # fmt: skip
        yield name, good(f"名{n}"), "accepted"
    yield os.fsdecode(b"\xb1\xce.xls"), OLE + bytes(601) + "Book".encode("utf-16-le"), "refused xls"
    wrong = changed("壞名而有錯", (LOANS, ITEM, b""))
    yield os.fsdecode(b"\xb0h\xa6^.xlsx"), wrong, "returned"
    yield "退回\u202e\r\nBcc: x@ill.test.xlsx", changed("退", (LOANS, ITEM, b"")), "returned"


GROUPS: dict[str, Callable[[], Told]] = {
    "other kinds": _other_kinds, "broken zips": _broken_zips, "bombs": _bombs, "xml": _xml,
    "cells": _cells, "numbers": _odd_numbers, "sheets": _sheets, "relations": _relations,
    "large": _large, "slow": _slow, "names": _names,
}  # fmt: skip
