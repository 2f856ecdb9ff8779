"""Why nobody hears of a loan today: the answer that the host is owed for every open loan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ill_workflows.lending.cases import Loan
from ill_workflows.lending.policies import Day


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence in both languages, and the day on which something follows, where one is known."""

    zh: str
    en: str
    follows: date | None = None


def why_not(loan: Loan, day: Day) -> Reason:
    """Why an open loan has no letter to its reader, or its lender, today."""
    if loan.asked:
        return _lender_is_asked(loan, day)
    late = loan.overdue(day.today)
    if late <= 0:
        return Reason(f"還有 {-late} 天到期。", f"due in {-late} days", loan.due_on)
    if loan.reader is None:
        return Reason(
            "登記簿上當天沒有人持這張證；已告知或將告知借方館。",
            "nobody held the card that day; the home library is told",
        )
    plan = day.policies["overdue"]
    if not plan.enabled:
        return Reason("催還信已停用。", "the policy overdue is switched off")
    written = day.history.get(("overdue", loan.key, ""), {})
    steps = list(plan.steps)
    waiting = next((n for n, step in enumerate(steps) if step.name not in written), None)
    if waiting is None:
        return Reason(
            "各次催還都寫過了，由借方館處理。", "every step is written; the home library follows up"
        )
    follows = loan.due_on + timedelta(days=steps[waiting].after)
    if waiting:
        gap = steps[waiting].after - steps[waiting - 1].after
        follows = max(follows, written[steps[waiting - 1].name] + timedelta(days=gap))
    return Reason(
        f"下一次（{steps[waiting].name}）最早 {follows}。",
        f"the next step ({steps[waiting].name}) is due from {follows}",
        follows,
    )


def _lender_is_asked(loan: Loan, day: Day) -> Reason:
    age = (day.today - loan.as_of).days
    if loan.asked == "missing":
        return Reason(
            "貸方館最近的報表漏列這一筆，先問貸方館，不寫給讀者。",
            "missing from the lender's newest sheet: the lender is asked, not the reader",
        )
    if loan.overdue(day.today) <= 0:
        return Reason(
            f"尚未到期；資料已是 {age} 天前的。",
            f"not due yet; the facts are {age} days old",
            loan.due_on,
        )
    return Reason(
        f"貸方館的資料已是 {age} 天前的，先問貸方館，不寫給讀者。",
        f"the lender's facts are {age} days old: the lender is asked, not the reader",
    )
