"""Where each counted event stands: file, sheet and row, as 來源 and ``--trace`` must say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook

from tests.independent import recompute as again
from tests.independent.reading import Row, read_day, read_month
from tests.independent.recompute import DAY, Told, month_of
from tests.independent.seen import Seen
from tests.independent.tables import Cells

DAY_OF = {
    "換證": "換證日", "借出": "借出日", "複印供應": "回覆日", "拒絕": "回覆日",
    "取消": "回覆日", "重複": "回覆日", "逾期": "應還日", "緊急調回": "申請日",
}  # fmt: skip
"""Kind of event → the heading of its day; a book is overdue from the next day on."""
OF_MEASURE = {
    "cards_issued": ("換證",), "loans_lent": ("借出",), "copies_supplied": ("複印供應",),
    "requests_received": ("借出", "複印供應", "拒絕", "取消", "重複"), "overdue_loans": ("逾期",),
}  # fmt: skip
COUNTED = {
    "換證列": ("換證",), "借出列": ("借出",), "申請列": ("複印供應", "拒絕", "取消", "重複"),
    "逾期列": ("逾期",),
}  # fmt: skip
"""Column of the list of receipts → the kinds of events that it counts."""


class Place(NamedTuple):
    """A row of a file as it was sent."""

    file: str
    sheet: str
    row: int


Found = dict[tuple[str, str, str], set[Place]]
"""Library, kind and month → the rows counted."""


def places(world: Told, months: Sequence[str]) -> Found:
    """Every event of the months, recomputed."""
    rows: dict[str, Iterable[Row]] = {
        "換證": again.issued(world), "借出": again.loans_lent(world),
        "複印供應": again.answered(world, "提供"), "拒絕": again.answered(world, "拒絕"),
        "取消": again.answered(world, "取消"), "重複": again.answered(world, "重複"),
        "逾期": again.fallen_overdue(world), "緊急調回": world.recalls,
    }  # fmt: skip
    codes, found = world.codes(months), Found()
    for kind, lines in rows.items():
        for row in lines:
            month = month_of(row[DAY_OF[kind]] + DAY * (kind == "逾期"))
            if month in months and row["館"] in codes:
                place = Place(row["檔案"], row["工作表"], row["列"])
                found.setdefault((row["館"], kind, month), set()).add(place)
    return found


def numbers(text: object) -> Iterator[int]:
    """5–9、12 → 5 6 7 8 9 12."""
    for part in str(text).split("、"):
        first, _, last = part.partition("–")
        yield from range(int(first), int(last or first) + 1)


def receipts(seen: Seen) -> dict[str, Cells]:
    """Receipt → its line of the list of receipts."""
    return {str(one["收據號碼"]): one for one in seen.lines("來源", ("收據號碼", "館代碼"))}


def shown(seen: Seen) -> Found:
    """What the second table of 來源 says; its counts must be those of its rows."""
    listed, found = receipts(seen), Found()
    for one in seen.lines("來源", ("館代碼", "事件", "月份")):
        rows = list(numbers(one["列"]))
        assert len(rows) == one["件數"], one
        key = (str(one["館代碼"]), str(one["事件"]), read_month(one["月份"]))
        file = str(listed[str(one["收據號碼"])]["檔案"])
        found.setdefault(key, set()).update(Place(file, str(one["工作表"]), row) for row in rows)
    return found


def wrong_receipts(seen: Seen, world: Told, months: Sequence[str], folder: Path) -> Iterator[str]:
    """Receipts whose file, day, month or counted rows are not those of the file that was sent."""
    used: dict[str, dict[str, int]] = {}
    for (_, kind, _), rows in places(world, months).items():
        for place in rows:
            counts = used.setdefault(place.file, {})
            counts[kind] = counts.get(kind, 0) + 1
    sent = {one.name: one for one in world.sent}
    listed = {str(one["檔案"]): one for one in receipts(seen).values()}
    yield from (f"{name}: no receipt" for name in used.keys() - listed.keys())
    for name, line in listed.items():
        one, counts = sent[name], used.get(name, {})
        wanted = {
            "館代碼": one.library, "收件日": one.day, "月份": one.month,
            "SHA-256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            **{title: sum(counts.get(k, 0) for k in kinds) for title, kinds in COUNTED.items()},
        }  # fmt: skip
        said = {**line, "月份": read_month(line["月份"])}
        for title, value in wanted.items():
            if said[title] != value:
                yield f"{name} {title}: {said[title]!r}, recomputed {value!r}"


def typed(folder: Path, place: Place, kind: str) -> Any:
    """The day of an event as its sender typed it: the file opened, its sheet, its row."""
    page = load_workbook(folder / place.file, data_only=True)[place.sheet]
    cells = (cell for line in page.iter_rows() for cell in line)
    column = next(c.column for c in cells if str(c.value).rstrip("*?") == DAY_OF[kind])
    return read_day(page.cell(place.row, column).value)
