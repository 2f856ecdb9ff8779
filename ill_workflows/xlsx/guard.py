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
from dataclasses import dataclass
from typing import Final

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.xlsx.frame import STRICT, Listed, read_frame, without_other_names
from ill_workflows.xlsx.inflate import xml_parts
from ill_workflows.xlsx.limits import LIMITS, Limits
from ill_workflows.xlsx.scan import ODD, Scan, scan_sheet, scan_strings

MAX_CLONED: Final = 256 * 1024 * 1024
"""Bytes of text that the fast reader may come to hold: it copies a shared string for each cell."""
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STRINGS: Final = "xl/sharedstrings.xml"
_KEPT: Final = ("_rels/.rels", _WORKBOOK, _RELATIONS, _STRINGS, "xl/styles.xml")
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


@dataclass(frozen=True, slots=True)
class Guarded:
    """A file that may be read: its bytes (decrypted), sheets, names, epoch.

    ``scans`` tells of each sheet how many of its cells hold something, and whether the fast
    reader may have it; None of a sheet that is not to be read.  ``parts`` are what readers need:
    name, bytes, CRC-32.
    """

    data: bytes
    parts: tuple[tuple[str, bytes, int], ...]
    sheets: tuple[Listed, ...]
    scans: tuple[Scan | None, ...]
    names: dict[str, str]
    epoch_1904: bool


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
    if is_ole(data):
        data = _decrypt(data, name, passwords, limits)
    if not data.startswith(b"PK"):
        raise UnreadableWorkbook(name, _kind_of_text(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _look_inside(archive, data, name, unread, limits)
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


def _decrypt(data: bytes, name: str, passwords: tuple[str, ...], limits: Limits) -> bytes:
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
        return out.getvalue()
    raise UnreadableWorkbook(name, "encrypted")


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
    scans = _scans(frame.sheets, {part: bodies[part][0] for part in wanted}, unread)
    strings = scan_strings(kept.get(_STRINGS, (b"", 0))[0])
    cloned = strings.longest * sum(scan.values for scan in scans if scan)
    if strings.odd or cloned > MAX_CLONED:
        scans = [scan and ODD for scan in scans]
    read = [(parts[called], *part) for called, part in kept.items()]
    read += [(part, *bodies[part]) for part in wanted]
    return Guarded(data, tuple(read), frame.sheets, tuple(scans), frame.names, frame.epoch_1904)


def _scans(
    sheets: tuple[Listed, ...], bodies: dict[str, bytes], unread: Container[str]
) -> list[Scan | None]:
    """A look at each sheet that is to be read; of two sheets of one title both are odd."""
    twice = len({sheet.title for sheet in sheets}) < len(sheets)
    scanned = {} if twice else {part: scan_sheet(body) for part, body in bodies.items()}
    return [None if s.title in unread else scanned.get(s.part, ODD) for s in sheets]


def _kind_of_zip(parts: dict[str, str], count: int, limits: Limits) -> str | None:
    if count > limits.parts:
        return "too_large"
    other = next((kind for part, kind in _OTHER_KINDS if part in parts), None)
    if other is None and _WORKBOOK not in parts:
        return "not_zip"
    if other is None and len(parts) < count:
        return "damaged"  # which of two parts of one name is read differs by the reader
    return other
