"""``findings.md``: every sentence that a sender may read, with its severity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from docs.generate.markdown import both, code, page, table
from ill_workflows.errors import REFUSALS
from ill_workflows.forms import FORMS
from ill_workflows.forms.compiled import ALWAYS_ERRORS
from ill_workflows.forms.texts import TEXTS

SEVERITIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "error": (
        "錯誤 Errors: the workbook is returned 退回",
        "不論哪一欄：整份退回，之前收下的版本繼續有效。",
        "Whatever the column: returned; the version accepted before stays in force.",
    ),
    "column": (
        "看欄位 By column",
        "在 [forms.md](forms.md) 標「!」的欄是錯誤，在其他欄是提醒；缺整欄時，標「*」的也是錯誤。",
        "An error in columns marked ! (a missing column: * too), else a warning.",
    ),
    "warning": (
        "提醒 Warnings: accepted 收下",
        "收下，值當作不明或照舊計入，寫在收據上。",
        "Accepted; the value is unknown, or counts all the same. Told in the receipt.",
    ),
    "corrected": (
        "更正 Corrected: accepted 收下",
        "只有一種讀法的，照那樣讀，並告訴填表人。",
        "Understood in exactly one way; the sender is told how.",
    ),
    "passed": (
        "沒有讀取 Not read",
        "表格旁的小計與說明，以及標準表單沒有的欄與工作表。",
        "Sums and notes beside the table, columns and sheets that the form does not have.",
    ),
}
"""Severity → heading, what it means in both languages; ``column``: an error in strict columns."""
FIXED: Final = {
    **dict.fromkeys(
        (
            "missing", "missing_when", "too_long", "date_far", "card_unreadable",
            "library_unknown", "library_own", "choice_unknown", "reason_duplicate",
            "reason_cancelled", "number_unreadable", "number_too_small", "year_unreadable",
            "column_missing",
        ),
        "column",
    ),
    **dict.fromkeys(
        (
            "sheet_missing", "library_unreadable", "library_contradiction", "month_unreadable",
            "month_contradiction", "month_future", "form_contradiction",
        ),
        "error",
    ),
    **dict.fromkeys(
        (
            "over_limit", "excluded_kind", "renewed", "card_void", "carried_row_missing",
            "carried_issue_missing", "kind_unknown", "filled_on_ignored", "column_twice",
            "sheet_twice", "version_other", "column_unnamed", "row_left_out",
            "issued_while_suspended",
        ),
        "warning",
    ),
    **dict.fromkeys(("read_as", "heading_read_as", "repeated_row"), "corrected"),
    **dict.fromkeys(("row_passed", "column_passed", "sheet_passed"), "passed"),
}  # fmt: skip
"""Codes whose severity no declaration tells; a test holds them to what the checks do."""


def severities() -> dict[str, str]:
    """Code → severity.

    Raises:
        KeyError: nothing here says how severe a finding is.
    """
    rules = {
        rule.code: str(rule.severity)
        for form in FORMS
        for sheet in form.sheets
        for rule in sheet.rules
    }
    told = {**dict.fromkeys(ALWAYS_ERRORS, "error"), **rules, **FIXED}
    return {one: told[one] for one in TEXTS}


def findings() -> str:
    """The page."""
    parts = [
        "# Findings 檢查結果",
        both(
            "大括號裡由程式填入：`{read}` 是讀到的內容，`{heading}` 是欄名。",
            "What stands in braces is filled in: `{read}` is what we read, `{heading}` the column.",
        ),
    ]
    told = severities()
    for severity, (heading, zh, en) in SEVERITIES.items():
        rows = [
            (code(one), f"{text.zh}{text.mend_zh}", f"{text.en} {text.mend_en}")
            for one, text in TEXTS.items()
            if told[one] == severity
        ]
        parts += [f"## {heading}", both(zh, en), table(("code", "中文", "English"), rows)]
    refused = ((code(kind), zh, en) for kind, (zh, en) in REFUSALS.items())
    parts += [
        "## 拒收 Refused: the file could not be opened 打不開",
        table(("kind", "中文", "English"), refused),
    ]
    return page(*parts)
