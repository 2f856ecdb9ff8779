"""An invented alliance to which everything happens that a sheet of the evaluation can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from ill_workflows.evaluation.closings import Change, Closing, Restatement
from ill_workflows.evaluation.facts import Facts, frame
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.sheets.arrivals import STATES
from ill_workflows.forms.choices import LENT_KINDS, REASONS, REQUESTED_KINDS, SUPPLIED_AS
from ill_workflows.forms.texts import TEXTS
from ill_workflows.ledger.disagreements import BREACHES, TOLD
from tests.evaluation import invented

MONTHS = ("2025-08", "2025-09", "2025-10")
WHY = "補繳甲館月報"
EXPERIENCE = "互相調度，讀者稱便。"
FILE, SHEET, HEADING = "甲館月報.xlsx", "借出紀錄", "借出日"
TYPED = (WHY, EXPERIENCE, FILE, SHEET, HEADING)
"""What members or the host typed."""


def eventful(*, why: str = WHY, experience: str = EXPERIENCE, file: str = FILE) -> Figures:
    """The figures of August to October 2025, with one sheet, text and reason of each kind."""
    found = facts(file)
    one, other = (member.code for member in found.members[:2])
    changes = (
        Change("loans_lent", one, 1234, 1240), Change("fill_rate", one, None, 62.5),
    )  # fmt: skip
    return replace(
        invented.figures(found, MONTHS),
        closings=(
            Closing("2025-08", date(2025, 9, 20), "5" * 64, date(2025, 10, 1), why),
            Closing("2025-09", date(2025, 10, 20), "6" * 64),
        ),
        restatements=(
            Restatement("2025-08", one, ("R-7", "R-8"), date(2025, 10, 1), changes),
            Restatement("2025-09", other, (), date(2025, 10, 30), (), date(2025, 11, 1)),
        ),
        experiences=frame(
            "experiences",
            [{"library": one, "month": MONTHS[0], "text": experience, "receipt": "R-00000"}],
        ),
    )


def facts(file: str = FILE) -> Facts:
    """Six libraries, one of which sends nothing."""
    found = invented.facts(6, 3)
    one, other, third = (member.code for member in found.members[:3])
    here = {"lender": one, "home": other}
    place = {"receipt": "R-1", "filename": file, "sheet": SHEET, "row": 7}
    told = [
        {"library": one, "form": form, "month": MONTHS[0], "severity": severity, "code": code,
         "heading": heading, "cells": cells, "count": 2, **place}
        for code in (*TEXTS, "former_code") for form, severity, heading, cells in (
            ("usage", "corrected", HEADING, "G5–24、30；H7"), ("cases", "warning", None, ""),
            ("cards", "waived", None, "A1–9、12 等"),
        )
    ]  # fmt: skip
    apart = [
        {"kind": kind, "day": date(2025, 9, 3), "against": other, "lender": one, **place}
        for kind in (*TOLD, *BREACHES)
    ]
    return replace(
        found,
        loans=_and(found.loans, "loans", _loans(found.loans)),
        requests=_and(found.requests, "requests", _requests(found.requests)),
        board=frame("board", _every_state(found.board)),
        submissions=found.submissions.assign(
            filename=file, interim=found.submissions.index % 5 == 0
        ),
        notices=_and(found.notices, "notices", _notices(found.notices)),
        recalls=frame("recalls", [
            {**here, "opened_on": date(2025, 8, 4), "needed_by": date(2025, 8, 8),
             "returned_on": date(2025, 8, 7)},
        ]),
        suspensions=frame("suspensions", [{**here, "suspended_from": date(2025, 8, 4)}]),
        leavers=frame("leavers", [
            {"home": other, "leaving_on": date(2025, 8, 31), "listed_on": date(2025, 8, 4),
             "held_on": date(2025, 8, 9)},
        ]),
        without_card=frame("without_card", [{"home": third, "month": MONTHS[0], "count": 4}]),
        clearances=frame("clearances", [
            {**here, "state": "owes", "asked_on": date(2025, 8, 4),
             "answered_on": date(2025, 8, 9)},
        ]),
        claims=frame("claims", [
            {**here, "deed": "opened", "day": date(2025, 7, 20), "change": 200},
            {**here, "deed": "paid", "day": date(2025, 9, 1), "change": -150},
        ]),
        findings=frame("findings", told),
        disagreements=frame("disagreements", apart),
    )  # fmt: skip


def _and(there: pd.DataFrame, name: str, more: list[dict[str, Any]]) -> pd.DataFrame:
    return frame(name, pd.concat([there, pd.DataFrame(more)], ignore_index=True))


def _first(there: pd.DataFrame) -> dict[str, Any]:
    """The first row, of the first month where rows have one."""
    rows = there[there["source_month"] == MONTHS[0]] if "source_month" in there else there
    return {str(name): value for name, value in rows.iloc[0].items()}


def _loans(there: pd.DataFrame) -> list[dict[str, Any]]:
    like = _first(there)
    return [
        {**like, "item": f"K{n}", "material": kind, "published": published}
        for n, kind in enumerate([*LENT_KINDS, None])
        for published in (None, 2025, 2022, 2018, 1990)
    ]


def _requests(there: pd.DataFrame) -> list[dict[str, Any]]:
    like = _first(there)
    refused = {**like, "outcome": "拒絕", "answered_on": date(2025, 8, 20)}
    copied = {**refused, "outcome": "提供", "service": "複印", "pages": 3, "fee": 9}
    reasons = [*(reason.zh for reason in REASONS), None, "從前的原因"]
    return [
        *({**refused, "request_no": f"Q{n}", "reason": why} for n, why in enumerate(reasons)),
        *(
            {**copied, "request_no": f"C{n}", "material": kind, "supplied_as": way}
            for n, kind in enumerate([*REQUESTED_KINDS, None])
            for way in (*SUPPLIED_AS, None)
        ),
    ]


def _notices(there: pd.DataFrame) -> list[dict[str, Any]]:
    like = _first(there)
    return [
        {**like, "day": date(2025, 9, 9), "policy": "overdue_library", "step": "0"},
        {**like, "day": date(2025, 9, 9), "step": "30"},
    ]


def _every_state(board: pd.DataFrame) -> pd.DataFrame:
    states = board["state"].tolist()
    there = [n for n, state in enumerate(states) if state == "accepted"]
    for n, state in zip(there, STATES, strict=False):
        states[n] = state
    return board.assign(state=states)
