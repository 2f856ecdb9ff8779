from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from ill_workflows.evaluation.counting.origins import rows_behind
from ill_workflows.evaluation.facts import FRAMES, Facts, frame
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import ORDER, events_of, figures_document, measures, percent
from ill_workflows.rules.calendar import Calendar, parse_weekdays
from ill_workflows.rules.policy import Member
from tests.evaluation import sample
from tests.evaluation.invented import figures

MONTHS = ("2025-09", "2025-10")


def small(reported: dict[str, dict[str, frozenset[str]]] | None = None, **frames: Any) -> Figures:
    """Two libraries A and B, two months, both reported unless said otherwise."""
    return figures(facts(reported, **frames), MONTHS)


def facts(reported: dict[str, dict[str, frozenset[str]]] | None = None, **frames: Any) -> Facts:
    """What :func:`small` is counted from."""
    calendar = Calendar(parse_weekdays("mon-fri"))
    everything = {f: frozenset(MONTHS) for f in ("usage", "cards")}
    return Facts(
        tuple(Member(code, f"{code}館", calendar) for code in "AB"),
        reported or {"A": everything, "B": everything},
        **{name: frame(name, rows) for name, rows in frames.items()},
    )


def loan(lender: str, lent: date, due: date, back: date | None = None, **more: Any) -> Any:
    return {
        "lender": lender, "home": "B" if lender == "A" else "A", "card": "B-01", "item": "1",
        "lent_on": lent, "due_on": due, "returned_on": back, **more,
    }  # fmt: skip


def asked(outcome: str, answered: date | None, service: str = "複印", **more: Any) -> Any:
    return {
        "lender": "A", "borrower": "B", "request_no": "1", "requested_on": date(2025, 9, 2),
        "service": service, "outcome": outcome, "answered_on": answered, **more,
    }  # fmt: skip


ONLY_A = {"A": {"usage": frozenset(MONTHS)}, "B": {"usage": frozenset({"2025-09"})}}


def test_the_samples_give_the_figures_of_their_truth() -> None:
    folder = sample.samples_folder()
    if folder is None:
        pytest.skip("needs the sample workbooks: ILL_SAMPLES names no folder with truth.json")
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    found = sample.build(folder, truth, MONTHS)
    document = figures_document(found, MONTHS)
    assert document["measures"] == truth["figures"]
    assert document["reporting"] == truth["reporting"]
    assert document["period"] == {"from": "2025-09", "to": "2025-10"}
    for month, told in truth["figures_by_month"].items():
        assert figures_document(found, [month])["measures"] == told


def test_a_month_that_was_not_reported_is_null_and_never_zero() -> None:
    found = measures(small(ONLY_A), ["2025-10"])
    assert found["loans_lent"].by_library == {"A": 0, "B": None}
    assert found["cards_issued"].by_library == {"A": None, "B": None}
    assert found["cards_issued"].total is None
    assert found["cards_issued"].by_month == {"2025-10": None}


def test_loans_borrowed_and_recalls_are_never_null() -> None:
    found = measures(small(ONLY_A), ["2025-10"])
    assert found["loans_borrowed"].by_library == {"A": 0, "B": 0}
    assert found["recalls"].total == 0


def test_a_loan_of_a_month_that_its_lender_did_not_report_counts_nowhere() -> None:
    loans = [loan("B", date(2025, 10, 1), date(2025, 10, 15))]
    found = measures(small(ONLY_A, loans=loans), MONTHS)
    assert found["loans_lent"].total == 0
    assert found["loans_borrowed"].total == 0


def test_a_card_is_used_once_in_a_span_however_often_it_is_issued() -> None:
    issues = [
        {"home": "A", "card": "A-01", "issued_on": day}
        for day in (date(2025, 9, 1), date(2025, 9, 20), date(2025, 10, 2))
    ]
    found = measures(small(issues=issues), MONTHS)["cards_used"]
    assert (found.total, found.by_month) == (1, {"2025-09": 1, "2025-10": 1})


@pytest.mark.parametrize(
    ("due", "back", "month"),
    [
        (date(2025, 9, 29), None, "2025-09"),
        (date(2025, 9, 30), None, "2025-10"),
        (date(2025, 9, 29), date(2025, 9, 30), "2025-09"),
        (date(2025, 9, 29), date(2025, 9, 29), None),
        (date(2025, 10, 31), None, None),
    ],
)
def test_a_loan_falls_overdue_on_the_day_after_its_due_date(due, back, month) -> None:
    found = measures(small(loans=[loan("A", date(2025, 9, 1), due, back)]), MONTHS)
    assert found["overdue_loans"].by_month == {m: int(m == month) for m in MONTHS}


def test_a_request_counts_when_it_is_answered_and_one_for_a_loan_only_as_a_loan() -> None:
    requests = [
        asked("提供", date(2025, 10, 3), pages=12, request_no="1"),
        asked("提供", date(2025, 10, 3), "借閱", request_no="2"),
        asked("處理中", None, request_no="3"),
        asked("取消", date(2025, 9, 9), request_no="4"),
        asked("拒絕", date(2025, 10, 9), request_no="5"),
    ]
    found = measures(small(requests=requests), MONTHS)
    assert found["requests_received"].by_month == {"2025-09": 1, "2025-10": 2}
    assert found["requests_filled"].total == 1
    assert found["copy_pages"].total == 12
    assert found["fill_rate"].total == 50.0
    assert found["fill_rate"].by_month["2025-09"] is None


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [(1, 16, 6.3), (33, 80, 41.3), (2, 3, 66.7), (0, 5, 0.0), (0, 0, None), (None, 5, None)],
)
def test_rates_are_rounded_half_up_and_blank_without_a_denominator(part, whole, rate) -> None:
    assert percent(part, whole) == rate


def test_the_rows_behind_a_figure_are_as_many_as_the_figure() -> None:
    where = {"receipt": "R1", "row": 7, "sheet": "借出紀錄", "source_month": "2025-10"}
    found = facts(loans=[loan("A", date(2025, 9, 1), date(2025, 9, 15), **where)])
    rows = rows_behind(found, events_of("loans_lent"), MONTHS)
    assert rows.to_dict("records") == [
        {"library": "A", "month": "2025-09", "receipt": "R1", "sheet": "借出紀錄", "row": 7}
    ]
    assert len(rows_behind(found, events_of("fill_rate"), MONTHS)) == 1


def test_an_alliance_without_a_row_has_every_measure() -> None:
    assert list(measures(small(), MONTHS)) == list(ORDER)
    json.dumps(figures_document(small(), MONTHS))


def test_a_frame_keeps_no_column_that_does_not_belong() -> None:
    rows = pd.DataFrame([{"home": "A", "card": "A-01", "patron": "P1", "name": "某人"}])
    assert list(frame("issues", rows)) == list(FRAMES["issues"])
