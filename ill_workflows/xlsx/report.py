"""Sheets → a workbook: native charts, live formulas, printable; knows nothing of libraries.

Nothing that came from somebody's text becomes a formula or a link: texts are written as
strings, whatever they look like.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime

from ill_workflows.evaluation.model import Masthead, Sheet
from ill_workflows.xlsx.places import Targets, names_of
from ill_workflows.xlsx.report_words import WORDS, Language


def write_workbook(
    sheets: Iterable[Sheet],
    *,
    created: datetime,
    title: str,
    masthead: Masthead | None = None,
    language: Language = "zh",
) -> bytes:
    """Write a report; the same arguments give the same bytes.

    ``created`` is the moment that the file's properties tell, ``title`` stands in the printed
    header of every page.  With a ``masthead`` a band of three rows stands over each sheet, else
    the first table's headings stand in row 1.  Its way back leads to the row of the first sheet
    that has the first sheet's title for its key (a table of contents), else to its top.
    Each table has a workbook name, see :func:`ill_workflows.xlsx.places.names_of`.

    Raises:
        ValueError: a row or a number of rows that no sheet can hold; a link to a sheet that is
            not there; a logo that is no PNG or JPEG.
        TypeError: a number that Excel cannot hold.
    """
    from xlsxwriter import Workbook

    from ill_workflows.xlsx.report_band import HIGH, Band
    from ill_workflows.xlsx.report_writer import SheetWriter, Styles

    stream = io.BytesIO()
    book = Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    moment = created.astimezone(UTC).replace(tzinfo=None) if created.tzinfo else created
    book.set_properties({"title": title, "created": moment})
    book.set_calc_mode("auto")
    kept, words = list(sheets), WORDS[language]
    top = HIGH if masthead else 0
    first = kept[0].title if kept else ""
    targets, styles = Targets(kept, top), Styles(book, words)
    for n, sheet in enumerate(kept):
        back = targets.find(first, first) or targets.find(first) if n else None
        band = Band(masthead, words, sheet.title, back) if masthead else None
        SheetWriter(book, styles, targets, words, sheet, band).write(title)
    for name, place in names_of(kept, top):
        book.define_name(name, place)
    book.close()
    return stream.getvalue()
