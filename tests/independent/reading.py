"""Filled workbooks and config.toml as plain values; openpyxl and the standard library only."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

ROC = 1911
NOTHING = {"", "-", "–", "無", "N/A", "?"}
DAYS = {
    "借出日", "應還日", "歸還日", "申請日", "回覆日", "換證日", "還證日", "狀態日", "填表日期",
    "調回期限", "取消日", "違規日", "停權起日", "停權迄日", "解除日", "發生日", "處理日",
}  # fmt: skip
NUMBERS = {"頁數", "費用", "逾期罰款", "已繳罰款", "金額", "已繳金額"}
HEADINGS = {
    "借出紀錄": ("借書證號", "登錄號", "題名", "資料類型", "借出日"),
    "申請紀錄": ("申請編號", "申請日", "申請館", "服務", "資料類型", "結果"),
    "換證紀錄": ("借書證號", "讀者證號", "身分", "換證日"),
    "借書證庫存": ("借書證號", "狀態"),
    "緊急調回": ("借書證號", "登錄號", "調回原因", "調回期限", "申請日"),
    "停權": ("借書證號", "違規日", "停權起日"),
    "罰款賠償": ("通知編號", "借書證號", "金額", "處理"),
}
"""Sheet → the headings that its heading row must have; the first tells whether a row is one."""
FORMS = {"usage": "借出紀錄", "cards": "換證紀錄", "cases": "緊急調回"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """A library as config.toml has it."""

    code: str
    name: str
    joined: date | None
    days: int
    weekdays: frozenset[int]
    city: str

    def belongs(self, first: date, last: date) -> bool:
        return self.joined is None or self.joined <= last


@dataclass(frozen=True)
class Sent:
    """One accepted workbook: whose, which form and month, when it came, its rows by sheet.

    A row tells its place: ``檔案``, ``工作表``, ``列`` (its number), and the ``月`` of its sheet.
    """

    name: str
    library: str
    form: str
    month: str
    interim: bool
    day: date
    rows: dict[str, list[Row]] = field(repr=False)


def plain(value: object) -> str:
    text = unicodedata.normalize("NFKC", str(value)).strip()
    return "" if text in NOTHING else text


def read_day(value: object) -> date | None:
    """A day as a librarian types it: 114.10.15, 114/10/15, 1141015, 114年10月15日, 2025/10/15."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    text = plain(value)
    if not text:
        return None
    found = re.fullmatch(r"(\d{3,4})[./年](\d{1,2})[./月](\d{1,2})日?", text)
    found = found or re.fullmatch(r"(\d{3,4})(\d{2})(\d{2})", text)
    assert found, f"no day: {value!r}"
    year, month, day = (int(part) for part in found.groups())
    return date(year + ROC if year < 1000 else year, month, day)


def read_year(value: object) -> int | None:
    """民國98, 98, 2009."""
    digits = re.sub(r"\D", "", "" if value is None else plain(value))
    if not digits:
        return None
    return int(digits) + ROC if int(digits) < 1000 else int(digits)


def read_month(value: object) -> str:
    """115年10月 → 2026-10; nothing → nothing."""
    found = re.fullmatch(r"(\d{3})年(\d{1,2})月", "" if value is None else plain(value))
    return f"{int(found[1]) + ROC}-{int(found[2]):02d}" if found else ""


def _read(heading: str, value: object) -> Any:
    if heading in DAYS:
        return read_day(value)
    if heading == "出版年":
        return read_year(value)
    if value is None or not plain(value):
        return None
    return int(plain(value)) if heading in NUMBERS else plain(value)


def _heading(value: object) -> str:
    return "" if value is None else re.sub(r"[*?？＊\s]", "", str(value))


def _table(page: Any, wanted: Sequence[str]) -> Iterator[Row]:
    lines = enumerate(page.iter_rows(values_only=True), start=1)
    names = next(n for _, line in lines if set(wanted) <= set(n := [_heading(v) for v in line]))
    for number, line in lines:
        row = {name: _read(name, value) for name, value in zip(names, line, strict=False) if name}
        row = {**dict.fromkeys(names), **row, "工作表": page.title, "列": number}
        if row[wanted[0]] and any(row[name] for name in wanted[1:]):  # not only numbered ahead
            yield row


def _cover(page: Any) -> dict[str, Any]:
    """Label → the value in the next filled cell."""
    told: dict[str, Any] = {}
    for line in page.iter_rows(values_only=True):
        filled = [value for value in line if value not in (None, "")]
        if len(filled) > 1:
            told.setdefault(_heading(filled[0]), filled[1])
    return told


def read_workbook(path: Path, day: date) -> Sent:
    """A filled workbook that came in on a day."""
    book = load_workbook(path, data_only=True, read_only=True)
    form = next(name for name, title in FORMS.items() if title in book.sheetnames)
    cover = _cover(book["封面"])
    rows = {t: list(_table(book[t], HEADINGS[t])) for t in HEADINGS if t in book.sheetnames}
    interim = plain(cover.get("填報別", "")) == "期中更新"
    code, month = plain(cover["圖書館代碼"]), read_month(cover.get("統計年月"))
    for row in (row for lines in rows.values() for row in lines):
        row.update(檔案=path.name, 月=month)
    return Sent(path.name, code, form, month, interim, day, rows)


def read_folder(manifest: Path) -> list[Sent]:
    """The workbooks that a manifest lists in the order in which they were accepted."""
    listed = json.loads(manifest.read_text(encoding="utf-8"))
    return [
        read_workbook(manifest.parent / one["file"], date.fromisoformat(one["day"]))
        for one in listed
    ]


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = frozenset(
    date(*day)
    for day in (
        (2025, 9, 29), (2025, 10, 6), (2025, 10, 10), (2025, 10, 24), (2025, 10, 25),
        (2025, 12, 25), (2026, 1, 1), (2026, 2, 16), (2026, 2, 17),
        (2026, 2, 18), (2026, 2, 19), (2026, 2, 20),
        (2026, 2, 27), (2026, 2, 28), (2026, 4, 3), (2026, 4, 4), (2026, 4, 6),
    )
)  # fmt: skip
"""Taiwan's public holidays from September 2025 to April 2026 that fall on Monday to Saturday."""


class Alliance:
    """The members, their rules and their open days."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as stream:
            told = tomllib.load(stream)
        rules = told["rules"]
        self.host: str = told["alliance"]["host"]
        self.closed: list[dict[str, Any]] = told.get("closed", [])
        self.due_day: int = rules["sheet_due_day"]
        self.members = {
            one["code"]: Member(
                one["code"], one["name"], one.get("joined"),
                one.get("rules", {}).get("days", rules["days"]),
                _weekdays(one.get("rules", {}).get("open_weekdays", rules["open_weekdays"])),
                one.get("city", ""),
            )
            for one in told["libraries"]
        }  # fmt: skip

    def next_open(self, code: str, day: date) -> date:
        """The day, or the next on which the library is open."""
        while not self._open(self.members[code], day):
            day += timedelta(days=1)
        return day

    def _open(self, member: Member, day: date) -> bool:
        for one in self.closed:
            concerned = (
                member.code in one.get("libraries", ())
                or (one.get("city") and one["city"] == member.city)
                or not (one.get("libraries") or one.get("city"))
            )
            if concerned and one["from"] <= day <= one["to"]:
                return False
        return day.weekday() in member.weekdays and day not in HOLIDAYS


def _weekdays(text: str) -> frozenset[int]:
    first, _, last = text.partition("-")
    return frozenset(range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1))
