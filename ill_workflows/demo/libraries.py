"""The libraries of the demonstration: plants, birds and tiles of the south, none of them real."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Final

_Called = tuple[str, str, str, tuple[str, ...]]
"""Code, name, English name, aliases."""
_FIRST: Final[tuple[_Called, ...]] = (
    ("NSUT", "南星示範科技大學", "Nansing Demonstration University of Science and Technology",
     ("南星科大", "南星示範科大")),
    ("HDU", "虹島示範大學", "Rainbow Isle Demonstration University", ("虹島大學", "虹島示大")),
    ("TMUT", "台墨示範科技大學", "Taimo Demonstration University of Technology",
     ("臺墨科大", "台墨示範科大")),
    ("NSU", "臺嶼虛構大學", "Taiyu Imaginary University", ("臺嶼大學", "臺嶼虛大")),
)  # fmt: skip
"""The host and its neighbours.  ``NSU`` is a prefix of ``NSUT`` and 台 stands for 臺 on purpose."""
_STEMS: Final = (
    ("木棉", "Kapok", "MUM"), ("藍鵲", "Blue Magpie", "LAQ"), ("黑琵", "Spoonbill", "HEP"),
    ("刺桐", "Coral Tree", "CTG"), ("欖仁", "Sea Almond", "LRN"), ("苦楝", "Chinaberry", "KLN"),
    ("月桃", "Shell Ginger", "YTO"), ("海檬", "Sea Mango", "HMG"), ("茄苳", "Bishopwood", "JDG"),
    ("黃槿", "Sea Hibiscus", "HJN"), ("白榕", "White Banyan", "BRG"),
    ("夜鷺", "Night Heron", "YLU"), ("彩鷸", "Painted Snipe", "CYU"),
    ("招潮", "Fiddler Crab", "ZCO"), ("飛魚", "Flying Fish", "FYU"), ("虱目", "Milkfish", "SMU"),
    ("烏魚", "Mullet", "WYU"), ("珊瑚", "Coral", "SHU"), ("鹽花", "Salt Flower", "YHA"),
    ("青瓦", "Green Tile", "QWA"), ("紅磚", "Red Brick", "HZN"), ("銀合", "Lead Tree", "YHE"),
    ("相思", "Acacia", "XSI"), ("鳳梨", "Pineapple", "FLI"), ("蓮霧", "Wax Apple", "LWU"),
    ("芒果", "Mango", "MGO"), ("芭樂", "Guava", "BLE"), ("甘蔗", "Sugar Cane", "GZE"),
    ("稻浪", "Rice Wave", "DLG"), ("蓮田", "Lotus Field", "LTN"), ("菱角", "Water Caltrop", "LJO"),
    ("洋蔥", "Onion", "YCG"), ("紅豆", "Red Bean", "HDO"), ("可可", "Cocoa", "KKO"),
    ("檸檬", "Lemon", "NMG"), ("木瓜", "Papaya", "MGA"), ("火龍", "Dragon Fruit", "HLG"),
    ("波羅", "Jackfruit", "BLO"), ("椰影", "Palm Shade", "YYG"), ("沙洲", "Sandbar", "SZH"),
    ("潟湖", "Lagoon", "XHU"), ("燈塔", "Lighthouse", "DTA"), ("風箏", "Kite", "FZG"),
    ("海芋", "Calla Lily", "HYU"), ("螢火", "Firefly", "YNH"), ("蜻蜓", "Dragonfly", "QTG"),
    ("瓢蟲", "Ladybird", "PCG"), ("石虎", "Leopard Cat", "SHH"), ("穿山", "Pangolin", "CSH"),
    ("水雉", "Jacana", "SZI"),
)  # fmt: skip
_KINDS: Final = (
    ("示範科技大學", "Demonstration University of Technology", "UT", "示範科大"),
    ("虛構大學", "Imaginary University", "U", "虛大"),
    ("示範大學", "Demonstration University", "DU", "示大"),
    ("虛構科技大學", "Imaginary University of Technology", "IT", "虛構科大"),
    ("示範醫護專科學校", "Demonstration Junior College of Nursing", "NC", "示範護專"),
    ("虛構技術學院", "Imaginary Institute of Technology", "TI", "虛構技院"),
    ("示範餐旅大學", "Demonstration University of Hospitality", "HU", "示範餐旅"),
    ("虛構海事大學", "Imaginary Maritime University", "MU", "虛構海大"),
)
_CITIES: Final = (
    "高雄市",
    "臺南市",
    "屏東縣",
    "嘉義縣",
    "臺南市",
    "高雄市",
    "嘉義市",
    "臺東縣",
    "澎湖縣",
)
_RULES: Final[tuple[dict[str, Any], ...]] = (
    {"fine_per_day": 5, "fine_cap": 300},
    {"days": 21, "fine_per_day": 2, "grace_days": 2, "excluded_kinds": ["參考書", "珍善本"]},
    {"open_weekdays": "mon-sat"},
    {"fine_per_day": 5, "fine_cap": 30, "fine_cap_unit": "days", "fine_counts_closed_days": False},
    {"days": 28, "fine_per_day": 3, "excluded_kinds": ["期刊合訂本"]},
    {"items": 3, "fine_per_day": 5, "grace_days": 3, "grace_mode": "back_charge"},
    {"days": 21, "open_weekdays": "mon-sat", "fine_per_day": 5, "excluded_kinds": ["視聽資料"]},
    {"fine_per_day": 10, "fine_cap": 500, "grace_days": 1},
    {"items": 10, "days": 21, "open_weekdays": "mon-sat"},
    {},
)
"""Believable rules, in the spread that real libraries publish: 14, 21 or 28 days, NT$2–10 a day."""
_MESS: Final = (0, 1, 2, 3, 0, 1, 0, 2, 1, 0)
_DAYS_TYPED: Final = (
    ("date",), ("dotted", "slashed"), ("dotted", "digits", "yearless"),
    ("yearless", "wide", "spoken", "digits", "western"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """How a library's librarian fills in a sheet and when it is sent.

    ``mess`` is 0 (tidy) to 3; ``days_typed`` are the ways of writing a day; ``days_early`` is
    how long before they are due its sheets leave; ``items`` is how its books are numbered.
    """

    mess: int
    days_typed: tuple[str, ...]
    days_early: int
    items: str
    writes_due: bool
    writes_fines: bool


@dataclass(frozen=True, slots=True)
class Invented:
    """An invented library; ``rules`` as ``[libraries.rules]`` of config.toml, ``size`` near 1."""

    code: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    city: str
    language: str
    cards: int
    rules: dict[str, Any]
    size: float
    habits: Habits

    @property
    def email(self) -> str:
        """Its address, in a domain that no one can own."""
        return f"ill@{self.code.lower()}.example"


def libraries(count: int, seed: int) -> tuple[Invented, ...]:
    """So many invented libraries, the host first.  The same seed gives the same libraries."""
    return tuple(_library(n, _called(n), seed) for n in range(count))


def _called(n: int) -> _Called:
    if n < len(_FIRST):
        return _FIRST[n]
    turn, at = divmod(n - len(_FIRST), len(_STEMS))
    stem, english, letters = _STEMS[at]
    kind, kind_en, ending, short = _KINDS[(at + 3 * turn) % len(_KINDS)]
    return letters + ending, stem + kind, f"{english} {kind_en}", (stem + short,)


def _library(n: int, called: _Called, seed: int) -> Invented:
    code, name, english, aliases = called
    rng = Random(f"{seed} library {code}")
    mess = _MESS[n % len(_MESS)]
    habits = Habits(
        mess,
        _DAYS_TYPED[mess],
        days_early=rng.randrange(3),
        items=("0%06d", "C%06d", "%d")[n % 3],
        writes_due=n % 3 == 0,
        writes_fines=n % 2 == 0,
    )
    return Invented(
        code, name, english, aliases, _CITIES[n % len(_CITIES)],
        language="en" if n % 10 == 3 else "zh-TW",
        cards=30 if n % 8 == 7 else 50,
        rules=_RULES[n % len(_RULES)],
        size=1.8 if n == 0 else min(3.0, max(0.25, rng.lognormvariate(-0.2, 0.6))),
        habits=habits,
    )  # fmt: skip
