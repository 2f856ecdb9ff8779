"""The invented alliance of the world: its config.toml and what each library is like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

MONTHS: Final = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
TODAY: Final = date(2026, 3, 20)
SEED: Final = 7


@dataclass(frozen=True)
class Library:
    """``way`` is how it types days, ``late`` how many days after the fifth it sends its sheets;
    ``writes_due`` is how many of its loans, in hundred, have their 應還日 written."""

    code: str
    name: str
    way: str
    late: int
    writes_due: int
    days: int = 14
    more: str = ""
    joined: date = date(2025, 8, 1)


LIBRARIES: Final = (
    Library("NSUT", "南星示範科技大學", "dotted", 0, 80, more='city = "高雄市"\n'),
    Library("HDU", "虹島示範大學", "slashed", 4, 0, 21, "[libraries.rules]\ndays = 21\n"),
    Library(
        "TJU", "臺江示範大學", "digits", 0, 0, 7,
        '[libraries.rules]\ndays = 7\nopen_weekdays = "mon-sat"\n',
    ),
    Library("GVU", "谷岸示範大學", "spoken", 4, 100, more='city = "高雄市"\n'),
    Library("MLU", "梅嶺示範大學", "date", 0, 50),
    Library("KSU", "崁頂示範大學", "western", 4, 70),
    Library("PHU", "埔湖示範大學", "dotted", 0, 100),
    Library("YTU", "雲汀示範大學", "date", 0, 20, joined=date(2025, 11, 3)),
)  # fmt: skip
LATE_MEMBER: Final = "YTU"
CARDS: Final = 20
CONFIG: Final = """
[alliance]
name = "示範館際合作聯盟"
host = "NSUT"
term = {{ from = 2025-08-01, to = 2027-07-31 }}

[rules]
cards_per_library = {cards}
items = 5
days = 14
sheet_due_day = 5
open_weekdays = "mon-fri"

{libraries}
[[closed]]
from = 2025-10-21
to = 2025-10-22
city = "高雄市"
reason = "颱風停班停課"

[[closed]]
from = 2025-11-05
to = 2025-11-05
reason = "聯盟停班"

[[closed]]
from = 2025-12-08
to = 2025-12-19
libraries = ["HDU"]
reason = "遷館"

[mail]
transport = "folder"
sender = "館際合作 <ill-nsut@ill.test>"

[mail.guard]
at_least = 100000

"""
WRITING: Final = {
    date(2025, 10, 13): (("remind",), ("deliver",)),
    date(2025, 10, 20): (("remind",), ("deliver",)),
    date(2025, 11, 13): (("remind",), ("deliver",)),
    date(2025, 12, 15): (("remind",), ("deliver",)),
    date(2026, 1, 14): (("remind",), ("deliver",)),
    date(2026, 2, 11): (("remind",), ("deliver",)),
    date(2026, 3, 12): (("remind",), ("deliver",)),
}
"""The days on which letters are written: the newest sheets are fresh then."""
RESTING: Final = (
    "due_soon", "overdue_lender", "still_out", "discrepancy", "recall", "recall_lender",
    "suspension", "card_void", "claim", "sheet",
)  # fmt: skip
"""Letters that no figure counts."""


def config() -> str:
    """The text of config.toml; closures move due dates and the day on which sheets are due."""
    tables = [
        f'[[libraries]]\ncode = "{one.code}"\nname = "{one.name}"\n'
        f'email = "ill-{one.code.lower()}@ill.test"\njoined = {one.joined}\n{one.more}'
        for one in LIBRARIES
    ]
    resting = [f"[notices.{name}]\nenabled = false\n" for name in RESTING]
    return CONFIG.format(cards=CARDS, libraries="\n".join(tables)) + "\n".join(resting)
