"""The sample workbooks, read and merged simply, as the evaluation's input."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ill_workflows.evaluation.facts import Facts, frame
from ill_workflows.evaluation.figures import Figures
from ill_workflows.forms import FORMS
from ill_workflows.forms.check import check
from ill_workflows.forms.known import Known
from ill_workflows.rules.calendar import Calendar, Closure, parse_weekdays
from ill_workflows.rules.due import due_date
from ill_workflows.rules.policy import LendingRules, Member
from ill_workflows.xlsx.read import read_book
from tests.evaluation.invented import figures


def build(samples: Path, truth: dict[str, Any], months: tuple[str, ...]) -> Figures:
    """The figures after the last day of the samples."""
    members = _members(samples / "home" / "config.toml")
    rows: dict[str, list[dict[str, Any]]] = {}
    submissions: list[dict[str, Any]] = []
    for n, file in enumerate(f for f in truth["files"] if f["outcome"] == "accepted"):
        path = samples / "waves" / file["wave"] / file["name"]
        if file["form"] not in ("usage", "cards"):
            continue
        received = date.fromisoformat(file["wave"])
        done = check(
            read_book(path.read_bytes(), path.name),
            Known(members, received, date(2025, 8, 1)),
            FORMS,
        )
        if not file["interim"]:
            for old in submissions:
                same = [old[k] == file[k] for k in ("form", "library", "month")]
                old["in_force"] = old["in_force"] and not all(same)
        receipt = f"R114-{n:06d}"
        submissions.append(
            {
                **{k: file[k] for k in ("form", "library", "month", "interim")},
                "receipt": receipt, "sha256": f"{n:064x}", "received_on": received,
                "filename": path.name, "in_force": True, "seq": n,
                "rows": sum(len(r) for r in done.rows.values()),
                "warnings": done.count("warning"),
            }
        )  # fmt: skip
        for sheet in done.form.sheets:
            keys = ["row", *(c.key for c in sheet.columns)]
            rows.setdefault(sheet.table, []).extend(
                {
                    **dict(zip(keys, row, strict=True)), "library": done.library,
                    "receipt": receipt, "sheet": sheet.title, "source_month": done.month, "seq": n,
                }
                for row in done.rows[sheet.table]
            )  # fmt: skip
    valid = {s["receipt"] for s in submissions if s["in_force"]}
    tables = {name: _latest(name, found, valid) for name, found in rows.items()}
    loans = tables["usage_loans"]
    loans["lender"], loans["home"] = loans["library"], loans["card"].str.rpartition("-")[0]
    loans["due_on"] = [
        due
        if isinstance(due, date)
        else due_date(lent, members[code].rules.days, members[code].calendar)
        for due, lent, code in zip(loans["due_on"], loans["lent_on"], loans["lender"], strict=True)
    ]
    issues = tables["cards_issues"].assign(home=lambda f: f["library"])
    loans["holder"], loans["destination"] = _held(loans, issues)
    reported: dict[str, dict[str, frozenset[str]]] = {}
    for code in members:
        reported[code] = {
            form: frozenset(
                s["month"]
                for s in submissions
                if (s["library"], s["form"]) == (code, form) and not s["interim"]
            )
            for form in ("usage", "cards")
        }
    board = [
        {
            "library": code, "month": month, "form": form, "receipt": "",
            "state": "accepted" if month in reported[code][form] else "missing",
        }
        for code in members for month in months for form in ("usage", "cards")
    ]  # fmt: skip
    found = Facts(
        tuple(members.values()), reported,
        loans=frame("loans", loans),
        requests=frame("requests", tables["usage_requests"].assign(lender=lambda f: f["library"])),
        issues=frame("issues", issues),
        stock=frame("stock", tables["cards_stock"].assign(home=lambda f: f["library"])),
        submissions=frame("submissions", submissions),
        board=frame("board", board),
        recalls=frame("recalls", [{"lender": "NSU", "opened_on": date(2025, 10, 13)}]),
    )  # fmt: skip
    return figures(found, months, "NSUT")


def _members(path: Path) -> dict[str, Member]:
    config = tomllib.loads(path.read_text(encoding="utf-8"))
    closed = tuple(Closure(c["from"], c["to"], c["reason"]) for c in config["closed"])
    return {
        entry["code"]: Member(
            entry["code"], entry["name"],
            Calendar(parse_weekdays(_rule(entry, "open_weekdays", "mon-fri")), closed),
            LendingRules(days=_rule(entry, "days", 14)),
            aliases=tuple(entry["aliases"]),
        )
        for entry in config["libraries"]
    }  # fmt: skip


def _rule(entry: dict[str, Any], key: str, default: Any) -> Any:
    return entry.get("rules", {}).get(key, default)


_IDENTITY = {
    "usage_loans": ["library", "card", "item", "lent_on"],
    "usage_requests": ["library", "request_no"],
    "cards_issues": ["library", "card", "issued_on"],
    "cards_stock": ["library", "card"],
}


def _latest(name: str, rows: list[dict[str, Any]], valid: set[str]) -> pd.DataFrame:
    found = pd.DataFrame(rows)
    found = found[found["receipt"].isin(valid)].sort_values(["source_month", "seq", "row"])
    return found.drop_duplicates(_IDENTITY[name], keep="last").reset_index(drop=True)


def _held(loans: pd.DataFrame, issues: pd.DataFrame) -> tuple[list[bool], list[Any]]:
    holder, destination = [], []
    for loan in loans.itertuples():
        fits = [
            issue
            for issue in issues.itertuples()
            if issue.card == loan.card
            and issue.issued_on <= loan.lent_on
            and (not isinstance(issue.returned_on, date) or issue.returned_on >= loan.lent_on)
        ]
        fits.sort(key=lambda i: (i.destination == loan.lender, i.issued_on))
        holder.append(bool(fits))
        destination.append(fits[-1].destination if fits else None)
    return holder, destination


def samples_folder() -> Path | None:
    """Where the sample workbooks lie: what ``ILL_SAMPLES`` names, or beside the tests."""
    for place in (os.environ.get("ILL_SAMPLES"), Path(__file__).parents[1] / "samples"):
        if place and (Path(place) / "truth.json").exists():
            return Path(place)
    return None
