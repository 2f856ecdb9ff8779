"""評比: what this sheet must say at the weights that it comes with (Article 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple

from tests.independent import recompute as again
from tests.independent.recompute import Figure, Told, month_of, percentage
from tests.independent.sheets_cards import card_days
from tests.independent.tables import Cells, Expected
from tests.independent.timely import arrival


class Measure(NamedTuple):
    """Its points' heading, its value's and its denominator's, weight, least denominator, sense."""

    name: str
    value: str
    over: str
    weight: int
    least: int
    better: int = 1


MEASURES = (
    Measure("準時回報率", "準時回報率(%)", "應繳份數", 30, 1),
    Measure("滿足率", "滿足率(%)", "滿足＋拒絕", 25, 10),
    Measure("月均貸出", "月均貸出(件)", "貸出已報月數", 15, 1),
    Measure("處理天數中位數", "處理天數(日)", "回覆件數", 15, 5, -1),
    Measure("借書證使用率", "借書證使用率(%)", "可用證日", 15, 1),
)
REPORTED, COVERED = Decimal("66.7"), Decimal(50)
Measured = list[tuple[Figure, int | None]]


def half_up(value: Fraction, places: str = "0.1") -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(places), ROUND_HALF_UP)


def measured(world: Told, code: str, months: Sequence[str], found: dict[str, Any]) -> Measured:
    """Each measure's value and denominator of one library."""
    states = [arrival(world, code, form, m) for form in ("usage", "cards") for m in months]
    due = sum(state is not None for state in states)
    filled, refused, lent = (
        found[name]["by_library"][code]
        for name in ("requests_filled", "requests_refused", "loans_lent")
    )
    told = len(world.months_of(code, "usage", months))
    days = [
        (row["回覆日"] - row["申請日"]).days
        for row in world.requests
        if row["館"] == code
        and row["結果"] in {"提供", "拒絕"}
        and world.knows(code, "usage", row["回覆日"])
        and month_of(row["回覆日"]) in months
    ]
    cards = card_days(world, code, months) or (0, 0)
    asked = None if filled is None else filled + refused
    return [
        (percentage(states.count("準時"), due), due),
        (percentage(filled, asked), asked),
        (float(half_up(Fraction(lent, told))) if told else None, told),
        (float(half_up(Fraction(median(days)))) if days else None, len(days)),
        (percentage(*cards), cards[1]),
    ]


def points(of_all: dict[str, Measured], at: int) -> dict[str, Decimal]:
    """How many of the others with a value a library beats, in hundred; equal ones by half."""
    one = MEASURES[at]
    values = {
        code: one.better * Decimal(str(value))
        for code, told in of_all.items()
        for value, over in [told[at]]
        if value is not None and over is not None and over >= one.least
    }
    others = len(values) - 1
    found = {}
    for code, mine in values.items():
        beaten = sum(2 * (v < mine) + (v == mine) for c, v in values.items() if c != code)
        found[code] = half_up(Fraction(100 * beaten, 2 * others)) if others else Decimal(100)
    return found


def ranking(world: Told, months: Sequence[str]) -> list[Expected]:
    found, codes = again.measures(world, months), world.codes(months)
    of_all = {code: measured(world, code, months, found) for code in codes}
    earned = [points(of_all, at) for at in range(len(MEASURES))]
    weights = [one.weight for one in MEASURES]
    rows: dict[tuple[Any, ...], Cells] = {}
    scores: dict[str, Decimal] = {}
    for code in codes:
        both = set(world.months_of(code, "usage", months))
        both &= set(world.months_of(code, "cards", months))
        mine = [column.get(code) for column in earned]
        has = [(w, got) for w, got in zip(weights, mine, strict=True) if got is not None]
        whole = sum(weight for weight, _ in has)
        reported, covered = half_up(Fraction(100 * len(both), len(months))), Decimal(whole)
        why = [
            word
            for word, low in (
                ("已報月數不足", reported < REPORTED), ("可計分項目不足", covered < COVERED),
            )
            if low
        ]  # fmt: skip
        if not why:
            summed = sum((weight * got for weight, got in has), Decimal(0))
            scores[code] = half_up(Fraction(summed) / whole)
        cells: Cells = {"得分" + one.name: got for one, got in zip(MEASURES, mine, strict=True)}
        for one, (value, over) in zip(MEASURES, of_all[code], strict=True):
            cells |= {one.value: value, one.over: over}
        rows[code,] = cells | {
            "總分": scores.get(code), "涵蓋權數(%)": covered, "已報月數": len(both),
            "已報比例(%)": reported, "是否列入": "未列入" if why else "列入",
            "未列入原因": "、".join(why) or None,
        }  # fmt: skip
    for (code,), cells in rows.items():
        cells["名次"] = None
        if code in scores:
            cells["名次"] = 1 + sum(score > scores[code] for score in scores.values())
        for name, value in cells.items():
            cells[name] = float(value) if isinstance(value, Decimal) else value
    names = [one.name for one in MEASURES]
    settings: dict[tuple[Any, ...], Cells] = {
        ("權數",): {"全體": sum(weights), **dict(zip(names, weights, strict=True))},
        ("最低分母",): {one.name: one.least for one in MEASURES},
        ("應報月數",): {"全體": len(months)},
        ("最低已報比例(%)",): {"全體": float(REPORTED)},
        ("最低涵蓋權數(%)",): {"全體": float(COVERED)},
    }
    shares = {
        name: percentage(weight, sum(weights)) for name, weight in zip(names, weights, strict=True)
    }
    settings["占總權數(%)",] = shares
    for name in ("分母", "方向"):
        settings[name,] = {}
    return [
        Expected("評比", ("設定", "說明"), settings),
        Expected("評比", ("館代碼", "館名", "名次"), rows),
    ]
