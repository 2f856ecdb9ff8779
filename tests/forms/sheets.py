"""Books as the checks see them, made by hand: no file, no Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.book import Book, SheetCells
from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.cases import CASES
from ill_workflows.forms.check import check
from ill_workflows.forms.clearance import CLEARANCE
from ill_workflows.forms.departures import DEPARTURES
from ill_workflows.forms.form import Checked, Sheet
from ill_workflows.forms.known import Context, Known
from ill_workflows.forms.usage import USAGE
from ill_workflows.rules.calendar import Calendar
from ill_workflows.rules.policy import LendingRules, Member

MONTH, RECEIVED, TERM = "2025-10", date(2025, 11, 5), date(2025, 8, 1)
LOANS, REQUESTS = USAGE.sheets
ISSUES, STOCK = CARDS.sheets
(LEAVERS,) = DEPARTURES.sheets
RECALLS, SUSPENSIONS, CLAIMS, LOSSES = CASES.sheets
(ANSWERED,) = CLEARANCE.sheets
CALENDAR = Calendar(frozenset(range(5)))
MEMBERS = {
    code: Member(code, name, CALENDAR, LendingRules(**rules), name_en=english, aliases=aliases)
    for code, name, english, aliases, rules in (
        ("HDU", "虹島示範大學", "Rainbow Isle Demonstration University", ("虹島大學",),
         {"items": 2, "excluded_kinds": ("珍善本", "手稿")}),
        ("NSU", "臺江虛構大學", "", ("臺江大學",), {}),
        ("NSUT", "南星示範科技大學", "Nansing Demonstration University", ("南星科大",), {}),
        ("TMUT", "台墨示範科技大學", "", (), {}),
    )
}  # fmt: skip
KNOWN = Known(MEMBERS, RECEIVED, TERM, {"NSUT-13": date(2025, 9, 1)})
LENDER = Context(KNOWN, "HDU", MONTH)
"""The frame of HDU's sheet of October 2025, received on 5 November."""
LABELS = {
    "表單": "月報表 usage 1", "圖書館代碼": "HDU", "圖書館名稱": "虹島示範大學",
    "統計年月": "114年10月", "填報別": "", "填表人": "示範館員", "填表日期": "114.11.3",
}  # fmt: skip
LOAN = {
    "card": "NSUT-07", "item": "C450006", "title": "輪機工程圖說", "material": "圖書",
    "lent_on": "114.10.3",
}  # fmt: skip
REQUEST = {
    "request_no": "B-1", "requested_on": "114.10.3", "borrower": "NSUT", "service": "借閱",
    "material": "圖書", "outcome": "取消", "answered_on": "114.10.5",
}  # fmt: skip
ISSUE = {"card": "HDU-07", "patron": "H41000001", "status": "學生", "issued_on": "114.10.3"}
CARD = {"card": "HDU-07", "state": "正常"}
LEAVER = {"patron": "H41000001", "status": "學生", "kind": "畢業", "leaving_on": "114.10.3"}
RECALL = {
    "card": "NSUT-07", "item": "C450006", "reason": "教師指定參考書", "needed_by": "114.11.10",
    "opened_on": "114.10.3",
}  # fmt: skip
SUSPENSION = {
    "card": "NSUT-07", "violated_on": "114.10.3", "reason": "攜出未借館藏",
    "suspended_from": "114.10.5",
}  # fmt: skip
CLAIM = {
    "claim_no": "A-114-0001", "card": "NSUT-07", "kind": "毀損賠償", "amount": 350,
    "opened_on": "114.10.3", "action": "未結",
}  # fmt: skip
LOSS = {"card": "HDU-07", "kind": "遺失", "opened_on": "114.10.3"}
ANSWER = {
    "case_no": "NSUT-Q7K2", "card": "NSUT-07", "answer": "有欠書", "answered_on": "114.10.3",
}  # fmt: skip
_SOUND = {
    "usage_loans": LOAN, "usage_requests": REQUEST, "cards_issues": ISSUE, "cards_stock": CARD,
    "departures_leavers": LEAVER, "cases_recalls": RECALL, "cases_suspensions": SUSPENSION,
    "cases_claims": CLAIM, "cases_losses": LOSS, "clearance_answers": ANSWER,
}  # fmt: skip

