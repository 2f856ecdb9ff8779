"""The measures in words: what each counts, its denominator, its source (Article 8.1).

The wording is ours; numbers I… are those of the alliance's list of indicators.
"""

from __future__ import annotations

from typing import NamedTuple

from ill_workflows.evaluation.said import Both


class Definition(NamedTuple):
    """One measure: ``name`` as in ``figures --json`` (empty: only in the workbook)."""

    name: str
    indicator: str
    zh: str
    en: str
    unit: str
    formula: str
    denominator: str
    sheet: str
    source: str

    @property
    def called(self) -> Both:
        """The measure's name, in both languages."""
        return Both(self.zh, self.en)


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "cards_issued", "I01", "換證次數", "Card issues", "次",
        "換證紀錄中換證日落在期間內的筆數，歸發證館。", "", "借書證使用",
        "辦法七(八)、八(一)；自訂",
    ),
    Definition(
        "cards_used", "I01", "使用借書證張數", "Cards used", "張",
        "期間內換出過的借書證，同一張只計一次。各月張數不可相加成整期張數。", "", "借書證使用",
        "辦法八(一)；自訂",
    ),
    Definition(
        "", "I02", "借書證使用率", "Card utilisation", "%",
        "在外證日 ÷ 可用證日。換證日起至還證日前一日，每過一夜計一證日。",
        "可用證（未遺失、未註銷）× 已報月份的日曆天數", "借書證使用", "辦法八(一)；自訂",
    ),
    Definition(
        "", "I03", "持證天數中位數", "Median days held", "日",
        "期間內還證者，還證日減換證日的中位數。", "期間內還證的次數", "借書證使用", "自訂",
    ),
    Definition(
        "loans_lent", "I04", "貸出件數", "Loans lent", "件",
        "借出紀錄中借出日落在期間內的冊數，歸貸方館；跨月續列的同一筆只計一次。", "", "貸借矩陣",
        "ISO 2789 館際互借：借出",
    ),
    Definition(
        "loans_borrowed", "I05", "借入件數", "Loans borrowed", "件",
        "同一批借出紀錄，改歸借書證所屬館；貸方館未繳的月份沒有紀錄可計。", "", "貸借矩陣",
        "ISO 2789 館際互借：借入",
    ),
    Definition(
        "", "I17", "借貸比", "Net lending ratio", "倍", "貸出件數 ÷ 借入件數。", "借入件數",
        "借貸比", "ARL／OCLC 慣用",
    ),
    Definition(
        "requests_received", "I07", "收到申請件數", "Requests received", "件",
        "滿足＋拒絕＋取消＋重複，依回覆日（借出者依借出日）；處理中者另列，回覆後才計入。", "",
        "資料供應", "辦法八(一)；ISO 18626",
    ),
    Definition(
        "requests_filled", "I07", "滿足件數", "Requests filled", "件",
        "貸出件數＋複印供應件數；借閱而已借出者只由借出紀錄計，不重複計。", "", "資料供應",
        "ISO 11620；ALA",
    ),
    Definition(
        "requests_refused", "I09", "拒絕件數", "Requests refused", "件",
        "結果為拒絕，回覆日落在期間內。", "", "拒絕原因", "辦法六(五)；ISO 18626 Unfilled",
    ),
    Definition(
        "fill_rate", "I07", "滿足率（貸方）", "Fill rate", "%",
        "滿足 ÷（滿足＋拒絕），四捨五入至小數一位。",
        "滿足＋拒絕（不含取消、重複、處理中）；分母為零時空白",
        "資料供應", "ISO 11620；分母規則自訂",
    ),
    Definition(
        "refusal_rate", "I09", "拒絕率", "Refusal rate", "%",
        "拒絕 ÷（滿足＋拒絕），四捨五入至小數一位。", "同滿足率", "資料供應",
        "辦法八(一)；ISO 18626",
    ),
    Definition(
        "", "I10", "拒絕原因比例", "Reasons for refusal", "%",
        "各原因件數 ÷ 全部拒絕件數；政策、可得性、申請端三類。", "拒絕件數", "拒絕原因",
        "ISO 18626；ISO 10161",
    ),
    Definition(
        "copies_supplied", "I06", "複印供應件數", "Copies supplied", "件",
        "服務為複印、結果為提供，依回覆日。", "", "複印", "ISO 2789；ISO 18626 CopyCompleted",
    ),
    Definition(
        "copy_pages", "I06", "複印頁數", "Copy pages", "頁", "上列各件的頁數。", "", "複印",
        "ISO 2789",
    ),
    Definition(
        "", "I11", "處理天數", "Turnaround", "日",
        "回覆日減申請日（日曆天），提供與拒絕都計；中位數、第 90 百分位數、三日內比例。",
        "期間內回覆為提供或拒絕的申請", "處理時效", "ISO 11620 館際互借速度",
    ),
    Definition(
        "overdue_loans", "I12", "新增逾期件數", "Loans fallen overdue", "件",
        "到期日的次日落在期間內，且到期日當天尚未歸還；歸貸方館。", "", "逾期與催還", "自訂"
    ),
    Definition(
        "", "I12", "逾期率", "Overdue rate", "%",
        "新增逾期件數 ÷ 同期貸出件數。上期借出、本期才逾期者計入分子，短期間的比率因此可能偏高。",
        "期間內貸出件數", "逾期與催還", "自訂",
    ),
    Definition(
        "", "I13", "平均逾期天數", "Mean days overdue", "日",
        "期間內逾期歸還者，歸還日減到期日；期末仍逾期者（遺失除外），月底減到期日；日曆天。",
        "期間內逾期歸還與期末仍逾期的件數", "逾期與催還", "自訂",
    ),
    Definition(
        "", "I14", "催還回收率", "Recovery after notice", "%",
        "催還後 14 日內歸還的件次 ÷ 催還滿 14 日的件次；滿 14 日之日落在期間內。",
        "期間內催還滿 14 日的件次",
        "逾期與催還", "自訂",
    ),
    Definition(
        "recalls", "I15", "緊急調回件數", "Recalls", "件",
        "申請日落在期間內的緊急調回，歸貸方館。", "", "緊急調回",
        "辦法六(三)；ISO 18626 Recalled",
    ),
    Definition(
        "", "I15", "緊急調回達成率", "Recall compliance", "%",
        "調回期限（含）前歸還 ÷ 期限已到；期限落在期間內。", "期限已到、未在期限前取消的調回",
        "緊急調回", "辦法六(三)；自訂",
    ),
    Definition(
        "", "I16", "離校清查人數", "Leavers", "人",
        "異動日落在期間內的離校者；可放行、撤銷依發生日，暫不放行與清查中為期末的狀態。", "",
        "離校清查", "辦法五(三)；自訂",
    ),
    Definition(
        "", "I18", "資料年代", "Age of material", "年",
        "借出（或回覆）年減出版年：1 年以內、2–5、6–10、超過 10 年；未填出版年者為不明。",
        "各資料類型件數", "資料類型與年代", "辦法八(一)；ISO 18626 PublicationType",
    ),
    Definition(
        "", "I19", "回報率", "Return rate", "%",
        "已繳份數 ÷ 應繳份數；第一次送達晚於期限者為遲交。", "期間內會員館 × 月份 × 表單",
        "繳交情形", "辦法七(八)；自訂",
    ),
)  # fmt: skip
"""Every measure that the workbook shows."""

BY_NAME = {item.name: item for item in DEFINITIONS if item.name}
"""Name of a measure → its definition."""
