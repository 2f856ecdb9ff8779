"""Urgent recalls: a lender wants a book back at once (Article 6.3).

The recall goes on daily until the lender's row, or any sheet of it, shows the book back.  Its new
due date is the lender's 調回期限; the loan's own letters rest meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from ill_workflows.ledger.merge import LOST, latest
from ill_workflows.lending.cases import Loan, Reader, case_key, holding
from ill_workflows.lending.notices import Case, Day, Notice

HOME: Final = "home"
READER: Final = "reader"
"""The episodes: two letters about one recall, each with its own steps."""
HOST_AFTER: Final = 3
"""The step from which the host is told too, by counts and without names."""
HEADS_AFTER: Final = 7
"""The step from which the home library's heads get a copy of its letter."""
LATELY: Final = timedelta(days=92)
"""How long a recall that is over may still be told about."""
_IDENTITY: Final = ("card", "item", "opened_on")


@dataclass(frozen=True, slots=True)
class Recall:
    """A book that its lender wants back at once.

    ``ended`` is empty while it is wanted, else *back*, *lost* or *cancelled*; ``by_sheet`` says
    that a usage sheet shows it, not the recall's own row.  ``rests``: a newer sheet of the lender
    has forgotten the loan, and the lender is asked.  ``as_of`` is the day of the facts.
    """

    lender: str
    home: str
    card: str
    item: str
    title: str
    call_number: str
    reason: str
    needed_by: date
    opened_on: date
    as_of: date
    reader: Reader | None
    ended: str = ""
    back_on: date | None = None
    by_sheet: bool = False
    rests: bool = False
    lent_on: date | None = None

    @property
    def key(self) -> str:
        """``recall/<lender>/<card>/<item>/<opened>``."""
        return case_key("recall", self.lender, self.card, self.item, self.opened_on)

    @property
    def chased(self) -> bool:
        """Whether the book is asked for today."""
        return not self.ended and not self.rests


def recalls(
    rows: pd.DataFrame, loans: pd.DataFrame, issues: pd.DataFrame, usage: pd.DataFrame, today: date
) -> list[Recall]:
    """The recalls that are open, or over for a short while.

    ``rows`` are those of 緊急調回, ``loans`` and ``issues`` all rows on their cards, ``usage``
    the lenders' :func:`newest sheets <ledger.merge.newest_sheets>`.  Of a book that is recalled
    anew the newer recall counts.
    """
    if rows.empty:
        return []
    counted = latest(rows, _IDENTITY).sort_values("opened_on", kind="stable")
    counted = counted.drop_duplicates(["library", "card", "item"], keep="last")
    lent = _by_book(latest(loans, ("card", "item", "lent_on")))
    told = []
    for row in counted.to_dict("records"):
        books = lent.get((row["library"], row["card"], row["item"]), [])
        told.append((row, books[-1] if books else None, _ended(row, books)))
    day = [book["lent_on"] if book else row["opened_on"] for row, book, _ in told]
    held = holding(counted[["library", "card"]].assign(lent_on=day), issues)
    found = [
        _recall(row, book, reader, usage, over)
        for (row, book, over), reader in zip(told, held, strict=True)
    ]
    return [one for one in found if one.back_on is None or one.back_on > today - LATELY]


def _by_book(loans: pd.DataFrame) -> dict[tuple[str, str, str], list[dict[Any, Any]]]:
    """(lender, card, item) → its loans, oldest first."""
    found: dict[tuple[str, str, str], list[dict[Any, Any]]] = {}
    if not loans.empty:
        for row in loans.sort_values("lent_on", kind="stable").to_dict("records"):
            found.setdefault((row["library"], row["card"], row["item"]), []).append(row)
    return found


def _ended(row: Mapping[Any, Any], books: list[dict[Any, Any]]) -> dict[str, Any]:
    """How a recall has ended, by its own row or by the lender's usage sheets."""
    if _is_day(row["returned_on"]):
        return {"ended": "back", "back_on": row["returned_on"]}
    if _is_day(row["cancelled_on"]):
        return {"ended": "cancelled", "back_on": row["cancelled_on"]}
    back = [book for book in books if _is_day(book["returned_on"])]
    since = [book for book in back if book["returned_on"] >= row["opened_on"]]
    shown = since[:1] or [book for book in back if book is books[-1]]
    if shown:
        book = shown[0]
        return {
            "ended": "back", "back_on": book["returned_on"], "by_sheet": True,
            "as_of": book["as_of"],
        }  # fmt: skip
    if books and books[-1]["condition"] == LOST:
        return {"ended": "lost", "by_sheet": True, "as_of": books[-1]["as_of"]}
    return {}


