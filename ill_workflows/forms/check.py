"""A workbook checked cell by cell: whose it is, its rows, and everything there is to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from ill_workflows.forms.beside import data_rows
from ill_workflows.forms.book import Book, SheetCells, address
from ill_workflows.forms.compiled import ALWAYS_ERRORS, Tell, read_rows
from ill_workflows.forms.cover import Cover
from ill_workflows.forms.findings import Finding, Severity
from ill_workflows.forms.form import Checked, Form, Row, Sheet
from ill_workflows.forms.known import Context, Known
from ill_workflows.forms.recognise import (
    RESERVED,
    Found,
    Sheets,
    by_headings,
    by_sheets,
    find_sheets,
    read_cover,
    recognise_form,
)
from ill_workflows.forms.text import key, shown, trimmed


def check(book: Book, known: Known, forms: Sequence[Form]) -> Checked:
    """Check a workbook against the standard forms.

    Answers a :class:`Checked` whose ``form`` is None where no standard form was recognised;
    the caller refuses such a file.  Never raises for what stands in a cell.
    """
    cover = Cover(book, read_cover(book), known)
    form, called = recognise_form(book, dict(cover.cells), forms)
    if form is None:
        return Checked(None, "", None, False, None, {}, (), cover={"form": called})
    findings: list[Finding] = []
    library = cover.library(findings)
    month = cover.month(findings) if form.monthly else None
    interim = cover.interim(form, findings)
    filled_on = cover.filled_on(month, findings)
    version = cover.version(form, called, findings)
    findings.extend(cover.others())
    rows: dict[str, Sequence[Row]] = {sheet.table: [] for sheet in form.sheets}
    sheets = find_sheets(book, form)
    findings.extend(_missing_sheets(book, cover, form, sheets, forms))
    if library:
        ctx = Context(known, library, month, book.epoch_1904)
        for sheet in form.sheets:
            if sheet.table in sheets.found:
                rows[sheet.table] = _check_sheet(sheets.found[sheet.table], ctx, findings)
    findings.extend(_other_sheets(book, sheets, {cell.sheet for cell in cover.cells.values()}))
    texts = {name: trimmed(str(cell.value)) for name, cell in cover.cells.items()}
    token = book.names.get("ill_token", "")
    return Checked(
        form, library, month, interim, filled_on, rows, tuple(findings), version, texts, token
    )


def _missing_sheets(
    book: Book, cover: Cover, form: Form, sheets: Sheets, forms: Sequence[Form]
) -> Iterator[Finding]:
    """The form's sheets that are not there, or have lost their headings."""
    meant = form if sheets.found or sheets.bare else by_sheets(book, forms)
    if meant not in (None, form):
        other = {"other": meant.title, "other_en": meant.title_en}
        yield cover.says("form", "form_contradiction", "error", read=form.title, **other)
        return
    for sheet in form.sheets:
        if sheet.table in sheets.bare:
            yield from _missing_columns(sheet, sheets.bare[sheet.table].title, None)
        elif sheet.table not in sheets.found:
            where, cell = cover.at("form")
            yield Finding(where, cell, "sheet_missing", "error", "", {"read": sheet.title})


def _other_sheets(book: Book, sheets: Sheets, covers: set[str]) -> Iterator[Finding]:
    """What was not read: a second sheet like one of the form's, and sheets of the sender's own."""
    read = {id(found.cells) for found in sheets.found.values()}
    read |= {id(cells) for cells in sheets.bare.values()}
    for cells in book.sheets:
        ours = cells.title in covers or key(cells.title) in map(key, RESERVED)
        if id(cells) in read or ours or _nothing_in(cells):
            continue
        like = (f for f in sheets.found.values() if by_headings(cells, f.sheet) is not None)
        facts = {"read": cells.title}
        if (first := next(like, None)) is None:
            yield Finding(cells.title, "", "sheet_passed", "passed", "", facts)
        else:
            facts["other"] = first.cells.title
            yield Finding(cells.title, "", "sheet_twice", "warning", "", facts)


def _nothing_in(cells: SheetCells) -> bool:
    return all(value == "" for row in cells.rows for value in row)


