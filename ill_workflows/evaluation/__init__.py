"""What the meeting reads: figures by their definitions, and the sheets that show them.  Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ill_workflows.evaluation.english.edition import in_english
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import Sheet
from ill_workflows.evaluation.period import span_name
from ill_workflows.evaluation.said import Said
from ill_workflows.evaluation.sheets.arrivals import arrivals
from ill_workflows.evaluation.sheets.cards import card_use
from ill_workflows.evaluation.sheets.cases import departures, recalls
from ill_workflows.evaluation.sheets.claims import settlement
from ill_workflows.evaluation.sheets.contents import contents
from ill_workflows.evaluation.sheets.experience import experiences
from ill_workflows.evaluation.sheets.flow import balance, matrix
from ill_workflows.evaluation.sheets.material import copies, material
from ill_workflows.evaluation.sheets.overdue import overdue
from ill_workflows.evaluation.sheets.overview import summary, trend
from ill_workflows.evaluation.sheets.quality import quality
from ill_workflows.evaluation.sheets.ranking import ranking_sheet
from ill_workflows.evaluation.sheets.requests import refusals, supply, turnaround
from ill_workflows.evaluation.sheets.sources import definitions, sources

SHEETS: tuple[Callable[[Figures], Sheet], ...] = (
    summary,
    arrivals,
    card_use,
    matrix,
    balance,
    supply,
    refusals,
    material,
    copies,
    turnaround,
    overdue,
    recalls,
    departures,
    settlement,
    trend,
    ranking_sheet,
    experiences,
    quality,
    sources,
    definitions,
)
"""Every sheet of the evaluation workbook, in order; the table of this room."""


def sheets_of(figures: Figures) -> tuple[Sheet, ...]:
    """Every sheet in the language of the figures, the first one with the table of contents."""
    first, *others = (make(figures) for make in SHEETS)
    sheets = (replace(first, tables=(*first.tables, contents((first, *others)))), *others)
    return tuple(map(in_english, sheets)) if figures.language == "en" else sheets


def title_of(figures: Figures) -> Said:
    """What the workbook is called."""
    return Said(
        "{alliance}　{span}評估資料", alliance=figures.alliance, span=span_name(figures.months)
    )


__all__ = ["SHEETS", "Figures", "Sheet", "sheets_of", "title_of"]
