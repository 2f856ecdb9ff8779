"""借書證登記簿 ``cards``: which of *our* readers had which of our cards (Articles 7.1, 7.2, 7.4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ill_workflows.forms.choices import (
    CARD_STATES,
    CHECKED_BY,
    DEPOSITS,
    STATUS_SPELLINGS,
    STATUSES,
)
from ill_workflows.forms.fields import Card, Choice, Day, Library, Text
from ill_workflows.forms.form import Column, Form, Row, RowRule, Sheet, Wrong
from ill_workflows.forms.known import Context

UNDECIDED = "未定"
_EARLIER = 'COUNTIFS({all_card},{card},{all_issued_on},"<"&{issued_on},{all_returned_on},'
_OVERLAP = f'ISNUMBER({{issued_on}})*({_EARLIER}"=")+{_EARLIER}">"&{{issued_on}}))'


def check_overlaps(
    sheet: Sheet,
    rows: list[Row],
    ctx: Context,  # noqa: ARG001 - every sheet rule is called alike
) -> Iterable[tuple[int, str, str, Any, dict[str, Any]]]:
    """Two issues of one card never overlap; one may start on the day the other ended (7.4)."""
    card, issued, back = (sheet.place[key] for key in ("card", "issued_on", "returned_on"))
    by_card: dict[str, list[Row]] = {}
    for row in rows:
        if row[card] and row[issued]:
            by_card.setdefault(row[card], []).append(row)
    for number, issues in by_card.items():
        issues.sort(key=lambda r: (r[issued], r[back] or date.max, r[0]))
        longest = issues[0]
        for row in issues[1:]:
            until = longest[back] or date.max
            if row[issued] != longest[issued] and until > row[issued]:
                yield row[0], "issued_on", "overlapping_issue", row[issued], {
                    "card": number, "other": longest[0], "since": longest[issued].isoformat(),
                }  # fmt: skip
            if (row[back] or date.max) > until:
                longest = row


ISSUES = Sheet(
    title="換證紀錄",
    table="cards_issues",
    identity=("card", "issued_on"),
    guide="每換出一張證填一列。還沒還證的已先列出；讀者還證時，先向貸方館查核書已還清，再填還證日與查核方式。",
    guide_en="One row an issue of a card. Open issues are listed already; when a reader brings the "
    "card back, check with the lender first, then fill in the date and how it was checked.",
    rows=300,
    columns=(
        Column(
            "借書證號", "card", Card(own=True), required="yes", strict=True, width=13,
            also=("證號", "借書證", "館際借書證號", "借書證編號", "卡號"),
            examples=("HDU-07", "hdu08", "HDU 9", "ＨＤＵ－１０"),
            wrong=(Wrong("", "missing"), Wrong("NSUT-12", "card_foreign"), Wrong("第五張", "card_unreadable")),
            guide="貴館自己的證號。", guide_en="A card of your own library.",
        ),
        Column(
            "讀者證號", "patron", Text(identifier=True, limit=60), required="yes", strict=True, width=14,
            also=("學號", "讀者號", "學號/職號", "讀者證號/學號", "借閱證號"),
            examples=("H41000001", "00123", 41234567),
            wrong=(Wrong("", "missing"), Wrong(1234567890123456789.0, "lost_digits")),
        ),
        Column("姓名", "name", Text(limit=80), width=12, also=("讀者姓名",), examples=("示範讀者",)),
        Column(
            "身分", "status", Choice("statuses", STATUSES, also=STATUS_SPELLINGS),
            required="yes", width=8, also=("身份", "身分別", "身份別", "讀者身分"), examples=("學生", "教師 "),
            wrong=(Wrong("", "missing"), Wrong("校友", "choice_unknown")),
        ),
        Column("系所單位", "department", Text(limit=120), width=16, also=("系所", "單位", "系所/單位"),
               examples=("資訊管理系",)),
        Column("電子郵件", "email", Text(limit=200), width=26, also=("email", "e-mail", "信箱", "電子信箱"),
               examples=("reader@mail.hdu.example",),
               guide="催還信寄到這裡；沒有時由貴館轉交。", guide_en="Reminders go here; without it, through you."),
        Column(
            "抵押證件", "deposit", Choice("deposits", DEPOSITS), width=11, also=("抵押", "押證"),
            examples=("學生證",), wrong=(Wrong("身分證", "choice_unknown"),),
            guide="依法不得留置身分證、健保卡。", guide_en="Identity and health insurance cards may not be kept, by law.",
        ),
        Column(
            "換證日", "issued_on", Day(), required="yes", strict=True, width=12,
            also=("換證日期", "換出日", "借證日", "借證日期", "領證日"),
            examples=("114.9.3", date(2025, 9, 4), "9/5(五)"),
            wrong=(
                Wrong("", "missing"), Wrong("114.9.31", "date_impossible"),
                Wrong("114.9.10", "overlapping_issue",
                      before=(("card", "HDU-07"), ("patron", "H41000002"), ("issued_on", "114.9.3"))),
            ),
        ),
        Column(
            "前往館", "destination", Library(also=(UNDECIDED,)), width=22, also=("前往圖書館", "借書館", "貸方館"),
            examples=("NSUT", "南星科大", UNDECIDED), wrong=(Wrong("火星虛構科技大學", "library_unknown"),),
            guide="讀者要去的館；還沒決定填「未定」。", guide_en="Where the reader is going; 未定 if not known.",
        ),
        Column(
            "還證日", "returned_on", Day(yearless="received"), width=12, also=("還證日期", "歸還日", "還證"),
            examples=("114.9.20", "無"),
            wrong=(
                Wrong("114.8.30", "returned_before_issued", beside=(("issued_on", "114.9.3"), ("checked_by", "電話"))),
                Wrong("114.2.30", "date_impossible"),
            ),
            guide="證還在讀者手上請留空白。", guide_en="Leave empty while the reader has the card.",
        ),
        Column(
            "查核方式", "checked_by", Choice("checked_by", CHECKED_BY, also=(("email", "電子郵件"), ("WEB", "WebPAC"))),
            required="when", when="returned_on", when_excel="{has_returned_on}", because="已還證", width=10,
            examples=("電話", "webpac"),
            wrong=(
                Wrong("", "missing_when", beside=(("returned_on", "114.9.20"), ("checked_on", "114.9.20"))),
                Wrong("看一下", "choice_unknown"),
            ),
        ),
        Column(
            "查核日", "checked_on", Day(yearless="received"), required="when", when="returned_on",
            when_excel="{has_returned_on}", because="已還證", width=12, also=("查核日期",), examples=("114.9.20",),
            wrong=(
                Wrong("", "missing_when", beside=(("returned_on", "114.9.20"), ("checked_by", "電話"))),
                Wrong("114.9.99", "date_impossible"),
            ),
        ),
        Column("備註", "note", Text(), width=22, also=("說明", "附註"), examples=("新生",)),
    ),
    rules=(
        RowRule("returned_before_issued", "returned_on", "returned_on and issued_on and returned_on < issued_on",
                other="issued_on",
                excel="{day_returned_on}<{day_issued_on}"),
    ),
    across=(check_overlaps,),
    across_excel=(("overlapping_issue", "issued_on", _OVERLAP),),
)  # fmt: skip

STOCK = Sheet(
    title="借書證庫存",
    table="cards_stock",
    identity=("card",),
    guide="貴館的每一張借書證一列，已先列好；遺失或註銷請改狀態並填日期，補發的證用後面的新號碼。",
    guide_en="One row for each of your cards, listed already. Change the state when one is lost or "
    "void; a replacement gets the next new number.",
    rows=120,
    columns=(
        Column(
            "借書證號", "card", Card(own=True), required="yes", strict=True, width=13,
            also=("證號", "借書證", "借書證編號", "卡號"), examples=("HDU-01", "hdu2", "HDU-51"),
            wrong=(Wrong("", "missing", beside=(("since", "114.9.30"),)), Wrong("NSUT-12", "card_foreign")),
        ),
        Column(
            "狀態", "state", Choice("card_states", CARD_STATES, also=(("作廢", "註銷"), ("在庫", "正常"))),
            required="yes", width=9, also=("證件狀態", "狀況"), examples=("正常", "遺失"),
            wrong=(Wrong("", "missing"), Wrong("怪怪的", "choice_unknown")),
        ),
        Column("狀態日", "since", Day(), width=12, also=("狀態日期", "日期"), examples=("114.9.30", "9/30(二)"),
               wrong=(Wrong("114.9.31", "date_impossible"),)),
        Column("備註", "note", Text(), width=22, also=("說明", "附註"), examples=("補發",)),
    ),
)  # fmt: skip

CARDS = Form(
    name="cards",
    title="借書證登記簿",
    title_en="Loan card register",
    version=1,
    monthly=True,
    sheets=(ISSUES, STOCK),
    guide="借方圖書館填寫：貴館讀者何時持哪一張借書證。姓名與信箱只用來寄信給讀者本人。",
    guide_en="Filled in by the home library: which of your readers held which card when. Names and "
    "addresses are used for letters to the readers themselves only.",
)
