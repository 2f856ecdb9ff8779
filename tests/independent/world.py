"""A seeded world in a folder: config.toml, filled workbooks, manifests of the days they came.

Eight libraries, six months, no faults.  TJU misses December (only an interim sheet came), MLU's
register of January is missing, PHU's two sheets of January too; KSU corrects October.  The
standard templates and the hand that fills them are the product's: only what is *recomputed* from
the files must share nothing with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from ill_workflows.config import parse
from ill_workflows.demo.page import Page
from ill_workflows.demo.writer import Template
from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.month import first_day, last_day, minguo, next_month
from ill_workflows.xlsx.template import write_template
from tests.independent.alliance import CARDS, LIBRARIES, MONTHS, Library, config
from tests.independent.notes import case_notes
from tests.independent.traffic import LOST, Matter, Traffic, card

Rows = dict[str, list[dict[str, Any]]]
SILENT = {("TJU", "usage", "2025-12"), ("TJU", "cards", "2025-12"), ("MLU", "cards", "2026-01"),
          ("PHU", "usage", "2026-01"), ("PHU", "cards", "2026-01")}  # fmt: skip
INTERIM = {("TJU", "2025-12"): date(2025, 12, 16), ("GVU", "2025-11"): date(2025, 11, 14)}
CORRECTED = ("KSU", "2025-10", date(2025, 12, 22))
RESTATED = ("GVU", "2025-11", date(2026, 3, 18))
CLOSED = "2025-11"


@dataclass(frozen=True)
class World:
    """Where it lies: the alliance's folder, and the two manifests, the second one's later."""

    home: Path
    sent: Path
    later: Path


def typed(day: Any, way: str) -> Any:
    """A day as a library types it."""
    if not isinstance(day, date) or way == "date":
        return day
    year = day.year - 1911
    return {
        "dotted": f"{year}.{day.month}.{day.day}",
        "slashed": f"{year}/{day.month:02d}/{day.day:02d}",
        "digits": f"{year}{day:%m%d}",
        "spoken": f"{year}年{day.month}月{day.day}日",
        "western": f"{day.year}/{day.month}/{day.day}",
    }[way]


class Press:
    """Fills the standard workbooks and lists them as they come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.members = parse(config()).members
        self.listed: list[tuple[date, str]] = []
        self._templates: dict[tuple[str, str], Template] = {}

    def send(
        self, lib: Library, what: tuple[str, str, date], rows: Mapping[str, Any], kind: str = ""
    ) -> None:
        """Write one workbook of a form and month, and note the day on which it came."""
        form, month, day = what
        shape = next(one for one in FORMS if one.name == form)
        pages = [self._page(shape, table, lines, lib.way) for table, lines in rows.items()]
        cover = {"filled_by": "示範承辦", "filled_on": typed(day, lib.way)}
        cover |= {"month": minguo(month)} if shape.monthly else {}
        cover |= {"kind": kind} if kind else {}
        data = self._template(lib, shape).filled(month, cover, pages, "示範資料，純屬虛構")
        name = f"{form}-{lib.code}-{month}-{len(self.listed):03d}.xlsx"
        (self.folder / name).write_bytes(data)
        self.listed.append((day, name))

    def manifest(self, path: Path, since: int = 0) -> Path:
        """The workbooks in the order of their days."""
        listed = sorted(self.listed[since:], key=lambda one: one[0])
        told = [{"file": name, "day": day.isoformat()} for day, name in listed]
        path.write_text(json.dumps(told, indent=1), encoding="utf-8")
        return path

    def _page(self, form: Form, table: str, rows: Iterable[Matter], way: str) -> Page:
        sheet = next(one for one in form.sheets if one.table == table)
        keys = tuple(column.key for column in sheet.columns)
        lines = [
            {k: typed(row[k], way) for k in keys if row.get(k) is not None} for row in rows
        ]  # fmt: skip
        return Page(sheet, keys, lines)

    def _template(self, lib: Library, form: Form) -> Template:
        key = (lib.code, form.name)
        if key not in self._templates:
            data = write_template(
                form, members=self.members, library=self.members[lib.code],
                month=MONTHS[0] if form.monthly else None, token="demo",
            )  # fmt: skip
            self._templates[key] = Template(data, form)
        return self._templates[key]


