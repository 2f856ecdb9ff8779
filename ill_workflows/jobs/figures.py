"""The figures of a span of months: closed ones are read, the others counted from the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation.closings import Change, Closing, Restatement
from ill_workflows.evaluation.counting.tables import Tables, count, together, unpack
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.period import before, year_before
from ill_workflows.forms.month import first_day, last_day
from ill_workflows.jobs.experiences import experience_rows
from ill_workflows.jobs.facts import all_facts
from ill_workflows.jobs.quality import discreet, people_of
from ill_workflows.rules.policy import Member
from ill_workflows.store import closings as store
from ill_workflows.store import standing


def figures_of(
    app: App, months: Sequence[str], today: date, *, compared: bool = False, language: str = ""
) -> Figures:
    """The figures of a span; ``compared`` also those of the span before and of a year before."""
    wanted = list(dict.fromkeys(months))
    if compared:
        wanted = list(dict.fromkeys([*months, *before(months), *year_before(months)]))
    with app.engine.connect() as connection:
        found = _figures(app, connection, months, wanted, today)
    return replace(found, language=language or app.config.alliance.language)


def _figures(
    app: App, connection: Connection, months: Sequence[str], wanted: Sequence[str], today: date
) -> Figures:
    kept = store.kept(connection, wanted)
    tables = frozen = unpack(kept)
    if kept:  # at its closing each file's name was held against everybody known by then
        seen = [row["seen"] for row in store.standing(connection) if row["month"] in kept]
        tables = discreet(frozen, people_of(connection, min(seen)))
    first = standing.first_month(connection)
    left = [month for month in wanted if month not in kept and first and month >= first]
    if left:
        counted = count(all_facts(app, connection, left, today), left)
        tables = together(tables, counted)
    return Figures(
        app.config.alliance.name,
        app.host.code,
        members_of(app, months, frozen),
        tuple(months),
        tables,
        closings=closings_of(connection, months),
        restatements=restatements_of(connection, months),
        experiences=experience_rows(connection),
    )


def members_of(app: App, months: Sequence[str], frozen: Tables) -> tuple[Member, ...]:
    """Who belonged in a span: in closed months (whose tables are ``frozen``) who did then, whatever
    config.toml says of it now.

    Raises:
        UsageProblem: config.toml knows one of these no more.
    """  # noqa: D205
    then: dict[str, set[str]] = {}
    board = frozen["board"][frozen["board"]["month"].isin(months)]
    for month, code in zip(board["month"], board["library"], strict=True):
        then.setdefault(month, set()).add(code)
    gone = {code: month for month in sorted(then) for code in then[month] - app.members.keys()}
    if gone and (named := sorted(gone.items())):
        said = "、".join(f"{code}（{month}）" for code, month in named)
        raise UsageProblem(
            f"已結算月份裡的會員館 {said} 不在 config.toml 裡，當時的數字無法完整顯示；"
            "請加回 [[libraries]]，已退出的館以 left 寫明退出日。",
            f"Members of closed months are missing in config.toml: {', '.join(sorted(gone))}. "
            "Put their [[libraries]] back; say with left when one has left.",
        )
    return tuple(
        member
        for member in app.members.values()
        if any(
            member.code in then[month]
            if month in then
            else member.belongs(first_day(month), last_day(month))
            for month in months
        )
    )


def closings_of(connection: Connection, months: Iterable[str]) -> tuple[Closing, ...]:
    """Every closing of the months, also those that were opened again, oldest first."""
    wanted = set(months)
    return tuple(
        Closing(row["month"], row["closed_on"], row["digest"], row["reopened_on"], row["why"])
        for row in store.every(connection)
        if row["month"] in wanted
    )


def restatements_of(connection: Connection, months: Iterable[str]) -> tuple[Restatement, ...]:
    """What sheets that came after the closings of these months would change, or have changed."""
    wanted = set(months)
    told = store.restated(connection)
    last = {(row["closing"], row["library"]): row["id"] for row in told}
    again: dict[int, date] = {}
    by_month: dict[str, list[dict[str, Any]]] = {}
    for row in store.every(connection):
        by_month.setdefault(row["month"], []).append(row)
    for rows in by_month.values():
        for earlier, later in pairwise(rows):
            again[earlier["id"]] = later["closed_on"]
    return tuple(
        Restatement(
            row["month"], row["library"], tuple(row["receipts"]), row["noticed_on"],
            tuple(Change(*one) for one in row["changes"]), again.get(row["closing"]),
            holds=row["reopened_on"] is None and last[row["closing"], row["library"]] == row["id"],
        )
        for row in told
        if row["month"] in wanted
    )  # fmt: skip
