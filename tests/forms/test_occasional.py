"""The forms that come when there is something to say: leavers, cases, clearance answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.cases import CASES
from ill_workflows.forms.clearance import CLEARANCE
from ill_workflows.forms.departures import DEPARTURES
from ill_workflows.forms.form import Form, Sheet
from tests.forms.sheets import (
    ANSWERED,
    CLAIMS,
    LEAVERS,
    LOSSES,
    RECALLS,
    STOCK,
    SUSPENSIONS,
    at,
    book,
    checked,
    filled,
    grid,
    of_form,
    sound,
    told,
    value_of,
)


def one(sheet: Sheet, **typed: Any) -> list[tuple[str, str, str]]:
    """Cell, code and severity of what one row gives rise to."""
    read = checked(filled(sheet, sound(sheet, **typed)))
    return [(f.cell, f.code, f.severity) for f in read.findings]


def error(sheet: Sheet, key: str, code: str, **typed: Any) -> bool:
    return one(sheet, **typed) == [(at(sheet, key), code, "error")]


def warning(sheet: Sheet, key: str, code: str, **typed: Any) -> bool:
    return one(sheet, **typed) == [(at(sheet, key), code, "warning")]


def cells(read: Any) -> list[tuple[str, str]]:
    return [(cell, code) for _, cell, code in told(read)]


def test_a_day_that_was_asked_for_is_an_error_when_it_is_years_ahead():
    assert error(RECALLS, "needed_by", "date_far", needed_by=date(2027, 11, 10))
    assert error(SUSPENSIONS, "suspended_from", "date_far", suspended_from=date(2035, 1, 1))
    assert warning(SUSPENSIONS, "suspended_until", "date_far", suspended_until=date(2035, 1, 1))


def test_a_leaving_may_be_announced_half_a_year_ahead():
    assert one(LEAVERS, leaving_on="115.1.31") == []
    assert error(LEAVERS, "leaving_on", "date_far", leaving_on="115.10.15")
    assert error(LEAVERS, "withdrawn_on", "date_future", withdrawn_on="114.11.6")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("10/29", date(2025, 10, 29)), ("10/29(三)", date(2025, 10, 29)),
        ("1/31(六)", date(2026, 1, 31)), ("1/31(五)", date(2025, 1, 31)),
    ],
)  # fmt: skip
def test_a_leaving_without_a_year_is_read_where_it_can_only_be_one_day(typed, day):
    read = checked(filled(LEAVERS, sound(LEAVERS, leaving_on=typed)))
    assert value_of(read, LEAVERS, "leaving_on") == day
    assert [f.code for f in read.findings] == ["read_as"]


def test_a_leaving_without_a_year_that_may_be_past_or_to_come_is_never_guessed():
    assert error(LEAVERS, "leaving_on", "date_ambiguous", leaving_on="1/31")
    assert error(LEAVERS, "leaving_on", "weekday_mismatch", leaving_on="1/31(一)")
    assert error(LEAVERS, "leaving_on", "date_impossible", leaving_on="2/30")


def test_a_day_without_a_year_follows_the_day_that_it_belongs_to_wherever_that_stands():
    read = checked(filled(RECALLS, sound(RECALLS, needed_by="1/6", opened_on="114.10.3")))
    assert value_of(read, RECALLS, "needed_by") == date(2026, 1, 6)
    rows = sound(SUSPENSIONS, suspended_from="10/5", suspended_until="9/30")
    read = checked(filled(SUSPENSIONS, rows))
    assert value_of(read, SUSPENSIONS, "suspended_from") == date(2025, 10, 5)
    assert value_of(read, SUSPENSIONS, "suspended_until") == date(2026, 9, 30)


def test_days_of_a_case_that_lie_in_the_wrong_order_are_warned_of_with_both_their_names():
    assert warning(RECALLS, "returned_on", "day_before_other", returned_on="114.10.2")
    assert warning(SUSPENSIONS, "lifted_on", "day_before_other", lifted_on="114.10.2")
    assert warning(CLAIMS, "acted_on", "day_before_other", acted_on="114.10.2")
    read = checked(filled(RECALLS, sound(RECALLS, needed_by="114.10.2")))
    assert "「調回期限」2025-10-02 早於「申請日」2025-10-03" in read.findings[0].zh
    assert "調回期限 2025-10-02 lies before 申請日 2025-10-03" in read.findings[0].en


def test_amounts_of_a_claim_that_do_not_fit_are_warned_of():
    assert warning(CLAIMS, "paid", "paid_too_much", paid=351)
    assert warning(CLAIMS, "paid", "paid_too_little", paid=0, action="繳清")
    assert one(CLAIMS, paid=350, action="繳清") == one(CLAIMS, action="繳清") == []
    assert one(CLAIMS, paid=100, action="減免") == one(CLAIMS, amount=0) == []


def test_an_answer_needs_what_it_says_is_owed():
    assert warning(ANSWERED, "amount", "missing_when", answer="有欠書且有欠款")
    assert one(ANSWERED, answer="有欠款", amount=60) == one(ANSWERED, item="C1") == []
    owed = {"answer": "無欠書欠款"}
    assert warning(ANSWERED, "answer", "owed_all_the_same", **owed, amount=60)
    assert one(ANSWERED, **owed, amount=0, item="無") == one(ANSWERED, **owed) == []


def answered(*rows: dict[str, Any]) -> Any:
    return checked(filled(ANSWERED, *(sound(ANSWERED, **row) for row in rows)))


def test_a_leavers_books_may_stand_in_a_row_each():
    read = answered({"item": "C1"}, {"item": "C2"})
    assert cells(read) == []
    assert len(read.rows["clearance_answers"]) == 2


def test_two_rows_of_one_clearance_without_a_book_are_the_same_record():
    read = answered({"note": "甲"}, {"note": "乙"})
    assert cells(read) == [(at(ANSWERED, "case_no", 3), "duplicate_key")]
    again = answered({}, {})
    assert [f.code for f in again.findings] == ["repeated_row"]
    assert len(again.rows["clearance_answers"]) == 1


def test_two_answers_to_one_clearance_are_an_error_at_the_later_one():
    read = answered({"item": "C1"}, {"item": "C2", "answer": "無欠書欠款"}, {"case_no": "NSUT-9"})
    named = [(f.cell, f.code, f.severity) for f in read.findings]
    assert (at(ANSWERED, "answer", 3), "answers_differ", "error") in named
    assert "第 2 列是「有欠書」" in next(f.zh for f in read.findings if f.code == "answers_differ")


@pytest.mark.parametrize(
    ("sheet", "key"), [(LEAVERS, "name"), (RECALLS, "note"), (CLAIMS, "paid"), (LOSSES, "note")]
)
def test_a_case_or_a_leaver_told_twice_in_one_sheet_with_other_content_is_an_error(sheet, key):
    other = {key: 5 if key == "paid" else "乙"}
    read = checked(filled(sheet, sound(sheet), sound(sheet, **other)))
    assert cells(read) == [(at(sheet, sheet.identity[0], 3), "duplicate_key")]


# -- which form it is -------------------------------------------------------------------------------

FORMS_OF = pytest.mark.parametrize(
    ("form", "sheet"), [(DEPARTURES, LEAVERS), (CASES, CLAIMS), (CLEARANCE, ANSWERED)],
    ids=["departures", "cases", "clearance"],
)  # fmt: skip


@FORMS_OF
def test_it_is_known_by_its_title_by_its_name_and_by_its_names(form: Form, sheet: Sheet) -> None:
    names = {"ill_form": form.name, "ill_library": "HDU", "ill_period": ""}
    for typed in (form.label, form.title, form.name, f"館際合作 {form.title}"):
        read = checked(filled(sheet, sound(sheet), typed={"表單": typed}))
        assert (read.form, read.library, read.month) == (form, "HDU", None)
        assert told(read) == []
    read = checked(filled(sheet, sound(sheet), typed={"表單": None}, names=names))
    assert (read.form, told(read)) == (form, [])


@FORMS_OF
def test_it_is_known_by_its_sheets_when_nothing_names_it(form: Form, sheet: Sheet) -> None:
    read = checked(filled(sheet, sound(sheet), typed={"表單": None}))
    assert (read.form, len(read.rows[sheet.table])) == (form, 1)


def test_a_list_of_leavers_is_known_by_headings_of_other_names() -> None:
    rows = grid(LEAVERS, sound(LEAVERS, name="示範讀者"))
    others = {"讀者證號": "學號", "身分": "身份別", "異動類別": "離校原因", "異動日": "離校日期"}
    rows[0] = [others.get(word, word) for word in rows[0]]
    read = checked(
        book(("封面", [["圖書館代碼", "HDU"], ["填表人", "示範館員"]]), ("畢業離校", rows))
    )
    assert (read.form, read.library, told(read)) == (DEPARTURES, "HDU", [])
    assert value_of(read, LEAVERS, "kind") == "畢業"


def test_a_register_is_not_taken_for_a_report_of_lost_cards() -> None:
    stock = grid(STOCK, {"card": "HDU-07", "state": "遺失", "since": "114.10.3"})
    read = checked(book(("封面", [["圖書館代碼", "HDU"], ["填表人", "示範館員"]]), ("甲", stock)))
    assert read.form is CARDS


def test_a_case_form_without_one_of_its_sheets_comes_back() -> None:
    whole = filled(RECALLS, sound(RECALLS))
    read = checked(replace(whole, sheets=whole.sheets[:-1]))
    assert [(f.code, f.facts["read"]) for f in read.findings] == [("sheet_missing", "借書證掛失")]
    assert read.count("error") == 1


def test_a_column_of_names_in_a_case_or_an_answer_is_not_read() -> None:
    for sheet in (RECALLS, SUSPENSIONS, CLAIMS, ANSWERED):
        rows = grid(sheet, sound(sheet))
        rows = [[*rows[0], "姓名"], [*rows[1], "示範讀者"]]
        form = next(form for form in (CASES, CLEARANCE) if sheet in form.sheets)
        read = checked(of_form(form, *(rows if s is sheet else grid(s) for s in form.sheets)))
        assert [f.code for f in read.findings] == ["column_passed"]
        assert "示範讀者" not in str(read.rows)


def test_five_thousand_leavers_are_checked() -> None:
    typed = ("114.9.30", date(2025, 9, 26), "1140929", "9/26(五)")
    rows = [
        sound(LEAVERS, patron=f"H4{n:07d}", name="示範讀者", leaving_on=typed[n % 4])
        for n in range(5_000)
    ]
    whole = filled(LEAVERS, *rows, {}, {"patron": "※ 以上資料由教務處提供"})
    read = checked(whole)
    assert (len(read.rows["departures_leavers"]), read.count("error")) == (5_000, 0)
