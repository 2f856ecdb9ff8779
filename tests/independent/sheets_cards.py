"""借書證使用, 貸借矩陣, 借貸比: what these sheets must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from tests.independent import recompute as again
from tests.independent.reading import Row
from tests.independent.recompute import DAY, Told, first_of, last_of, month_of, percentage
from tests.independent.tables import TOTAL, Cells, Expected, minguo, of, summed, within

PLACES = ("在館", "讀者持有", "抵押於貸方", "遺失", "註銷")


def card_days(world: Told, code: str, months: Sequence[str]) -> tuple[int, int] | None:
    """Nights out, and days available, over the months whose register the library sent."""
    told = world.months_of(code, "cards", months)
    if not told:
        return None
    gone = {row["借書證號"]: row["狀態日"] for row in world.stock[code] if row["狀態"] != "正常"}
    out = available = 0
    for month in told:
        start, end = first_of(month), last_of(month) + DAY
        for row in of(world.issues, 館=code):
            ends = [day for day in (row["還證日"], gone.get(row["借書證號"]), end) if day]
            out += max(0, (min(ends) - max(start, row["換證日"])).days)
        for row in world.stock[code]:
            until = (row["狀態日"] or start) if row["借書證號"] in gone else end
            available += max(0, (min(until, end) - start).days)
    return out, available


def stock_at_end(world: Told, code: str, months: Sequence[str]) -> Cells:
    """Where each card of the library's register is, at the end of the last month it reported.

    A book whose loss a later month's sheet will tell still pledges its card.
    """
    told = world.months_of(code, "cards", months)
    if not told:
        return dict.fromkeys(PLACES)
    end = last_of(told[-1])

    def still(back: Any) -> bool:
        return back is None or back > end

    held = {
        r["借書證號"] for r in world.issues if r["換證日"] <= end and still(r["還證日"])
    }  # fmt: skip
    lent = {
        r["借書證號"]
        for r in world.loans
        if r["借出日"] <= end
        and still(r["歸還日"])
        and not (r["狀況"] == "遺失" and r["月"] <= told[-1])
    }
    places = Counter[str]()
    for row in world.stock[code]:
        card, since = row["借書證號"], row["狀態日"]
        if row["狀態"] != "正常" and (since is None or since <= end):
            places[row["狀態"]] += 1
        elif card in held:
            places["抵押於貸方" if card in lent else "讀者持有"] += 1
        else:
            places["在館"] += 1
    return {name: places[name] for name in PLACES}


def median_held(world: Told, codes: Sequence[str], months: Sequence[str]) -> float | None:
    days = [
        (row["還證日"] - row["換證日"]).days
        for row in world.issues
        if row["館"] in codes
        and row["還證日"]
        and month_of(row["還證日"]) in months
        and world.knows(row["館"], "cards", row["還證日"])
    ]
    return float(median(days)) if days else None


def card_use(world: Told, months: Sequence[str]) -> list[Expected]:
    found = again.measures(world, months)
    issues, used = found["cards_issued"], found["cards_used"]
    codes = world.codes(months)
    rows: dict[tuple[Any, ...], Cells] = {}
    for code in codes:
        days = card_days(world, code, months)
        row: Cells = {
            "已報月數": len(world.months_of(code, "cards", months)),
            "換證次數": issues["by_library"][code], "使用證張數": used["by_library"][code],
            "在外證日": days[0] if days else None, "可用證日": days[1] if days else None,
            "使用率(%)": percentage(*days) if days else None,
            "持證天數中位數": median_held(world, (code,), months),
            **stock_at_end(world, code, months),
        }  # fmt: skip
        rows[code,] = row
    counts = ("換證次數", "使用證張數", "在外證日", "可用證日", *PLACES)
    total = summed(rows.values(), counts)
    total["使用率(%)"] = percentage(total["在外證日"], total["可用證日"])
    rows[TOTAL,] = total | {"持證天數中位數": median_held(world, codes, months)}
    by_month: dict[tuple[Any, ...], Cells] = {}
    for month in months:
        every = [days for code in codes if (days := card_days(world, code, [month]))]
        out, available = (sum(d[n] for d in every) if every else None for n in (0, 1))
        by_month[minguo(month),] = {
            "已報館數": len(every), "換證次數": issues["by_month"][month],
            "使用證張數": used["by_month"][month], "在外證日": out, "可用證日": available,
            "使用率(%)": percentage(out, available),
        }  # fmt: skip
    places: dict[tuple[Any, ...], Cells] = {
        (code,): {
            minguo(m): again.measure(world, "cards_issued", [m])["by_library"].get(code)
            for m in months
        }
        for code in codes
    }
    places[TOTAL,] = summed(places.values(), [minguo(month) for month in months])
    name = "借書證使用"
    return [
        Expected(name, ("館代碼", "館名", "已報月數"), rows),
        Expected(name, ("月份", "已報館數"), by_month),
        Expected(name, ("館代碼", "館名", minguo(months[0])), places),
    ]


def flows(world: Told, months: Sequence[str]) -> list[Expected]:
    codes = world.codes(months)
    lent = within(world, months, again.loans_lent(world), "借出日")
    pairs = Counter((row["館"], row["借方"]) for row in lent)
    rows: dict[tuple[Any, ...], Cells] = {}
    for lender in codes:
        told = bool(world.months_of(lender, "usage", months))
        cells: Cells = {c: pairs[lender, c] if told and c != lender else None for c in codes}
        cells["貸出合計"] = sum(pairs[lender, c] for c in codes) if told else None
        rows[lender,] = cells | {"已報月數": len(world.months_of(lender, "usage", months))}
    rows[TOTAL,] = summed(rows.values(), [*codes, "貸出合計"])
    return [
        Expected("貸借矩陣", ("貸方代碼", "貸方館名"), rows),
        Expected("貸借矩陣", ("前往館", "館名"), _both_sides(world, months, lent)),
        _balance(world, months),
    ]


def _both_sides(
    world: Told, months: Sequence[str], lent: list[Row]
) -> dict[tuple[Any, ...], Cells]:
    heads = ("指名前來之換證", "還證而未見借書", "借出而證上指名他館", "借出而當日無人持證")
    named = within(world, months, again.issued(world), "換證日")
    back = within(world, months, [one for one in world.issues if one["還證日"]], "還證日")
    rows: dict[tuple[Any, ...], Cells] = {}
    for code in world.codes(months):
        here = of(named, 前往館=code)
        mine = of(lent, 館=code)
        unseen = [
            one for one in of(back, 前往館=code)
            if world.knows(code, "usage", one["還證日"])
            and world.knows(one["館"], "cards", one["還證日"])
            and not _seen(world, code, one)
        ]  # fmt: skip
        elsewhere = [
            row for row in mine
            if row["持證"] and row["持證"]["前往館"] not in {None, "未定", code}
        ]  # fmt: skip
        counts = (len(unseen), len(elsewhere), sum(row["持證"] is None for row in mine))
        told = bool(world.months_of(code, "usage", months))
        cells = (len(here), *(counts if told else (None, None, None)))
        rows[code,] = dict(zip(heads, cells, strict=True))
    undecided = sum(row["前往館"] in {None, "未定"} for row in named)
    rows["未定",] = {**dict.fromkeys(heads), heads[0]: undecided}
    rows[TOTAL,] = summed(rows.values(), heads)
    return rows


def _seen(world: Told, lender: str, issue: Row) -> bool:
    """Whether the lender lent anything on the card while it was held."""
    return any(
        issue["換證日"] <= row["借出日"] and row["借出日"] <= issue["還證日"]
        for row in of(world.loans, 館=lender, 借書證號=issue["借書證號"])
    )


def _balance(world: Told, months: Sequence[str]) -> Expected:
    found = again.measures(world, months)
    lent, borrowed = found["loans_lent"], found["loans_borrowed"]
    rows: dict[tuple[Any, ...], Cells] = {}
    for code in world.codes(months):
        out, taken = lent["by_library"][code], borrowed["by_library"][code]
        ratio = None
        if out is not None and taken:
            ratio = again.rounded(Decimal(out) / Decimal(taken), "0.01")
        rows[code,] = {
            "已報月數": len(world.months_of(code, "usage", months)), "貸出": out, "借入": taken,
            "借貸比": ratio, "占貸出(%)": percentage(out, lent["total"]),
            "占借入(%)": percentage(taken, borrowed["total"]),
        }  # fmt: skip
    rows[TOTAL,] = summed(rows.values(), ("貸出", "借入"))
    return Expected("借貸比", ("館代碼", "館名", "已報月數"), rows)
