"""Books and articles that nobody has written: titles from lists of words, each with a number."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from ill_workflows.demo.chance import pick

_TOPICS: Final = (
    ("水產養殖", "437"), ("食品化學", "463"), ("熱帶果樹", "435"), ("輪機工程", "444"),
    ("護理倫理", "419"), ("幼兒教保", "523"), ("觀光英語", "805"), ("電路分析", "448"),
    ("機構設計", "446"), ("職業安全衛生", "412"), ("程式設計", "312"), ("統計學", "510"),
    ("色彩計畫", "963"), ("臺灣漁村", "733"), ("南部聚落", "733"), ("餐飲管理", "483"),
    ("海洋生態", "366"), ("鹽田史話", "463"), ("糖業鐵道", "557"), ("廟宇彩繪", "944"),
    ("長期照顧", "419"), ("社區營造", "545"), ("微積分", "314"), ("有機化學", "346"),
    ("植物病理", "433"), ("民法概要", "584"), ("行銷企劃", "496"), ("日語會話", "803"),
    ("木工技法", "474"), ("綠建築", "441"), ("水資源", "443"), ("氣象觀測", "328"),
    ("資料探勘", "312"), ("影像處理", "312"), ("運動傷害", "416"),
)  # fmt: skip
_FORMS: Final = (
    "導論",
    "概要",
    "實務",
    "圖說",
    "手冊",
    "研究",
    "入門",
    "精要",
    "讀本",
    "案例選",
    "講義",
    "田野筆記",
)
_SERIALS: Final = ("學報", "季刊", "論叢", "通訊", "年刊")
_KINDS: Final = (
    ("圖書", 820), ("視聽資料", 55), ("學位論文", 45), ("隨書附件", 25), ("樂譜", 12), ("地圖", 10),
    ("期刊合訂本", 12), ("參考書", 8), ("其他", 13),
)  # fmt: skip
COPIED: Final = (("期刊文章", 78), ("專書章節", 12), ("會議論文", 10))
"""What is copied, and how often."""
_AGES: Final[tuple[tuple[tuple[int, int] | None, int], ...]] = (
    ((0, 1), 8),
    ((2, 5), 24),
    ((6, 10), 27),
    ((11, 35), 36),
    (None, 5),
)


@dataclass(frozen=True, slots=True)
class Book:
    """An invented thing to lend or copy; ``published`` is None where nobody knows."""

    item: str
    title: str
    call_number: str
    material: str
    published: int | None


def published(rng: Random, year: int) -> int | None:
    """A year of publication, as old as what is lent between libraries tends to be."""
    span = pick(rng, _AGES)
    return None if span is None else year - rng.randint(*span)


def book(rng: Random, number: int, pattern: str, year: int, barred: tuple[str, ...]) -> Book:
    """A library's book; ``pattern`` writes its accession number, ``barred`` kinds are not lent."""
    topic, subject = rng.choice(_TOPICS)
    kind = pick(rng, _KINDS)
    return Book(
        item=pattern % (310_000 + number),
        title=f"{topic}{rng.choice(_FORMS)}（第{rng.randrange(2, 400)}號）",
        call_number=f"{subject}.{rng.randrange(10, 99)} {rng.randrange(1000, 9999)}",
        material="圖書" if kind in barred else kind,
        published=published(rng, year),
    )


def article(rng: Random) -> str:
    """The title of an article."""
    topic, _ = rng.choice(_TOPICS)
    return f"{topic}之{rng.choice(_FORMS)}（虛構{rng.choice(_SERIALS)} {rng.randrange(1, 60)}）"
