"""The notes on a sheet's cells: ours beside the sender's own, and ours taken back again.

A note is two things in a workbook: its words in the comments part, its box in a VML drawing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ill_workflows.xlsx import boxes
from ill_workflows.xlsx.cells import At, Worksheet, address, place
from ill_workflows.xlsx.ooxml import OFFICE, Element, Patch, scan, xml_text
from ill_workflows.xlsx.package import SHEET_TYPE, Package, new_part

AUTHOR: Final = "館際合作 ill-workflows"
"""Author of our notes and their first line: some programs drop the one, some the other."""
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_VML_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LATER: Final = frozenset({"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst"})  # fmt: skip
"""What stands after a sheet's reference to its notes."""


def has_ours(package: Package, part: str) -> bool:
    """Whether a sheet came with notes of ours."""
    return any(
        r.kind == "comments" and r.target in package and b"ill-workflows" in package[r.target]
        for r in package.relations(part)
    )


def write_notes(package: Package, sheet: Worksheet, notes: Mapping[At, str]) -> None:
    """Take our earlier notes from a sheet and put today's on it.

    A cell has one note: where the sender wrote one, ours stands below it.
    """
    relations = package.relations(sheet.part)
    comments = next((r.target for r in relations if r.kind == "comments"), "")
    if comments not in package:
        comments = package.free("xl/comments{}.xml")
        package[comments] = new_part("comments", _MAIN, b"<authors/><commentList/>")
        package.declare("PartName", f"/{comments}", f"{SHEET_TYPE}comments+xml")
        package.relate(sheet.part, "comments", comments)
    words = _Words(package[comments])
    fresh = words.rewrite(notes)
    package[comments] = words.patch.result()
    legacy = sheet.child("legacyDrawing")
    key = legacy.attributes.get(f"{OFFICE} id") if legacy else None
    drawing = next((r.target for r in relations if r.id == key), "")
    vml = package.get(drawing)
    others = package.matching(r"xl/.*\.vml")
    taken = max((b for name in others for b in boxes.blocks(package[name])), default=0)
    vml = boxes.drawn(
        vml, words.gone, {at: boxes.anchor(sheet, at, notes[at]) for at in fresh}, taken
    )
    for at in words.theirs.keys() & notes.keys():
        vml = boxes.grown(vml, at, boxes.anchor(sheet, at, words.theirs[at] + "\n" + notes[at]))
    if not words.left:
        package.unrelate(sheet.part, comments)
        package.drop(comments)
    if drawing in package and not boxes.has_shapes(vml) and legacy is not None:
        sheet.patch.remove(legacy)
        package.unrelate(sheet.part, drawing)
        package.drop(drawing)
    elif drawing in package:
        package[drawing] = vml
    elif vml:
        drawing = package.free("xl/drawings/vmlDrawing{}.vml")
        package[drawing] = vml
        package.declare("Extension", "vml", _VML_TYPE)
        _refer(sheet, package.relate(sheet.part, "vmlDrawing", drawing))


class _Words:
    """The comments part: what the notes say."""

    def __init__(self, body: bytes) -> None:
        self.patch = Patch(body)
        self._elements = scan(body, "author", "comment", "text", "r", "t")
        self.gone: set[At] = set()
        self.theirs: dict[At, str] = {}
        self.left = 0

    def rewrite(self, notes: Mapping[At, str]) -> list[At]:
        """Ours out, today's in; answers the cells whose note needs a box of its own."""
        root = self._elements[0]
        texts: dict[int, list[Element]] = {}
        for element in self._elements:
            above = element.parent
            while element.name == "t" and above is not None and above.name != "comment":
                above = above.parent
            if element.name == "t" and above is not None:
                texts.setdefault(id(above), []).append(element)
        authors = [e for e in self._elements if e.name == "author"]
        ours = {str(n) for n, author in enumerate(authors) if author.text == AUTHOR}
        for comment in (e for e in self._elements if e.name == "comment"):
            at = place(comment.attributes.get("ref", ""))
            pieces = texts.get(id(comment), [])
            whole = "".join(piece.text for piece in pieces)
            if at is None:
                continue
            if comment.attributes.get("authorId") in ours or whole.startswith(AUTHOR):
                self.patch.remove(comment)
                self.gone.add(at)
                continue
            self.left += 1
            cut = whole.find(f"\n\n{AUTHOR}")
            self.theirs[at] = whole if cut < 0 else whole[:cut]
            self._cut(pieces, cut)
            if at in notes:
                text = next(e for e in self._elements if e.name == "text" and e.parent is comment)
                end = max((_run(piece).end for piece in pieces), default=text.inner)
                self.patch.replace(end, end, _runs(root.prefix, notes[at], "\n\n"))
        own = [at for at in sorted(notes) if at not in self.theirs]
        self.left += len(own)
        if own:
            who = next(iter(ours), str(len(authors)))
            self._add(root, own, notes, who, is_new=not ours)
        return own

    def _cut(self, pieces: list[Element], cut: int) -> None:
        """Take our lines from the end of a note that the sender wrote."""
        at = 0
        for piece in pieces:
            said = piece.text
            if 0 <= cut <= at:
                self.patch.remove(_run(piece))
            elif at < cut < at + len(said):
                self.patch.replace(piece.inner, piece.close, xml_text(said[: cut - at]))
            at += len(said)

    def _add(
        self, root: Element, own: list[At], notes: Mapping[At, str], who: str, *, is_new: bool
    ) -> None:
        prefix = root.prefix
        children = {e.name: e for e in self._elements if e.parent is root}
        if is_new and "authors" in children:
            author = b"<%sauthor>%s</%sauthor>" % (prefix, xml_text(AUTHOR), prefix)
            self.patch.append(children["authors"], author)
        new = b"".join(
            b'<%scomment ref="%s" authorId="%s"><%stext>%s</%stext></%scomment>'
            % (
                prefix, address(at).encode(), who.encode(), prefix,
                _runs(prefix, notes[at]), prefix, prefix,
            )
            for at in own
        )  # fmt: skip
        if "commentList" in children:
            self.patch.append(children["commentList"], new)


def _run(piece: Element) -> Element:
    """The run that a piece of text is the content of."""
    return piece.parent if piece.parent is not None and piece.parent.name == "r" else piece


def _runs(prefix: bytes, note: str, before: str = "") -> bytes:
    """A note in two runs: who says it, and what."""
    look = '<sz val="9"/><color indexed="81"/><rFont val="Microsoft JhengHei"/><family val="2"/>'
    xml = "".join(
        f'<r><rPr>{bold}{look}</rPr><t xml:space="preserve">{xml_text(text).decode()}</t></r>'
        for bold, text in (("<b/>", f"{before}{AUTHOR}\n"), ("", note))
    )
    return re.sub(r"<(/?)(?=\w)", rf"<\1{prefix.decode()}", xml).encode()


def _refer(sheet: Worksheet, key: str) -> None:
    """Name the drawing in the sheet, in the place that the format gives it."""
    root = sheet.root
    spaces = b"" if OFFICE.encode() in root.tag and b"xmlns:r=" in root.tag else (
        b' xmlns:r="%s"' % OFFICE.encode()
    )  # fmt: skip
    at = next((e.start for e in sheet.children if _comes_after(e)), root.close)
    xml = b'<%slegacyDrawing%s r:id="%s"/>' % (root.prefix, spaces, key.encode())
    sheet.patch.replace(at, at, xml)


def _comes_after(element: Element) -> bool:
    if element.name in _LATER:
        return True
    raw = element.raw if element.name.endswith(" AlternateContent") else b""
    return b"controls" in raw or b"oleObjects" in raw
