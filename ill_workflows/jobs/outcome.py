"""What became of a file at the door, as data and in the host's words."""

from __future__ import annotations

from dataclasses import dataclass

from ill_workflows.errors import REFUSALS
from ill_workflows.intake.proof import REASONS

STATES = {
    "accepted": "收件 accepted", "returned": "退回 returned", "refused": "拒收 refused",
    "held": "保留 held", "known": "已收過 known", "unread": "無法讀取 unread",
    "passed": "略過 passed",
}  # fmt: skip
"""Outcome → what the host reads."""
WHY = {
    **REASONS,
    "form_later": (
        "這種表單的處理尚未開放，已保留原檔", "kept; this form is not processed yet",
    ),
    "by_host": ("承辦館決定不收", "the host decided not to take it"),
    "bounce": (
        "我們的信退回，該館與承辦館會收到通知", "a letter of ours came back; its library is told",
    ),
    "automatic": ("自動回覆、退信或通知信，不處理也不回信", "an automatic mail; never answered"),
    "no_workbook": ("信中沒有活頁簿", "no workbook came with this mail"),
    "too_large": ("信件過大", "the mail is too large"),
    "unreadable": ("信件無法解讀", "the mail cannot be taken apart"),
}  # fmt: skip
"""Why a file is held, refused or passed over → the sentence for the host."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: accepted, returned, refused, held, known, unread or passed.

    ``passed`` is a mail that brought no workbook.

    ``trouble`` is what the host should know besides: an answer that could not be written.
    """

    name: str
    state: str
    receipt: str = ""
    form: str = ""
    library: str = ""
    month: str | None = None
    interim: bool = False
    errors: int = 0
    warnings: int = 0
    corrected: int = 0
    why: str = ""
    trouble: str = ""

    @property
    def troubled(self) -> bool:
        """Whether the host should look: something was returned, refused, held or unreadable."""
        return self.state in {"returned", "refused", "held", "unread"} or bool(self.trouble)


def describe(outcome: Outcome) -> str:
    """One line for the host about one file."""
    whose = " ".join(part for part in (outcome.library, outcome.form, outcome.month or "") if part)
    whose += "（期中更新 interim）" if outcome.interim else ""
    counts = (
        (outcome.errors, "處需修改 to mend"), (outcome.warnings, "提醒 warnings"),
        (outcome.corrected, "更正 corrected"),
    )  # fmt: skip
    said = "，".join(f"{count} {words}" for count, words in counts if count)
    why = f"：{_why(outcome)}" if outcome.why else ""
    parts = (
        STATES[outcome.state] + why,
        outcome.name,
        whose,
        outcome.receipt,
        said,
        outcome.trouble,
    )
    return "  ".join(part for part in parts if part)


def _why(outcome: Outcome) -> str:
    zh, en = {**WHY, **REFUSALS}.get(outcome.why, (outcome.why, ""))
    return f"{zh} / {en}" if en else zh
