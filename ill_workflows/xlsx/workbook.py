"""The workbook part: its sheets in order, its names, what is open when it opens."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ill_workflows.xlsx.cells import At, address, place
from ill_workflows.xlsx.front import SIGNATURE
from ill_workflows.xlsx.ooxml import OFFICE, Element, Patch, damaged, scan, with_attribute, xml_text
from ill_workflows.xlsx.package import Package

REPORT: Final = "ill_report"
"""The defined name that points at our sheet, whatever it is called by then."""
_WAS: Final = "_ill_was_"
"""Hidden names: the cells that had a fill under our colour; the rest of the name is that fill.
A name's cells move along when rows are put in, and stay when our sheet is deleted."""
_QUOTED: Final = re.compile(
    r"(?<![^,(])[\s=$]*+(?:'((?:[^']|'')++)'|([^'!,()]++))!(\$?[A-Z]{1,3}\$?\d+)(?=$|[,)])"
)
_LONGEST: Final = 8_192
"""Characters of a name's formula."""
_BEFORE_NAMES: Final = ("sheets", "functionGroups", "externalReferences")
_VIEW: Final = re.compile(rb"<(?:\w+:)?sheetView\s[^>]*\btabSelected\s*=\s*[\"'](?:1|true)[\"']")
_AREAS = 150
"""Cells in one name: a formula may be 8,192 characters long."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the workbook lists it."""

    title: str
    part: str
    element: Element


class Workbook:
    """The workbook part; :meth:`save` writes it back with our sheet in front."""

    def __init__(self, package: Package) -> None:
        self._package = package
        start = (r.target for r in package.relations("") if r.kind == "officeDocument")
        self.part = next(start, "xl/workbook.xml")
        wanted = ("sheet", "definedName", "workbookView")
        self._elements = scan(package[self.part], *wanted)
        targets = {r.id: r.target for r in package.relations(self.part)}
        self.sheets = [
            Sheet(e.attributes.get("name", ""), targets.get(e.attributes[f"{OFFICE} id"], ""), e)
            for e in self._elements
            if e.name == "sheet" and f"{OFFICE} id" in e.attributes
        ]
        if not any(sheet.part in package for sheet in self.sheets):
            raise damaged()
        self._names = [e for e in self._elements if e.name == "definedName"]
        self.ours: list[Sheet] = []

    def find_ours(self, title: str) -> None:
        """Look for the sheets that we put in when the workbook was returned before."""
        reports = (e for e in self._names if e.attributes.get("name") == REPORT)
        named = {sheet for e in reports for sheet, _ in _cells_of(e.text)}
        for sheet in self.sheets:
            if (sheet.title in named or sheet.title == title) and (
                self._signed(sheet) or (sheet.title in named and sheet.title.startswith(title))
            ):
                self.ours.append(sheet)

    def _signed(self, sheet: Sheet) -> bool:
        """Whether a sheet bears our last line, in itself or among the workbook's strings."""
        said = xml_text(SIGNATURE)
        shared = (r.target for r in self._package.relations(self.part) if r.kind == "sharedStrings")
        parts = (part for part in (sheet.part, *shared) if part in self._package)
        return any(said in self._package[part] for part in parts)

    def fills_before(self) -> dict[str, dict[At, str]]:
        """Sheet → cell → the fill under our colour."""
        fills: dict[str, dict[At, str]] = {}
        for element in self._names:
            code = element.attributes.get("name", "").partition(_WAS)[2].partition("_")[0]
            try:
                fill = bytes.fromhex(code).decode()
            except ValueError:
                continue
            for sheet, at in _cells_of(element.text) if fill else ():
                fills.setdefault(sheet, {})[at] = fill
        return fills

    def is_selected(self, sheet: Sheet) -> bool:
        """Whether a sheet's tab is selected, by a quick look."""
        body = self._package.get(sheet.part)
        end = body.find(b"sheetData")
        return _VIEW.search(body, 0, end if end >= 0 else len(body)) is not None

    def drop_ours(self) -> None:
        """Take our earlier sheets' parts away, and what only they used."""
        for sheet in self.ours:
            used = self._package.relations(sheet.part)
            self._package.unrelate(self.part, sheet.part)
            self._package.drop(sheet.part)
            still = {
                relation.target
                for rels in self._package.matching(r"xl/.*/_rels/.*\.rels")
                for relation in self._package.relations(rels.replace("_rels/", "")[:-5])
            }
            for relation in used:
                if relation.target in self._package and relation.target not in still:
                    self._package.drop(relation.target)

    def save(
        self, title: str, part: str, names: Iterable[tuple[str, str]], opened: Sheet | None
    ) -> None:
        """Put our sheet first, the names in order, and open on ``opened`` or else on our sheet.

        ``names`` are names and contents of our own, those of our sheet (``_xlnm.…``) included.
        """
        patch, kept = Patch(self._elements[0].part), [s for s in self.sheets if s not in self.ours]
        listed = next(e for e in self._elements if e.name == "sheets")
        said = (sheet.element.attributes.get("sheetId", "") for sheet in kept)
        ids = [int(number) for number in said if number.isdecimal()]
        key = self._package.relate(self.part, "worksheet", part)
        spaces = b"" if b'xmlns:r="%s"' % OFFICE.encode() in self._elements[0].tag else (
            b' xmlns:r="%s"' % OFFICE.encode()
        )  # fmt: skip
        facts = (listed.prefix, xml_text(title), max(ids, default=0) + 1, spaces, key.encode())
        new = b'<%ssheet name="%s" sheetId="%d"%s r:id="%s"/>' % facts
        patch.replace(listed.inner, listed.inner, new)
        for sheet in self.ours:
            patch.remove(sheet.element)
        self._name(patch, kept, names)
        tab = kept.index(opened) + 1 if opened else 0
        self._open(patch, listed, tab)
        self._package[self.part] = patch.result()

    def _name(self, patch: Patch, kept: list[Sheet], names: Iterable[tuple[str, str]]) -> None:
        scopes = {n: kept.index(s) + 1 for n, s in enumerate(self.sheets) if s in kept}
        for element in self._names:
            name, scope = (element.attributes.get(k, "") for k in ("name", "localSheetId"))
            there = scopes.get(int(scope)) if scope.isdecimal() else 0
            if name == REPORT or name.startswith(_WAS) or there is None:
                patch.remove(element)
            elif scope and str(there) != scope:
                patch.retag(element, "localSheetId", str(there))
        prefix = self._elements[0].prefix
        new = b"".join(
            b'<%sdefinedName name="%s"%s>%s</%sdefinedName>'
            % (prefix, name.encode(), _kind(name), xml_text(text), prefix)
            for name, text in names
        )
        children = {e.name: e for e in self._elements if e.parent is self._elements[0]}
        if "definedNames" in children:
            patch.append(children["definedNames"], new)
        else:
            at = max(children[name].end for name in _BEFORE_NAMES if name in children)
            patch.replace(at, at, b"<%sdefinedNames>%s</%sdefinedNames>" % (prefix, new, prefix))

    def _open(self, patch: Patch, listed: Element, tab: int) -> None:
        views = [e for e in self._elements if e.name == "workbookView"]
        for view in views:
            tag = with_attribute(view.tag, "activeTab", str(tab) if tab else None)
            tag = with_attribute(tag, "firstSheet", None)
            patch.replace(view.start, view.inner, tag)
        if not views and tab:
            prefix = listed.prefix
            facts = (prefix, prefix, tab, prefix)
            xml = b'<%sbookViews><%sworkbookView activeTab="%d"/></%sbookViews>' % facts
            patch.replace(listed.start, listed.start, xml)


