"""The ranking for awards: what is measured, and how points, score and places come (Article 8.2).

Everything is counted in exact fractions and rounded half up to one decimal, so that a place
never hangs on how a program adds; the workbook's formulas give the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, NamedTuple

Number = int | float


class Criterion(NamedTuple):
    """One thing that is measured: what it says, over what, and how it counts by default.

    ``weight`` is a share of the sum of all weights; a library whose denominator is below
    ``minimum`` gets no points for it.
    """

    name: str
    kind: Literal["rate", "number"]
    unit: str
    sentence: str
    denominator: str
    lower_is_better: bool
    weight: int
    minimum: int


CRITERIA: Final = (
    Criterion(
        "準時回報率", "rate", "%", "準時送達的月報份數 ÷ 應繳份數（見『繳交情形』）。",
        "應繳份數", lower_is_better=False, weight=30, minimum=1,
    ),
    Criterion(
        "滿足率", "rate", "%", "滿足件數 ÷（滿足＋拒絕）（見『資料供應』）。",
        "滿足＋拒絕", lower_is_better=False, weight=25, minimum=10,
    ),
    Criterion(
        "月均貸出", "number", "件", "貸出件數 ÷ 有借閱月報的月數；缺報的月份不加分也不扣分。",
        "貸出已報月數", lower_is_better=False, weight=15, minimum=1,
    ),
    Criterion(
        "處理天數中位數", "number", "日", "從申請到回覆的日曆天數，取中位數（見『處理時效』）。",
        "回覆件數", lower_is_better=True, weight=15, minimum=5,
    ),
    Criterion(
        "借書證使用率", "rate", "%", "在外證日 ÷ 可用證日（見『借書證使用』）。",
        "可用證日", lower_is_better=False, weight=15, minimum=1,
    ),
)  # fmt: skip
"""Every measure of the ranking, in order; values, weights and minima follow it."""

TOO_FEW_MONTHS: Final = "已報月數不足"
TOO_FEW_POINTS: Final = "可計分項目不足"
NO_WEIGHTS: Final = "權數皆為零"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A library, the months that it reported on every form, and what was measured.

    Values have at most one decimal; None: nothing was reported, or there is no denominator.
    """

    code: str
    name: str
    reported: int
    values: tuple[Number | None, ...]
    denominators: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a library must reach to be placed, in percent, and the months that were due."""

    months: int
    reported: Number = 66.7
    covered: Number = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """How a candidate stands; None stands for a blank cell.

    ``covered`` is the percentage of the weights for which there are points, ``reported`` that
    of the months due, ``why`` tells why a library has no place.
    """

    candidate: Candidate
    points: tuple[float | None, ...]
    covered: float | None
    reported: float | None
    score: float | None
    place: int | None
    why: str


def exact(number: Number) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(str(number))


def rounded(number: Fraction, decimals: int = 1) -> Fraction:
    """A number that is not negative, rounded half up."""
    unit = 10**decimals
    return Fraction(
        (2 * number.numerator * unit + number.denominator) // (2 * number.denominator), unit
    )


def _settled(number: Fraction) -> Fraction:
    """Rounded to six decimals first, as the workbook does: there a sum may miss a half."""
    return rounded(rounded(number, 6))


def points(
    candidates: Sequence[Candidate], at: int, minimum: Number, *, lower_is_better: bool
) -> list[Fraction | None]:
    """The points of each candidate for the measure ``at``: how many of the others it beats.

    100 × (those that are worse + half of those that are equal) ÷ (those with a value − 1), to
    one decimal; 100 where nobody else has a value; None without a value of its own.
    """
    floor, sign = exact(minimum), -1 if lower_is_better else 1
    values: list[Fraction | None] = []
    for one in candidates:
        value, over = one.values[at], one.denominators[at]
        counts = value is not None and over is not None and over >= floor
        values.append(sign * exact(value) if counts and value is not None else None)
    known = [value for value in values if value is not None]
    found: list[Fraction | None] = []
    for mine in values:
        if mine is None:
            found.append(None)
        elif len(known) == 1:
            found.append(Fraction(100))
        else:
            beaten = sum(other < mine for other in known)
            equal = known.count(mine) - 1
            found.append(rounded(Fraction(100 * (2 * beaten + equal), 2 * (len(known) - 1))))
    return found


def rank(
    candidates: Sequence[Candidate],
    weights: Sequence[Number],
    minima: Sequence[Number],
    thresholds: Thresholds,
) -> tuple[Standing, ...]:
    """How each candidate stands, in the order in which they were given.

    The score is the mean of a candidate's points, weighted, over the measures for which it has
    points; a weight that is not above zero leaves its measure out.  Equal scores share a place
    and the next ones are skipped: 1, 2, 2, 4.
    """
    shares = [max(exact(weight), Fraction(0)) for weight in weights]
    columns = [
        points(candidates, at, minimum, lower_is_better=CRITERIA[at].lower_is_better)
        for at, minimum in enumerate(minima)
    ]
    drafts = []
    for n, one in enumerate(candidates):
        mine = tuple(column[n] for column in columns)
        drafts.append(_unplaced(one, mine, shares, thresholds))
    scores = [draft.score for draft in drafts if draft.score is not None]
    return tuple(
        Standing(
            draft.candidate, draft.points, draft.covered, draft.reported, draft.score,
            None if draft.score is None else 1 + sum(score > draft.score for score in scores),
            draft.why,
        )
        for draft in drafts
    )  # fmt: skip


def _unplaced(
    one: Candidate,
    mine: tuple[Fraction | None, ...],
    shares: Sequence[Fraction],
    thresholds: Thresholds,
) -> Standing:
    whole = sum(shares, Fraction(0))
    has = sum(
        (share for share, got in zip(shares, mine, strict=True) if got is not None), Fraction(0)
    )
    covered = _settled(100 * has / whole) if whole else None
    months = thresholds.months
    reported = rounded(Fraction(100 * one.reported, months)) if months else None
    late = (reported or 0) < rounded(exact(thresholds.reported))
    thin = not covered or covered < rounded(exact(thresholds.covered))
    why = "、".join([TOO_FEW_MONTHS] * late + [TOO_FEW_POINTS] * thin) if whole else NO_WEIGHTS
    score = None
    if not why:
        summed = sum(share * (got or 0) for share, got in zip(shares, mine, strict=True))
        score = float(_settled(summed / has))
    return Standing(
        one,
        tuple(None if got is None else float(got) for got in mine),
        None if covered is None else float(covered),
        None if reported is None else float(reported),
        score,
        None,
        why,
    )
