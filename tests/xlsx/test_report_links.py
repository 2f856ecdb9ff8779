"""Links of a report: to sheets, to rows, from a figure to what stands behind it; table names."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ill_workflows.evaluation import SHEETS
from ill_workflows.evaluation.model import (
    MISSING,
    As,
    Cell,
    Column,
    Formula,
    Link,
    Masthead,
    Sheet,
    Table,
)
from ill_workflows.xlsx.report import write_workbook
from ill_workflows.xlsx.report_sheet import MOST_LINKS
from tests.conftest import Convert
from tests.evaluation.invented import alliance
from tests.xlsx.test_report import CREATED, opened, part

FIGURES: tuple[Cell, ...] = (
    7, 0, Formula("B{r}+1", 8), As(2.5, "rate"), As(Formula("B{r}", 7), "rate"),
)  # fmt: skip
NO_FIGURES: tuple[Cell, ...] = (None, MISSING, "文字", Link("x", "表"), As(MISSING, "rate"))
BAND = Masthead("示範聯盟", "114學年度")


def traced(*cells: Cell, month: str = "") -> Sheet:
    columns = (
        Column("館代碼"),
        *(Column("件數", "count", trace="loans", month=month) for _ in cells),
    )
    return Sheet("表", (Table(columns, (("AADU", *cells),)),))


def origin(*keys: str) -> Sheet:
    listed = Table((Column("收據"),), (("R-1",), ("R-2",)), key=0)
    places = Table((Column("處"),), tuple(("列",) for _ in keys), "逐項", keys=keys)
    return Sheet("來源", (listed, places), origin=True)


def written(*sheets: Sheet, **more: Any) -> Any:
    return opened(write_workbook(sheets, created=CREATED, title="t", **more))


def leads(cell: Any) -> str | None:
    return cell.hyperlink.location if cell.hyperlink else None


@pytest.mark.parametrize("cell", FIGURES, ids=repr)
def test_a_figure_leads_to_what_stands_behind_it_and_looks_as_before(cell: Cell) -> None:
    page = written(traced(cell), origin("loans/AADU"))["表"]
    plain = written(traced(cell))["表"]
    assert leads(page["B2"]) == "'來源'!A7"
    assert page["B2"].data_type in {"n", "f"}
    for about in ("value", "number_format", "font", "fill", "border", "alignment"):
        assert repr(getattr(page["B2"], about)) == repr(getattr(plain["B2"], about))
    assert page["B2"].hyperlink.tooltip.startswith("看這個數字的出處")


@pytest.mark.parametrize("cell", NO_FIGURES, ids=repr)
def test_what_is_no_figure_is_not_traced(cell: Cell) -> None:
    page = written(traced(cell), origin("loans/AADU"))["表"]
    assert leads(page["B2"]) in {None, "'表'!A1"}


def test_a_month_has_a_place_of_its_own() -> None:
    keys = ("loans/AADU", "loans/AADU/2025-08")
    assert leads(written(traced(1, month="2025-08"), origin(*keys))["表"]["B2"]) == "'來源'!A8"
    assert leads(written(traced(1, month="2025-09"), origin(*keys))["表"]["B2"]) is None


def test_without_a_place_or_an_origin_there_is_no_link() -> None:
    assert leads(written(traced(1), origin("loans/ABDU"))["表"]["B2"]) is None
    assert leads(written(traced(1))["表"]["B2"]) is None


def test_every_table_may_be_led_to_and_the_first_row_with_a_key_wins() -> None:
    first = Table((Column("鍵"),), (("a",), ("b",)), key=0)
    second = Table((Column("鍵"),), (("b",), (Link("c", "那"),), ("c",)), "二", key=0)
    here = Sheet("表", (Table((Column("到"),), tuple((Link(k, "那", k),) for k in "abc")),))
    page = written(here, Sheet("那", (first, second)))["表"]
    assert [leads(page.cell(n, 1)) for n in (2, 3, 4)] == ["'那'!A2", "'那'!A3", "'那'!A8"]


def test_links_find_their_rows_below_the_band() -> None:
    page = written(traced(1), origin("loans/AADU"), masthead=BAND)["表"]
    assert leads(page["B5"]) == "'來源'!A10"


def test_as_many_keys_as_rows_are_wanted() -> None:
    table = Table((Column("處"),), (("列",),), keys=("a", "b"))
    with pytest.raises(ValueError, match="2 keys for 1 rows"):
        written(Sheet("表", (table,)))


def test_no_sheet_gets_more_links_than_excel_opens() -> None:
    count = MOST_LINKS + 3
    table = Table((Column("到"),), ((Link("x", "表"),),) * count)
    data = write_workbook([Sheet("表", (table,))], created=CREATED, title="t")
    assert part(data, "xl/worksheets/sheet1.xml").count("<hyperlink ") == MOST_LINKS
    last = opened(data)["表"].cell(count + 1, 1)
    assert (last.value, last.hyperlink, last.font.u) == ("x", None, None)


def test_the_way_back_stands_on_every_sheet_but_the_first() -> None:
    book = written(traced(1), origin(), masthead=BAND)
    assert [leads(c) for c in book["來源"][2] if c.value == "目錄"] == ["'表'!A1"]
    assert "目錄" not in [c.value for c in book["表"][2]]
    english = written(traced(1), origin(), masthead=BAND, language="en")
    assert [leads(c) for c in english["來源"][2] if c.value == "Contents"] == ["'表'!A1"]


def test_every_table_has_a_name_for_its_headings_and_rows() -> None:
    facts = alliance(4, 2)
    sheets = [make(facts) for make in SHEETS]
    book = written(*sheets, masthead=BAND)
    for sheet in sheets:
        for n, table in enumerate(sheet.tables, start=1):
            ((title, place),) = book.defined_names[f"{sheet.title}_{n}"].destinations
            cells = book[title][place.replace("$", "")]
            assert title == sheet.title
            assert [c.value for c in cells[0]] == [c.heading for c in table.columns]
            assert len(cells) == len(table.rows) + 1


def test_names_are_legal_and_none_is_used_twice() -> None:
    tables = (Table((Column("a"),), ((1,),)),)
    titles = ("A 1", "A-1", "2年", "R1C1", "a.1")
    book = written(*(Sheet(title, tables) for title in titles))
    assert list(book.defined_names) == ["_2年_1", "A_1_1", "A_1__1", "a_1___1", "R1C1_1"]


@pytest.mark.tool("soffice")
def test_libreoffice_sees_links_over_numbers_and_the_names(
    tmp_path: Path, soffice_convert: Convert
) -> None:
    path = tmp_path / "links.xlsx"
    sheets = [traced(*FIGURES), origin("loans/AADU")]
    path.write_bytes(write_workbook(sheets, created=CREATED, title="t", masthead=BAND))
    (tmp_path / "out").mkdir()
    data = soffice_convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "out").read_bytes()
    book = load_workbook(io.BytesIO(data))
    page = book["表"]
    for column in range(2, 2 + len(FIGURES)):
        assert "來源" in page.cell(5, column).hyperlink.location
        assert page.cell(5, column).data_type in {"n", "f"}
    assert {"表_1", "來源_1", "來源_2"} <= set(book.defined_names)
