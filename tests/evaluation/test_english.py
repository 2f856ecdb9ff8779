"""The English edition: nothing of ours is left in Chinese, nothing of members' is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

import pytest

from ill_workflows.evaluation import SHEETS, sheets_of, title_of
from ill_workflows.evaluation.english.edition import ENGLISH, TABLES, in_english, said
from ill_workflows.evaluation.english.words import TITLES
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.model import As, Cell, Column, Formula, Link, Sheet, Table
from ill_workflows.evaluation.period import academic_years, span_days, span_name
from ill_workflows.evaluation.said import Both, Ours, Said, listing
from ill_workflows.evaluation.sheets.masthead import masthead
from ill_workflows.forms import FORMS
from ill_workflows.forms.month import months_between, next_month
from tests.evaluation.eventful import HEADING, TYPED, eventful
from tests.evaluation.invented import alliance

Worlds = tuple[Figures, ...]
CHINESE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
CONSTANT = re.compile(r'"[^"]*"')
HOLE = re.compile(r"{[^}]+}")
NAMED = re.compile(r"『(.+?)』")


@pytest.fixture(scope="module")
def figures() -> Figures:
    return eventful()


@pytest.fixture(scope="module")
def worlds(figures: Figures) -> Worlds:
    """Much happens; nothing is known of the span; more libraries than a matrix shows; all sent."""
    everybody = tuple(m for m in figures.members if m.code != figures.codes[3])
    return (
        figures,
        replace(figures, months=("2030-01",), closings=(), restatements=()),
        alliance(61, 1, volume=2),
        replace(figures, members=everybody, _made={}),
    )


def pages(worlds: Worlds) -> Iterator[tuple[Sheet, Sheet]]:
    for world in worlds:
        for sheet in sheets_of(world):
            yield sheet, in_english(sheet)


def inner(cell: Cell) -> object:
    """What a cell shows."""
    if isinstance(cell, As):
        return inner(cell.cell)
    return cell.value if isinstance(cell, Formula | Link) else cell


def cells(sheet: Sheet) -> Iterator[tuple[Table, Column, Cell]]:
    for table in sheet.tables:
        for line in table.lines():
            for column, cell in zip(table.columns, line, strict=True):
                yield table, column, cell


def captions(sheet: Sheet) -> Iterator[str]:
    """Everything that a sheet says beside its cells: all of it is ours."""
    yield from (sheet.title, sheet.about, *sheet.notes)
    for table in sheet.tables:
        yield from (table.title, table.empty, *(text for text, _ in table.colours))
        yield from (column.heading for column in table.columns)
    for chart in sheet.charts:
        yield from (chart.title, chart.alt, chart.unit, *(one.name for one in chart.series))


def test_no_chinese_is_left_but_what_members_typed(worlds: Worlds) -> None:
    names = {member.name for world in worlds for member in world.members}
    in_files = {sheet.title for form in FORMS for sheet in form.sheets}
    typed = {*names, *TYPED, *in_files, worlds[0].alliance, "從前的原因", "互相調度。"}
    for _, sheet in pages(worlds):
        assert not [text for text in captions(sheet) if CHINESE.search(text)]
        for _, column, cell in cells(sheet):
            shown = inner(cell)
            if isinstance(cell, Formula):
                assert not CHINESE.search(cell.text)
            if not isinstance(shown, str) or column.heading == "In Chinese" or shown in typed:
                continue
            left = shown
            if column.heading == "What was found":  # it names columns and choices as in the file
                left = shown.replace(HEADING, "").replace("其他", "")
            for name in names if column.heading == "Content" else ():
                left = left.replace(name, "")
            assert not CHINESE.search(left), (sheet.title, column.heading, shown)


def test_our_words_are_translated_and_members_texts_stay_as_they_are(worlds: Worlds) -> None:
    for chinese, english in pages(worlds):
        for (_, _, old), (_, _, new) in zip(cells(chinese), cells(english), strict=True):
            before, after = inner(old), inner(new)
            assert not isinstance(after, Ours)
            if not isinstance(before, Ours):
                assert before == after


def test_words_that_members_typed_stay_even_where_they_are_ours() -> None:
    same_words = eventful(why="準時", experience="合計", file="摘要")
    first = replace(same_words.members[0], name="來源")
    world = replace(same_words, members=(first, *same_words.members[1:]), alliance="圖書")
    shown = {}
    for sheet in map(in_english, (make(world) for make in SHEETS)):
        texts = [(column.heading, inner(cell)) for _, column, cell in cells(sheet)]
        shown[sheet.title] = {(heading, text) for heading, text in texts if isinstance(text, str)}
    assert ("Experience and suggestions", "合計") in shown["Experience"]
    assert ("Library", "來源") in shown["Experience"]
    assert ("Reason", "準時") in shown["Data quality"]
    assert ("File", "摘要") in shown["Data quality"]
    assert ("File", "摘要") in shown["Sources"]
    assert ("Content", "圖書") in shown["Summary"]


def test_both_editions_have_the_same_numbers_formulas_places_and_charts(worlds: Worlds) -> None:
    for chinese, english in pages(worlds):
        assert (chinese.frozen, chinese.one_page) == (english.frozen, english.one_page)
        assert len(chinese.notes) == len(english.notes)
        for old, new in zip_longest(chinese.tables, english.tables):
            plain = [[replace(c, heading="") for c in table.columns] for table in (old, new)]
            assert plain[0] == plain[1]
            assert (old.key, old.keys, len(old.rows)) == (new.key, new.keys, len(new.rows))
            assert [tone for _, tone in old.colours] == [tone for _, tone in new.colours]
            for before, after in zip_longest(old.lines(), new.lines()):
                for cell, translated in zip_longest(before, after):
                    same(cell, translated)
        for chart, other in zip_longest(chinese.charts, english.charts):
            assert [replace(s, name="") for s in chart.series] == [
                replace(s, name="") for s in other.series
            ]
            assert (chart.kind, chart.categories, chart.table) == (
                other.kind, other.categories, other.table,
            )  # fmt: skip


def same(cell: Cell, translated: Cell) -> None:
    """A cell of both editions is of one kind, and differs in nothing but its text."""
    if isinstance(cell, Ours):
        assert isinstance(translated, str)
        return
    assert type(cell) is type(translated)
    if isinstance(cell, As):
        assert isinstance(translated, As)
        assert cell.kind == translated.kind
        same(cell.cell, translated.cell)
    elif isinstance(cell, Formula):
        assert isinstance(translated, Formula)
        assert CONSTANT.sub("", cell.text) == CONSTANT.sub("", translated.text)
        same(cell.value, translated.value)
    elif isinstance(cell, Link):
        assert isinstance(translated, Link)
        assert cell.key == translated.key
        assert TITLES[cell.sheet] == translated.sheet
    else:
        assert cell == translated


def test_every_word_of_the_catalogue_is_said_somewhere(worlds: Worlds) -> None:
    found: set[str] = set()

    def heard(word: str) -> str:
        found.add(word)
        return word

    for world in worlds:
        top = masthead(world, None)
        for text in (title_of(world), top.period, top.reporting):
            assert isinstance(text, Ours)
            text.english(heard)
        for sheet in sheets_of(world):
            in_english(sheet, heard)
    assert set(ENGLISH) == found


def test_a_word_stands_in_one_table_and_has_an_english_of_its_own() -> None:
    assert sum(map(len, TABLES)) == len(ENGLISH)
    assert not [zh for zh, en in ENGLISH.items() if CHINESE.search(en) or en != en.strip()]
    for zh, en in ENGLISH.items():
        assert sorted(HOLE.findall(zh)) == sorted(HOLE.findall(en))


def test_tabs_can_be_tabs_and_headings_of_a_table_differ(worlds: Worlds) -> None:
    sheets = sheets_of(replace(worlds[0], language="en"))
    titles = [sheet.title for sheet in sheets]
    assert len({name.lower() for name in titles}) == len(titles)
    assert not [name for name in titles if len(name) > 31 or re.search(r"[\[\]:*?/\\]", name)]
    for chinese, english in pages(worlds):
        for tables in zip(chinese.tables, english.tables, strict=True):
            old, new = ({column.heading for column in table.columns} for table in tables)
            assert len(old) == len(new)


def test_sheets_and_tables_that_notes_name_are_called_as_they_are() -> None:
    for zh, en in ENGLISH.items():
        for name in NAMED.findall(zh):
            assert name == "·" or f"“{ENGLISH[name]}”" in en


def test_links_lead_to_the_same_places(figures: Figures) -> None:
    sheets = {sheet.title: sheet for sheet in sheets_of(replace(figures, language="en"))}
    keys = {row[0] for row in sheets["Sources"].tables[0].rows}
    links = [cell for sheet in sheets.values() for _, _, cell in cells(sheet)]
    for link in (cell for cell in links if isinstance(cell, Link)):
        assert link.sheet in sheets
    states = [cell for _, _, cell in cells(sheets["Sheets received"]) if isinstance(cell, Link)]
    assert states
    assert {link.key for link in states} <= keys


def test_formulas_count_the_words_that_the_cells_show(figures: Figures) -> None:
    table = in_english(next(m for m in SHEETS if m.__name__ == "arrivals")(figures)).tables[0]
    assert [column.heading for column in table.columns[-3:]] == ["On time", "Late", "Missing"]
    for row in table.rows:
        shown = [inner(cell) for cell in row[3:-3]]
        for cell, column in zip(row[-3:], table.columns[-3:], strict=True):
            assert isinstance(cell, Formula)
            assert cell.text == f'COUNTIF(D{{r}}:F{{r}},"{column.heading}")'
            assert cell.value == shown.count(column.heading)
    assert ("On time", "good") in table.colours


def test_a_word_without_english_is_an_error() -> None:
    table = Table((Column("館名"),), ((Said("沒有這個詞"),),))
    with pytest.raises(LookupError, match="沒有這個詞"):
        in_english(Sheet("摘要", (table,)))
    assert in_english(Sheet("摘要", (replace(table, rows=(("沒有這個詞",),)),))).tables[0].rows == (
        ("沒有這個詞",),
    )


@pytest.mark.parametrize(
    ("places", "english"),
    [("5–9、12", "5–9, 12"), ("G5–24、30；H7 等", "G5–24, 30; H7 …"), ("C4", "C4"), ("", "")],
)
def test_rows_and_cells_are_listed_with_commas(places: str, english: str) -> None:
    assert (listing(places), said(listing(places), "en")) == (places, english)


def test_a_quotation_mark_in_a_word_of_a_formula_is_doubled() -> None:
    formula = Formula(
        'IF(A{r}="合計","合計","")', Both("合計", 'a "sum"'), (Both("合計", 'a "sum"'),)
    )
    (row,) = in_english(Sheet("摘要", (Table((Column("館名"),), ((formula,),)),))).tables[0].rows
    assert row == (Formula('IF(A{r}="a ""sum""","a ""sum""","")', 'a "sum"'),)


