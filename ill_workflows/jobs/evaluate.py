"""The evaluation workbook and the same figures for machines, from the accepted sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

import pandas as pd

from ill_workflows.app import App
from ill_workflows.errors import UsageProblem
from ill_workflows.evaluation import SHEETS
from ill_workflows.evaluation.facts import Facts, frame
from ill_workflows.evaluation.measures import ORDER, figures_document, trace
from ill_workflows.evaluation.period import span_name
from ill_workflows.forms import FORMS
from ill_workflows.forms.cases import RECALLS, SUSPENSIONS
from ill_workflows.forms.departures import LEAVERS
from ill_workflows.forms.month import first_day, last_day, month_of
from ill_workflows.jobs import quality
from ill_workflows.jobs.board import board
from ill_workflows.jobs.board import months as of_term
from ill_workflows.jobs.claims import all_claims
from ill_workflows.jobs.departed import departures
from ill_workflows.jobs.files import keep
from ill_workflows.jobs.lost import void_cards
from ill_workflows.jobs.post import Clock
from ill_workflows.ledger.holders import holders
from ill_workflows.ledger.merge import due_dates, latest, newest_sheets
from ill_workflows.store import outbox, standing
from ill_workflows.xlsx.report import write_workbook


def workbook(app: App, months: Sequence[str], today: date) -> bytes:
    """The evaluation workbook of a span of months; the same inputs give the same bytes."""
    facts = facts_of(app, months, today)
    end = facts.last
    return write_workbook(
        [make(facts) for make in SHEETS],
        created=datetime(end.year, end.month, end.day, tzinfo=UTC),
        title=f"{facts.alliance}　{span_name(months)}評估資料",
    )


def compile_to_date(app: App, clock: Clock) -> str:
    """The workbook of the term's months that are over, in ``reports/``; answers its name."""
    over = [month for month in of_term(app, clock.today) if month < month_of(clock.today)]
    if not over:
        return "還沒有過完的月份 / no month is over yet"
    path = app.folder("reports") / f"evaluation-{over[0]}-{over[-1]}.xlsx"
    keep(path, workbook(app, over, clock.today))
    return path.name


def figures_of(app: App, months: Sequence[str], today: date) -> dict[str, Any]:
    """The document of ``figures --json``."""
    return figures_document(facts_of(app, months, today), months)


def trace_of(app: App, months: Sequence[str], name: str, today: date) -> pd.DataFrame:
    """The rows behind a measure.

    Raises:
        UsageProblem: no measure has that name.
    """
    if name not in ORDER:
        near = get_close_matches(name, ORDER, n=1)
        known = f"是否為 {near[0]}？" if near else f"有：{'、'.join(ORDER)}"
        raise UsageProblem(
            f"沒有「{name}」這個指標；{known}",
            f"There is no measure {name}; known are {', '.join(ORDER)}.",
        )
    return trace(facts_of(app, months, today), months, name)


def facts_of(app: App, months: Sequence[str], today: date) -> Facts:
    """Everything that the sheets say, each fact once, for the members of the span."""
    monthly = [form for form in FORMS if form.monthly]
    with app.engine.connect() as connection:
        rows = {
            sheet.table: standing.sheet_rows(connection, sheet.table).assign(sheet=sheet.title)
            for form in monthly
            for sheet in form.sheets
        }
        versions = standing.versions(connection)
        notices = outbox.notice_frame(connection)
        recalled = standing.sheet_rows(connection, RECALLS.table).assign(sheet=RECALLS.title)
        barred = standing.sheet_rows(connection, SUSPENSIONS.table).assign(sheet=SUSPENSIONS.title)
        departed = departures(app, connection, notices, today)
        leaving = standing.sheet_rows(connection, LEAVERS.table)
        people = quality.people_of(rows["cards_issues"], leaving)
        claims = all_claims(connection)
        told = quality.findings(connection, people)
        void = void_cards(connection)
    first, last = first_day(months[0]), last_day(months[-1])
    members = tuple(m for m in app.members.values() if m.belongs(first, last))
    counted = {
        sheet.table: latest(rows[sheet.table], sheet.identity)
        for form in monthly
        for sheet in form.sheets
    }
    issues = counted["cards_issues"]
    term = app.config.alliance.term
    return Facts(
        app.config.alliance.name,
        app.host.code,
        members,
        tuple(months),
        _reported(versions),
        term.first if term else None,
        loans=_loans(app, counted["usage_loans"], issues),
        recalls=_recalls(latest(recalled, RECALLS.identity), counted["usage_loans"]),
        suspensions=_suspensions(latest(barred, SUSPENSIONS.identity)),
        **departed,
        requests=_frame("requests", counted["usage_requests"], lender="library"),
        issues=_frame("issues", issues, home="library"),
        stock=_stock(rows["cards_stock"], versions),
        submissions=_submissions(versions),
        board=frame("board", [_place(p) for p in board(app, today, months)]),
        notices=_notices(notices),
        claims=quality.claim_rows(claims),
        findings=told,
        disagreements=quality.disagreement_rows(app, counted, versions, void, people),
    )


