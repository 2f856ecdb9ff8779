"""XML parts of a workbook, patched where they stand and never written anew.

A part is scanned once for the elements that matter, by the byte offsets at which they stand
(expat resolves namespaces, whatever their prefixes); edits are spliced between the sender's own
bytes.  What no edit touches stays as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final
from xml.parsers import expat

from ill_workflows.errors import UnreadableWorkbook

OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
"""The namespace of ``r:id``, in the words of most workbooks."""
NAME: Final = "活頁簿 workbook.xlsx"
"""What a refusal calls the file: here it has no name of its own."""
_TAG: Final = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_QNAME: Final = re.compile(rb"<([^\s/>]+)")
_ATTRIBUTE: Final = re.compile(rb"""\s+([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')""")
_ENCODING: Final = re.compile(rb"""^[^>]{0,80}\bencoding\s*=\s*["']([\w.-]+)["']""")
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST: Final = 32_767


def damaged(kind: str = "damaged") -> UnreadableWorkbook:
    """A workbook that cannot be patched, as the exception to raise."""
    return UnreadableWorkbook(NAME, kind)


def xml_text(text: str) -> bytes:
    """Any text as the content of an element or attribute: as long as a cell may be, no controls."""
    clean = _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    clean = clean.encode("utf-16-le")[: 2 * _LONGEST].decode("utf-16-le", "ignore")
    clean = _ESCAPED.sub("_x005F_", clean)
    for plain, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        clean = clean.replace(plain, entity)
    return clean.encode()


def attributes_of(tag: bytes) -> list[tuple[str, str]]:
    """The attributes of a start tag, names and values as they are written."""
    return [(k.decode(), v[1:-1].decode()) for k, v in _ATTRIBUTE.findall(tag)]


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """A start tag with an attribute set, or taken away when the value is None."""
    new = b"" if value is None else b' %s="%s"' % (name.encode(), xml_text(value))
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name.encode():
            return tag[: found.start()] + new + tag[found.end() :]
    at = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:at].rstrip() + new + tag[at:]


@dataclass(slots=True, eq=False)
class Element:
    """An element of a part: ``part[start:end]``; its content is ``part[inner:close]``."""

    part: bytes
    name: str
    attributes: Mapping[str, str]
    parent: Element | None
    start: int
    stop: int = 0

    @property
    def tag(self) -> bytes:
        """The start tag as it is written."""
        found = _TAG.match(self.part, self.start)
        if found is None:
            raise damaged()
        return found[0]

    @property
    def empty(self) -> bool:
        """Whether it is written ``<x/>``."""
        return self.tag.endswith(b"/>")

    @property
    def inner(self) -> int:
        """Where the content begins."""
        return self.start + len(self.tag)

    @property
    def close(self) -> int:
        """Where the content ends."""
        return self.inner if self.empty else self.stop

    @property
    def end(self) -> int:
        """Where the element ends."""
        return self.inner if self.empty else self.part.index(b">", self.stop) + 1

    @property
    def raw(self) -> bytes:
        """The whole element as it is written."""
        return self.part[self.start : self.end]

    @property
    def qname(self) -> bytes:
        """Its name with the prefix as written."""
        found = _QNAME.match(self.part, self.start)
        return found[1] if found else b""

    @property
    def prefix(self) -> bytes:
        """Its prefix with the colon, or nothing."""
        before, colon, _ = self.qname.rpartition(b":")
        return before + colon

    @property
    def text(self) -> str:
        """Its content as text; for an element without children."""
        return unescape(self.part[self.inner : self.close].decode("utf-8", "replace"))


def scan(part: bytes, *wanted: str) -> list[Element]:
    """The root, its children, and all elements with these names, in the order of the part.

    Names are without prefix; those of another namespace than the root's are ``uri name``.

    Raises:
        UnreadableWorkbook: the part is not well formed, not UTF-8, or has a DOCTYPE.
    """
    declared = _ENCODING.match(part)
    plain = declared is None or declared[1].lower() in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
    if not plain or part.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise damaged()
    found: list[Element] = []
    stack: list[Element | None] = []
    home = ""
    parser = expat.ParserCreate(namespace_separator=" ")

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal home
        if not stack:
            home = name[: name.rfind(" ") + 1]
        local = name.removeprefix(home)
        if local in wanted or len(stack) < 2:
            parent = next((e for e in reversed(stack) if e is not None), None)
            element = Element(part, local, attributes, parent, parser.CurrentByteIndex)
            found.append(element)
            stack.append(element)
        else:
            stack.append(None)

    def closed(_: str) -> None:
        element = stack.pop()
        if element is not None:
            element.stop = parser.CurrentByteIndex

    def refused(*_: object) -> None:
        raise damaged("doctype")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = refused
    try:
        parser.Parse(part, True)
    except expat.ExpatError as bad:
        raise damaged() from bad
    return found


class Patch:
    """Edits to one part, spliced in all at once."""

    def __init__(self, part: bytes) -> None:
        self.part = part
        self._edits: list[tuple[int, int, bytes]] = []

    @property
    def edited(self) -> bool:
        """Whether anything is to change."""
        return bool(self._edits)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put other bytes in the place of ``part[start:end]``; stretches never overlap."""
        self._edits.append((start, end, new))

    def append(self, element: Element, new: bytes, tag: bytes | None = None) -> None:
        """Put children at an element's end, and give it another start tag; once an element."""
        if element.empty:
            opening = (tag or element.tag).removesuffix(b">").removesuffix(b"/").rstrip() + b">"
            closing = b"</%s>" % element.qname
            self.replace(element.start, element.end, opening + new + closing)
            return
        if tag is not None:
            self.replace(element.start, element.inner, tag)
        self.replace(element.close, element.close, new)

    def retag(self, element: Element, name: str, value: str | None) -> None:
        """Set an attribute, or take it away; once an element."""
        tag = element.tag
        self.replace(element.start, element.start + len(tag), with_attribute(tag, name, value))

    def remove(self, element: Element) -> None:
        """Take an element away."""
        self.replace(element.start, element.end, b"")

    def result(self) -> bytes:
        """The part with all edits; the very same bytes when there are none."""
        if not self._edits:
            return self.part
        pieces, at = [], 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [self.part[at:start], new]
            at = end
        body = b"".join([*pieces, self.part[at:]])
        declared = _ENCODING.match(body)
        if declared and not declared[1].lower().startswith(b"utf"):  # ASCII; we may write Chinese
            body = body[: declared.start(1)] + b"UTF-8" + body[declared.end(1) :]
        return body
