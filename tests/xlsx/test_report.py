from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ill_workflows.evaluation import SHEETS
from ill_workflows.evaluation.model import (
    MISSING,
    Chart,
    Column,
    Formula,
    Link,
    Series,
    Sheet,
    Table,
)
from ill_workflows.xlsx.report import write_workbook
from tests.conftest import Convert
from tests.evaluation.eventful import eventful
from tests.evaluation.invented import alliance

CREATED = datetime(2025, 10, 31, tzinfo=UTC)
HOSTILE = (
    "=1+1", "{=1}", "+1", "-", "-1+2", "@SUM(A1)", "\t=1", "http://x.example", "mailto:a@b.example",
    "external:x.xlsx", "internal:A1", "#REF!", "007", "1e5", "<b>&\"'", "a\x00b", "\ud800",
    "x" * 40_000,
)  # fmt: skip


def one(*rows: tuple[Any, ...], **more: Any) -> Sheet:
    return Sheet("表", (Table((Column("文字"), Column("數字", "count")), rows, **more),))


def opened(data: bytes, *, values: bool = False) -> Any:
    return load_workbook(io.BytesIO(data), data_only=values)


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return parts.read(name).decode("utf-8")


@pytest.fixture(scope="module")
def evaluation() -> bytes:
    figures = eventful()
    return write_workbook([make(figures) for make in SHEETS], created=CREATED, title="示範 & 聯盟")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_a_members_text_never_becomes_a_formula_or_a_link(text: str) -> None:
    data = write_workbook([one((text, 1))], created=CREATED, title="t")
    cell = opened(data)["表"]["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert "<f>" not in part(data, "xl/worksheets/sheet1.xml")
    assert len(cell.value) <= 32_767


def test_a_hostile_text_in_a_heading_a_total_or_a_link_stays_text() -> None:
    table = Table(
        (Column("=1+1"),), ((Link("=2+2", "表"),),), total=("=3+3",), title="", key=0
    )  # fmt: skip
    second = Table((Column("http://x"),), (("=4+4",),), title="=5+5", empty="=6+6")
    sheet = Sheet("表", (table, second), notes=("=7+7",))
    data = write_workbook([sheet], created=CREATED, title="=8+8&\n&P")
    page = opened(data)["表"]
    assert {c.data_type for row in page.iter_rows() for c in row if c.value is not None} == {"s"}
    assert [c.hyperlink.location for row in page.iter_rows() for c in row if c.hyperlink] == [
        "'表'!A1"
    ]


def test_a_link_leads_to_the_row_with_its_key() -> None:
    there = Sheet("來源", (Table((Column("鍵"),), (("a",), ("b",)), key=0),))
    here = one((Link("到", "來源", "b"), 1), (Link("不在", "來源", "c"), 2))
    page = opened(write_workbook([here, there], created=CREATED, title="t"))["表"]
    assert page["A2"].hyperlink.location == "'來源'!A3"
    assert page["A3"].hyperlink is None


def test_a_link_to_no_sheet_is_told_and_not_written() -> None:
    with pytest.raises(ValueError, match="a link to a sheet that is not there"):
        write_workbook([one((Link("x", "無"), 1))], created=CREATED, title="t")


def test_a_value_that_excel_cannot_hold_is_told() -> None:
    with pytest.raises(TypeError):
        write_workbook([one(("x", float("nan")))], created=CREATED, title="t")


def test_missing_is_an_empty_cell_and_zero_is_a_number() -> None:
    page = opened(write_workbook([one(("a", MISSING), ("b", 0))], created=CREATED, title="t"))["表"]
    assert page["B2"].value is None
    assert page["B2"].fill.fgColor.rgb == "FFD9D9D9"
    assert page["B3"].value == 0


def test_a_total_is_a_live_formula_over_the_rows_with_its_value() -> None:
    sheet = one(("a", 2), ("b", 3), total=("合計", Formula("SUM(B{first}:B{last})", 5)))
    data = write_workbook([sheet], created=CREATED, title="t")
    assert opened(data)["表"]["B4"].value == "=SUM(B2:B3)"
    assert opened(data, values=True)["表"]["B4"].value == 5
    assert opened(data)["表"].auto_filter.ref == "A1:B3"


def test_days_are_days() -> None:
    sheet = Sheet("表", (Table((Column("日", "day"),), ((date(2025, 10, 5),),)),))
    cell = opened(write_workbook([sheet], created=CREATED, title="t"))["表"]["A2"]
    assert cell.value == datetime(2025, 10, 5)  # noqa: DTZ001 - a day has no zone
    assert cell.number_format == "yyyy/mm/dd"


def test_the_same_sheets_give_the_same_bytes() -> None:
    made = [
        write_workbook([m(facts) for m in SHEETS], created=CREATED, title="t")
        for facts in (alliance(5, 2), alliance(5, 2))
    ]
    assert made[0] == made[1]


def test_headings_are_repeated_and_stay_only_where_no_other_table_stands_below(
    evaluation,
) -> None:
    alone = {
        sheet.title: len(sheet.tables) == 1 for sheet in (made(alliance(5, 2)) for made in SHEETS)
    }
    assert set(alone.values()) == {True, False}
    for page in opened(evaluation).worksheets:
        assert page.print_title_rows == ("$1:$1" if alone[page.title] else None)
        assert (page.freeze_panes or "A1").endswith("2" if alone[page.title] else "1")


def test_every_sheet_prints_on_a4_landscape(evaluation) -> None:
    for page in opened(evaluation).worksheets:
        assert page.page_setup.paperSize == "9" or page.page_setup.paperSize == 9  # noqa: PLR1714
        assert page.page_setup.orientation == "landscape"
        setup = page.sheet_properties.pageSetUpPr
        fitted = setup is not None and setup.fitToPage and page.page_setup.fitToWidth in {1, None}
        assert fitted or 60 <= (page.page_setup.scale or 100) <= 100
        assert page.auto_filter.ref or page.title == "停權與賠償"  # no rows to choose from
        assert page.oddHeader.left.text.endswith("示範 && 聯盟")
        assert "&P" in page.oddFooter.center.text
        assert all(
            page.cell(1, c).value for c in range(1, page.max_column) if page.cell(2, c).value
        )


def test_no_cell_of_a_table_is_merged(evaluation) -> None:
    for page in opened(evaluation).worksheets:
        notes = {m.min_row for m in page.merged_cells.ranges}
        if not page.auto_filter.ref:
            continue
        filters = page.auto_filter.ref.partition(":")[2]
        assert min(notes, default=10_000) > int(re.sub(r"\D", "", filters))


def test_every_chart_says_what_it_shows_and_none_covers_a_table(evaluation) -> None:
    with zipfile.ZipFile(io.BytesIO(evaluation)) as parts:
        drawings = [n for n in parts.namelist() if n.startswith("xl/drawings/drawing")]
        texts = [parts.read(name).decode("utf-8") for name in drawings]
    assert drawings
    for text in texts:
        assert text.count("descr=") == text.count("<xdr:graphicFrame ")


@pytest.mark.parametrize("libraries", [3, 40])
def test_charts_lie_beside_or_below_what_is_written(libraries: int) -> None:
    facts = alliance(libraries, 12, volume=2)
    data = write_workbook([m(facts) for m in SHEETS], created=CREATED, title="t")
    for page in opened(data).worksheets:
        for chart in page._charts:
            top, left = chart.anchor._from.row, chart.anchor._from.col
            bottom, right = chart.anchor.to.row, chart.anchor.to.col
            under = [
                cell.coordinate
                for row in page.iter_rows(top + 1, bottom + 1, left + 1, right + 1)
                for cell in row
                if cell.value is not None
            ]
            assert under == [], (page.title, chart.anchor)


def test_a_chart_over_no_rows_is_left_out() -> None:
    chart = Chart("columns", "圖", 0, (Series(1),), "沒有")
    sheet = Sheet(
        "表", (Table((Column("a"), Column("b", "count")), (), empty="沒有資料"),), (chart,)
    )
    data = write_workbook([sheet], created=CREATED, title="t")
    said = opened(data)["表"]["A2"]
    assert (said.value, said.alignment.wrap_text) == ("沒有資料", None)  # no narrow column cuts it
    assert not opened(data)["表"]._charts


def _without_values(data: bytes) -> bytes:
    """The workbook with every formula's value taken out: whoever opens it must calculate."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", text)
            new.writestr(name, text)
    return out.getvalue()


@pytest.mark.tool("soffice")
def test_libreoffice_calculates_what_we_wrote(
    evaluation: bytes, tmp_path: Path, soffice_convert: Convert
) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(_without_values(evaluation))
    (tmp_path / "out").mkdir()
    theirs = soffice_convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "out").read_bytes()
    formulas, written = opened(evaluation), opened(evaluation, values=True)
    calculated = opened(theirs, values=True)
    assert calculated.sheetnames == written.sheetnames
    compared = 0
    for page in formulas.worksheets:
        for row in page.iter_rows():
            for cell in row:
                there = calculated[page.title][cell.coordinate]
                assert there.data_type != "e", (page.title, cell.coordinate)
                if cell.data_type == "f":
                    ours = written[page.title][cell.coordinate].value
                    assert there.value == pytest.approx(ours), (page.title, cell.value)
                    compared += 1
    assert compared > 100


@pytest.mark.tool("soffice")
def test_libreoffice_reads_a_hostile_text_as_text(tmp_path: Path, soffice_convert: Convert) -> None:
    texts = [t for t in HOSTILE if t.isprintable() and len(t) < 100]
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(write_workbook([one(*((t, 1) for t in texts))], created=CREATED, title="t"))
    (tmp_path / "out").mkdir()
    data = soffice_convert(path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "out").read_bytes()
    page = opened(data)["表"]
    assert [page.cell(n, 1).value for n in range(2, len(texts) + 2)] == texts
    assert {page.cell(n, 1).data_type for n in range(2, len(texts) + 2)} == {"s"}
