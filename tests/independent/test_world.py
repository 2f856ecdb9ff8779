"""A world in which nothing is hard would prove nothing: the invented one holds what is hard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.independent import recompute, sheets_cards, sheets_cases, sheets_claims, timely
from tests.independent.alliance import LATE_MEMBER, MONTHS
from tests.independent.recompute import DAY, month_of
from tests.independent.tables import minguo
from tests.independent.world import CORRECTED, SILENT


def test_matters_are_carried_over_and_answered_later(told):
    tellings = Counter(
        (one.library, row["申請編號"]) for one in told.sent for row in one.rows.get("申請紀錄", ())
    )
    assert sum(count > 1 for count in tellings.values()) > 20
    answered = [row for row in told.requests if row["回覆日"]]
    assert sum(month_of(r["回覆日"]) > month_of(r["申請日"]) for r in answered) > 20
    assert any(row["結果"] == "處理中" for row in told.requests)


def test_events_are_told_by_the_sheet_of_the_month_before(told):
    early = [
        row
        for one in told.sent
        for row in one.rows.get("申請紀錄", ())
        if row["回覆日"] and month_of(row["回覆日"]) > one.month
    ]
    assert len(early) > 5


def test_what_happened_in_a_silent_month_is_known_and_not_counted(told):
    for library, form, month in SILENT:
        rows, day = (told.loans, "借出日") if form == "usage" else (told.issues, "換證日")
        assert [r for r in rows if r["館"] == library and month_of(r[day]) == month]
        assert not told.reported(library, form, month)


def test_the_correction_changes_every_kind_of_figure(world, told):
    *_, day = CORRECTED
    code, month, _ = CORRECTED
    first = recompute.told(
        told.alliance,
        [o for o in told.sent if (o.library, o.month, o.day) != (code, month, day)],
    )
    assert len(first.sent) == len(told.sent) - 2
    now, then = (recompute.measures(one, MONTHS) for one in (told, first))
    for name in ("copies_supplied", "copy_pages", "overdue_loans", "requests_received"):
        assert now[name]["by_library"][code] != then[name]["by_library"][code], name
    assert now["loans_lent"] == then["loans_lent"]  # one more, one less
    lent = [{r["登錄號"] for r in one.loans if r["館"] == code} for one in (told, first)]
    assert len(lent[0] - lent[1]) == len(lent[1] - lent[0]) == 1


def test_due_dates_are_computed_and_moved(told):
    alliance, moved = told.alliance, 0
    for one in told.sent:
        for row in one.rows.get("借出紀錄", ()):
            wanted = row["借出日"] + alliance.members[one.library].days * DAY
            if row["應還日"] is None:
                moved += alliance.next_open(one.library, wanted) != wanted
    assert moved > 20


def test_cards_turn_over_are_lost_and_are_lent_on_unheld(told):
    begun = {(row["借書證號"], row["換證日"]) for row in told.issues}
    ended = {(r["借書證號"], r["還證日"]) for r in told.issues if r["還證日"] != r["換證日"]}
    assert begun & ended
    meant = [
        row
        for row in told.loans
        if row["持證"]
        and row["持證"]["還證日"] == row["借出日"]
        and (row["借書證號"], row["借出日"]) in begun
        and row["持證"]["換證日"] < row["借出日"]
    ]
    assert meant, "a loan on a day of turnover, made by the reader who was sent there"
    assert any(row["持證"] is None for row in told.loans)
    states = {row["狀態"] for rows in told.stock.values() for row in rows}
    assert states == {"正常", "遺失", "註銷"}
    lost = next(row for row in told.stock["HDU"] if row["狀態"] == "遺失")
    assert any(r["借書證號"] == lost["借書證號"] and not r["還證日"] for r in told.issues)


def test_a_member_joined_later(told):
    assert LATE_MEMBER not in told.codes(MONTHS[:2])
    assert LATE_MEMBER in told.codes(MONTHS)
    assert timely.arrival(told, LATE_MEMBER, "usage", MONTHS[0]) is None


def test_sheets_are_late_missing_and_in_time(told):
    table = next(t for t in timely.arrivals(told, MONTHS) if t.width == 3)
    words = {cells[minguo(m)] for k, cells in table.rows.items() if k[1] for m in MONTHS}
    assert words == {"準時", "遲交", "未繳", None}


def test_notes_tell_of_claims_suspensions_and_recalls_that_end_in_every_way(told):
    every = list(sheets_claims.claims(told))
    assert {what for *_, one in every for what, *_ in one.moves} == {*sheets_claims.MOVES}
    notes = sum(len(one.rows.get("罰款賠償", ())) for one in told.sent)
    assert sum(one.amount > 0 for *_, one in every) > notes, "fines told by usage sheets"
    ends = {(r["停權迄日"] is None, r["解除日"] is None) for r in told.suspensions}
    assert ends == {(True, True), (True, False), (False, True), (False, False)}
    table = sheets_cases.recalls(told, MONTHS)[0].rows["合計",]
    assert table["期限內歸還"] < table["期限已到"] < table["調回"]
    assert table["取消"]


def test_a_loss_is_told_after_months_in_which_its_card_was_pledged(told):
    places = [
        sheets_cards.stock_at_end(told, "NSUT", [month])["抵押於貸方"] for month in MONTHS[4:]
    ]
    lost = next(row for row in told.loans if row["登錄號"] == "L000001")
    assert (lost["狀況"], lost["月"]) == ("遺失", MONTHS[5])
    early = [{**row, "月": ""} if row is lost else row for row in told.loans]
    before = replace(told, loans=tuple(early))
    then = [
        sheets_cards.stock_at_end(before, "NSUT", [month])["抵押於貸方"] for month in MONTHS[4:]
    ]
    assert then == [places[0] - 1, places[1]]
