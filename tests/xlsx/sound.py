"""What a sound workbook is: everything whose breach makes Excel offer a repair."""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from openpyxl import load_workbook

from ill_workflows.xlsx.styles import MARK

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]


def check_sound(data: bytes) -> None:
    """Everything whose breach makes Excel offer a repair, as far as it can be said."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
    book = parts(data)
    trees = {n: ET.fromstring(b) for n, b in book.items() if n.endswith((".xml", ".rels", ".vml"))}
    _check_types(book, trees["[Content_Types].xml"])
    related = {n: _related(n, tree, book) for n, tree in trees.items() if n.endswith(".rels")}
    workbook = trees["xl/workbook.xml"]
    listed = list(workbook.iter(f"{MAIN}sheet"))
    for key in ("name", "sheetId", f"{{{OFFICE}}}id"):
        assert len({s.get(key) for s in listed}) == len(listed)
    names = [
        (e.get("name", "").casefold(), e.get("localSheetId"))
        for e in workbook.iter(f"{MAIN}definedName")
    ]
    assert len(set(names)) == len(names)
    assert all(scope is None or int(scope) < len(listed) for _, scope in names)
    view = workbook.find(f"{MAIN}bookViews/{MAIN}workbookView")
    active = int(view.get("activeTab", "0")) if view is not None else 0
    styles = trees["xl/styles.xml"]
    formats = _check_styles(styles)
    targets = related["xl/_rels/workbook.xml.rels"]
    chosen = []
    for n, entry in enumerate(listed):
        name = targets[entry.get(f"{{{OFFICE}}}id", "")][1]
        tree = trees[name]
        if any(v.get("tabSelected") in {"1", "true"} for v in tree.iter(f"{MAIN}sheetView")):
            chosen.append(n)
        _check_sheet(tree, formats)
        folder, _, base = name.rpartition("/")
        _check_notes(tree, related.get(f"{folder}/_rels/{base}.rels", {}), book, trees)
    assert chosen in ([], [active])


def _check_types(book: Mapping[str, bytes], types: ET.Element) -> None:
    overrides = [e.get("PartName", "") for e in types if e.tag.endswith("Override")]
    endings = {e.get("Extension", "").lower() for e in types if e.tag.endswith("Default")}
    assert len(set(overrides)) == len(overrides)
    assert {name.lstrip("/") for name in overrides} <= book.keys()
    for name in book.keys() - {"[Content_Types].xml"}:
        assert f"/{name}" in overrides or name.rpartition(".")[2].lower() in endings, name


def _related(name: str, tree: ET.Element, book: Mapping[str, bytes]) -> dict[str, tuple[str, str]]:
    part = name.replace("_rels/", "", 1) if name == "_rels/.rels" else name.replace("/_rels/", "/")
    folder = posixpath.dirname(part.removesuffix(".rels"))
    found: dict[str, tuple[str, str]] = {}
    for e in tree:
        if e.get("TargetMode") == "External":
            continue
        target = posixpath.normpath(posixpath.join("/", folder, e.get("Target", ""))).lstrip("/")
        assert target in book, (name, target)
        assert e.get("Id") not in found
        found[e.get("Id", "")] = (e.get("Type", "").rpartition("/")[2], target)
    return found


def _check_styles(styles: ET.Element) -> int:
    sizes = {}
    for name in ("fonts", "fills", "borders", "cellXfs"):
        table = styles.find(f"{MAIN}{name}")
        assert table is not None
        sizes[name] = len(table)
        assert table.get("count") in {None, str(len(table))}
    for xf in styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf"):
        for key, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            assert int(xf.get(key, "0")) < sizes[name]
    return sizes["cellXfs"]


def _check_sheet(tree: ET.Element, formats: int) -> None:
    order = [_ORDER.index(e.tag.removeprefix(MAIN)) for e in tree if e.tag.startswith(MAIN)]
    assert order == sorted(order)
    last = 0
    for row in tree.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        number = int(row.get("r", last + 1))
        assert number > last
        last, column = number, 0
        for cell in row.iterfind(f"{MAIN}c"):
            at = column_of(cell.get("r", "")) or column + 1
            assert at > column
            assert cell.get("r") is None or cell.get("r", "").endswith(str(number))
            assert int(cell.get("s", "0")) < formats
            column = at


def column_of(address: str) -> int:
    """The column of ``AB12`` (28); 0 when there is none."""
    column = 0
    for letter in re.match("[A-Z]*", address)[0]:  # type: ignore[index]
        column = column * 26 + ord(letter) - 64
    return column


def _check_notes(
    tree: ET.Element,
    related: Mapping[str, tuple[str, str]],
    book: Mapping[str, bytes],
    trees: Mapping[str, ET.Element],
) -> None:
    comments = [target for kind, target in related.values() if kind == "comments"]
    assert len(comments) <= 1
    legacy = tree.find(f"{MAIN}legacyDrawing")
    assert legacy is None or related[legacy.get(f"{{{OFFICE}}}id", "")][0] == "vmlDrawing"
    if not comments:
        return
    part = trees[comments[0]]
    authors = len(part.findall(f"{MAIN}authors/{MAIN}author"))
    cells = [c.get("ref", "") for c in part.iter(f"{MAIN}comment")]
    assert len(set(cells)) == len(cells) > 0
    assert all(int(c.get("authorId", "")) < authors for c in part.iter(f"{MAIN}comment"))
    assert legacy is not None
    vml = book[related[legacy.get(f"{{{OFFICE}}}id", "")][1]].decode()
    boxes = re.findall(r"<\w+:Row>(\d+)</\w+:Row>\s*<\w+:Column>(\d+)</", vml)
    assert sorted(boxes) == sorted(
        (str(int(re.sub(r"\D", "", c)) - 1), str(column_of(c) - 1)) for c in cells
    )
    ids = re.findall(r'id="_x0000_s(\d+)"', vml)
    assert len(set(ids)) == len(ids)


def parts(data: bytes) -> dict[str, bytes]:
    """Each part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(before: bytes, after: bytes) -> set[str]:
    """The parts that are new, gone or not byte for byte the same."""
    old, new = parts(before), parts(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def opened(data: bytes, *, values: bool = False) -> Any:
    """A workbook as openpyxl reads it; what it cannot read (Excel's extensions) it says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return load_workbook(io.BytesIO(data), data_only=values)


def cells_of(data: bytes, *titles: str) -> dict[str, list[tuple[Any, ...]]]:
    """Sheet → its rows as values; of all sheets but ours unless named."""
    book = opened(data, values=True)
    return {t: list(book[t].values) for t in titles or book.sheetnames if t != "檢查結果"}


def coloured(sheet: Any) -> set[str]:
    """The cells of an openpyxl sheet that have our colour."""
    return {c.coordinate for row in sheet.iter_rows() for c in row if c.fill.fgColor.rgb == MARK}


def notes(sheet: Any) -> dict[str, str]:
    """The notes of an openpyxl sheet by cell."""
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}
