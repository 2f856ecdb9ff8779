"""What the months are counted from: every fact once, no personal data (Articles 7.8, 8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from ill_workflows.rules.policy import Member

_FROM = {"receipt": "object", "row": "Int64", "sheet": "object", "source_month": "object"}
FRAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "loans": {
        "lender": "object", "home": "object", "card": "object", "item": "object",
        "title": "object", "material": "object", "published": "Int64",
        "lent_on": "datetime64[ns]", "due_on": "datetime64[ns]", "returned_on": "datetime64[ns]",
        "condition": "object", "fine": "Int64", "holder": "bool", "destination": "object", **_FROM,
    },
    "requests": {
        "lender": "object", "borrower": "object", "request_no": "object",
        "requested_on": "datetime64[ns]", "service": "object", "title": "object",
        "material": "object", "published": "Int64", "outcome": "object", "reason": "object",
        "answered_on": "datetime64[ns]", "supplied_as": "object", "pages": "Int64",
        "fee": "Int64", **_FROM,
    },
    "issues": {
        "home": "object", "card": "object", "issued_on": "datetime64[ns]",
        "destination": "object", "returned_on": "datetime64[ns]", **_FROM,
    },
    "stock": {"home": "object", "card": "object", "state": "object", "since": "datetime64[ns]"},
    "recalls": {
        "lender": "object", "home": "object", "card": "object", "item": "object",
        "opened_on": "datetime64[ns]", "needed_by": "datetime64[ns]",
        "returned_on": "datetime64[ns]", "cancelled_on": "datetime64[ns]", **_FROM,
    },
    "leavers": {
        "home": "object", "leaving_on": "datetime64[ns]", "listed_on": "datetime64[ns]",
        "cleared_on": "datetime64[ns]", "held_on": "datetime64[ns]",
        "withdrawn_on": "datetime64[ns]",
    },
    "without_card": {"home": "object", "month": "object", "count": "Int64"},
    "clearances": {
        "home": "object", "lender": "object", "leaving_on": "datetime64[ns]", "state": "object",
        "asked_on": "datetime64[ns]", "answered_on": "datetime64[ns]",
        "closed_on": "datetime64[ns]",
    },
    "suspensions": {
        "lender": "object", "home": "object", "suspended_from": "datetime64[ns]",
        "suspended_until": "datetime64[ns]", "lifted_on": "datetime64[ns]", **_FROM,
    },
    "claims": {
        "lender": "object", "home": "object", "kind": "object", "deed": "object",
        "day": "datetime64[ns]", "change": "Int64", **_FROM,
    },
    "findings": {
        "library": "object", "form": "object", "month": "object", "severity": "object",
        "code": "object", "heading": "object", "sheet": "object", "cells": "object",
        "count": "Int64", "filename": "object", "receipt": "object",
    },
    "disagreements": {
        "kind": "object", "day": "datetime64[ns]", "lender": "object", "against": "object",
        "receipt": "object", "filename": "object", "sheet": "object", "row": "Int64",
        "other_receipt": "object", "other_filename": "object", "other_sheet": "object",
        "other_row": "Int64",
    },
    "submissions": {
        "library": "object", "form": "object", "month": "object", "interim": "bool",
        "receipt": "object", "sha256": "object", "received_on": "object", "filename": "object",
        "rows": "Int64", "warnings": "Int64",
    },
    "experiences": {
        "library": "object", "month": "object", "form": "object", "text": "object",
        "receipt": "object", "released_on": "object",
    },
    "board": {
        "library": "object", "month": "object", "form": "object", "state": "object",
        "receipt": "object",
    },
    "notices": {
        "policy": "object", "step": "object", "case": "object", "day": "datetime64[ns]",
        "lender": "object", "card": "object", "item": "object", "due_on": "datetime64[ns]",
    },
}  # fmt: skip
"""The columns of each frame and their types.  ``holder`` says whether somebody held the card
that day, ``destination`` is the 前往館 of that issue; ``row``, ``sheet``, ``receipt`` and
``source_month`` say where in which file the row that counts stands.  A leaver is ``cleared_on``
and ``held_on`` the day on which its home library was told so."""


def frame(name: str, rows: Iterable[Mapping[str, Any]] | pd.DataFrame = ()) -> pd.DataFrame:
    """Rows as the frame ``name`` of :data:`FRAMES`: its columns in order, its types.

    Columns that are not given are empty; columns that do not belong are dropped, so that no
    name or address travels along.
    """
    wanted = FRAMES[name]
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    columns: dict[str, Any] = {}
    for column, kind in wanted.items():
        values = given[column] if column in given else pd.Series([None] * len(given), dtype=object)
        if kind.startswith("datetime"):
            columns[column] = pd.to_datetime(values).astype("datetime64[ns]")
        elif kind == "bool":
            columns[column] = values.astype(object).where(values.notna(), other=False).astype(bool)
        elif kind == "Int64":
            columns[column] = pd.to_numeric(values).astype("Int64")
        else:
            columns[column] = values.astype(object).where(values.notna(), other=None)
    return pd.DataFrame(columns, columns=list(wanted)).reset_index(drop=True)


Reported = Mapping[str, Mapping[str, frozenset[str]]]
"""Library → form → the months with an accepted sheet that is no interim one."""


@dataclass(frozen=True, eq=False)
class Facts:
    """All rows that count, one a fact (see :data:`FRAMES`), of whatever months.

    ``members`` are all that the alliance ever had, in the order of the configuration.
    """

    members: tuple[Member, ...]
    reported: Reported
    loans: pd.DataFrame = field(default_factory=lambda: frame("loans"))
    requests: pd.DataFrame = field(default_factory=lambda: frame("requests"))
    issues: pd.DataFrame = field(default_factory=lambda: frame("issues"))
    stock: pd.DataFrame = field(default_factory=lambda: frame("stock"))
    recalls: pd.DataFrame = field(default_factory=lambda: frame("recalls"))
    board: pd.DataFrame = field(default_factory=lambda: frame("board"))
    notices: pd.DataFrame = field(default_factory=lambda: frame("notices"))
    suspensions: pd.DataFrame = field(default_factory=lambda: frame("suspensions"))
    leavers: pd.DataFrame = field(default_factory=lambda: frame("leavers"))
    without_card: pd.DataFrame = field(default_factory=lambda: frame("without_card"))
    clearances: pd.DataFrame = field(default_factory=lambda: frame("clearances"))
    claims: pd.DataFrame = field(default_factory=lambda: frame("claims"))
    submissions: pd.DataFrame = field(default_factory=lambda: frame("submissions"))
    findings: pd.DataFrame = field(default_factory=lambda: frame("findings"))
    disagreements: pd.DataFrame = field(default_factory=lambda: frame("disagreements"))

    @cached_property
    def told(self) -> Mapping[str, frozenset[str]]:
        """Form → the places (``<library> <month>``) of which there is an accepted sheet."""
        found: dict[str, set[str]] = {}
        for member in self.members:
            for form, months in self.reported.get(member.code, {}).items():
                found.setdefault(form, set()).update(f"{member.code} {m}" for m in months)
        return {form: frozenset(places) for form, places in found.items()}

    def known(self, library: pd.Series, month: pd.Series, form: str) -> pd.Series:
        """For each event, whether its library reported the month in which it happened."""
        return (library + " " + month).isin(self.told.get(form, frozenset()))


def months_of(day: pd.Series) -> pd.Series:
    """The month of each day (``2025-10``), missing where there is none."""
    known: pd.Series = day.dropna()
    days, place = np.unique(known.to_numpy("datetime64[M]"), return_inverse=True)
    names = np.array([str(month) for month in days], dtype=object)
    return pd.Series(names[place], known.index, dtype=object).reindex(day.index)
