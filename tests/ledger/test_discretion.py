"""Whom and what a free text names."""

from __future__ import annotations

import pytest

from ill_workflows.ledger.discretion import Readers, concerns

READERS = Readers(
    [
        "示範春明",
        "示範春",
        "台東生",
        "S1100123",
        "An Li",
        "LI",
        "Nguyen Van An",
        "20251005",
        "115",
        "",
    ]
)


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.word) for one in concerns(text, READERS)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("謝謝示範春明同學", "示範春明"),
        ("示 範　春明同學", "示範春明"),
        ("示範\u200b春明", "示範春明"),
        ("示範春同學", "示範春"),
        ("臺東生說", "台東生"),
        ("證號Ｓ１１００１２３的讀者", "S1100123"),
        ("s1100123", "S1100123"),
        ("NGUYEN  van an 很準時", "Nguyen Van An"),
        ("an li came", "An Li"),
        ("Ask Li.", "LI"),
    ],
)
def test_a_reader_is_found_however_the_name_is_typed(text: str, word: str) -> None:
    assert found(text) == [("reader", word)]


@pytest.mark.parametrize(
    "text",
    [
        "期末借書證不夠用，建議暑假前先互相調度。",
        "The library lists its holidays early.",
        "115年10月起，2024-2025 學年滿足率 83.6%",
        "ISBN 9789571234567、登錄號 0000123、HDU-07",
        "2025-10-05 與 115/10/05 兩天閉館，08:00-19:00",
        "第 3-4 週，每館 50 張，共 1,234 冊",
        "",
    ],
)
def test_a_text_that_names_nobody_is_of_no_concern(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("請電06-2345678。", "06-2345678"),
        ("（07）123-4567", "(07)123-4567"),
        ("０９１２－３４５－６７８", "0912-345-678"),
        ("0912345678", "0912345678"),
        ("+886-6-234-5678", "+886-6-234-5678"),
        ("分機 1234", "分機 1234"),
        ("撥 234-5678", "234-5678"),
        ("電話：2345678", "電話:2345678"),
    ],
)
def test_a_telephone_number_is_found(text: str, said: str) -> None:
    assert found(text) == [("telephone", said)]


def test_an_address_is_found_and_each_word_is_named_once() -> None:
    text = "洽示範春明 a.b@lib.example，或示範春明 ａ.b@lib.example，分機 12"
    assert found(text) == [
        ("reader", "示範春明"), ("email", "a.b@lib.example"), ("telephone", "分機 12"),
    ]  # fmt: skip
