"""Leavers as their home libraries list them, and what lenders answer about them.

Of leavers who never had a card nothing is kept but a keyed hash of their number, and that only
until the register of their last day is in; then a count.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from ill_workflows.store import submissions as store
from ill_workflows.store.tables import SHEETS, answers, leaver_counts, leaver_marks, submissions

TABLE: Final = "departures_leavers"
_KEY: Final = "*"
"""Under this name the secret of marks and numbers lies among the libraries' tokens."""
_COUNT: Final = (submissions.c.state == "accepted", submissions.c.superseded_by.is_(None))


def secret(connection: Connection) -> bytes:
    """What marks and numbers are made with; made the first time, in a transaction that writes."""
    return store.token_of(connection, _KEY).encode()


def secret_known(connection: Connection) -> bytes:
    """The same; empty where there was no leaver yet."""
    return store.token_known(connection, _KEY).encode()


def number_of(key: bytes, home: str, patron: str, day: date) -> str:
    """The number of a leaving, ``Q7K2-M9PA``: it tells nobody who it is."""
    code = base64.b32encode(_keyed(key, "number", home, patron, day.isoformat())[:5]).decode()
    return f"{code[:4]}-{code[4:]}"


def mark_of(key: bytes, home: str, patron: str) -> str:
    """A reader's number as nobody can read it back."""
    return _keyed(key, "mark", home, _plain(patron)).hex()[:32]


def _keyed(key: bytes, *words: str) -> bytes:
    return hmac.new(key, "\x1f".join(words).encode(), sha256).digest()


def _plain(patron: str) -> str:
    return unicodedata.normalize("NFKC", patron).strip().casefold()


def readers_known(connection: Connection, library: str) -> set[str]:
    """The numbers of a library's readers who ever had a card."""
    issues = SHEETS["cards_issues"]
    query = (
        select(issues.c.patron)
        .distinct()
        .join(submissions, submissions.c.id == issues.c.submission)
        .where(*_COUNT, submissions.c.library == library, issues.c.patron.is_not(None))
    )
    return {_plain(patron) for patron in connection.execute(query).scalars()}


def had_a_card(patron: str, known: set[str]) -> bool:
    """Whether a reader of that number is among those known."""
    return _plain(patron) in known


def mark(connection: Connection, library: str, number: int, rows: Iterable[dict[str, Any]]) -> None:
    """Keep the marks of leavers of whom no card is known; what is sent again brings them up."""
    key = secret(connection)
    there = select(leaver_marks.c.mark, leaver_marks.c.kind, leaver_marks.c.leaving_on).where(
        leaver_marks.c.library == library
    )
    known = {tuple(row) for row in connection.execute(there)}
    fresh: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        mine = (mark_of(key, library, row["patron"]), row["kind"], row["leaving_on"])
        told = {
            "withdrawn_on": row["withdrawn_on"], "submission": number, "row": row["row"],
        }  # fmt: skip
        if mine in known:
            same = (leaver_marks.c.mark, leaver_marks.c.kind, leaver_marks.c.leaving_on)
            here = [column == value for column, value in zip(same, mine, strict=True)]
            connection.execute(
                update(leaver_marks).where(leaver_marks.c.library == library, *here).values(**told)
            )
        else:
            names = {"library": library, "mark": mine[0], "kind": mine[1], "leaving_on": mine[2]}
            fresh[mine] = {**names, **told}
    if fresh:
        connection.execute(insert(leaver_marks), list(fresh.values()))


def recognise(connection: Connection, library: str) -> int:
    """Readers whose card a register tells of now become leavers like the others; how many."""
    key = secret_known(connection)
    query = select(leaver_marks).where(leaver_marks.c.library == library)
    waiting = [dict(row) for row in connection.execute(query).mappings()] if key else []
    if not waiting:
        return 0
    issues = SHEETS["cards_issues"]
    patrons = connection.execute(
        select(issues.c.patron)
        .distinct()
        .join(submissions, submissions.c.id == issues.c.submission)
        .where(*_COUNT, submissions.c.library == library, issues.c.patron.is_not(None))
    ).scalars()
    by_mark = {mark_of(key, library, patron): patron for patron in patrons}
    found = [row for row in waiting if row["mark"] in by_mark]
    for row in found:
        connection.execute(
            insert(SHEETS[TABLE]),
            {
                "submission": row["submission"], "row": row["row"],
                "patron": by_mark[row["mark"]], "kind": row["kind"],
                "leaving_on": row["leaving_on"], "withdrawn_on": row["withdrawn_on"],
            },
        )  # fmt: skip
        _forget(connection, row)
    return len(found)


