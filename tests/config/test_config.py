"""config.toml: every mistake at once, each with its key; the environment wins."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ill_workflows.config import load, parse
from ill_workflows.config.mistakes import sentence
from ill_workflows.config.parts import Config
from ill_workflows.errors import ConfigurationError, FolderTrouble, HomeMissing

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "config.toml").read_text(encoding="utf-8")
SMALL = """
[alliance]
name = "示範聯盟"
host = "NSUT"
[[libraries]]
code = "NSUT"
name = "南星示範科技大學"
email = "ill@nsut.example"
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as found:
        parse(text)
    assert found.value.exit_code == 2
    return found.value.mistakes


def test_the_example_is_a_whole_configuration_of_invented_libraries() -> None:
    config = parse(EXAMPLE)
    assert config.alliance.host in config.members
    for member in config.members.values():
        assert all(address.endswith(".example") for address in member.contacts)
        assert any(word in member.name for word in ("示範", "虛構"))


def test_five_mistakes_are_all_named_each_with_its_key() -> None:
    text = """
[alliance]
name = "示範聯盟"
host = "NSUX"
[rules]
dayz = 14
open_weekdays = "mon-fryday"
[[libraries]]
code = "NSUT"
name = "南星示範科技大學"
email = "no address"
[mail]
transport = "pigeon"
"""
    told = "\n".join(mistakes(text))
    assert len(mistakes(text)) == 5
    for key in (
        "alliance.host", "rules.dayz", "rules.open_weekdays", "libraries.0.email", "mail.transport",
    ):  # fmt: skip
        assert key in told


@pytest.mark.parametrize(
    ("more", "key", "near"),
    [
        ("[rules]\nday = 14", "rules.day", "days"),
        ("[mails]\nsender = 'a'", "mails", "mail"),
        ("[mail]\nsmtp = { hots = 'x' }", "mail.smtp.hots", "host"),
        ("[notices.overdoe]\nsteps = []", "notices.overdoe", "overdue"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(more: str, key: str, near: str) -> None:
    (told,) = mistakes(SMALL + more)
    assert told.startswith(f"{key}：")
    assert f"did you mean {near}?" in told


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("[[libraries]]\ncode = 'NSUT'\nname = 'b'\nemail = 'b@b.example'", "libraries：代碼 NSUT"),
        ("[[libraries]]\ncode = 'HDU'\nname = 'b'", "libraries.HDU.email"),
        ("[[closed]]\nfrom = 2025-10-02\nto = 2025-10-01", "closed.0.to"),
        (
            "[[closed]]\nfrom = 2025-10-02\nto = 2025-10-02\nlibraries = ['NSU']",
            "closed.0.libraries",
        ),
        ("[mail]\nsmtp = { password = 'x' }", "mail.smtp.password"),
        ("[rules]\ndays = 0", "rules.days"),
        ("[rules]\ndays = 'two'", "rules.days"),
        ("[schedule]\ncollect = 'often'", "schedule.collect"),
        ("[mail]\nsending_hours = '19:00-08:00'", "mail.sending_hours"),
        ("[mail]\nsending_hours = '8-19'", "write 08:00-19:00"),
        ("[mail]\nsending_hours = 8", "write 08:00-19:00"),
        ("[rules", "TOML"),
    ],
)
def test_a_mistake_is_told_with_its_key(more: str, key: str) -> None:
    assert any(key in told for told in mistakes(SMALL + more))


def test_a_timezone_that_is_none_is_told() -> None:
    told = mistakes(SMALL.replace('host = "NSUT"', 'host = "NSUT"\ntimezone = "Asia/Taipeh"'))
    assert told == ["alliance.timezone：沒有「Asia/Taipeh」這個時區 / there is no such time zone"]


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ILL_MAIL__TRANSPORT", "smtp")
    monkeypatch.setenv("ILL_MAIL__SMTP__PASSWORD", "hush")
    config = parse(SMALL + "[mail]\nsmtp = { host = 'mx.example', tls = 'none' }")
    assert config.mail.transport == "smtp"
    assert config.mail.smtp.host == "mx.example"
    assert config.mail.smtp.password is not None
    assert "hush" not in repr(config)


def test_a_library_follows_the_alliances_rules_but_for_its_own() -> None:
    text = SMALL + (
        "[libraries.rules]\ndays = 21\nfine_cap = 30\nfine_cap_unit = 'days'\n"
        "[rules]\nitems = 7\nfine_per_day = 5\n"
        "[[closed]]\nfrom = 2025-10-15\nto = 2025-10-15\nlibraries = ['NSUT']\n"
    )
    member = parse(text).members["NSUT"]
    assert (member.rules.days, member.rules.items, member.rules.fine_per_day) == (21, 7, 5)
    assert (member.rules.fine_cap, member.rules.fine_cap_unit) == (30, "days")
    assert not member.calendar.is_open(date(2025, 10, 15))
    assert member.calendar.is_open(date(2025, 10, 16))


def test_a_folder_that_is_none_one_without_config_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(HomeMissing, match="there is no folder"):
        load(tmp_path / "gone")
    with pytest.raises(HomeMissing, match=r"config\.toml"):
        load(tmp_path)
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FolderTrouble):
        load(tmp_path)


def test_a_byte_order_mark_before_the_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(SMALL, encoding="utf-8-sig")
    assert list(load(tmp_path).members) == ["NSUT"]


def test_a_mistake_of_a_kind_without_words_still_names_its_key() -> None:
    error = {"loc": ("mail", 0), "type": "odd", "msg": "odd message", "input": "x" * 50}
    assert sentence(error, Config) == f"mail.0：odd message（{'x' * 37}…）"
