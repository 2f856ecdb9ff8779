"""The English edition: a finished sheet, its words in English, everything else as it was.

To add words: write the sheet in Chinese, wrap our own words in cells as ``Said("準時")`` or
``Said("共 {n} 件", n=n)``, name those inside a formula in its ``words``, and put a code that is a
heading as ``same(code)``.  Then give each word or template its English in ``english_words``, or in
``english_notes`` if it is a sentence: the tests fail for one that is missing, and for one that no
sheet says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ill_workflows.evaluation.english.measures import DENOMINATORS, FORMULAS, SOURCES
from ill_workflows.evaluation.english.notes import CAPTIONS, NOTES
from ill_workflows.evaluation.english.ranking import RANKING
from ill_workflows.evaluation.english.words import ABOUT, HEADINGS, LISTS, TITLES, WORDS
from ill_workflows.evaluation.model import As, Cell, Chart, Formula, Link, Sheet, Table
from ill_workflows.evaluation.said import Ours, Words

TABLES: Final = (
    TITLES, ABOUT, HEADINGS, WORDS, LISTS, CAPTIONS, NOTES, FORMULAS, DENOMINATORS, SOURCES,
    RANKING,
)  # fmt: skip
ENGLISH: Final[Mapping[str, str]] = {zh: en for table in TABLES for zh, en in table.items()}
"""Chinese word, template or sentence → English; the table of this room."""


def word(zh: str) -> str:
    """The English of a word or template of ours.

    Raises:
        LookupError: the catalogue has none.
    """
    try:
        return ENGLISH[zh]
    except KeyError:
        raise LookupError(f"no English for {zh!r}") from None


def said(text: str, language: str) -> str:
    """A text of ours in the language of an edition (``zh-TW`` or ``en``)."""
    return _ours(text, word) if language == "en" else text


def in_english(sheet: Sheet, words: Words = word) -> Sheet:
    """The same sheet in English: title, headings, notes, charts, and cells that say our words.

    Raises:
        LookupError: a word has no English.
    """
    return replace(
        sheet,
        title=_ours(sheet.title, words),
        tables=tuple(_table(table, words) for table in sheet.tables),
        charts=tuple(_chart(chart, words) for chart in sheet.charts),
        notes=tuple(_ours(note, words) for note in sheet.notes),
        about=_ours(sheet.about, words),
    )


def _ours(text: str, words: Words) -> str:
    """The English of a text that is certainly ours; of nothing, nothing."""
    if isinstance(text, Ours):
        return text.english(words)
    return words(text) if text else text


def _table(table: Table, words: Words) -> Table:
    return replace(
        table,
        columns=tuple(replace(one, heading=_ours(one.heading, words)) for one in table.columns),
        rows=tuple(tuple(_cell(cell, words) for cell in row) for row in table.rows),
        total=None if table.total is None else tuple(_cell(cell, words) for cell in table.total),
        title=_ours(table.title, words),
        colours=tuple((_ours(text, words), tone) for text, tone in table.colours),
        empty=_ours(table.empty, words),
    )


def _cell(cell: Cell, words: Words) -> Cell:
    """A cell: what is ours in English, a member's text untouched."""
    if isinstance(cell, Ours):
        return cell.english(words)
    if isinstance(cell, Formula):
        value = cell.value.english(words) if isinstance(cell.value, Ours) else cell.value
        return replace(cell, text=_constants(cell, words), value=value, words=())
    if isinstance(cell, Link):
        value = cell.value.english(words) if isinstance(cell.value, Ours) else cell.value
        return replace(cell, value=value, sheet=words(cell.sheet))
    if isinstance(cell, As):
        return replace(cell, cell=_cell(cell.cell, words))  # type: ignore[arg-type]
    return cell


def _constants(formula: Formula, words: Words) -> str:
    """The formula with the English of each of our words that it compares with."""
    text = formula.text
    for one in formula.words:
        english = _ours(one, words).replace('"', '""')
        text = text.replace(f'"{one}"', f'"{english}"')
    return text


def _chart(chart: Chart, words: Words) -> Chart:
    return replace(
        chart,
        title=_ours(chart.title, words),
        series=tuple(replace(one, name=_ours(one.name, words)) for one in chart.series),
        alt=_ours(chart.alt, words),
        unit=_ours(chart.unit, words),
    )
