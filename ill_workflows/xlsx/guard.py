"""What a received file is, before any reader touches it: named refusals, limits, odd parts.

No reader is safe alone: what the zip inflates to is counted while inflating, XML with a DOCTYPE
or in another encoding than UTF-8 is not opened, and a far cell that would make a dense reader
allocate the whole sheet is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from html import unescape
from typing import Final

from ill_workflows.errors import UnreadableWorkbook

MAX_FILE: Final = 25 * 1024 * 1024
MAX_INFLATED: Final = 300 * 1024 * 1024
MAX_PARTS: Final = 3_000
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 702
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORMULA_ALONE: Final = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_FAR_COLUMN: Final = re.compile(rb'<c [^>]*?r="[A-Z]{3}')
_LAST_ROW: Final = re.compile(rb'<row [^>]*?r="(\d+)"')
_NAME: Final = re.compile(r'<(?:\w+:)?definedName\b[^>]*?name="(ill_\w+)"[^>]*>([^<]*)<')
_EPOCH: Final = re.compile(r'<(?:\w+:)?workbookPr\b[^>]*?date1904="(?:1|true)"')


@dataclass(frozen=True, slots=True)
class Guarded:
    """A file that may be read: its bytes (decrypted), names, epoch, whether to read carefully."""

    data: bytes
    names: dict[str, str]
    epoch_1904: bool
    careful: bool


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
    except (
        zipfile.BadZipFile,
        EOFError,
        zlib.error,
        NotImplementedError,
        OSError,
        ValueError,
    ) as bad:
        raise UnreadableWorkbook(name, "truncated") from bad
    except RuntimeError as bad:  # a zip with a password of its own
        raise UnreadableWorkbook(name, "encrypted") from bad


def _kind_of_text(data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body")):
        return "html"
    if head.startswith(b"<") and (b"<html" in head or b"<table" in head):
        return "html"
    if b"\0" not in head and (b"," in head or b"\t" in head) and b"\n" in head:
        return "csv"
    return "not_zip"


def _decrypt(data: bytes, name: str, passwords: tuple[str, ...]) -> bytes:
    if "EncryptedPackage".encode("utf-16-le") not in data:
        raise UnreadableWorkbook(name, "xls")
    import msoffcrypto

    for password in passwords:
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
    parts = {info.filename: info for info in archive.infolist()}
    lower = {part.lower() for part in parts}
    if len(parts) > MAX_PARTS:
        raise UnreadableWorkbook(name, "too_large")
    if "mimetype" in lower or "content.xml" in lower:
        raise UnreadableWorkbook(name, "ods")
    if "xl/workbook.bin" in lower:
        raise UnreadableWorkbook(name, "xlsb")
    if "xl/vbaproject.bin" in lower:
        raise UnreadableWorkbook(name, "macro")
    if "xl/workbook.xml" not in lower:
        raise UnreadableWorkbook(name, "not_zip")
    left, careful, workbook = MAX_INFLATED, False, ""
    for part, info in parts.items():
        if not part.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(info) as stream:
            body = stream.read(left + 1)
        left -= len(body)
        if left < 0:
            raise UnreadableWorkbook(name, "too_large")
        _refuse_odd_xml(body, name)
        if part.lower() == "xl/workbook.xml":
            workbook = body.decode("utf-8", "replace")
        elif part.lower().startswith("xl/worksheets/") and part.lower().endswith(".xml"):
            careful = _odd_cells(body, name) or careful
    if "purl.oclc.org/ooxml" in workbook:
        raise UnreadableWorkbook(name, "strict")
    names = {key: unescape(value).strip().strip('"') for key, value in _NAME.findall(workbook)}
    return Guarded(data, names, bool(_EPOCH.search(workbook)), careful)


def _refuse_odd_xml(body: bytes, name: str) -> None:
    head = body[:300]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        raise UnreadableWorkbook(name, "damaged")
    if b"encoding=" in head and not re.search(rb"encoding=[\"']utf-?8[\"']", head, re.IGNORECASE):
        if not re.search(rb"encoding=[\"'](us-)?ascii[\"']", head, re.IGNORECASE):
            raise UnreadableWorkbook(name, "damaged")
    if b"<!DOCTYPE" in body[:4096] or b"<!ENTITY" in body:
        raise UnreadableWorkbook(name, "doctype")


def _odd_cells(body: bytes, name: str) -> bool:
    """Whether a sheet holds what the fast reader would read as nothing, or could not survive."""
    last = body.rfind(b"<row ")
    if last >= 0 and (found := _LAST_ROW.match(body, last)) and int(found[1]) > MAX_ROWS:
        raise UnreadableWorkbook(name, "too_large")
    if _FAR_COLUMN.search(body):
        raise UnreadableWorkbook(name, "too_large")
    if b"<worksheet" not in body[:2000] or b"<c>" in body or b"<row>" in body:
        return True
    return b't="e"' in body or (b"<f" in body and _FORMULA_ALONE.search(body) is not None)
