"""``figures.md``: every measure by its definition, and the sheets of the evaluation workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from docs.generate.markdown import both, code, lines, page, table
from ill_workflows.evaluation import SHEETS, Figures
from ill_workflows.evaluation.counting.tables import COUNTS, count
from ill_workflows.evaluation.definitions import DEFINITIONS, Definition
from ill_workflows.evaluation.facts import Facts
from ill_workflows.rules.calendar import Calendar
from ill_workflows.rules.policy import Member

_CHARTS: Final = {
    "line": "折線 line", "columns": "直條 columns", "stacked": "堆疊直條 stacked columns",
    "bars": "橫條 bars", "stacked_bars": "堆疊橫條 stacked bars", "pareto": "柏拉圖 Pareto",
}  # fmt: skip


def figures() -> str:
    """The page."""
    named = [item for item in DEFINITIONS if item.name]
    return page(
        "# Figures 指標",
        both(
            "沒有人填報的是空白，不是零。一件事只計一次，計在發生的月份。沒有分母的比率是空白。",
            "What nobody reported is blank, never zero. An event counts once, in the month in "
            "which it happens. A rate without a denominator is blank.",
        ),
        "## Measures 指標定義",
        both(
            "有名稱的也在 `figures --json`，可以[追到每一列](../how-to/trace-a-figure.md)；"
            "其他的只在活頁簿裡。",
            "Those with a name are also in `figures --json` and can be [traced to their "
            "rows](../how-to/trace-a-figure.md); the others are in the workbook only.",
        ),
        _measures(named),
        "### In the workbook only 只在活頁簿",
        _measures([item for item in DEFINITIONS if not item.name]),
        "## The evaluation workbook 評估活頁簿",
        both(
            "每張工作表上方三列是標題、期間與回報率，第一個表的欄名在第四列，一欄一個欄名；"
            "每個表都有名稱（摘要_1、來源_2…），程式可依名稱找到。這裡的例子是兩個月、兩館。",
            "Over each sheet stand its title, the period and the return rate in three rows; the "
            "first table's headings are in row 4, one a column. Each table has a workbook name "
            "(`摘要_1`, `來源_2` …) by which programs find it. The example here has two months and "
            "two libraries.",
        ),
        table(
            ("工作表 sheet", "說什麼 says", "圖 charts", "第一個表的欄 first headings"), _sheets()
        ),
        "## The tables of a month 每個月的小表",
        both(
            "每個月先算成這些小表：發生的事計在發生的月份，持續的狀態記在月底；整期是各月相加，"
            "狀態取最後一個月。結算（`close`）把它們固定下來；`evaluate --data DIR` 輸出成 CSV"
            "（`cards` 只給每館張數；試算表會當成公式的文字，前面加一個 `'`）。",
            "Each month is counted into these small tables: what happens, in its month; what "
            "lasts, as it stands at the month's end. A span is the sum of its months and the "
            "state of its last one. `close` freezes them; `evaluate --data DIR` writes them as "
            "CSV (of `cards` only how many, never which; a text that a spreadsheet would take for "
            "a formula has a `'` before it). Beside them: `libraries`, `measures` and "
            "`restatements`.",
        ),
        table(
            ("表 table", "欄 columns", "數字 whole numbers"),
            (
                (
                    code(name),
                    ", ".join(map(code, ("month", *one.words))),
                    ", ".join(map(code, one.numbers)),
                )
                for name, one in COUNTS.items()
            ),
        ),
    )


def _measures(items: list[Definition]) -> str:
    return table(
        ("指標 measure", "名稱 name", "單位", "算法 formula", "分母 denominator", "工作表", "依據"),
        (
            (
                lines(item.zh, item.en), code(item.name) if item.name else "", item.unit,
                item.formula, item.denominator, item.sheet, item.source,
            )
            for item in items
        ),
    )  # fmt: skip


def _sheets() -> Iterator[tuple[str, ...]]:
    calendar = Calendar(frozenset(range(5)))
    members = (
        Member("NSUT", "南星示範科技大學", calendar),
        Member("HDU", "虹島示範大學", calendar),
    )
    months = ("2025-08", "2025-09")
    facts = Figures("示範館際合作聯盟", "NSUT", members, months, count(Facts(members, {}), months))
    for make in SHEETS:
        sheet = make(facts)
        said = (make.__doc__ or "").split("\n\n", maxsplit=1)[0].replace("\n    ", " ")
        charts = dict.fromkeys(_CHARTS[chart.kind] for chart in sheet.charts)
        headings = "、".join(column.heading.split("\n")[0] for column in sheet.tables[0].columns)
        yield code(sheet.title), said.removeprefix(f"{sheet.title}: "), lines(*charts), headings