def forget(connection: Connection, library: str, until: date) -> None:
    """The register up to a day is in: of leavers up to then who had no card the count stays."""
    query = select(leaver_marks).where(
        leaver_marks.c.library == library, leaver_marks.c.leaving_on <= until
    )
    over = [dict(row) for row in connection.execute(query).mappings()]
    standing = {(row["mark"], row["leaving_on"]) for row in over if row["withdrawn_on"] is None}
    months = Counter(f"{day:%Y-%m}" for _, day in standing)
    for month, count in months.items():
        mine = (leaver_counts.c.library == library, leaver_counts.c.month == month)
        more = update(leaver_counts).where(*mine).values(count=leaver_counts.c.count + count)
        if connection.execute(more).rowcount == 0:
            row = {"library": library, "month": month, "count": count}
            connection.execute(insert(leaver_counts), row)
    for row in over:
        _forget(connection, row)


def _forget(connection: Connection, row: dict[str, Any]) -> None:
    same = (leaver_marks.c[c.name] == row[c.name] for c in leaver_marks.primary_key)
    connection.execute(delete(leaver_marks).where(*same))


def without_card(connection: Connection) -> dict[tuple[str, str], int]:
    """(library, month of leaving) → how many leavers are not known to have had a card."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(select(leaver_counts)).mappings():
        counted[row["library"], row["month"]] += row["count"]
    query = select(
        leaver_marks.c.library, leaver_marks.c.leaving_on,
        func.count(leaver_marks.c.mark.distinct()),
    )  # fmt: skip
    query = query.where(leaver_marks.c.withdrawn_on.is_(None))
    grouped = query.group_by(leaver_marks.c.library, leaver_marks.c.leaving_on)
    for library, day, count in connection.execute(grouped):
        counted[library, f"{day:%Y-%m}"] += count
    return dict(counted)


def listed(connection: Connection) -> list[dict[str, Any]]:
    """Every accepted row about a leaver, oldest first, with its ``library`` and ``listed_on``."""
    target = SHEETS[TABLE]
    query = (
        select(
            submissions.c.library, submissions.c.received_on.label("listed_on"),
            *(c for c in target.columns if c.name != "submission"),
        )
        .join(submissions, submissions.c.id == target.c.submission)
        .where(*_COUNT)
        .order_by(submissions.c.id, target.c.row)
    )  # fmt: skip
    return [dict(row) for row in connection.execute(query).mappings()]


def answered(connection: Connection) -> list[dict[str, Any]]:
    """Every answer, oldest first: ``case_no``, ``lender``, ``card``, ``answer``, ``item``,
    ``title``, ``amount``, ``answered_on``, ``said_at``, and its ``batch``: what was said together.
    """  # noqa: D205
    target = SHEETS["clearance_answers"]
    by_sheet = (
        select(
            submissions.c.library.label("lender"), submissions.c.received_at.label("said_at"),
            submissions.c.id.label("batch"), target.c.case_no, target.c.answer, target.c.item,
            target.c.title, target.c.amount, target.c.answered_on,
        )
        .join(submissions, submissions.c.id == target.c.submission)
        .where(*_COUNT)
        .order_by(submissions.c.id, target.c.row)
    )  # fmt: skip
    rows = [dict(row) for row in connection.execute(by_sheet).mappings()]
    typed = connection.execute(select(answers).order_by(answers.c.id)).mappings()
    rows += [{**row, "batch": -row["id"]} for row in typed]
    return sorted(rows, key=lambda row: row["said_at"])


def answer(
    connection: Connection, case_nos: Sequence[str], lender: str, said: dict[str, Any],
    now: datetime,
) -> None:  # fmt: skip
    """Write down what a lender answered, as the host heard it."""
    rows = [{**said, "case_no": number, "lender": lender, "said_at": now} for number in case_nos]
    connection.execute(insert(answers), rows)
