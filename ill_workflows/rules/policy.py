"""Whose rule holds: the alliance's defaults and what each library sets for itself (Article 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ill_workflows.rules.calendar import Calendar


@dataclass(frozen=True, slots=True)
class LendingRules:
    """What one lender allows readers of other libraries, and what it charges them.

    ``items`` books at a time for ``days`` days (Article 7.3); fines in whole NT$ a book and day
    (Article 7.6), capped in NT$ or in days; ``grace_days`` are either forgiven or charged back
    once they are over.
    """

    items: int = 5
    days: int = 14
    fine_per_day: int = 0
    fine_cap: int | None = None
    fine_cap_unit: Literal["ntd", "days"] = "ntd"
    grace_days: int = 0
    grace_mode: Literal["forgive", "back_charge"] = "forgive"
    fine_counts_closed_days: bool = True
    excluded_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One library of the alliance, as far as rules, checks and letters need to know it."""

    code: str
    name: str
    calendar: Calendar
    rules: LendingRules = field(default_factory=LendingRules)
    name_en: str = ""
    city: str = ""
    contacts: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    joined: date | None = None
    left: date | None = None
    cards: int = 50
    language: Literal["zh-TW", "en"] = "zh-TW"

    def belongs(self, first: date, last: date) -> bool:
        """Whether the library is a member on any day of the span."""
        return (self.joined is None or self.joined <= last) and (
            self.left is None or self.left >= first
        )
