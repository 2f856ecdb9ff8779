from __future__ import annotations

from ill_workflows.evaluation.model import Column, Link, Sheet, Table
from ill_workflows.evaluation.sheets.contents import contents

EMPTY = (Table((Column("a"),), ()),)


def test_each_sheet_that_says_what_it_is_about_has_a_line_and_a_link() -> None:
    table = contents(
        [
            Sheet("摘要", EMPTY, about="主要數字"),
            Sheet("草稿", EMPTY),
            Sheet("來源", EMPTY, about="出處"),
        ]
    )
    assert table.rows == ((Link("摘要", "摘要"), "主要數字"), (Link("來源", "來源"), "出處"))
    assert (table.title, [c.heading for c in table.columns]) == ("目錄", ["工作表", "說明"])


def test_its_words_can_be_in_another_language() -> None:
    table = contents([], title="Contents", headings=("Sheet", "What it says"))
    assert table.title == "Contents"
    assert [c.heading for c in table.columns] == ["Sheet", "What it says"]
