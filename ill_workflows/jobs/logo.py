"""The alliance's logo, in the host's ``templates/``: for the workbook and the meeting's report."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ill_workflows.app import App
from ill_workflows.xlsx.report_band import readable

LIMIT: Final = 1024 * 1024
"""Bytes; a larger logo would weigh more than what it stands on, and is left out."""
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_KINDS: Final = (
    ("logo.png", "image/png", _PNG), ("logo.jpg", "image/jpeg", _JPEG),
    ("logo.jpeg", "image/jpeg", _JPEG),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture and its MIME type."""

    mime: str
    data: bytes

    @property
    def address(self) -> str:
        """The picture as a ``data:`` address."""
        return f"data:{self.mime};base64,{b64encode(self.data).decode('ascii')}"


def logo(app: App) -> Logo | None:
    """The first of the pictures that may be used; None where there is none."""
    for name, mime, magic in _KINDS:
        path = app.home / "templates" / name
        if path.is_file() and _why_not(path, magic) is None:
            return Logo(mime, path.read_bytes())
    return None


def troubles(app: App) -> list[str]:
    """Of pictures that are there and cannot be used: which, and why."""
    found = []
    for name, _, magic in _KINDS:
        path = app.home / "templates" / name
        because = _why_not(path, magic) if path.is_file() else None
        if because is not None:
            found.append(f"templates/{name}：{because}")
    return found


def _why_not(path: Path, magic: bytes) -> str | None:
    if path.stat().st_size > LIMIT:
        return f"超過 {LIMIT // 1024} KB / too large"
    data = path.read_bytes()
    if not data.startswith(magic):
        return f"不是 {magic[:4]!r} 開頭的圖檔 / not such a picture"
    return None if readable(data) else "圖檔不完整 / a broken picture"
