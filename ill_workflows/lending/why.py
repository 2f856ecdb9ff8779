"""Why nobody hears of a loan today: the answer that the host is owed for every open loan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ill_workflows.lending.cases import Loan
from ill_workflows.lending.notices import Day
from ill_workflows.lending.policies import NoticePolicy
from ill_workflows.lending.reminding import library_plan


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence in both languages, and the day on which something follows, where one is known."""

    zh: str
    en: str
    follows: date | None = None


def why_not(loan: Loan, day: Day) -> Reason:
    """Why an open loan has no letter to its reader, or its lender, today."""
    late = loan.overdue(day.today)
    if loan.recalled is not None:
        return Reason(
            f"緊急調回中，應於 {loan.recalled} 前歸還，每天由調回通知催還。",
            f"recalled, wanted back by {loan.recalled}: the recall's own letters ask for it daily",
        )
    if loan.asked == "missing":
        return Reason(
            "貸方館最近的報表漏列這一筆，先問貸方館，不寫給讀者。",
            "missing from the lender's newest sheet: the lender is asked, not the reader",
            _asked_again(loan, day),
        )
    if loan.asked and late > 0:
        age = (day.today - loan.as_of).days
        return Reason(
            f"貸方館的資料已是 {age} 天前的，先問貸方館，不寫給讀者。",
            f"the lender's facts are {age} days old: the lender is asked, not the reader",
            _asked_again(loan, day),
        )
    if late <= 0:
        return _not_yet(loan, day, -late)
    if loan.reader is None:
        return Reason(
            "登記簿上當天沒有人持這張證；已告知或將告知借方館。",
            "nobody held the card that day; the home library is told",
            _library_hears(loan, day),
        )
    return _between_steps(loan, day)


def _asked_again(loan: Loan, day: Day) -> date | None:
    written = day.history.get(("still_out", loan.key, loan.sheet), {})
    anchor = min(written.values(), default=day.today)
    return _next(day, day.policies["still_out"], anchor, written)


def _next(day: Day, plan: NoticePolicy, anchor: date, written: Mapping[str, date]) -> date | None:
    """The next day on which a policy writes, never one that is gone."""
    upcoming = plan.upcoming(anchor, written) if plan.enabled else None
    return None if upcoming is None else max(upcoming[1], day.today + timedelta(days=1))


def _not_yet(loan: Loan, day: Day, left: int) -> Reason:
    zh = f"還有 {left} 天到期。" if left else "今天到期。"
    en = f"due in {left} days" if left else "due today"
    if loan.asked:
        age = (day.today - loan.as_of).days
        after = loan.due_on + timedelta(days=1)
        return Reason(
            f"{zh}資料已是 {age} 天前的，到期後先問貸方館。",
            f"{en}; the facts are {age} days old, so the lender will be asked first", after,
        )  # fmt: skip
    if loan.reader is None:
        return Reason(zh, en, _library_hears(loan, day))
    told = day.history.get(("due_soon", loan.key, ""), {})
    soon = _next(day, day.policies["due_soon"], loan.due_on, told)
    first = _next(day, day.policies["overdue"], loan.due_on, {})
    return Reason(zh, en, soon if soon is not None and soon < loan.due_on else first)


def _library_hears(loan: Loan, day: Day) -> date | None:
    written = day.history.get(("overdue_library", loan.key, ""), {})
    return _next(day, library_plan(loan, day, written), loan.due_on, written)


def _between_steps(loan: Loan, day: Day) -> Reason:
    plan = day.policies["overdue"]
    if not plan.enabled:
        return Reason("催還信已停用。", "the policy overdue is switched off")
    upcoming = plan.upcoming(loan.due_on, day.history.get(("overdue", loan.key, ""), {}))
    if upcoming is None:
        return Reason(
            "各次催還都寫過了，由借方館處理。",
            "every step is written; the home library follows up",
            _library_hears(loan, day),
        )
    step, follows = upcoming
    return Reason(
        f"下一次（{step.name}）最早 {follows}。",
        f"the next step ({step.name}) is due from {follows}",
        follows,
    )
