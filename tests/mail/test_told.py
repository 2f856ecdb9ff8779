"""What a receipt and a returned copy tell, however much there is to tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ill_workflows.forms.findings import Finding
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.told import FIRST_OF_EACH, MOST, few, first_of_each
from tests.mail.written import LETTERS, Html, mail, part


def day(row: int, heading: str = "借出日", code: str = "read_as") -> Finding:
    facts = {"read": "９．５", "value": "2026-09-05"}
    return Finding("借出紀錄", f"G{row}", code, "corrected", heading, facts)


def letter_of(template: str, language: str, n: int = 0) -> Letter:
    return [one for one in LETTERS if (one.template, one.language) == (template, language)][n]


def test_eighteen_corrections_are_all_shown() -> None:
    found = few([day(row) for row in range(18)], "corrected", "zh-TW")
    assert (found["count"], len(found["shown"]), found["more"], found["rest"]) == (18, 18, 0, [])


def test_of_three_hundred_twenty_are_shown_and_the_others_counted_by_column() -> None:
    findings = [day(row) for row in range(290)] + [day(row, "歸還日") for row in range(290, 300)]
    found = few(findings, "corrected", "zh-TW")
    assert (found["count"], len(found["shown"]), found["more"]) == (300, MOST, 280)
    assert found["rest"] == [{"heading": "借出日", "count": 273}, {"heading": "歸還日", "count": 7}]


def test_a_kind_that_comes_last_is_shown_before_the_twentieth_of_another() -> None:
    findings = [day(row) for row in range(300)] + [day(301, "借書證號")]
    shown = few(findings, "corrected", "zh-TW")["shown"]
    assert [one["place"] for one in shown] == [f"借出紀錄 G{row}" for row in (*range(19), 301)]


def test_only_the_asked_severity_is_told() -> None:
    findings = [day(1), replace(day(2), severity="warning")]
    assert few(findings, "warning", "en")["count"] == 1
    assert few(findings, "passed", "en") == {"count": 0, "shown": [], "more": 0, "rest": []}


def test_a_returned_letter_shows_the_first_three_of_each_kind() -> None:
    findings = [day(row) for row in range(9)] + [day(row, code="missing") for row in range(9, 11)]
    assert [f.cell for f in first_of_each(findings)] == ["G0", "G1", "G2", "G9", "G10"]
    assert FIRST_OF_EACH == 3


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_receipt_says_what_was_taken_in_and_what_became_of_each_cell(
    language: str, kind: str
) -> None:
    letter = letter_of("receipt", language)
    source = part(mail(letter), kind)
    words = source if kind == "plain" else Html(source).text
    arrival = letter.facts["arrival"]
    for fact in ("receipt", "sha256", "filename"):
        assert arrival[fact] in words
    assert {"zh-TW": "115年09月", "en": "2026-09"}[language] in words
    for row in letter.facts["rows"]:
        assert f"{row['sheet']} {row['count']}" in words
    for told in ("corrected", "warnings", "passed"):
        assert letter.facts[told]["shown"]
        for one in letter.facts[told]["shown"]:
            assert one["place"] in words
            assert one["text"] in words
    assert "R115-000021" in words, "the version that it replaces"
    assert {"zh-TW": "新增 2 列", "en": "2 rows added"}[language] in words
    assert {"zh-TW": "謝謝您", "en": "Thank you"}[language] in words


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_a_receipt_of_three_hundred_corrections_stays_short_and_says_how_many_more(
    language: str,
) -> None:
    letter = letter_of("receipt", language, 1)
    text = part(mail(letter), "plain")
    assert text.count({"zh-TW": "我們把", "en": "We read"}[language]) == MOST
    assert {"zh-TW": "另有 281 處", "en": "281 more"}[language] in text
    assert {"zh-TW": "借出日 281 處", "en": "借出日: 281"}[language] in text
    assert "A30" in text


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_the_returned_letter_says_where_what_how_to_mend_and_what_stays_in_force(
    language: str,
) -> None:
    letter = letter_of("returned", language)
    message = mail(letter)
    text = part(message, "plain")
    (attached,) = message.iter_attachments()
    assert attached.get_filename() in text
    assert "檢查結果" in text
    assert "9" in message["Subject"]
    for one in letter.facts["errors"]:
        assert f"{one['place']}" in text
        assert one["text"] in text
    assert {"zh-TW": "另有 4 處", "en": "4 more"}[language] in text
    assert {"zh-TW": "（R115-000021）仍然有效", "en": "(R115-000021) stays in force"}[
        language
    ] in text
    assert {"zh-TW": "還沒有計入", "en": "nothing of it counts"}[language] in part(
        mail(letter_of("returned", language, 1)), "plain"
    )


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_a_refused_file_is_explained_in_both_languages(language: str) -> None:
    letter = letter_of("refused", language)
    message = mail(letter)
    for words in (part(message, "plain"), Html(part(message, "html")).text):
        assert letter.facts["zh"] in words
        assert letter.facts["en"] in words


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_still_out_names_the_attached_sheet_the_interim_update_and_the_forgotten_rows(
    language: str,
) -> None:
    letter = letter_of("still_out", language)
    message = mail(letter)
    text = part(message, "plain")
    (attached,) = message.iter_attachments()
    assert attached.get_filename() in text
    assert "期中更新" in text
    forgotten = {"zh-TW": "沒有列出這一筆", "en": "does not list this loan"}[language]
    assert text.count(forgotten) == 1
    assert text.index("HDU-07") < text.index(forgotten), "at the loan that the sheet forgot"
    only_old = part(mail(letter_of("still_out", language, 1)), "plain")
    assert forgotten not in only_old


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize(
    ("n", "zh", "en"),
    [
        (1, "貴館登記當天以這張證借出", "You recorded a loan on this card"),
        (2, "貴館登記下列的書那時還沒有歸還", "by your record"),
        (4, "貴館的登記簿上，那一天沒有人持有", "in your register nobody held"),
        (5, "貴館登記當天把這張證換給下一位讀者", "You gave this card to its next reader"),
    ],
)
def test_a_discrepancy_is_told_from_the_readers_own_side(
    language: str, n: int, zh: str, en: str
) -> None:
    text = part(mail(letter_of("discrepancy", language, n)), "plain")
    assert {"zh-TW": zh, "en": en}[language] in text
    assert {"zh-TW": "同時查對", "en": "is checking"}[language] in text, "and the other side's part"