def _check_sheet(found: Found, ctx: Context, findings: list[Finding]) -> list[Row]:
    sheet, cells = found.sheet, found.cells
    tell = Tell(sheet, cells.title, found.layout, ctx)
    _tell_headings(found, tell)
    rows = read_rows(sheet, found.layout, data_rows(found, tell), tell)
    rows, keyed_once = _without_repeats(found, rows, tell)
    for rule in sheet.across:
        for row, column, code, read, facts in rule(sheet, keyed_once, ctx):
            severity: Severity = "error" if code in ALWAYS_ERRORS else "warning"
            tell.cell(row, column, code, severity, read=read, **facts)
    findings.extend(sorted(tell.findings, key=_reading_order))
    return rows


def _reading_order(finding: Finding) -> tuple[int, int, str]:
    found = re.match(r"([A-Z]+)(\d+)$", finding.cell)
    return (int(found[2]), len(found[1]), found[1]) if found else (0, 0, "")


def _tell_headings(found: Found, tell: Tell) -> None:
    row = found.cells.rows[found.heading_row - 1]
    title, said = found.cells.title, tell.findings
    said.extend(_missing_columns(found.sheet, title, found))
    for c, ours in found.renamed:
        facts = {"read": shown(row[c]), "value": ours}
        at = address(found.heading_row, c)
        said.append(Finding(title, at, "heading_read_as", "corrected", ours, facts))
    for c, first in found.twice:
        facts = {"read": shown(row[c]), "other": address(found.heading_row, first)}
        at = address(found.heading_row, c)
        said.append(Finding(title, at, "column_twice", "warning", shown(row[c]), facts))
    for c in found.extra:
        facts = {"read": shown(row[c])}
        at = address(found.heading_row, c)
        said.append(Finding(title, at, "column_passed", "passed", shown(row[c]), facts))
    for c in found.unnamed:
        below = enumerate(found.cells.rows[found.heading_row :], start=found.heading_row + 1)
        n, value = next((n, below_row[c]) for n, below_row in below if below_row[c] != "")
        facts = {"read": shown(value)}
        said.append(Finding(title, address(n, c), "column_unnamed", "passed", "", facts))


def _missing_columns(sheet: Sheet, title: str, found: Found | None) -> Iterator[Finding]:
    for n, column in enumerate(sheet.columns):
        if column.required and (found is None or found.layout[n] is None):
            severity: Severity = "error" if column.required == "yes" or column.strict else "warning"
            facts = {"read": column.heading, "sheet": title}
            yield Finding(title, "", "column_missing", severity, column.heading, facts)


def _all_differ(rows: list[Row], sheet: Sheet) -> bool:
    """Whether every row has a key, and one of its own: most sheets are like that."""
    places = [sheet.place[k] for k in sheet.identity]
    different = set(map(itemgetter(*places), rows))
    return len(different) == len(rows) and all(
        None not in set(map(itemgetter(sheet.place[k]), rows)) for k in sheet.needed
    )


def _without_repeats(found: Found, rows: list[Row], tell: Tell) -> tuple[list[Row], list[Row]]:
    """The same key twice: counted once where the content is the same, an error where it is not.

    Answers the rows that count, and of these the first of each key.
    """
    sheet = found.sheet
    identify = itemgetter(*(sheet.place[k] for k in sheet.identity))
    needed = [sheet.place[k] for k in sheet.needed]
    keys = "、".join(sheet.by_key[k].heading for k in sheet.identity)
    seen: dict[Any, Row] = {}
    if _all_differ(rows, sheet):
        return rows, rows
    kept: list[Row] = []
    once: list[Row] = []
    for row in rows:
        identity = identify(row)
        known = all(row[place] is not None for place in needed)
        earlier = seen.setdefault(identity, row) if known else row
        if earlier is row:
            kept.append(row)
            once.append(row)
            continue
        facts = {"read": row[sheet.place[sheet.identity[0]]], "other": earlier[0], "keys": keys}
        if earlier[1:] == row[1:]:
            tell.cell(row[0], sheet.identity[0], "repeated_row", "corrected", **facts)
        else:
            tell.cell(row[0], sheet.identity[0], "duplicate_key", "error", **facts)
            kept.append(row)
    return kept, once
