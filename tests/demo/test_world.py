"""The invented world: the same from the same seed, nobody real in it, and believable."""

from collections import Counter
from itertools import pairwise

import pytest

from ill_workflows.demo.home import MARK
from ill_workflows.demo.libraries import libraries
from ill_workflows.demo.make import make_world
from ill_workflows.demo.readers import FAMILY
from ill_workflows.demo.season import LAST_MONTH
from ill_workflows.demo.world import World
from ill_workflows.forms.month import month_of


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(12, 12, 1)


def test_the_same_seed_gives_the_same_world(world):
    again = make_world(12, 12, 1)
    for table in ("text", "issues", "loans", "requests", "states", "incidents"):
        assert getattr(again, table) == getattr(world, table)


def test_another_seed_gives_another_world(world):
    assert make_world(12, 12, 2).loans != world.loans


@pytest.mark.parametrize(("months", "first"), [(12, "2025-11"), (1, "2026-10"), (24, "2024-11")])
def test_the_months_end_in_october_2026_whatever_the_clock_says(months, first):
    span = make_world(2, months, 1).months
    assert (span[0], span[-1], len(span)) == (first, LAST_MONTH, months)


def test_every_reader_is_called_what_nobody_is_called(world):
    readers = {issue.reader for issues in world.issues.values() for issue in issues}
    assert len(readers) > 300
    assert all(reader.name.startswith(FAMILY) for reader in readers)


def test_every_address_is_in_a_domain_that_nobody_can_own(world):
    readers = {issue.reader for issues in world.issues.values() for issue in issues}
    addresses = [reader.email for reader in readers] + [place.email for place in world.places]
    addresses += [a for member in world.members.values() for a in (*member.contacts, *member.heads)]
    assert all(address.endswith(".example") for address in addresses if address)
    assert "" in addresses  # some readers left none


def test_four_hundred_libraries_differ_in_code_name_and_alias():
    many = libraries(400, 1)
    assert len({place.code for place in many}) == 400
    names = [name for place in many for name in (place.name, *place.aliases)]
    assert len(set(names)) == len(names)
    assert all("示範" in place.name or "虛構" in place.name for place in many)


def test_more_libraries_leave_the_first_ones_as_they_were():
    assert libraries(40, 1)[:4] == libraries(4, 1)


def test_the_configuration_says_that_all_is_invented_and_sends_nothing(world):
    assert world.text.startswith(f"# {MARK}")
    assert MARK in world.config.alliance.name
    assert world.config.mail.transport == "folder"
    assert world.config.mail.enabled_for == ""


def test_the_rules_of_the_libraries_differ(world):
    rules = [member.rules for member in world.members.values()]
    assert {rule.days for rule in rules} == {14, 21, 28}
    assert {rule.fine_cap_unit for rule in rules if rule.fine_cap} == {"ntd", "days"}
    assert {rule.grace_mode for rule in rules} == {"forgive", "back_charge"}
    saturdays = {5 in member.calendar.weekdays for member in world.members.values()}
    assert saturdays == {True, False}


def test_the_year_follows_the_semesters(world):
    loans = [loan for shelf in world.loans.values() for loan in shelf]
    by_month = Counter(month_of(loan.lent_on)[5:] for loan in loans)
    assert min(by_month["10"], by_month["11"], by_month["12"]) > 2 * by_month["08"]
    assert by_month["06"] > by_month["07"]
    assert by_month["03"] > by_month["02"]


def test_about_one_loan_in_twelve_is_late_and_five_requests_in_six_are_filled(world):
    loans = [loan for shelf in world.loans.values() for loan in shelf]
    late = sum(bool(loan.returned_on) and loan.returned_on > loan.due_on for loan in loans)
    assert 0.06 < late / len(loans) < 0.11
    outcomes = Counter(r.outcome for asked in world.requests.values() for r in asked)
    filled = len(loans) + outcomes["提供"]
    assert 0.78 < filled / (filled + outcomes["拒絕"]) < 0.87


def test_no_card_is_with_two_readers_at_once_but_for_nobody(world):
    for issues in world.issues.values():
        by_card: dict[str, list] = {}
        for issue in issues:
            by_card.setdefault(issue.card, []).append(issue)
        for held in by_card.values():
            for earlier, later in pairwise(held):
                assert earlier.returned_on <= later.issued_on


def test_every_library_opens_when_a_book_is_lent_or_comes_back(world):
    for lender, shelf in world.loans.items():
        calendar = world.members[lender].calendar
        for loan in shelf:
            assert calendar.is_open(loan.lent_on)
            assert loan.returned_on is None or calendar.is_open(loan.returned_on)


def test_each_planned_incident_stands_in_the_truth(world):
    planned = world.incidents
    loans = [loan for shelf in world.loans.values() for loan in shelf]
    issues = [issue for register in world.issues.values() for issue in register]
    books = Counter(loan.lender for loan in loans if loan.card in planned["several"]["cards"])
    assert sorted(books.values()) == [1, 3]
    assert planned["no_address"]["reader"].email == ""
    nobody = planned["nobody"]["card"]
    assert nobody not in {issue.card for issue in issues}
    assert nobody in {loan.card for loan in loans}
    book = next(loan for loan in loans if loan.book.item == planned["lost_book"]["item"])
    assert book.returned_on is None
    assert book.lost_on is not None
    states = {s.card: s.state for s in world.states[planned["lost_card"]["home"]]}
    assert states[planned["lost_card"]["card"]] == "遺失"
    twice = planned["reissued"]
    assert [i.issued_on for i in issues if i.card == twice["card"]][-1] == twice["again"]
    out = next(loan for loan in loans if loan.card == twice["card"])
    assert out.lent_on < twice["again"] < out.returned_on
    assert len(planned["stale"]["months"]) == 2
