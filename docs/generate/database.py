"""``database.md``: the tables and columns of ``state.db``."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Table

from docs.generate.markdown import both, code, lines, page, table
from ill_workflows.forms import FORMS
from ill_workflows.store import tables_host as _host_tables  # noqa: F401 - METADATA has them
from ill_workflows.store.db import HEAD
from ill_workflows.store.tables import METADATA, SHEETS

_TABLES: Final = {
    "submissions": (
        "收到的檔案，一個檔案一列，永不修改。",
        "One row a file received, never changed.",
    ),
    "findings": ("檢查結果：哪張表、哪一格、什麼事。", "What was told of each: sheet, cell, code."),
    "letters": ("寄件匣：寫好的信與其下場。", "The outbox: letters as written, and their fate."),
    "notices": (
        "哪一件的哪一步寫在哪一封信裡；唯一鍵讓同一步不會寫兩次。",
        "Which step of which case stands in which letter; never the same step twice.",
    ),
    "refusals": (
        "郵件伺服器拒收的地址；`dead` 的不再使用，改了才用。",
        "Addresses that a mail server refused; a `dead` one is not used until it is changed.",
    ),
    "mails": (
        "信箱收到的每個附件（沒有附件的信則是整封）與結果。",
        "What came by mail, a row a workbook (or a mail without any), and what became of it.",
    ),
    "trusted": (
        "承辦館同意可以代表該館寄件的地址。",
        "Addresses that the host lets speak for a library.",
    ),
    "waivers": (
        "承辦館明知有誤仍收下的活頁簿與理由；照收的錯誤在 `findings`，等級 `waived`。",
        "Why the host accepted a workbook in spite of the findings that are `waived` in it.",
    ),
    "experiences": (
        "承辦館同意公開的經驗分享，以同意公開的文字為準；撤回的也留著。",
        "Experience that the host released, in the words released; a withdrawal is kept as well.",
    ),
    "closings": (
        "結算過的月份：何時結算、封存碼、是否重新開啟與原因。",
        "Months that were closed: when, the digest of what was frozen, and why one was reopened.",
    ),
    "closed_figures": (
        "結算月份的小表，各欄為一列值（見 [figures](figures.md)）；沒有讀者的資料。",
        "A closed month's tables, lists by column (see [figures](figures.md)); nothing personal.",
    ),
    "restatements": (
        "結算之後收到的報表會改變哪些數字：原值、新值、收據、何時。",
        "What sheets that came after a closing would change: old, new, receipts, when.",
    ),
    "questions": (
        "信比平常多很多時先問承辦館；同意了才寄。",
        "What the host is asked before far more letters than usual are sent.",
    ),
    "pauses": ("暫停寄信的期間與理由。", "Times in which nothing is sent, and why."),
    "job_runs": (
        "排程工作的每一次執行：同一時段只執行一次。",
        "Every run of a job; each slot runs once.",
    ),
    "pulses": ("服務程序最近一次動靜。", "The last sign of life of each process of the service."),
    "answers": (
        "各館以電話等方式回覆的離校清查，由承辦館登錄；以回覆單回覆的在 `clearance_answers`。",
        "What lenders answered about leavers by other ways than the sheet, typed in by the host.",
    ),
    "leaver_marks": (
        "查無換證紀錄的離校者，只留讀者證號的加密記號，登記簿到齊後刪除。",
        "Leavers of whom no card is known: a keyed hash, gone once the register is in.",
    ),
    "leaver_counts": (
        "未曾換證的離校人數，按月。",
        "How many leavers of a month never had a card.",
    ),
    "tokens": ("每一館範本裡的隨機字。", "The random word that each library's templates carry."),
}
"""Table → what it holds; those of form sheets say it themselves."""
_COLUMNS: Final = {
    "submissions.receipt": "收據號碼 receipt number",
    "submissions.door": "從哪裡來 where it came from",
    "submissions.state": "accepted, returned, refused, held",
    "submissions.why": "拒收或保留的原因 why it was refused or held",
    "submissions.version": "表單版本 the form's version",
    "submissions.interim": "期中更新 an interim sheet",
    "submissions.as_of": "資料日期 the day of its facts",
    "submissions.notes": "經驗分享與建議 experience and suggestions",
    "submissions.superseded_by": "被哪一份取代 the version that replaces it",
    "findings.facts": "填入句子的內容 what fills the sentence",
    "findings.severity": "error, warning, corrected, passed, waived",
    "waivers.returned": "原來退回的那一份 what had been returned",
    "experiences.text": "可以公開的文字 the words that may be shown",
    "experiences.withdrawn_at": "撤回的時刻，空白為公開中 when it was withdrawn; empty: shown",
    "closings.seen": "結算時最後一份收件 the last submission that the figures know",
    "closings.looked": "已比對到哪一份 the last one after which was looked for restatements",
    "restatements.library": "哪一館的報表 whose sheets say so",
    "restatements.changes": "[指標 measure, 館 library, 原值 old, 新值 new] …",
    "job_runs.slot": "預定的時刻 the moment for which it was planned",
    "job_runs.state": "begun, running, done, failed",
    "job_runs.fence": "接手一次加一 one higher for each holder; a lower one writes no more",
    "job_runs.until": "保留到何時 until then it is held; afterwards another takes over",
    "job_runs.missed": "這一次也代表之前錯過的幾次 earlier slots that this run stands for",
    "mails.answers": "回覆我們的哪一封信 the letter of ours that it answers",
    "answers.case_no": "清查編號 the clearance number, of one card",
    "leaver_marks.mark": "加密記號 a keyed hash of the reader's number",
    "letters.next_at": "伺服器請我們晚點再試，在這之前不試 put off by the server until then",
    "letters.question": "等這個問題的答案 waits for the answer to this question",
    "letters.cases": "到了這一步的案件 the cases that reached the step",
    "letters.body": "整封信，原樣寄出 the letter as it goes over the wire",
    "letters.state": "queued, sending, sent, refused, bounced, withdrawn, doubtful",
    "notices.case_key": "案件 the case",
    "notices.episode": "同一件從頭再問時的區別 tells a new round of asking from the last",
}
"""Columns whose names do not say it all."""

_COUNTED: Final = """\
```sql
SELECT s.library, s.month, l.*
FROM usage_loans AS l JOIN submissions AS s ON s.id = l.submission
WHERE s.state = 'accepted' AND s.superseded_by IS NULL;
```"""


def database() -> str:
    """The page.

    Raises:
        KeyError: a table has no words here.
    """
    parts = [
        "# The database 資料庫",
        both(
            f"`state.db` 是一個 SQLite 檔，任何人都可以打開來查；PostgreSQL 也是同樣的表。"
            f"版本 `{HEAD}`。",
            "`state.db` is one SQLite file that anyone may open and query; on PostgreSQL the "
            f"tables are the same. Revision `{HEAD}`.",
        ),
        both(
            "只讀不寫。日期是日期，時刻是 UTC，金額是整數元；`*` 是一定有值的欄。",
            "Read it, do not write it. Days are days, moments are UTC, money is whole NT$; a "
            "column marked `*` is never empty.",
        ),
        "計入的列 the rows that count:",
        _COUNTED,
        both(
            "跨月續列的同一筆會有好幾列，以該館最新月份的那一列為準。",
            "A record that is carried over stands in several months; the row of the library's "
            "newest month counts.",
        ),
        both(
            "沒有年月的表單（離校異動、處理通知、清查回覆）不互相取代：同一筆以最後收下的那一列為準。",
            "Forms without a month (leavers, cases, answers) replace nothing: of a record "
            "the row accepted last counts.",
        ),
    ]
    own = [one for one in METADATA.tables.values() if one.name not in SHEETS]
    for one in own:
        parts += [f"## `{one.name}`", both(*_TABLES[one.name]), _columns(one, {})]
    for form in FORMS:
        for sheet in form.sheets:
            headings = {column.key: column.heading for column in sheet.columns}
            headings["row"] = "送來的檔案裡的列號 the row in the sender's file"
            parts += [
                f"## `{sheet.table}`",
                f"[{form.title} {form.title_en}](forms.md): {sheet.title}",
                _columns(SHEETS[sheet.table], headings),
            ]
    return page(*parts)


def _columns(one: Table, headings: dict[str, str]) -> str:
    return table(
        ("欄 column", "型別 type", "鍵 key", "意義 meaning"),
        (
            (
                code(column.name), _type(column), _key(column),
                headings.get(column.name) or _COLUMNS.get(f"{one.name}.{column.name}", ""),
            )
            for column in one.columns
        ),
    )  # fmt: skip


def _type(column: Any) -> str:
    kind = type(column.type).__name__
    names = {
        "Integer": "whole", "BigInteger": "whole", "String": "text", "Text": "text",
        "Date": "day", "Moment": "moment",
        "Boolean": "true/false", "JSON": "JSON", "LargeBinary": "bytes",
    }  # fmt: skip
    return names[kind] + ("" if column.nullable else " \\*")


def _key(column: Any) -> str:
    return lines(
        "主鍵 primary" if column.primary_key else "",
        *(f"→ {code(key.target_fullname)}" for key in column.foreign_keys),
        "唯一 unique" if column.unique else "",
    )
