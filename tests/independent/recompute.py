"""Every figure once more, straight from the filled workbooks and from the definitions.

Plain Python: nothing of the product, no pandas.  An event counts once, in the month in which it
happens, and only where the library that tells of it reported that month; what nobody reported
is None.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

from tests.independent.reading import Alliance, Row, Sent, read_folder

KEYS = {
    "借出紀錄": ("借書證號", "登錄號", "借出日"),
    "申請紀錄": ("申請編號",),
    "換證紀錄": ("借書證號", "換證日"),
    "緊急調回": ("借書證號", "登錄號", "申請日"),
    "停權": ("借書證號", "違規日"),
    "罰款賠償": ("通知編號",),
}
DAY = timedelta(days=1)
Figure = int | float | None


class Letter(NamedTuple):
    """A book that a letter was written about: to its reader (``overdue``), or to the library."""

    policy: str
    step: str
    day: date
    lender: str
    card: str
    item: str
    due: date


class Event(NamedTuple):
    """What counts for a library on a day; ``thing`` is a card where distinct ones are asked."""

    library: str
    day: date
    weight: int = 1
    thing: str = ""


def first_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def last_of(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def rounded(value: Decimal, places: str) -> float:
    return float(value.quantize(Decimal(places), ROUND_HALF_UP))


def percentage(part: Figure, whole: Figure) -> Figure:
    """Half up to one decimal; nothing without a denominator."""
    if part is None or not whole:
        return None
    return rounded(Decimal(100) * Decimal(part) / Decimal(whole), "0.1")


@dataclass(frozen=True)
class Told:
    """All that the accepted workbooks say, each fact once."""

    alliance: Alliance
    sent: tuple[Sent, ...]
    loans: tuple[Row, ...]
    requests: tuple[Row, ...]
    issues: tuple[Row, ...]
    recalls: tuple[Row, ...]
    suspensions: tuple[Row, ...]
    stock: dict[str, list[Row]]
    reports: frozenset[tuple[str, str, str]]
    letters: tuple[Letter, ...] = ()

    def reported(self, library: str, form: str, month: str) -> bool:
        return (library, form, month) in self.reports

    def knows(self, library: str, form: str, day: date | None) -> bool:
        """Whether the library reported the month in which something happened."""
        return day is not None and self.reported(library, form, month_of(day))

    def codes(self, months: Sequence[str]) -> list[str]:
        """The members of a span."""
        first, last = first_of(months[0]), last_of(months[-1])
        return [c for c, m in self.alliance.members.items() if m.belongs(first, last)]

    def months_of(self, library: str, form: str, months: Sequence[str]) -> list[str]:
        return [month for month in months if self.reported(library, form, month)]


def tell(config: Path, manifest: Path) -> Told:
    """Read an alliance's configuration and the workbooks of a manifest, oldest first."""
    return told(Alliance(config), read_folder(manifest))


def told(alliance: Alliance, sent: Sequence[Sent]) -> Told:
    """Which row counts: the latest month's; within a month the version accepted last."""
    standing: dict[tuple[str, str, str, int], Sent] = {}
    for number, one in enumerate(sent):
        standing[one.library, one.form, one.month, number * (one.form == "cases")] = one
    rows: dict[str, dict[tuple[Any, ...], Row]] = {title: {} for title in KEYS}
    stock: dict[str, list[Row]] = {}
    for one in sorted(standing.values(), key=lambda s: s.month):
        for title, lines in one.rows.items():
            if title == "借書證庫存":
                stock[one.library] = lines
                continue
            for line in lines:
                key = (one.library, *(line[name] for name in KEYS[title]))
                rows[title][key] = {**line, "館": one.library}
    issues = list(rows["換證紀錄"].values())
    loans = [_loan(alliance, row, issues) for row in rows["借出紀錄"].values()]
    return Told(
        alliance,
        tuple(sent),
        tuple(loans),
        tuple(rows["申請紀錄"].values()),
        tuple(issues),
        tuple(rows["緊急調回"].values()),
        tuple(rows["停權"].values()),
        stock,
        frozenset((one.library, one.form, one.month) for one in sent if not one.interim),
    )


def home_of(card: str) -> str:
    return card.rpartition("-")[0]


def _loan(alliance: Alliance, row: Row, issues: Iterable[Row]) -> Row:
    lender = row["館"]
    due = row.get("應還日") or alliance.next_open(
        lender, row["借出日"] + timedelta(days=alliance.members[lender].days)
    )
    return {**row, "應還日": due, "借方": home_of(row["借書證號"]), "持證": holder(row, issues)}


def holder(loan: Row, issues: Iterable[Row]) -> Row | None:
    """Who held the card that day; on a day of turnover the issue on its way to the lender."""
    day = loan["借出日"]
    fitting = [
        one
        for one in issues
        if one["借書證號"] == loan["借書證號"]
        and one["換證日"] <= day
        and (one["還證日"] is None or day <= one["還證日"])
    ]
    fitting.sort(key=lambda one: (one["前往館"] == loan["館"], one["換證日"]))
    return fitting[-1] if fitting else None


