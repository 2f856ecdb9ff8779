"""A workbook checked cell by cell: whose it is, its rows, and everything there is to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from ill_workflows.forms.book import Book, SheetCells, address
from ill_workflows.forms.compiled import Tell, read_rows
from ill_workflows.forms.days import DayTrouble, read_day
from ill_workflows.forms.findings import Finding, Severity
from ill_workflows.forms.form import Checked, Form, Row
from ill_workflows.forms.known import Context, Known
from ill_workflows.forms.month import first_day, minguo, month_of, read_month
from ill_workflows.forms.recognise import (
    COVER,
    RESERVED,
    CoverCell,
    Found,
    find_sheet,
    read_cover,
    recognise_form,
)
from ill_workflows.forms.text import key, shown

_SUMS: Final = frozenset({"小計", "合計", "總計", "累計", "總和", "共計", "本月合計"})
_NOTE: Final = re.compile(r"^(?:[※*＊◎●■□▲△#]|備註|附註|說明|註[:：.、])|[:：]")
INTERIM: Final = "期中更新"


def check(book: Book, known: Known, forms: Sequence[Form]) -> Checked:
    """Check a workbook against the standard forms.

    Answers a :class:`Checked` whose ``form`` is None where no standard form was recognised;
    the caller refuses such a file.  Never raises for what stands in a cell.
    """
    cover = read_cover(book)
    form, called = recognise_form(book, cover, forms)
    if form is None:
        return Checked(None, "", None, False, None, {}, (), cover={"form": called})
    findings: list[Finding] = []
    library = _library(book, cover, known, findings)
    month = _month(book, cover, known, findings) if form.monthly else None
    interim = _interim(form, cover, findings)
    filled_on = _filled_on(cover, month, known, findings)
    ctx = Context(known, library, month, book.epoch_1904)
    rows: dict[str, list[Row]] = {sheet.table: [] for sheet in form.sheets}
    used: set[str] = set()
    if library:
        for sheet in form.sheets:
            found = find_sheet(book, sheet)
            if found is None:
                findings.append(_sheet_missing(sheet.title, cover))
                continue
            used.add(found.cells.title)
            rows[sheet.table] = _check_sheet(found, ctx, findings)
    for cells in book.sheets:
        if (
            cells.title not in used
            and key(cells.title) not in map(key, RESERVED)
            and any(value != "" for row in cells.rows for value in row)
        ):
            findings.append(
                Finding(cells.title, "", "sheet_passed", "passed", "", {"read": cells.title})
            )
    texts = {name: str(cell.value).strip() for name, cell in cover.items()}
    version = int(found_version[1]) if (found_version := re.search(r"(\d+)\s*$", called)) else 1
    return Checked(form, library, month, interim, filled_on, rows, tuple(findings), version, texts)


def _at(cover: dict[str, CoverCell], name: str) -> tuple[str, str]:
    cell = cover.get(name)
    return (cell.sheet, cell.cell) if cell else (COVER, "")


def _library(book: Book, cover: dict[str, CoverCell], known: Known, findings: list[Finding]) -> str:
    """Whose workbook it is: the cover, confirmed by the workbook's defined name."""
    typed = {name: cover[name].text for name in ("code", "name") if name in cover}
    codes = {name: known.library(text) for name, text in typed.items() if text}
    named = book.names.get("ill_library", "")
    example = next(iter(known.members), "")
    code = codes.get("code")
    if code is None and not typed.get("code"):
        code = codes.get("name") or (known.library(named) if named else None)
    if code is None:
        read = typed.get("code") or typed.get("name") or named
        sheet, cell = _at(cover, "code" if "code" in cover else "name")
        findings.append(
            Finding(sheet, cell, "library_unreadable", "error", "圖書館代碼",
                    {"read": shown(read), "example": example})
        )  # fmt: skip
        return known.library(named) or codes.get("name") or "" if named else codes.get("name") or ""
    other = codes.get("name")
    if named and known.library(named) not in (None, code):
        findings.append(_contradiction(cover, "code", typed.get("code", ""), named))
        return known.library(named) or code
    if other is not None and other != code:
        findings.append(_contradiction(cover, "name", typed["name"], code))
    return code


