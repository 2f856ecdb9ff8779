"""Who is asked about a leaver, and when a leaver is cleared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.lending.cases import Reader
from ill_workflows.lending.clearance import Answer, Clearance, Held, Leaving, Lent, Owed
from ill_workflows.lending.clearing import Facts, clearances
from ill_workflows.lending.kinds import due_notices, true_today
from tests.ledger.rows import day
from tests.lending.invented import Story

LENDERS = ("NSUT", "NSU", "HDU", "TMUT")
TODAY = day("10-20")
LEAVING = Leaving("HDU", "H1", "畢業", day("10-31"), None, day("10-15"), "示範讀者")
CARD = Held("HDU-07", day("9-01"), day("10-10"), back=True, destination="NSUT")
BOOK = Lent("NSUT", "HDU-07", "A1", "食品化學", day("9-08"), day("9-20"), 0, 0, day("10-02"))
CLEAR = Answer("N-HDU-H1", "NSUT", day("10-16"), since=day("10-16"))


def looked_at(
    *leavings: Leaving,
    held: Iterable[Held] = (CARD,),
    lent: Iterable[Lent] = (BOOK,),
    answers: Iterable[Answer] = (),
    seen: Mapping[str, bool] | None = None,
    today: date = TODAY,
) -> list[Clearance]:
    """What becomes of leavers; ``seen``: lenders whose sheets cover all days."""
    by_card: dict[str, list[Lent]] = {}
    for book in lent:
        by_card.setdefault(book.card, []).append(book)
    facts = Facts(
        {("HDU", "H1"): list(held)}, by_card, {(a.number, a.lender): a for a in answers},
        lambda code, since, until: (seen or {}).get(code, False), LENDERS,
    )  # fmt: skip
    readers = {("HDU", "H1"): Reader("HDU", "H1", "示範讀者", "h1@mail.hdu.example")}
    rows = leavings or (LEAVING,)
    return clearances(rows, facts, readers, lambda home, patron, _: f"N-{home}-{patron}", today)


def one(*leavings: Leaving, **given: object) -> Clearance:
    (found,) = looked_at(*leavings, **given)  # type: ignore[arg-type]
    return found


def asked(found: Clearance) -> list[str]:
    return [concern.lender for concern in found.concerns]


def test_the_lender_that_lent_and_the_one_the_card_was_given_out_for_are_asked() -> None:
    elsewhere = replace(BOOK, lender="TMUT", item="T1")
    found = one(lent=[BOOK, elsewhere])
    assert (asked(found), found.state) == (["NSUT", "TMUT"], "open")
    assert found.concerns[0].key == "clearance/HDU/N-HDU-H1/NSUT"


def test_a_loan_outside_the_days_held_concerns_somebody_else() -> None:
    before = replace(BOOK, lender="TMUT", lent_on=day("8-20"))
    after = replace(BOOK, lender="NSU", lent_on=day("10-12"))
    assert asked(one(lent=[before, after])) == ["NSUT"]


def test_where_nobody_knows_what_for_all_are_asked_whose_sheets_do_not_cover_the_days() -> None:
    unknown = replace(CARD, destination="")
    assert asked(one(held=[unknown])) == ["NSU", "NSUT", "TMUT"]
    found = one(held=[unknown], seen={"NSU": True, "TMUT": True})
    assert asked(found) == ["NSUT"]  # it lent on the card, sheets or not
    found = one(held=[unknown], lent=[], seen=dict.fromkeys(LENDERS, True))
    assert (asked(found), found.state) == ([], "cleared")


def test_who_has_answered_is_concerned_whatever_its_sheets_cover_since() -> None:
    unknown = replace(CARD, destination="")
    owes = Answer("N-HDU-H1", "TMUT", day("10-16"), (Owed("T1", "經濟學"),))
    found = one(held=[unknown], lent=[], answers=[owes], seen=dict.fromkeys(LENDERS, True))
    assert (asked(found), found.state) == (["TMUT"], "held")


def test_a_leaver_who_never_had_a_card_is_nobodys_case() -> None:
    assert looked_at(held=()) == []


def test_silence_is_never_consent() -> None:
    found = one(today=day("10-20") + timedelta(days=400))
    assert found.state == "open"


def test_cleared_is_who_has_every_answer_and_every_card_back_and_checked() -> None:
    assert one(answers=[CLEAR]).state == "cleared"
    for card in (replace(CARD, until=None, back=False), replace(CARD, back=False)):
        found = one(held=[card], answers=[CLEAR])
        assert (found.state, len(found.cards_out)) == ("held", 1)


def test_two_cards_at_one_lender_are_answered_one_by_one() -> None:
    other = replace(CARD, card="HDU-09", since=day("10-11"), until=day("10-14"))
    found = one(held=[CARD, other], answers=[CLEAR])
    assert [held.ref for held in found.held] == ["N-HDU-H1", "N-HDU-H1-2"]
    assert found.state == "open"
    both = [CLEAR, replace(CLEAR, number="N-HDU-H1-2")]
    assert one(held=[CARD, other], answers=both).state == "cleared"


def test_what_a_lender_holds_is_told_with_what_and_how_much() -> None:
    owes = replace(CLEAR, owed=(Owed("A1", "食品化學", 60),), since=None)
    found = one(lent=[replace(BOOK, returned_on=None)], answers=[owes])
    assert (found.state, found.owing[0].owed) == ("held", (Owed("A1", "食品化學", 60),))


@pytest.mark.parametrize(
    ("book", "state"),
    [
        (replace(BOOK, as_of=day("10-31"), fine=60, paid=60), "cleared"),
        (replace(BOOK, as_of=day("10-31"), fine=60, paid=10), "held"),
        (replace(BOOK, as_of=day("10-31"), returned_on=None), "held"),
        (replace(BOOK, as_of=day("10-02"), fine=60, paid=60), "held"),  # older than the answer
        (replace(BOOK, as_of=day("10-31"), item="other", fine=60, paid=60), "held"),
    ],
)
def test_held_turns_to_cleared_when_its_next_sheet_shows_book_and_fine_settled(
    book: Lent, state: str
) -> None:
    owes = replace(CLEAR, owed=(Owed("A1", "食品化學", 60),), since=None)
    assert one(lent=[book], answers=[owes]).state == state


def test_a_debt_without_a_name_ends_by_the_lenders_word_only() -> None:
    owes = replace(CLEAR, owed=(Owed(),), since=None)
    later = replace(BOOK, as_of=day("10-31"), fine=60, paid=60)
    assert one(lent=[later], answers=[owes]).state == "held"
    assert one(lent=[later], answers=[replace(CLEAR, answered_on=day("10-18"))]).state == "cleared"


def test_a_book_that_turns_up_later_reopens_the_case() -> None:
    late = replace(BOOK, item="B2", title="微積分", returned_on=None, as_of=day("10-31"))
    found = one(lent=[BOOK, late], answers=[CLEAR])
    assert (found.state, found.owing[0].owed) == ("held", (Owed("B2", "微積分"),))
    stranger = replace(late, lender="TMUT")
    assert one(lent=[BOOK, stranger], answers=[CLEAR]).state == "open"


def test_a_leaving_withdrawn_asks_nobody() -> None:
    found = one(replace(LEAVING, withdrawn_on=day("10-18")))
    assert (found.state, found.concerns) == ("withdrawn", ())
    assert due_notices([found], Story().day(TODAY)) == []


def test_a_leaver_named_twice_is_one_case_and_one_who_comes_back_is_another() -> None:
    again = replace(LEAVING, kind="退學", leaving_on=day("11-10"))
    found = one(LEAVING, again)
    assert (found.kinds, found.leaving_on) == (("畢業", "退學"), day("11-10"))
    withdrawn = replace(LEAVING, kind="休學", leaving_on=day("9-20"), withdrawn_on=day("9-30"))
    found = one(withdrawn, LEAVING)
    assert (found.kinds, found.state) == (("畢業",), "open")
    earlier = replace(LEAVING, kind="休學", leaving_on=day("10-31") - timedelta(days=300))
    assert len(looked_at(earlier, LEAVING, held=[replace(CARD, since=earlier.leaving_on)])) == 2


def test_a_lender_is_asked_four_times_and_then_stands_on_the_hosts_list() -> None:
    story, found = Story(), one()
    told = []
    for n in range(60):
        today = TODAY + timedelta(days=n)
        told += [(n, x.policy, x.step) for x in story.run(today, [], [found, *found.concerns])]
    assert told == [(0, "clearance", "0"), (3, "clearance", "3"), (7, "clearance", "7"),
                    (14, "clearance", "14")]  # fmt: skip


def test_the_home_library_hears_of_each_outcome_once_and_of_a_new_one_anew() -> None:
    story = Story()
    owes = replace(CLEAR, owed=(Owed("A1", "食品化學", 60),), since=None)
    stages = [one(answers=[owes]), one(answers=[owes]), one(answers=[CLEAR])]
    stages += [one(answers=[replace(CLEAR, answered_on=day("10-19"))])] * 2
    told = []
    for n, found in enumerate(stages):
        told += [x.policy for x in story.run(TODAY + timedelta(days=n), [], [found])]
    assert told == ["held", "cleared"]


def test_a_letter_is_true_while_what_it_says_is() -> None:
    found = one()
    assert set(true_today([found, *found.concerns], TODAY)) == {
        ("clearance", "clearance/HDU/N-HDU-H1/NSUT")
    }
    done = one(answers=[CLEAR])
    assert set(true_today([done, *done.concerns], TODAY)) == {("cleared", "clearance/HDU/N-HDU-H1")}


DAYS = st.integers(0, 60).map(lambda n: day("9-01") + timedelta(days=n))
MAYBE = st.one_of(st.none(), DAYS)
HELD = st.builds(
    Held, st.sampled_from(["HDU-07", "HDU-09"]), DAYS, MAYBE, st.booleans(),
    st.sampled_from(["", *LENDERS[:2]]),
)  # fmt: skip
LENT = st.builds(
    Lent, st.sampled_from(LENDERS), st.sampled_from(["HDU-07", "HDU-09"]),
    st.sampled_from(["A1", "B2"]), st.just("t"), DAYS, MAYBE, st.integers(0, 60),
    st.integers(0, 60), DAYS,
)  # fmt: skip
OWED = st.builds(Owed, st.sampled_from(["", "A1"]), st.just("t"), st.integers(0, 60))
ANSWERS = st.builds(
    Answer, st.sampled_from(["N-HDU-H1", "N-HDU-H1-2"]), st.sampled_from(LENDERS), DAYS,
    st.lists(OWED, max_size=2).map(tuple), MAYBE,
)  # fmt: skip
SEEN = st.dictionaries(st.sampled_from(LENDERS), st.booleans())


@given(st.lists(HELD, min_size=1, max_size=2), st.lists(LENT, max_size=4),
       st.lists(ANSWERS, max_size=4), SEEN)  # fmt: skip
def test_a_cleared_case_has_an_answer_from_every_lender_concerned(
    held: list[Held], lent: list[Lent], answers: list[Answer], seen: dict[str, bool]
) -> None:
    known = {(a.number, a.lender) for a in answers}
    for found in looked_at(held=held, lent=lent, answers=answers, seen=seen):
        assert "HDU" not in asked(found)  # a library is not asked about its own
        if found.state != "cleared":
            continue
        assert all(card.back for card in found.held)
        for concern in found.concerns:
            assert {(card.ref, concern.lender) for card in concern.held} <= known
        lenders = {
            book.lender for book in lent for card in found.held
            if book.card == card.card and card.holds(book.lent_on)
        } - {"HDU"}  # fmt: skip
        assert lenders <= set(asked(found))