def loans_lent(world: Told) -> list[Row]:
    """The loans of months that their lender reported."""
    return [row for row in world.loans if world.knows(row["館"], "usage", row["借出日"])]


def answered(world: Told, *outcomes: str) -> list[Row]:
    """Requests answered so in a month that the lender reported; a loan given is no request."""
    return [
        row
        for row in world.requests
        if row["結果"] in outcomes
        and (row["結果"] != "提供" or row["服務"] == "複印")
        and world.knows(row["館"], "usage", row["回覆日"])
    ]


def issued(world: Told) -> list[Row]:
    return [row for row in world.issues if world.knows(row["館"], "cards", row["換證日"])]


def fallen_overdue(world: Told) -> list[Row]:
    return [
        row
        for row in world.loans
        if (row["歸還日"] is None or row["歸還日"] > row["應還日"])
        and world.knows(row["館"], "usage", row["應還日"] + DAY)
    ]


def _answers(world: Told, *outcomes: str) -> list[Event]:
    return [Event(row["館"], row["回覆日"]) for row in answered(world, *outcomes)]


def _lent(world: Told) -> list[Event]:
    return [Event(row["館"], row["借出日"]) for row in loans_lent(world)]


COUNTED: dict[str, tuple[str, Callable[[Told], list[Event]]]] = {
    "cards_issued": ("cards", lambda w: [Event(r["館"], r["換證日"]) for r in issued(w)]),
    "cards_used": (
        "cards", lambda w: [Event(r["館"], r["換證日"], 1, r["借書證號"]) for r in issued(w)]
    ),
    "loans_lent": ("usage", _lent),
    "loans_borrowed": ("", lambda w: [Event(r["借方"], r["借出日"]) for r in loans_lent(w)]),
    "requests_received": (
        "usage", lambda w: _lent(w) + _answers(w, "提供", "拒絕", "取消", "重複")
    ),
    "requests_filled": ("usage", lambda w: _lent(w) + _answers(w, "提供")),
    "requests_refused": ("usage", lambda w: _answers(w, "拒絕")),
    "copies_supplied": ("usage", lambda w: _answers(w, "提供")),
    "copy_pages": (
        "usage",
        lambda w: [Event(r["館"], r["回覆日"], r["頁數"] or 0) for r in answered(w, "提供")],
    ),
    "overdue_loans": (
        "usage", lambda w: [Event(r["館"], r["應還日"] + DAY) for r in fallen_overdue(w)]
    ),
    "recalls": ("", lambda w: [Event(r["館"], r["申請日"]) for r in w.recalls]),
}  # fmt: skip
"""Measure → the form that its library must have reported (none: known from others), its events."""
RATES = {"fill_rate": "requests_filled", "refusal_rate": "requests_refused"}


def add_up(events: Iterable[Event]) -> int:
    """Their sum; distinct cards are counted once a library."""
    listed = list(events)
    things = {(one.library, one.thing) for one in listed if one.thing}
    return len(things) + sum(one.weight for one in listed if not one.thing)


def measure(world: Told, name: str, months: Sequence[str]) -> dict[str, Any]:
    """One measure of a span as ``figures --json`` tells it."""
    form, events_of = COUNTED[name]
    codes = world.codes(months)
    events = [e for e in events_of(world) if month_of(e.day) in months and e.library in codes]
    by_library: dict[str, Figure] = {
        code: add_up(e for e in events if e.library == code)
        if not form or world.months_of(code, form, months)
        else None
        for code in codes
    }
    by_month: dict[str, Figure] = {
        month: add_up(e for e in events if month_of(e.day) == month)
        if not form or any(world.reported(code, form, month) for code in codes)
        else None
        for month in months
    }
    known = [value for value in by_library.values() if value is not None]
    return {
        "total": sum(known) if known else None,
        "by_library": by_library,
        "by_month": by_month,
    }


def _rate(part: dict[str, Any], filled: dict[str, Any], refused: dict[str, Any]) -> dict[str, Any]:
    def of(one: Figure, given: Figure, not_given: Figure) -> Figure:
        return None if given is None else percentage(one, given + (not_given or 0))

    by = ("by_library", "by_month")
    return {
        "total": of(part["total"], filled["total"], refused["total"]),
        **{b: {k: of(part[b][k], filled[b][k], refused[b][k]) for k in part[b]} for b in by},
    }


def measures(world: Told, months: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Every measure of a span, by name."""
    found = {name: measure(world, name, months) for name in COUNTED}
    for name, part in RATES.items():
        found[name] = _rate(found[part], found["requests_filled"], found["requests_refused"])
    return found


def figures(world: Told, months: Sequence[str]) -> dict[str, Any]:
    """The document of ``figures --json``."""
    codes = world.codes(months)
    return {
        "period": {"from": months[0], "to": months[-1]},
        "libraries": codes,
        "measures": measures(world, months),
        "reporting": {
            code: {form: world.months_of(code, form, months) for form in ("usage", "cards")}
            for code in codes
        },
    }
