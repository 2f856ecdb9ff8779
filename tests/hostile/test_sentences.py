"""One file of each wrong kind, and the sentence that its sender and the host read about it."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from ill_workflows.errors import REFUSALS
from tests.cli.command import ill
from tests.hostile.corpus import corpus
from tests.hostile.good import endless
from tests.jobs.alliance import found

FILES = {
    "empty": ("other kinds", "空檔.xlsx"),
    "not_zip": ("other kinds", "文件.pdf"),
    "html": ("other kinds", "網頁.xlsx"),
    "csv": ("other kinds", "文字.csv"),
    "xls": ("other kinds", "舊版.xls"),
    "encrypted": ("other kinds", "密碼.xlsx"),
    "ods": ("other kinds", "開放.ods"),
    "xlsb": ("other kinds", "二進位.xlsb"),
    "macro": ("other kinds", "巨集.xlsm"),
    "truncated": ("broken zips", "截斷2.xlsx"),
    "too_large": ("bombs", "炸彈xml.xlsx"),
    "foreign": ("other kinds", "外來活頁簿.xlsx"),
    "damaged": ("broken zips", "重複.xlsx"),
    "doctype": ("xml", "十億笑.xlsx"),
    "strict": ("xml", "嚴格.xlsx"),
}
"""What is wrong → a file of the corpus that is so."""
ENDLESS = "讀不完.xlsx"
SUBJECT = {"zh-TW": "【檔案無法讀取】", "en": "File that cannot be read: "}


def test_every_wrong_kind_has_its_file() -> None:
    assert FILES.keys() | {"gave_up"} == REFUSALS.keys()


@pytest.mark.parametrize("language", SUBJECT)
def test_each_wrong_kind_has_its_own_sentence_in_both_languages(
    language: str, tmp_path: Path
) -> None:
    home = found(tmp_path / "home", more="\n[intake]\nwall_seconds = 5\n").home
    config = home / "config.toml"
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace("term =", f'language = "{language}"\nterm ='), "utf-8")
    cases = {case.name: case.data for group, _ in {*FILES.values()} for case in corpus(group)}
    names = {kind: name for kind, (_, name) in FILES.items()} | {"gave_up": ENDLESS}
    for name in names.values():
        (home / "inbox" / name).write_bytes(endless() if name == ENDLESS else cases[name])

    ran = ill("collect", home=home, today="2025-10-07")
    assert ran.code == 3
    assert "Traceback" not in ran.out + ran.err
    told = {line for line in ran.out.splitlines() if "refused" in line}
    assert ill("deliver", home=home, today="2025-10-07").code == 0
    letters = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (home / "outbox").glob("*.eml")
    ]
    for kind, name in names.items():
        (line,) = (line for line in told if name in line)
        (letter,) = (one for one in letters if one["Subject"] == SUBJECT[language] + name)
        for part in ("plain", "html"):
            body = letter.get_body((part,))
            assert body is not None
            assert all(sentence in body.get_content() for sentence in REFUSALS[kind]), kind
        assert all(sentence in line for sentence in REFUSALS[kind]), kind