def _contradiction(cover: dict[str, CoverCell], name: str, read: str, other: str) -> Finding:
    sheet, cell = _at(cover, name)
    heading = "圖書館代碼" if name == "code" else "圖書館名稱"
    return Finding(
        sheet,
        cell,
        "library_contradiction",
        "error",
        heading,
        {"read": shown(read), "other": other},
    )


def _month(
    book: Book, cover: dict[str, CoverCell], known: Known, findings: list[Finding]
) -> str | None:
    sheet, cell = _at(cover, "month")
    value = cover["month"].value if "month" in cover else ""
    month = read_month(value)
    named = read_month(book.names.get("ill_period", ""))
    facts = {"read": shown(value)}
    if month is None:
        if named and not (cover["month"].text if "month" in cover else ""):
            return named
        findings.append(Finding(sheet, cell, "month_unreadable", "error", "統計年月", facts))
        return named
    if named and named != month:
        facts["other"] = minguo(named)
        findings.append(Finding(sheet, cell, "month_contradiction", "error", "統計年月", facts))
        return named
    if month > month_of(known.received):
        findings.append(Finding(sheet, cell, "month_future", "error", "統計年月", facts))
    return month


def _interim(form: Form, cover: dict[str, CoverCell], findings: list[Finding]) -> bool:
    if not form.kinds or "kind" not in cover or not cover["kind"].text:
        return False
    typed = key(cover["kind"].text)
    if typed not in map(key, form.kinds):
        sheet, cell = _at(cover, "kind")
        facts = {"read": shown(cover["kind"].value)}
        findings.append(Finding(sheet, cell, "kind_unknown", "warning", "填報別", facts))
    return typed == key(INTERIM)


def _filled_on(
    cover: dict[str, CoverCell], month: str | None, known: Known, findings: list[Finding]
) -> date | None:
    """The cover's 填表日期: the age of the facts.  Outside the month and the day of receipt it is
    an old file's, and not used.
    """  # noqa: D205
    if "filled_on" not in cover or not cover["filled_on"].text:
        return None
    cell = cover["filled_on"]
    read = read_day(cell.value, latest=known.received)
    first = first_day(month) if month else date(1990, 1, 1)
    if not isinstance(read, DayTrouble) and first <= read.day <= known.received:
        return read.day
    facts = {
        "read": shown(cell.value),
        "first": first.isoformat() if month else "…",
        "last": known.received.isoformat(),
    }
    findings.append(
        Finding(cell.sheet, cell.cell, "filled_on_ignored", "warning", "填表日期", facts)
    )
    return None


def _sheet_missing(title: str, cover: dict[str, CoverCell]) -> Finding:
    sheet, cell = _at(cover, "form")
    return Finding(sheet, cell, "sheet_missing", "error", "", {"read": title})


def _check_sheet(found: Found, ctx: Context, findings: list[Finding]) -> list[Row]:
    sheet, cells = found.sheet, found.cells
    tell = Tell(sheet, cells.title, found.layout, ctx)
    _tell_headings(found, tell)
    rows = read_rows(sheet, found.layout, _data_rows(found, tell), tell)
    rows = _without_repeats(found, rows, tell)
    for rule in sheet.across:
        for row, column, code, read, facts in rule(sheet, rows, ctx):
            severity: Severity = "error" if code == "overlapping_issue" else "warning"
            tell.cell(row, column, code, severity, read=read, **facts)
    findings.extend(sorted(tell.findings, key=_reading_order))
    return rows


def _reading_order(finding: Finding) -> tuple[int, int, str]:
    found = re.match(r"([A-Z]+)(\d+)$", finding.cell)
    return (int(found[2]), len(found[1]), found[1]) if found else (0, 0, "")


