"""How much of a received file we bear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost, and the process that reads it.

    Bytes as it came and inflated, parts of its zip, cells of its sheets (empty ones within their
    bounds included), rounds of a password's key (Excel writes 100,000, and each costs time);
    bytes of memory, seconds of CPU, seconds of waiting.
    """

    file: int = 25 * MIB
    inflated: int = 300 * MIB
    parts: int = 3_000
    cells: int = 10_000_000
    spins: int = 1_000_000
    memory: int = 1024 * MIB
    cpu: int = 20
    wall: int = 30


LIMITS: Final = Limits()
"""What config.toml says where it says nothing."""
