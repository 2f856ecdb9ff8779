"""處理通知單 ``cases``: what happened to a book, a card or a fine (Articles 5.2, 6.3, 6.4).

Three sheets of the lender, one of the home library.  Card numbers only: no sheet asks for a name.
A row that is sent again with its key brings the case up to date.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from ill_workflows.forms.choices import CLAIM_ACTIONS, CLAIM_KINDS, LOSSES, PAID
from ill_workflows.forms.fields import Card, Choice, Day, Text, Whole
from ill_workflows.forms.form import Column, Form, RowRule, Sheet, Wrong

RECALL_AHEAD: Final = 366
"""Days ahead beyond which the day by which a book is wanted back was mistyped."""
_CARDS: Final = ("證號", "借書證", "館際借書證號", "借書證編號", "卡號")
_NOTE = Column("備註", "note", Text(), width=22, also=("說明", "附註"), examples=("已電話聯絡",))


def _card(*examples: str) -> Column:
    """A card of another library, which its reader borrowed with."""
    return Column(
        "借書證號", "card", Card(), required="yes", strict=True, width=13, also=_CARDS,
        examples=examples,
        wrong=(
            Wrong("", "missing"), Wrong("QQQU-05", "card_no_member"), Wrong("HDU-05", "card_own"),
            Wrong("讀者證", "card_unreadable"),
        ),
        guide="照證上的號碼；不必填姓名。", guide_en="As printed on the card; no names.",
    )  # fmt: skip


def _not_before(at: str, other: str) -> RowRule:
    """A day that cannot lie before another one of its row."""
    return RowRule(
        "day_before_other", at, f"{at} and {other} and {at} < {other}", other=other,
        severity="warning", excel=f"{{day_{at}}}<{{day_{other}}}",
    )  # fmt: skip


RECALLS = Sheet(
    title="緊急調回",
    table="cases_recalls",
    identity=("card", "item", "opened_on"),
    guide="借出中的書有急用時，一冊填一列；書回來了，在同一列填歸還日再寄一次。",
    guide_en="One row a book that is needed back at once. When it is back, fill in its return date "
    "in the same row and send the form again.",
    rows=100,
    columns=(
        _card("NSUT-07", "nsut08", "NSUT 9"),
        Column(
            "登錄號", "item", Text(identifier=True, limit=60), required="yes", strict=True, width=15,
            also=("條碼", "條碼號", "登錄號碼", "財產號", "館藏條碼"), examples=("0000123", "C450006", 31100031),
            wrong=(Wrong("", "missing"), Wrong(12345678901234567.0, "lost_digits")),
            guide="與月報表上的相同；開頭的 0 請保留。", guide_en="As in your usage sheet; keep leading zeros.",
        ),
        Column("題名", "title", Text(), width=30, also=("書名", "題名/書名", "書刊名"), examples=("食品化學（第6號）",)),
        Column(
            "調回原因", "reason", Text(), required="yes", strict=True, width=22, also=("原因", "調回事由", "事由"),
            examples=("教師指定參考書",), wrong=(Wrong("", "missing"),),
        ),
        Column(
            "調回期限", "needed_by", Day(future=True, far=RECALL_AHEAD), anchor="opened_on",
            required="yes", strict=True, width=12, also=("期限", "歸還期限", "調回日期", "應還日"),
            examples=("114.9.30", date(2025, 10, 8), "10/8(三)"),
            wrong=(
                Wrong("", "missing"), Wrong("114.9.31", "date_impossible"), Wrong("盡快", "date_unreadable"),
                Wrong("114.8.1", "day_before_other"), Wrong(date(2041, 1, 31), "date_far"),
            ),
            guide="這一天起成為這本書的到期日。", guide_en="It becomes the book's due date.",
        ),
        Column(
            "申請日", "opened_on", Day(), required="yes", strict=True, width=12, also=("申請日期", "調回日", "通知日"),
            examples=("114.9.3", "9/3(三)", date(2025, 9, 4)),
            wrong=(
                Wrong("", "missing"), Wrong("114.13.1", "date_impossible"),
                Wrong("115.1.1", "date_future", beside=(("needed_by", "115.2.1"),)),
            ),
        ),
        Column(
            "歸還日", "returned_on", Day(yearless="received"), width=12, also=("歸還日期", "還書日", "實際歸還日"),
            examples=("114.9.20", "-"),
            wrong=(Wrong("114.2.30", "date_impossible"), Wrong("114.8.1", "day_before_other")),
            guide="書還在外面請留空白。", guide_en="Leave empty while the book is out.",
        ),
        Column(
            "取消日", "cancelled_on", Day(yearless="received"), width=12, also=("取消日期", "撤銷日"),
            examples=("114.9.20",),
            wrong=(Wrong("114.9.31", "date_impossible"), Wrong("114.8.1", "day_before_other")),
            guide="不必調回了才填。", guide_en="Only when it is no longer needed.",
        ),
        _NOTE,
    ),
    rules=(
        _not_before("needed_by", "opened_on"), _not_before("returned_on", "opened_on"),
        _not_before("cancelled_on", "opened_on"),
    ),
)  # fmt: skip

SUSPENSIONS = Sheet(
    title="停權",
    table="cases_suspensions",
    identity=("card", "violated_on"),
    guide="持證讀者違反規定而停權時填一列；解除時在同一列填解除日再寄一次。貴館只需填證號，由讀者的圖書館查出是誰。",
    guide_en="One row a card whose reader is suspended; when it is lifted, fill in the day in the same "
    "row and send the form again. The home library finds out whose card it was.",
    rows=100,
    columns=(
        _card("NSUT-07", "nsut08", "NSUT 9"),
        Column(
            "違規日", "violated_on", Day(), required="yes", strict=True, width=12, also=("違規日期", "發生日"),
            examples=("114.9.3", "9/3(三)", date(2025, 9, 4)),
            wrong=(
                Wrong("", "missing"), Wrong("114.9.31", "date_impossible"),
                Wrong("115.1.1", "date_future", beside=(("suspended_from", "115.1.2"),)),
            ),
        ),
        Column(
            "事由", "reason", Text(), required="yes", strict=True, width=26, also=("停權事由", "原因", "違規事由", "停權原因"),
            examples=("攜出未借館藏",), wrong=(Wrong("", "missing"),),
        ),
        Column(
            "停權起日", "suspended_from", Day(future=True), anchor="violated_on", required="yes", strict=True,
            width=12, also=("停權起始日", "起日", "停權開始日"), examples=("114.9.5", date(2025, 9, 8), "9/8(一)"),
            wrong=(
                Wrong("", "missing"), Wrong("114.9.31", "date_impossible"),
                Wrong("114.8.1", "day_before_other"),
            ),
        ),
        Column(
            "停權迄日", "suspended_until", Day(future=True), anchor="suspended_from", width=12,
            also=("停權結束日", "迄日", "停權截止日"), examples=("115.1.31", date(2025, 12, 31), "無"),
            wrong=(Wrong("114.2.30", "date_impossible"), Wrong("114.8.1", "day_before_other")),
            guide="沒有期限請留空白。", guide_en="Leave empty where there is no end.",
        ),
        Column(
            "解除日", "lifted_on", Day(yearless="received"), width=12, also=("解除日期", "恢復日"), examples=("114.9.20",),
            wrong=(Wrong("114.9.31", "date_impossible"), Wrong("114.8.1", "day_before_other")),
            guide="已解除才填。", guide_en="Only when it has been lifted.",
        ),
        _NOTE,
    ),
    rules=(
        _not_before("suspended_from", "violated_on"), _not_before("suspended_until", "suspended_from"),
        _not_before("lifted_on", "violated_on"),
    ),
)  # fmt: skip

CLAIMS = Sheet(
    title="罰款賠償",
    table="cases_claims",
    identity=("claim_no",),
    guide="讀者歸還後仍欠的罰款、遺失或毀損的賠償，一件填一列；有繳納或減免時，以同一編號更新再寄一次。",
    guide_en="One row a fine, loss or damage that is not settled. When something is paid or waived, "
    "bring the row of that number up to date and send the form again.",
    rows=100,
    columns=(
        Column(
            "通知編號", "claim_no", Text(identifier=True, limit=60), required="yes", strict=True, width=14,
            also=("編號", "通知單編號", "案號", "罰款編號"), examples=("A-114-0001", "00017", "Ａ-114-0002"),
            wrong=(Wrong("", "missing"), Wrong(12345678901234567.0, "lost_digits")),
            guide="貴館自己的編號，不重複即可。", guide_en="A number of your own, each only once.",
        ),
        _card("NSUT-07", "nsut08", "NSUT 9"),
        Column(
            "登錄號", "item", Text(identifier=True, limit=60), width=15,
            also=("條碼", "條碼號", "登錄號碼", "財產號", "館藏條碼"), examples=("0000123", "無"),
            wrong=(Wrong(12345678901234567.0, "lost_digits"),),
        ),
        Column(
            "類別", "kind",
            Choice(
                "claim_kinds", CLAIM_KINDS,
                also=(("逾期", "逾期罰款"), ("遺失", "遺失賠償"), ("毀損", "毀損賠償"), ("損毀賠償", "毀損賠償")),
            ),
            required="yes", strict=True, width=11, also=("賠償類別", "罰款類別", "種類"), examples=("毀損賠償", "逾期罰款 "),
            wrong=(Wrong("", "missing"), Wrong("找不到", "choice_unknown")),
        ),
        Column(
            "金額", "amount", Whole(example=350), required="yes", strict=True, width=10, also=("應繳金額", "賠償金額", "罰款金額"),
            examples=(350, "1,200", "90元"),
            wrong=(Wrong("", "missing"), Wrong("照定價", "number_unreadable"), Wrong(-5, "number_too_small")),
        ),
        Column(
            "發生日", "opened_on", Day(), required="yes", strict=True, width=12, also=("發生日期", "通知日", "開立日"),
            examples=("114.9.3", "9/3(三)", date(2025, 9, 4)),
            wrong=(Wrong("", "missing"), Wrong("114.13.1", "date_impossible"), Wrong("115.1.1", "date_future")),
        ),
        Column(
            "已繳金額", "paid", Whole(example=350), width=10, also=("已繳", "實繳金額"), examples=(0, "350元", "無"),
            wrong=(
                Wrong("一半", "number_unreadable"),
                Wrong(900, "paid_too_much", beside=(("amount", 350),)),
                Wrong(100, "paid_too_little", beside=(("amount", 350), ("action", PAID))),
            ),
        ),
        Column(
            "處理", "action",
            Choice("claim_actions", CLAIM_ACTIONS, also=(("未繳", "未結"), ("未處理", "未結"), ("部分繳", "部分繳納"), ("免除", "減免"))),
            required="yes", strict=True, width=10, also=("處理情形", "處理狀態", "處理結果"), examples=("未結", "部分繳納"),
            wrong=(Wrong("", "missing"), Wrong("再說", "choice_unknown")),
            guide="繳清、減免、撤銷之後不再催繳。", guide_en="Nobody is reminded any more once it is 繳清, 減免 or 撤銷.",
        ),
        Column(
            "處理日", "acted_on", Day(yearless="received"), width=12, also=("處理日期", "繳納日"), examples=("114.9.20",),
            wrong=(Wrong("114.9.31", "date_impossible"), Wrong("114.8.1", "day_before_other")),
        ),
        _NOTE,
    ),
    rules=(
        _not_before("acted_on", "opened_on"),
        RowRule("paid_too_much", "paid", "paid is not None and amount is not None and paid > amount",
                other="amount", severity="warning",
                excel="ISNUMBER({paid})*ISNUMBER({amount})*({paid}>{amount})"),
        RowRule("paid_too_little", "paid",
                f"action == '{PAID}' and paid is not None and amount is not None and paid < amount",
                other="amount", severity="warning",
                excel=f'(TRIM({{action}})="{PAID}")*ISNUMBER({{paid}})*ISNUMBER({{amount}})*({{paid}}<{{amount}})'),
    ),
)  # fmt: skip

LOSSES_OF_CARDS = Sheet(
    title="借書證掛失",
    table="cases_losses",
    identity=("card", "opened_on"),
    guide="貴館的借書證遺失、註銷或尋獲時填一列；各館會立刻收到通知。",
    guide_en="One row for a card of your own that is lost, void or found again; all members are told "
    "at once.",
    rows=60,
    columns=(
        Column(
            "借書證號", "card", Card(own=True), required="yes", strict=True, width=13, also=_CARDS,
            examples=("HDU-07", "hdu08", "HDU 9"),
            wrong=(Wrong("", "missing"), Wrong("NSUT-12", "card_foreign"), Wrong("第五張", "card_unreadable")),
            guide="貴館自己的證號。", guide_en="A card of your own library.",
        ),
        Column(
            "事由", "kind", Choice("losses", LOSSES, also=(("掛失", "遺失"), ("作廢", "註銷"), ("找到", "尋獲"), ("尋回", "尋獲"))),
            required="yes", strict=True, width=9, also=("掛失事由", "原因"), examples=("遺失", "尋獲 "),
            wrong=(Wrong("", "missing"), Wrong("弄髒", "choice_unknown")),
        ),
        Column(
            "發生日", "opened_on", Day(), required="yes", strict=True, width=12, also=("發生日期", "掛失日", "掛失日期"),
            examples=("114.9.3", "9/3(三)", date(2025, 9, 4)),
            wrong=(Wrong("", "missing"), Wrong("114.9.31", "date_impossible"), Wrong("115.1.1", "date_future")),
        ),
        _NOTE,
    ),
)  # fmt: skip

CASES = Form(
    name="cases",
    title="處理通知單",
    title_en="Case notification",
    version=1,
    monthly=False,
    sheets=(RECALLS, SUSPENSIONS, CLAIMS, LOSSES_OF_CARDS),
    guide="有事時填寫：緊急調回、停權、罰款賠償由貸方圖書館填，借書證掛失由借方圖書館填。只填證號，不填姓名。",
    guide_en="Filled in when something happens: recalls, suspensions and claims by the lending library, "
    "lost cards by the home library. Card numbers only, no names.",
)
