"""Notices: steps that cases reach today, and the letters that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ill_workflows.lending.policies import NoticePolicy, Step


class Case(Protocol):
    """Something that somebody is waited on for (see :data:`ill_workflows.lending.kinds.KINDS`)."""

    @property
    def key(self) -> str:
        """What tells it from every other case, on the wire and in the history of letters."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One step reached by one case, on its way to one recipient."""

    policy: str
    step: str
    case: str
    episode: str
    library: str
    to: tuple[str, str]
    about: Case


@dataclass(frozen=True, slots=True)
class Bundle:
    """All notices of one recipient, policy and step of today: one letter.

    ``to`` is ("reader", "<home>/<number>") or ("library", code).
    """

    policy: str
    step: str
    library: str
    to: tuple[str, str]
    notices: tuple[Notice, ...]

    @property
    def cases(self) -> tuple[str, ...]:
        """The keys of the cases that reached the step, each once."""
        return tuple(dict.fromkeys(notice.case for notice in self.notices))


History = Mapping[tuple[str, str, str], Mapping[str, date]]
"""(policy, case key, episode) → step → the day on which it was written."""


@dataclass(frozen=True)
class Day:
    """What is needed to decide what is written today."""

    today: date
    history: History
    policies: Mapping[str, NoticePolicy] = field(default_factory=dict)

    def due(self, policy: str, case: str, anchor: date, episode: str = "") -> Step | None:
        """The step of a policy that a case reaches today."""
        plan = self.policies[policy]
        if not plan.enabled:
            return None
        return plan.next_step(anchor, self.history.get((policy, case, episode), {}), self.today)


def bundle(notices: Iterable[Notice]) -> list[Bundle]:
    """One letter a recipient, policy and step, in the order in which they were found."""
    groups: dict[tuple[Any, ...], list[Notice]] = {}
    for notice in notices:
        groups.setdefault((notice.policy, notice.step, notice.to), []).append(notice)
    order: Callable[[Notice], str] = lambda notice: notice.case  # noqa: E731
    return [
        Bundle(policy, step, group[0].library, to, tuple(sorted(group, key=order)))
        for (policy, step, to), group in groups.items()
    ]
