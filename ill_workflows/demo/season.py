"""The months of the demonstration and how busy each is."""

from __future__ import annotations

from typing import Final

LAST_MONTH: Final = "2026-10"
"""The month in which every demonstration ends, whatever the clock says."""
SEASON: Final = {
    1: 0.8, 2: 0.45, 3: 1.3, 4: 1.25, 5: 1.0, 6: 1.2, 7: 0.4, 8: 0.35, 9: 0.9, 10: 1.35, 11: 1.35,
    12: 1.2,
}  # fmt: skip
"""The rhythm of the semesters: what a month carries against an ordinary one."""