class Desk:
    """One library's memory of what its sheets have told, of one kind of matters."""

    def __init__(self, matters: list[Matter]) -> None:
        self._matters = sorted(matters, key=lambda one: (one["begun"], one["id"]))
        self._closed: dict[Any, bool] = {}

    def rows(self, month: str, as_of: date, *, interim: bool = False) -> list[Matter]:
        """What began this month, and what the sheets before left open; as it is known that day."""
        first, last, found = first_day(month), min(last_day(month), as_of), []
        for one in self._matters:
            seen, ended = self._closed.get(one["id"]), one["ended"]
            told_open = seen is False or (seen is None and (ended is None or ended >= first))
            if one["begun"] > last or (one["begun"] < first and not told_open):
                continue
            over = ended is not None and ended <= as_of
            if not (interim and over):
                self._closed[one["id"]] = over
            found.append(_known(one, as_of))
        return found


def _known(one: Matter, as_of: date) -> Matter:
    row, over = dict(one), one["ended"] is not None and one["ended"] <= as_of
    if "lost_on" in row and over and row["lost_on"]:
        row["condition"] = "遺失"
    if not over:
        for key in ("returned_on", "fine", "fine_paid", "checked_by", "checked_on",
                    "answered_on", "reason", "supplied_as", "pages", "fee"):  # fmt: skip
            row.pop(key, None)
        if "outcome" in row:
            row["outcome"] = "處理中"
    return row


def _stock(code: str, as_of: date) -> list[dict[str, Any]]:
    rows = []
    for number in range(1, CARDS + 1):
        state, since = LOST.get(card(code, number), ("正常", None))
        if since and since > as_of:
            state, since = "正常", None
        rows.append({"card": card(code, number), "state": state, "since": since})
    return rows


def _due(month: str, late: int) -> date:
    """The fifth, or what is open then; a day earlier than that is no library's habit here."""
    days = {"2025-09": date(2025, 10, 7), "2025-10": date(2025, 11, 6)}
    return days.get(month, first_day(next_month(month)) + timedelta(days=4)) + timedelta(days=late)


def make_world(folder: Path, seed: int) -> World:
    """Write the world's files; the same seed gives the same rows."""
    home, files = folder / "alliance", folder / "sent"
    (home / "inbox").mkdir(parents=True)
    files.mkdir()
    (home / "config.toml").write_text(config(), encoding="utf-8")
    traffic, press, rng = Traffic(seed), Press(files), Random(seed)
    kept: dict[tuple[str, str, str], Rows] = {}
    for lib in LIBRARIES:
        usage = [Desk(traffic.loans[lib.code]), Desk(traffic.requests[lib.code])]
        issues = Desk(traffic.issues[lib.code])
        for month in MONTHS:
            if lib.joined > last_day(month):
                continue
            early = INTERIM.get((lib.code, month))
            if early:
                loans, asked = (desk.rows(month, early, interim=True) for desk in usage)
                rows = {"usage_loans": loans, "usage_requests": asked}
                press.send(lib, ("usage", month, early), rows, "期中更新")
            day = _due(month, lib.late)
            if (lib.code, "usage", month) not in SILENT:
                loans, asked = (desk.rows(month, day) for desk in usage)
                rows = {"usage_loans": loans, "usage_requests": asked}
                kept[lib.code, "usage", month] = rows
                press.send(lib, ("usage", month, day), rows)
            if (lib.code, "cards", month) not in SILENT:
                stock = _stock(lib.code, day)
                rows = {"cards_issues": issues.rows(month, day), "cards_stock": stock}
                kept[lib.code, "cards", month] = rows
                press.send(lib, ("cards", month, day), rows)
    for code, day, told in case_notes(traffic):
        press.send(_library(code), ("cases", f"{day:%Y-%m}", day), told)
    _correct(press, kept, rng)
    sent = press.manifest(files / "sent.json")
    before = len(press.listed)
    _restate(press, kept)
    return World(home, sent, press.manifest(files / "later.json", before))


