"""What all members are told of a card that is lost, void or found: its number, and no name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from ill_workflows.lending.losses import CardReport
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import boxes, name_of
from ill_workflows.rules.policy import Member

POLICY: Final = "card_void"


def told(one: Bundle, members: Mapping[str, Member], today: date) -> Letter:
    """To a member: the cards that are void from now on, and those that are good again."""
    member = members[one.to[1]]
    found = [notice.about for notice in one.notices if isinstance(notice.about, CardReport)]
    cards = [
        {
            "card": report.card,
            "kind": report.kind,
            "void": report.void,
            "lost": report.kind == "遺失",
            "home": name_of(members[report.home], member.language),
            "opened_on": report.opened_on,
        }
        for report in found
    ]
    facts = {"library": name_of(member, member.language), "today": today, "cards": cards}
    return Letter(
        POLICY, one.step, boxes(member), member.code, POLICY, facts, cases=one.cases,
        language=member.language, key=f"{today} {member.code}",
    )  # fmt: skip


def samples(libraries: Mapping[str, Member], today: date) -> Iterator[Letter]:
    """Invented letters about cards, in the shapes that they can have."""
    lost = CardReport("HDU", "HDU-07", "遺失", today, ())
    void = replace(lost, card="HDU-12", kind="註銷")
    good = replace(lost, card="HDU-41", kind="尋獲")
    for reports in ((lost,), (good,), (lost, void, good)):
        to = ("library", "NSUT")
        notices = tuple(Notice(POLICY, "0", one.key, "NSUT", "NSUT", to, one) for one in reports)
        yield told(Bundle(POLICY, "0", "NSUT", to, notices), libraries, today)
