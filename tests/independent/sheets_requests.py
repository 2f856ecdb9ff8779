"""資料供應, 拒絕原因, 處理時效: what these sheets must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.independent import recompute as again
from tests.independent.reading import Row
from tests.independent.recompute import Told, last_of, month_of, percentage
from tests.independent.tables import TOTAL, Cells, Expected, minguo, of, summed, within

COUNTS = ("收到", "滿足", "拒絕", "取消", "重複")


def still_open(world: Told, code: str, months: Sequence[str], service: str = "") -> int | None:
    """Requests unanswered at the end of the last month of the span that the lender reported."""
    told = world.months_of(code, "usage", months)
    if not told:
        return None
    end = last_of(told[-1])
    mine = [r for r in of(world.requests, 館=code) if not service or r["服務"] == service]
    asked = [row for row in mine if row["申請日"] <= end]
    return len([row for row in asked if row["回覆日"] is None or row["回覆日"] > end])


def _supplied(given: list[tuple[str, Row]]) -> Cells:
    counts = Counter(outcome for outcome, _ in given)
    filled, refused = counts["滿足"], counts["拒絕"]
    return {
        "收到": sum(counts.values()), **{name: counts[name] for name in COUNTS[1:]},
        "滿足率(%)": percentage(filled, filled + refused),
        "拒絕率(%)": percentage(refused, filled + refused),
    }  # fmt: skip


def supply(world: Told, months: Sequence[str]) -> list[Expected]:
    outcomes = [
        ("滿足", {**row, "服務": "借閱", "日": row["借出日"]})
        for row in within(world, months, again.loans_lent(world), "借出日")
    ] + [
        ("滿足" if row["結果"] == "提供" else row["結果"], {**row, "日": row["回覆日"]})
        for row in within(
            world, months, again.answered(world, "提供", "拒絕", "取消", "重複"), "回覆日"
        )
    ]
    nothing = dict.fromkeys((*COUNTS, "滿足率(%)", "拒絕率(%)"))
    lenders: dict[tuple[Any, ...], Cells] = {}
    for code in world.codes(months):
        told = len(world.months_of(code, "usage", months))
        mine = [one for one in outcomes if one[1]["館"] == code]
        lenders[code,] = {"已報月數": told, **(_supplied(mine) if told else nothing)}
    services = {
        (name,): _supplied([one for one in outcomes if one[1]["服務"] == name])
        for name in ("借閱", "複印")
    }
    by_month = {
        (minguo(m),): _supplied([one for one in outcomes if month_of(one[1]["日"]) == m])
        if any(world.reported(code, "usage", m) for code in world.codes(months))
        else nothing
        for m in months
    }
    tables = (
        (("館代碼", "館名", "已報月數"), lenders), (("服務",), services), (("月份",), by_month),
    )  # fmt: skip
    found = []
    for begins, rows in tables:
        total = summed(rows.values(), COUNTS)
        whole = (total["滿足"] or 0) + (total["拒絕"] or 0)
        total["滿足率(%)"] = percentage(total["滿足"], whole)
        total["拒絕率(%)"] = percentage(total["拒絕"], whole)
        found.append(Expected("資料供應", begins, {**rows, (TOTAL,): total}))
    return found


def supply_open(world: Told, months: Sequence[str]) -> list[Expected]:
    """Only the column 期末處理中: a state at the end of a month, not an event.

    The row 合計 of the months has none: a state has no sum over time.
    """
    codes = world.codes(months)

    def cell(value: int | None) -> Cells:
        return {"期末處理中": value}

    def every(span: Sequence[str], service: str = "") -> int | None:
        found = [still_open(world, code, span, service) for code in codes]
        known = [count for count in found if count is not None]
        return sum(known) if known else None

    lenders = {(code,): cell(still_open(world, code, months)) for code in codes}
    services = {(name,): cell(every(months, name)) for name in ("借閱", "複印")}
    by_month = {(minguo(month),): cell(every([month])) for month in months}
    return [
        Expected(
            "資料供應",
            ("館代碼", "館名", "已報月數"),
            {**lenders, (TOTAL,): cell(every(months))},
        ),
        Expected("資料供應", ("服務",), {**services, (TOTAL,): cell(every(months))}),
        Expected("資料供應", ("月份",), {**by_month, (TOTAL,): cell(None)}),
    ]


REASONS = {
    "外借中": ("R01", "可得性"), "不外借(限館內閱覽)": ("R04", "政策"), "無館藏": ("R05", "可得性"),
    "不在架上": ("R10", "可得性"), "書況不佳": ("R12", "政策"), "費用超過上限": ("R13", "申請端"),
    "書目資料不符": ("R17", "申請端"), "無法於期限內提供": ("R24", "可得性"),
}  # fmt: skip
"""The reasons that the world's libraries give: code and group (reason_codes.csv)."""


