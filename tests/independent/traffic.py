"""What really happened in the world: issues of cards, loans on them, requests; seeded.

A matter is a dict of a form's columns, key → value, and ``id``, ``begun`` and ``ended``.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from tests.independent.alliance import CARDS, LIBRARIES, MONTHS

Matter = dict[str, Any]
FIRST: Final = date(2025, 9, 1)
LAST: Final = date(2026, 2, 28)
KINDS: Final = ("圖書", "圖書", "圖書", "視聽資料", "學位論文", "期刊合訂本")
COPIED: Final = ("期刊文章", "期刊文章", "專書章節", "會議論文", "圖書")
REASONS: Final = (
    "外借中", "外借中", "外借中", "不外借(限館內閱覽)", "無館藏", "無館藏", "不在架上", "書況不佳",
    "費用超過上限", "書目資料不符", "無法於期限內提供",
)  # fmt: skip
LOST: Final = {
    "HDU-05": ("遺失", date(2025, 12, 10)),
    "MLU-03": ("註銷", date(2025, 11, 20)),
    "PHU-20": ("註銷", None),
}
"""Cards out of service and since when; HDU's is with a reader that day."""
UNFINED: Final = ("GVU", "YTU", "TJU", "PHU")
"""Lenders whose usage sheets name no fines: among them those of which a month's sheet is missing,
for what only a later sheet tells of a closed month is told too late."""
NEVER_HELD: Final = (18, 19)
"""Numbers of cards that nobody is given by chance: what is lent on the last nobody held."""


def card(home: str, number: int) -> str:
    return f"{home}-{number:02d}"


def others(home: str, day: date) -> list[str]:
    return [one.code for one in LIBRARIES if one.code != home and one.joined <= day]


def _published(rng: Random, day: date) -> Any:
    """A year as people write it; none now and then."""
    year = day.year - rng.choice((0, 1, 1, 2, 3, 5, 6, 8, 10, 11, 15, 27))
    return rng.choice((year, year, f"民國{year - 1911}", year - 1911, None))


