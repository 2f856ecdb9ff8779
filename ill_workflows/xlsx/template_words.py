"""What a template says to a librarian: of each column, from the same table as the findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ill_workflows.forms.fields import Card, Choice, Day, Library, Whole, Year
from ill_workflows.forms.form import Column, Form
from ill_workflows.forms.month import first_day, last_day, minguo
from ill_workflows.forms.text import full_width, is_blank, trimmed
from ill_workflows.forms.texts import TEXTS
from ill_workflows.rules.policy import Member

COVER_ENGLISH: Final = {
    "form": "Form and version",
    "code": "Library code",
    "name": "Library name",
    "month": "Month reported",
    "kind": "Monthly report, or an interim update",
    "filled_by": "Filled in by",
    "phone": "Telephone",
    "email": "E-mail address",
    "filled_on": "Day of filling in",
    "notes": "What went well, what should change (Article 3.2.8)",
    "selfcheck": "Self-check: may it be sent?",
}
COVER_REQUIRED: Final = frozenset({"code", "month", "filled_by"})
_INSTRUCTION: Final[dict[type, str]] = {
    Card: "card_unreadable",
    Choice: "choice_unknown",
    Day: "date_unreadable",
    Library: "library_unknown",
    Whole: "number_unreadable",
    Year: "year_unreadable",
}
"""A field's finding whose remedy tells how to write it."""
_ALL: Final = 16
"""Choices up to which a list is told whole."""
_LISTED: Final = 4
"""Examples that the guidance shows of a column."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one workbook is made for; ``library`` and ``month`` are empty for a blank one."""

    form: Form
    members: Mapping[str, Member]
    library: Member | None
    month: str | None

    @property
    def whose(self) -> str:
        """Library and month, as pages and the title tell them."""
        name = self.library.name if self.library else ""
        return "　".join(part for part in (name, minguo(self.month) if self.month else "") if part)

    @property
    def own(self) -> str:
        """The code of the library, where it is known."""
        return self.library.code if self.library else ""

    @property
    def others(self) -> list[Member]:
        """The other members of the month, by code: whose names a list offers."""
        others = [member for member in self.members.values() if member.code != self.own]
        if self.month:
            span = first_day(self.month), last_day(self.month)
            others = [member for member in others if member.belongs(*span)]
        return sorted(others, key=lambda member: member.code)

    def card(self, field: Card) -> str:
        """A card number that would be right in this workbook."""
        code = self.own if field.own else next((m.code for m in self.others), "")
        return f"{code or '館代碼'}-07"


def requirement(column: Column) -> tuple[str, str]:
    """Whether a column must be filled in, in Chinese and English."""
    if column.locked:
        return "已列好", "filled in already"
    if column.required == "when":
        return f"{column.because}時必填", "when it applies"
    return ("必填", "required") if column.required else ("選填", "")


def how(plan: Plan, column: Column) -> tuple[str, str]:
    """How a column is written, in Chinese and English."""
    code = _INSTRUCTION.get(type(column.field))
    if code is None:
        return column.guide, column.guide_en
    facts = _facts(plan, column)
    zh = TEXTS[code].mend_zh.format_map(facts) + column.guide
    en = TEXTS[code].mend_en.format_map(facts)
    return zh, " ".join(part for part in (en, column.guide_en) if part)


def message(plan: Plan, column: Column) -> str:
    """What a cell of a column says when it is chosen."""
    needed, _ = requirement(column)
    told = how(plan, column)[0] or f"例如 {examples(plan, column)}。"
    return f"{needed}。{told}"


def examples(plan: Plan, column: Column) -> str:
    """What may be typed, as the definitions have it; cards and libraries are of this alliance."""
    field = column.field
    shown = [_shown(value) for value in column.examples]
    shown = [text for text in shown if not (is_blank(text) or full_width(text) or text[0] == "=")]
    if isinstance(field, Choice):
        shown = [text for text in shown if text in field.choices]
    if isinstance(field, Card):
        card = plan.card(field)
        shown = [card, card.lower().replace("-", ""), card.replace("-", " ")]
    if isinstance(field, Library) and plan.others:
        other = plan.others[0]
        shown = [other.code, other.name, *other.aliases[:1], *field.also]
    return "、".join(list(dict.fromkeys(shown))[:_LISTED])


def _shown(value: Any) -> str:
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else trimmed(str(value))


def _facts(plan: Plan, column: Column) -> dict[str, Any]:
    field = column.field
    if isinstance(field, Choice):
        shown = field.choices if len(field.choices) <= _ALL else (*field.choices[:8], "…")
        return {"choices": "、".join(shown)}
    if isinstance(field, Card):
        return {"example": plan.card(field)}
    if isinstance(field, Library):
        return {"example": plan.others[0].code if plan.others else column.examples[0]}
    return {"example": field.example} if isinstance(field, Whole) else {}
