"""經驗分享: released texts of the period, as texts whatever they look like."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from openpyxl import load_workbook

from ill_workflows.evaluation.facts import Facts, frame
from ill_workflows.evaluation.model import Column, Link, Sheet, Table
from ill_workflows.evaluation.sheets.experience import experiences
from ill_workflows.xlsx.report import write_workbook
from tests.evaluation.invented import alliance

FACTS = alliance(4, 3)  # August to October 2025
ONE, OTHER = FACTS.codes[:2]


def told(*rows: tuple[str, str, str]) -> Facts:
    given = [
        {"library": library, "month": month, "text": text, "receipt": f"R-{n}", "form": "usage"}
        for n, (library, month, text) in enumerate(rows)
    ]
    return replace(FACTS, experiences=frame("experiences", given))


def rows(sheet: Sheet) -> list[tuple[Any, ...]]:
    return [tuple(c.value if isinstance(c, Link) else c for c in r) for r in sheet.tables[0].rows]


def test_texts_stand_by_library_and_month_each_once() -> None:
    sheet = experiences(
        told(
            (OTHER, "2025-08", "乙"), (ONE, "2025-10", "甲"), (ONE, "2025-09", "甲"),
            (ONE, "2025-10", "丙"), (OTHER, "2025-07", "以前"), ("GONE", "2025-09", "外館"),
            (OTHER, "2025-09", "甲"), (OTHER, "2025-08", "乙"),
        )
    )  # fmt: skip
    assert rows(sheet) == [
        (ONE, FACTS.names[ONE], "114年09月", "甲", "R-2"),
        (ONE, FACTS.names[ONE], "114年10月", "丙", "R-3"),
        (OTHER, FACTS.names[OTHER], "114年08月", "乙", "R-7"),
        (OTHER, FACTS.names[OTHER], "114年09月", "甲", "R-6"),
    ]


def test_without_a_text_it_says_so() -> None:
    sheet = experiences(told())
    assert (sheet.title, rows(sheet)) == ("經驗分享", [])
    assert "還沒有公開的經驗分享" in sheet.tables[0].empty


def test_a_members_text_is_no_formula_and_no_link() -> None:
    texts = (
        '=HYPERLINK("http://x.example","看")',
        "http://x.example",
        "@SUM(A1)",
        "第一行\n第二行",
    )
    sheet = experiences(told(*((ONE, "2025-09", text) for text in texts)))
    there = Sheet("來源", (Table((Column("收據號碼"),), (("R-0",), ("R-1",)), key=0),))
    data = write_workbook([sheet, there], created=datetime(2025, 10, 31, tzinfo=UTC), title="t")
    page = load_workbook(io.BytesIO(data))["經驗分享"]
    cells = [page.cell(n, 4) for n in range(2, 6)]
    assert [cell.value for cell in cells] == list(texts)
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells] == [None] * 4
    links = [page.cell(n, 5).hyperlink for n in range(2, 6)]
    assert [link.location if link else None for link in links] == [
        "'來源'!A2", "'來源'!A3", None, None,
    ]  # fmt: skip
