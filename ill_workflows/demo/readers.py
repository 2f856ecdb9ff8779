"""Readers who cannot be anybody: their family name is 示範 or 虛構."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from ill_workflows.demo.chance import pick

FAMILY: Final = ("示範", "虛構")
"""What every invented person is called."""
_FIRST: Final = "春秋晨暮山海雲雨風月星雪竹松梅蘭荷楓溪川"
_SECOND: Final = "明清遠靜和平安寧光影聲色香韻舟橋帆燈書墨"
_STATUSES: Final = (("學生", 80), ("教師", 13), ("職員", 7))
_LETTERS: Final = {"學生": "S", "教師": "T", "職員": "E"}
_DEPARTMENTS: Final = (
    "資訊管理系", "機械工程系", "護理系", "食品科學系", "水產養殖系", "應用外語系", "幼兒保育系",
    "電機工程系", "觀光休閒系", "餐旅管理系", "土木工程系", "企業管理系", "視覺設計系",
    "社會工作系",
)  # fmt: skip
_OFFICES: Final = ("教務處", "總務處", "學務處", "研發處")


@dataclass(frozen=True, slots=True)
class Reader:
    """An invented reader of one library; ``email`` is empty where the register has none."""

    home: str
    number: str
    name: str
    email: str
    status: str
    department: str


def invented_name(rng: Random) -> str:
    """示範春明, 虛構海舟 …"""
    return rng.choice(FAMILY) + rng.choice(_FIRST) + rng.choice(_SECOND)


@dataclass
class Roster:
    """The readers of one library who have had a card, in the order in which they came."""

    home: str
    rng: Random
    known: list[Reader] = field(default_factory=list)
    _last: int = 11_000_000

    def next(self) -> Reader:
        """Somebody at the desk: a new reader, or one of the known ones again."""
        if not self.known or self.rng.random() > 0.35:
            self.known.append(self.somebody_new(email=self.rng.random() > 0.02))
            return self.known[-1]
        return self.rng.choice(self.known)

    def somebody_new(self, *, email: bool) -> Reader:
        """A reader who was never here; ``email`` says whether the register has an address."""
        status = pick(self.rng, _STATUSES)
        self._last += 1 + self.rng.randrange(200)
        number = f"{_LETTERS[status]}{self._last}"
        address = f"{number.lower()}@mail.{self.home.lower()}.example"
        offices = _OFFICES if status == "職員" else _DEPARTMENTS
        name, office = invented_name(self.rng), self.rng.choice(offices)
        return Reader(self.home, number, name, address if email else "", status, office)
