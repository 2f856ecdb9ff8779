"""The styles of a workbook: a cell's format in our colour and back, formats of our own sheet.

Entries are only ever added, each once: what the sender's cells use keeps its number.  Our colour
is a shade that nobody picks by hand, so that a marked cell is known again after any program has
saved the workbook and numbered its styles anew.
"""

from __future__ import annotations

import re
from typing import Final

from ill_workflows.xlsx.ooxml import Element, Patch, attributes_of, scan, with_attribute
from ill_workflows.xlsx.package import SHEET_TYPE, Package, new_part

MARK: Final = "FFFFC7CF"
"""Soft red; Excel's own "bad" is FFFFC7CE, which a sender may well use."""
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_ORDER: Final = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
_FIRST: Final = {
    "fonts": "<font><sz val='11'/><name val='Calibri'/></font>",
    "fills": (
        "<fill><patternFill patternType='none'/></fill>"
        "<fill><patternFill patternType='gray125'/></fill>"
    ),
    "borders": "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellXfs": "<xf numFmtId='0' fontId='0' fillId='0' borderId='0'/>",
}
"""The tables that we add to, and what each begins with in a workbook that came without it."""
_FILL: Final = re.compile(r"[A-Za-z0-9]{1,24}(?:\|(?:fg|bg)(?: [a-z]{1,9}=[-+.\w]{1,24})+){0,2}")
_MARKED: Final = re.compile(rf"\|fg rgb=(?:[0-9A-F]{{2}})?{MARK[2:]}\b", re.IGNORECASE)
_PAIR: Final = re.compile(r"=(\S+)")
_ATTRIBUTE: Final = r"='\1'"
_NAME: Final = re.compile(r"<(/?)(?=\w)")
_Looks = tuple[frozenset[tuple[str, str]], bytes]


