"""Good workbooks, small, and a small alliance that takes files in as it does every day."""

from __future__ import annotations

import gc
import io
import os
import re
import struct
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter

from ill_workflows.app import App
from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.recognise import COVER, RESERVED
from ill_workflows.intake.folder import Inbox
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.xlsx.guard import guard
from ill_workflows.xlsx.read import read_book
from ill_workflows.xlsx.template import write_template
from tests.forms.filled import MEMBERS, OWN, plain_row, with_counters
from tests.jobs.alliance import clock, found
from tests.xlsx.handmade import zipped
from tests.xlsx.plain import replaced
from tests.xlsx.rawcells import MAIN, raw_cells, read_cells

CLOCK = clock("10-07")
MONTH = "2025-09"
USAGE, CARDS = (form for form in FORMS if form.monthly)
Named = tuple[str, bytes]
PAGE = os.sysconf("SC_PAGE_SIZE")
_UNREAD = RESERVED - {COVER}
_BLANK = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_NO_SHEET = re.compile(rb"<sheet (?![^<>]*:id=)[^<>]*/>")
_SPACE = re.compile(rb'\sxmlns="[^"]*"')
_TITLE = {"usage": ("usage_loans", "title"), "cards": ("cards_issues", "department")}


def alliance(home: Path) -> App:
    """An alliance of three whose inbox is empty."""
    return found(home)


def _rows(form: Form, mark: str, rows: int) -> dict[str, list[dict[str, Any]]]:
    made = {sheet.table: [plain_row(sheet, n) for n in range(rows)] for sheet in form.sheets}
    table, key = _TITLE[form.name]
    made[table][0][key] = f"輪機工程{mark}"
    return made


@cache
def standard(form: Form, mark: str = "", rows: int = 3) -> bytes:
    """HDU's standard workbook of 2025-09; ``mark`` tells one from another."""
    return write_template(
        form, members=MEMBERS, library=OWN, month=MONTH, rows=_rows(form, mark, rows)
    )


@cache
def plain(form: Form, mark: str = "", rows: int = 3) -> bytes:
    """The same in a workbook of the library's own."""
    out, content = io.BytesIO(), _rows(form, mark, rows)
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        cover = book.add_worksheet("封面")
        said = {
            "表單": form.label,
            "圖書館代碼": "HDU",
            "統計年月": "114年9月",
            "填表人": "示範館員",
        }
        for n, pair in enumerate(said.items()):
            cover.write_row(n, 0, pair)
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        for sheet in form.sheets:
            page = book.add_worksheet(sheet.title)
            page.write_row(0, 0, [column.heading for column in sheet.columns])
            for n, row in enumerate(content[sheet.table], start=1):
                for c, column in enumerate(sheet.columns):
                    value = row.get(column.key)
                    if isinstance(value, date):
                        page.write_datetime(n, c, value, day)
                    elif value is not None:
                        page.write(n, c, value)
    return out.getvalue()


def later() -> bytes:
    """A standard form that is known by its name and not taken in yet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        cover = book.add_worksheet("封面")
        for n, pair in enumerate((("表單", "會員資料表 membership 1"), ("圖書館代碼", "HDU"))):
            cover.write_row(n, 0, pair)
        book.add_worksheet("基本資料").write_row(0, 0, ("地址", "示範市"))
    return out.getvalue()


def endless() -> bytes:
    """A workbook with an error whose marked copy takes long: a million styles to look at."""
    styles = b'<xf numFmtId="0"/>' * 1_500_000 + b"</cellXfs>"
    return replaced(with_counters(USAGE), "styles", b"</cellXfs>", styles)


@dataclass(frozen=True)
class Taken:
    """One run over an inbox: what became of each file, how long each took (seconds).

    ``grown`` is how much more memory (bytes) there is after it than before, ``highest`` the most
    that there was between two files.
    """

    outcomes: dict[str, Outcome]
    seconds: dict[str, float]
    grown: int
    highest: int


def taken(app: App, files: Iterable[Named]) -> Taken:
    """Put files into the inbox and collect them."""
    inbox = app.folder("inbox")
    for name, data in files:
        (inbox / name).write_bytes(data)
    seconds: dict[str, float] = {}
    gc.collect()
    before = highest = rss()
    last = time.perf_counter()

    def tell(outcome: Outcome) -> None:
        nonlocal last, highest
        now = time.perf_counter()
        seconds[outcome.name], last = now - last, now
        highest = max(highest, rss())

    outcomes = collect(app, Inbox(inbox), CLOCK, tell)
    assert not any(inbox.iterdir())
    told = {outcome.name: outcome for outcome in outcomes}
    assert len(told) == len(outcomes)
    gc.collect()
    return Taken(told, seconds, rss() - before, highest)


def rss() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def end_of(outcome: Outcome) -> str:
    """``accepted``, ``refused damaged`` …"""
    return f"{outcome.state} {outcome.why}".rstrip()


def uneven(data: bytes, name: str) -> dict[str, set[str]]:
    """Title of a sheet → the cells that are in its XML or were read, and not both.

    Our own sheets that the checks never look at are left out, as they are when a file comes in.
    """
    book = _opened(data)
    blank = {listed.part: _BLANK for listed in guard(data, name).sheets if listed.title in _UNREAD}
    book[_WORKBOOK] = _NO_SHEET.sub(b"", book[_WORKBOOK])
    for part in book:
        if part == "xl/sharedStrings.xml" or "/worksheets/" in part:  # the fast reader asks no more
            book[part] = _SPACE.sub(f' xmlns="{MAIN[1:-1]}"'.encode(), book[part], count=1)
    book[_RELATIONS] = book[_RELATIONS].replace(b"}", b"")  # ElementTree's own mark
    raw = raw_cells(zipped({**book, **blank}))
    read = read_cells(read_book(data, name, (), _UNREAD))
    return {title: odd for title in raw if (odd := raw[title].keys() ^ read.get(title, set()))}


def _opened(data: bytes) -> dict[str, bytes]:
    """Each part under the name that the directory gives it, whatever its own header says."""
    book = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            (length,) = struct.unpack_from("<H", data, info.header_offset + 26)
            own = data[info.header_offset + 30 :][:length]
            unicode = info.flag_bits & 0x800 or own.isascii()
            info.orig_filename = own.decode("utf-8" if unicode else "cp437", "replace")
            book[info.filename] = archive.read(info)
    return book
