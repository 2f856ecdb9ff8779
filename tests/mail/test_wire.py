"""A letter on the wire: nothing in a name or a title can add a header, a recipient or a tag."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

import pytest

from ill_workflows.errors import LetterBroken
from ill_workflows.lending.cases import Loan, Reader
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.letters import XLSX, to_reader
from ill_workflows.mail.mime import Attachment
from ill_workflows.mail.samples import TODAY, members
from ill_workflows.mail.transport import Folder
from tests.mail.written import IDS, LETTERS, MOMENT, OURS, Html, composer, mail, parsed, part

every = pytest.mark.parametrize("letter", LETTERS, ids=IDS)
PLAIN = LETTERS[0]
BAD = {
    "a patron": '<b>"\r\nBcc: x@y',
    "cr lf": "A\r\nBcc: thief@evil.example\r\n\r\n<b>B</b>",
    "lf": "A\nX-ILL-Case: loan/forged",
    "cr": "A\rB",
    "nul": "A\x00B",
    "line separator": "A\u2028Subject: B\u2029C",
    "next line": "A\x85Subject: B",
    "separator": "A\x1eB\x1eC",
    "tags": "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>",
    "quotes": "\"'`><a href='http://evil.example'>A</a>",
    "entities": "&lt;b&gt; &amp;amp; &#60;i&#62; &nbsp;",
    "braces": "{{ 7*7 }}{% raw %}{# #}",
    "comment": "--> <!-- ]]> <style>*{display:none}</style>",
    "surrogate": "A\ud800B",
    "right to left": "A\u202eB\u2066C",
    "encoded word": "=?utf-8?q?=0D=0ABcc=3A_thief=40evil.example?=",
}
hostile = pytest.mark.parametrize("words", BAD.values(), ids=BAD)


def of(
    words: str, title: str = "", email: str = "reader@mail.hdu.example", today: date = TODAY
) -> Letter:
    reader = Reader("HDU", "H41000001", words, email)
    loan = Loan(
        "NSUT", "HDU", "HDU-07", "1", title or words, words, date(2026, 9, 28),
        date(2026, 10, 12), date(2026, 10, 5), "R115-000021", reader, fine=15,
    )  # fmt: skip
    library = replace(members("zh-TW")["NSUT"], name=words)
    to = ("reader", "HDU/H41000001")
    one = Bundle(
        "overdue", "first", "HDU", to, (Notice("overdue", "first", loan.key, "", "HDU", to, loan),)
    )
    return to_reader(one, [loan], {**members("zh-TW"), "NSUT": library}, today, "final")


@hostile
def test_a_name_or_title_adds_no_header_no_recipient_and_no_tag(words: str) -> None:
    message = mail(of(words))
    wanted = mail(of("甲"))
    assert [name for name, _ in message.items()] == [name for name, _ in wanted.items()]
    assert [a.addr_spec for a in message["To"].addresses] == ["reader@mail.hdu.example"]
    assert [a.addr_spec for a in message["Cc"].addresses] == ["ill@hdu.example"]
    page, plain = Html(part(message, "html")), Html(part(wanted, "html"))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


@hostile
def test_what_was_written_is_what_is_read(words: str) -> None:
    seen = re.sub(r"[\x00-\x1f\x85\u2028\u2029]+", " ", words)
    seen = re.sub(r"[\u202a-\u202e\u2066-\u2069]", "", seen).replace("\ud800", "�")
    shown = " ".join(seen.split())
    message = mail(of("甲", title=words))
    for found in (part(message, "plain"), Html(part(message, "html")).text):
        assert shown in " ".join(found.split())


@hostile
def test_no_subject_file_name_or_mark_breaks_out_of_its_line(words: str) -> None:
    letter = replace(
        PLAIN, policy=words, step=words, library=words, cases=(words, words),
        attachments=(Attachment(words, XLSX, b"PK"),), in_reply_to=words,
    )  # fmt: skip
    message = mail(letter)
    assert set(message.keys()) == {*mail(PLAIN).keys()}
    assert len(message.get_all("X-ILL-Case")) == 2
    (attached,) = message.iter_attachments()
    name = attached.get_filename()
    assert name
    assert not re.search(r"[\x00-\x1f/\\]", name)


@hostile
@pytest.mark.parametrize("place", ["to", "cc", "reply_to"])
def test_an_address_that_is_none_stops_the_letter_and_adds_nobody(words: str, place: str) -> None:
    address = f"reader@mail.hdu.example{words}"
    letter = replace(PLAIN, **{place: address if place == "reply_to" else (address,)})
    with pytest.raises(LetterBroken, match="地址"):
        OURS.compose(letter, MOMENT)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "reader@mail.hdu.example,",
        "讀者@mail.hdu.example",
        "a b@hdu.example",
        "=?x?@hdu.example",
    ],
)
def test_an_address_in_the_register_that_no_mail_can_go_to_makes_a_letter_to_hand_over(
    email: str,
) -> None:
    letter = of("甲", email=email)
    assert letter.facts["by_hand"]
    assert letter.to == ("ill@hdu.example",)


@pytest.mark.parametrize("to", [(), ("",), ("reader",), ("讀者@mail.hdu.example",), ("a@b, c@d",)])
def test_a_letter_to_nobody_is_set_aside(to: tuple[str, ...]) -> None:
    with pytest.raises(LetterBroken):
        OURS.compose(replace(PLAIN, to=to), MOMENT)


@pytest.mark.parametrize(
    "name",
    [
        "館際合作",
        "南星示範科技大學圖書館館際合作服務組承辦人",
        "示範區校際整合聯盟計畫圖書館館際合作承辦館（南星示範科技大學圖書館）服務信箱",
        'ILL desk, "Nansing" (host)',
        "Interlibrary Desk of the Library of the Nansing Demonstration University of Science",
        "",
    ],
)
def test_the_senders_name_comes_back_as_it_was_however_long(name: str) -> None:
    quoted = '"' + name.replace('"', '\\"') + '" ' if name else ""
    writer = composer(sender=f"{quoted}<ill@nsut.example>")
    (found,) = mail(PLAIN, writer)["From"].addresses
    assert found.display_name == name
    assert found.addr_spec == "ill@nsut.example"


@pytest.mark.parametrize(
    "sender", ["", "館際合作", "A, B <ill@nsut.example>", "<ill@nsut@example>"]
)
def test_a_sender_that_is_no_address_is_told_before_any_letter(sender: str) -> None:
    with pytest.raises(LetterBroken, match=r"mail\.sender"):
        composer(sender=sender)


@every
def test_the_message_id_is_the_same_when_composed_again_and_no_other_letter_has_it(
    letter: Letter,
) -> None:
    once, again = OURS.compose(letter, MOMENT), composer().compose(letter, MOMENT)
    assert once == again
    assert re.fullmatch(r"<[0-9a-f]{32}@nsut\.example>", once.message_id)
    assert parsed(once)["Message-ID"] == once.message_id
    for other in (
        replace(letter, to=("somebody@mail.hdu.example",)),
        replace(letter, key="2026-10-16"),
        replace(letter, step="another"),
        replace(letter, cases=("loan/another",)),
    ):
        assert OURS.compose(other, MOMENT).message_id != once.message_id


def test_the_next_days_letter_about_the_same_books_has_a_message_id_of_its_own() -> None:
    days = (TODAY, date(2026, 10, 16))
    found = {OURS.compose(of("甲", today=day), MOMENT).message_id for day in days}
    assert len(found) == 2


@every
def test_the_marks_of_a_letter_are_those_of_the_contract(letter: Letter) -> None:
    message = mail(letter)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-ILL-Policy"] == letter.policy
    assert message["X-ILL-Step"] == letter.step
    assert message["X-ILL-Library"] == letter.library
    assert tuple(message.get_all("X-ILL-Case", [])) == letter.cases
    assert parsedate_to_datetime(str(message["Date"])) == MOMENT
    assert message["In-Reply-To"] == (letter.in_reply_to or None)
    assert message["References"] == (letter.in_reply_to or None)


@pytest.mark.parametrize(
    "step", ["最後通知：第三次（逾期十四天以上），請圖書館同仁協助", "final notice", "=?x?="]
)
def test_a_step_named_in_config_toml_comes_back_whole(step: str, tmp_path) -> None:
    composed = OURS.compose(replace(PLAIN, step=step), MOMENT)
    assert parsed(composed)["X-ILL-Step"] == step
    Folder(tmp_path).send("ill@nsut.example", list(PLAIN.to), composed.body, composed.message_id)
    (path,) = tmp_path.glob("*.eml")
    assert re.sub(r"[^\w.@+-]", "_", step) in path.name


def test_a_long_case_key_stands_on_one_line() -> None:
    case = "loan/NSUT/HDU-07/" + "%E6%9B%B8" * 60 + "/2026-10-12"
    composed = OURS.compose(replace(PLAIN, cases=(case,)), MOMENT)
    assert f"\r\nX-ILL-Case: {case}\r\n".encode() in composed.body
    assert parsed(composed)["X-ILL-Case"] == case


@pytest.mark.parametrize("length", [20, 80, 300])
def test_a_long_message_id_is_answered_as_it_came(length: int) -> None:
    theirs = f"<{'A1b2' * (length // 4)}@outlook.mail.hdu.example>"
    message = mail(replace(PLAIN, in_reply_to=theirs))
    assert message["In-Reply-To"] == message["References"] == theirs


@every
def test_every_line_is_ascii_crlf_and_short_enough_for_any_relay(letter: Letter) -> None:
    body = OURS.compose(letter, MOMENT).body
    assert body.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", body)
    assert max(len(line) for line in body.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "name",
    ["退回_月報表_虹島示範大學（十月份，第二次更正）_最終版.xlsx", "usage-NSUT-2026-10.xlsx"],
)
def test_an_attached_workbook_keeps_its_name_and_every_byte(name: str) -> None:
    data = bytes(range(256)) * 9
    message = mail(replace(PLAIN, attachments=(Attachment(name, XLSX, data),)))
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == name
    assert attached.get_content() == data
    assert attached.get_content_type() == XLSX
    assert [p.get_content_type() for p in message.walk()][1:4] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_old_mail_programs_read_the_subject_too() -> None:
    letter = of("甲", title="乙")
    old = message_from_bytes(OURS.compose(letter, MOMENT).body, policy=policy.compat32)
    from email.header import decode_header, make_header

    assert str(make_header(decode_header(old["Subject"]))) == mail(letter)["Subject"]
    assert all(len(line) <= 76 for line in old["Subject"].split("\n"))
