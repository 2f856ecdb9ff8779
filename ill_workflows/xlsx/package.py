"""A workbook as a zip of parts: their relations, their content types, what is added and dropped."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from ill_workflows.xlsx.ooxml import OFFICE, Element, Patch, damaged, scan, xml_text

SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class Relation:
    """How a part uses another: ``kind`` is the last word of the type, ``target`` a part's name."""

    id: str
    kind: str
    target: str
    element: Element


class Package:
    """The parts of a workbook.

    Raises:
        UnreadableWorkbook: the zip cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._infos = {info.filename: info for info in archive.infolist()}
                self._parts = {name: archive.read(info) for name, info in self._infos.items()}
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as bad:
            raise damaged("truncated") from bad
        except (RuntimeError, ValueError) as bad:
            raise damaged() from bad
        self._names = {name.lower(): name for name in self._parts}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    def __getitem__(self, name: str) -> bytes:
        if name.lower() not in self._names:
            raise damaged()
        return self._parts[self._names[name.lower()]]

    def get(self, name: str) -> bytes:
        """A part, or nothing when there is none of this name."""
        return self._parts.get(self._names.get(name.lower(), ""), b"")

    def __setitem__(self, name: str, body: bytes) -> None:
        self._parts[self._names.setdefault(name.lower(), name)] = body

    def matching(self, pattern: str) -> list[str]:
        """The names of the parts that match, without regard to capitals."""
        return [n for n in self._parts if re.fullmatch(pattern, n, re.IGNORECASE)]

    def free(self, pattern: str) -> str:
        """A name that no part has yet: the ``{}`` of the pattern becomes a number."""
        return next(n for n in map(pattern.format, range(1, 1 << 20)) if n not in self)

    def drop(self, name: str) -> None:
        """Take away a part, its relations and its content type."""
        for gone in (name, _rels_of(name)):
            if gone in self:
                del self._parts[self._names.pop(gone.lower())]
        patch = Patch(self["[Content_Types].xml"])
        for element in scan(patch.part):
            if element.attributes.get("PartName", "").lower() == f"/{name}".lower():
                patch.remove(element)
        self["[Content_Types].xml"] = patch.result()

    def declare(self, key: str, value: str, content_type: str) -> None:
        """State a content type: of a part (``PartName``) or an ending (``Extension``)."""
        elements = scan(self["[Content_Types].xml"])
        if any(e.attributes.get(key, "").lower() == value.lower() for e in elements):
            return
        root = elements[0]
        name = root.prefix + (b"Override" if key == "PartName" else b"Default")
        patch = Patch(root.part)
        new = b'<%s %s="%s" ContentType="%s"/>'
        patch.append(root, new % (name, key.encode(), xml_text(value), xml_text(content_type)))
        self["[Content_Types].xml"] = patch.result()

    def relations(self, part: str) -> list[Relation]:
        """What a part uses inside the workbook; of ``""``: what the package starts from."""
        if _rels_of(part) not in self:
            return []
        return [
            Relation(
                element.attributes.get("Id", ""),
                element.attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(
                    posixpath.join("/", posixpath.dirname(part), element.attributes["Target"])
                ).lstrip("/"),
                element,
            )
            for element in scan(self[_rels_of(part)])[1:]
            if "Target" in element.attributes
            and element.attributes.get("TargetMode", "").lower() != "external"
        ]

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part use another; answers the relation's id."""
        rels = _rels_of(part)
        if rels not in self:
            self[rels] = _HEAD + b'<Relationships xmlns="%s"></Relationships>' % _RELATIONS.encode()
        elements = scan(self[rels])
        taken = {element.attributes.get("Id") for element in elements}
        key = next(k for k in (f"rId{n}" for n in range(1, 1 << 20)) if k not in taken)
        path = posixpath.relpath("/" + target, "/" + posixpath.dirname(part))
        new = b'<%sRelationship Id="%s" Type="%s/%s" Target="%s"/>'
        patch = Patch(elements[0].part)
        facts = (key.encode(), OFFICE.encode(), kind.encode(), xml_text(path))
        patch.append(elements[0], new % (elements[0].prefix, *facts))
        self[rels] = patch.result()
        return key

    def unrelate(self, part: str, target: str) -> None:
        """Let a part no longer use another."""
        patch = Patch(self[_rels_of(part)])
        for relation in self.relations(part):
            if relation.target.lower() == target.lower():
                patch.remove(relation.element)
        self[_rels_of(part)] = patch.result()

    def data(self) -> bytes:
        """The workbook: parts in their order, dates and compression as they came."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in self._parts.items():
                info = zipfile.ZipInfo(name)
                old = self._infos.get(name)
                stored = old is not None and old.compress_type == zipfile.ZIP_STORED
                info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                if old is not None:
                    info.date_time, info.create_system = old.date_time, old.create_system
                    info.external_attr = old.external_attr
                archive.writestr(info, body)
        return out.getvalue()


def new_part(root: str, namespaces: str, content: bytes) -> bytes:
    """A part of our own: XML declaration, root and content."""
    return _HEAD + b"<%s %s>%s</%s>" % (root.encode(), namespaces.encode(), content, root.encode())


def _rels_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")
