"""Which form a workbook is, whose, of which month: by its content, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final

from ill_workflows.forms.book import Book, CellError, NoValue, SheetCells, address
from ill_workflows.forms.compiled import Layout
from ill_workflows.forms.form import Column, Form, Sheet
from ill_workflows.forms.text import is_blank, key, plain

COVER: Final = "封面"
RESERVED: Final = frozenset({COVER, "檢查結果", "填表說明", "選單"})
"""Sheets of ours beside the form's own; they are never read as data."""
LABELS: Final[dict[str, tuple[str, ...]]] = {
    "form": ("表單", "表單名稱"),
    "code": ("圖書館代碼", "館代碼", "代碼"),
    "name": ("圖書館名稱", "館名", "圖書館", "填表單位"),
    "month": ("統計年月", "年月", "統計月份", "月份"),
    "kind": ("填報別", "填報類別"),
    "filled_by": ("填表人", "承辦人", "填報人"),
    "phone": ("聯絡電話", "電話"),
    "email": ("電子郵件", "電子信箱", "email"),
    "filled_on": ("填表日期", "填報日期"),
    "notes": ("經驗分享與建議", "經驗分享"),
    "selfcheck": ("自我檢查",),
}
ELSEWHERE: Final = {"membership": "會員資料表"}
"""Standard forms that this version knows by name and does not yet take in."""
_RESERVED: Final = frozenset(map(key, RESERVED))
_LABEL_OF: Final = {key(word): name for name, words in LABELS.items() for word in words}
_NOISE: Final = re.compile(r"[*?:\s]|\([^()]*\)|\[[^\[\]]*\]")
_TOGETHER: Final = re.compile(r"([^:：]{1,20})[:：](.+)", re.DOTALL)
_SAYS_MOST: Final = frozenset({"form", "code", "month"})
_LOOK: Final = 40
"""Rows in which a heading or a label is looked for."""
_WIDE: Final = 12
"""Columns in which a label is looked for."""


@dataclass(frozen=True, slots=True)
class CoverCell:
    """A value of the cover and where it stands."""

    value: Any
    sheet: str
    cell: str

    @property
    def text(self) -> str:
        """The value as comparable text; blank words count as nothing."""
        text = plain(str(self.value)[:200])
        return "" if is_blank(text) else text

    @property
    def broken(self) -> bool:
        """Whether it shows an error, or is a formula without its value."""
        return isinstance(self.value, CellError | NoValue)


@dataclass(frozen=True, slots=True)
class Found:
    """A sheet of the form in the sender's workbook.

    ``layout`` holds each column's place, ``columns`` each place's column; ``renamed`` (place, our
    heading), ``twice`` (place, place that was read) and ``extra`` are headings that are not ours
    word for word; ``unnamed`` are places that hold something and have no heading.
    """

    sheet: Sheet
    cells: SheetCells
    heading_row: int
    layout: Layout
    renamed: tuple[tuple[int, str], ...]
    twice: tuple[tuple[int, int], ...]
    extra: tuple[int, ...]
    unnamed: tuple[int, ...]
    columns: dict[int, Column]


@dataclass(frozen=True, slots=True)
class Sheets:
    """A form's sheets in a workbook, by table; ``bare`` ones have its title and no headings."""

    found: dict[str, Found]
    bare: dict[str, SheetCells]


def read_cover(book: Book) -> dict[str, CoverCell]:
    """The labels of the cover and the values beside them, wherever the cover stands."""
    cover = key(COVER)
    others = [s for s in book.sheets if key(s.title) not in _RESERVED]
    sheets = [s for s in book.sheets if key(s.title) == cover]
    sheets += sorted(others, key=lambda sheet: cover not in key(sheet.title))
    best: dict[str, CoverCell] = {}
    for sheet in sheets:
        found = _labels(sheet)
        if key(sheet.title) != cover and not found.keys() & _SAYS_MOST:
            continue
        if len(found) > len(best):
            best = found
        if "code" in best and "form" in best:
            break
    return best if len(best) >= 2 else {}


def _labels(sheet: SheetCells) -> dict[str, CoverCell]:
    found: dict[str, CoverCell] = {}
    for r, row in enumerate(sheet.rows[:_LOOK], start=1):
        read_to = -1
        for c, value in enumerate(row[:_WIDE]):
            if c <= read_to or not isinstance(value, str) or not value:
                continue
            name, beside, content = _LABEL_OF.get(heading(value)), c, value
            if name is not None:
                beside, content = _beside(row, c, name)
            elif typed := _TOGETHER.fullmatch(value):
                name, content = _LABEL_OF.get(heading(typed[1])), typed[2]
            if name is not None and name not in found:
                read_to = c if content == "" else beside
                found[name] = CoverCell(content, sheet.title, address(r, beside))
    return found


def _beside(row: list[Any], c: int, name: str) -> tuple[int, Any]:
    """The first filled cell beside a label; none, where that is the next label."""
    at = next((i for i in range(c + 1, min(len(row), c + 6)) if row[i] != ""), c + 1)
    content = row[at] if at < len(row) else ""
    if isinstance(content, str) and _LABEL_OF.get(heading(content)) not in (None, name):
        return c + 1, ""
    return at, content


