"""What the meeting's report says: the figures as defined, who is missing, what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ill_workflows.evaluation.measures import ORDER, measures
from ill_workflows.evaluation.meeting.report import CHANGES, HEADLINES, MISSING, meeting_of, report
from ill_workflows.evaluation.meeting.words import Meeting, Restatement, Words
from ill_workflows.evaluation.period import before
from tests.evaluation.invented import alliance

FACTS = alliance(12, 6)
TOLD = meeting_of(FACTS)
TODAY = date(2026, 3, 20)


def test_the_headlines_are_the_measures_of_the_period_and_of_the_one_before() -> None:
    now, then = measures(FACTS, FACTS.months), measures(FACTS, before(FACTS.months))
    shown = {one["name"]: one for one in report(TOLD, "zh-TW", TODAY)["headlines"]}
    assert tuple(shown) == HEADLINES
    for name, one in shown.items():
        assert (one["now"], one["was"]) == (now[name].total, then[name].total)
    lent = shown["loans_lent"]
    assert lent["change"] == lent["now"] - lent["was"]
    assert round(lent["growth"], 6) == round(100 * lent["change"] / lent["was"], 6)
    assert shown["fill_rate"]["growth"] is None, "a rate changes by points"


def test_who_has_not_reported_is_named_with_the_months_and_forms_most_missing_first() -> None:
    missing = report(TOLD, "zh-TW", TODAY)["missing"]
    states = FACTS.board[FACTS.board["state"] == "missing"]
    assert missing["sheets"] == len(states)
    assert missing["libraries"] == states["library"].nunique()
    counts = [row["count"] for row in missing["rows"]]
    assert counts == sorted(counts, reverse=True)
    first = missing["rows"][0]
    assert (first["code"], first["count"]) == (FACTS.codes[3], 12)
    assert first["forms"] == [{"form": "各表單", "months": "114年08月–115年01月"}]


def test_a_sheet_that_is_not_due_yet_is_not_missing() -> None:
    board = tuple((*place[:3], "not_due") for place in TOLD.board)
    told = report(replace(TOLD, board=board), "zh-TW", TODAY)
    assert (told["due"], told["returns"], told["missing"]["rows"]) == (0, None, [])


def test_where_nobody_reported_there_is_no_figure_and_no_zero() -> None:
    nobody = FACTS.tables["reported"].iloc[:0]
    silent = meeting_of(replace(FACTS, tables={**FACTS.tables, "reported": nobody}, _made={}))
    told = report(silent, "zh-TW", TODAY)
    assert told["reporting"] == 0
    assert {one["now"] for one in told["headlines"]} == {None}
    assert told["changes"] == []


def test_what_changed_most_is_told_of_those_who_reported_both_periods() -> None:
    changes = report(TOLD, "zh-TW", TODAY)["changes"]
    assert 0 < len(changes) <= CHANGES
    sizes = [abs(one["change"]) for one in changes]
    assert sizes == sorted(sizes, reverse=True)
    gone = FACTS.codes[0]
    was = {
        name: replace(m, by_library={**m.by_library, gone: None}) for name, m in TOLD.then.items()
    }
    told = report(replace(TOLD, then=was), "zh-TW", TODAY)
    assert gone not in {one["code"] for one in told["changes"]}


def test_what_finds_no_room_is_counted() -> None:
    crowd = tuple((f"X{n}", "usage", "2025-08", "missing") for n in range(MISSING + 7))
    missing = report(replace(TOLD, board=crowd), "en", TODAY)["missing"]
    assert (len(missing["rows"]), missing["more"]) == (MISSING, 7)
    rows = [Restatement("2025-08", "AADU", "loans_lent", 1, n, "因", TODAY) for n in range(9)]
    restated = report(replace(TOLD, restated=tuple(rows)), "zh-TW", TODAY)["restated"]
    assert (len(restated["rows"]), restated["more"]) == (3, 6)
    assert restated["rows"][0]["measure"] == "貸出件數"


def test_months_in_a_row_are_told_together() -> None:
    said = Words(TOLD, "zh-TW").ranges(["2025-11", "2025-12", "2026-02"])
    assert said == "114年11–12月、115年02月"
    many = Words(TOLD, "zh-TW").ranges(["2025-08", "2025-10", "2025-12", "2026-02"])
    assert many == "114年08月、114年10月等 4 個月"
    assert "2025‑11 – 2025‑12" in Words(TOLD, "en").ranges(["2025-11", "2025-12"]).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_the_state_changes_with_the_figures_and_with_nothing_else() -> None:
    assert meeting_of(alliance(12, 6)).state == TOLD.state
    assert meeting_of(alliance(12, 6, volume=7)).state != TOLD.state
    assert _one_more_sheet(TOLD).state != TOLD.state
    restated = (Restatement("2025-08", "AADU", "loans_lent", 1, 2, "因", TODAY),)
    assert replace(TOLD, restated=restated).state != TOLD.state
    late = tuple((*p[:3], "accepted_late" if p[3] == "accepted" else p[3]) for p in TOLD.board)
    assert replace(TOLD, board=late).state == TOLD.state


def _one_more_sheet(told: Meeting) -> Meeting:
    place = next(p for p in told.board if p[3] == "missing")
    board = tuple((*p[:3], "accepted") if p is place else p for p in told.board)
    return replace(told, board=board)


def test_every_measure_that_the_report_names_is_defined() -> None:
    assert set(HEADLINES) <= set(ORDER)
