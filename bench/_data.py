"""An invented alliance from a seed: its configuration, its rows, its workbooks, its history."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from ill_workflows.app import App, open_app
from ill_workflows.forms import Form
from ill_workflows.forms import cards as register
from ill_workflows.forms import usage as lent
from ill_workflows.forms.choices import CHECKED_BY, LENT_KINDS, REASONS, STATUSES, SUPPLIED_AS
from ill_workflows.forms.month import first_day, last_day, minguo
from ill_workflows.jobs.post import Clock
from ill_workflows.store import submissions as store
from ill_workflows.store.db import writing
from ill_workflows.xlsx.template import write_template

MADE: Final = (lent.USAGE, register.CARDS)
"""The forms of each month: two filled workbooks a library."""
Rows = dict[str, list[dict[str, Any]]]
"""Table of a form's sheet → its rows, key → value."""
MONTH: Final = "2026-10"
CLOCK: Final = Clock(date(2026, 11, 4), datetime(2026, 11, 4, 1, tzinfo=UTC))
"""The Wednesday on which a month's workbooks have come in."""
CARDS: Final = 100
"""Loan cards of each library."""
KEPT: Final = 10
"""Those of them that are with their readers when the last month ends."""
_WORDS: Final = "水產食品輪機護理觀光電路機構統計色彩漁村鹽田糖業廟宇社區植物民法行銷木工建築氣象"
_TAILS: Final = ("導論", "概要", "實務", "圖說", "手冊", "研究", "入門", "讀本", "講義")


@dataclass(frozen=True, slots=True)
class Place:
    """One library's month among all libraries; ``out`` is the share of its loans not yet back."""

    every: list[str]
    code: str
    month: str
    out: float = 0.0

    @property
    def first(self) -> date:
        """The first day of the month."""
        return first_day(self.month)


def codes(libraries: int) -> list[str]:
    """The libraries' codes."""
    return [f"{chr(65 + n // 26)}{chr(65 + n % 26)}DU" for n in range(libraries)]


