"""停權與賠償: what libraries owe each other, told by notes and by unpaid fines of loans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.independent.reading import Row, Sent
from tests.independent.recompute import Told, first_of, home_of, last_of
from tests.independent.tables import TOTAL, Cells, Expected, summed

Key = tuple[Any, ...]
ENDED = {"遺失": "遺失賠償", "毀損": "毀損賠償"}
MOVES = ("新增", "更正與撤銷", "已繳", "減免")
SIGNS = {"新增": 1, "更正與撤銷": 1, "已繳": -1, "減免": -1}


@dataclass
class Claim:
    """Where a claim stands, and what has moved it: (what, day, NT$)."""

    amount: int = 0
    paid: int = 0
    waived: int = 0
    withdrawn: int = 0
    moves: list[tuple[str, date, int]] = field(default_factory=list)

    def becomes(self, day: date, amount: int, paid: int, waived: int, withdrawn: int) -> None:
        steps = (
            ("更正與撤銷", amount - self.amount), ("已繳", paid - self.paid),
            ("減免", waived - self.waived), ("更正與撤銷", self.withdrawn - withdrawn),
        )  # fmt: skip
        self.amount, self.paid, self.waived, self.withdrawn = amount, paid, waived, withdrawn
        if self.moves:
            day = max(day, self.moves[-1][1])
        for what, change in steps:
            assert what == "更正與撤銷" or change >= 0
            if change:
                self.moves.append((what, day, change))


def _standing(sent: Sequence[Sent]) -> dict[Key, Row]:
    """The rows of loans that count among these workbooks of one library."""
    by_month = {one.month: one for one in sent if one.form == "usage"}
    return {
        (row["借書證號"], row["登錄號"], row["借出日"]): row
        for _, one in sorted(by_month.items())
        for row in one.rows["借出紀錄"]
    }


def _unpaid(sent: Sequence[Sent]) -> set[Key]:
    """The loans of which some sheet shows a fine that is not paid."""
    return {
        (row["借書證號"], row["登錄號"], row["借出日"])
        for one in sent
        for row in one.rows.get("借出紀錄", ())
        if row["歸還日"] and (row["逾期罰款"] or 0) > (row["已繳罰款"] or 0)
    }


def _of_library(sent: Sequence[Sent]) -> Iterator[tuple[str, Claim]]:
    """Card → each claim of one lender, gone through as its workbooks came."""
    loans, notes = dict.fromkeys(_unpaid(sent)), dict[str, Claim]()
    fines: dict[Key, Claim] = {}
    cards: dict[str, str] = {}
    taken: set[Key] = set()
    for number, one in enumerate(sent, start=1):
        for row in one.rows.get("罰款賠償", ()):
            name, card = row["通知編號"], row["借書證號"]
            mine = [
                key for key in loans
                if row["類別"] == "逾期罰款" and key[:2] == (card, row["登錄號"])
                and key[2] <= row["發生日"]
            ]  # fmt: skip
            taken |= set(mine)
            if name not in notes:
                notes[name] = next((fines.pop(key) for key in mine if key in fines), Claim())
            cards[name] = card
            _by_note(notes[name], row, one.day)
        if one.form != "usage":
            continue
        now = _standing(sent[:number])
        for key in loans.keys() - taken:
            row = now.get(key, {})
            owed = (row.get("逾期罰款") or 0) if row.get("歸還日") else 0
            if owed and key not in fines:
                fines[key] = Claim(owed, moves=[("新增", row["歸還日"], owed)])
            if key in fines and owed:
                fines[key].becomes(one.day, owed, row["已繳罰款"] or 0, 0, 0)
            elif key in fines:
                old = fines[key]
                old.becomes(one.day, old.amount, old.paid, 0, old.amount - old.paid)
    yield from ((cards[name], claim) for name, claim in notes.items())
    yield from ((key[0], claim) for key, claim in fines.items())


def _by_note(claim: Claim, row: Row, came: date) -> None:
    amount, paid, day = row["金額"], row["已繳金額"] or 0, row["處理日"] or came
    if not claim.moves:
        claim.amount = amount
        claim.moves.append(("新增", row["發生日"], amount))
    if row["處理"] == "繳清":
        paid = amount
    left = amount - paid
    waived, withdrawn = (left if row["處理"] == word else 0 for word in ("減免", "撤銷"))
    claim.becomes(day, amount, paid, waived, withdrawn)


def claims(world: Told) -> Iterator[tuple[str, str, Claim]]:
    """Lender, home library, claim; a lost or damaged book of which no sum is told is one too."""
    for code in world.alliance.members:
        sent = [one for one in world.sent if one.library == code]
        for card, claim in _of_library(sent):
            yield code, home_of(card), claim
        for one in sent:
            for row in one.rows.get("借出紀錄", ()):
                if row["狀況"] in ENDED:
                    unpriced = Claim(moves=[("新增", one.day, 0)])
                    yield code, home_of(row["借書證號"]), unpriced


def settlement(world: Told, months: Sequence[str]) -> list[Expected]:
    first, last, codes = first_of(months[0]), last_of(months[-1]), world.codes(months)
    pairs: dict[tuple[str, str], Cells] = {}
    for lender, home, claim in claims(world):
        for what, day, change in claim.moves:
            if day > last:
                continue
            cells = pairs.setdefault((lender, home), dict.fromkeys(("期初", *MOVES, "期末"), 0))
            signed = SIGNS[what] * change
            if day < first:
                cells["期初"] += signed
            else:
                cells[what] += change
            cells["期末"] += signed
    pairs = {pair: cells for pair, cells in pairs.items() if any(cells.values())}
    rows: dict[tuple[Any, ...], Cells] = {
        (lender, world.alliance.members[lender].name, home): cells
        for (lender, home), cells in pairs.items()
    }
    rows[TOTAL, None, None] = summed(rows.values(), ("期初", *MOVES, "期末"))
    owed = {pair: cells["期末"] for pair, cells in pairs.items()}
    left = {pair: value for pair, value in owed.items() if value}
    homes = [code for code in codes if code in {home for _, home in left}]
    matrix: dict[tuple[Any, ...], Cells] = {
        (lender,): {
            **{home: None if home == lender else left.get((lender, home), 0) for home in homes},
            "未結合計": sum(left.get((lender, home), 0) for home in homes),
        }
        for lender in codes
        if lender in {one for one, _ in left}
    }
    matrix[TOTAL,] = summed(matrix.values(), (*homes, "未結合計"))
    net: dict[tuple[Any, ...], Cells] = {}
    for code in {code for pair in owed for code in pair}:
        gets = sum(value for (lender, _), value in owed.items() if lender == code)
        pays = sum(value for (_, home), value in owed.items() if home == code)
        net[code,] = {"期末應收": gets, "期末應付": pays, "淨額": gets - pays}
    net[TOTAL,] = summed(net.values(), ("期末應收", "期末應付", "淨額"))
    name = "停權與賠償"
    return [
        *([Expected(name, ("貸方代碼", "貸方館名", homes[0]), matrix)] if left else []),
        Expected(name, ("貸方代碼", "貸方館名", "借方代碼"), rows, width=3),
        Expected(name, ("館代碼", "館名", "期末應收"), net),
    ]
