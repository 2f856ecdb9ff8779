"""A workbook's frame: its sheets in order with their parts, its names, its epoch."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from defusedxml import ElementTree

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/"
_SPACE: Final = f"{{{MAIN}}}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A worksheet as the workbook lists it; ``part`` is its name in the zip."""

    title: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What ``xl/workbook.xml`` and its relations say.

    ``names`` are the defined names that begin with ``ill_`` and hold a plain text.
    """

    sheets: tuple[Listed, ...]
    names: dict[str, str]
    epoch_1904: bool


def read_frame(workbook: bytes, relations: bytes, parts: Mapping[str, str]) -> Frame:
    """Read a workbook's frame; ``parts`` maps a part's name in small letters → its name.

    Raises:
        ValueError: it is no workbook, or lists a worksheet whose part is not there.
    """
    try:
        root = ElementTree.fromstring(workbook)
        related = ElementTree.fromstring(relations) if relations else ()
    except (ElementTree.ParseError, LookupError) as bad:
        raise ValueError("no XML") from bad
    if root.tag != f"{_SPACE}workbook":
        raise ValueError("no workbook")
    targets = {
        relation.get("Id", ""): posixpath.normpath(
            posixpath.join("/xl", relation.get("Target", ""))
        )
        for relation in related
        if relation.get("Type", "").endswith("/worksheet")
        and relation.get("TargetMode", "").lower() != "external"
    }
    sheets = []
    for sheet in root.iterfind(f"{_SPACE}sheets/{_SPACE}sheet"):
        target = targets.get(_relation(sheet))
        if target is None:  # a sheet of a chart, or of a dialog
            continue
        part = parts.get(target.lstrip("/").lower())
        if part is None:
            raise ValueError("a sheet without its part")
        hidden = sheet.get("state", "visible") != "visible"
        sheets.append(Listed(sheet.get("name", ""), part, hidden))
    properties = root.find(f"{_SPACE}workbookPr")
    epoch = properties is not None and properties.get("date1904", "0") in {"1", "true"}
    return Frame(tuple(sheets), _names(root), epoch)


def _relation(sheet: Any) -> str:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def _names(root: Any) -> dict[str, str]:
    """``ill_library`` → ``HDU``, however the text is quoted; a sheet's own names come last."""
    found: dict[str, str] = {}
    defined = root.findall(f"{_SPACE}definedNames/{_SPACE}definedName")
    for name in sorted(defined, key=lambda name: "localSheetId" in name.attrib):
        if name.get("name", "").startswith("ill_"):
            text = (name.text or "").strip().removeprefix("=")
            found.setdefault(name.get("name"), text.strip('"').replace('""', '"'))
    return found
