"""目錄: which sheets a report has, what each says, and the way there."""

from __future__ import annotations

from collections.abc import Iterable

from ill_workflows.evaluation.model import Column, Link, Sheet, Table
from ill_workflows.evaluation.said import Said


def contents(
    sheets: Iterable[Sheet],
    *,
    title: str = "目錄",
    headings: tuple[str, str] = ("工作表", "說明"),
) -> Table:
    """A table of the sheets that say what they are about: a link to each, and its line."""
    rows = tuple((Link(Said(one.title), one.title), Said(one.about)) for one in sheets if one.about)
    return Table((Column(headings[0]), Column(headings[1], "free")), rows, title, key=0)
