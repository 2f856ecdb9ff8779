from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from ill_workflows.evaluation.measures import Measure
from ill_workflows.evaluation.model import MISSING, Formula, Sheet
from ill_workflows.evaluation.ranking import (
    CRITERIA,
    Candidate,
    Standing,
    Thresholds,
    rank,
)
from ill_workflows.evaluation.sheets import ranking as sheets_ranking
from ill_workflows.evaluation.sheets.layout import plain
from ill_workflows.forms.book import letters
from ill_workflows.xlsx.report import write_workbook
from tests.conftest import Convert

candidates: Any = sheets_ranking.candidates
months_due: Any = sheets_ranking.months_due
ranking_sheet: Any = sheets_ranking.ranking_sheet
WEIGHTS = tuple(one.weight for one in CRITERIA)
MINIMA = tuple(one.minimum for one in CRITERIA)
YEAR = tuple(f"2025-{month:02d}" for month in range(1, 13))
OF_YEAR = Thresholds(len(YEAR))
XLSX = "xlsx:Calc MS Excel 2007 XML"


def library(
    name: str, *values: float | None, reported: int = 12, over: tuple[int | None, ...] | None = None
) -> Candidate:
    known = tuple(None if value is None else 20 for value in values)
    return Candidate(name, f"{name}館", reported, values, over or known)


def alike(*values: float | None) -> list[Candidate]:
    """Libraries that differ only in the first measure."""
    return [library(f"L{n}", value, 50, 5, 3, 20) for n, value in enumerate(values)]


def ranked(
    given: list[Candidate],
    weights: tuple[float, ...] = WEIGHTS,
    minima: tuple[float, ...] = MINIMA,
    thresholds: Thresholds = OF_YEAR,
) -> tuple[Standing, ...]:
    return rank(given, weights, minima, thresholds)


def test_points_say_how_many_of_the_others_one_beats() -> None:
    assert [one.points[0] for one in ranked(alike(90, 80, 80, 70, 60))] == [
        100.0, 62.5, 62.5, 25.0, 0.0,
    ]  # fmt: skip


def test_fewer_days_to_an_answer_are_better() -> None:
    days = [library(f"L{n}", 90, 50, 5, value, 20) for n, value in enumerate((1, 2.5, 9))]
    assert [one.points[3] for one in ranked(days)] == [100.0, 50.0, 0.0]


def test_a_giant_does_not_move_the_others() -> None:
    small = [library(f"L{n}", 90, 50, value, 3, 20) for n, value in enumerate((5, 6, 7))]
    giant = [*small[:2], library("L2", 90, 50, 7_000_000, 3, 20)]
    assert [one.score for one in ranked(giant)] == [one.score for one in ranked(small)]


def test_a_library_that_is_alone_has_all_points() -> None:
    [only] = ranked(alike(10))
    assert (only.points, only.score, only.place) == ((100.0,) * 5, 100.0, 1)


def test_what_is_missing_or_too_small_gives_no_points_and_takes_none() -> None:
    others = alike(90, 80)
    unknown = library("U", None, 50, 5, 3, 20)
    few = library("F", 99, 50, 5, 3, 20, over=(20, 9, 20, 4, 20))
    first, second, blank, small = ranked([*others, unknown, few])
    assert blank.points[0] is None
    assert blank.covered == 70.0
    assert (small.points[1], small.points[3]) == (None, None)
    assert first.points == (50.0, 50.0, 50.0, 50.0, 50.0)
    assert second.points[0] == 0.0
    assert blank.score == 50.0


def test_equal_scores_share_a_place_and_the_next_is_skipped() -> None:
    assert [one.place for one in ranked(alike(60, 80, 90, 80))] == [4, 2, 1, 2]


def test_scores_are_equal_when_they_are_equal_to_one_decimal() -> None:
    given = alike(*range(8))
    tiny = ranked(given, (0.001, 100, 0, 0, 0))
    assert {one.score for one in tiny} == {50.0}
    assert {one.place for one in tiny} == {1}


