"""The evaluation workbook and the same figures for machines."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from ill_workflows.app import App
from ill_workflows.errors import FolderTrouble, UsageProblem
from ill_workflows.evaluation import sheets_of, title_of
from ill_workflows.evaluation.counting.grouping import stacked
from ill_workflows.evaluation.counting.origins import BORROWED, rows_behind, rows_kept
from ill_workflows.evaluation.counting.tables import unpack
from ill_workflows.evaluation.english.edition import said
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import ORDER, events_of, figures_document
from ill_workflows.evaluation.sheets.masthead import masthead
from ill_workflows.evaluation.tidy import harmless, tidy
from ill_workflows.forms.usage import LOANS
from ill_workflows.jobs.facts import headline_facts
from ill_workflows.jobs.figures import figures_of, members_of
from ill_workflows.jobs.files import keep
from ill_workflows.jobs.logo import logo
from ill_workflows.store import closings, standing
from ill_workflows.xlsx.report import write_workbook


def workbook(app: App, months: Sequence[str], today: date) -> bytes:
    """The evaluation workbook of a span of months; the same inputs give the same bytes."""
    return written(app, figures_of(app, months, today, compared=True))


def stem_of(figures: Figures) -> str:
    """What the workbook and the report are called, without their endings."""
    edition = "-en" if figures.language == "en" else ""
    return f"evaluation-{figures.months[0]}-{figures.months[-1]}{edition}"


def written(app: App, figures: Figures) -> bytes:
    """The workbook of these figures in their language, with the logo in the host's ``templates/``.

    Raises:
        FolderTrouble: the logo cannot be read.
    """
    end, shown = figures.last, logo(app)
    return write_workbook(
        sheets_of(figures),
        created=datetime(end.year, end.month, end.day, tzinfo=UTC),
        title=said(title_of(figures), figures.language),
        masthead=masthead(figures, shown.data if shown else None),
        language="en" if figures.language == "en" else "zh",
    )


def document(app: App, months: Sequence[str], today: date) -> dict[str, Any]:
    """The document of ``figures --json``."""
    return figures_document(figures_of(app, months, today), months)


def trace(app: App, months: Sequence[str], name: str, library: str = "") -> pd.DataFrame:
    """The rows behind a measure, of one library or of all: ``library, month, receipt, file,
    sheet, row``.  Of a closed month those that were counted when it was closed; a rate is traced
    to the rows of its denominator.

    Raises:
        UsageProblem: no measure has that name; no member has that code.
    """  # noqa: D205
    names = _events(name)
    if library:
        member(app, library)
    with app.engine.connect() as connection:
        versions = standing.versions(connection)
        kept = closings.kept(connection, months)
        tables = unpack(kept)
        codes = [one.code for one in members_of(app, months, tables)]
        left = [month for month in months if month not in kept]
        rows = _kept(connection, tables["origins"], names)
        if left:
            counted = rows_behind(headline_facts(app, connection), names, left)
            rows = stacked([rows, counted]).reindex(columns=rows.columns)
    rows = rows[rows["library"].isin([library] if library else codes)]
    files = dict(zip(versions["receipt"], versions["filename"], strict=True))
    rows.insert(3, "file", rows["receipt"].map(files))
    return rows.sort_values(list(rows.columns), kind="stable", ignore_index=True)


def _kept(connection: Connection, origins: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows behind figures of closed months: those that were counted, whatever came since."""
    receipts = set(origins["receipt"]) if BORROWED in names else set()
    return rows_kept(origins, names, standing.cards_at(connection, LOANS.table, receipts))


def member(app: App, code: str) -> None:
    """Make sure that there is such a library.

    Raises:
        UsageProblem: there is none; the nearest one is named.
    """
    if code not in app.members:
        _unknown("館代碼", "library", code, list(app.members))


def export(figures: Figures, folder: Path) -> list[Path]:
    """Every table as a tidy CSV file (UTF-8, one row a value), in a folder of its own.

    No text of a member's begins as a formula does.

    Raises:
        FolderTrouble: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as bad:
        raise FolderTrouble(str(folder), bad.strerror or str(bad)) from bad
    paths = []
    for name, table in tidy(figures).items():
        path = folder / f"{name}.csv"
        text = harmless(table).to_csv(index=False, lineterminator="\r\n")
        keep(path, codecs.BOM_UTF8 + text.encode())
        paths.append(path)
    return paths


def _events(name: str) -> tuple[str, ...]:
    if name not in ORDER:
        _unknown("指標", "measure", name, list(ORDER))
    return events_of(name)


def _unknown(what: str, called: str, typed: str, there: list[str]) -> None:
    near = get_close_matches(typed, there, n=1)
    known = f"是否為 {near[0]}？" if near else f"有：{'、'.join(there)}"
    raise UsageProblem(
        f"沒有「{typed}」這個{what}；{known}",
        f"There is no {called} {typed}; known are {', '.join(there)}.",
    )
