"""``forms.md``: every form, sheet and column, as the reader and its checks have them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from docs.generate.markdown import both, code, lines, page, table
from ill_workflows.forms import FORMS, Form
from ill_workflows.forms.fields import Card, Choice, Day, Library, Text, Whole, Year
from ill_workflows.forms.form import Column, RowRule, Sheet
from ill_workflows.forms.recognise import COVER, LABELS

_COVER: Final = {
    "form": ("表單與版本", "form and version"),
    "code": ("必填", "required"),
    "name": ("館名", "the library's name"),
    "month": ("月報表單必填：`115年10月`", "required in monthly forms: `115年10月`"),
    "kind": ("月報、期中更新；空白為月報", "monthly (月報, or empty) or interim (期中更新)"),
    "filled_by": ("填表人", "who filled it in"),
    "phone": ("電話", "telephone"),
    "email": ("電子郵件", "e-mail"),
    "filled_on": (
        "資料是哪一天的；空白以收件日計",
        "the day of the facts; empty: the day received",
    ),
    "notes": ("經驗分享與建議（3.2.8）", "experience and suggestions (3.2.8)"),
    "selfcheck": ("公式：還有幾格要修改", "formulas: how many cells need mending"),
}

_KINDS: Final[dict[type, str]] = {
    Text: "文字 text", Day: "日期 day", Whole: "整數 whole", Year: "年 year",
    Choice: "選單 choice", Card: "借書證 card", Library: "圖書館 library",
}  # fmt: skip
_MARKS: Final = (
    ("**\\***", "必填", "required"),
    ("**?**", "有條件必填，條件寫在說明裡", "required when the condition in its guidance holds"),
    (
        "**!**",
        "缺漏或看不懂就退回；其他的欄只提醒，當作不明",
        "missing or unreadable: returned; elsewhere it is a warning, and the value is unknown",
    ),
)


def forms() -> str:
    """The page."""
    parts = [
        "# The standard forms 標準表單",
        both(
            "工作表與欄名是約定；欄的順序、顏色與寬度不是。",
            "Sheet names and headings are a contract; order, colours and widths are not.",
        ),
        table(("記號 mark", "意義", "meaning"), _MARKS),
        both(
            "每一句話見 [findings.md](findings.md)，資料表見 [database.md](database.md)。",
            "Every sentence is in [findings.md](findings.md), every table in "
            "[database.md](database.md).",
        ),
        f"## Cover `{COVER}`",
        both("標籤一欄，內容在右邊一格。", "Labels in one column, values in the next."),
        _cover(),
    ]
    for form in FORMS:
        parts += _form(form)
    return page(*parts)


def _cover() -> str:
    rows = (
        (words[0], lines(*_COVER[name]), "、".join(words[1:])) for name, words in LABELS.items()
    )
    return table(("標籤 label", "內容 value", "也認得 also understood"), rows)


def _form(form: Form) -> Iterator[str]:
    when = "每月 monthly" if form.monthly else "有事時 when there is something to say"
    yield f"## {form.title} {form.title_en} `{form.name}`"
    yield both(form.guide, form.guide_en)
    yield f"封面表單 form on the cover: `{form.label}` · {when}"
    for sheet in form.sheets:
        yield from _sheet(sheet)


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f"### {sheet.title}"
    yield both(sheet.guide, sheet.guide_en)
    keys = " + ".join(sheet.by_key[key].heading for key in sheet.identity)
    yield f"一筆 one record: {keys} · 資料表 table: `{sheet.table}`"
    yield table(
        ("欄 column", "key", "型別 type", "說明 guidance", "例 examples"),
        (
            (
                f"{column.heading}{_marks(column)}", code(column.key), _type(column.field),
                lines(column.guide, column.guide_en, _condition(column)), _examples(column),
            )
            for column in sheet.columns
        ),
    )  # fmt: skip
    if sheet.rules:
        yield "欄與欄之間 between columns of a row:"
        yield "\n".join(_rule(sheet, rule) for rule in sheet.rules)
    chosen = [column for column in sheet.columns if isinstance(column.field, Choice)]
    if chosen:
        yield "選項 choices:"
        yield "\n".join(f"* **{c.heading}**: {'、'.join(c.field.choices)}" for c in chosen)  # type: ignore[union-attr]
    also = [column for column in sheet.columns if column.also]
    if also:
        yield "也認得的欄名 other headings that are understood:"
        yield "\n".join(f"* **{c.heading}**: {'、'.join(c.also)}" for c in also)


def _marks(column: Column) -> str:
    required = {"yes": "\\*", "when": "?"}.get(column.required, "")
    marks = required + ("!" if column.strict else "")
    return f" **{marks}**" if marks else ""


def _condition(column: Column) -> str:
    if column.required != "when":
        return ""
    return f"{column.because}時必填 required when {code(column.when)}"


def _type(field: Any) -> str:
    kind = _KINDS[type(field)]
    match field:
        case Text(identifier=True):
            kind = "號碼 identifier"
        case Day(future=True):
            kind = f"{kind}, 可在未來 may lie ahead"
        case Whole():
            kind = f"{kind} ≥ {field.least}"
        case Card():
            kind = f"{kind}, {'本館 own' if field.own else '他館 of others'}"
        case Library():
            kind = lines(kind, *(f"或 or {word}" for word in field.also))
    return kind


def _examples(column: Column) -> str:
    return lines(*(code(_typed(value)) for value in column.examples[:4]))


def _typed(value: Any) -> str:
    if isinstance(value, date):
        return f"{value.year}/{value.month}/{value.day}"
    return str(value).replace(" ", "␣") if str(value) != str(value).strip() else str(value)


def _rule(sheet: Sheet, rule: RowRule) -> str:
    severity = {"error": "退回 error", "warning": "提醒 warning"}[rule.severity]
    return f"* {sheet.by_key[rule.at].heading}: {code(rule.code)}, {severity}: {code(rule.when)}"
