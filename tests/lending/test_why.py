"""Every open loan without a letter has a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill_workflows.lending.cases import Loan
from ill_workflows.lending.policies import NoticePolicy
from ill_workflows.lending.why import Reason, why_not
from tests.lending.invented import LOAN, TABLE, Story, after, stale

NOBODY = replace(LOAN, reader=None)
MISSING = replace(LOAN, asked="missing")


def why(loan: Loan, day: int, runs: tuple[int, ...] = (), *policies: NoticePolicy) -> Reason:
    story = Story(*policies)
    story.runs(runs, loan)
    return why_not(loan, story.day(after(day)))


@pytest.mark.parametrize(
    ("loan", "day", "runs", "word", "follows"),
    [
        (LOAN, -10, (), "10 天到期", -3),
        (LOAN, -2, (-3,), "2 天到期", 1),
        (LOAN, 0, (), "今天到期", 1),
        (LOAN, 1, (1,), "second", 7),
        (LOAN, 4, (3,), "second", 9),
        (LOAN, 13, (1, 7), "final", 14),
        (LOAN, 15, (1, 7, 14), "借方館處理", 21),
        (NOBODY, -1, (), "1 天到期", 1),
        (NOBODY, 5, (1,), "沒有人持這張證", 14),
        (stale(), -1, (), "到期後先問貸方館", 1),
        (stale(), 3, (1,), "先問貸方館", 8),
        (MISSING, -5, (-6,), "漏列", 1),
        (MISSING, 3, (-6, 1), "漏列", 8),
    ],
)
def test_the_reason_says_what_is_waited_for_and_until_when(
    loan: Loan, day: int, runs: tuple[int, ...], word: str, follows: int
) -> None:
    reason = why(loan, day, runs)
    assert word in reason.zh
    assert reason.en
    assert reason.follows == after(follows)


def test_a_policy_that_is_switched_off_is_the_reason() -> None:
    off = replace(TABLE["overdue"], enabled=False)
    reason = why(LOAN, 5, (), off)
    assert "停用" in reason.zh
    assert reason.follows is None
    assert why(NOBODY, 5, (), replace(TABLE["overdue_library"], enabled=False)).follows is None


@settings(deadline=None)
@given(
    st.sampled_from((LOAN, NOBODY, stale(), MISSING)),
    st.lists(st.integers(-10, 60), max_size=12).map(sorted),
    st.integers(-10, 60),
)
def test_what_is_promised_follows_on_that_day_and_not_before(
    loan: Loan, runs: list[int], today: int
) -> None:
    story = Story()
    story.runs([day for day in runs if day <= today], loan)
    story.run(after(today), [loan])
    reason = why_not(loan, story.day(after(today)))
    assert reason.zh
    assert reason.en
    if reason.follows is None:
        return
    while (day := after(today := today + 1)) < reason.follows:
        told = {(n.policy) for n in story.run(day, [loan])}
        assert told <= {"overdue_library", "overdue_lender"}
    assert story.run(reason.follows, [loan])
