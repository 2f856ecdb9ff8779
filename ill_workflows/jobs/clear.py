"""Departure clearance: the leavers, whom they concern, and how far each is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.forms.choices import ANSWERS, NOTHING_OWED, OWES_MONEY
from ill_workflows.forms.month import last_day, months_between
from ill_workflows.jobs.post import Clock
from ill_workflows.ledger.merge import due_dates, latest, newest_sheets
from ill_workflows.lending.cases import Reader, counted
from ill_workflows.lending.clearance import (
    Answer,
    Clearance,
    Concern,
    Held,
    Leaving,
    Lent,
    Owed,
)
from ill_workflows.lending.clearing import Facts, clearances
from ill_workflows.rules.fines import fine
from ill_workflows.store import leavers, standing
from ill_workflows.store.db import writing

_BOOKS: Final = (ANSWERS[1], ANSWERS[3])
"""Answers that say that a book is out."""


def all_clearances(app: App, connection: Connection, today: date) -> list[Clearance]:
    """The clearances of every leaver who ever had a card."""
    rows = _newest(leavers.listed(connection))
    if not rows:
        return []
    key = leavers.secret_known(connection)
    patrons = {(row.home, row.patron) for row in rows}
    issues = latest(standing.sheet_rows(connection, "cards_issues"), ("card", "issued_on"))
    mine = [pair in patrons for pair in zip(issues["library"], issues["patron"], strict=True)]
    issues = issues[mine].reset_index(drop=True)
    held, readers = _held(issues, app.members)
    lent = _lent(app, connection, set(issues["card"]), today)
    usage = newest_sheets(standing.versions(connection), "usage")
    lenders = [code for code, member in app.members.items() if member.belongs(today, today)]
    facts = Facts(held, lent, _answers(leavers.answered(connection)), _covering(usage), lenders)

    def numbered(home: str, patron: str, day: date) -> str:
        return leavers.number_of(key, home, patron, day)

    return clearances(rows, facts, readers, numbered, today)


def _newest(rows: Iterable[dict[str, Any]]) -> list[Leaving]:
    """Each row as it was sent last; listed on the day on which it was first."""
    known: dict[tuple[str, str, str, date], Leaving] = {}
    for row in rows:
        leaving = Leaving(
            row["library"], row["patron"], row["kind"], row["leaving_on"], row["withdrawn_on"],
            row["listed_on"], row["name"] or "", row["email"] or "",
        )  # fmt: skip
        key = (leaving.home, leaving.patron, leaving.kind, leaving.leaving_on)
        if key in known:
            leaving = replace(leaving, listed_on=known[key].listed_on)
        known[key] = leaving
    return list(known.values())


def _held(
    issues: pd.DataFrame, members: Collection[str]
) -> tuple[dict[tuple[str, str], list[Held]], dict[tuple[str, str], Reader]]:
    held: dict[tuple[str, str], list[Held]] = {}
    readers: dict[tuple[str, str], Reader] = {}
    for row in issues.sort_values(["issued_on", "card"], kind="stable").to_dict("records"):
        pair = (row["library"], row["patron"])
        until = _day(row["returned_on"])
        back = until is not None and _text(row["checked_by"]) != ""
        wanted = _text(row["destination"])  # 未定 is no library
        destination = wanted if wanted in members else ""
        one = Held(row["card"], row["issued_on"], until, back, destination)
        held.setdefault(pair, []).append(one)
        readers[pair] = Reader(*pair, _text(row["name"]), _text(row["email"]))
    return held, readers


def _lent(app: App, connection: Connection, cards: set[str], today: date) -> dict[str, list[Lent]]:
    """The books lent on the leavers' cards, each fact once, with what they cost."""
    rows = counted(standing.sheet_rows(connection, "usage_loans", cards=cards), app.members)
    if rows.empty:
        return {}
    lent: dict[str, list[Lent]] = {}
    for due, row in zip(due_dates(rows, app.members), rows.to_dict("records"), strict=True):
        back = _day(row["returned_on"])
        member = app.members[row["library"]]
        cost = _number(row["fine"])
        if cost is None:
            late = back or today
            cost = fine(due, late, member.rules, member.calendar) if late > due else 0
        lent.setdefault(row["card"], []).append(
            Lent(
                row["library"], row["card"], row["item"], _text(row["title"]), row["lent_on"],
                back, cost, _number(row["fine_paid"]) or 0, row["as_of"],
            )
        )  # fmt: skip
    return lent


