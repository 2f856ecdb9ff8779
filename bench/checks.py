"""Checking loans that are read already, three times: our compiled form, pandas, a loop by hand."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import pandas as pd
from _data import CLOCK, MONTH, Place, codes, found, usage
from _measure import arguments, goal, race, show

from ill_workflows.forms import FORMS
from ill_workflows.forms.book import Book, SheetCells, address
from ill_workflows.forms.check import check
from ill_workflows.forms.choices import CONDITIONS, LENT_KINDS
from ill_workflows.forms.known import Known
from ill_workflows.forms.month import minguo
from ill_workflows.forms.usage import LOANS, USAGE

Found = list[tuple[str, str]]
"""Address of a cell, what is wrong with it."""
_CARD: Final = re.compile(r"([A-Z][A-Z0-9]*)-(\d{2,4})")


def main() -> None:
    wanted = arguments(__doc__, libraries=(60, 6), rows=(500, 200))
    with TemporaryDirectory() as folder:
        known = Known(found(Path(folder) / "home", wanted.libraries).members, CLOCK.today)
    every, draw = codes(wanted.libraries), Random(1)
    spoilt = [
        _spoilt(code, usage(draw, Place(every, code, MONTH, 0.1), wanted.rows)["usage_loans"], n)
        for n, code in enumerate(every)
    ]
    rows = sum(len(cells.rows) - 1 for _, cells in _loans(spoilt))
    ours = sum(_errors(book, known) for _, book in spoilt)
    loop = sum(len(_loop(cells, known, code)) for code, cells in _loans(spoilt))
    masks = sum(len(_masks(frame, known, code)) for code, frame in _frames(spoilt))
    assert ours == loop == masks, (ours, loop, masks)
    frames, cells = _frames(spoilt), _loans(spoilt)
    spent = race(
        {
            "forms.check": lambda: [_errors(book, known) for _, book in spoilt],
            "pandas masks": lambda: [_masks(frame, known, code) for code, frame in frames],
            "a hand-written loop": lambda: [_loop(sheet, known, code) for code, sheet in cells],
        },
        wanted.rounds,
    )
    show(f"Checking {rows} loans with {ours} bad cells", spent, "forms.check")
    checked = spent["forms.check"]
    goal("P3", "faster than pandas masks", spent["pandas masks"] / checked, 2, at_least=True)
    by_hand = checked / spent["a hand-written loop"]
    goal("P3", "of a hand-written loop", by_hand, 1.5, at_least=False)


def _spoilt(code: str, loans: list[dict[str, Any]], turn: int) -> tuple[str, Book]:
    """A library's book as it was read, days as days; every twentieth row has a bad cell."""
    spoils: tuple[tuple[str, Any], ...] = (
        ("card", "QQQU-05"), ("card", ""), ("item", ""), ("lent_on", date(2027, 1, 1)),
        ("lent_on", ""), ("returned_on", date(2026, 9, 1)), ("due_on", date(2026, 9, 1)),
        ("returned_on", date(2027, 1, 1)),
    )  # fmt: skip
    for n, row in enumerate(loans):
        if n % 20 == 7:
            key, value = spoils[(n // 20 + turn) % len(spoils)]
            row[key] = value
    keys = [column.key for column in LOANS.columns]
    filled = [["" if row.get(key) is None else row[key] for key in keys] for row in loans]
    labels = [["表單", USAGE.label], ["圖書館代碼", code], ["統計年月", minguo(MONTH)]]
    headings = [column.heading for column in LOANS.columns]
    return code, Book((SheetCells("封面", labels), SheetCells(LOANS.title, [headings, *filled])))


def _loans(spoilt: list[tuple[str, Book]]) -> list[tuple[str, SheetCells]]:
    return [(code, book.sheets[1]) for code, book in spoilt]


def _frames(spoilt: list[tuple[str, Book]]) -> list[tuple[str, pd.DataFrame]]:
    keys = [column.key for column in LOANS.columns]
    return [(code, pd.DataFrame(cells.rows[1:], columns=keys)) for code, cells in _loans(spoilt)]


def _errors(book: Book, known: Known) -> int:
    told = check(book, known, FORMS).findings
    return sum(f.severity == "error" and f.sheet == LOANS.title for f in told)


def _loop(cells: SheetCells, known: Known, own: str) -> Found:  # noqa: C901, PLR0912, PLR0915 - straight on
    """What a patient colleague would write for this one sheet."""
    found: Found = []
    members, received = known.members, known.received
    seen: dict[tuple[Any, ...], int] = {}
    out: dict[tuple[Any, Any], Any] = {}
    cards: dict[str, list[tuple[date, date | None]]] = {}
    for n, row in enumerate(cells.rows[1:], start=2):
        card, item, title, _, kind, year, lent, due, back, fine, paid, condition, _ = row
        lent, due, back = lent or None, due or None, back or None
        match = _CARD.fullmatch(card)
        if not card:
            found.append((address(n, 0), "missing"))
        elif match is None:
            found.append((address(n, 0), "card_unreadable"))
        elif match[1] == own or match[1] not in members:
            found.append((address(n, 0), "card_own" if match[1] == own else "card_no_member"))
        if not item:
            found.append((address(n, 1), "missing"))
        if not title:
            found.append((address(n, 2), "missing"))
        if kind not in LENT_KINDS:
            found.append((address(n, 4), "choice_unknown"))
        if year != "" and not 1400 <= int(year) <= received.year + 1:
            found.append((address(n, 5), "year_unreadable"))
        if lent is None:
            found.append((address(n, 6), "missing"))
        elif lent > received:
            found.append((address(n, 6), "date_future"))
            lent = None
        if back is not None and back > received:
            found.append((address(n, 8), "date_future"))
            back = None
        if due is not None and lent is not None and due < lent:
            found.append((address(n, 7), "due_before_lent"))
        if back is not None and lent is not None and back < lent:
            found.append((address(n, 8), "returned_before_lent"))
        if fine != "" and int(fine) < 0:
            found.append((address(n, 9), "number_too_small"))
        if paid != "" and int(paid) < 0:
            found.append((address(n, 10), "number_too_small"))
        if condition and condition not in CONDITIONS:
            found.append((address(n, 11), "choice_unknown"))
        if match is None or not item or lent is None:
            continue
        if seen.setdefault((card, item, lent), n) != n:
            found.append((address(n, 0), "duplicate_key"))
        if (last := out.get((card, item))) is not None and (last[1] is None or last[1] > lent):
            pass  # a renewal: told as a warning
        out[card, item] = (lent, back)
        cards.setdefault(card, []).append((lent, back))
    for loans in cards.values():
        if len(loans) > 5:
            for lent, _ in loans:
                sum(a <= lent and (b is None or b > lent) for a, b in loans)
    return found


def _masks(frame: pd.DataFrame, known: Known, own: str) -> Found:
    """The same with pandas, a mask a rule."""
    found: Found = []
    received = pd.Timestamp(known.received)

    def tell(mask: pd.Series, column: int, code: str) -> None:
        found.extend((address(n + 2, column), code) for n in frame.index[mask])

    empty = frame == ""
    parts = frame["card"].str.extract(_CARD)
    tell(empty["card"], 0, "missing")
    tell(~empty["card"] & parts[0].isna(), 0, "card_unreadable")
    tell(parts[0] == own, 0, "card_own")
    tell(parts[0].notna() & ~parts[0].isin(list(known.members)), 0, "card_no_member")
    tell(empty["item"], 1, "missing")
    tell(empty["title"], 2, "missing")
    tell(~frame["material"].isin(LENT_KINDS), 4, "choice_unknown")
    year = pd.to_numeric(frame["published"], errors="coerce")
    tell((year < 1400) | (year > received.year + 1), 5, "year_unreadable")
    lent, due, back = (
        pd.to_datetime(frame[key].where(~empty[key]))
        for key in ("lent_on", "due_on", "returned_on")
    )
    tell(lent.isna(), 6, "missing")
    tell(lent > received, 6, "date_future")
    tell(back > received, 8, "date_future")
    lent, back = lent.where(lent <= received), back.where(back <= received)
    tell(due < lent, 7, "due_before_lent")
    tell(back < lent, 8, "returned_before_lent")
    tell(pd.to_numeric(frame["fine"], errors="coerce") < 0, 9, "number_too_small")
    tell(pd.to_numeric(frame["fine_paid"], errors="coerce") < 0, 10, "number_too_small")
    tell(~empty["condition"] & ~frame["condition"].isin(CONDITIONS), 11, "choice_unknown")
    keyed = frame.assign(lent_on=lent)[parts[0].notna() & ~empty["item"] & lent.notna()]
    again = keyed.duplicated(["card", "item", "lent_on"])
    tell(again.reindex(frame.index, fill_value=False), 0, "duplicate_key")
    ordered = keyed.assign(back=back).sort_values("lent_on")
    before = ordered.groupby(["card", "item"])["back"].shift()
    renewed = before > ordered["lent_on"]
    busy = ordered.groupby("card")["item"].transform("size") > 5
    assert len(renewed) == len(busy)
    return found


if __name__ == "__main__":
    main()