def names_of(
    title: str, heading: int, fills: Mapping[str, Mapping[At, str]]
) -> list[tuple[str, str]]:
    """Our names: where our sheet is, its heading to repeat, the fills under our colour."""
    sheet = _quoted(title)
    names = [(REPORT, f"{sheet}!$A$1")]
    if heading:
        names.insert(0, ("_xlnm.Print_Titles", f"{sheet}!${heading}:${heading}"))
    areas: dict[str, list[str]] = {}
    for marked, cells in fills.items():
        for at, fill in sorted(cells.items()):
            areas.setdefault(fill, []).append(f"{_quoted(marked)}!{address(at, '$')}")
    for fill, where in areas.items():
        for n in range(0, len(where), _AREAS):
            name = f"{_WAS}{fill.encode().hex()}_{n // _AREAS + 1}"
            names.append((name, ",".join(where[n : n + _AREAS])))
    return names


def free_title(title: str, taken: Collection[str]) -> str:
    """A title that no sheet has; capitals do not tell titles apart."""
    there = {name.casefold() for name in taken}
    more = (f"{title[:26]} ({n})" for n in range(2, 1 << 16))
    return (
        title
        if title.casefold() not in there
        else next(t for t in more if t.casefold() not in there)
    )


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _kind(name: str) -> bytes:
    if name.startswith("_xlnm."):
        return b' localSheetId="0"'
    return b' hidden="1"' if name.startswith(_WAS) else b""


def _cells_of(text: str) -> list[tuple[str, At]]:
    """``'a b'!$A$1,c!$B$2`` → the sheets and cells that it names."""
    found = []
    for quoted, plain, cell in _QUOTED.findall(text[:_LONGEST].strip().strip("()")):
        at = place(cell)
        if at is not None:
            found.append((quoted.replace("''", "'") or plain.strip().lstrip("$="), at))
    return found