def _covering(usage: pd.DataFrame) -> Callable[[str, date, date], bool]:
    """Whether a lender's accepted sheets cover all the days of a span."""
    full = usage["full_months"].to_dict()
    as_of, newest = usage["as_of"].to_dict(), usage["month"].to_dict()

    def covered(lender: str, since: date, until: date) -> bool:
        if lender not in full:
            return False
        return all(
            month in full[lender]
            or (month == newest[lender] and as_of[lender] >= min(until, last_day(month)))
            for month in months_between(f"{since:%Y-%m}", f"{until:%Y-%m}")
        )

    return covered


def _answers(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Answer]:
    """The newest answer of each lender about each number."""
    said: dict[tuple[str, str], dict[int, list[dict[str, Any]]]] = {}
    for row in rows:
        batches = said.setdefault((row["case_no"], row["lender"]), {})
        batches.setdefault(row["batch"], []).append(row)
    found = {}
    for (number, lender), batches in said.items():
        clear_since: date | None = None
        for batch in batches.values():
            day = max(row["answered_on"] for row in batch)
            owed = tuple(_owed(row) for row in batch if _holds(row))
            clear_since = None if owed else clear_since or day
            found[number, lender] = Answer(number, lender, day, owed, clear_since)
    return found


def _holds(row: dict[str, Any]) -> bool:
    """Whether something is owed; nothing is taken for settled beside which a book or sum stands."""
    return row["answer"] != NOTHING_OWED or bool(row["item"]) or bool(row["amount"])


def _owed(row: dict[str, Any]) -> Owed:
    said = row["answer"]
    book = said in _BOOKS or said == NOTHING_OWED
    return Owed(
        (row["item"] or "") if book else "", (row["title"] or "") if book else "",
        (row["amount"] or 0) if said in OWES_MONEY or said == NOTHING_OWED else 0,
    )  # fmt: skip


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else value


def _number(value: Any) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def told(app: App, clock: Clock) -> list[dict[str, Any]]:
    """The leavers and their state, as ``clearance --json`` has them; no names."""
    with app.engine.connect() as connection:
        found = all_clearances(app, connection, clock.today)
    return [_as_json(one) for one in found]


def without_card(app: App) -> dict[tuple[str, str], int]:
    """(library, month of leaving) → how many leavers are not known to have had a card."""
    with app.engine.connect() as connection:
        return leavers.without_card(connection)


def _as_json(one: Clearance) -> dict[str, Any]:
    return {
        "id": one.number, "library": one.home, "patron": one.reader.number,
        "kinds": list(one.kinds), "leaving_on": one.leaving_on.isoformat(), "state": one.state,
        "cards": [held.card for held in one.held],
        "cards_out": [held.card for held in one.cards_out],
        "lenders": [_lender(concern) for concern in one.concerns],
    }  # fmt: skip


def _lender(concern: Concern) -> dict[str, Any]:
    day = concern.answered_on
    return {
        "library": concern.lender, "state": concern.state,
        "answered_on": day.isoformat() if day else None,
        "owed": [{"item": o.item, "title": o.title, "amount": o.amount} for o in concern.owed],
    }  # fmt: skip


def named(app: App, number: str, today: date) -> Clearance:
    """The clearance of a number, or of a case key.

    Raises:
        UsageProblem: there is none.
    """
    wanted = number.strip().upper()
    with app.engine.connect() as connection:
        for one in all_clearances(app, connection, today):
            keys = {one.number, one.key.upper(), *(c.key.upper() for c in one.concerns)}
            if wanted in keys:
                return one
    raise UsageProblem(
        f"沒有清查編號 {number}；以 clearance 列出。",
        f"There is no {number}; clearance lists them.",
    )


def answer(app: App, number: str, lender: str, said: dict[str, Any], clock: Clock) -> Clearance:
    """Write down what a lender has answered by other ways; answers how the leaver stands now.

    Raises:
        UsageProblem: no such leaver, or the lender has nothing to say about it.
    """
    one = named(app, number, clock.today)
    concern = next((c for c in one.concerns if c.lender == lender), None)
    if concern is None:
        asked = "、".join(c.lender for c in one.concerns) or "—"
        raise UsageProblem(
            f"{one.number} 不需要 {lender} 回覆；要問的是：{asked}。",
            f"{lender} is not asked about {one.number}; asked are: {asked}.",
        )
    with writing(app.engine) as connection:
        refs = [held.ref for held in concern.held]
        leavers.answer(connection, refs, lender, said, clock.now)
    return named(app, one.number, clock.today)


def gathered(app: App, connection: Connection, today: date) -> Iterator[Clearance | Concern]:
    """Each clearance, and each lender's part in it."""
    for one in all_clearances(app, connection, today):
        yield one
        yield from one.concerns
