"""A workbook's frame: its sheets in order with their parts, its names, its epoch."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers.expat import ExpatError

from ill_workflows.xlsx.scan import is_text
from ill_workflows.xlsx.shared import MAIN, parse

STRICT: Final = "http://purl.oclc.org/ooxml/"
_WORKBOOK: Final = f"{MAIN} workbook"
_SHEET: Final = [_WORKBOOK, f"{MAIN} sheets", f"{MAIN} sheet"]
_NAME: Final = [_WORKBOOK, f"{MAIN} definedNames", f"{MAIN} definedName"]
_PROPERTIES: Final = [_WORKBOOK, f"{MAIN} workbookPr"]
_OTHER_NAME: Final = re.compile(
    rb'<definedName name="(?!ill_)[^"<>&\x00-\x1f]*+"(?: localSheetId="[0-9]{1,4}")?+'
    rb'(?: hidden="[01]")?+>[^<>&\x00-\x1f]*+</definedName>'
)
"""A defined name that is not ours, and well formed for certain."""


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


def without_other_names(workbook: bytes) -> bytes:
    """``xl/workbook.xml`` without the defined names that are not ours: a template has a hundred."""
    sound = is_text(workbook) and b"\xef\xbf" not in workbook  # U+FFFE is no character of XML
    return _OTHER_NAME.sub(b"", workbook) if sound else workbook


def read_frame(workbook: bytes, relations: bytes, parts: Mapping[str, str]) -> Frame:
    """Read a workbook's frame; ``parts`` maps a part's name in small letters → its name.

    Raises:
        ValueError: it is no workbook, or lists a worksheet whose part is not there.
    """
    told, targets = _Workbook(), _targets(relations)
    try:
        parse(workbook, told.start, told.end, told.data)
    except (ExpatError, LookupError) as bad:
        raise ValueError("no XML") from bad
    if told.root != _WORKBOOK:
        raise ValueError("no workbook")
    sheets = []
    for sheet in told.sheets:
        target = targets.get(_relation(sheet))
        if target is None:  # a sheet of a chart, or of a dialog
            continue
        part = parts.get(target.lstrip("/").lower())
        if part is None:
            raise ValueError("a sheet without its part")
        hidden = sheet.get("state", "visible") != "visible"
        sheets.append(Listed(sheet.get("name", ""), part, hidden))
    return Frame(tuple(sheets), told.names(), told.epoch_1904)


@dataclass
class _Workbook:
    """What is kept of ``xl/workbook.xml`` while it is parsed."""

    root: str = ""
    sheets: list[dict[str, str]] = field(default_factory=list)
    epoch_1904: bool = False
    _path: list[str] = field(default_factory=list)
    _pieces: list[str] | None = None
    _of_book: dict[str, str] = field(default_factory=dict)
    _of_sheets: dict[str, str] = field(default_factory=dict)
    _naming: dict[str, str] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        self._path.append(tag)
        if tag == _NAME[-1]:
            if self._path == _NAME and attributes.get("name", "").startswith("ill_"):
                self._naming, self._pieces = attributes, []
        elif self._path == _SHEET:
            self.sheets.append(attributes)
        elif self._path == _PROPERTIES:
            self.epoch_1904 = attributes.get("date1904", "0") in {"1", "true"}

    def data(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, _tag: str) -> None:
        self._path.pop()
        if self._pieces is not None:
            text = "".join(self._pieces).strip().removeprefix("=")
            own = self._of_sheets if "localSheetId" in self._naming else self._of_book
            own.setdefault(self._naming["name"], text.strip('"').replace('""', '"'))
            self._pieces = None

    def names(self) -> dict[str, str]:
        """``ill_library`` → ``HDU``, however the text is quoted; a sheet's own names come last."""
        return {**self._of_sheets, **self._of_book}


def _targets(relations: bytes) -> dict[str, str]:
    """The worksheets' parts by the id under which the workbook lists them."""
    targets: dict[str, str] = {}

    def start(_tag: str, attributes: dict[str, str]) -> None:
        worksheet = attributes.get("Type", "").endswith("/worksheet")
        if worksheet and attributes.get("TargetMode", "").lower() != "external":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            targets[attributes.get("Id", "")] = target

    try:
        parse(relations, start, lambda _tag: None)
    except (ExpatError, LookupError) as bad:
        raise ValueError("no XML") from bad
    return targets


def _relation(sheet: Mapping[str, str]) -> str:
    return next((value for name, value in sheet.items() if name.endswith(" id")), "")
