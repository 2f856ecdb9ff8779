"""Findings as a letter tells them: the first of each kind, and how many more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ill_workflows.forms.findings import Finding

FIRST_OF_EACH = 3
"""How many findings of one kind a letter shows before any more; 檢查結果 lists all."""
MOST = 20
"""How many corrections, warnings or rows passed over a receipt shows; the others are counted."""


def told(findings: Iterable[Finding], language: str) -> list[dict[str, str]]:
    """Findings as a letter's table shows them: ``place``, ``heading``, ``text``."""
    return [
        {"place": f.place, "heading": f.heading, "text": f.en if language == "en" else f.zh}
        for f in findings
    ]


def first_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """The first three of each kind."""
    seen: Counter[str] = Counter()
    shown = []
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= FIRST_OF_EACH:
            shown.append(finding)
    return shown


def few(findings: Sequence[Finding], severity: str, language: str) -> dict[str, Any]:
    """All findings of a severity, told briefly.

    ``count`` in all; ``shown``: at most :data:`MOST` in the order of the file, of each kind in
    each column the first three before any more; ``more`` are not shown, ``rest`` counts them by
    column.
    """
    mine = [finding for finding in findings if finding.severity == severity]
    seen: Counter[tuple[str, str, str]] = Counter()
    turns = []
    for n, finding in enumerate(mine):
        kind = (finding.code, finding.sheet, finding.heading)
        seen[kind] += 1
        turns.append((seen[kind] > FIRST_OF_EACH, n))
    chosen = {n for _, n in sorted(turns)[:MOST]}
    rest = Counter(f.heading or f.sheet for n, f in enumerate(mine) if n not in chosen)
    return {
        "count": len(mine),
        "shown": told((f for n, f in enumerate(mine) if n in chosen), language),
        "more": len(mine) - len(chosen),
        "rest": [{"heading": heading, "count": count} for heading, count in rest.most_common()],
    }