def test_two_thirds_of_the_months_are_enough_and_one_less_is_not() -> None:
    for months in (3, 6, 12, 24):
        for reported, listed in ((months * 2 // 3, True), (months * 2 // 3 - 1, False)):
            [one] = ranked([replace(alike(9)[0], reported=reported)], thresholds=Thresholds(months))
            assert (one.place == 1) is listed
            assert one.why == ("" if listed else "已報月數不足")


@pytest.mark.parametrize(("floor", "listed"), [(66.66, True), (66.7, True), (66.75, False)])
def test_a_threshold_is_rounded_like_what_it_is_compared_with(floor: float, listed: bool) -> None:
    [one] = ranked([replace(alike(9)[0], reported=8)], thresholds=Thresholds(12, floor))
    assert (one.reported, one.place is not None) == (66.7, listed)


def test_half_of_the_weights_must_be_covered() -> None:
    full, half = library("F", 90, 50, 5, 3, 20), library("H", 90, None, None, None, None)
    for weights, why in (((1, 1, 0, 0, 0), ""), ((1, 1.1, 0, 0, 0), "可計分項目不足")):
        assert ranked([full, half], weights)[1].why == why
    for floor, why in ((50.04, ""), (50.06, "可計分項目不足")):
        assert (
            ranked([full, half], (1, 1, 0, 0, 0), thresholds=Thresholds(12, 0, floor))[1].why == why
        )
    nothing = library("N", None, None, None, None, None, reported=0)
    assert ranked([full, nothing], thresholds=Thresholds(12, 0, 0))[1].why == "可計分項目不足"
    assert ranked([full, nothing])[1].why == "已報月數不足、可計分項目不足"


def test_weights_are_shares_of_their_sum_and_none_means_no_score() -> None:
    given = [library("A", 90, 50, 5, 9, 20), library("B", 80, 60, 5, 3, 30)]
    scores = [one.score for one in ranked(given)]
    assert scores == [one.score for one in ranked(given, tuple(w / 10 for w in WEIGHTS))]
    assert ranked(given, (1, 0, 0, 0, 0))[0].score == 100.0
    assert ranked(given, (1, -5, 0, 0, 0))[0].score == 100.0
    for one in ranked(given, (0, 0, 0, 0, 0)):
        assert (one.covered, one.score, one.place, one.why) == (None, None, None, "權數皆為零")


# The figures


@dataclass
class Stand:
    """What the sheet asks of the figures."""

    codes: tuple[str, ...]
    months: tuple[str, ...]
    board: pd.DataFrame
    reported: dict[tuple[str, str], set[str]]
    answered: list[tuple[str, str, int, int]]
    card_days: list[tuple[str, str, int, int]]
    counts: dict[str, dict[str, int | None]]

    @property
    def names(self) -> dict[str, str]:
        return {code: f"{code}示範科技大學圖書館" for code in self.codes}

    def months_of(self, code: str, form: str, months: Any = None) -> list[str]:
        wanted = self.months if months is None else months
        return [month for month in wanted if month in self.reported.get((code, form), ())]

    def of(self, name: str) -> pd.DataFrame:
        if name == "answer_days":
            return pd.DataFrame(self.answered, columns=["month", "lender", "days", "n"])
        return pd.DataFrame(self.card_days, columns=["month", "library", "out", "available"])


def counted(stand: Stand, months: tuple[str, ...]) -> dict[str, Measure]:
    assert months == stand.months
    return {name: Measure(None, dict(told), {}) for name, told in stand.counts.items()}


@pytest.fixture(scope="module", autouse=True)
def _measures() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets_ranking, "measures", counted)
        yield


def board(*places: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["library", "month", "form", "state"])


def test_what_is_measured_of_a_library() -> None:
    march, april, may = YEAR[2:5]
    stand = Stand(
        ("AU", "BU"), (march, april, may),
        board(
            ("AU", march, "usage", "accepted"), ("AU", march, "cards", "accepted_late"),
            ("AU", april, "usage", "accepted"), ("AU", april, "cards", "missing"),
            ("AU", may, "usage", "accepted"), ("AU", may, "cards", "not_due"),
            ("BU", march, "usage", "missing"), ("BU", march, "cards", "returned"),
            ("BU", april, "usage", "missing"), ("BU", april, "cards", "missing"),
            ("BU", may, "usage", "interim"), ("BU", may, "cards", "not_due"),
        ),
        {("AU", "usage"): {march, april, may}, ("AU", "cards"): {march}},
        [(march, "AU", 1, 2), (april, "AU", 4, 2)],
        [(march, "AU", 100, 1500)],
        {
            "requests_filled": {"AU": 7, "BU": None}, "requests_refused": {"AU": 4, "BU": None},
            "loans_lent": {"AU": 10, "BU": None},
        },
    )  # fmt: skip
    assert months_due(stand) == (march, april)
    assert candidates(stand) == [
        Candidate(
            "AU", "AU示範科技大學圖書館", 1, (60.0, 63.6, 3.3, 2.5, 6.7), (5, 11, 3, 4, 1500)
        ),
        Candidate(
            "BU", "BU示範科技大學圖書館", 0, (0.0, None, None, None, None), (4, None, 0, 0, 0)
        ),
    ]  # fmt: skip


def invented(libraries: int, seed: int) -> Stand:
    """A world with small libraries, missing sheets and many ties."""
    draw = random.Random(seed)
    codes = tuple(f"{chr(65 + n // 26)}{chr(65 + n % 26)}U" for n in range(libraries))
    places, answered, cards = [], [], []
    reported: dict[tuple[str, str], set[str]] = {}
    counts: dict[str, dict[str, int | None]] = {
        "requests_filled": {}, "requests_refused": {}, "loans_lent": {},
    }  # fmt: skip
    for code in codes:
        diligence, size = draw.choice([0.2, 0.7, 0.95, 1]), draw.choice([1, 1, 4, 30])
        for month in YEAR:
            for form in ("usage", "cards"):
                came = draw.random() < diligence
                state = draw.choice(["accepted"] * 4 + ["accepted_late"]) if came else "missing"
                places.append((code, month, form, state))
                if came:
                    reported.setdefault((code, form), set()).add(month)
        months = reported.get((code, "usage"), set())
        for by_library in counts.values():
            by_library[code] = size * draw.randrange(5) * len(months) if months else None
        answered += [(m, code, draw.randrange(6), draw.randrange(1, 3)) for m in sorted(months)]
        cards += [
            (month, code, draw.randrange(5) * 50, 1500)
            for month in sorted(reported.get((code, "cards"), set()))
        ]
    return Stand(codes, YEAR, board(*places), reported, answered, cards, counts)


def nobody_answers(stand: Stand) -> Stand:
    return replace(stand, answered=[])


def rivals() -> Stand:
    """Two libraries, one punctual, one generous, otherwise equal."""
    places = [
        (code, month, form, "accepted_late" if code == "BU" and form == "cards" else "accepted")
        for code in ("AU", "BU") for month in YEAR for form in ("usage", "cards")
    ]  # fmt: skip
    reported = {(code, form): set(YEAR) for code, _, form, _ in places}
    counts: dict[str, dict[str, int | None]] = {
        "requests_filled": {"AU": 10, "BU": 15}, "requests_refused": {"AU": 10, "BU": 5},
        "loans_lent": {"AU": 9, "BU": 9},
    }  # fmt: skip
    return Stand(("AU", "BU"), YEAR, board(*places), reported, [], [], counts)


BY_A_HAIR = (0.5004999997, 0.4995000003, 0, 0, 0)
"""Weights by which the punctual one of :func:`rivals` has 50.04999997 points, the other 49.95…"""


def test_a_score_that_misses_a_half_by_a_hair_is_rounded_up() -> None:
    standings = rank(candidates(rivals()), BY_A_HAIR, MINIMA, OF_YEAR)
    assert [(one.score, one.place) for one in standings] == [(50.1, 1), (50.0, 2)]


# The sheet


def table_of(sheet: Sheet) -> list[tuple[Any, ...]]:
    return [
        tuple(c.value if isinstance(c, Formula) else c for c in row) for row in sheet.tables[1].rows
    ]


def test_the_sheet_is_sorted_by_place_with_those_that_have_none_at_the_end() -> None:
    stand = invented(40, 1)
    rows = table_of(ranking_sheet(stand))
    places = [row[2] for row in rows]
    listed = [place for place in places if place is not None]
    assert 10 < len(listed) < 40
    assert listed == sorted(listed)
    assert places == listed + [None] * (40 - len(listed))
    assert all((row[12] == "列入") is (row[2] is not None) for row in rows)
    assert all(bool(row[13]) is (row[2] is None) for row in rows)
    assert {row[0] for row in rows} == set(stand.codes)


def test_an_alliance_without_members_has_an_empty_ranking() -> None:
    nobody = replace(invented(1, 1), codes=(), board=board())
    assert ranking_sheet(nobody).tables[1].rows == ()


def test_points_score_and_place_are_live_and_values_are_plain() -> None:
    sheet = ranking_sheet(invented(5, 1))
    for row in sheet.tables[1].rows:
        live = [isinstance(cell, Formula) for cell in row]
        assert live == [False, False, *[True] * 8, False, *[True] * 3, *[False] * 10]
        assert all(plain(cell) is not None or cell is MISSING for cell in row[14:])


def test_weights_stand_above_the_points_that_they_weigh() -> None:
    settings, standings = ranking_sheet(invented(5, 1)).tables
    for at, one in enumerate(CRITERIA, start=3):
        assert settings.columns[at].heading == one.name
        assert standings.columns[at].heading == f"得分\n{one.name}"
        assert plain(settings.rows[0][at]) == one.weight
    for table in (settings, standings):
        assert len({column.heading for column in table.columns}) == len(table.columns)
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_only_functions_that_every_program_knows() -> None:
    cells = [c for t in ranking_sheet(invented(3, 1)).tables for row in t.rows for c in row]
    texts = [getattr(c, "text", getattr(getattr(c, "cell", None), "text", "")) for c in cells]
    used = {name for text in texts for name in re.findall(r"([A-Z.]+)\(", text)}
    assert used == {
        "AND", "IF", "ISNUMBER", "MAX", "N", "OR", "RANK", "ROUND", "SUMIF", "SUMPRODUCT",
    }  # fmt: skip


def test_rows_may_be_sorted_because_they_look_only_at_their_own_row_and_at_fixed_ones() -> None:
    for row in ranking_sheet(invented(3, 1)).tables[1].rows:
        for cell in row:
            places = re.findall(r"([A-Z])(\$?)\{([^}]*)\}", getattr(cell, "text", ""))
            assert all((dollar == "") is (where == "r") for _, dollar, where in places)


# LibreOffice


@dataclass(frozen=True)
class Trial:
    """A world, and what the meeting types into the settings; None: leaves them."""

    stand: Stand
    weights: tuple[Any, ...] | None = None
    minima: tuple[Any, ...] | None = None
    thresholds: tuple[Any, ...] | None = None

    def numbers(self, typed: tuple[Any, ...] | None, default: tuple[float, ...]) -> Any:
        """What is typed, as numbers: a text and an empty cell are no weight and no minimum."""
        return [x if isinstance(x, int | float) else 0 for x in typed or default]


TRIALS = (
    Trial(invented(40, 1)),
    Trial(invented(17, 2)),
    Trial(invented(1, 4)),
    Trial(nobody_answers(invented(9, 5))),
    Trial(invented(40, 1), (10, 10, 10, 10, 60), (1, 40, 8, 20, 9000), (66.74, 20)),
    Trial(invented(17, 2), (0.1, 0.2, 0.3, 0.15, 0.25), (0, 0, 0, 0, 0), (0, 0)),
    Trial(invented(33, 3), (1, 0, 0, 0, 0), (24, 10, 1, 5, 1), (66.74, 100)),
    Trial(invented(33, 3), (0, 0, 0, 0, 0)),
    Trial(invented(17, 6), (5, 1, -3, 1, 1), (1, 1000000, 1, 1, 1), (0, 37.5)),
    Trial(invented(17, 6), (5, None, 1, "無", 1), (None, 1, 1, 1, 1), (50, None)),
    Trial(invented(17, 2), (0, 0, 0, 1, 0), thresholds=(0, 0)),
    Trial(invented(17, 2), (1, 0, 0, 1, 0), thresholds=(0, 50.04)),
    Trial(rivals(), BY_A_HAIR),
    Trial(nobody_answers(invented(9, 5)), (0, 0, 0, 1, 0)),
    Trial(nobody_answers(invented(9, 5)), (1, 1, 1, 3, 0), thresholds=(91.66, 50)),
    Trial(invented(1, 4), (7, 1, 1, 1, 1), (25, 1, 1, 1, 1), (0, 40)),
    Trial(invented(2, 7), (1, 1, 1, 1, 1), (0, 0, 0, 0, 0), (0, 0)),
    *(
        Trial(
            invented(21, seed),
            (1, *random.Random(seed).choices([0, 1, 2.5, 7, 33.3], k=4)),
            tuple(random.Random(seed + 1).choices([0, 5, 12, 30], k=5)),
            (random.Random(seed).choice([0, 58.3, 75]), random.Random(seed).choice([0, 60, 95.5])),
        )
        for seed in range(10, 22)
    ),
)


def edited(trials: tuple[Trial, ...]) -> bytes:
    """A workbook of a sheet a trial, saved without the values of formulas."""
    sheets = [replace(ranking_sheet(t.stand), title=f"評比{n}") for n, t in enumerate(trials)]
    created = datetime(2025, 12, 31, tzinfo=UTC)
    book = load_workbook(io.BytesIO(write_workbook(sheets, created=created, title="t")))
    for n, trial in enumerate(trials):
        page = book[f"評比{n}"]
        typed = {f"{letters(3 + i)}2": value for i, value in enumerate(trial.weights or ())}
        typed |= {f"{letters(3 + i)}4": value for i, value in enumerate(trial.minima or ())}
        typed |= dict(zip(("C8", "C9"), trial.thresholds or (), strict=False))
        for place, value in typed.items():
            assert isinstance(page[place].value, int | float), place
            page[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def expected(trial: Trial) -> dict[str, tuple[Any, ...]]:
    months = len(months_due(trial.stand))
    thresholds = Thresholds(months, *trial.numbers(trial.thresholds, (66.7, 50)))
    weights, minima = trial.numbers(trial.weights, WEIGHTS), trial.numbers(trial.minima, MINIMA)
    given = candidates(trial.stand)
    return {
        one.candidate.code: (
            one.candidate.code, one.candidate.name, one.place, *one.points, one.score, one.covered,
            one.candidate.reported, one.reported, "未列入" if one.why else "列入", one.why or None,
        )
        for one in rank(given, weights, minima, thresholds)
    }  # fmt: skip


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory, soffice_convert: Convert) -> Any:
    path = tmp_path_factory.mktemp("ranking") / "typed.xlsx"
    path.write_bytes(edited(TRIALS))
    (path.parent / "out").mkdir()
    saved = soffice_convert(path, XLSX, path.parent / "out").read_bytes()
    return load_workbook(io.BytesIO(saved), data_only=True)


@pytest.mark.tool("soffice")
@pytest.mark.parametrize("n", range(len(TRIALS)))
def test_what_libreoffice_calculates_is_what_we_calculate(n: int, calculated: Any) -> None:
    trial = TRIALS[n]
    wanted = expected(trial)
    rows = list(calculated[f"評比{n}"].iter_rows(min_row=13, max_col=14, values_only=True))
    theirs = {row[0]: tuple(c if c != "" else None for c in row) for row in rows if row[1]}
    assert {code: theirs[code] for code in wanted} == wanted


@pytest.mark.tool("soffice")
@pytest.mark.parametrize("n", [n for n, trial in enumerate(TRIALS) if trial.weights is None])
def test_every_formula_has_the_value_that_we_wrote(n: int, calculated: Any) -> None:
    sheet, page, compared = ranking_sheet(TRIALS[n].stand), calculated[f"評比{n}"], 0
    for first, table in zip((2, 13), sheet.tables, strict=True):
        for r, row in enumerate(table.rows, start=first):
            for c, cell in enumerate(row, start=1):
                inner = getattr(cell, "cell", cell)
                if isinstance(inner, Formula):
                    theirs = page.cell(r, c).value
                    assert (theirs if theirs != "" else None) == (
                        inner.value if inner.value != "" else None
                    ), (r, c)
                    compared += 1
    assert compared >= 12


def test_the_trials_hold_what_is_hard() -> None:
    """Ties, missing values, a measure that nobody has, every reason for having no place."""
    told = [expected(trial) for trial in TRIALS]
    rows = [row for world in told for row in world.values()]
    assert {row[-1] for row in rows} == {
        None, "已報月數不足", "可計分項目不足", "已報月數不足、可計分項目不足", "權數皆為零",
    }  # fmt: skip
    places = [[row[2] for row in world.values() if row[2]] for world in told]
    assert any(len(set(mine)) < len(mine) for mine in places)
    assert any(None in row[3:8] for row in rows)
    assert any(all(row[6] is None for row in world.values()) for world in told)