def _tell_headings(found: Found, tell: Tell) -> None:
    row = found.cells.rows[found.heading_row - 1]
    title, said = found.cells.title, tell.findings
    for n, column in enumerate(found.sheet.columns):
        if found.layout[n] is None and column.required:
            severity: Severity = "error" if column.required == "yes" or column.strict else "warning"
            facts = {"read": column.heading, "sheet": title}
            said.append(Finding(title, "", "column_missing", severity, column.heading, facts))
    for c, heading in found.renamed:
        facts = {"read": shown(row[c]), "value": heading}
        at = address(found.heading_row, c)
        said.append(Finding(title, at, "heading_read_as", "corrected", heading, facts))
    for c, first in found.twice:
        facts = {"read": shown(row[c]), "other": address(found.heading_row, first)}
        at = address(found.heading_row, c)
        said.append(Finding(title, at, "column_twice", "warning", shown(row[c]), facts))
    for c in found.extra:
        facts = {"read": shown(row[c])}
        at = address(found.heading_row, c)
        said.append(Finding(title, at, "column_passed", "passed", shown(row[c]), facts))


def _data_rows(found: Found, tell: Tell) -> Iterator[tuple[int, list[Any]]]:
    """The rows below the heading that are records: no empty ones, no sums, no notes."""
    cells, heading = found.cells, found.heading_row
    width = max((len(row) for row in cells.rows), default=0)
    columns = [at for at in found.layout if at is not None]
    extra = width - len(columns)
    identity = [found.layout[found.sheet.place[k] - 1] for k in found.sheet.identity]
    for n, row in enumerate(cells.rows[heading:], start=heading + 1):
        blank = row.count("")
        if blank == width:
            continue
        if width - blank <= 4 + extra and _beside_the_table(row, columns, identity):
            first = next(c for c, value in enumerate(row) if value != "")
            text = "　".join(str(value) for value in row if value != "")
            tell.findings.append(
                Finding(
                    cells.title,
                    address(n, first),
                    "row_passed",
                    "passed",
                    "",
                    {"read": shown(text)},
                )
            )
            continue
        yield n, row


def _beside_the_table(row: list[Any], columns: list[int], identity: list[int | None]) -> bool:
    filled = [value for value in row if value != ""]
    first = filled[0]
    if isinstance(first, str) and key(first).rstrip(":") in _SUMS:
        return True
    inside = [row[at] for at in columns if row[at] != ""]
    if not inside:
        return True  # a running number beside an empty row
    if any(not isinstance(value, str) or not value.strip() for value in inside):
        return False
    keys_filled = sum(at is not None and row[at] != "" for at in identity)
    if keys_filled > 1 or (keys_filled and len(inside) > 3):
        return False
    if len(inside) == 1 and (not keys_filled or len(identity) > 1 or len(inside[0]) > 12):
        return not re.fullmatch(r"[A-Za-zＡ-Ｚａ-ｚ]+[\s－–-]?[\d０-９]+", inside[0].strip())
    return bool(_NOTE.search(inside[0].strip()))


def _without_repeats(found: Found, rows: list[Row], tell: Tell) -> list[Row]:
    """The same key twice: counted once where the content is the same, an error where it is not."""
    sheet = found.sheet
    places = [sheet.place[k] for k in sheet.identity]
    seen: dict[tuple[Any, ...], Row] = {}
    kept: list[Row] = []
    for row in rows:
        identity = tuple(row[place] for place in places)
        if None in identity:
            kept.append(row)
            continue
        earlier = seen.get(identity)
        if earlier is None:
            seen[identity] = row
            kept.append(row)
            continue
        same = earlier[1:] == row[1:]
        keys = "、".join(sheet.by_key[k].heading for k in sheet.identity)
        tell.cell(
            row[0], sheet.identity[0], "repeated_row" if same else "duplicate_key",
            "corrected" if same else "error", read=identity[0], other=earlier[0], keys=keys,
        )  # fmt: skip
        if not same:
            kept.append(row)
    return kept