class Styles:
    """The styles part; :meth:`save` writes it back."""

    def __init__(self, package: Package, book: str) -> None:
        self._package = package
        self._part = next((r.target for r in package.relations(book) if r.kind == "styles"), "")
        if self._part not in package:
            taken = "xl/styles.xml" in package
            self._part = package.free("xl/styles{}.xml") if taken else "xl/styles.xml"
            package[self._part] = new_part("styleSheet", _MAIN, b"")
            package.declare("PartName", f"/{self._part}", f"{SHEET_TYPE}styles+xml")
            package.relate(book, "styles", self._part)
        elements = self._scanned(package[self._part])
        self._root = elements[0]
        self._tables = {e.name: e for e in elements if e.parent is self._root and e.name in _FIRST}
        self._items = {
            name: [e.raw for e in elements if e.parent is table]
            for name, table in self._tables.items()
        }
        self._came_with = {name: len(items) for name, items in self._items.items()}
        self._fills = _described([e for e in elements if e.parent is not self._root], self._tables)
        self._ours = {n for n, said in enumerate(self._fills) if _MARKED.search(said)}
        self._fill_of: list[int] = []
        self._found: dict[_Looks, int] = {}
        for number, raw in enumerate(self._items["cellXfs"]):
            self._know(number, raw)
        self.has_marks = any(self.is_mark(number) for number in range(len(self._fill_of)))

    def _scanned(self, part: bytes) -> list[Element]:
        """The elements of the part, after the tables that it lacks were put in their places."""
        wanted = ("font", "fill", "border", "xf", "patternFill", "fgColor", "bgColor")
        elements = scan(part, *wanted)
        root = elements[0]
        self._prefix = root.prefix.decode()
        children = [e for e in elements if e.parent is root]
        lacking = [name for name in _FIRST if name not in {e.name for e in children}]
        if not lacking:
            return elements
        patch, content = Patch(part), b""
        for name in _FIRST:
            there = [e for e in children if e.name == name]
            xml = self._prefixed(f"<{name}>{_FIRST[name]}</{name}>")
            if not there and root.empty:
                content += xml
            elif not there:
                later = [e for e in children if e.name not in _ORDER[: _ORDER.index(name)]]
                at = later[0].start if later else root.close
                patch.replace(at, at, xml)
        if root.empty:
            patch.append(root, content)
        return scan(patch.result(), *wanted)

    def _prefixed(self, xml: str) -> bytes:
        return _NAME.sub(rf"<\1{self._prefix}", xml).encode()

    def _know(self, number: int, raw: bytes) -> None:
        looks = _looks(raw)
        self._found.setdefault(looks, number)
        said = dict(looks[0]).get("fillId", "0")
        self._fill_of.append(int(said) if said.isdecimal() else 0)

    def is_mark(self, number: int) -> bool:
        """Whether a cell format has our colour."""
        return 0 <= number < len(self._fill_of) and self._fill_of[number] in self._ours

    def fill(self, number: int) -> str:
        """The fill of a cell format in a few words, or nothing where there is none to remember."""
        at = self._fill_of[number] if 0 <= number < len(self._fill_of) else 0
        said = self._fills[at] if at < len(self._fills) else ""
        return said if said != "none" and _FILL.fullmatch(said) else ""

    def marked(self, number: int) -> int:
        """A cell format in our colour: number format, font, border and protection stay."""
        return self._with_fill(number, self._fill(f"solid|fg rgb={MARK}"))

    def unmarked(self, number: int, fill: str) -> int:
        """A cell format with the fill that the cell had before; without one when unknown."""
        return self._with_fill(number, self._fill(fill) if _FILL.fullmatch(fill) else 0)

    def _fill(self, said: str) -> int:
        if said not in self._fills:
            kind, *colours = said.split("|")
            inner = "".join(
                f"<{colour[:2]}Color{_PAIR.sub(_ATTRIBUTE, colour[2:])}/>" for colour in colours
            )
            xml = f"<fill><patternFill patternType='{kind}'>{inner}</patternFill></fill>"
            self._add("fills", xml)
            self._fills.append(said)
        return self._fills.index(said)

    def _with_fill(self, number: int, fill: int) -> int:
        items = self._items["cellXfs"]
        raw = items[number if 0 <= number < len(items) else 0]
        end = raw.index(b">") + 1
        tag = with_attribute(raw[:end], "fillId", str(fill))
        raw = with_attribute(tag, "applyFill", "1") + raw[end:]
        if _looks(raw) not in self._found:
            self._know(len(items), raw)
            items.append(raw)
        return self._found[_looks(raw)]

    def _add(self, table: str, xml: str) -> int:
        raw, items = self._prefixed(xml), self._items[table]
        if raw not in items:
            items.append(raw)
            if table == "cellXfs":
                self._know(len(items) - 1, raw)
        return items.index(raw)

    def own(self, font: str, fill: str = "", border: str = "", alignment: str = "") -> int:
        """A cell format for our own sheet; ``fill`` in a few words, the others pieces of XML."""
        numbers = (
            self._add("fonts", f"<font>{font}</font>"),
            self._fill(fill) if fill else 0,
            self._add("borders", f"<border>{border}</border>") if border else 0,
        )
        xml = (
            "<xf numFmtId='0' fontId='{}' fillId='{}' borderId='{}' quotePrefix='1' applyFont='1' "
            "applyFill='1' applyBorder='1' applyAlignment='1'><alignment {}/></xf>"
        ).format(*numbers, alignment)
        return self._add("cellXfs", xml)

    def save(self) -> None:
        """Write what was added into the part."""
        patch = Patch(self._root.part)
        for name, table in self._tables.items():
            items, before = self._items[name], self._came_with[name]
            if len(items) > before:
                tag = table.tag
                if "count" in table.attributes:
                    tag = with_attribute(tag, "count", str(len(items)))
                patch.append(table, b"".join(items[before:]), tag)
        self._package[self._part] = patch.result()


def _described(elements: list[Element], tables: dict[str, Element]) -> list[str]:
    """Each fill in a few words: ``solid|fg rgb=FFDDEBF7|bg indexed=64``; else nothing."""
    said = {id(e): "" for e in elements if e.parent is tables["fills"]}
    for element in elements:
        above = element.parent
        if element.name == "patternFill" and id(above) in said:
            said[id(above)] = element.attributes.get("patternType", "none")
        elif element.name in {"fgColor", "bgColor"} and above is not None and element.attributes:
            colours = "".join(f" {key}={value}" for key, value in element.attributes.items())
            if id(above.parent) in said:
                said[id(above.parent)] += f"|{element.name[:2]}{colours}"
    return list(said.values())


def _looks(raw: bytes) -> _Looks:
    """What a cell format is, in whatever order it is written; ``applyFill`` repeats the fill."""
    end = raw.index(b">") + 1
    attributes = attributes_of(raw[:end])
    return frozenset((k, v) for k, v in attributes if k != "applyFill"), raw[end:]
