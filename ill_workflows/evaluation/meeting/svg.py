"""Charts as SVG for a page that is printed: lines by month, and bars; no script, no font of ours.

They stay readable in grey: each line has its own dash and its own mark.  A month that nobody
reported is a gap, never zero.  Sizes are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10
from typing import Final
from unicodedata import east_asian_width

Value = int | float | None

INK: Final = "#1f2933"
QUIET: Final = "#52606d"
GRID: Final = "#d5dde2"
MINUS: Final = "\N{MINUS SIGN}"
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 42.0, 34.0, 34.0
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_NEAR: Final = 12.0
"""How close two numbers beside the lines may stand."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and a value a month; None where nobody reported."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart says of itself: ``key`` is its own on the page, ``desc`` for those who cannot
    see it.
    """  # noqa: D205

    key: str
    title: str
    desc: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Style:
    colour: str
    dash: str
    mark: str


_STYLES: Final = (
    _Style("#0b5a6f", "", "circle"),
    _Style("#b45309", "6 3", "square"),
    _Style("#6b7280", "1.5 3", "triangle"),
)


def lines(
    words: Words,
    months: Sequence[tuple[str, str]],
    series: Sequence[Line],
    size: tuple[int, int],
    top: float | None = None,
) -> str:
    """Lines over months.

    ``months`` are the words below the axis: the month, and the year where one begins.  ``top`` is
    the end of the axis, else a round number above the greatest value.

    Raises:
        ValueError: there are more lines than can be told apart.
    """
    width, height = size
    known = [v for line in series for v in line.values if v is not None]
    end, step = _axis(max(known, default=0)) if top is None else (top, top / 4)
    across = width - _LEFT - _RIGHT
    down = height - _TOP - _BOTTOM
    xs = [_LEFT + across * (n + 0.5) / max(len(months), 1) for n in range(len(months))]

    def place(value: Value) -> float:
        return _TOP + down * (1 - (value or 0) / end)

    parts = [*_grid(width, end, step, place), *_months(months, xs, height)]
    ends: list[tuple[float, str, str]] = []
    for style, line in zip(_STYLES[: len(series)], series, strict=True):
        points = [
            (x, place(value)) if value is not None else None
            for x, value in zip(xs, line.values, strict=True)
        ]
        parts += _run(points, style)
        last = next((v for v in reversed(line.values) if v is not None), None)
        if last is not None:
            ends.append((place(last), written(last), style.colour))
    parts += _numbers(ends, width - _RIGHT + 4)
    if not known:
        parts.append(_text(width / 2, _TOP + down / 2, "—", QUIET, "middle"))
    parts += _legend(series, words.unit)
    return _svg(words, size, parts)


def bars(words: Words, rows: Sequence[tuple[str, Value]], size: tuple[int, int]) -> str:
    """Bars from the top down, each with its name before it and its number behind it."""
    width, height = size
    names, room = width * 0.46, 44.0
    end = max((value or 0 for _, value in rows), default=0) or 1
    pitch = min((height - 8) / max(len(rows), 1), 24.0)
    parts = []
    for n, (name, value) in enumerate(rows):
        middle = 4 + pitch * (n + 0.5)
        long = (width - names - room) * (value or 0) / end
        shown = written(value) if value is not None else "—"
        parts.append(_text(names - 6, middle + 4, shortened(name, (names - 8) / 11), INK, "end"))
        parts.append(
            f'<rect x="{names:.1f}" y="{middle - pitch * 0.32:.1f}" width="{long:.1f}" '
            f'height="{pitch * 0.64:.1f}" fill="{_STYLES[0].colour}"/>'
        )
        parts.append(_text(names + long + 5, middle + 4, shown, INK, "start"))
    if not rows:
        parts.append(_text(width / 2, height / 2, "—", QUIET, "middle"))
    return _svg(words, size, parts)


def written(value: float) -> str:
    """A number as people read it: thousands apart, a rate with its decimal."""
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def signed(value: float) -> str:
    """A change with its sign."""
    shown = written(abs(value))
    if float(shown.replace(",", "")) == 0:
        return f"±{shown}"
    return f"{'+' if value > 0 else MINUS}{shown}"


def shortened(text: str, ems: float) -> str:
    """A text cut to a width in ems, with an ellipsis where something is left out."""
    if _ems(text) <= ems:
        return text
    kept = text
    while kept and _ems(kept) > ems - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _ems(text: str) -> float:
    return sum(1.0 if east_asian_width(char) in "WF" else 0.58 for char in text)


def _axis(greatest: float) -> tuple[float, float]:
    """A round end above the greatest value, and the step of about four lines below it."""
    if greatest <= 4:
        return 4.0, 1.0
    rough = greatest / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * one for one in _STEPS if power * one >= rough)
    step = max(step, 1.0) if step != 2.5 else 5.0
    lines_needed = -(-greatest // step)
    return step * lines_needed, step


def _grid(width: int, end: float, step: float, place: object) -> Iterator[str]:
    value = 0.0
    while value <= end + step / 100:
        y = place(value)  # type: ignore[operator]
        colour = QUIET if value == 0 else GRID
        yield (
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{width - _RIGHT}" y2="{y:.1f}" '
            f'stroke="{colour}" stroke-width="{1 if value == 0 else 0.7}"/>'
        )
        yield _text(_LEFT - 6, y + 4, f"{value:,.0f}", QUIET, "end")
        value += step


def _months(months: Sequence[tuple[str, str]], xs: Sequence[float], height: int) -> Iterator[str]:
    """The words below the axis; where they would touch, only every second or third."""
    apart = xs[1] - xs[0] if len(xs) > 1 else 99.0
    every = max(1, round(17 / apart + 0.49))
    for n, ((month, year), x) in enumerate(zip(months, xs, strict=True)):
        if n % every == 0:
            yield _text(x, height - 19, month, QUIET, "middle")
        if year:
            yield _text(x, height - 5, year, QUIET, "middle")


def _run(points: Sequence[tuple[float, float] | None], style: _Style) -> Iterator[str]:
    """One line: broken where a month is missing, with a mark at each month that is known."""
    dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
    piece: list[str] = []
    for point in (*points, None):
        if point is not None:
            piece.append(f"{point[0]:.1f},{point[1]:.1f}")
            continue
        if len(piece) > 1:
            yield (
                f'<polyline points="{" ".join(piece)}" fill="none" stroke="{style.colour}" '
                f'stroke-width="1.8" stroke-linejoin="round"{dash}/>'
            )
        piece = []
    yield from (_mark(x, y, style) for x, y in filter(None, points))


def _mark(x: float, y: float, style: _Style) -> str:
    paint = f'fill="#ffffff" stroke="{style.colour}" stroke-width="1.6"'
    if style.mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" {paint}/>'
    if style.mark == "square":
        return f'<rect x="{x - 2.4:.1f}" y="{y - 2.4:.1f}" width="4.8" height="4.8" {paint}/>'
    corners = f"{x:.1f},{y - 3.2:.1f} {x + 3:.1f},{y + 2.4:.1f} {x - 3:.1f},{y + 2.4:.1f}"
    return f'<polygon points="{corners}" {paint}/>'


def _numbers(ends: Sequence[tuple[float, str, str]], x: float) -> Iterator[str]:
    """The newest number of each line beside it, pushed apart where they would touch."""
    taken = -_NEAR
    for y, said, colour in sorted(ends):
        taken = max(y, taken + _NEAR)
        yield _text(x, taken + 4, said, colour, "start", bold=True)


def _legend(series: Sequence[Line], unit: str) -> Iterator[str]:
    x = _LEFT
    for style, line in zip(_STYLES[: len(series)], series, strict=True):
        dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
        yield (
            f'<line x1="{x:.1f}" y1="11" x2="{x + 22:.1f}" y2="11" stroke="{style.colour}" '
            f'stroke-width="1.8"{dash}/>'
        )
        yield _mark(x + 11, 11, style)
        yield _text(x + 27, 15, line.name, INK, "start")
        x += 27 + _ems(line.name) * 11 + 16
    if unit:
        yield _text(x, 15, unit, QUIET, "start")


def _text(  # noqa: PLR0913 - where, what, and how it looks
    x: float, y: float, said: str, colour: str, anchor: str, *, bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(said)}</text>"
    )


def _svg(words: Words, size: tuple[int, int], parts: Sequence[str]) -> str:
    width, height = size
    key = escape(words.key)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" font-size="11">'
        f'<title id="{key}-title">{escape(words.title)}</title>'
        f'<desc id="{key}-desc">{escape(words.desc)}</desc>{"".join(parts)}</svg>'
    )
