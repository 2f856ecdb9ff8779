"""What the cover says, and what the workbook's names say: whose, of which month, filled in when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ill_workflows.forms.book import Book, CellError
from ill_workflows.forms.days import DayTrouble, read_day
from ill_workflows.forms.findings import Finding, Severity
from ill_workflows.forms.form import Form
from ill_workflows.forms.known import Known
from ill_workflows.forms.month import first_day, minguo, month_of, read_month
from ill_workflows.forms.recognise import COVER, LABELS, CoverCell
from ill_workflows.forms.text import key, shown

INTERIM: Final = "期中更新"
_TOLD_ELSEWHERE: Final = frozenset({"code", "month", "kind", "filled_on", "selfcheck"})
_VERSION: Final = re.compile(r"(?<!\d)(\d{1,4})\s*$", re.ASCII)


@dataclass(frozen=True)
class Cover:
    """A workbook's cover: the cells that were found, and the workbook that it stands in."""

    book: Book
    cells: Mapping[str, CoverCell]
    known: Known

    def text(self, name: str) -> str:
        """What was typed beside a label; nothing where there is no such label."""
        return self.cells[name].text if name in self.cells else ""

    def at(self, name: str) -> tuple[str, str]:
        """Sheet and cell of a label's value; the cover itself where there is no such label."""
        cell = self.cells.get(name)
        return (cell.sheet, cell.cell) if cell else (COVER, "")

    def says(self, name: str, code: str, severity: Severity, **facts: str) -> Finding:
        """A finding at a label's value."""
        typed = self.cells[name].value if name in self.cells else ""
        sheet, cell = self.at(name)
        return Finding(
            sheet, cell, code, severity, LABELS[name][0], {"read": shown(typed), **facts}
        )

    def library(self, findings: list[Finding]) -> str:
        """Whose workbook it is: the cover, confirmed by the workbook's defined name.

        Where the two differ it answers to the library on its cover.
        """
        typed = {"code": self.text("code"), "name": self.text("name")}
        if "name" in self.cells and self.cells["name"].broken:
            typed["name"] = ""
        read = {name: self.known.library(text) for name, text in typed.items() if text}
        named = self.book.names.get("ill_library", "")
        meant = self.known.library(named) if named else None
        code = read.get("code") if typed["code"] else read.get("name") or meant
        if code is None:
            at = "code" if "code" in self.cells else "name"
            said = shown(typed["code"] or typed["name"] or named)
            example = next(iter(self.known.members), "")
            findings.append(
                self.says(at, "library_unreadable", "error", read=said, example=example)
            )
            return meant or read.get("name") or ""
        if meant is not None and meant != code:
            at = "code" if typed["code"] else "name"
            findings.append(self.says(at, "library_contradiction", "error", other=named))
        elif read.get("name", code) is None:
            findings.append(self.says("name", "library_unknown", "warning", example=code))
        elif read.get("name", code) != code:
            findings.append(self.says("name", "library_contradiction", "error", other=code))
        return code

    def month(self, findings: list[Finding]) -> str | None:
        """Of which month it is: the cover, confirmed by the workbook's defined name."""
        month = read_month(self.cells["month"].value) if "month" in self.cells else None
        named = read_month(self.book.names.get("ill_period", ""))
        if month is None:
            if named is None or self.text("month"):
                findings.append(self.says("month", "month_unreadable", "error"))
            return named
        if named is not None and named != month:
            findings.append(self.says("month", "month_contradiction", "error", other=minguo(named)))
            return named
        if month > month_of(self.known.received):
            findings.append(self.says("month", "month_future", "error"))
        return month

    def interim(self, form: Form, findings: list[Finding]) -> bool:
        """Whether it is an interim sheet: it reports on loans, and leaves its month unreported."""
        typed = key(self.text("kind"))
        if not form.kinds or not typed:
            return False
        if typed not in map(key, form.kinds):
            findings.append(self.says("kind", "kind_unknown", "warning"))
        return typed == key(INTERIM)

    def filled_on(self, month: str | None, findings: list[Finding]) -> date | None:
        """The age of its facts.  Outside the month and the day of receipt it is an old file's
        date, and not used.
        """  # noqa: D205
        if not self.text("filled_on"):
            return None
        received = self.known.received
        value = self.cells["filled_on"].value
        read = read_day(value, latest=received, epoch_1904=self.book.epoch_1904)
        first = first_day(month) if month else date(1990, 1, 1)
        if not isinstance(read, DayTrouble) and first <= read.day <= received:
            return read.day
        span = {"first": first.isoformat() if month else "…", "last": received.isoformat()}
        findings.append(self.says("filled_on", "filled_on_ignored", "warning", **span))
        return None

    def version(self, form: Form, called: str, findings: list[Finding]) -> int:
        """Which version of the form it is; another than ours is read all the same, and told."""
        found = _VERSION.search(self.book.names.get("ill_version", "") or called)
        version = int(found[1]) if found else form.version
        if version != form.version:
            facts = {"read": str(version), "other": str(form.version)}
            findings.append(self.says("form", "version_other", "warning", **facts))
        return version

    def others(self) -> Iterator[Finding]:
        """What else is amiss on the cover: who filled it in, cells that show an error."""
        if "filled_by" in self.cells and not self.text("filled_by"):
            yield self.says("filled_by", "missing", "warning")
        for name, cell in self.cells.items():
            if cell.broken and name not in _TOLD_ELSEWHERE:
                error = isinstance(cell.value, CellError)
                yield self.says(name, "error_cell" if error else "formula_no_value", "warning")
