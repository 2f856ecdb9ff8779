"""Good workbooks, each broken in one or a few places by a seeded hand."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random

from tests.hostile.good import CARDS, USAGE, Named, plain, standard
from tests.xlsx.handmade import zipped
from tests.xlsx.sound import parts

SAMPLES = Path(__file__).parents[1] / "samples" / "waves" / "2025-10-02"
_TAG = re.compile(rb"<[^<>]+>")
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_JUNK = (
    b"\0", b"\xff", b"<", b">", b"&", b'"', b"<!--", b"]]>", b"&#0;", b"&#xD800;", b"_x0000_",
    b"XFD1048576", b"A0", b"<v/>", b"<f/>", b't="e"', b't="s"', b"-1", b"\xed\xa0\x80",
    b" " * 9_000,
)  # fmt: skip
EXTREMES = (
    b"NaN", b"INF", b"-INF", b"1e999", b"-1e999", b"1e308", b"-1e308", b"1e-320", b"-0", b"0",
    b"-1", b"0.5", b"60", b"61", b"2958465", b"2958466", b"45945.999999999", b"1e15", b"1e16",
    b"9007199254740993", b"9223372036854775808", b"-9223372036854775809", b"1e20", b"4294967296",
    b"99999999999999999999999999", b"9" * 5_000, b"0x10", b"1_000", b"\xd9\xa3", b" 7 ", b"",
)  # fmt: skip
Hand = Callable[[Random, bytes], bytes]


@cache
def seeds() -> tuple[bytes, ...]:
    """The good workbooks: our standard ones, plain ones, a few of the samples."""
    samples = ("usage-HDU-2025-09.xlsx", "cards-NSUT-2025-09.xlsx")
    return (
        standard(USAGE), standard(CARDS), plain(USAGE), plain(CARDS),
        *((SAMPLES / name).read_bytes() for name in samples),
    )  # fmt: skip


def mutants(seed: int, count: int) -> Iterator[Named]:
    """So many mutants: name, bytes.  The same seed gives the same."""
    draw, sources = Random(seed), seeds()
    for n in range(count):
        which, hand = draw.randrange(len(sources)), draw.choice(HANDS)
        data = hand(draw, sources[which])
        yield f"m{n:05d}-{which}-{hand.__name__.strip('_')}.xlsx", data


def _flipped(draw: Random, data: bytes) -> bytes:
    flipped = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 8, 64))):
        flipped[draw.randrange(len(flipped))] ^= 1 << draw.randrange(8)
    return bytes(flipped)


def _directory(draw: Random, data: bytes) -> bytes:
    """Bytes of the zip's own records: its central directory and its end."""
    flipped = bytearray(data)
    start = data.index(b"PK\1\2")
    for _ in range(draw.randrange(1, 4)):
        flipped[draw.randrange(start, len(flipped))] = draw.randrange(256)
    return bytes(flipped)


def _declared(draw: Random, data: bytes) -> bytes:
    """A size that a part declares."""
    at = [found.start() for found in re.finditer(b"PK\1\2", data)]
    where, field = draw.choice(at), draw.choice((16, 20, 24, 42))
    number = draw.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, draw.randrange(1 << 20)))
    return data[: where + field] + struct.pack("<L", number) + data[where + field + 4 :]


def _cut(draw: Random, data: bytes) -> bytes:
    return data[: draw.randrange(len(data))]


def _holed(draw: Random, data: bytes) -> bytes:
    """A block of zeros, or a block gone, as a bad disk or a bad line leaves it."""
    at, length = draw.randrange(len(data)), draw.choice((1, 16, 512, 4_096))
    filling = bytes(min(length, len(data) - at)) if draw.random() < 0.5 else b""
    return data[:at] + filling + data[at + length :]


def _part(draw: Random, book: dict[str, bytes]) -> str:
    """A part, the sheets and the workbook more often than the others."""
    telling = [name for name in book if "sheet" in name.lower() or "workbook" in name]
    return draw.choice(telling if draw.random() < 0.7 else sorted(book))


def _inside(change: Callable[[Random, bytes], bytes]) -> Hand:
    """A hand that changes one part and zips the workbook again."""

    def hand(draw: Random, data: bytes) -> bytes:
        book = parts(data)
        name = _part(draw, book)
        return zipped({**book, name: change(draw, book[name])})

    hand.__name__ = change.__name__
    return hand


