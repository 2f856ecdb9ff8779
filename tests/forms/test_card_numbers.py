from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.forms.cardnumber import read_card
from ill_workflows.forms.fields import Card, Told, Trouble
from ill_workflows.forms.known import Context, Known
from ill_workflows.rules.policy import Member
from tests.forms.sheets import CALENDAR, KNOWN, LENDER

THEIRS, OURS = Card(), Card(own=True)
DIGITS = Known(
    {
        code: Member(code, f"{code}虛構大學", CALENDAR, aliases=aliases)
        for code, aliases in (
            ("KL", ()), ("KL2", ()), ("NSU", ()), ("NSUT", ()), ("NTO", ()), ("NT", ()),
            ("H3C", ("共用",)), ("HDU", ("共用",)),
        )
    },
    date(2025, 11, 5),
)  # fmt: skip
"""Codes that end in a digit, that begin another, that end in an O; an alias of two libraries."""
NUMBERS = st.integers(1, 9_999)


def read(typed: Any, field: Card = THEIRS) -> Any:
    return field.read(typed, LENDER)


def code(typed: Any, field: Card = THEIRS) -> str:
    found = read(typed, field)
    assert isinstance(found, Trouble), (typed, found)
    return found.code


@pytest.mark.parametrize("typed", ["NSUT-07", " NSUT-07 "])
def test_a_card_as_it_is_printed_is_read_without_a_word(typed):
    assert read(typed) == "NSUT-07"


@pytest.mark.parametrize(
    "typed",
    ["nsut07", "ＮＳＵＴ－０７", "NSUT 7", "NSUT–07", "NSUT—07", "NSUT−07", "NSUT-007", "Nsut-7",
     "NSUT - 07", "NSUT07", "NSUT7", "NSUT_07", "NSUT.07", "NSUT#7", "NSUT--07", "N S U T-07",
     "NSUT-07\u200b", "NSUT-O7", "NSUTO7", "NSUT-〇7", "南星科大-07", "南星示範科技大學07",
     "南星科大圖書館 7", "NSUT-00007", "ｎｓｕｔ　０７"],
)  # fmt: skip
def test_every_known_way_to_write_a_card_is_put_right_and_told(typed):
    assert read(typed) == Told("NSUT-07")


def test_a_code_that_begins_another_is_not_taken_for_it():
    assert read("NSU-07") == "NSU-07"
    assert read("nsu7") == Told("NSU-07")
    assert read("nsut7") == Told("NSUT-07")
    assert read("NSUT-10") == "NSUT-10"
    assert read("NSUT-107") == "NSUT-107"


@pytest.mark.parametrize(
    "typed",
    ["NSU-T07", "NSUT-A7", "NSUT0-7", "QQQU-05", "qqqu5", "NSUTT07", "火星大學-05", "證NSUT-07",
     "NSUT-HDU-07", "2025-10-15"],
)  # fmt: skip
def test_a_card_of_no_member_is_a_finding(typed):
    assert code(typed) == "card_no_member"


@pytest.mark.parametrize(
    "typed",
    ["讀者證", "第五張", "NSUT", "NSUT-", "07", 7, 7.0, "NSUT-0", "NSUT-00", "NSUT-O", "NSUT-七",
     "NSUT-07號", "NSUT-12345", "NSUT-123456789", True, date(2025, 10, 15), "-" * 40_000],
)  # fmt: skip
def test_what_is_no_card_number_is_a_finding(typed):
    assert code(typed) in {"card_unreadable", "card_no_member"}


def test_ones_own_card_in_the_usage_sheet_and_anothers_in_the_register_are_findings():
    assert code("HDU-05") == code("hdu5") == code("虹島大學-05") == "card_own"
    assert code("NSUT-05", OURS) == code("QQQU-05", OURS) == "card_foreign"
    assert read("HDU-05", OURS) == "HDU-05"
    assert read("hdu 5", OURS) == Told("HDU-05")


@pytest.mark.parametrize(
    ("typed", "cards"),
    [
        ("KL2-07", [("KL2", 7)]), ("KL-207", [("KL", 207)]), ("KL2 07", [("KL2", 7)]),
        ("KL 2 07", [("KL2", 7)]), ("KL_207", [("KL", 207)]), ("KL07", [("KL", 7)]),
        ("KL207", [("KL", 207), ("KL2", 7)]), ("kl27", [("KL", 27), ("KL2", 7)]),
        ("KL2107", [("KL", 2107), ("KL2", 107)]), ("KL20007", [("KL2", 7)]), ("KL2", [("KL", 2)]),
        ("NTO7", [("NT", 7), ("NTO", 7)]), ("NTO-7", [("NTO", 7)]), ("NT-O7", [("NT", 7)]),
        ("H3C07", [("H3C", 7)]), ("H3C-07", [("H3C", 7)]), ("KL3-07", []), ("共用-07", []),
        ("K-L07", []),
    ],
)  # fmt: skip
def test_a_code_that_ends_in_a_digit_is_never_guessed(typed, cards):
    assert read_card(typed, DIGITS) == cards


def test_a_card_that_could_be_two_is_a_finding_that_names_both():
    ctx = Context(DIGITS, "HDU", "2025-10")
    found = THEIRS.read("KL207", ctx)
    assert found.code == "card_ambiguous"
    assert (found.facts["first"], found.facts["second"]) == ("KL-207", "KL2-07")
    only = replace(DIGITS, members={c: m for c, m in DIGITS.members.items() if c != "KL"})
    assert THEIRS.read("KL207", Context(only, "HDU", "2025-10")) == Told("KL2-07")


def test_an_alias_that_two_libraries_share_names_neither():
    assert DIGITS.library("共用") is None
    assert DIGITS.library("KL2虛構大學圖書館") == "KL2"


@given(st.sampled_from(sorted(DIGITS.members)), NUMBERS,
       st.sampled_from(["{}-{:02d}", "{}-{}", "{} {:03d}", "{}–{}", "{} - {:02d}", "{}_{:04d}"]),
       st.booleans(), st.booleans())  # fmt: skip
def test_every_card_with_something_between_is_read_as_itself(member, number, way, small, wide):
    typed = way.format(member, number)
    typed = typed.lower() if small else typed
    if wide:
        typed = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in typed)
    assert read_card(typed, DIGITS) == [(member, number)]


@given(st.sampled_from(sorted(DIGITS.members)), NUMBERS)
def test_a_card_with_nothing_between_means_itself_among_others(member, number):
    assert (member, number) in (read_card(f"{member}{number:02d}", DIGITS) or [])


@given(st.sampled_from(sorted(KNOWN.members)), NUMBERS)
def test_a_card_once_put_right_needs_no_more_mending(member, number):
    field = OURS if member == "HDU" else THEIRS
    once = field.read(f"{member.lower()} {number}", LENDER)
    assert isinstance(once, Told)
    assert field.read(once.value, LENDER) == once.value


@given(st.text(alphabet="NSUTHDKL0127０-－– _.#Oo〇科大\u200b", max_size=16) | st.text(max_size=30))
def test_whatever_stands_in_a_card_column_is_a_card_or_a_finding(typed):
    found = read(typed)
    assert isinstance(found, Trouble | Told | str)
    if not isinstance(found, Trouble):
        card = found.value if isinstance(found, Told) else found
        assert card.rpartition("-")[0] in KNOWN.members
