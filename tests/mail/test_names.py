"""A reader's name, number and address go to the reader and to the home library, nobody else."""

from __future__ import annotations

import pytest

from ill_workflows.mail.compose import Letter
from ill_workflows.mail.samples import READER, WITHOUT_ADDRESS
from tests.mail.written import ALL, IDS, LETTERS, Html, mail, part, whole

every = pytest.mark.parametrize("letter", LETTERS, ids=IDS)
HOME = "ill@hdu.example"
WITHOUT_NAMES = {
    "overdue_lender", "overdue_host", "still_out", "discrepancy", "refused", "held",
    "address_refused_host", "recall_lender", "recall_host", "card_void",
    "claim_host", "evaluation", "term",
}  # fmt: skip
PERSONAL = {READER.name, READER.number, READER.email, WITHOUT_ADDRESS.name, WITHOUT_ADDRESS.number}


def named(letter: Letter) -> set[str]:
    words = whole(letter)
    return {word for word in PERSONAL if word in words}


@every
def test_a_letter_that_names_a_reader_goes_to_the_reader_and_the_home_library_only(
    letter: Letter,
) -> None:
    recipients = {*letter.to, *letter.cc, letter.reply_to} - {""}
    if letter.template in WITHOUT_NAMES:
        assert not named(letter)
        assert PERSONAL.isdisjoint(recipients)
    elif named(letter):
        assert recipients <= {READER.email, HOME}


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_the_home_librarys_list_has_name_number_and_address_and_says_where_nobody_held_the_card(
    language: str,
) -> None:
    letter = next(
        one for spoken, _, one in ALL if (spoken, one.template) == (language, "overdue_library")
    )
    message = mail(letter)
    nobody = {"zh-TW": "查不到持證人", "en": "obody held the card"}[language]
    missing = {"zh-TW": "沒有登記電子郵件", "en": "no e-mail address"}[language]
    for words in (part(message, "plain"), Html(part(message, "html")).text):
        assert all(word in words for word in PERSONAL)
        assert missing in words
        head, _, under = words.rpartition(nobody)
        assert "HDU-12" in head
        assert "HDU-41" in under, "the loan of nobody stands under its own heading"
    assert letter.to == (HOME,)
    assert not letter.cc


def test_the_host_sees_counts_and_no_card() -> None:
    for letter in LETTERS:
        if letter.template == "overdue_host":
            words = whole(letter)
            assert "HDU-" not in words
            assert not letter.cases
            assert letter.policy == "overdue_library", "the policy of the table, not the template"


def test_the_host_is_told_of_recalls_in_counts_and_no_card() -> None:
    letters = [letter for letter in LETTERS if letter.template == "recall_host"]
    assert letters
    for letter in letters:
        assert "HDU-" not in whole(letter)
        assert (letter.policy, letter.cases) == ("recall", ())


def test_what_is_written_to_a_reader_and_to_the_home_library_are_separate_letters() -> None:
    for letter in LETTERS:
        if letter.template in {"recall", "suspension"}:
            to_reader = letter.facts["to"] == "reader"
            assert letter.cc == ()
            assert letter.to == (
                (READER.email,) if to_reader and not letter.facts["by_hand"] else (HOME,)
            )
            assert letter.reply_to == (HOME if to_reader else "")


def test_a_reminder_is_signed_and_answered_by_the_home_library() -> None:
    for letter in LETTERS:
        if letter.template in {"due_soon", "overdue"}:
            assert mail(letter)["Reply-To"].addresses[0].addr_spec == HOME
            copied = letter.template == "overdue" and letter.to == (READER.email,)
            found = mail(letter)["Cc"]
            assert ([a.addr_spec for a in found.addresses] if found else []) == [HOME] * copied