def test_the_workbook_is_called_in_its_language(figures: Figures) -> None:
    assert said(title_of(figures), "zh-TW") == "示範館際合作聯盟　114年08–10月評估資料"
    assert said(title_of(figures), "en") == "示範館際合作聯盟 – Evaluation, 2025-08 to 2025-10"
    assert [sheet.title for sheet in sheets_of(figures)][:2] == ["摘要", "繳交情形"]
    top = masthead(replace(figures, language="en"), None)
    assert top.alliance == "示範館際合作聯盟"
    assert top.period == "2025-08 to 2025-10 (2025-08-01 – 2025-10-31)"
    assert top.reporting == "22 of 34 sheets received, return rate 64.7%"


def test_libraries_bear_their_english_names(figures: Figures) -> None:
    first = replace(figures.members[0], name_en="Demonstration University")
    world = replace(figures, members=(first, *figures.members[1:]), language="en", _made={})
    sheet = next(sheet for sheet in sheets_of(world) if sheet.title == "Net lending ratio")
    assert sheet.tables[0].rows[0][1] == "Demonstration University"
    assert sheet.tables[0].rows[1][1] == figures.members[1].name


@pytest.mark.parametrize(
    ("first", "count", "name", "years"),
    [
        ("2025-10", 1, "2025-10", "AY 2025/26, 1st semester"),
        ("2025-09", 2, "2025-09 to 2025-10", "AY 2025/26, 1st semester"),
        ("2025-12", 3, "2025-12 to 2026-02", "AY 2025/26"),
        ("2026-07", 2, "2026-07 to 2026-08", "AY 2025/26, 2nd semester; AY 2026/27, 1st semester"),
        ("2025-08", 6, "AY 2025/26, 1st semester", "AY 2025/26, 1st semester"),
        ("2026-02", 6, "AY 2025/26, 2nd semester", "AY 2025/26, 2nd semester"),
        ("2025-08", 12, "AY 2025/26", "AY 2025/26"),
        ("2098-08", 24, "AY 2098/99 to 2099/00", "AY 2098/99; AY 2099/00"),
    ],
)
def test_spans_are_called_by_iso_months_and_academic_years(
    first: str, count: int, name: str, years: str
) -> None:
    span = months_between(first, next_month(first, count - 1))
    assert said(span_name(span), "en") == name
    assert said(academic_years(span), "en") == years


def test_the_days_of_a_span_are_iso_dates() -> None:
    assert said(span_days(("2025-08", "2025-09")), "en") == "2025-08-01 – 2025-09-30"