class Traffic:
    """Everything that happened from September to February."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.issues: dict[str, list[Matter]] = {one.code: [] for one in LIBRARIES}
        self.loans: dict[str, list[Matter]] = {one.code: [] for one in LIBRARIES}
        self.requests: dict[str, list[Matter]] = {one.code: [] for one in LIBRARIES}
        self._items = 0
        for one in LIBRARIES:
            self._register(one.code, max(FIRST, one.joined))
        for one in LIBRARIES:
            self._unheld(one.code)
            self._asked(one.code)
        self._renewal()
        self._lost_late()

    def _register(self, home: str, start: date) -> None:
        free = {n: start for n in range(1, CARDS + 1) if n not in NEVER_HELD}
        for name in LOST:
            if name.startswith(home):
                free.pop(int(name[-2:]))
        if home == "HDU":
            self._issue(home, 5, date(2025, 12, 1), None)
        day = start
        while day <= LAST:
            for _ in range(self.rng.choice((0, 0, 1, 1))):
                ready = [n for n, since in free.items() if since <= day]
                if not ready:
                    continue
                number = self.rng.choice(ready)
                kept = self.rng.choice((0, 1, 3, 7, 9, 14, 14, 20, 28, 45, None))
                if kept is None and self.rng.random() < 0.7:
                    kept = 12
                back = None if kept is None else day + timedelta(days=kept)
                free[number] = back or date.max
                self._issue(home, number, day, back)
            day += timedelta(days=1)

    def _issue(self, home: str, number: int, day: date, back: date | None) -> None:
        rng, lenders = self.rng, others(home, day)
        to = rng.choice([*lenders, "未定"])
        serial = len(self.issues[home]) + 1
        self.issues[home].append({
            "id": (card(home, number), day), "begun": day, "ended": back,
            "card": card(home, number), "patron": f"{home}{serial:05d}", "name": "示範讀者",
            "status": rng.choice(("學生", "教師", "職員")), "issued_on": day,
            "email": f"{home}{serial:05d}@reader.test" if serial % 6 else None,
            "destination": rng.choice((to, to, to, to, None)), "returned_on": back,
            "checked_by": "電話" if back else None, "checked_on": back,
        })  # fmt: skip
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            lender = to if to != "未定" and rng.random() < 0.8 else rng.choice(lenders)
            most = min(4, ((back or LAST) - day).days)
            self.lend(lender, card(home, number), day + timedelta(days=rng.randint(0, most)))

    def lend(self, lender: str, number: str, day: date, kept: int | None = -1) -> None:
        """A loan; how long it is out is left to chance unless it is said."""
        if day > LAST:
            return
        rng = self.rng
        if kept == -1:
            kept = rng.choice((0, 2, 6, 7, 8, 13, 14, 15, 16, 20, 22, 25, 33, 50, None))
        back = None if kept is None else day + timedelta(days=kept)
        lost = day + timedelta(days=30) if back is None and rng.random() < 0.3 else None
        self._items += 1
        one = next(lib for lib in LIBRARIES if lib.code == lender)
        due = day + timedelta(days=one.days + rng.choice((0, 0, 1, 3)))
        self.loans[lender].append({
            "id": (number, f"{self._items:07d}", day), "begun": day, "ended": back or lost,
            "card": number, "item": f"{self._items:07d}", "title": f"示範書（第{self._items}號）",
            "material": rng.choice(KINDS), "published": _published(rng, day), "lent_on": day,
            "due_on": due if rng.randrange(100) < one.writes_due else None,
            "returned_on": back, "lost_on": lost, **self._fined(lender, back, due),
        })  # fmt: skip

    def _fined(self, lender: str, back: date | None, due: date) -> Matter:
        """A fine, of some late books of some lenders: unpaid, paid in part, or paid."""
        if back is None or back <= due or lender in UNFINED or self._items % 2:
            return {}
        fine = 5 * (back - due).days
        return {"fine": fine, "fine_paid": (None, fine // 2, fine)[self._items % 3]}

    def _unheld(self, lender: str) -> None:
        for month in MONTHS:
            day = date.fromisoformat(f"{month}-{self.rng.randint(3, 28):02d}")
            homes = others(lender, day)
            joined = next(one.joined for one in LIBRARIES if one.code == lender)
            if joined <= day:
                self.lend(lender, card(self.rng.choice(homes), 19), day)

    def _asked(self, lender: str) -> None:
        rng = self.rng
        day = next(max(FIRST, one.joined) for one in LIBRARIES if one.code == lender)
        while day <= LAST:
            for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
                self._ask(lender, day)
            day += timedelta(days=1)

    def _ask(self, lender: str, day: date) -> None:
        rng = self.rng
        copied = rng.random() < 0.6
        chances = ("提供", "提供", "提供", "拒絕", "取消", "重複") if copied else (
            "拒絕", "拒絕", "拒絕", "提供", "取消", "重複"
        )  # fmt: skip
        outcome = rng.choice(chances)
        delay = rng.choice((0, 0, 1, 1, 2, 3, 3, 4, 5, 7, 10, 20, 45, None))
        number = f"{day.year - 1911}{day:%m}-{len(self.requests[lender]) + 1:03d}"
        given = copied and outcome == "提供"
        self.requests[lender].append({
            "id": (number,), "begun": day,
            "ended": None if delay is None else day + timedelta(days=delay),
            "request_no": number, "requested_on": day,
            "borrower": rng.choice(others(lender, day)),
            "service": "複印" if copied else "借閱", "title": f"示範篇名（{number}）",
            "material": rng.choice(COPIED if copied else KINDS), "published": _published(rng, day),
            "outcome": outcome, "reason": rng.choice(REASONS) if outcome == "拒絕" else None,
            "answered_on": None if delay is None else day + timedelta(days=delay),
            "supplied_as": rng.choice(("紙本影印", "掃描電子檔", "其他")) if given else None,
            "pages": rng.randint(1, 40) if given else None,
            "fee": rng.choice((None, 0, 36, 90)) if given else None,
        })  # fmt: skip

    def _renewal(self) -> None:
        """The same book on the same card again, before it is back: two loans."""
        first = next(one for one in self.loans["GVU"] if one["returned_on"])
        day = first["lent_on"] + timedelta(days=1)
        again = {**first, "id": (*first["id"][:2], day), "begun": day, "lent_on": day}
        self.loans["GVU"].append({
            **again, "due_on": None, "returned_on": day + timedelta(days=18),
            "ended": day + timedelta(days=18), "lost_on": None,
        })  # fmt: skip

    def _lost_late(self) -> None:
        """A reader keeps a card; the loss of the book on it is told two months after the loan."""
        day, number = date(2025, 12, 20), card("NSUT", 18)
        issue = {**self.issues["NSUT"][0], "begun": day, "issued_on": day, "card": number}
        issue |= dict.fromkeys(("ended", "returned_on", "checked_by", "checked_on"))
        self.issues["NSUT"].append({**issue, "id": (number, day), "patron": "NSUT90001"})
        lost = date(2026, 2, 20)
        loan = {**self.loans["GVU"][0], "begun": day, "lent_on": day, "card": number}
        loan |= {"item": "L000001", "due_on": None, "returned_on": None}
        self.loans["GVU"].append(
            {**loan, "id": (number, "L000001", day), "ended": lost, "lost_on": lost}
        )
