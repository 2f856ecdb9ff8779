"""What the checks say: one finding a cell, its words from one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ill_workflows.forms.texts import TEXTS

Severity = Literal["error", "warning", "corrected", "passed", "waived"]
"""error: the workbook is returned; warning: accepted, the value is unknown; corrected: put
right and told; passed: text beside the table that was not read (told, never counted); waived: an
error in spite of which the host accepted the workbook."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell about one cell.

    ``cell`` is as in the sender's file (``B12``), or empty where no cell can be named;
    ``heading`` is the column's; ``facts`` fill the holes of :data:`texts.TEXTS`.
    """

    sheet: str
    cell: str
    code: str
    severity: Severity
    heading: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zh(self) -> str:
        """What is wrong and how to mend it, in Traditional Chinese."""
        text = TEXTS[self.code]
        return f"{text.zh.format_map(self._holes())}{text.mend_zh.format_map(self._holes())}"

    @property
    def en(self) -> str:
        """What is wrong and how to mend it, in English."""
        text = TEXTS[self.code]
        mend = text.mend_en.format_map(self._holes())
        return f"{text.en.format_map(self._holes())}{' ' if mend else ''}{mend}"

    @property
    def place(self) -> str:
        """Where it is: sheet and cell."""
        return f"{self.sheet} {self.cell}".strip()

    def _holes(self) -> dict[str, Any]:
        return {"read": "", "heading": self.heading, **self.facts}