def recognise_form(
    book: Book, cover: dict[str, CoverCell], forms: Sequence[Form]
) -> tuple[Form | None, str]:
    """The form that a workbook is, and what its cover or names call it (may be empty)."""
    called = book.names.get("ill_form", "") or (cover["form"].text if "form" in cover else "")
    words = called.casefold().split()
    for form in forms:
        if form.name in words or key(form.title) in key(called):
            return form, called
    if any(name in words or key(zh) in key(called) for name, zh in ELSEWHERE.items()):
        return None, called
    return by_sheets(book, forms), called


def by_sheets(book: Book, forms: Sequence[Form]) -> Form | None:
    """The form of which a workbook holds the most sheets; None where it holds none."""
    scores = {form.name: len(find_sheets(book, form).found) for form in forms}
    best = max(forms, key=lambda form: scores[form.name])
    return best if scores[best.name] else None


def find_sheets(book: Book, form: Form) -> Sheets:
    """A form's sheets: by their titles, then by titles that hold theirs, then by headings alone."""
    found: dict[str, Found] = {}
    bare: dict[str, SheetCells] = {}
    left = [cells for cells in book.sheets if key(cells.title) not in _RESERVED]
    for fits in (_titled, _holding, _alike):
        for sheet in form.sheets:
            for cells in tuple(left):
                if sheet.table in found or not fits(cells, sheet):
                    continue
                match = _match(cells, sheet)
                if match is None:
                    bare.setdefault(sheet.table, cells)
                else:
                    found[sheet.table] = match
                    left = [other for other in left if other is not cells]
    return Sheets(found, {table: cells for table, cells in bare.items() if table not in found})


def _titled(cells: SheetCells, sheet: Sheet) -> bool:
    return key(cells.title) == key(sheet.title)


def _holding(cells: SheetCells, sheet: Sheet) -> bool:
    return key(sheet.title) in key(cells.title)


def _alike(cells: SheetCells, sheet: Sheet) -> bool:
    return by_headings(cells, sheet) is not None


def by_headings(cells: SheetCells, sheet: Sheet) -> Found | None:
    """A form's sheet that is known by its headings alone: its key and nearly all it requires."""
    found = _match(cells, sheet)
    if found is None:
        return None
    there = [
        column for at, column in zip(found.layout, sheet.columns, strict=True) if at is not None
    ]
    needed = [column for column in sheet.columns if column.required == "yes"]
    keys = {column.key for column in there}
    if len(there) < 3 or sum(c.key in keys for c in needed) < max(2, len(needed) - 1):
        return None
    return found if keys.issuperset(sheet.identity) else None


def heading(value: object) -> str:
    """What two spellings of one heading have in common: no marks, no remark in brackets."""
    return _heading(str(value)[:100])


@lru_cache(maxsize=4_096)
def _heading(text: str) -> str:
    return key(_NOISE.sub("", plain(text)))


def _match(cells: SheetCells, sheet: Sheet) -> Found | None:
    names = {key(column.heading): n for n, column in enumerate(sheet.columns)}
    others = {heading(word): n for n, column in enumerate(sheet.columns) for word in column.also}
    best: tuple[int, int] = (0, 0)
    for r, row in enumerate(cells.rows[:_LOOK]):
        words = {heading(v) for v in row if isinstance(v, str) and v}
        score = 2 * len(words & names.keys()) + len(words & others.keys())
        if score > best[0]:
            best = (score, r)
        if score >= 2 * len(names):
            break  # every heading stands here, as we write it
    if best[0] < 4:
        return None
    return _layout(cells, sheet, best[1], names, others)


def _layout(
    cells: SheetCells, sheet: Sheet, r: int, names: dict[str, int], others: dict[str, int]
) -> Found:
    layout: list[int | None] = [None] * len(sheet.columns)
    renamed: list[tuple[int, str]] = []
    twice: list[tuple[int, int]] = []
    headings = {c: word for c, v in enumerate(cells.rows[r]) if v != "" and (word := heading(v))}
    rest = dict(headings)
    for c, word in headings.items():
        if (n := names.get(word)) is not None:
            del rest[c]
            if (earlier := layout[n]) is None:
                layout[n] = c
            else:
                twice.append((c, earlier))
    for nearest in (False, True):  # a known other name goes before one that is only near
        for c, word in tuple(rest.items()):
            n = _nearest(word, names, layout) if nearest else others.get(word)
            if n is not None and layout[n] is None:
                del rest[c]
                layout[n] = c
                renamed.append((c, sheet.columns[n].heading))
    below = cells.rows[r + 1 :]
    unnamed = tuple(
        c
        for c in range(len(cells.rows[r]))
        if c not in headings and any(row[c] != "" for row in below)
    )
    return Found(
        sheet, cells, r + 1, tuple(layout), tuple(renamed), tuple(twice), tuple(rest), unnamed,
        {at: column for at, column in zip(layout, sheet.columns, strict=True) if at is not None},
    )  # fmt: skip


def _nearest(word: str, names: dict[str, int], layout: list[int | None]) -> int | None:
    """A heading renamed a little: one name is clearly nearest, or it holds the name whole."""
    open_names = {name: n for name, n in names.items() if layout[n] is None}
    holding = [n for name, n in open_names.items() if len(name) >= 3 and name in word]
    if len(holding) == 1:
        return holding[0]
    scored = sorted(
        ((SequenceMatcher(None, word, name).ratio(), n) for name, n in open_names.items()),
        reverse=True,
    )
    if scored and scored[0][0] >= 0.75 and (len(scored) == 1 or scored[0][0] > scored[1][0]):
        return scored[0][1]
    return None
