"""The parts of a received zip, counted while they are inflated; no reader inflates them again."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from ill_workflows.errors import UnreadableWorkbook
from ill_workflows.xlsx.scan import xml_trouble

_CHUNK: Final = 1024 * 1024
_SECRET, _PATCHED = 0x41, 0x20
"""Bits of a zip's flags (APPNOTE 4.4.4): encrypted in two ways; a difference to another file."""


def xml_parts(
    infos: list[zipfile.ZipInfo], data: bytes, name: str, left: int
) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """The XML parts, one after the other; of the others only what they inflate to is counted.

    ``left`` is how many bytes all of them may inflate to.

    Raises:
        UnreadableWorkbook: too large, cut off, or XML that is not opened.
        zlib.error, struct.error, ValueError: it is no sound zip.
    """
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
    if info.flag_bits & (_SECRET | _PATCHED):
        raise UnreadableWorkbook(name, "encrypted" if info.flag_bits & _SECRET else "damaged")
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
