"""The English of the measures' definitions: formulas, denominators, sources (Article 8.1)."""

from __future__ import annotations

from typing import Final

FORMULAS: Final = {
    "換證紀錄中換證日落在期間內的筆數，歸發證館。": (
        "Issues in the card registers whose day lies in the period, for the issuing library."
    ),
    "期間內換出過的借書證，同一張只計一次。各月張數不可相加成整期張數。": (
        "Cards issued at least once in the period, each counted once; months do not add up."
    ),
    "在外證日 ÷ 可用證日。換證日起至還證日前一日，每過一夜計一證日。": (
        "Card-days out ÷ card-days available. One card-day for each night from the day of issue to"
        " the day before the card's return."
    ),
    "期間內還證者，還證日減換證日的中位數。": (
        "Median of day of return minus day of issue, of cards returned in the period."
    ),
    "借出紀錄中借出日落在期間內的冊數，歸貸方館；跨月續列的同一筆只計一次。": (
        "Volumes whose day of loan lies in the period, for the lending library; a loan carried over"
        " to later sheets counts once."
    ),
    "同一批借出紀錄，改歸借書證所屬館；貸方館未繳的月份沒有紀錄可計。": (
        "The same loans, for the card's library; where the lending library did not report, there is"
        " nothing to count."
    ),
    "貸出件數 ÷ 借入件數。": "Loans lent ÷ loans borrowed.",
    "滿足＋拒絕＋取消＋重複，依回覆日（借出者依借出日）；處理中者另列，回覆後才計入。": (
        "Filled + refused + cancelled + duplicate, by day of answer (loans: day of loan). Open"
        " requests are shown apart and count once answered."
    ),
    "貸出件數＋複印供應件數；借閱而已借出者只由借出紀錄計，不重複計。": (
        "Loans lent + copies supplied; what was lent counts by the loan records only, not twice."
    ),
    "結果為拒絕，回覆日落在期間內。": "Requests refused, whose day of answer lies in the period.",
    "滿足 ÷（滿足＋拒絕），四捨五入至小數一位。": (
        "Filled ÷ (filled + refused), rounded half up to one decimal."
    ),
    "拒絕 ÷（滿足＋拒絕），四捨五入至小數一位。": (
        "Refused ÷ (filled + refused), rounded half up to one decimal."
    ),
    "各原因件數 ÷ 全部拒絕件數；政策、可得性、申請端三類。": (
        "Refusals by reason ÷ all refusals; in three categories: policy, availability, requester."
    ),
    "服務為複印、結果為提供，依回覆日。": "Copy requests supplied, by day of answer.",
    "上列各件的頁數。": "Pages of these copies.",
    "回覆日減申請日（日曆天），提供與拒絕都計；中位數、第 90 百分位數、三日內比例。": (
        "Day of answer minus day of request, in calendar days, of requests supplied and refused:"
        " median, 90th percentile, share within 3 days."
    ),
    "到期日的次日落在期間內，且到期日當天尚未歸還；歸貸方館。": (
        "Loans not back by their due date, the day after which lies in the period; for the lending"
        " library."
    ),
    "新增逾期件數 ÷ 同期貸出件數。上期借出、本期才逾期者計入分子，短期間的比率因此可能偏高。": (
        "Loans fallen overdue ÷ loans lent in the same period. The numerator has earlier loans"
        " that fell overdue now, so short periods may show high rates."
    ),
    "期間內逾期歸還者，歸還日減到期日；期末仍逾期者（遺失除外），月底減到期日；日曆天。": (
        "Calendar days past the due date: until the return of items that came back late in the"
        " period, until the month's end for items still overdue and not lost."
    ),
    "催還後 14 日內歸還的件次 ÷ 催還滿 14 日的件次；滿 14 日之日落在期間內。": (
        "Notices whose item was back within 14 days ÷ notices whose 14th day lies in the period."
    ),
    "申請日落在期間內的緊急調回，歸貸方館。": (
        "Urgent recalls whose day of request lies in the period, for the lending library."
    ),
    "調回期限（含）前歸還 ÷ 期限已到；期限落在期間內。": (
        "Items back by the recall date ÷ recalls whose date lies in the period."
    ),
    "異動日落在期間內的離校者；可放行、撤銷依發生日，暫不放行與清查中為期末的狀態。": (
        "Readers who leave in the period; cleared and withdrawn by their day, held and being"
        " cleared as at the end of the period."
    ),
    "借出（或回覆）年減出版年：1 年以內、2–5、6–10、超過 10 年；未填出版年者為不明。": (
        "Year of loan (or answer) minus year of publication: up to 1, 2–5, 6–10, over 10 years;"
        " unknown where none is stated."
    ),
    "已繳份數 ÷ 應繳份數；第一次送達晚於期限者為遲交。": (
        "Sheets received ÷ sheets due; late are those first received after the deadline."
    ),
}  # fmt: skip

