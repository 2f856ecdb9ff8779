"""An invented meeting: the report is tried with the very facts that it will get."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ill_workflows.evaluation.measures import ORDER, RATES, Measure, Value
from ill_workflows.evaluation.meeting.words import Meeting, Restatement
from ill_workflows.evaluation.period import year_before
from ill_workflows.rules.policy import Member


def invented(members: Sequence[Member]) -> Meeting:
    """An invented meeting, with each part of the report filled: what ``check`` writes."""
    months = ("2026-05", "2026-06", "2026-07", "2026-08")
    codes = [member.code for member in members]

    def found(scale: int, gap: str = "") -> dict[str, Measure]:
        made = {}
        for place, name in enumerate(ORDER):
            by_month: dict[str, Value] = {
                m: None if m == gap else (70.0 + n if name in RATES else scale * (n + place + 1))
                for n, m in enumerate(months)
            }
            by_library: dict[str, Value] = {c: scale * (n + 2) for n, c in enumerate(codes)}
            made[name] = Measure(78.5 if name in RATES else scale * 40, by_library, by_month)
        return made

    earlier = {}
    for name, one in found(7).items():
        by_month = dict(zip(year_before(months), one.by_month.values(), strict=True))
        earlier[name] = Measure(one.total, one.by_library, by_month)
    board = [
        (code, form, month, "missing" if (n, month) == (1, "2026-08") else "accepted")
        for n, code in enumerate(codes)
        for form in ("usage", "cards")
        for month in months
    ]
    changed = Restatement(
        "2026-05", codes[0], "loans_lent", 120, 118, "重複登錄兩筆，已更正", date(2026, 9, 3)
    )
    return Meeting(
        "示範館際合作聯盟", codes[0], tuple(members), months, found(9, gap="2026-06"), earlier,
        earlier, tuple(board), (changed,),
    )  # fmt: skip
