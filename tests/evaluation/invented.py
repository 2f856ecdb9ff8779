"""An invented alliance of many libraries and months: its facts, and the figures of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from ill_workflows.evaluation.counting.tables import count
from ill_workflows.evaluation.facts import Facts, frame
from ill_workflows.evaluation.figures import Figures
from ill_workflows.evaluation.period import before, year_before
from ill_workflows.forms.choices import LENT_KINDS, REASONS, SUPPLIED_AS
from ill_workflows.forms.month import (
    first_day,
    last_day,
    months_between,
    next_month,
)
from ill_workflows.rules.calendar import Calendar, parse_weekdays
from ill_workflows.rules.policy import Member

WORDS = ("東", "南", "西", "北", "中", "星", "虹", "海", "山", "林")


def alliance(libraries: int = 40, months: int = 12, first: str = "2025-08", **more: Any) -> Figures:
    """The figures of an invented alliance, with those of the span before."""
    found = facts(libraries, months, first=first, **more)
    return figures(found, months_between(first, next_month(first, months - 1)))


def figures(found: Facts, months: Sequence[str], host: str = "") -> Figures:
    """The figures of a span of months, counted from these facts."""
    span = tuple(months)
    wanted = list(dict.fromkeys([*span, *before(span), *year_before(span)]))
    members, code = found.members, host or found.members[0].code
    shared = [{"library": code, "month": span[0], "text": "互相調度。", "receipt": "R-00000"}]
    return Figures(
        "示範館際合作聯盟", code, members, span, count(found, wanted),
        experiences=frame("experiences", shared),
    )  # fmt: skip


def facts(  # noqa: C901 - a world is told in one breath
    libraries: int = 40,
    months: int = 12,
    *,
    first: str = "2025-08",
    seed: int = 1,
    title: str = "示範書名",
    volume: int = 6,
) -> Facts:
    """Facts of two spans: the one asked for, and the one before it."""
    draw = random.Random(seed)
    calendar = Calendar(parse_weekdays("mon-fri"))
    codes = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}DU" for n in range(libraries)]
    members = tuple(
        Member(
            code,
            f"{WORDS[n % 10]}{WORDS[n // 10 % 10]}示範{'科技' if n % 2 else ''}大學",
            calendar,
        )
        for n, code in enumerate(codes)
    )
    asked = months_between(first, next_month(first, months - 1))
    known = months_between(next_month(first, -months), asked[-1])
    loans, requests, issues, notices, submissions, board, stock = ([] for _ in range(7))
    reported: dict[str, dict[str, set[str]]] = {c: {"usage": set(), "cards": set()} for c in codes}
    for n, code in enumerate(codes):
        stock += [
            {"home": code, "card": f"{code}-{i:02d}", "state": "正常" if i < 48 else "遺失",
             "since": date(2025, 3, 1)}
            for i in range(1, 51)
        ]  # fmt: skip
        for month in known:
            silent = n == 3 or (n % 7 == 2 and draw.random() < 0.3)
            for form in ("usage", "cards"):
                state = "missing" if silent else draw.choice(["accepted"] * 8 + ["accepted_late"])
                receipt = "" if silent else f"R-{len(submissions):05d}"
                if month in asked:
                    place = {"library": code, "month": month, "form": form}
                    board.append({**place, "state": state, "receipt": receipt})
                if silent:
                    continue
                reported[code][form].add(month)
                submissions.append(
                    {
                        "library": code, "form": form, "month": month, "interim": False,
                        "receipt": receipt, "sha256": f"{len(submissions):064x}",
                        "received_on": last_day(month) + timedelta(days=3),
                        "filename": f"{form}.xlsx", "rows": 9, "warnings": 1,
                    }
                )  # fmt: skip
            if silent:
                continue
            for _ in range(volume + n % 5):
                home = draw.choice([c for c in codes if c != code])
                day = first_day(month) + timedelta(days=draw.randrange(28))
                due, back = (
                    day + timedelta(days=14),
                    day + timedelta(days=draw.choice([*range(3, 16), 20, 24, 30, 70])),
                )
                loan = {
                    "lender": code, "home": home, "card": f"{home}-{draw.randrange(1, 48):02d}",
                    "item": f"{len(loans):07d}", "title": title, "lent_on": day, "due_on": due,
                    "material": draw.choice(LENT_KINDS[:8]), "holder": draw.random() < 0.97,
                    "published": draw.choice([None, *range(2005, 2027)]), "returned_on": back,
                    "destination": draw.choice([code, code, code, "未定", codes[0]]),
                    "receipt": submissions[-2]["receipt"], "row": 2 + len(loans) % 90,
                    "sheet": "借出紀錄", "source_month": month, "condition": "正常",
                }  # fmt: skip
                loans.append(loan)
                for step, after in (("first", 1), ("second", 7), ("final", 14)):
                    if back > due + timedelta(days=after):
                        key = {k: loan[k] for k in ("lender", "card", "item", "due_on")}
                        told = due + timedelta(days=after)
                        notices.append({"policy": "overdue", "step": step, "day": told, **key})
            for _ in range(volume):
                asked_on = first_day(month) + timedelta(days=draw.randrange(24))
                outcome = draw.choice(["提供"] * 5 + ["拒絕"] * 3 + ["取消", "重複", "處理中"])
                service = "複印" if outcome == "提供" else draw.choice(["借閱", "複印"])
                pages = draw.randrange(1, 60) if outcome == "提供" else None
                requests.append(
                    {
                        "lender": code, "borrower": draw.choice(codes), "title": title,
                        "request_no": f"{len(requests)}", "requested_on": asked_on,
                        "service": service, "outcome": outcome, "published": 2020,
                        "material": draw.choice(["期刊文章", "專書章節", "學位論文", "會議論文"]),
                        "reason": draw.choice(REASONS).zh if outcome == "拒絕" else None,
                        "answered_on": asked_on + timedelta(days=draw.randrange(5)),
                        "supplied_as": draw.choice(SUPPLIED_AS) if outcome == "提供" else None,
                        "pages": pages, "fee": pages and pages * 3, "row": 2, "sheet": "申請紀錄",
                        "receipt": submissions[-2]["receipt"], "source_month": month,
                    }
                )  # fmt: skip
            for i in range(1, 6):
                out = first_day(month) + timedelta(days=draw.randrange(5, 28))
                issues.append(
                    {
                        "home": code, "card": f"{code}-{i + 5 * (int(month[5:]) % 9):02d}",
                        "issued_on": out, "destination": draw.choice([*codes[:9], "未定"]),
                        "returned_on": None if i == 5 and month == asked[-1]
                        else out + timedelta(days=draw.randrange(3, 25)),
                        "receipt": submissions[-1]["receipt"], "row": i + 1, "sheet": "換證紀錄",
                        "source_month": month,
                    }
                )  # fmt: skip
    frozen = {c: {f: frozenset(m) for f, m in forms.items()} for c, forms in reported.items()}
    recalls = [{"lender": codes[1], "opened_on": first_day(asked[0])}]
    return Facts(
        members, frozen, frame("loans", loans), frame("requests", requests),
        frame("issues", issues), frame("stock", stock), frame("recalls", recalls),
        frame("board", board), frame("notices", notices),
        submissions=frame("submissions", submissions),
    )  # fmt: skip
