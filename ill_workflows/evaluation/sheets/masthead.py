"""What stands over every sheet: whose figures, of when, how much of what was due has come."""

from __future__ import annotations

from ill_workflows.evaluation.arrived import NOT_DUE, RECEIVED
from ill_workflows.evaluation.english.edition import said
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.measures import percent
from ill_workflows.evaluation.model import Masthead
from ill_workflows.evaluation.period import span_dates, span_name
from ill_workflows.evaluation.said import Said


def masthead(figures: Figures, logo: bytes | None) -> Masthead:
    """The alliance, the period in words and dates, and the reporting rate, in their language."""
    states = figures.board["state"]
    due = int((~states.isin(NOT_DUE)).sum())
    came = int(states.isin(RECEIVED).sum())
    rate = percent(came, due)
    told = Said("應繳 {due:,} 份，已收 {came:,} 份", due=due, came=came)
    if rate is not None:
        told = Said("{told}，回報率 {rate}%", told=told, rate=rate)
    months = figures.months
    period = Said("{span}（{days}）", span=span_name(months), days=span_dates(months))
    return Masthead(
        figures.alliance, said(period, figures.language), said(told, figures.language), logo
    )
