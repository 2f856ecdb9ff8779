"""The band over a report's sheets, and how it is printed."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from openpyxl.utils import column_index_from_string

from ill_workflows.evaluation import SHEETS
from ill_workflows.evaluation.model import As, Column, Masthead, Sheet, Table
from ill_workflows.xlsx.report import write_workbook
from ill_workflows.xlsx.report_page import (
    FONTS,
    PAGE,
    SMALLEST,
    Extent,
    Paper,
    areas_of,
    paper_for,
    row_breaks,
)
from tests.evaluation.invented import alliance
from tests.xlsx.test_report import CREATED, one, opened, part


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress((b"\0" + b"\x80" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    )


BAND = Masthead("=示範 & 聯盟", "114學年度", "應繳 9 份，已繳 8 份", png(400, 100))


def written(*sheets: Sheet, **more: Any) -> bytes:
    return write_workbook(sheets, created=CREATED, title="t", **more)


def test_the_band_says_whose_figures_these_are_and_of_when() -> None:
    page = opened(written(one(("a", 1)), masthead=BAND))["表"]
    assert page["A1"].value == "表"
    assert page["A1"].font.sz > page["A4"].font.sz
    assert page["A2"].value == "114學年度　·　應繳 9 份，已繳 8 份"
    assert "=示範 & 聯盟" in [c.value for c in page[1] if c.data_type == "s"]
    assert [c.value for c in page[3]] == [None] * page.max_column
    assert [page["A4"].value, page["A5"].value] == ["文字", "a"]
    assert page.auto_filter.ref == "A4:B5"
    assert (page.freeze_panes, page.print_title_rows) == ("B5", "$4:$4")
    assert not page.merged_cells.ranges


def test_the_logo_stands_on_the_first_sheet_scaled_and_told() -> None:
    data = written(one(("a", 1)), replace(one(("a", 1)), title="二"), masthead=BAND)
    drawing = part(data, "xl/drawings/drawing1.xml")
    ((across, down),) = (
        (int(x) / 9525, int(y) / 9525)
        for x, y in re.findall(r'<a:ext cx="(\d+)" cy="(\d+)"', drawing)
    )
    assert across == pytest.approx(4 * down, rel=0.05)
    assert across <= 150
    assert down <= 48
    assert drawing.count("<xdr:pic>") == 1
    assert [int(n) for n in re.findall(r"<xdr:to>.*?<xdr:row>(\d+)", drawing)] <= [2]
    assert "<drawing" not in part(data, "xl/worksheets/sheet2.xml")
    assert 'descr="=示範 &amp; 聯盟標誌"' in drawing


@pytest.mark.parametrize("logo", [b"", b"GIF89a" + b"\0" * 60, png(9, 9)[:20], b"\xff\xd8" * 40])
def test_a_logo_that_is_none_is_told(logo: bytes) -> None:
    with pytest.raises(ValueError, match="logo"):
        written(one(("a", 1)), masthead=replace(BAND, logo=logo))


def test_the_same_band_and_logo_give_the_same_bytes() -> None:
    made = [
        written(*(m(facts) for m in SHEETS), masthead=BAND)
        for facts in (alliance(5, 2), alliance(5, 2))
    ]
    assert made[0] == made[1]


def test_headings_stay_in_sight_where_only_the_first_table_is_long() -> None:
    def sheet(*rows: int) -> Sheet:
        column = (Column("a"),)
        tables = (Table(column, (("x",),) * n, "下" if at else "") for at, n in enumerate(rows))
        return Sheet("表", tuple(tables))

    for rows, frozen in (((40, 5), "B5"), ((40, 40), "B3"), ((5, 5), "B3"), ((40,), "B5")):
        assert opened(written(sheet(*rows), masthead=BAND))["表"].freeze_panes == frozen


def test_the_writers_own_words_are_in_the_reports_language() -> None:
    for language, footer in (("zh", "第 &P 頁，共 &N 頁"), ("en", "Page &P of &N")):
        data = written(one(("a", 1)), language=language)
        assert opened(data)["表"].oddFooter.center.text.endswith(footer)


def test_what_the_meeting_may_change_looks_like_it() -> None:
    cells = opened(written(one(("a", As(40, "input")), ("b", 1))))["表"]
    assert cells["B2"].fill.fgColor.rgb == "FFFFF6D6"
    assert not cells["B2"].protection.locked
    assert cells["B3"].protection.locked
    assert cells["B2"].value == 40


def test_a_scale_runs_from_white_to_a_blue_that_black_is_read_on() -> None:
    columns = (Column("a"), Column("b", "count", heat=True))
    page = opened(written(Sheet("表", (Table(columns, (("x", 1), ("y", 3))),))))["表"]
    rules = {str(k.sqref): k.rules[0] for k in page.conditional_formatting}
    scale = rules["B2:B3"].colorScale
    assert scale.cfvo[0].val == 0
    light = [
        (n / 12.92 if n <= 0.04 else ((n + 0.055) / 1.055) ** 2.4)
        for n in (int(scale.color[1].rgb[at : at + 2], 16) / 255 for at in (2, 4, 6))
    ]
    contrast = (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05) / 0.05
    assert contrast > 7


def _pixels(page: Any) -> list[int]:
    """The pixels of each column; openpyxl keeps columns of the same width as one."""
    wide = {}
    for one_width in page.column_dimensions.values():
        for n in range(one_width.min, one_width.max + 1):
            wide[n] = int(one_width.width * 7)
    return [wide[n] for n in sorted(wide)]


@pytest.mark.parametrize(("libraries", "months"), [(40, 2), (6, 24)])
def test_nothing_is_printed_too_small_and_no_page_cuts_a_column(
    libraries: int, months: int
) -> None:
    facts = alliance(libraries, months, volume=1)
    cut = 0
    for page in opened(written(*(m(facts) for m in SHEETS), masthead=BAND)).worksheets:
        widths = _pixels(page)
        if page.sheet_properties.pageSetUpPr and page.sheet_properties.pageSetUpPr.fitToPage:
            scale = PAGE[0] / sum(widths)
        else:
            scale = page.page_setup.scale / 100
            breaks = page.col_breaks.brk
            cut += bool(breaks)
            kept = column_index_from_string(page.print_title_cols.split("$")[-1]) if breaks else 0
            starts = [0, *(brk.id for brk in breaks), len(widths)]
            for at, end in pairwise(starts):
                across = sum(widths[at:end]) + (sum(widths[:kept]) if at else 0)
                assert across * scale <= PAGE[0]
        assert scale >= SMALLEST * 0.95, page.title
    assert cut


def test_wide_tables_are_cut_evenly_and_their_first_columns_repeated() -> None:
    paper = paper_for(Extent([60, 140, *([55] * 41)], 0, [900], 2000, 2, one_page=False))
    pages = [
        paper.breaks[0],
        *(b - a for a, b in pairwise(paper.breaks)),
    ]
    assert paper.kept == 2
    assert max(pages) - min(pages) <= 4
    assert paper.scale >= 100 * SMALLEST
    assert (200 + 55 * max(pages)) * FONTS[1] * paper.scale / 100 <= PAGE[0] + 55


@pytest.mark.parametrize(
    ("across", "parts", "whole", "one_page", "paper"),
    [
        (700, [500], 600, False, Paper(single=True)),
        (700, [500], 1050, True, Paper(single=True)),
        (700, [600], 1300, False, Paper(100)),
        (700, [900], 1800, True, Paper(72)),
        (700, [3000], 3000, False, Paper(100)),
        (1300, [3000], 3000, False, Paper(63)),
        (1500, [900], 1800, False, Paper()),
    ],
)
def test_a_sheet_is_as_large_as_its_tables_allow(
    across: int, parts: list[int], whole: int, one_page: bool, paper: Paper
) -> None:
    assert paper_for(Extent([across // 10] * 10, 0, parts, whole, 1, one_page)) == paper


def test_a_table_that_fits_on_a_page_is_not_cut() -> None:
    def breaks(
        *blocks: tuple[int, int], again: int = 0, pages: tuple[int, ...] = (600,)
    ) -> list[int]:
        return row_breaks(blocks, lambda row: 20, again, pages)

    assert breaks((0, 9), (11, 19)) == []
    assert breaks((0, 19), (21, 39)) == [21]
    assert breaks((0, 19), (21, 99)) == []  # longer than a page: it begins where it is
    assert breaks((0, 26), (28, 99)) == [28]  # but not at the very foot
    assert breaks((0, 19), (21, 39), (41, 49)) == [21]
    assert breaks((0, 33), (35, 39), pages=(600, 720)) == [35]  # it fits on the low pages only
    assert breaks((0, 99), (101, 102)) == [101]  # nobody knows how far down the page it would be
    assert row_breaks([(0, 9), (11, 19)], lambda row: 20, 0, (600,), begun={11}) == [11]


def test_only_what_goes_on_to_the_right_is_printed_there() -> None:
    blocks = [(0, 9), (11, 19), (21, 29), (31, 32)]
    assert areas_of(blocks, [5, 12, 5], 8, 12) == [(0, 9, 7), (11, 19, 11), (21, 32, 7)]
    assert areas_of(blocks, [5, 5, 5], 5, 5) == [(0, 32, 4)]


def test_a_wide_sheet_has_a_print_area_for_its_narrow_tables() -> None:
    wide = tuple(Column(f"欄位名稱{n}", "count") for n in range(40))
    tables = (
        Table((Column("a"), *wide), (("x", *range(40)),)),
        Table((Column("b"),), (("y",),), "二"),
    )
    page = opened(written(Sheet("表", tables)))["表"]
    first, second = page.print_area.split(",")
    assert first.endswith("$A$1:$AO$2")
    assert re.search(r"\$A\$4:\$[A-Z]\$\d+$", second)
    assert page.print_title_cols == "$A:$A"
    assert page.page_setup.scale >= 60


def test_a_long_sheet_is_cut_at_the_scale_that_needs_the_fewest_pages() -> None:
    def scale(count: int, high: int) -> tuple[int, int]:
        paper = paper_for(Extent([60, 140, *([55] * count)], 0, [high], 2600, 2, one_page=False))
        return paper.scale, len(paper.breaks) + 1

    assert scale(34, 900) == (71, 2)  # as few pages as at a smaller scale
    assert scale(40, 900) == (62, 2)  # three would be needed at 71 %
    assert scale(40, 1700) == (62, 2)


def test_a_long_list_is_written_smaller_closer_and_its_texts_wrap() -> None:
    columns = (Column("a"), Column("b"), Column("c", "long"))
    rows = (("x", "短", "文" * 40), *((("x", "短" * 20, "文"),) * 500))
    page = opened(written(Sheet("表", (Table(columns, rows),))))["表"]
    usual = opened(written(one(("a", 1))))["表"]
    assert page["A2"].font.sz < usual["A2"].font.sz
    assert page["C2"].alignment.wrap_text
    assert page.row_dimensions[2].height > page.row_dimensions[3].height  # the one that is longer
    assert page.row_dimensions[3].height < usual.row_dimensions[2].height