Grid = list[list[Any]]


def cover(**typed: Any) -> Grid:
    """Labels in one column, values in the next; ``None`` takes a label away."""
    return [[k, v] for k, v in {**LABELS, **typed}.items() if v is not None]


def grid(sheet: Sheet, *rows: Mapping[str, Any]) -> Grid:
    """The headings, then a row for each mapping key → value."""
    typed = [[row.get(column.key, "") for column in sheet.columns] for row in rows]
    return [[column.heading for column in sheet.columns], *typed]


def sound(sheet: Sheet, **typed: Any) -> dict[str, Any]:
    """A sound row of a sheet, with some of its cells as typed."""
    return {**_SOUND[sheet.table], **typed}


def at(sheet: Sheet, key: str, row: int = 2) -> str:
    """The cell of a column, counted from the heading in row 1."""
    return f"{chr(64 + sheet.place[key])}{row}"


def even(rows: Sequence[Sequence[Any]]) -> Grid:
    """Rows of one length, as a reader answers them."""
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def book(
    *sheets: tuple[str, Sequence[Sequence[Any]]],
    names: Mapping[str, str] | None = None,
    epoch_1904: bool = False,
    hidden: Sequence[str] = (),
) -> Book:
    """A book of titled grids."""
    cells = tuple(SheetCells(title, even(rows), title in hidden) for title, rows in sheets)
    return Book(cells, dict(names or {}), epoch_1904)


def usage(loans: Grid, requests: Grid | None = None, **more: Any) -> Book:
    """HDU's monthly sheet with these loans."""
    typed = more.pop("typed", {})
    return book(
        ("封面", cover(**typed)),
        ("借出紀錄", loans),
        ("申請紀錄", requests or grid(REQUESTS)),
        **more,
    )


def cards(issues: Grid, stock: Grid | None = None, **more: Any) -> Book:
    """HDU's register with these issues."""
    typed = {"表單": "借書證登記簿 cards 1", "填報別": None, **more.pop("typed", {})}
    return book(
        ("封面", cover(**typed)), ("換證紀錄", issues), ("借書證庫存", stock or grid(STOCK)), **more
    )


def of_form(form: Form, *grids: Grid, **more: Any) -> Book:
    """HDU's workbook of a form with these sheets."""
    typed = {"表單": form.label, **more.pop("typed", {})}
    if not form.kinds:
        typed = {"填報別": None, **typed}
    if not form.monthly:
        typed = {"統計年月": None, **typed}
    titled = zip((sheet.title for sheet in form.sheets), grids, strict=True)
    return book(("封面", cover(**typed)), *titled, **more)


def filled(sheet: Sheet, *rows: Mapping[str, Any], **more: Any) -> Book:
    """The workbook whose sheet this is, with these rows."""
    form = next(form for form in FORMS if sheet in form.sheets)
    grids = [grid(s, *rows) if s is sheet else grid(s) for s in form.sheets]
    return of_form(form, *grids, **more)


def checked(read: Book, known: Known = KNOWN, forms: Sequence[Form] = FORMS) -> Checked:
    return check(read, known, forms)


def told(read: Checked, *severities: str) -> list[tuple[str, str, str]]:
    """Sheet, cell and code of what was found; without severities, of errors and warnings."""
    wanted = severities or ("error", "warning")
    return [(f.sheet, f.cell, f.code) for f in read.findings if f.severity in wanted]


def value_of(read: Checked, sheet: Sheet, key: str, row: int = 0) -> Any:
    """What a cell was read as."""
    return read.rows[sheet.table][row][sheet.place[key]]
