"""The names of attached files arrive as they were given, however a mail program wrote them."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from ill_workflows.intake.message import read_mail
from tests.intake.mails import BOOK, instead, mail, part, text

TYPE = "Content-Type: application/octet-stream"
UTF8 = "月報表 十月.xlsx"
WINDOWS = "恒春圖書館.xlsx"
"""恒 is in what Windows calls Big5, and not in Big5."""
BACKSLASH = "許功蓋.xlsx"
"""The second byte of each of the three is a backslash in Big5."""


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def big5(name: str) -> bytes:
    return name.encode("cp950")


def disposition(value: str | bytes) -> tuple[str | bytes, ...]:
    given = value.encode() if isinstance(value, str) else value
    return (TYPE, b"Content-Disposition: attachment; " + given)


PERCENT = quote(UTF8)
NAMED: dict[str, tuple[tuple[str | bytes, ...], str]] = {
    "plain": (disposition('filename="usage-HDU.xlsx"'), "usage-HDU.xlsx"),
    "without quotes, with a space": (disposition("filename=usage HDU.xlsx"), "usage HDU.xlsx"),
    "rfc 2231": (disposition(f"filename*=UTF-8''{PERCENT}"), UTF8),
    "rfc 2231 big5": (disposition(f"filename*=big5''{quote(big5(WINDOWS))}"), WINDOWS),
    "rfc 2231 of an unknown set": (disposition(f"filename*=nonsense''{PERCENT}"), UTF8),
    "rfc 2231 in pieces, cut in a character": (
        disposition(f"filename*0*=utf-8''{PERCENT[:6]};\r\n filename*1*={PERCENT[6:]}"), UTF8,
    ),
    "rfc 2231 in plain pieces": (
        disposition('filename*0="usage-HDU-";\r\n filename*1="2026-10.xlsx"'),
        "usage-HDU-2026-10.xlsx",
    ),
    "beside a plain stand-in": (
        disposition(f"filename=\"__.xlsx\"; filename*=UTF-8''{PERCENT}"), UTF8,
    ),
    "encoded word": (disposition(f'filename="=?utf-8?B?{b64(UTF8.encode())}?="'), UTF8),
    "encoded word in big5": (
        disposition(f'filename="=?big5?B?{b64(big5(BACKSLASH))}?="'), BACKSLASH,
    ),
    "encoded word in q": (
        disposition('filename="=?UTF-8?Q?=E6=9C=88=E5=A0=B1_HDU.xlsx?="'), "月報 HDU.xlsx",
    ),
    "encoded words, cut in a character and folded": (
        disposition(
            f'filename="=?utf-8?B?{b64(UTF8.encode()[:4])}?=\r\n\t=?utf-8?B?{b64(UTF8.encode()[4:])}?="'
        ),
        UTF8,
    ),
    "encoded word that is none": (disposition('filename="=?utf-8?B?A?="'), "=?utf-8?B?A?="),
    "raw utf-8": (disposition(f'filename="{UTF8}"'), UTF8),
    "raw big5": (disposition(b'filename="' + big5(BACKSLASH) + b'"'), BACKSLASH),
    "gb2312": (disposition(f"filename*=gb2312''{quote('月报.xlsx'.encode('gbk'))}"), "月报.xlsx"),
    "of the type alone": ((f'{TYPE}; name="=?big5?B?{b64(big5(WINDOWS))}?="',), WINDOWS),
    "of the type, raw": ((TYPE.encode() + b'; name="' + big5(BACKSLASH) + b'"',), BACKSLASH),
    "upper case": ((TYPE, 'CONTENT-DISPOSITION: ATTACHMENT; FILENAME="A.XLSX"'), "A.XLSX"),
    "a folder of windows": (disposition('filename="C:\\\\fakepath\\\\a.xlsx"'), "a.xlsx"),
    "folders above": (disposition('filename="../../etc/a.xlsx"'), "a.xlsx"),
    "an absolute path": (disposition("filename*=utf-8''%2Ftmp%2Fa.xlsx"), "a.xlsx"),
    "line breaks": (disposition("filename*=utf-8''a%0D%0ABcc%3A%20b.xlsx"), "a Bcc: b.xlsx"),
    "nul and escape": (disposition("filename*=utf-8''a%00b%1B.xlsx"), "a b .xlsx"),
    "turned round": (disposition("filename*=utf-8''%E2%80%AExslx.exe.xlsx"), "xslx.exe.xlsx"),
    "nothing": (disposition("x=y"), "attachment-2.xlsx"),
    "two dots": (disposition('filename=".."'), "attachment-2.xlsx"),
    "no header at all": ((), "attachment-2.xlsx"),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "name"), NAMED.values(), ids=NAMED)
def test_a_workbook_keeps_its_name(headers: tuple[str | bytes, ...], name: str) -> None:
    found = read_mail(mail(text(), part(BOOK, *headers)))
    assert [(one.name, one.data) for one in found.attachments] == [(name, BOOK)]


def test_an_endless_name_is_cut_and_keeps_its_ending() -> None:
    given = "月" * 300 + ".xlsx"
    found = read_mail(mail(part(BOOK, *disposition(f"filename*=utf-8''{quote(given)}"))))
    assert len(found.attachments[0].name) == 150
    assert found.attachments[0].name.endswith("月.xlsx")


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("=?big5?B?" + b64(big5("十月月報表")) + "?=", "十月月報表"),
        ("=?utf-8?q?=E5=8D=81?= =?utf-8?q?=E6=9C=88?=", "十月"),
        ("Re: =?utf-8?B?" + b64("月報".encode()) + "?= (HDU)", "Re: 月報 (HDU)"),
        ("=?utf-8*zh?B?" + b64("月報".encode()) + "?=", "月報"),
        ("=?rot13?B?" + b64("月報".encode()) + "?=", "月報"),
        ("=?utf-8?B?" + b64(b"a\r\nBcc: b@evil.example") + "?=", "a Bcc: b@evil.example"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        ("", ""),
    ],
)
def test_a_subject_is_one_readable_line(subject: str, read: str) -> None:
    assert read_mail(mail(heads=(*instead(subject=""), f"Subject: {subject}"))).subject == read


def test_a_raw_big5_subject_is_read() -> None:
    raw = b"Subject: " + big5("許小姐的月報表")
    assert read_mail(mail(heads=(*instead(subject=""), raw))).subject == "許小姐的月報表"