def _recall(
    row: Mapping[Any, Any],
    book: Mapping[Any, Any] | None,
    reader: Reader | None,
    usage: pd.DataFrame,
    over: Mapping[str, Any],
) -> Recall:
    loan = book or {}
    lender, card = row["library"], row["card"]
    forgotten = book is not None and not over and _forgotten(row, book, usage)
    seen = [row["as_of"], *([loan["as_of"]] if _is_day(loan.get("as_of")) else [])]
    return Recall(
        lender, card.rpartition("-")[0], card, row["item"],
        _text(row["title"]) or _text(loan.get("title")), _text(loan.get("call_number")),
        _text(row["reason"]), row["needed_by"] if _is_day(row["needed_by"]) else row["opened_on"],
        row["opened_on"],
        **{"as_of": max(seen), "reader": reader, "rests": forgotten, **over},
        lent_on=loan.get("lent_on"),
    )  # fmt: skip


def _forgotten(row: Mapping[Any, Any], book: Mapping[Any, Any], usage: pd.DataFrame) -> bool:
    """Whether a full sheet of the lender that is newer than the recall leaves the open loan out."""
    if row["library"] not in usage.index:
        return False
    newest = usage.loc[row["library"]]
    full = newest["full_month"]
    later = isinstance(full, str) and full > book["month"]
    return bool(later and newest["as_of"] > row["as_of"])


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not pd.isna(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def resting(loans: Iterable[Loan], cases: Iterable[Case]) -> list[Loan]:
    """The same; those that are recalled know the new due date, and their own letters rest."""
    wanted = {
        (one.lender, one.card, one.item): one.needed_by
        for one in cases
        if isinstance(one, Recall) and one.chased
    }
    return [
        replace(loan, recalled=wanted.get((loan.lender, loan.card, loan.item))) for loan in loans
    ]


def due(recall: Recall, day: Day) -> Iterator[Notice]:
    """To the home library and to the reader, at once and daily; to the lender, what was done."""
    if recall.chased:
        home = recall.home
        yield from _chase(recall, day, HOME, ("library", home))
        if recall.reader is not None:
            yield from _chase(recall, day, READER, ("reader", f"{home}/{recall.reader.number}"))
    yield from _to_lender(recall, day)


def _chase(recall: Recall, day: Day, episode: str, to: tuple[str, str]) -> Iterator[Notice]:
    step = day.due("recall", recall.key, recall.opened_on, episode)
    if step is not None:
        yield Notice("recall", step.name, recall.key, episode, recall.home, to, recall)


def _to_lender(recall: Recall, day: Day) -> Iterator[Notice]:
    """What was done; when the book is back, that nobody is asked any more.

    Where nobody was asked yet and its own sheet shows the book back, it is told so once.
    """
    plan = day.policies["recall_lender"]
    asked = ("recall", recall.key, HOME) in day.history
    if not plan.enabled or not plan.steps or recall.ended in {"lost", "cancelled"}:
        return
    if recall.ended and not asked and not recall.by_sheet:
        return
    step = plan.steps[-1] if recall.ended and asked else plan.steps[0]
    reached = recall.ended or day.today >= recall.opened_on + timedelta(days=step.after)
    if reached and step.name not in day.history.get(("recall_lender", recall.key, ""), {}):
        lender = recall.lender
        yield Notice(
            "recall_lender", step.name, recall.key, "", lender, ("library", lender), recall
        )


def true(recall: Recall, today: date) -> Iterator[tuple[str, Reader | str | None]]:  # noqa: ARG001
    """A recall is true while the book is wanted; what the lender is told, as long as it is so."""
    if recall.chased:
        yield "recall", recall.home
        if recall.reader is not None:
            yield "recall", recall.reader
    if not recall.ended:
        yield "recall_lender:first", None
    elif recall.ended == "back":
        yield "recall_lender", None


def why(recall: Recall, today: date) -> str:
    """Why a letter about it is written today, for the host's preview."""
    if recall.ended:
        return f"{recall.back_on} 已歸還 back"
    left = (recall.needed_by - today).days
    return f"{recall.opened_on} 申請調回，{recall.needed_by} 前歸還 wanted back, {left} days left"