def _frame(name: str, rows: pd.DataFrame, **renamed: str) -> pd.DataFrame:
    """A frame of the evaluation from rows of the store, under its own column names."""
    named = rows.assign(**{new: rows[old] for new, old in renamed.items()})
    return frame(name, named.assign(source_month=rows["month"]))


def _loans(app: App, loans: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    known = loans[loans["library"].isin(list(app.members))].reset_index(drop=True)
    if known.empty:
        return frame("loans")
    held = holders(known, issues)
    known = known.assign(
        home=known["card"].str.rpartition("-")[0],
        due_on=due_dates(known, app.members),
        holder=held["patron"].notna() if "patron" in held else False,
        destination=held.get("destination"),
    )
    return _frame("loans", known, lender="library")


def _recalls(recalls: pd.DataFrame, loans: pd.DataFrame) -> pd.DataFrame:
    """A book is back when the notification says so, or a later sheet of its lender."""
    if recalls.empty:
        return frame("recalls")
    back = loans[loans["returned_on"].notna()][["library", "card", "item", "returned_on"]]
    both = recalls.merge(back, on=["library", "card", "item"], how="left", suffixes=("", "_sheet"))
    later = both["returned_on_sheet"].where(both["returned_on_sheet"] >= both["opened_on"])
    both = both.assign(
        returned_on=both["returned_on"].where(both["returned_on"].notna(), later),
        home=both["card"].str.rpartition("-")[0],
    )
    once = both.drop_duplicates(["library", *RECALLS.identity], keep="last").reset_index(drop=True)
    return _frame("recalls", once, lender="library")


def _suspensions(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return frame("suspensions")
    home = rows["card"].str.rpartition("-")[0]
    return _frame("suspensions", rows.assign(home=home), lender="library")


def _reported(versions: pd.DataFrame) -> dict[str, dict[str, frozenset[str]]]:
    """Library → form → months with an accepted sheet that is no interim one."""
    reported: dict[str, dict[str, set[str]]] = {}
    full = versions[(versions["state"] == "accepted") & ~versions["interim"].astype(bool)]
    for code, form, month in zip(full["library"], full["form"], full["month"], strict=True):
        reported.setdefault(code, {}).setdefault(form, set()).add(month)
    return {
        code: {form: frozenset(months) for form, months in forms.items()}
        for code, forms in reported.items()
    }


def _stock(stock: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    """The cards as each library's newest register lists them."""
    newest = newest_sheets(versions, "cards")
    return _frame("stock", stock[stock["seq"].isin(newest["seq"])], home="library")


def _submissions(versions: pd.DataFrame) -> pd.DataFrame:
    return frame(
        "submissions",
        versions.assign(
            in_force=versions["superseded_by"].isna() & (versions["state"] == "accepted")
        ),
    )


def _place(place: Any) -> dict[str, Any]:
    return {
        "library": place.library, "month": place.month, "form": place.form, "state": place.state,
        "first_received": place.first_received,
    }  # fmt: skip


def _notices(notices: pd.DataFrame) -> pd.DataFrame:
    """Notices with the parts of the loan that their case's key names."""
    told = notices[notices["case"].str.startswith("loan/")] if len(notices) else notices
    parts = [[unquote(part) for part in case.split("/")] for case in told["case"]]
    rows = [
        {"lender": p[1], "card": p[2], "item": p[3], "due_on": date.fromisoformat(p[4])}
        for p in parts
    ]
    details = pd.DataFrame(rows, columns=["lender", "card", "item", "due_on"], index=told.index)
    return frame("notices", told.join(details))
