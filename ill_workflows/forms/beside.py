"""What stands around a form's rows and is none of them: titles, sums, notes, stamps.

What is passed over is told.  A row is passed over only where it cannot be a record: once it
holds a readable key, or more than a note would, it is a record with things missing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

from ill_workflows.forms.book import CellError, NoValue, address
from ill_workflows.forms.compiled import ERROR_WORDS, Tell
from ill_workflows.forms.fields import Card, Text, Trouble
from ill_workflows.forms.findings import Finding
from ill_workflows.forms.form import Column, is_running_number
from ill_workflows.forms.recognise import Found, heading
from ill_workflows.forms.text import is_blank, key, plain, shown, trimmed

_FIRST: Final = itemgetter(0)
FEW: Final = 4
"""Cells of the form's own columns beyond which a row is a record, whatever they say."""
_COUNTED: Final = r"(?:冊|件|筆|張|本|人|人次|次|元|頁|種|份|列)?"
_SUM: Final = re.compile(
    r"(?:本[月頁表館]|全[月部館]|以上|各館|當月)?"
    rf"(?:(?:小計|合計|總計|累計|總和|共計|總數|加總|計)(?:nt\$|共)?[\d,.]*{_COUNTED}"
    rf"|共[\d,.]+{_COUNTED}|(?:sub|grand)?total[\d,.]*)",
    re.ASCII,
)
_SUM_BEGINS: Final = frozenset("本全以各當小合總累共加計sSgGtT")
_MARK: Final = re.compile(r"[※＊*◎●■□▲△▼★☆◆◇→#]")
_STAMP: Final = re.compile(
    r"(?:備註|附註|附記|說明|註)\s*\d*\s*(?:[:.、)]|$)"
    r"|-*\s*(?:以下空白|以下無資料|以下餘白|以上空白|無資料|查無資料|本月無|本月份無|以上[資共為由]|本表[由為共係資])"
    r"|(?:承辦|填表|製表|列印|經辦|覆核|審核|核章|填報|製作|下載|匯出|統計)"
    r"(?:人|人員|者|單位|館|日期|日|時間|期間|年月|說明)?\s*(?:[:(]|\s|$)"
    r"|(?:單位|部門)?(?:主管|組長|館長|主任)\s*(?:核章|簽章|蓋章)?\s*(?:[:(]|\s|$)"
    r"|第\s*\d+\s*頁|共\s*\d+\s*頁|頁次|頁碼|page\s*\d|(?:日期|時間|資料來源)\s*:|end\b|-{3,}",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"[^\d\s:a-zA-Z-]{2,8}\s*:")
_CODED: Final = re.compile(r".{0,3}[A-Z]{2}[A-Z0-9]*[\s\-_.#]*[0-9O]+.{0,3}", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]")


def data_rows(found: Found, tell: Tell) -> Iterator[tuple[int, list[Any]]]:
    """The rows below the heading that are records; what else stands there is told as passed.

    What stands in other columns is told at their headings, and the number that a template gave
    an empty row ahead is our own.
    """
    cells, start = found.cells, found.heading_row
    columns = sorted(found.columns)
    for n, row in enumerate(cells.rows[: start - 1], start=1):
        _pass(tell, cells.title, n, row, range(len(row)))
    width = len(cells.rows[0]) if cells.rows else 0
    spare = width - len(columns) + FEW
    lead, again = columns[0], cells.rows[start - 1][columns[0]]
    numbered = next((at for at in columns if found.columns[at].prefilled), None)
    below = cells.rows[start:]
    sure = _cards_in_front(found, below, tell)
    for n, row in enumerate(below, start=start + 1):
        if row[0] in sure:
            yield n, row
            continue
        filled = width - row.count("")
        if not filled:
            continue
        if filled == 1 and numbered is not None and is_running_number(row[numbered]):
            continue
        if filled <= spare or row[lead] == again or _begins_like_a_sum(row):
            inside = [at for at in columns if not _empty(row[at])]
            if len(inside) == 1 and inside[0] == numbered and is_running_number(row[numbered]):
                continue
            if _beside(found, row, inside, tell):
                _pass(tell, cells.title, n, row, columns)
                continue
        yield n, row


