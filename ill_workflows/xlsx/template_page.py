"""A worksheet whose formulas are written as they are."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet


class Page(Worksheet):  # type: ignore[misc]
    """XlsxWriter looks through each formula for 130 functions newer than Excel 2007, to mark them.

    Ours has none, and is long: looking would take ten times as long as writing the workbook.
    """

    def _prepare_formula(self, formula: str, *_: Any) -> str:
        return formula.removeprefix("=")
