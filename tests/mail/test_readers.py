"""What a reader reads: mild, then firmer, then final; on paper where there is no address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ill_workflows.lending.cases import Loan, Reader
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import to_reader
from ill_workflows.mail.samples import READER, TODAY, WITHOUT_ADDRESS, members
from tests.mail.written import LETTERS, OURS, Html, mail, part

LOAN = Loan(
    "NSUT", "HDU", "HDU-07", "C450006", "食品化學", "", date(2026, 9, 28), date(2026, 10, 12),
    date(2026, 10, 5), "R115-000021", READER, fine=15,
)  # fmt: skip
BY_HAND = [letter for letter in LETTERS if letter.facts.get("by_hand")]
ids = pytest.mark.parametrize(
    "letter", BY_HAND, ids=[f"{one.language} {one.template} {one.step}" for one in BY_HAND]
)


def letter_of(
    step: str, *loans: Loan, first: str = "first", last: str = "final", language="zh-TW"
) -> Letter:
    to = ("reader", f"HDU/{READER.number}")
    notices = tuple(Notice("overdue", step, loan.key, "", "HDU", to, loan) for loan in loans)
    one = Bundle("overdue", step, "HDU", to, notices)
    return to_reader(one, [], members(language), TODAY, last, first)


@pytest.mark.parametrize(
    ("step", "word", "absent"),
    [
        ("first", "也許您一時忘了", "最後"),
        ("second", "還沒有看到", "最後"),
        ("final", "最後一次提醒", "忘了"),
    ],
)
def test_the_first_letter_is_mild_the_second_firmer_and_only_the_last_says_so(
    step: str, word: str, absent: str
) -> None:
    text = part(mail(letter_of(step, LOAN)), "plain")
    assert word in text
    assert absent not in text


def test_steps_of_other_names_keep_their_tone_and_nobodys_first_word_is_final() -> None:
    assert letter_of("一", LOAN, first="一", last="三").facts["tone"] == "mild"
    assert letter_of("二", LOAN, first="一", last="三").facts["tone"] == "firm"
    assert letter_of("三", LOAN, first="一", last="三").facts["tone"] == "final"
    assert letter_of("only", LOAN, first="only", last="only").facts["tone"] == "mild"


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("step", ["first", "second", "final"])
def test_every_overdue_letter_says_return_collect_the_card_and_bring_it_back(
    step: str, language: str
) -> None:
    words = {
        "zh-TW": (
            "還給借出的圖書館",
            "領回押在那裡的館際合作借書證",
            "借書證帶回虹島示範大學圖書館",
        ),
        "en": (
            "to the lending library",
            "collect your interlibrary loan card",
            "bring the card to",
        ),
    }[language]
    text = part(mail(letter_of(step, LOAN, language=language)), "plain")
    assert all(word in text for word in words)


def test_a_fine_is_about_so_much_and_is_not_named_where_there_is_none() -> None:
    text = part(mail(letter_of("first", LOAN)), "plain")
    assert "約 15 元" in text
    assert "以借出的圖書館計算的為準" in text
    assert "罰款" not in part(mail(letter_of("first", replace(LOAN, fine=0))), "plain")


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_a_book_without_a_title_is_named_by_its_item_number(language: str) -> None:
    message = mail(letter_of("first", replace(LOAN, title=""), language=language))
    for words in (part(message, "plain"), Html(part(message, "html")).text):
        assert {"zh-TW": "（沒有登錄題名）", "en": "(no title recorded)"}[language] in words
        assert "C450006" in words
        assert "《" not in words


def test_two_days_of_facts_of_one_lender_are_both_told() -> None:
    older = replace(LOAN, item="0000001", as_of=date(2026, 10, 3))
    text = part(mail(letter_of("first", LOAN, older)), "plain")
    assert "115年10月3日之登記" in text
    assert "115年10月5日之登記" in text


def test_a_reader_is_greeted_by_name_without_a_title() -> None:
    assert part(mail(letter_of("first", LOAN)), "plain").startswith("示範讀者 您好：\n")
    nameless = replace(LOAN, reader=Reader("HDU", READER.number, "", READER.email))
    assert part(mail(letter_of("first", nameless)), "plain").startswith("讀者 您好：\n")


@ids
def test_without_an_address_the_home_library_is_asked_to_hand_the_page_over(letter: Letter) -> None:
    message = mail(letter)
    assert letter.to == ("ill@hdu.example",)
    assert not letter.cc
    asks = {"zh-TW": "轉交", "en": "hand"}[letter.language]
    for words in (message["Subject"], part(message, "plain"), Html(part(message, "html")).text):
        assert asks in words
    assert WITHOUT_ADDRESS.number in part(message, "plain")
    (page,) = message.iter_attachments()
    assert page.get_content_type() == "text/html"
    assert page.get_content_charset() == "utf-8"


@ids
@pytest.mark.parametrize("by_hand", [True, False])
def test_the_page_reads_as_a_letter_to_the_reader(letter: Letter, by_hand: bool) -> None:
    facts = {**letter.facts, "by_hand": by_hand}
    words = Html(OURS.page(letter.template, letter.language, facts).decode()).text
    assert WITHOUT_ADDRESS.name in words
    assert not any(word in words for word in ("轉交", "hand over", "hand it over", "同仁您好"))
    assert not any(word in words for word in ("直接回覆", "just reply")), "paper has no reply"
    assert {"zh-TW": "115年10月15日", "en": "2026-10-15"}[letter.language] in words, "and no date"
    assert "ill@hdu.example" in words
    assert all(book["title"] in words for book in letter.facts.get("books", ()))