def _library(code: str) -> Library:
    return next(one for one in LIBRARIES if one.code == code)


def _correct(press: Press, kept: dict[tuple[str, str, str], Rows], rng: Random) -> None:
    """KSU's October again: rows changed, one taken out, one put in, on every sheet."""
    code, month, day = CORRECTED
    usage, cards = kept[code, "usage", month], kept[code, "cards", month]
    loans, asked = list(usage["usage_loans"]), list(usage["usage_requests"])
    closed = [n for n, row in enumerate(loans) if _over(row, "returned_on", month)]
    loans[closed[0]] = {**loans[closed[0]], "returned_on": day, "due_on": date(2025, 10, 29)}
    added = {**loans[closed[1]], "item": "C900001", "material": "視聽資料", "published": 2001}
    del loans[closed[2]]
    carried = next(n for n, row in enumerate(loans) if "returned_on" not in row)
    loans[carried] = {**loans[carried], "material": "地圖", "published": 1950}
    answers = [n for n, row in enumerate(asked) if _over(row, "answered_on", month)]
    refused = next(n for n in answers if asked[n]["outcome"] == "拒絕")
    asked[refused] = {**asked[refused], "reason": "無館藏", "answered_on": date(2025, 10, 31)}
    copied = next(n for n in answers if asked[n].get("pages"))
    asked[copied] = {**asked[copied], "pages": 77, "fee": 200}
    new = {**asked[copied], "request_no": "11410-900", "supplied_as": "微縮複印"}
    del asked[next(n for n in answers if n not in {refused, copied})]
    press.send(
        _library(code), ("usage", month, day),
        {"usage_loans": [*loans, added], "usage_requests": [*asked, new]},
    )  # fmt: skip
    issues = list(cards["cards_issues"])
    back = [n for n, row in enumerate(issues) if _over(row, "returned_on", month)]
    changed, gone = rng.sample(back, 2)
    issues[changed] = {**issues[changed], "destination": "PHU"}
    put_in = {**issues[changed], "card": card(code, 18), "patron": "KSU90001"}
    kept_issues = [row for n, row in enumerate(issues) if n != gone]
    press.send(
        _library(code), ("cards", month, day),
        {"cards_issues": [*kept_issues, put_in], "cards_stock": cards["cards_stock"]},
    )  # fmt: skip


def _over(row: Matter, key: str, month: str) -> bool:
    """Whether a row began and ended in a month: no other sheet tells of it."""
    return row.get(key) is not None and all(f"{d:%Y-%m}" == month for d in (row["begun"], row[key]))


def _restate(press: Press, kept: dict[tuple[str, str, str], Rows]) -> None:
    """GVU's November once more, long after: one loan more, the pages of one copy changed."""
    code, month, day = RESTATED
    usage = kept[code, "usage", month]
    loans, asked = list(usage["usage_loans"]), list(usage["usage_requests"])
    told = next(row for row in loans if _over(row, "returned_on", month))
    new = {**told, "item": "C900002", "material": "樂譜"}
    copied = next(
        n for n, row in enumerate(asked) if row.get("pages") and _over(row, "answered_on", month)
    )
    asked[copied] = {**asked[copied], "pages": asked[copied]["pages"] + 100}
    rows = {"usage_loans": [*loans, new], "usage_requests": asked}
    press.send(_library(code), ("usage", month, day), rows)
