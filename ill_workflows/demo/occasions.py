"""What happens now and then: leavers, a recall, a card lost, a suspension, a claim.

Each is a workbook of its own on its day; how lenders answer about the leavers is decided when they
have been asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from ill_workflows.demo.days import remind_days
from ill_workflows.demo.events import Issue
from ill_workflows.demo.home import MARK
from ill_workflows.demo.readers import invented_name
from ill_workflows.demo.world import World
from ill_workflows.forms import FORMS
from ill_workflows.forms.choices import ANSWERS, NOTHING_OWED
from ill_workflows.forms.month import first_day, last_day, month_of
from ill_workflows.xlsx.template import write_template

FEWEST_MONTHS, FEWEST_LIBRARIES = 6, 4
"""A shorter or smaller demonstration has no occasions."""
_FORM: Final = {form.name: form for form in FORMS}
_NEVER: Final = 60
"""Leavers in the list who never had a card, as in a registrar's export."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A workbook that a library sends on a day."""

    day: date
    name: str
    data: bytes


def occasions(world: World, tokens: dict[str, str]) -> list[Occasion]:
    """Every workbook beside the monthly sheets; the same world gives the same bytes."""
    if len(world.months) < FEWEST_MONTHS or len(world.codes) < FEWEST_LIBRARIES:
        return []
    return [*_leavers(world, tokens), *_of_lenders(world, tokens), *_lost(world, tokens)]


def _send(  # noqa: PLR0913, PLR0917 - what a workbook is
    world: World, tokens: dict[str, str], code: str, form: str, day: date, rows: dict[str, Rows]
) -> Occasion:
    data = write_template(
        _FORM[form], members=world.members, library=world.members[code], month=month_of(day),
        rows=rows, token=tokens[code],
        cover={"filled_by": f"{invented_name(world.rng('librarian', code))}（{MARK}）"},
    )  # fmt: skip
    return Occasion(day, f"{form}-{code}-{day}.xlsx", data)


def _leavers(world: World, tokens: dict[str, str]) -> Iterator[Occasion]:
    """A graduation: readers whose cards are back, one who still has hers, and many others."""
    code = world.codes[1]
    day = next(d for d in remind_days(world) if d >= first_day(world.months[-4])) - timedelta(1)
    before = last_day(world.months[-6])
    had = [i for i in world.issues[code] if i.issued_on <= before]
    back = [i for i in had if i.returned_on is not None and i.returned_on <= before][-9:]
    rows = [_leaver(i, last_day(world.months[-4])) for i in back]
    rows += [
        {
            "patron": f"Z{world.seed:03d}{n:05d}", "name": f"虛構{n:03d}", "status": "學生",
            "kind": "畢業", "leaving_on": last_day(world.months[-4]),
        }
        for n in range(_NEVER)
    ]  # fmt: skip
    once = {row["patron"]: row for row in rows}
    yield _send(world, tokens, code, "departures", day, {"departures_leavers": list(once.values())})


def _leaver(issue: Issue, day: date) -> dict[str, Any]:
    reader = issue.reader
    return {
        "patron": reader.number, "name": reader.name, "status": reader.status, "kind": "畢業",
        "leaving_on": day,
    }  # fmt: skip


def _of_lenders(world: World, tokens: dict[str, str]) -> Iterator[Occasion]:
    """The host recalls a book and claims damage; another lender suspends a reader."""
    host, other = world.codes[0], world.codes[3]
    day = next(d for d in remind_days(world) if d >= first_day(world.months[-3]))
    out = [
        loan for loan in world.loans[host]
        if loan.lent_on < day - timedelta(days=2)
        and loan.returned_on is not None and loan.returned_on > day + timedelta(days=3)
    ]  # fmt: skip
    recall = [
        {
            "card": loan.card, "item": loan.book.item, "title": loan.book.title,
            "reason": "教師指定參考書", "needed_by": day + timedelta(days=3), "opened_on": day,
        }
        for loan in out[:1]
    ]  # fmt: skip
    done = [loan for loan in world.loans[host] if loan.returned_on and loan.returned_on < day][-1:]
    claim = [
        {
            "claim_no": "A-0001", "card": loan.card, "item": loan.book.item, "kind": "毀損賠償",
            "amount": 350, "opened_on": day, "action": "未結",
        }
        for loan in done
    ]  # fmt: skip
    yield _send(world, tokens, host, "cases", day, {"cases_recalls": recall, "cases_claims": claim})
    broke = [loan for loan in world.loans[other] if loan.lent_on < day][-1:]
    suspended = [
        {
            "card": loan.card, "violated_on": loan.lent_on, "reason": "攜出未借館藏",
            "suspended_from": day, "suspended_until": day + timedelta(days=30),
        }
        for loan in broke
    ]  # fmt: skip
    yield _send(world, tokens, other, "cases", day, {"cases_suspensions": suspended})


def _lost(world: World, tokens: dict[str, str]) -> Iterator[Occasion]:
    """A card is lost, and every library is told."""
    code = world.codes[2]
    day = next(d for d in remind_days(world) if d >= first_day(world.months[-2]))
    row = {"card": world.card(code, 0), "kind": "遺失", "opened_on": day}
    yield _send(world, tokens, code, "cases", day, {"cases_losses": [row]})


def answers(
    world: World, tokens: dict[str, str], lender: str, asked: Rows, day: date
) -> Occasion | None:
    """A lender's answer about the cards that it was asked about; the last library stays silent."""
    if lender == world.codes[-1]:
        return None
    owes = lender == world.codes[2]
    rows = [
        {
            **row,
            "answer": ANSWERS[2] if owes and n == 0 else NOTHING_OWED,
            **({"amount": 60} if owes and n == 0 else {}),
            "answered_on": day,
        }
        for n, row in enumerate(asked)
    ]
    return _send(world, tokens, lender, "clearance", day, {"clearance_answers": rows})
