"""Invented loans and contradictions, and days that pass over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ill_workflows.lending.cases import Discrepancy, Loan, Reader
from ill_workflows.lending.kinds import due_notices
from ill_workflows.lending.notices import Day, Notice
from ill_workflows.lending.policies import POLICIES, NoticePolicy

DUE = date(2025, 9, 22)
READER = Reader("HDU", "H1", "示範讀者", "h1@mail.hdu.example")
LOAN = Loan(
    "NSUT", "HDU", "HDU-07", "C450006", "食品化學", "312.8", date(2025, 9, 8), DUE,
    date(2025, 9, 20), "R1", READER,
)  # fmt: skip
CONTRADICTION = Discrepancy(
    "nobody", "HDU-41", date(2025, 9, 10), "NSUT", "HDU", (LOAN,), rests=False,
    answered_on=(date(2025, 10, 2), date(2025, 10, 2)),
)  # fmt: skip
TABLE = {policy.name: policy for policy in POLICIES}
Written = list[tuple[date, Notice]]


def after(days: int) -> date:
    """So many days after the due date."""
    return DUE + timedelta(days=days)


class Story:
    """A history of letters that grows as days pass."""

    def __init__(self, *policies: NoticePolicy) -> None:
        self.policies = {**TABLE, **{policy.name: policy for policy in policies}}
        self.history: dict[tuple[str, str, str], dict[str, date]] = {}
        self.written: Written = []

    def day(self, today: date) -> Day:
        """What a day knows."""
        return Day(today, self.history, self.policies)

    def run(
        self, today: date, loans: Iterable[Loan] = (), cases: Iterable[Discrepancy] = ()
    ) -> list[Notice]:
        """One run: what it writes is remembered."""
        found = due_notices([*loans, *cases], self.day(today))
        for notice in found:
            told = self.history.setdefault((notice.policy, notice.case, notice.episode), {})
            assert notice.step not in told, "the same notice twice"
            told[notice.step] = today
            self.written.append((today, notice))
        return found

    def runs(self, days: Sequence[int], *loans: Loan) -> list[tuple[int, str, str]]:
        """Runs so many days after the due date: (day, policy, step) of each notice."""
        return [
            (number, notice.policy, notice.step)
            for number in days
            for notice in self.run(after(number), loans)
        ]


def stale(loan: Loan = LOAN, sheet: str = "R1") -> Loan:
    """The same loan, known from a sheet that is too old."""
    return replace(loan, asked="stale", sheet=sheet)
