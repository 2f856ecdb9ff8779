"""The few words that the writer of reports itself says, in the language of the report."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Language = Literal["zh", "en"]


class Words(NamedTuple):
    """What the writer itself says, how it writes a ``day``, and what stands ``between`` two parts
    of a line.
    """  # noqa: D205

    footer: str
    back: str
    traced: str
    logo: str
    day: str
    between: str


WORDS: Final[dict[Language, Words]] = {
    "zh": Words(
        "第 &P 頁，共 &N 頁",
        "目錄",
        "看這個數字的出處：哪些報表的哪些列",
        "{}標誌",
        "yyyy/mm/dd",
        "　·　",
    ),
    "en": Words(
        "Page &P of &N",
        "Contents",
        "See the sheets and rows behind this figure",
        "Logo of {}",
        "yyyy-mm-dd",
        "  ·  ",
    ),
}
