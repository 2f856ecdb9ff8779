"""Every letter in both languages, written from invented cases and read as its recipient does."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from typing import Any

import pytest

from ill_workflows.mail.compose import LANGUAGES, Letter, package_templates
from ill_workflows.mail.rehearsal import rehearse
from tests.mail.written import ALL, IDS, LETTERS, MOMENT, OURS, Html, mail, part

every = pytest.mark.parametrize("letter", LETTERS, ids=IDS)
REMINDERS = (
    "due_soon",
    "overdue",
    "overdue_library",
    "overdue_lender",
    "overdue_host",
    "still_out",
    "recall",
    "recall_host",
    "recall_lender",
    "suspension",
)
MINGUO = re.compile(r"\d{3}年\d{1,2}月\d{1,2}日")
ISO = re.compile(r"\d{4}-\d\d-\d\d")


def books_of(letter: Letter) -> list[dict[str, Any]]:
    facts = letter.facts
    cases = [book for case in facts.get("cases", ()) for book in case["books"]]
    return [*facts.get("books", ()), *facts.get("others", ()), *cases]


def said(day: date, language: str) -> str:
    return (
        f"{day.year - 1911}年{day.month}月{day.day}日" if language == "zh-TW" else day.isoformat()
    )


def test_there_is_a_sample_and_a_file_of_every_letter_in_both_languages() -> None:
    for language in LANGUAGES:
        files = {path.stem for path in (package_templates() / "email" / language).glob("*.j2")}
        assert files - {"parts"} == {one.template for spoken, _, one in ALL if spoken == language}


def test_check_writes_every_letter_and_has_nothing_to_tell() -> None:
    assert rehearse(OURS) == []


@every
def test_the_subject_is_one_short_line(letter: Letter) -> None:
    subject = mail(letter)["Subject"]
    assert subject == OURS.compose(letter, MOMENT).subject
    assert 8 <= len(subject) <= 110
    assert subject == " ".join(subject.split())
    assert not re.search(r"[{}<>]|None|Undefined", subject)


@every
def test_the_text_is_plain_and_without_gaps(letter: Letter) -> None:
    text = part(mail(letter), "plain")
    assert not re.search(r"<[a-z/]", text)
    assert not re.search(r"&[a-z#]+\d*;", text)
    assert not re.search(r"\{\{|\{%|%\}|\}\}|None|Undefined", text)
    assert "\n\n\n" not in text
    assert not re.search(r"[^\S\n]+\n", text.replace("\n-- \n", "\n"))
    assert not re.search(r"（）|\(\)|「」|，，|。。|、、| ,", text)
    assert text.count("\n-- \n") == 1


@every
def test_the_html_is_whole_and_has_no_empty_part(letter: Letter) -> None:
    source = part(mail(letter), "html")
    page = Html(source)
    assert not page.open, "a tag is not closed"
    assert not [
        tag for tag, text in page.blocks if tag in {"p", "h1", "h2", "th", "td"} and not text
    ]
    assert [tag for tag, _ in page.blocks].count("h1") == 1
    assert not re.search(r"\{\{|\{%|%\}|\}\}|None|Undefined", page.text)
    assert not {"script", "img", "link", "iframe", "form", "a"} & {tag for tag, _ in page.tags}


@every
def test_the_html_is_dressed_for_mail_programs_phones_and_paper(letter: Letter) -> None:
    source = part(mail(letter), "html")
    tags = Html(source).tags
    assert {attrs.get("lang") for tag, attrs in tags if tag == "html"} == {letter.language}
    assert all(attrs.get("style") for tag, attrs in tags if tag in {"h1", "p"})
    assert "max-width: 520px" in source
    assert "size: A4" in source
    rules = re.sub(
        r"@page\s*\{[^}]*\}", "", source.partition("<style>")[2].partition("</style>")[0]
    )
    declared = re.findall(r"([a-z-]+)\s*:\s*([^;{}]+);", rules)
    weak = [(name, to) for name, to in declared if not name.endswith("inside") and "!imp" not in to]
    assert declared
    assert not weak, "an inlined style would win"


@every
def test_text_and_html_name_each_book_with_all_that_finds_it(letter: Letter) -> None:
    message = mail(letter)
    shown = (part(message, "plain"), Html(part(message, "html")).text)
    for book in books_of(letter):
        for words in shown:
            assert book["title"] in words
            assert book["item"] in words
            assert book["card"] in words
            assert book["call_number"] in words


@every
def test_dates_are_minguo_in_chinese_and_iso_in_english(letter: Letter) -> None:
    text = part(mail(letter), "plain")
    for book in books_of(letter):
        shown = ("lent_on",) if letter.template == "discrepancy" else ("lent_on", "due_on")
        known = [book[key] for key in shown if book[key]]  # a loan in no sheet yet has no day
        assert all(said(day, letter.language) in text for day in known)
    if letter.template in {"receipt", "returned"}:
        return  # findings quote what was read as ISO, whatever the language
    assert bool(MINGUO.search(text)) == (letter.language == "zh-TW")
    assert bool(ISO.search(text)) == (letter.language == "en")


@every
def test_a_reminder_says_how_old_its_facts_are(letter: Letter) -> None:
    if letter.template not in REMINDERS:
        return
    text = part(mail(letter), "plain")
    assert letter.facts["sources"]
    for source in letter.facts["sources"]:
        assert said(source["as_of"], letter.language) in text
    assert "之登記" in text if letter.language == "zh-TW" else "records of" in text


def test_both_languages_say_the_same_number_of_letters() -> None:
    counted = {
        language: [letter.template for letter in (entry[2] for entry in group)]
        for language, group in groupby(ALL, key=lambda entry: entry[0])
    }
    assert counted["zh-TW"] == counted["en"]
