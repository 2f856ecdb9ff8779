"""Who held the card: the as-of join of loans to issues, beside a search in one sorted array."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from _measure import arguments, goal, race, show

from ill_workflows.ledger.holders import holders

FIRST = date(2024, 8, 1)
SPAN = 730
"""Days from the first issue to the last: a term of two years."""
HELD = 30
"""Days between two issues of a card; it is with its reader for four fifths of them."""
_SHIFT = 20
"""Bits that a day needs in the composite key."""


def main() -> None:
    wanted = arguments(__doc__, loans=(1_000_000, 50_000), rounds=(3, 2))
    loans, issues = _frames(wanted.loans, wanted.loans // 2)
    print(f"{len(loans)} loans, {len(issues)} issues of {issues['card'].nunique()} cards")
    left, right = _arrays(loans, issues)
    ours = holders(loans, issues)["patron"].notna().sum()
    floor = int((_search(left, right) >= 0).sum())
    assert ours == floor, (ours, floor)
    spent = race(
        {
            "ledger.holders": lambda: holders(loans, issues),
            "pandas.merge_asof alone": lambda: _merge(loans, issues),
            "card and day as text and dates, then the floor": lambda: _search(
                *_arrays(loans, issues)
            ),
            "floor: searchsorted on a composite key": lambda: _search(left, right),
        },
        wanted.rounds,
    )
    show("Joining loans to the readers who held the cards", spent, "ledger.holders")
    searched = spent["floor: searchsorted on a composite key"]
    goal("P5", "of the floor", spent["ledger.holders"] / searched, 2, at_least=False)


def _frames(loans: int, issues: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Loans and issues as the ledger has them: cards as text, days as ``date``."""
    draw = np.random.default_rng(1)
    turns = SPAN // HELD
    count = max(1, issues // turns)
    names = np.array([f"L{n // 50:04d}-{n % 50 + 1:02d}" for n in range(count)], dtype=object)
    days = np.array([FIRST + timedelta(days=n) for n in range(SPAN + HELD)], dtype=object)
    card = np.repeat(np.arange(count), turns)
    turn = np.tile(np.arange(turns), count) * HELD + np.repeat(np.arange(count) % 7, turns)
    patron = np.array([f"P{n:08d}" for n in range(len(card))], dtype=object)
    right = pd.DataFrame(
        {
            "card": names[card], "patron": patron, "name": "示範讀者",
            "email": "reader@mail.host.example", "destination": "未定", "issued_on": days[turn],
            "returned_on": days[turn + HELD * 4 // 5],
        }
    )  # fmt: skip
    left = pd.DataFrame(
        {
            "card": names[draw.integers(0, count, loans)],
            "lent_on": days[draw.integers(0, SPAN, loans)], "library": "HOST",
        }
    )  # fmt: skip
    return left, right.sample(frac=1, random_state=1).reset_index(drop=True)


def _arrays(loans: pd.DataFrame, issues: pd.DataFrame) -> tuple[Any, Any]:
    """The composite key of each loan; of each issue, its key and the key of its last day."""
    numbers, _ = pd.factorize(pd.concat([loans["card"], issues["card"]]))
    cards = numbers.astype(np.int64) << _SHIFT
    day = [
        pd.to_datetime(column).to_numpy().astype("datetime64[D]").astype(np.int64)
        for column in (loans["lent_on"], issues["issued_on"], issues["returned_on"])
    ]
    there, here = cards[: len(loans)], cards[len(loans) :]
    return there + day[0], (here + day[1], here + day[2])


def _search(left: Any, right: Any) -> Any:
    """The place of each loan's issue, or −1."""
    issued, back = right
    order = np.argsort(issued, kind="stable")
    at = np.searchsorted(issued[order], left, side="right") - 1
    fits = (at >= 0) & (back[order][at] >= left) & (issued[order][at] >> _SHIFT == left >> _SHIFT)
    return np.where(fits, order[at], -1)


def _merge(loans: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    left = loans.assign(at=pd.to_datetime(loans["lent_on"])).sort_values("at")
    right = issues.assign(at=pd.to_datetime(issues["issued_on"])).sort_values("at")
    return pd.merge_asof(left, right, on="at", by="card")


if __name__ == "__main__":
    main()
