"""What a look at a sheet's bytes tells: how many cells hold something, and whether any is odd.

A byte scan of the inflated part is a tenth of the cost of parsing it.  It is no parser: whatever
it does not know for certain is odd, and goes to the careful reader.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from xml.parsers import expat

_DECLARED: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_MARKUP: Final = re.compile(rb"<!")
_PREFIXED: Final = re.compile(rb":(?:c|row|sheetData|v|f|is)[\s>/]")
_PLAIN_CELL: Final = rb' r="[A-Z][1-9][0-9]{0,3}"'
_OTHER_CELL: Final = re.compile(rb"<c(?!%s)[\s>/]" % _PLAIN_CELL)
_WIDER_CELL: Final = re.compile(rb'<c(?! r="[A-Z]{1,2}[1-9][0-9]{0,4}")[\s>/]')
_WIDE: Final = re.compile(rb'<c r="[A-Z]{2}')
_TALL: Final = re.compile(rb'<c r="[A-Z]{1,2}[0-9]{5}')
_NO_NUMBER: Final = re.compile(rb"<v>[^-0-9]")
_OTHER_TYPE: Final = re.compile(rb't="[ebi]')
_ODD_TYPE: Final = re.compile(rb't="[eb]"')
_FORMULA: Final = re.compile(rb"<f[ >/]")
_FORMULA_ALONE: Final = re.compile(rb"(?:</f>|<f[^<>]*/>)\s*(?:</c>|<v\s*/>|<v\s)")
_FORMULA_EMPTY: Final = re.compile(rb"<c ([^<>]*)><f(?: [^<>]*)?(?:/>|>[^<]*</f>)<v></v></c>")
_ODD_INDEX: Final = re.compile(rb't="s"[^<>]*><v>(?![0-9]{1,9}</v>)')


_PROLOGUE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*\?>)?\s*<[A-Za-z]")
"""How nearly every part begins: nothing can declare a document type behind it."""


class Scan(NamedTuple):
    """A sheet at a glance: its cells that hold something; whether the fast reader may read it."""

    values: int
    odd: bool


class Strings(NamedTuple):
    """The shared strings at a glance: bytes of the longest, at most; whether they are no XML."""

    longest: int
    odd: bool


def scan_sheet(body: bytes) -> Scan:
    """Look at a worksheet's XML.

    Odd are an error cell, a formula without its value (the fast reader would show both as
    empty), TRUE and FALSE, and everything written in a way that the scan does not know: it could
    hide a cell far out, for which a dense reader would allocate the whole sheet.
    """
    end = body.rfind(b"</sheetData>")  # behind it stand Excel's extensions, and no cells
    end = end if end >= 0 else len(body)
    types = _OTHER_TYPE.search(body)
    values = body.count(b"<v>", 0, end) + (body.count(b"<is>", 0, end) if types else 0)
    odd = (
        b"<worksheet" not in body[:2000]
        or _MARKUP.search(body) is not None
        or _PREFIXED.search(body, 0, end) is not None
        or _far(body)
        or (types is not None and _ODD_TYPE.search(body) is not None)
        or _ODD_INDEX.search(body, 0, end) is not None  # the fast reader takes the first string
        or _strange_values(body)
        or not is_xml(body)
    )
    if odd or _FORMULA.search(body) is None:
        return Scan(values, odd)
    empties = _FORMULA_EMPTY.findall(body) if b"<v></v>" in body else []
    text = [b't="str"' in attributes for attributes in empties]
    return Scan(values - len(text), not all(text) or _FORMULA_ALONE.search(body) is not None)


def scan_strings(body: bytes) -> Strings:
    """Look at the shared strings' XML."""
    if not body:
        return Strings(0, odd=False)
    return Strings(max(map(len, body.split(b"<si>"))), odd=not is_xml(body))


def is_text(body: bytes) -> bool:
    """Whether a part is UTF-8."""
    try:
        return body.isascii() or bool(body.decode())
    except UnicodeDecodeError:
        return False


def is_xml(body: bytes) -> bool:
    """Whether a part is well formed; the fast reader makes a guess where it is not."""
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(body, True)
    except (expat.ExpatError, LookupError):
        return False
    return True


def _far(body: bytes) -> bool:
    """Whether a cell's place is written oddly, or cells lie both far right and far down."""
    if _OTHER_CELL.search(body) is None:  # all within A1:Z9999
        return False
    if _WIDER_CELL.search(body) is not None:
        return True
    return _WIDE.search(body) is not None and _TALL.search(body) is not None


def _strange_values(body: bytes) -> bool:
    """Whether a value is neither a number nor the text of a formula: ``NaN``, a broken index."""
    if _NO_NUMBER.search(body) is None:
        return False
    return len(_NO_NUMBER.findall(body)) > body.count(b't="str"')


def xml_trouble(body: bytes) -> str | None:
    """Why a part's XML is not opened: ``damaged`` or ``doctype``; None where it is."""
    head = body[:400]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0")):
        return "damaged"
    declared = _DECLARED.search(head)
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}:
        return "damaged"
    if _PROLOGUE.match(body) is None and (b"<!DOCTYPE" in body or b"<!ENTITY" in body):
        return "doctype"
    return None