def refusals(world: Told, months: Sequence[str]) -> list[Expected]:
    rows = within(world, months, again.answered(world, "拒絕"), "回覆日")
    counts = Counter(row["拒絕原因"] for row in rows)
    whole = len(rows)
    ordered = sorted(counts, key=lambda name: (-counts[name], REASONS[name][0]))
    reasons: dict[tuple[Any, ...], Cells] = {}
    for n, name in enumerate(ordered, start=1):
        so_far = sum(counts[other] for other in ordered[:n])
        reasons[REASONS[name][0],] = {
            "拒絕原因": name, "類別": REASONS[name][1], "件數": counts[name],
            "比例(%)": percentage(counts[name], whole), "累計(%)": percentage(so_far, whole),
        }  # fmt: skip
    reasons[TOTAL,] = {"件數": whole, "比例(%)": percentage(whole, whole)}
    groups: dict[tuple[Any, ...], Cells] = {}
    for group in ("政策", "可得性", "申請端"):
        count = sum(n for name, n in counts.items() if REASONS[name][1] == group)
        groups[group,] = {"件數": count, "比例(%)": percentage(count, whole)}
    groups[TOTAL,] = {"件數": whole, "比例(%)": percentage(whole, whole)}
    pairs = Counter((row["館"], row["拒絕原因"]) for row in rows)
    lenders: dict[tuple[Any, ...], Cells] = {
        (code,): {
            REASONS[name][0]: pairs[code, name] if world.months_of(code, "usage", months) else None
            for name in counts
        }
        for code in world.codes(months)
    }
    lenders[TOTAL,] = summed(lenders.values(), [REASONS[name][0] for name in counts])
    return [
        Expected("拒絕原因", ("代號", "拒絕原因"), reasons),
        Expected("拒絕原因", ("類別", "件數"), groups),
        Expected("拒絕原因", ("館代碼", "館名"), lenders),
    ]


def percentile(days: Sequence[int], part: Decimal) -> float | None:
    """Between the two nearest in the order of size, in proportion."""
    if not days:
        return None
    ordered, at = sorted(days), part * (len(days) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    value = Decimal(ordered[low]) + (at - low) * (ordered[high] - ordered[low])
    return again.rounded(value, "0.1")


def turnaround(world: Told, months: Sequence[str]) -> list[Expected]:
    rows = [
        row
        for row in world.requests
        if row["結果"] in {"提供", "拒絕"} and world.knows(row["館"], "usage", row["回覆日"])
    ]
    rows = within(world, months, rows, "回覆日")
    heads = ("回覆件數", "三日內回覆", "三日內(%)", "中位數(日)", "第90百分位數(日)")

    def speed(mine: list[Row]) -> Cells:
        days = [(row["回覆日"] - row["申請日"]).days for row in mine]
        quick = sum(day <= 3 for day in days)
        cells = (
            len(days), quick, percentage(quick, len(days)), percentile(days, Decimal("0.5")),
            percentile(days, Decimal("0.9")),
        )  # fmt: skip
        return dict(zip(heads, cells, strict=True))

    lines: dict[tuple[Any, ...], Cells] = {
        (code,): speed(of(rows, 館=code))
        if world.months_of(code, "usage", months)
        else dict.fromkeys(heads)
        for code in world.codes(months)
    }
    lines[TOTAL,] = speed(rows)
    return [Expected("處理時效", ("館代碼", "館名", "已報月數"), lines)]
