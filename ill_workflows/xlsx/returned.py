"""From findings to the returned copy: which cells are marked, what stands on its first sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Form
from ill_workflows.xlsx.annotate import Line, Mark, annotate

FIRST_OF_EACH = 3
"""Findings of one kind that stand on top of the returned copy's first sheet."""
_HOW_TO_MEND = (
    "請直接在這份活頁簿修改已上色的儲存格（點左邊的位置可跳到該格），存檔後整份寄回即可。",
    "改好之前，這份資料還沒有計入。",
    "Mend the coloured cells in this very workbook (click a place to go there) and send it back.",
    "Nothing of it counts until then.",
)
_HEADINGS = ("位置", "欄位", "我們讀到", "說明與改法", "In English")


def returned_copy(data: bytes, form: Form, findings: Sequence[Finding]) -> bytes:
    """The sender's workbook with the cells of its errors marked and our sheet in front.

    Raises:
        UnreadableWorkbook: a part that has to change cannot be read.
    """
    errors = [f for f in findings if f.severity == "error"]
    marks = [Mark(f.sheet, f.cell, f"{f.zh}\n{f.en}") for f in errors if f.cell]
    return annotate(data, marks, report(form, findings))


def report(form: Form, findings: Sequence[Finding]) -> list[Line]:
    """The lines of ``檢查結果``: what to mend, the first three of each kind on top; the rest."""
    errors = [f for f in findings if f.severity == "error"]
    warnings = [f for f in findings if f.severity == "warning"]
    seen: Counter[str] = Counter()
    top: list[Finding] = []
    rest: list[Finding] = []
    for finding in errors:
        seen[finding.code] += 1
        (top if seen[finding.code] <= FIRST_OF_EACH else rest).append(finding)
    title = f"{form.title}：有 {len(errors)} 處需要修改 / {len(errors)} to mend"
    lines = [
        Line((title,), style="title"),
        *(Line((sentence,)) for sentence in _HOW_TO_MEND),
        Line(_HEADINGS, style="head"),
    ]
    lines += [_line(finding, "error") for finding in (*top, *rest)]
    if warnings:
        lines.append(
            Line(("以下不影響收件，方便時請看一下 / not in the way, for you to look at:",))
        )
        lines += [_line(finding, "warn") for finding in warnings]
    return lines


def _line(finding: Finding, style: Any) -> Line:
    read = str(finding.facts.get("read", ""))
    cells = (finding.place, finding.heading, read, finding.zh, finding.en)
    return Line(cells, (finding.sheet, finding.cell) if finding.cell else None, style)
