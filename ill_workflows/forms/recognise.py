"""Which form a workbook is, whose, of which month: by its content, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from ill_workflows.forms.book import Book, SheetCells, address
from ill_workflows.forms.compiled import Layout
from ill_workflows.forms.form import Form, Sheet
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
ELSEWHERE: Final = {
    "departures": "離校異動名單",
    "cases": "處理通知單",
    "clearance": "清查回覆單",
    "membership": "會員資料表",
}
"""Standard forms that this version knows by name and does not yet take in."""
_LABEL_OF: Final = {key(word): name for name, words in LABELS.items() for word in words}
_NOISE: Final = re.compile(r"[*＊?？:：\s]|\(.*?\)|（.*?）|\[.*?\]")
_LOOK = 40


@dataclass(frozen=True, slots=True)
class CoverCell:
    """A value of the cover and where it stands."""

    value: Any
    sheet: str
    cell: str

    @property
    def text(self) -> str:
        """The value as comparable text; blank words count as nothing."""
        text = plain(str(self.value))
        return "" if is_blank(text) else text


@dataclass(frozen=True, slots=True)
class Found:
    """A sheet of the form in the sender's workbook."""

    sheet: Sheet
    cells: SheetCells
    heading_row: int
    layout: Layout
    renamed: tuple[tuple[int, str], ...]
    twice: tuple[tuple[int, int], ...]
    extra: tuple[int, ...]


def read_cover(book: Book) -> dict[str, CoverCell]:
    """The labels of the cover and the values beside them."""
    covers = [sheet for sheet in book.sheets if key(sheet.title) == key(COVER)]
    covers += [sheet for sheet in book.sheets if key(sheet.title) not in map(key, RESERVED)]
    best: dict[str, CoverCell] = {}
    for sheet in covers:
        found = _labels(sheet)
        if len(found) > len(best):
            best = found
        if "code" in best and "form" in best:
            break
    return best if len(best) >= 2 else {}


def _labels(sheet: SheetCells) -> dict[str, CoverCell]:
    found: dict[str, CoverCell] = {}
    for r, row in enumerate(sheet.rows[:_LOOK], start=1):
        for c, value in enumerate(row[:12]):
            name = _LABEL_OF.get(_heading(value)) if isinstance(value, str) else None
            if name is None or name in found:
                continue
            beside = next((i for i in range(c + 1, min(len(row), c + 6)) if row[i] != ""), c + 1)
            content = row[beside] if beside < len(row) else ""
            if isinstance(content, str) and _LABEL_OF.get(_heading(content)) not in (None, name):
                beside, content = c + 1, ""
            found[name] = CoverCell(content, sheet.title, address(r, beside))
            break
    return found


def recognise_form(
    book: Book, cover: dict[str, CoverCell], forms: Sequence[Form]
) -> tuple[Form | None, str]:
    """The form that a workbook is, and what its cover or names call it (may be empty)."""
    called = book.names.get("ill_form", "") or (cover["form"].text if "form" in cover else "")
    for form in forms:
        if form.name in called.split() or form.name == called or key(form.title) in key(called):
            return form, called
    if any(name in called.split() or key(zh) in key(called) for name, zh in ELSEWHERE.items()):
        return None, called
    scores = {
        form.name: sum(find_sheet(book, sheet) is not None for sheet in form.sheets)
        for form in forms
    }
    best = max(forms, key=lambda form: scores[form.name])
    return (best if scores[best.name] else None), called


def find_sheet(book: Book, sheet: Sheet) -> Found | None:
    """The sheet of the workbook that holds a form's sheet: by its title, else by its headings."""
    candidates = [s for s in book.sheets if key(s.title) not in map(key, RESERVED)]
    named = [s for s in candidates if key(s.title) == key(sheet.title)]
    named += [s for s in candidates if s not in named and key(sheet.title) in key(s.title)]
    for cells in named:
        found = _match(cells, sheet)
        if found is not None:
            return found
    needed = sum(column.required == "yes" for column in sheet.columns)
    for cells in candidates:
        found = None if cells in named else _match(cells, sheet)
        if found is not None:
            there = sum(
                at is not None and column.required == "yes"
                for at, column in zip(found.layout, sheet.columns, strict=True)
            )
            identity = [sheet.place[k] - 1 for k in sheet.identity]
            if there >= max(3, needed - 1) and all(found.layout[i] is not None for i in identity):
                return found
    return None


def _heading(value: object) -> str:
    return key(_NOISE.sub("", plain(str(value))))


def _match(cells: SheetCells, sheet: Sheet) -> Found | None:
    names = {key(column.heading): n for n, column in enumerate(sheet.columns)}
    others = {_heading(word): n for n, column in enumerate(sheet.columns) for word in column.also}
    best: tuple[int, int] = (0, 0)
    for r, row in enumerate(cells.rows[:_LOOK]):
        words = {_heading(v) for v in row if isinstance(v, str) and v}
        score = 2 * len(words & names.keys()) + len(words & others.keys())
        if score > best[0]:
            best = (score, r)
    if best[0] < 4:
        return None
    return _layout(cells, sheet, best[1], names, others)


def _layout(
    cells: SheetCells, sheet: Sheet, r: int, names: dict[str, int], others: dict[str, int]
) -> Found:
    layout: list[int | None] = [None] * len(sheet.columns)
    renamed: list[tuple[int, str]] = []
    twice: list[tuple[int, int]] = []
    extra: list[int] = []
    headings = {c: _heading(v) for c, v in enumerate(cells.rows[r]) if isinstance(v, str) and v}
    for c, word in headings.items():
        n = names.get(word)
        if n is None:
            continue
        if layout[n] is None:
            layout[n] = c
        else:
            twice.append((c, layout[n] or 0))
    placed = {c for c in layout if c is not None} | {c for c, _ in twice}
    for c, word in headings.items():
        if c in placed or not word:
            continue
        n = others.get(word)
        if n is None or layout[n] is not None:
            n = _nearest(word, {w: i for w, i in names.items() if layout[i] is None})
        if n is None:
            extra.append(c)
        else:
            layout[n] = c
            renamed.append((c, sheet.columns[n].heading))
    return Found(sheet, cells, r + 1, tuple(layout), tuple(renamed), tuple(twice), tuple(extra))


def _nearest(word: str, open_names: dict[str, int]) -> int | None:
    """A heading renamed a little: one name is clearly nearest, or it holds the name whole."""
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
