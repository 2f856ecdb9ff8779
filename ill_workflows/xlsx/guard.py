"""What a received file is, before any reader touches it: named refusals, limits, odd parts.

No reader is safe alone: what the zip inflates to is counted while inflating, XML with a DOCTYPE
or in another encoding than UTF-8 is not opened, and a workbook with a far cell, which would make
a dense reader allocate the whole sheet, is left to the careful one.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Container
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.xlsx.frame import STRICT, Listed, read_frame, without_other_names
from ill_workflows.xlsx.inflate import xml_parts
from ill_workflows.xlsx.limits import LIMITS, Limits

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
STRINGS: Final = "xl/sharedstrings.xml"
STYLES: Final = "xl/styles.xml"
"""Parts of a workbook, by their names in small letters."""
_KEPT: Final = ("_rels/.rels", _WORKBOOK, _RELATIONS, STRINGS, STYLES)
"""Parts that readers need beside the sheets."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SPINS: Final = re.compile(rb'spinCount="(\d+)"')
_XLS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_WRITE_PROTECTED: Final = "VelvetSweatshop"
"""The password with which Excel itself encrypts what is only protected against writing."""
_NO_TEXT: Final = (b"%pdf", b"{\\rtf", b"{", b"[", b"<", b"\x7felf", b"mz", b"rar!", b"\x1f\x8b")
_OTHER_KINDS: Final = (
    ("mimetype", "ods"), ("content.xml", "ods"), ("xl/workbook.bin", "xlsb"),
    ("xl/vbaproject.bin", "macro"), ("xl/macrosheets/sheet1.xml", "macro"),
)  # fmt: skip
"""A part that tells what a zip is, and the kind of its refusal."""


@dataclass(frozen=True)
class Guarded:
    """A file that may be read: its bytes (decrypted), sheets, names, epoch.

    ``parts`` are what readers need: name, bytes, CRC-32; ``unread`` are the titles of the sheets
    that are not among them; ``password`` is the member's own that opened it.
    """

    data: bytes
    parts: tuple[tuple[str, bytes, int], ...]
    sheets: tuple[Listed, ...]
    unread: frozenset[str]
    names: dict[str, str]
    epoch_1904: bool
    password: str = ""

    @cached_property
    def bodies(self) -> dict[str, bytes]:
        """The parts by their name in small letters."""
        return {name.lower(): body for name, body, _ in self.parts}


def guard(
    data: bytes,
    name: str,
    passwords: tuple[str, ...] = (),
    unread: Container[str] = (),
    limits: Limits = LIMITS,
) -> Guarded:
    """Look at a received file; sheets whose title is ``unread`` are listed, not looked into.

    Raises:
        UnreadableWorkbook: it is no workbook that we open; ``kind`` says which sentence.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableWorkbook(name, "empty")
    if len(data) > limits.file:
        raise UnreadableWorkbook(name, "too_large")
    password = ""
    if is_ole(data):
        data, password = _decrypt(data, name, passwords, limits)
    if not data.startswith(b"PK"):
        raise UnreadableWorkbook(name, _kind_of_text(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _look_inside(archive, data, name, unread, limits)
            return replace(found, password=password)
    except (zipfile.BadZipFile, EOFError, zlib.error, struct.error, OSError) as bad:
        raise UnreadableWorkbook(name, "truncated") from bad
    except (NotImplementedError, ValueError, LookupError) as bad:
        raise UnreadableWorkbook(name, "damaged") from bad
    except RuntimeError as bad:  # a zip with a password of its own
        raise UnreadableWorkbook(name, "encrypted") from bad


def is_ole(data: bytes) -> bool:
    """Whether a file is in the container of old workbooks, and of encrypted ones."""
    return data.startswith(_OLE)


def _kind_of_text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        data = data[:8192].decode("utf-16", "ignore").encode()
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    page = (b"<html", b"<table", b"<!doctype html", b"<head", b"<body", b"<meta")
    if head.startswith(page) or (head.startswith(b"<") and any(tag in head for tag in page[:2])):
        return "html"
    if head.startswith(b"mime-version:") and b"text/html" in head:  # saved as a web archive
        return "html"
    separated = b"\n" in head and any(mark in head for mark in (b",", b"\t", b";"))
    if b"\0" not in head and separated and not head.startswith(_NO_TEXT):
        return "csv"
    return "not_zip"


def _decrypt(
    data: bytes, name: str, passwords: tuple[str, ...], limits: Limits
) -> tuple[bytes, str]:
    """The workbook within, and the member's password; Excel's own for write protection is none."""
    if "EncryptedPackage".encode("utf-16-le") not in data:
        raise UnreadableWorkbook(name, "xls" if any(word in data for word in _XLS) else "not_zip")
    if any(int(spins[:12]) > limits.spins for spins in _SPINS.findall(data)):
        raise UnreadableWorkbook(name, "encrypted")
    import msoffcrypto

    for password in (*passwords, _WRITE_PROTECTED):
        out = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(data))
            file.load_key(password=password, verify_password=True)
            file.decrypt(out)
        except Exception:  # noqa: BLE001, S112 - the library raises many kinds for a wrong password
            continue
        return out.getvalue(), "" if password == _WRITE_PROTECTED else password
    raise UnreadableWorkbook(name, "encrypted")


def encrypted(data: bytes, password: str) -> bytes:
    """A workbook with a password, as Excel encrypts it: what came secret goes back secret."""
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def _look_inside(
    archive: zipfile.ZipFile, data: bytes, name: str, unread: Container[str], limits: Limits
) -> Guarded:
    infos = archive.infolist()
    parts = {info.filename.lower(): info.filename for info in infos}
    if (kind := _kind_of_zip(parts, len(infos), limits)) is not None:
        raise UnreadableWorkbook(name, kind)
    bodies = {
        info.filename: (body, info.CRC)
        for info, body in xml_parts(infos, data, name, limits.inflated)
        if info.filename.lower() in _KEPT or b"sheetData" in body
    }
    kept = {called: bodies[parts[called]] for called in _KEPT if parts.get(called) in bodies}
    workbook = without_other_names(kept[_WORKBOOK][0])
    kept[_WORKBOOK] = (workbook, zlib.crc32(workbook))
    if STRICT.encode() in workbook:
        raise UnreadableWorkbook(name, "strict")
    frame = read_frame(workbook, kept.get(_RELATIONS, (b"", 0))[0], parts)
    wanted = {sheet.part for sheet in frame.sheets if sheet.title not in unread} & bodies.keys()
    read = [(parts[called], *part) for called, part in kept.items()]
    read += [(part, *bodies[part]) for part in sorted(wanted)]
    left = frozenset(sheet.title for sheet in frame.sheets if sheet.title in unread)
    return Guarded(data, tuple(read), frame.sheets, left, frame.names, frame.epoch_1904)


def _kind_of_zip(parts: dict[str, str], count: int, limits: Limits) -> str | None:
    if count > limits.parts:
        return "too_large"
    other = next((kind for part, kind in _OTHER_KINDS if part in parts), None)
    if other is None and _WORKBOOK not in parts:
        return "not_zip"
    if other is None and len(parts) < count:
        return "damaged"  # which of two parts of one name is read differs by the reader
    return other
