"""逾期與催還: what this sheet must say; letters are facts of the run, no workbook tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from tests.independent import recompute as again
from tests.independent.recompute import Letter, Told, last_of, month_of, percentage
from tests.independent.tables import TOTAL, Cells, Expected, summed

TAIPEI = timedelta(hours=8)
ANSWERED = timedelta(days=14)
STEPS = {"first": "第一次催還", "second": "第二次催還", "final": "最後催還"}


def letters_of(outbox: Iterable[dict[str, Any]]) -> tuple[Letter, ...]:
    """The overdue letters of ``outbox --json``, one for each book that they name.

    A case is ``loan/<lender>/<card>/<item>/<due day>``.
    """
    found = set()
    for one in outbox:
        day = (datetime.fromisoformat(one["created_at"]) + TAIPEI).date()
        if one["policy"] in {"overdue", "overdue_library"} and one["state"] != "withdrawn":
            for case in one["cases"]:
                kind, *parts, due = (unquote(part) for part in case.split("/"))
                assert kind == "loan"
                lender, card, item = parts
                due_on = date.fromisoformat(due)
                found.add(Letter(one["policy"], one["step"], day, lender, card, item, due_on))
    return tuple(sorted(found))


def late_days(world: Told, code: str, months: Sequence[str]) -> list[int]:
    """Of books that came back late: until they did; of those still out and not told to be lost:
    until the last month that the lender reported was over.
    """
    told = world.months_of(code, "usage", months)
    if not told:
        return []
    end, days = last_of(told[-1]), []
    for row in (row for row in world.loans if row["館"] == code):
        due, back = row["應還日"], row["歸還日"]
        if back and back > due and month_of(back) in told:
            days.append((back - due).days)
        elif due < end and (back is None or back > end) and not _lost(row, told[-1]):
            days.append((end - due).days)
    return days


def _lost(row: dict[str, Any], month: str) -> bool:
    """Whether the lender had told by that month that the book is lost."""
    return row["狀況"] == "遺失" and row["月"] <= month


def mean(days: Sequence[int]) -> float | None:
    return again.rounded(Decimal(sum(days)) / len(days), "0.1") if days else None


def _back_on(world: Told, letter: Letter) -> date | None:
    key = (letter.lender, letter.card, letter.item, letter.due)
    found = [
        row["歸還日"] for row in world.loans
        if (row["館"], row["借書證號"], row["登錄號"], row["應還日"]) == key
    ]  # fmt: skip
    assert len(found) == 1, key
    return found[0]  # type: ignore[no-any-return]


def _answers(world: Told, mine: Sequence[Letter], months: Sequence[str]) -> tuple[int, int]:
    """Letters whose fourteen days ended in the months, and books back in these days."""
    ended = [one for one in mine if month_of(one.day + ANSWERED) in months]
    days = [(one.day, _back_on(world, one)) for one in ended]
    return len(ended), sum(back is not None and day <= back <= day + ANSWERED for day, back in days)


def overdue(world: Told, months: Sequence[str]) -> list[Expected]:
    found, codes = again.measures(world, months), world.codes(months)
    lent, late = found["loans_lent"], found["overdue_loans"]
    written = [one for one in world.letters if month_of(one.day) in months]
    steps = {one.step: STEPS[one.step] for one in written if one.policy == "overdue"}
    heads = (
        "借出", "逾期", *steps.values(), "通知借方館", "催還滿14日", "14日內歸還",
    )  # fmt: skip
    rows: dict[tuple[Any, ...], Cells] = {}
    every: list[int] = []
    for code in codes:
        count = {"已報月數": len(world.months_of(code, "usage", months))}
        out = lent["by_library"][code]
        if out is None:
            rows[code,] = {
                **count, **dict.fromkeys((*heads, "逾期率(%)", "催還回收率(%)", "平均逾期天數"))
            }  # fmt: skip
            continue
        mine = [one for one in written if one.lender == code]
        sent = Counter((one.policy, one.step) for one in mine)
        days = late_days(world, code, months)
        ended, back = _answers(world, [o for o in world.letters if o.lender == code], months)
        every += days
        rows[code,] = {
            **count, "借出": out, "逾期": late["by_library"][code],
            "逾期率(%)": percentage(late["by_library"][code], out),
            **{name: sent["overdue", step] for step, name in steps.items()},
            "通知借方館": sum(one.policy == "overdue_library" for one in mine),
            "催還滿14日": ended, "14日內歸還": back, "催還回收率(%)": percentage(back, ended),
            "平均逾期天數": mean(days),
        }  # fmt: skip
    total = summed(rows.values(), heads)
    rows[TOTAL,] = {
        **total, "逾期率(%)": percentage(total["逾期"], total["借出"]),
        "催還回收率(%)": percentage(total["14日內歸還"], total["催還滿14日"]),
        "平均逾期天數": mean(every),
    }  # fmt: skip
    stages = {"借出": lent["total"], "逾期": late["total"]}
    stages |= {name: total[name] for name in STEPS.values() if name in total}
    stages["催還後14日內歸還"] = total["14日內歸還"]
    funnel: dict[tuple[Any, ...], Cells] = {
        (name,): {"件數": count, "占借出(%)": percentage(count, lent["total"])}
        for name, count in stages.items()
    }
    return [
        Expected("逾期與催還", ("館代碼", "館名", "已報月數"), rows),
        Expected("逾期與催還", ("階段", "件數"), funnel),
    ]
