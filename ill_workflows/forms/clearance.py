"""清查回覆單 ``clearance``: what a lender answers of the leavers' cards (Article 5.3).

Written for one lender and filled in by it.  No names: the lender knows cards, not people (7.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ill_workflows.forms.choices import ANSWERS, NOTHING_OWED, OWES_MONEY
from ill_workflows.forms.departures import AHEAD
from ill_workflows.forms.fields import Card, Choice, Day, Text, Whole
from ill_workflows.forms.form import Column, Form, Row, RowRule, Sheet, Wrong
from ill_workflows.forms.known import Context

_OWES_MONEY_EXCEL = "+".join(f'(TRIM({{answer}})="{answer}")' for answer in OWES_MONEY)


def check_answers(
    sheet: Sheet,
    rows: list[Row],
    ctx: Context,  # noqa: ARG001 - every sheet rule is called alike
) -> Iterable[tuple[int, str, str, Any, dict[str, Any]]]:
    """A leaver's books may stand in several rows; the answer is one and the same in all of them."""
    number, answer = sheet.place["case_no"], sheet.place["answer"]
    first: dict[str, Row] = {}
    for row in rows:
        if row[number] and row[answer]:
            earlier = first.setdefault(row[number], row)
            if earlier[answer] != row[answer]:
                yield row[0], "answer", "answers_differ", row[answer], {
                    "other": earlier[0], "value": earlier[answer],
                }  # fmt: skip


ANSWERED = Sheet(
    title="清查清單",
    table="clearance_answers",
    identity=("case_no", "item"),
    guide="每一列是一位離校讀者持過的借書證；請查貴館有無未還的書、未繳的款，選回覆並填回覆日。"
    "同一編號有好幾冊未還時，複製該列，一冊一列。",
    guide_en="Each row is a card that a leaver had. See whether a book is out or money owed at your "
    "library, choose the answer and fill in the day. For several books, copy the row: one book a row.",
    rows=200,
    columns=(
        Column(
            "清查編號", "case_no", Text(identifier=True, limit=120), required="yes", strict=True, locked=True,
            width=18, also=("編號", "清查號"), examples=("NSUT-Q7K2", "00017"), wrong=(Wrong("", "missing"),),
            guide="已列好，請勿更改。", guide_en="Filled in already; please leave it.",
        ),
        Column(
            "借書證號", "card", Card(), required="yes", strict=True, locked=True, width=13,
            also=("證號", "借書證", "館際借書證號", "借書證編號", "卡號"), examples=("NSUT-07", "nsut08"),
            wrong=(
                Wrong("", "missing"), Wrong("QQQU-05", "card_no_member"), Wrong("HDU-05", "card_own"),
                Wrong("讀者證", "card_unreadable"),
            ),
            guide="已列好，請勿更改。", guide_en="Filled in already; please leave it.",
        ),
        Column("持證起日", "held_from", Day(), width=12, also=("起日", "持證開始日"), examples=("114.9.3", date(2025, 9, 4)),
               wrong=(Wrong("114.9.31", "date_impossible"),)),
        Column("持證迄日", "held_until", Day(), width=12, also=("迄日", "持證結束日"), examples=("114.9.20", "無"),
               wrong=(Wrong("114.2.30", "date_impossible"),),
               guide="空白：證還沒有還。", guide_en="Empty: the card is not back."),
        Column("異動日", "leaving_on", Day(future=True, far=AHEAD, yearless="either"), width=12,
               also=("異動日期", "離校日", "離校日期"), examples=("114.9.30",), wrong=(Wrong("114.9.31", "date_impossible"),)),
        Column(
            "回覆", "answer",
            Choice(
                "answers", ANSWERS,
                also=(("無欠", NOTHING_OWED), ("無欠書無欠款", NOTHING_OWED), ("無欠書、無欠款", NOTHING_OWED),
                      ("有欠書有欠款", ANSWERS[3]), ("有欠書、有欠款", ANSWERS[3])),
            ),
            required="yes", strict=True, width=16, also=("回覆結果", "清查結果", "查核結果"), examples=(NOTHING_OWED, "有欠書 "),
            wrong=(
                Wrong("", "missing"), Wrong("查無此人", "choice_unknown"),
                Wrong(NOTHING_OWED, "owed_all_the_same", beside=(("item", "C450009"),)),
                Wrong("有欠書", "answers_differ", beside=(("item", "C450010"),),
                      before=(("case_no", "NSUT-Q7K2"), ("item", "C450011"), ("answer", "有欠書且有欠款"), ("amount", 20))),
            ),
        ),
        Column(
            "登錄號", "item", Text(identifier=True, limit=60), width=15,
            also=("條碼", "條碼號", "登錄號碼", "財產號", "館藏條碼"), examples=("0000123", "無"),
            wrong=(Wrong(12345678901234567.0, "lost_digits"),),
            guide="未還的那一冊。", guide_en="The book that is out.",
        ),
        Column("題名", "title", Text(), width=30, also=("書名", "題名/書名", "書刊名"), examples=("食品化學（第6號）",)),
        Column(
            "欠款金額", "amount", Whole(example=60), required="when", when=f"answer in {OWES_MONEY!r}",
            when_excel=_OWES_MONEY_EXCEL, because="回覆有欠款", width=10, also=("欠款", "金額"), examples=(60, "1,200", "90元"),
            wrong=(
                Wrong("", "missing_when", beside=(("answer", "有欠款"),)),
                Wrong("幾百", "number_unreadable", beside=(("answer", "有欠款"),)),
            ),
        ),
        Column(
            "回覆日", "answered_on", Day(), required="yes", strict=True, width=12, also=("回覆日期", "查核日", "清查日"),
            examples=("114.9.30", "9/30(二)", date(2025, 9, 29)),
            wrong=(Wrong("", "missing"), Wrong("114.9.31", "date_impossible"), Wrong("115.1.1", "date_future")),
        ),
        Column("備註", "note", Text(), width=22, also=("說明", "附註"), examples=("書在修補中",)),
    ),
    rules=(
        RowRule("owed_all_the_same", "answer", f"answer == '{NOTHING_OWED}' and (item or amount)", severity="warning",
                excel=f'(TRIM({{answer}})="{NOTHING_OWED}")*(({{has_item}}+ISNUMBER({{amount}})*({{amount}}>0))>0)'),
    ),
    across=(check_answers,),
)  # fmt: skip

CLEARANCE = Form(
    name="clearance",
    title="清查回覆單",
    title_en="Clearance answers",
    version=1,
    monthly=False,
    asks=True,
    sheets=(ANSWERED,),
    guide="貸方圖書館填寫：離校讀者的借書證在貴館有無欠書欠款。只列證號，不列姓名。全部回覆後，讀者才能辦完離校。",
    guide_en="Filled in by the lending library: whether anything is owed on leavers' cards. Card numbers "
    "only, no names. Only when all have answered can the readers complete their leaving.",
)
