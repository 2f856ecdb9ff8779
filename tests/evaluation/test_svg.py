"""Charts for paper: what is missing is a gap, what is said can be read aloud and in grey."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill_workflows.evaluation.meeting import svg

WORDS = svg.Words("chart", "各月件數", "折線圖：各月件數。", "件")
MONTHS = [("8", "114年"), ("9", ""), ("10", ""), ("11", ""), ("12", "")]
SIZE = (672, 200)
NS = "{http://www.w3.org/2000/svg}"


def drawn(*series: tuple[str, tuple[svg.Value, ...]]) -> ET.Element:
    return ET.fromstring(svg.lines(WORDS, MONTHS, [svg.Line(*one) for one in series], SIZE))


def points(chart: ET.Element) -> list[list[tuple[float, float]]]:
    found = [line.attrib["points"].split() for line in chart.iter(f"{NS}polyline")]
    return [[(float(x), float(y)) for x, y in (p.split(",") for p in line)] for line in found]


def said(chart: ET.Element) -> list[str]:
    return [text.text or "" for text in chart.iter(f"{NS}text")]


def test_a_missing_month_breaks_the_line_and_is_never_zero() -> None:
    chart = drawn(("貸出", (10, 20, None, 30, 40)))
    lines = points(chart)
    assert [len(line) for line in lines] == [2, 2]
    zero = max(float(line.attrib["y1"]) for line in chart.iter(f"{NS}line"))
    assert all(y < zero for line in lines for _, y in line)
    marks = [c for c in chart.iter(f"{NS}circle") if float(c.attrib["cy"]) > 20]
    assert len(marks) == 4


def test_a_single_month_between_gaps_is_a_mark_without_a_line() -> None:
    chart = drawn(("貸出", (None, 20, None, None, None)))
    assert points(chart) == []
    assert len([c for c in chart.iter(f"{NS}circle") if float(c.attrib["cy"]) > 20]) == 1


def test_a_chart_of_which_nothing_is_known_says_so() -> None:
    assert "—" in said(drawn(("貸出", (None,) * 5)))


def test_lines_are_told_apart_without_colour() -> None:
    chart = drawn(*((name, (1, 2, 3, 4, 5)) for name in ("貸出", "複印", "拒絕")))
    dashes = [line.get("stroke-dasharray", "") for line in chart.iter(f"{NS}polyline")]
    assert len(set(dashes)) == 3
    assert chart.find(f"{NS}polygon") is not None
    assert all(name in said(chart) for name in ("貸出", "複印", "拒絕"))


def test_a_fourth_line_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        drawn(*((str(n), (1, 2, 3, 4, 5)) for n in range(4)))


def test_a_chart_is_told_to_those_who_cannot_see_it_and_fetches_nothing() -> None:
    chart = drawn(("貸出", (1, 2, 3, 4, 5)))
    assert chart.attrib["role"] == "img"
    ids = {one.attrib["id"]: one.text for one in chart if "id" in one.attrib}
    assert [ids[name] for name in chart.attrib["aria-labelledby"].split()] == [
        WORDS.title, WORDS.desc,
    ]  # fmt: skip
    source = ET.tostring(chart, encoding="unicode")
    assert not re.search(r"href|url\(|<script|<style|<image|on\w+=", source)


def test_a_name_never_becomes_markup() -> None:
    chart = ET.fromstring(svg.bars(WORDS, [("</text><script>x</script>&", 3)], (400, 200)))
    assert chart.find(f".//{NS}script") is None
    assert any("<script>" in text for text in said(chart))


def test_bars_are_as_long_as_their_numbers() -> None:
    chart = ET.fromstring(svg.bars(WORDS, [("甲", 100), ("乙", 50), ("丙", 0)], (400, 200)))
    wide = [float(bar.attrib["width"]) for bar in chart.iter(f"{NS}rect")]
    assert wide[1] == pytest.approx(wide[0] / 2, abs=0.1)
    assert wide[2] == 0


@given(st.lists(st.none() | st.integers(0, 10**7), min_size=1, max_size=30))
def test_everything_stays_within_the_picture_and_the_axis_holds_it(
    values: list[int | None],
) -> None:
    months = [(str(n % 12 + 1), "") for n in range(len(values))]
    chart = ET.fromstring(svg.lines(WORDS, months, [svg.Line("貸出", tuple(values))], SIZE))
    for line in points(chart):
        assert all(0 <= x <= SIZE[0] and 30 <= y <= SIZE[1] for x, y in line)
    left = [t for t in chart.iter(f"{NS}text") if t.attrib["text-anchor"] == "end"]
    ticks = [int((t.text or "").replace(",", "")) for t in left]
    assert ticks == sorted(set(ticks)), "round numbers, each once"
    assert ticks[-1] >= max((v for v in values if v is not None), default=0)


def test_months_that_would_touch_are_thinned_out() -> None:
    months = [(str(n % 12 + 1), "") for n in range(24)]
    series = [svg.Line("滿足率", tuple(range(24)))]
    names = said(ET.fromstring(svg.lines(WORDS, months, series, (324, 200), top=100.0)))
    shown = [text for text in names if text in {m for m, _ in months}]
    assert 8 <= len(shown) < 24


@pytest.mark.parametrize(
    ("value", "words"),
    [(12345, "12,345"), (81.25, "81.2"), (0, "0")],
)
def test_numbers_are_written_as_people_read_them(value: float, words: str) -> None:
    assert svg.written(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12, "+12"),
        (-1.5, f"{svg.MINUS}1.5"),
        (0, "±0"),
        (0.04, "±0.0"),
        (-1200, f"{svg.MINUS}1,200"),
    ],
)
def test_a_change_has_its_sign(value: float, words: str) -> None:
    assert svg.signed(value) == words


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    assert svg.shortened("南星示範科技大學", 20) == "南星示範科技大學"
    assert svg.shortened("南星示範科技大學", 5) == "南星示範…"
