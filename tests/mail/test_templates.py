"""Templates: a host's own come first, none runs code, none leaves a hole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ill_workflows.app import open_app
from ill_workflows.errors import LetterBroken
from ill_workflows.mail.compose import package_templates
from ill_workflows.mail.rehearsal import rehearse
from tests.mail.written import LETTERS, MOMENT, OURS, composer, mail, part

OVERDUE = next(letter for letter in LETTERS if letter.template == "overdue")
SHELL = (
    '{%% extends "layout.j2" %%}{%% block subject %%}%s{%% endblock %%}{%% block text %%}本文\n'
    "{%% endblock %%}{%% block html %%}<p>本文</p>{%% endblock %%}"
    "{%% block foot %%}腳{%% endblock %%}"
)
CONFIG = Path(__file__).parents[1] / "samples" / "home" / "config.toml"


def own(folder: Path, source: str | bytes, language: str = "zh-TW", name: str = "overdue") -> Path:
    path = folder / "templates" / "email" / language / f"{name}.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    return folder / "templates" / "email"


def test_the_hosts_own_letter_beside_config_toml_wins_over_the_packages(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(CONFIG.read_bytes())
    own(tmp_path, SHELL % "本館自己的信：{{ books|length }} 冊")
    writer = open_app(tmp_path).composer
    assert writer.compose(OVERDUE, MOMENT).subject == "本館自己的信：1 冊"
    english = next(one for one in LETTERS if one.template == "overdue" and one.language == "en")
    assert writer.compose(english, MOMENT).subject == OURS.compose(english, MOMENT).subject
    assert rehearse(writer) == []


def test_a_hosts_copy_of_a_letter_may_use_the_packages_parts(tmp_path: Path) -> None:
    ours = (package_templates() / "email" / "zh-TW" / "overdue.j2").read_text(encoding="utf-8")
    folder = own(tmp_path, ours.replace("您好：", "同學您好："))
    text = part(mail(OVERDUE, composer(folder)), "plain")
    assert text.startswith("示範讀者 同學您好：")
    assert "登錄號 C450006" in text


def test_a_letter_saved_by_notepad_with_a_mark_of_byte_order_is_read(tmp_path: Path) -> None:
    folder = own(tmp_path, b"\xef\xbb\xbf" + (SHELL % "信").replace("\n", "\r\n").encode())
    assert composer(folder).compose(OVERDUE, MOMENT).subject == "信"


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ books.__class__.__base__.__subclasses__() }}",
        "{{ today.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__['os'].environ }}",
        "{{ '%s'.format.__self__.__class__ }}",
        "{{ '{0.__class__.__mro__}'.format(today) }}",
        "{{ books.append(1) }}",
        "{{ books[0].update(title='別的書') }}",
        "{{ books.__reduce__() }}",
        "{% set x = books.__delitem__ %}{{ x(0) }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../../../../etc/passwd' %}",
    ],
)
def test_a_template_that_tries_to_run_code_is_refused(tmp_path: Path, code: str) -> None:
    writer = composer(own(tmp_path, SHELL % code))
    with pytest.raises(LetterBroken):
        writer.compose(OVERDUE, MOMENT)


@pytest.mark.parametrize("code", ["{{ books[0][reader] }}", "{% include reader %}"])
def test_what_went_wrong_with_a_letter_is_told_without_the_readers_name(
    tmp_path: Path, code: str
) -> None:
    with pytest.raises(LetterBroken) as bad:
        composer(own(tmp_path, SHELL % code)).compose(OVERDUE, MOMENT)
    assert "…" in str(bad.value)
    assert str(OVERDUE.facts["reader"]) not in str(bad.value)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(SHELL % "{{ phone }}", id="a fact that is not known"),
        pytest.param(SHELL % "{{ books[0].publisher }}", id="of a book"),
        pytest.param(SHELL % "{% if phone %}1{% endif %}", id="asked for"),
        pytest.param(SHELL % "{{ today|minguo }}", id="a filter that is not known"),
        pytest.param(SHELL % "{{ reader|day }}", id="a name as a day"),
        pytest.param(SHELL % "{{ 1 // 0 }}", id="arithmetic"),
        pytest.param(SHELL % "{{ books[0] + 1 }}", id="a book and a number"),
        pytest.param(SHELL % "{{ range(10 ** 9)|list }}", id="without end"),
        pytest.param(SHELL % "{{ 'x' * 10 ** 15 }}", id="more than there is memory"),
        pytest.param(SHELL % "{% block subject %}", id="grammar"),
        pytest.param(SHELL % "  ", id="a subject that is empty"),
        pytest.param(SHELL % "{{ separator }}", id="a subject that is cut"),
        pytest.param("您的書逾期了。", id="no blocks"),
        pytest.param("", id="an empty file"),
        pytest.param((SHELL % "信").replace("block text", "block txt"), id="no text"),
        pytest.param((SHELL % "信").replace("block html", "block htm"), id="no html"),
        pytest.param((SHELL % "信").replace("block subject", "block title"), id="no subject"),
        pytest.param((SHELL % "信").replace("layout.j2", "nowhere.j2"), id="no layout"),
        pytest.param((SHELL % "信").encode("big5"), id="saved in Big5"),
    ],
)
def test_a_broken_letter_is_set_aside_and_check_names_it(
    tmp_path: Path, source: str | bytes
) -> None:
    writer = composer(own(tmp_path, source))
    with pytest.raises(LetterBroken, match=r"zh-TW/overdue\.j2"):
        writer.compose(OVERDUE, MOMENT)
    troubles = rehearse(writer)
    assert troubles
    assert all("zh-TW/overdue.j2" in trouble for trouble in troubles)


def test_check_finds_a_hole_in_a_branch_that_only_the_last_letter_takes(tmp_path: Path) -> None:
    writer = composer(own(tmp_path, SHELL % "{{ lawyer if tone == 'final' else 1 }}"))
    assert writer.compose(OVERDUE, MOMENT).subject == "1"
    (trouble,) = rehearse(writer)
    assert "lawyer" in trouble


def test_a_letter_or_language_without_a_template_is_set_aside() -> None:
    for unknown in (replace(OVERDUE, template="overdu"), replace(OVERDUE, language="ja")):
        with pytest.raises(LetterBroken):
            OURS.compose(unknown, MOMENT)


def test_a_broken_letter_says_nothing_of_its_reader(tmp_path: Path) -> None:
    writer = composer(own(tmp_path, SHELL % "{{ reader.phone }}"))
    with pytest.raises(LetterBroken) as told:
        writer.compose(OVERDUE, MOMENT)
    for word in (OVERDUE.facts["reader"], OVERDUE.facts["number"], *OVERDUE.to):
        assert word not in str(told.value)
