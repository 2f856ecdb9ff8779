"""Every finding has its words, every word its finding, in both languages."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ill_workflows
from ill_workflows.forms import FORMS
from ill_workflows.forms.book import CellError, NoValue
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.texts import TEXTS
from tests.forms.sheets import (
    ISSUES,
    LOANS,
    REQUESTS,
    STOCK,
    book,
    cards,
    checked,
    cover,
    filled,
    grid,
    sound,
    usage,
)

PACKAGE = Path(ill_workflows.__file__).parent
SOURCES = [*(PACKAGE / "forms").glob("*.py"), *(PACKAGE / "jobs").glob("*.py")]
CODE_AT = {
    "Finding": 2, "Trouble": 0, "DayTrouble": 0, "cell": 2, "says": 1, "RowRule": 0, "Wrong": 1,
}  # fmt: skip
"""Name of a call that makes a finding → which of its arguments is the code."""
FROM_THE_STORE = {
    "carried_row_missing", "carried_issue_missing", "row_left_out", "issued_while_suspended",
}  # fmt: skip
"""Told by the jobs that know the sheets of earlier months, or what the host decided."""
EVERYDAY = {"Excel", "CODE", "N", "A", "NSUT", "OK"}


def emitted() -> Iterator[tuple[str, str]]:
    """Each code that a call names, with the place of the call."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            at = CODE_AT.get(name)
            if at is None or len(node.args) <= at:
                continue
            for part in ast.walk(node.args[at]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                    yield part.value, f"{path.name}:{node.lineno}"


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def everything_wrong() -> Iterator[Finding]:
    """Findings of many kinds, as the checks make them."""
    for form in FORMS:
        for sheet in form.sheets:
            for column in sheet.columns:
                for wrong in column.wrong:
                    typed = {**dict(wrong.beside), column.key: wrong.value}
                    rows = [sound(sheet, **dict(wrong.before)), sound(sheet, **typed)]
                    yield from checked(filled(sheet, *rows)).findings
    loans = [
        sound(LOANS, item=f"C{n}", lent_on="114.7.3", card="nsut13", material="珍善本")
        for n in range(4)
    ]
    more = [
        sound(LOANS), sound(LOANS), sound(LOANS, title="另一本"), sound(LOANS, lent_on="114.10.9"),
        sound(LOANS, item=CellError("#REF!")), sound(LOANS, item=NoValue("=A1")), {"card": "小計"},
        sound(LOANS, title="題" * 501), sound(LOANS, due_on="130.1.1"),
        sound(LOANS, item="V1", card="nsut13"),
    ]  # fmt: skip
    rows = grid(LOANS, *loans, *more)
    rows[0][3:5] = ["索書號碼", "資料型態"]
    rows = [[*row, *tail] for row, tail in zip(
        rows, [["", "題名", "館別"], *([["甲", "乙", "丙"]] * (len(rows) - 1))], strict=True
    )]  # fmt: skip
    requests = grid(REQUESTS, sound(REQUESTS, answered_on="114.10.1"),
                    sound(REQUESTS, request_no="2", outcome="拒絕", reason="其他"))  # fmt: skip
    typed = {
        "圖書館名稱": "南星科大",
        "填報別": "季報",
        "填表日期": "昨天",
        "表單": "月報表 usage 2",
    }
    yield from checked(usage(rows, requests, typed=typed)).findings
    own = ("館內統計", [["甲"]])
    again = ("借出紀錄 (2)", rows)
    names = {"ill_library": "NSUT", "ill_period": "2025-09"}
    yield from checked(
        book(("封面", cover()), ("借出紀錄", rows), own, again, names=names)
    ).findings
    for month in ("?月", "115年10月"):
        yield from checked(usage(rows, typed={"統計年月": month, "圖書館代碼": "QQQU"})).findings
    stock = ("借書證庫存", grid(STOCK, sound(STOCK, card="KL207")))
    yield from checked(book(("封面", cover()), ("換證紀錄", grid(ISSUES)), stock)).findings
    yield from checked(cards(grid(ISSUES)[1:], typed={"圖書館名稱": "火星大學"})).findings


def test_every_code_that_is_emitted_has_its_words():
    unknown = {(code, place) for code, place in emitted() if code not in TEXTS}
    unknown = {(code, place) for code, place in unknown if not code.startswith(("error", "warn"))}
    assert unknown == set()


def test_every_entry_of_the_table_is_emitted_somewhere():
    words = {
        node.value
        for path in SOURCES
        if path.name != "texts.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(TEXTS) - words == set()


def test_nearly_every_finding_is_made_by_the_checks_themselves():
    made = {finding.code for finding in everything_wrong()}
    from_elsewhere = {"card_ambiguous", *FROM_THE_STORE}
    assert set(TEXTS) - made - from_elsewhere == set()


def test_every_sentence_is_whole_with_the_facts_of_its_finding():
    for finding in everything_wrong():
        for sentence in (finding.zh, finding.en):
            assert "{" not in sentence
            assert "None" not in sentence, finding
            assert "  " not in sentence, finding
        assert finding.facts["read"] is not None


@pytest.mark.parametrize("code", TEXTS)
def test_both_languages_tell_of_the_same_facts(code):
    text = TEXTS[code]
    in_zh, in_en = holes(text.zh + text.mend_zh), holes(text.en + text.mend_en)
    pairs = {"weekday_en": "weekday", "other_en": "other"}
    told_zh = in_zh - {"choices", "keys", "because", "heading"}
    told_en = {pairs.get(name, name) for name in in_en} - {"choices", "keys", "because", "heading"}
    assert told_en <= in_zh | {"read"}
    assert told_zh - told_en <= {"since"}
    assert bool(text.mend_zh) is bool(text.mend_en) or code in {"kind_unknown", "filled_on_ignored"}


@pytest.mark.parametrize("code", TEXTS)
def test_the_chinese_words_hold_no_english_ones(code):
    text = re.sub(r"\{.*?\}", "", TEXTS[code].zh + TEXTS[code].mend_zh)
    assert set(re.findall(r"[A-Za-z]+", text)) <= EVERYDAY
    assert text.endswith("。")


@pytest.mark.parametrize("code", TEXTS)
def test_the_english_words_end_in_a_full_stop_and_are_not_chinese(code):
    text = re.sub(r"\{.*?\}|R2[68]", "", TEXTS[code].en + TEXTS[code].mend_en)
    foreign = set(re.findall(r"[\u4e00-\u9fff]+", text))
    assert foreign <= {"年", "月", "重複", "取消", "其他", "減免"}
    assert text.rstrip().endswith(".")


def test_what_a_member_typed_is_never_taken_for_a_hole_of_a_sentence():
    read: Any = {"read": "{other}", "other": "{0.__class__}", "sheet": "借出紀錄"}
    finding = Finding("借出紀錄", "A1", "column_twice", "warning", "{read}", read)
    assert "「{other}」" in finding.zh
    assert "{0.__class__}" in finding.en


def test_a_finding_names_its_place():
    assert Finding("借出紀錄", "B12", "missing", "error").place == "借出紀錄 B12"
    assert Finding("借出紀錄", "", "missing", "error").place == "借出紀錄"
    assert date(2025, 10, 3).isoformat() in Finding(
        "借出紀錄", "I2", "returned_before_lent", "error", "歸還日",
        {"read": "2025-10-02", "other": "2025-10-03"},
    ).zh  # fmt: skip
