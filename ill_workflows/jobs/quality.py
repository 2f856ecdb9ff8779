"""What the evaluation says of the sheets themselves: findings, disagreements, claims' rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.evaluation.counting.origins import ranges
from ill_workflows.evaluation.counting.tables import Tables
from ill_workflows.evaluation.facts import frame
from ill_workflows.forms.cards import ISSUES
from ill_workflows.forms.month import month_of
from ill_workflows.forms.usage import LOANS
from ill_workflows.ledger.accounts import Account
from ill_workflows.ledger.disagreements import breaches, disagreements
from ill_workflows.ledger.merge import newest_sheets
from ill_workflows.ledger.places import People, impersonal, named
from ill_workflows.lending.contradictions import covered, with_holders
from ill_workflows.store.experiences import people
from ill_workflows.store.told import told

SHOWN: Final = 200
"""Characters that name the cells of one kind, sheet and column; the others are only counted."""
_CELL: Final = re.compile(r"([A-Z]{1,3})(\d+)")


def people_of(connection: Connection, after: int = 0) -> People:
    """The names and numbers of all readers, also of those whom a corrected register leaves out; no
    file's name that holds one is shown.  ``after`` is the number of a submission: of those that
    sheets after it name.
    """  # noqa: D205
    return named(people(connection, after))


def discreet(tables: Tables, known: People) -> dict[str, pd.DataFrame]:
    """Frozen tables without the names of files that are called after a reader: a register that came
    after the closing may be the first that knows him.
    """  # noqa: D205
    places = [
        (name, column)
        for name, table in tables.items()
        for column in table.columns
        if column.endswith("filename")
    ]
    files = {file for name, column in places for file in tables[name][column].dropna().unique()}
    hidden = [file for file in files if not impersonal(file, known)]
    found = dict(tables)
    for name, column in places if hidden else ():
        told = found[name][column]
        found[name] = found[name].assign(**{column: told.where(~told.isin(hidden), "")})
    return found


def findings(connection: Connection, people: People) -> pd.DataFrame:
    """What senders were told, one row a file, sheet, column and kind; a form without a month counts
    in that of its receipt.
    """  # noqa: D205
    groups: dict[tuple[Any, ...], list[str]] = {}
    for *kind, cell in told(connection):
        groups.setdefault(tuple(kind), []).append(cell)
    names: dict[str, str] = {}
    rows = []
    for group, cells in groups.items():
        _, library, form, month, day, filename, receipt, severity, code, sheet, heading = group
        if filename not in names:
            names[filename] = impersonal(filename, people)
        rows.append(
            {
                "library": library, "form": form, "month": month or month_of(day),
                "severity": severity, "code": code, "heading": heading, "sheet": sheet,
                "count": len(cells), "cells": _told_together(cells),
                "filename": names[filename], "receipt": receipt,
            }
        )  # fmt: skip
    return frame("findings", rows)


def _told_together(cells: Iterable[str]) -> str:
    """Cells as one would say them: ``G5–24、30；H7``; those under one another together."""
    columns: dict[str, list[int]] = {}
    for cell in cells:
        found = _CELL.fullmatch(cell)
        if found is not None:
            columns.setdefault(found[1], []).append(int(found[2]))
    words = [f"{column}{ranges(rows)}" for column, rows in sorted(columns.items())]
    said = "；".join(words)
    return said if len(said) <= SHOWN else said[:SHOWN].rpartition("、")[0] + " 等"


def submission_rows(versions: pd.DataFrame, people: People) -> pd.DataFrame:
    """The accepted sheets; no file's name that holds a reader's name is shown."""
    kept = versions[versions["state"] == "accepted"]
    shown = [impersonal(name, people) for name in kept["filename"]]
    return frame("submissions", kept.assign(filename=shown))


def claim_rows(accounts: Iterable[Account]) -> pd.DataFrame:
    """The actions of claims; no card among them."""
    return frame(
        "claims",
        [
            {
                "lender": one.lender, "home": one.home, "kind": one.kind, "deed": action.deed,
                "day": action.day, "change": action.change, "receipt": action.place.receipt,
                "sheet": action.place.sheet, "row": action.place.row,
                "source_month": month_of(action.day),
            }
            for one in accounts
            for action in one.actions
        ],
    )  # fmt: skip


def disagreement_rows(
    app: App,
    counted: Mapping[str, pd.DataFrame],
    versions: pd.DataFrame,
    void: pd.DataFrame,
    people: People,
) -> pd.DataFrame:
    """All that does not agree, with the rows that say so; no card among them."""
    loans, issues = counted[LOANS.table], counted[ISSUES.table].reset_index(drop=True)
    loans = loans[loans["library"].isin(list(app.members))].reset_index(drop=True)
    if loans.empty:
        return frame("disagreements")
    newest = newest_sheets(versions, "usage")["as_of"].to_dict()
    as_of = [
        min(day, newest[code]) for day, code in zip(loans["as_of"], loans["library"], strict=True)
    ]
    joined = with_holders(loans, issues).assign(as_of=as_of)
    known = covered(loans, newest_sheets(versions, "cards"))
    limits = {code: member.rules.items for code, member in app.members.items()}
    found = [
        *disagreements(joined, issues, known, void).to_dict("records"),
        *breaches(joined, limits).to_dict("records"),
    ]
    files = dict(zip(versions["receipt"], versions["filename"], strict=True))
    names = {receipt: impersonal(name, people) for receipt, name in files.items()}
    sheets = {
        "loan": loans.assign(sheet=LOANS.title), "issue": issues.assign(sheet=ISSUES.title),
        "void": void, "other": loans.assign(sheet=LOANS.title),
    }  # fmt: skip
    sides = {name: _named(rows, found, name) for name, rows in sheets.items()}
    rows = []
    for one in sorted(found, key=lambda one: (one["day"], one["kind"], one["loan"])):
        loan = sides["loan"][one["loan"]]
        row = {
            "kind": one["kind"], "day": one["day"], "lender": loan["library"],
            "against": loan["card"].rpartition("-")[0], "receipt": loan["receipt"],
            "filename": names.get(loan["receipt"], ""), "sheet": LOANS.title, "row": loan["row"],
        }  # fmt: skip
        for name in ("issue", "void", "other"):
            other = sides[name].get(one[name])
            if other is not None:
                if name == "other":
                    row["against"] = other["library"]
                row |= {
                    "other_receipt": other["receipt"],
                    "other_filename": names.get(other["receipt"], ""),
                    "other_sheet": other["sheet"], "other_row": other["row"],
                }  # fmt: skip
        rows.append(row)
    return frame("disagreements", rows)


def _named(
    rows: pd.DataFrame, found: Iterable[Mapping[Any, Any]], name: str
) -> dict[Any, dict[Any, Any]]:
    """The rows that something found names, by their index."""
    wanted = {int(one[name]) for one in found if not pd.isna(one[name])}
    return rows.loc[sorted(wanted)].to_dict("index")
