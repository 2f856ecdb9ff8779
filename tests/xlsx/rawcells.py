"""A workbook's cells counted and named from its XML alone, by a reader that shares no code."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from xml.etree import ElementTree as ET

from ill_workflows.forms.book import Book, address

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def raw_cells(data: bytes) -> dict[str, Counter[str]]:
    """Title of each worksheet → the addresses that hold something, each with how often it stands.

    A cell holds something where it has a formula, a text that is not empty, or another value.
    """
    found: dict[str, Counter[str]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name.lower(): name for name in archive.namelist()}

        def tree(name: str) -> ET.Element:
            return ET.fromstring(archive.read(parts[name.lower()]))

        strings = [
            "".join(t.text or "" for t in si.iter(f"{MAIN}t"))
            for si in (tree("xl/sharedStrings.xml") if "xl/sharedstrings.xml" in parts else ())
        ]
        targets = {
            relation.get("Id"): posixpath.normpath(
                posixpath.join("/xl", relation.get("Target", ""))
            )
            for relation in tree("xl/_rels/workbook.xml.rels")
            if relation.get("Type", "").endswith("/worksheet")
        }
        for sheet in tree("xl/workbook.xml").iter(f"{MAIN}sheet"):
            key = next(v for k, v in sheet.attrib.items() if k.endswith("}id"))
            if key in targets:
                found[sheet.get("name", "")] = _in_sheet(tree(targets[key].lstrip("/")), strings)
    return found


def _in_sheet(root: ET.Element, strings: list[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    row = 0
    for line in root.iter(f"{MAIN}row"):
        row = int(line.get("r", row + 1))
        column = 0
        for cell in line.iter(f"{MAIN}c"):
            at = re.fullmatch(r"([A-Za-z]+)(\d+)", cell.get("r", ""))
            if at:
                column = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(at[1].upper())))
            else:
                column += 1
            if _holds(cell, strings):
                found[address(int(at[2]) if at else row, column - 1)] += 1
    return found


def _holds(cell: ET.Element, strings: list[str]) -> bool:
    kind, value = cell.get("t"), cell.find(f"{MAIN}v")
    text = (value.text or "") if value is not None else ""
    if cell.find(f"{MAIN}f") is not None and not (kind == "str" and value is not None):
        return True
    if kind == "s" and text:
        return bool(strings[int(text)])
    inline = "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
    return kind == "e" or bool(text or inline)


def read_cells(book: Book) -> dict[str, set[str]]:
    """The addresses that a book holds something at."""
    return {
        sheet.title: {
            address(r, c)
            for r, row in enumerate(sheet.rows, start=1)
            for c, value in enumerate(row)
            if value != ""
        }
        for sheet in book.sheets
    }


def lost(data: bytes, book: Book) -> dict[str, set[str]]:
    """The cells that a reader did not see, by sheet; empty where it saw all."""
    read = read_cells(book)
    raw = {title: set(cells) - read.get(title, set()) for title, cells in raw_cells(data).items()}
    return {title: cells for title, cells in raw.items() if cells}


def added(data: bytes, book: Book) -> dict[str, set[str]]:
    """The cells that a reader saw and that are not there; empty where there are none."""
    raw = raw_cells(data)
    read = {title: cells - set(raw.get(title, ())) for title, cells in read_cells(book).items()}
    return {title: cells for title, cells in read.items() if cells}
