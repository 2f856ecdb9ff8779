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
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.xlsx.frame import STRICT, Listed, read_frame
from ill_workflows.xlsx.scan import Scan, is_xml, scan_sheet, xml_trouble

MAX_FILE: Final = 25 * 1024 * 1024
MAX_INFLATED: Final = 300 * 1024 * 1024
MAX_PARTS: Final = 3_000
MAX_SPINS: Final = 1_000_000
"""Rounds of a password's key: Excel writes 100,000, and each costs time."""
MAX_CLONED: Final = 256 * 1024 * 1024
"""Bytes of text that the fast reader may come to hold: it copies a shared string for each cell."""
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STRINGS: Final = "xl/sharedstrings.xml"
_SHARED: Final = ("_rels/.rels", _STRINGS, "xl/styles.xml")
_CHUNK: Final = 1024 * 1024
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
    reader may have it.  ``parts`` are those that readers need: name, bytes, CRC-32.
    """

    data: bytes
    parts: tuple[tuple[str, bytes, int], ...]
    sheets: tuple[Listed, ...]
    scans: tuple[Scan, ...]
    names: dict[str, str]
    epoch_1904: bool


def guard(data: bytes, name: str, passwords: tuple[str, ...] = ()) -> Guarded:
    """Look at a received file.

    Raises:
        UnreadableWorkbook: it is no workbook that we open; ``kind`` says which sentence.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise UnreadableWorkbook(name, "empty")
    if len(data) > MAX_FILE:
        raise UnreadableWorkbook(name, "too_large")
    if data.startswith(_OLE):
        data = _decrypt(data, name, passwords)
    if not data.startswith(b"PK"):
        raise UnreadableWorkbook(name, _kind_of_text(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _look_inside(archive, data, name)
    except (zipfile.BadZipFile, EOFError, zlib.error, struct.error, OSError) as bad:
        raise UnreadableWorkbook(name, "truncated") from bad
    except (NotImplementedError, ValueError, LookupError) as bad:
        raise UnreadableWorkbook(name, "damaged") from bad
    except RuntimeError as bad:  # a zip with a password of its own
        raise UnreadableWorkbook(name, "encrypted") from bad


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


def _decrypt(data: bytes, name: str, passwords: tuple[str, ...]) -> bytes:
    if "EncryptedPackage".encode("utf-16-le") not in data:
        raise UnreadableWorkbook(name, "xls" if any(word in data for word in _XLS) else "not_zip")
    if any(int(spins[:12]) > MAX_SPINS for spins in _SPINS.findall(data)):
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


def _look_inside(archive: zipfile.ZipFile, data: bytes, name: str) -> Guarded:
    infos = archive.infolist()
    parts = {info.filename.lower(): info.filename for info in infos}
    if (kind := _kind_of_zip(parts, len(infos))) is not None:
        raise UnreadableWorkbook(name, kind)
    kept, scans, longest = {_WORKBOOK: b"", _RELATIONS: b""}, {}, 0
    read: list[tuple[str, bytes, int]] = []
    sound = True
    for info, body in _bodies(infos, data, name):
        part, called = info.filename, info.filename.lower()
        if called in kept:
            kept[called] = body
        elif called == _STRINGS:
            longest, sound = max(map(len, body.split(b"<si>"))), is_xml(body)
        elif b"sheetData" in body:
            scans[part] = scan_sheet(body)
        if called in kept or called in _SHARED or part in scans:
            read.append((part, body, info.CRC))
    if STRICT.encode() in kept[_WORKBOOK]:
        raise UnreadableWorkbook(name, "strict")
    frame = read_frame(kept[_WORKBOOK], kept[_RELATIONS], parts)
    mine = [scans.get(sheet.part, Scan(0, odd=True)) for sheet in frame.sheets]
    titles = {sheet.title for sheet in frame.sheets}
    cloned = longest * sum(scan.values for scan in mine)
    if cloned > MAX_CLONED or len(titles) < len(mine) or not sound:
        mine = [scan._replace(odd=True) for scan in mine]
    return Guarded(data, tuple(read), frame.sheets, tuple(mine), frame.names, frame.epoch_1904)


def _kind_of_zip(parts: dict[str, str], count: int) -> str | None:
    if count > MAX_PARTS:
        return "too_large"
    other = next((kind for part, kind in _OTHER_KINDS if part in parts), None)
    if other is None and _WORKBOOK not in parts:
        return "not_zip"
    if other is None and len(parts) < count:
        return "damaged"  # which of two parts of one name is read differs by the reader
    return other


def _bodies(
    infos: list[zipfile.ZipInfo], data: bytes, name: str
) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """The XML parts, one after the other; of the others only what they inflate to is counted."""
    left = MAX_INFLATED
    for info in infos:
        xml = info.filename.lower().endswith((".xml", ".rels", ".vml"))
        if info.file_size > left:
            raise UnreadableWorkbook(name, "too_large")
        body = _inflate(data, info, left, name, keep=xml)
        left -= info.file_size
        if xml:
            if (trouble := xml_trouble(body)) is not None:
                raise UnreadableWorkbook(name, trouble)
            yield info, body


def _inflate(data: bytes, info: zipfile.ZipInfo, left: int, name: str, *, keep: bool) -> bytes:
    """A part's bytes, kept or only counted; never more than are left to inflate.

    A part must hold what the zip declares of it: readers differ in whom they believe.
    """
    if info.flag_bits & 1:
        raise UnreadableWorkbook(name, "encrypted")
    header = struct.unpack_from("<4s5H3L2H", data, info.header_offset)
    start = info.header_offset + 30 + header[9] + header[10]
    packed = data[start : start + info.compress_size]
    if header[0] != b"PK\3\4" or len(packed) < info.compress_size:
        raise UnreadableWorkbook(name, "truncated")
    if info.compress_type == zipfile.ZIP_STORED:
        pieces, size, crc = [packed], len(packed), zlib.crc32(packed)
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        pieces, size, crc = [], 0, 0
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        while not stream.eof and size <= left:
            piece = stream.decompress(packed, _CHUNK)
            packed, size, crc = stream.unconsumed_tail, size + len(piece), zlib.crc32(piece, crc)
            if keep:
                pieces.append(piece)
            if not piece and not stream.eof:
                raise UnreadableWorkbook(name, "truncated")
    else:
        raise UnreadableWorkbook(name, "damaged")
    if size > left:
        raise UnreadableWorkbook(name, "too_large")
    if (size, crc) != (info.file_size, info.CRC):
        raise UnreadableWorkbook(name, "truncated")
    return b"".join(pieces)