def found(home: Path, libraries: int) -> App:
    """A fresh folder of an alliance with so many libraries."""
    home.mkdir(parents=True)
    lines = [
        '[alliance]\nname = "示範館際合作聯盟"\nhost = "AADU"',
        "term = { from = 2024-08-01, to = 2027-07-31 }",
        f"[rules]\ncards_per_library = {CARDS}",
    ]
    for n, code in enumerate(codes(libraries)):
        name = f"{_WORDS[2 * n % 40 : 2 * n % 40 + 2]}第{n + 1}示範大學"
        lines.append(
            f'[[libraries]]\ncode = "{code}"\nname = "{name}"\nemail = "ill@{code.lower()}.example"'
        )
    (home / "config.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    app = open_app(home)
    app.folder("inbox")
    return app


def _turns(rows: int) -> tuple[int, int]:
    """How often a register of so many rows gives each card out in a month, and for how long."""
    times = max(1, (rows - CARDS) // CARDS)
    return times, 27 // times


def usage(draw: Random, place: Place, rows: int) -> Rows:
    """A lender's month, seven loans to three requests: the cards as the registers have them."""
    first, month, (times, days) = place.first, place.month, _turns(rows)
    others = [other for other in place.every if other != place.code]
    serial = int(month[:4]) * 12 + int(month[5:])
    loans = []
    for n in range(rows * 7 // 10):
        kept = draw.random() < place.out
        number = CARDS - draw.randrange(KEPT) if kept else draw.randrange(1, CARDS + 1)
        turn, day = times - 1 if kept else draw.randrange(times), draw.randrange(days)
        lent = first + timedelta(days=turn * days + day)
        back = None if kept else lent + timedelta(days=draw.randrange(1, days - day + 1))
        loans.append(
            {
                "card": f"{draw.choice(others)}-{number:02d}",
                "item": f"{serial * 10_000 + n:012d}", "title": _title(draw),
                "call_number": f"{draw.randrange(100, 999)}.{draw.randrange(99)} {n:04d}",
                "material": draw.choice(LENT_KINDS[:8]), "published": draw.randrange(1995, 2027),
                "lent_on": lent, "due_on": None if n % 2 else lent + timedelta(days=14),
                "returned_on": back,
                "condition": "正常" if back else None,
            }
        )  # fmt: skip
    requests = []
    for n in range(rows - len(loans)):
        asked = first + timedelta(days=draw.randrange(24))
        outcome = draw.choice(("提供",) * 6 + ("拒絕",) * 3 + ("取消",))
        done = outcome == "提供"
        pages = draw.randrange(2, 60) if done else None
        requests.append(
            {
                "request_no": f"{minguo(month)[:3]}{month[5:]}-{n:03d}", "requested_on": asked,
                "borrower": draw.choice(others), "service": "複印", "title": _title(draw),
                "material": "期刊文章", "published": draw.randrange(1995, 2027), "outcome": outcome,
                "reason": draw.choice(REASONS[:20]).zh if outcome == "拒絕" else None,
                "answered_on": asked + timedelta(days=draw.randrange(4)),
                "supplied_as": draw.choice(SUPPLIED_AS) if done else None,
                "pages": pages, "fee": 3 * pages if pages else None,
            }
        )  # fmt: skip
    return {"usage_loans": loans, "usage_requests": requests}


def cards(draw: Random, place: Place, rows: int) -> Rows:
    """A home library's month: every card given out in turns, and the stock."""
    first, code, (times, days), issues = place.first, place.code, _turns(rows), []
    for n in range(1, CARDS + 1):
        for turn in range(times):
            start = first + timedelta(days=turn * days)
            kept = place.out > 0 and turn == times - 1 and n > CARDS - KEPT
            back = None if kept else start + timedelta(days=days)
            patron = f"{code[0]}{draw.randrange(41_000_000, 41_999_999)}"
            issues.append(
                {
                    "card": f"{code}-{n:02d}", "patron": patron, "name": "示範讀者",
                    "status": draw.choice(STATUSES), "department": "資訊管理系",
                    "email": f"{patron.lower()}@mail.{code.lower()}.example", "deposit": "學生證",
                    "issued_on": start, "destination": draw.choice([*place.every, "未定"]),
                    "returned_on": back, "checked_on": back,
                    "checked_by": draw.choice(CHECKED_BY) if back else None,
                }
            )  # fmt: skip
            if issues[-1]["destination"] == code:
                issues[-1]["destination"] = "未定"
    stock = [{"card": f"{code}-{n:02d}", "state": "正常"} for n in range(1, CARDS + 1)]
    return {"cards_issues": issues, "cards_stock": stock}


def _title(draw: Random) -> str:
    at = 2 * draw.randrange(len(_WORDS) // 2)
    return f"{_WORDS[at : at + 2]}{draw.choice(_TAILS)}（第{draw.randrange(2, 900)}號）"


def workbooks(app: App, rows: int, *, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Two filled workbooks a library: file name, bytes.

    Every other library fills in the standard workbook; the rest keep the sheets in one of their
    own, and type their dates (``115.10.3``).
    """
    draw, every = Random(seed), list(app.members)
    for n, code in enumerate(every):
        place = Place(every, code, MONTH, out=0.1)
        made = (usage(draw, place, rows), cards(draw, place, rows))
        for form, content in zip(MADE, made, strict=True):
            name = f"{form.name}-{code}-{MONTH}.xlsx"
            own = n % 2 == 1
            yield name, _own(form, code, content) if own else _standard(app, form, code, content)


def _standard(app: App, form: Form, code: str, rows: Rows) -> bytes:
    """The standard workbook as the library was sent it, filled in."""
    filled = {
        table: [{key: value for key, value in row.items() if value is not None} for row in listed]
        for table, listed in rows.items()
    }
    return write_template(
        form, members=app.members, library=app.members[code], month=MONTH, rows=filled
    )


def _own(form: Form, code: str, rows: Rows) -> bytes:
    """The cover and the sheets of a form in a plain workbook."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#DDE8F4", "border": 1})
        cover = book.add_worksheet("封面")
        labels = {
            "表單": form.label, "圖書館代碼": code, "統計年月": minguo(MONTH), "填表人": "示範館員",
            "填表日期": "115.11.3",
        }  # fmt: skip
        for n, pair in enumerate(labels.items(), start=1):
            cover.write_row(n, 0, pair)
        for sheet in form.sheets:
            page = book.add_worksheet(sheet.title)
            page.write_row(0, 0, [column.heading for column in sheet.columns], bold)
            page.freeze_panes(1, 0)
            for n, row in enumerate(rows[sheet.table], start=1):
                for c, column in enumerate(sheet.columns):
                    value = row.get(column.key)
                    if isinstance(value, date):
                        page.write_string(n, c, f"{value.year - 1911}.{value.month}.{value.day}")
                    elif isinstance(value, int):
                        page.write_number(n, c, value)
                    elif value is not None:
                        page.write_string(n, c, value)
    return out.getvalue()


def history(
    app: App, months: list[str], rows: int, *, seed: int = 1, undecided: bool = False
) -> None:
    """Months of accepted sheets, straight into the store.

    A month is the same whatever the history before it; what is out was lent in the last one.
    With ``undecided`` no reader has said where the card goes: else nearly every loan is elsewhere,
    which no alliance has, and 資料品質 lists it.
    """
    every = list(app.members)
    for month in months:
        draw = Random(f"{seed} {month}")
        out = 0.1 if month == months[-1] else 0.0
        for code in every:
            place = Place(every, code, month, out)
            made = (usage(draw, place, rows), cards(draw, place, rows))
            for issue in made[1]["cards_issues"] if undecided else ():
                issue["destination"] = "未定"
            for form, content in zip(MADE, made, strict=True):
                _accept(app, form, code, month, content)


def _accept(app: App, form: Form, code: str, month: str, content: Rows) -> None:
    received = min(last_day(month) + timedelta(days=4), CLOCK.today)
    moment = datetime.combine(received, datetime.min.time(), UTC)
    name = f"{form.name}-{code}-{month}"
    arrival = store.Arrival(
        name, f"{name}.xlsx", "folder", received, moment, "accepted", form=form.name, library=code,
        month=month, as_of=received, rows=sum(map(len, content.values())),
    )  # fmt: skip
    with writing(app.engine) as connection:
        number, _ = store.record(connection, arrival, ())
        for sheet in form.sheets:
            keys = [column.key for column in sheet.columns]
            typed = [
                (n, *(row.get(key) for key in keys))
                for n, row in enumerate(content[sheet.table], start=2)
            ]
            store.put_rows(connection, sheet.table, number, typed)