def _pass(tell: Tell, title: str, n: int, row: list[Any], places: Iterable[int]) -> None:
    visible = [c for c in places if trimmed(str(row[c]))]
    if visible:
        text = "　".join(str(row[c]) for c in visible)
        at = address(n, visible[0])
        tell.findings.append(Finding(title, at, "row_passed", "passed", "", {"read": shown(text)}))


def _cards_in_front(found: Found, below: list[list[Any]], tell: Tell) -> Collection[Any]:
    """Cards' numbers in a sheet's first column: a row that begins with one is a record."""
    column = found.columns.get(0)
    if column is None or not isinstance(column.field, Card):
        return ()
    tell.cards_in_front = column.field.at_once(set(map(_FIRST, below)), tell.ctx)
    return tell.cards_in_front.keys()


def _begins_like_a_sum(row: list[Any]) -> bool:
    first = row[0] or next((value for value in row if value != ""), "")
    return isinstance(first, str) and first.lstrip()[:1] in _SUM_BEGINS and _is_sum(first)


def _is_sum(value: Any) -> bool:
    return isinstance(value, str) and _SUM.fullmatch(heading(value)) is not None


def _beside(found: Found, row: list[Any], inside: list[int], tell: Tell) -> bool:
    """Whether a row is no record; ``inside`` are its filled cells in the form's own columns."""
    if not inside:
        return True
    if any(_broken(row[at]) for at in inside):
        return False
    first = next(at for at, value in enumerate(row) if not _empty(value))
    if _is_sum(row[first]) and (first in found.columns or not _has_key(found, row, inside, tell)):
        return True
    return _heading_again(found, row, inside) or _is_remark(found, row, inside, tell)


def _is_remark(found: Found, row: list[Any], inside: list[int], tell: Tell) -> bool:
    column, value, alone = found.columns[inside[0]], row[inside[0]], len(inside) == 1
    if alone and column.key == "note":
        return True
    if len(inside) > FEW or not isinstance(value, str) or _is_key(column, value, tell):
        return False
    typed, words = plain(value), _words(column)
    if _MARK.match(typed) and (alone or not (words or _has_key(found, row, inside, tell))):
        return True
    if (alone or not words) and _STAMP.match(typed):
        return True
    return not words and bool(_LABEL.match(typed) or (alone and _SENTENCE.search(typed)))


def _has_key(found: Found, row: list[Any], inside: list[int], tell: Tell) -> bool:
    """Whether a row holds what only a record holds: a readable key, or part of one."""
    strict = (at for at in inside if found.columns[at].strict)
    return any(_is_key(found.columns[at], row[at], tell) for at in strict)


def _empty(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and is_blank(value))


def _broken(value: Any) -> bool:
    return isinstance(value, CellError | NoValue) or str(value).strip() in ERROR_WORDS


def _heading_again(found: Found, row: list[Any], inside: list[int]) -> bool:
    """A heading that was repeated, as a printed page repeats it."""
    above = found.cells.rows[found.heading_row - 1]
    return len(inside) > 1 and all(key(str(row[at])) == key(str(above[at])) for at in inside)


def _words(column: Column) -> bool:
    return isinstance(column.field, Text) and not column.field.identifier


def _is_key(column: Column, value: Any, tell: Tell) -> bool:
    """Whether a cell can be what its column asks for: a card, an accession number, a day."""
    field = column.field
    if isinstance(field, Text):
        typed = plain(str(value))
        return field.identifier and any(c.isdigit() for c in typed) and not _SENTENCE.search(typed)
    reading = field.read(value, tell.ctx)
    if isinstance(field, Card) and isinstance(value, str) and isinstance(reading, Trouble):
        return _CODED.fullmatch(plain(value)) is not None
    return not isinstance(reading, Trouble)
