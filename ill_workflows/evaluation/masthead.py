"""What stands over every sheet: whose figures, of when, how much of what was due has come."""

from __future__ import annotations

from ill_workflows.evaluation.arrived import NOT_DUE, RECEIVED
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import percent
from ill_workflows.evaluation.model import Masthead
from ill_workflows.evaluation.period import span_name
from ill_workflows.forms.month import ROC


def masthead(figures: Figures, logo: bytes | None) -> Masthead:
    """The alliance, the period in words and dates, and the reporting rate."""
    states = figures.board["state"]
    due = int((~states.isin(NOT_DUE)).sum())
    came = int(states.isin(RECEIVED).sum())
    rate = percent(came, due)
    told = f"應繳 {due:,} 份，已收 {came:,} 份"
    if rate is not None:
        told += f"，回報率 {rate}%"
    return Masthead(
        figures.alliance, f"{span_name(figures.months)}（{_dates(figures)}）", told, logo
    )


def _dates(figures: Figures) -> str:
    """Both ends as people write them: 114.11.01–115.10.31."""
    ends = (figures.first, figures.last)
    return "–".join(f"{day.year - ROC}.{day:%m.%d}" for day in ends)
