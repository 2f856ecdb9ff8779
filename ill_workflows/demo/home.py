"""The demonstration's config.toml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from ill_workflows.demo.libraries import Invented

MARK: Final = "示範資料，純屬虛構"
"""What every sheet of the demonstration says."""
ALLIANCE: Final = f"示範館際合作聯盟（{MARK}）"
_HEAD: Final = """\
# {mark}。圖書館、讀者、書與信箱都是程式產生的，信只寫進 outbox/ 資料夾，不會寄出。
# Everything here is invented: libraries, readers, books, addresses.  Letters are files in outbox/.
#
# 要建立真正的聯盟，請用 `ill-workflows init`；那裡的 config.toml 逐項說明每個設定。
# For a real alliance use `ill-workflows init`; its config.toml explains every setting.

[alliance]
name = "{alliance}"
host = "{host}"                 # 承辦圖書館 / the host library
committee = ["committee@alliance.example"]
timezone = "Asia/Taipei"
language = "zh-TW"
term = {{ from = {first}, to = {last} }}   # 第九條：合作期限兩年 / Article 9: two years

[rules]                       # 第七條：未另定的圖書館適用 / Article 7: the defaults
cards_per_library = 50
items = 5
days = 14
stale_after_days = 10         # 資料超過十天就先問貸方館 / older facts: the lender is asked
sheet_due_day = 5             # 次月五日前送達，遇休館順延 / due on the fifth, or the next open day
open_weekdays = "mon-fri"
"""
_TAIL: Final = """\

# 颱風停班停課（虛構的一天）/ a typhoon day, invented
[[closed]]
from = {typhoon}
to = {typhoon}
city = "高雄市"
reason = "颱風停班停課（示範）"

[mail]
transport = "folder"          # 信寫成 outbox/ 裡的檔案，誰也收不到 / letters are files
sender = "館際合作 <{email}>"
enabled_for = ""              # 沒有任何主機可以由這個資料夾寄信 / no host may send from this folder

[notices.overdue]             # 催還的步驟，可自行增減 / the steps of reminders: change them and try
steps = [
  {{ name = "first", after = 1 }},
  {{ name = "second", after = 7 }},
  {{ name = "final", after = 14 }},
]

[notices.sheet]               # 每月寄預填表單並催繳；示範時關閉 / off here, to be quick
enabled = false
"""


def config_text(places: Sequence[Invented], first: date) -> str:
    """The configuration of the invented alliance, whose term begins on ``first``."""
    host = places[0]
    last = first.replace(year=first.year + 2) - timedelta(days=1)
    typhoon = date(first.year + (first.month > 8), 8, 12)
    parts = [
        _HEAD.format(mark=MARK, alliance=ALLIANCE, host=host.code, first=first, last=last),
        *("\n".join(_library(place, first)) for place in places),
        _TAIL.format(typhoon=typhoon, email=host.email),
    ]
    return "\n".join(parts)


def _library(place: Invented, joined: date) -> Iterator[str]:
    yield "[[libraries]]"
    yield f"code = {_written(place.code)}"
    yield f"name = {_written(place.name)}"
    yield f"name_en = {_written(place.name_en)}"
    yield f"email = {_written(place.email)}"
    yield f"aliases = {_written(list(place.aliases))}"
    yield f"city = {_written(place.city)}"
    yield f"joined = {joined}"
    if place.language != "zh-TW":
        yield f"language = {_written(place.language)}"
    if place.cards != 50:
        yield f"cards = {place.cards}"
    if place.rules:
        yield "[libraries.rules]"
    for name, value in place.rules.items():
        yield f"{name} = {_written(value)}"
    yield ""


def _written(value: Any) -> str:
    """A text, number, truth or list as TOML; the texts are our own and need no escapes."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
