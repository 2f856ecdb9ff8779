"""月報表 ``usage``: what readers of *other* libraries did at the lender's (Article 7.8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ill_workflows.forms.choices import (
    BARRED_REASONS,
    CONDITIONS,
    KIND_SPELLINGS,
    LENT_KINDS,
    OTHER_REASON,
    OUTCOMES,
    REASONS,
    REPORT_KINDS,
    REQUESTED_KINDS,
    SERVICES,
    SUPPLIED_AS,
)
from ill_workflows.forms.fields import Card, Choice, Day, Library, Text, Whole, Year
from ill_workflows.forms.form import Column, Form, Row, RowRule, Sheet, Wrong
from ill_workflows.forms.known import Context

REASON = Choice(
    "reason",
    tuple(reason.zh for reason in REASONS),
    also=(*((reason.code, reason.zh) for reason in REASONS), ("其他", OTHER_REASON)),
    barred=BARRED_REASONS,
)
_COPY = "service == '複印' and outcome == '提供'"
_COPY_EXCEL = '(TRIM({service})="複印")*(TRIM({outcome})="提供")'

Found = Iterable[tuple[int, str, str, Any, dict[str, Any]]]


def check_loans(sheet: Sheet, rows: list[Row], ctx: Context) -> Found:
    """Renewals, too many items on one card, excluded kinds, void cards (Articles 6.2, 7.3)."""
    at = sheet.place
    card, item, lent, back, kind = (
        at[k] for k in ("card", "item", "lent_on", "returned_on", "material")
    )
    member = ctx.known.members[ctx.library]
    excluded, void = frozenset(member.rules.excluded_kinds), ctx.known.void_cards
    still_out: dict[tuple[Any, Any], Row] = {}
    by_card: dict[str, list[Row]] = {}
    for row in sorted((r for r in rows if r[card] and r[lent]), key=lambda r: (r[lent], r[0])):
        pair = (row[card], row[item])
        earlier = still_out.get(pair)
        if earlier is not None and (earlier[back] is None or earlier[back] > row[lent]):
            if earlier[lent] != row[lent]:
                yield (
                    row[0],
                    "lent_on",
                    "renewed",
                    row[lent],
                    {"card": row[card], "other": earlier[0]},
                )
        still_out[pair] = row
        by_card.setdefault(row[card], []).append(row)
        if row[kind] in excluded:
            yield row[0], "material", "excluded_kind", row[kind], {}
        if row[card] in void and row[lent] >= void[row[card]]:
            yield row[0], "card", "card_void", row[card], {"home": row[card].rpartition("-")[0]}
    yield from _over_limit(by_card, lent, back, member.rules.items)


def _over_limit(by_card: dict[str, list[Row]], lent: int, back: int, limit: int) -> Found:
    for card, loans in by_card.items():
        if len(loans) <= limit:
            continue
        told: set[date] = set()
        for row in loans:
            day = row[lent]
            out = sum(o[lent] <= day and (o[back] is None or o[back] > day) for o in loans)
            if out > limit and day not in told:
                told.add(day)
                yield row[0], "card", "over_limit", card, {
                    "card": card, "day": day.isoformat(), "count": out, "limit": limit,
                }  # fmt: skip


LOANS = Sheet(
    title="借出紀錄",
    table="usage_loans",
    identity=("card", "item", "lent_on"),
    guide="每借出一冊填一列。上個月還沒還的書已先列出，還了請填歸還日；沒還的請保留。",
    guide_en="One row a book lent. Books still out are listed already: fill in the return date "
    "when they are back, and keep the row while they are not.",
    rows=400,
    columns=(
        Column(
            "借書證號", "card", Card(), required="yes", strict=True, width=13,
            also=("證號", "借書證", "館際借書證號", "借書證編號", "卡號"),
            examples=("NSUT-07", "nsut08", "ＮＳＵＴ－０９", "NSUT–10", "NSUT 11", "NSUT-12"),
            wrong=(
                Wrong("", "missing"), Wrong("QQQU-05", "card_no_member"),
                Wrong("HDU-05", "card_own"), Wrong("讀者證", "card_unreadable"),
            ),
            guide="照證上的號碼。", guide_en="As printed on the card.",
        ),
        Column(
            "登錄號", "item", Text(identifier=True, limit=60), required="yes", strict=True, width=15,
            also=("條碼", "條碼號", "登錄號碼", "財產號", "館藏條碼"),
            examples=("0000123", "C450006", 31100031, "０００１２３"),
            wrong=(Wrong("", "missing"), Wrong(12345678901234567.0, "lost_digits")),
            guide="條碼或登錄號；開頭的 0 請保留。", guide_en="Barcode or accession number; keep leading zeros.",
        ),
        Column(
            "題名", "title", Text(), required="yes", width=30, also=("書名", "題名/書名", "書刊名", "書目題名"),
            examples=("食品化學（第6號）", "=SUM 的用法"), wrong=(Wrong("", "missing"),),
        ),
        Column("索書號", "call_number", Text(limit=120), width=14, examples=("312.83 8764",)),
        Column(
            "資料類型", "material", Choice("lent_kinds", LENT_KINDS, also=KIND_SPELLINGS),
            required="yes", width=12, also=("類型", "資料類別", "資料型態"),
            examples=("圖書", "視聽資料 ", "學位論文"),
            wrong=(Wrong("", "missing"), Wrong("不詳物件", "choice_unknown")),
        ),
        Column(
            "出版年", "published", Year(), width=9, also=("出版年份", "出版年代", "年代"),
            examples=(2015, "民國98", "98", "１９９８"), wrong=(Wrong("二版", "year_unreadable"),),
        ),
        Column(
            "借出日", "lent_on", Day(), required="yes", strict=True, width=12,
            also=("借出日期", "借閱日期", "借書日", "借書日期", "借閱日"),
            examples=("114.9.3", "114/09/03", "1140903", "20250903", date(2025, 9, 3), "9/3(三)", "114年9月3日"),
            wrong=(
                Wrong("", "missing"), Wrong("114/2/30", "date_impossible"), Wrong("98/9/9", "date_ambiguous"),
                Wrong("9/3(一)", "weekday_mismatch"), Wrong("114.12.31", "date_future"),
                Wrong("上週", "date_unreadable"),
            ),
        ),
        Column(
            "應還日", "due_on", Day(future=True), anchor="lent_on", width=12,
            also=("應還日期", "到期日", "到期日期", "應還期限"),
            examples=("114.9.30", "無", date(2025, 10, 8), "10/8(三)"),
            wrong=(
                Wrong("114.8.1", "due_before_lent", beside=(("lent_on", "114.9.3"),)),
                Wrong("114.9.31", "date_impossible"),
            ),
            guide="空白時由系統依貴館規則與開館日計算。",
            guide_en="Left empty, it is computed from your rules and open days.",
        ),
        Column(
            "歸還日", "returned_on", Day(yearless="received"), width=12,
            also=("歸還日期", "還書日", "還書日期", "實際歸還日"),
            examples=("114.9.20", "-", date(2025, 9, 22), "9/22(一)"),
            wrong=(
                Wrong("114.8.30", "returned_before_lent", beside=(("lent_on", "114.9.3"),)),
                Wrong("115.1.1", "date_future"),
            ),
            guide="還在外面請留空白。", guide_en="Leave empty while the book is out.",
        ),
        Column("逾期罰款", "fine", Whole(), width=10, also=("罰款", "應繳罰款"),
               examples=(15, "１５", "15元", "無"), wrong=(Wrong("免", "number_unreadable"),),
               guide="空白時由系統計算。", guide_en="Left empty, it is computed."),
        Column("已繳罰款", "fine_paid", Whole(), width=10, also=("已繳", "實繳罰款"),
               examples=(15, "1,200"), wrong=(Wrong("未", "number_unreadable"),)),
        Column(
            "狀況", "condition", Choice("conditions", CONDITIONS), width=9, also=("書況", "狀態"),
            examples=("正常", "遺失"), wrong=(Wrong("找不到", "choice_unknown"),),
            guide="遺失：停止催還，改辦賠償。", guide_en="遺失 (lost) ends the reminders and opens a claim.",
        ),
        Column("備註", "note", Text(), width=22, also=("說明", "附註"), examples=("讀者來電",)),
    ),
    rules=(
        RowRule("due_before_lent", "due_on", "due_on and lent_on and due_on < lent_on", other="lent_on",
                excel="{day_due_on}<{day_lent_on}"),
        RowRule("returned_before_lent", "returned_on", "returned_on and lent_on and returned_on < lent_on",
                other="lent_on",
                excel="{day_returned_on}<{day_lent_on}"),
        RowRule("lent_before_term", "lent_on", "lent_on and term_from and lent_on < term_from",
                other="term_from", severity="warning"),
    ),
    across=(check_loans,),
)  # fmt: skip

REQUESTS = Sheet(
    title="申請紀錄",
    table="usage_requests",
    identity=("request_no",),
    guide="已借出的書只填『借出紀錄』，這裡不必再填；這裡填複印申請，以及未能借出的（拒絕、處理中、取消、重複）。",
    guide_en="Books lent belong in 借出紀錄 only. Here: requests for copies, and what could not be "
    "lent (refused, open, cancelled, duplicate).",
    rows=300,
    columns=(
        Column(
            "申請編號", "request_no", Text(identifier=True, limit=60), required="yes", strict=True, prefilled=True, width=13,
            also=("編號", "申請單號", "申請號"), examples=("11409-001", "A-2025-17", "１１４０９-００３"),
            wrong=(Wrong("", "missing"),),
            guide="已先編好，也可改用貴館自己的編號，不重複即可；處理中的下個月會自動帶入。",
            guide_en="Numbered ahead; your own numbers are welcome, each only once. Open requests are carried over.",
        ),
        Column(
            "申請日", "requested_on", Day(), required="yes", strict=True, width=12,
            also=("申請日期", "收件日"), examples=("114.9.3", "9/3(三)", date(2025, 9, 4)),
            wrong=(Wrong("", "missing"), Wrong("114.13.1", "date_impossible")),
        ),
        Column(
            "申請館", "borrower", Library(), required="yes", strict=True, width=22,
            also=("申請單位", "申請圖書館", "借方圖書館", "借方館"),
            examples=("NSUT", "南星示範科技大學", "南星科大", "臺墨示範科技大學"),
            wrong=(Wrong("", "missing"), Wrong("火星虛構科技大學", "library_unknown"), Wrong("HDU", "library_own")),
        ),
        Column(
            "服務", "service", Choice("services", SERVICES, also=(("影印", "複印"), ("借書", "借閱"))),
            required="yes", strict=True, width=8, also=("服務類別", "服務項目", "申請類別"), examples=("借閱", "複印 "),
            wrong=(Wrong("", "missing"), Wrong("代查", "choice_unknown")),
        ),
        Column("題名", "title", Text(), width=30, also=("書名", "篇名", "題名/篇名"), examples=("工業設計研究（78）",)),
        Column(
            "資料類型", "material", Choice("requested_kinds", REQUESTED_KINDS, also=KIND_SPELLINGS),
            required="yes", width=12, also=("類型", "資料類別", "資料型態"), examples=("期刊文章", "圖書"),
            wrong=(Wrong("", "missing"), Wrong("雜項", "choice_unknown")),
        ),
        Column("出版年", "published", Year(), width=9, also=("出版年份", "年代"), examples=(2019, "民國108"),
               wrong=(Wrong("不明年", "year_unreadable"),)),
        Column(
            "結果", "outcome", Choice("outcomes", OUTCOMES, also=(("已提供", "提供"), ("退件", "拒絕"), ("完成", "提供"))),
            required="yes", strict=True, width=9, also=("處理結果", "辦理結果"), examples=("取消", "處理中", "重複"),
            wrong=(Wrong("", "missing"), Wrong("再說", "choice_unknown")),
        ),
        Column(
            "拒絕原因", "reason", REASON, required="when", when="outcome == '拒絕'",
            when_excel='TRIM({outcome})="拒絕"', because="結果為拒絕", strict=True, width=24, also=("未提供原因", "退件原因"),
            examples=("無館藏", "不外借(限館內閱覽)", "R10"),
            wrong=(
                Wrong("", "missing_when", beside=(("outcome", "拒絕"),)),
                Wrong("重複申請", "reason_duplicate", beside=(("outcome", "拒絕"),)),
                Wrong("讀者自行取消", "reason_cancelled", beside=(("outcome", "拒絕"),)),
                Wrong("不想借", "choice_unknown", beside=(("outcome", "拒絕"),)),
            ),
        ),
        Column(
            "回覆日", "answered_on", Day(), required="when", when="outcome and outcome != '處理中'",
            when_excel='{has_outcome}*(TRIM({outcome})<>"處理中")', because="已有結果", width=12,
            also=("回覆日期", "答覆日", "處理日期"), examples=("114.9.5", date(2025, 9, 6)),
            wrong=(Wrong("", "missing_when", beside=(("outcome", "取消"),)), Wrong("114.9.40", "date_impossible")),
        ),
        Column(
            "提供方式", "supplied_as", Choice("supplied_as", SUPPLIED_AS, also=(("影印", "紙本影印"), ("掃描", "掃描電子檔"))),
            required="when", when=_COPY, when_excel=_COPY_EXCEL, because="複印已提供", width=12,
            examples=("紙本影印", "掃描電子檔"),
            wrong=(
                Wrong("", "missing_when", beside=(("service", "複印"), ("outcome", "提供"), ("pages", 12))),
                Wrong("飛鴿", "choice_unknown"),
            ),
        ),
        Column(
            "頁數", "pages", Whole(least=1, example=12), required="when", when=_COPY, when_excel=_COPY_EXCEL,
            because="複印已提供", width=8, also=("頁",), examples=(12, "39頁", "２５"),
            wrong=(
                Wrong("", "missing_when", beside=(("service", "複印"), ("outcome", "提供"), ("supplied_as", "其他"))),
                Wrong("幾頁", "number_unreadable"), Wrong(0, "number_too_small"),
            ),
        ),
        Column("費用", "fee", Whole(), width=9, also=("金額", "收費"), examples=(36, "90元"),
               wrong=(Wrong("免費", "number_unreadable"),)),
        Column("備註", "note", Text(), width=22, also=("說明", "附註"), examples=("改寄電子檔",)),
    ),
    rules=(
        RowRule("answered_before_requested", "answered_on",
                "answered_on and requested_on and answered_on < requested_on", other="requested_on",
                severity="warning",
                excel="{day_answered_on}<{day_requested_on}"),
        RowRule("reason_needs_note", "note", f"reason == '{OTHER_REASON}' and not note", severity="warning",
                excel='(TRIM({reason})="' + OTHER_REASON + '")*(1-{has_note})'),
    ),
)  # fmt: skip

USAGE = Form(
    name="usage",
    title="月報表",
    title_en="Monthly usage sheet",
    version=1,
    monthly=True,
    kinds=REPORT_KINDS,
    sheets=(LOANS, REQUESTS),
    guide="貸方圖書館填寫：他館讀者持借書證在貴館的借閱與申請。只填證號，不填姓名。",
    guide_en="Filled in by the lending library: what readers of other libraries borrowed and asked "
    "for. Card numbers only, no names.",
)