DENOMINATORS: Final = {
    "可用證（未遺失、未註銷）× 已報月份的日曆天數": (
        "Cards neither lost nor void × calendar days of the months reported"
    ),
    "期間內還證的次數": "Card returns in the period",
    "滿足＋拒絕（不含取消、重複、處理中）；分母為零時空白": (
        "Filled + refused (without cancelled, duplicate, open); blank if zero"
    ),
    "同滿足率": "As for the fill rate",
    "期間內回覆為提供或拒絕的申請": "Requests supplied or refused in the period",
    "期間內貸出件數": "Loans lent in the period",
    "期間內逾期歸還與期末仍逾期的件數": (
        "Items that came back late in the period, or are still overdue at its end"
    ),
    "期間內催還滿 14 日的件次": "Notices whose 14th day lies in the period",
    "期限已到、未在期限前取消的調回": "Recalls whose date came, not cancelled before it",
    "各資料類型件數": "Items of each material type",
    "期間內會員館 × 月份 × 表單": "Member libraries × months × forms of the period",
    "借入件數": "Loans borrowed", "拒絕件數": "Requests refused",
}  # fmt: skip

SOURCES: Final = {
    "自訂": "Our definition",
    "辦法七(八)、八(一)；自訂": "Regulation, Articles 7.8, 8.1; our definition",
    "辦法八(一)；自訂": "Regulation, Article 8.1; our definition",
    "辦法六(三)；自訂": "Regulation, Article 6.3; our definition",
    "辦法五(三)；自訂": "Regulation, Article 5.3; our definition",
    "辦法七(八)；自訂": "Regulation, Article 7.8; our definition",
    "辦法八(一)；ISO 18626": "Regulation, Article 8.1; ISO 18626",
    "辦法六(五)；ISO 18626 Unfilled": "Regulation, Article 6.5; ISO 18626 Unfilled",
    "辦法六(三)；ISO 18626 Recalled": "Regulation, Article 6.3; ISO 18626 Recalled",
    "辦法八(一)；ISO 18626 PublicationType": "Regulation, Article 8.1; ISO 18626 PublicationType",
    "ISO 2789 館際互借：借出": "ISO 2789 interlibrary lending: items lent",
    "ISO 2789 館際互借：借入": "ISO 2789 interlibrary lending: items received",
    "ARL／OCLC 慣用": "ARL and OCLC usage", "ISO 11620；ALA": "ISO 11620; ALA",
    "ISO 11620；分母規則自訂": "ISO 11620; rule of the denominator ours",
    "ISO 11620 館際互借速度": "ISO 11620 speed of interlibrary lending",
    "ISO 18626；ISO 10161": "ISO 18626; ISO 10161", "ISO 2789": "ISO 2789",
    "ISO 2789；ISO 18626 CopyCompleted": "ISO 2789; ISO 18626 CopyCompleted",
}  # fmt: skip