def _junk(draw: Random, body: bytes) -> bytes:
    at = draw.randrange(len(body) + 1)
    return body[:at] + draw.choice(_JUNK) + body[at + draw.choice((0, 0, 1, 5)) :]


def _repeated(draw: Random, body: bytes) -> bytes:
    at = draw.randrange(len(body))
    to = at + draw.choice((1, 20, 400, 5_000))
    return body[:to] + body[at:to] + body[to:]


def _stopped(draw: Random, body: bytes) -> bytes:
    return body[: draw.randrange(len(body))]


def _tags(draw: Random, body: bytes) -> bytes:
    """Tags taken away, doubled or in each other's place."""
    for _ in range(draw.choice((1, 1, 2, 5))):
        found = list(_TAG.finditer(body))
        if not found:
            return body
        one, other = draw.choice(found), draw.choice(found)
        new = draw.choice((b"", one[0] * 2, other[0]))
        body = body[: one.start()] + new + body[one.end() :]
    return body


def _elements(draw: Random, body: bytes) -> bytes:
    """A cell, row, string, style, sheet or name taken away or doubled: still XML."""
    kind = draw.choice(
        (b"c", b"row", b"si", b"xf", b"sheet", b"definedName", b"Relationship", b"v")
    )
    found = list(re.finditer(rb"<%b(?: [^<>]*)?(?:/>|>.*?</%b>)" % (kind, kind), body, re.DOTALL))
    if not found:
        return _tags(draw, body)
    one, other = draw.choice(found), draw.choice(found)
    new = draw.choice((b"", one[0] * 2, other[0], other[0] + one[0]))
    return body[: one.start()] + new + body[one.end() :]


def _digits(draw: Random, body: bytes) -> bytes:
    """A number anywhere is another: a place, a style, an index, a count."""
    found = list(re.finditer(rb"\d+", body))
    if not found:
        return body
    one = draw.choice(found)
    new = draw.choice((b"0", b"1", b"2", b"7", b"200001", b"1048576", b"4294967295", b"-1", b""))
    return body[: one.start()] + new + body[one.end() :]


def _extremes(draw: Random, data: bytes) -> bytes:
    """Numbers of cells that are no longer what people count with."""
    book = parts(data)
    sheets = [name for name in book if "/worksheets/sheet" in name]
    name = draw.choice(sheets)
    for _ in range(draw.choice((1, 1, 1, 4))):
        found = list(_VALUE.finditer(book[name]))
        if not found:
            break
        one = draw.choice(found)
        cell = book[name].rfind(b"<c ", 0, one.start())
        head = book[name][cell : one.start()]
        if draw.random() < 0.8:  # a number where a text was
            head = head.replace(b' t="s"', b"")
        value = b"<v>%b</v>" % draw.choice(EXTREMES)
        book[name] = book[name][:cell] + head + value + book[name][one.end() :]
    return zipped(book)


def _swapped(draw: Random, data: bytes) -> bytes:
    book = parts(data)
    one, other = _part(draw, book), _part(draw, book)
    return zipped({**book, one: book[other], other: book[one]})


def _removed(draw: Random, data: bytes) -> bytes:
    book = parts(data)
    del book[_part(draw, book)]
    return zipped(book)


def _foreign(draw: Random, data: bytes) -> bytes:
    """A part of another workbook under the same name."""
    book, other = parts(data), parts(draw.choice(seeds()))
    name = draw.choice(sorted(book.keys() & other.keys()))
    return zipped({**book, name: other[name]})


def _doubled(draw: Random, data: bytes) -> bytes:
    """A part twice, under its name, in other capitals, or under a name of its own."""
    book = parts(data)
    name = _part(draw, book)
    again = draw.choice((name, name.upper(), name.replace(".xml", "9.xml"), f"../{name}"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, body in (*book.items(), (again, book[name])):
            archive.NameToInfo.pop(part, None)  # it would warn of the second
            archive.writestr(_info(part), body)
    return out.getvalue()


def _info(part: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(part, (2025, 10, 2, 9, 30, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


HANDS: tuple[Hand, ...] = (
    _flipped, _directory, _declared, _cut, _holed, _inside(_flipped), _inside(_junk),
    _inside(_repeated), _inside(_stopped), _inside(_tags), _inside(_elements), _inside(_elements),
    _inside(_digits), _inside(_digits), _extremes, _extremes, _extremes, _swapped, _removed,
    _foreign, _doubled,
)  # fmt: skip
