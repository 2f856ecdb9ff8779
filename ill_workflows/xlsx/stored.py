"""A zip of parts that were looked at: what a reader is given is what the guard has seen.

A sender's zip can say one thing to one reader and another to the next, and it need not be
inflated twice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_UTF_8: Final = 0x800
_NO_DAY: Final = 0x21
"""The first day of the format's calendar."""


def stored(parts: Iterable[tuple[str, bytes, int]]) -> bytes:
    """Parts (name, bytes, CRC-32) as a zip without compression."""
    pieces: list[bytes] = []
    entries: list[bytes] = []
    at = 0
    for name, body, crc in parts:
        called = name.encode()
        kind = (20, _UTF_8, 0, 0, _NO_DAY, crc, len(body), len(body), len(called))
        pieces += (_LOCAL.pack(b"PK\3\4", *kind, 0), called, body)
        entries += (_ENTRY.pack(b"PK\1\2", 20, *kind, 0, 0, 0, 0, 0, at), called)
        at += _LOCAL.size + len(called) + len(body)
    listed, count = b"".join(entries), len(entries) // 2
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(listed), at, 0)
    return b"".join((*pieces, listed, end))
