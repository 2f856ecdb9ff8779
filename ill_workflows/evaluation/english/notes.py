"""The English of table and chart titles, notes and definitions of the evaluation's sheets."""

from __future__ import annotations

from typing import Final

CAPTIONS: Final = {
    # tables
    "目錄": "Contents", "期間與繳交": "Period and sheets received",
    "變動最大的十項": "The ten largest changes", "各月走勢": "By month", "各月回報": "Sheets by month", "各月使用": "Card use by month",
    "各館各月換證次數": "Card issues by library and month",
    "與借書證登記簿對照": "Compared with the loan card registers", "服務別": "By service",
    "各月": "By month", "三類": "The three categories", "各館拒絕原因": "Reasons by lending library",
    "提供方式 × 貸方": "Way of supply by lending library", "各資料類型": "By material type",
    "從借出到催還回收": "From loan to recovery", "貸方館的回覆": "Answers of lending libraries",
    "各館之間的請求與清償": "Claims and settlement between libraries",
    "各館淨額": "Net amount by library", "停權人次": "Suspensions by lending library",
    "結算紀錄": "Closings", "結算月份的更正": "Restatements of closed months",
    "更正、提醒與豁免": "Corrections, warnings and waivers", "不一致之處": "Discrepancies",
    "各館各月的出處": "Where each library's months come from",
    # charts
    "各月主要件數": "Headline figures by month",
    "折線圖：期間內各月的貸出、複印供應、拒絕件數與換證次數。": (
        "Line chart: loans lent, copies supplied, requests refused and card issues by month."
    ),
    "各月繳交份數": "Sheets received by month",
    "堆疊直條圖：各月準時、遲交與未完成的份數。": (
        "Stacked columns: sheets on time, late and still due, by month."
    ),
    "期末借書證在哪裡": "Where the cards are at the end of the period",
    "堆疊直條圖：各館期末在館、讀者持有、抵押於貸方、遺失與註銷的張數。": (
        "Stacked columns: cards in hand, with readers, pledged at lenders, lost and void at the end"
        " of the period, by library."
    ),
    "各月換證次數": "Card issues by month",
    "直條圖：全聯盟各月換證次數。": "Columns: card issues of the whole alliance, by month.",
    "各館貸出與借入": "Lent and borrowed by library",
    "橫條圖：各館貸出與借入的件數。": "Bars: items lent and borrowed, by library.",
    "各月滿足率與拒絕率": "Fill rate and refusal rate by month",
    "折線圖：各月滿足率與拒絕率。": "Line chart: fill rate and refusal rate, by month.",
    "拒絕原因柏拉圖": "Pareto chart of reasons for refusal",
    "柏拉圖：各拒絕原因（代號）的件數由多到少，折線為累計百分比。": (
        "Pareto chart: refusals by reason (code), most frequent first; the line is the cumulative"
        " percentage."
    ),
    "借出：資料類型與年代": "Loans by material type and age",
    "堆疊橫條圖：各資料類型借出的件數，依資料年代分色。": (
        "Stacked bars: loans by material type, coloured by age of material."
    ),
    "複印件數：資料類型": "Copies by material type",
    "直條圖：各資料類型的複印件數。": "Columns: copies supplied, by material type.",
    "處理天數中位數": "Median turnaround",
    "直條圖：各館從申請到回覆的天數中位數。": (
        "Columns: median days from request to answer, by lending library."
    ),
    "橫條圖：借出、逾期、各次催還與催還後歸還的件數，由多到少。": (
        "Bars: items lent, overdue, noticed at each step and back after a notice, in falling order."
    ),
    "各館回覆天數中位數": "Median days to answer by lending library",
    "直條圖：各貸方館從第一次請教到回覆的天數中位數。": (
        "Columns: median days from the first question to the answer, by lending library."
    ),
    "貸出件數：本期與去年同月": "Loans lent: this period and a year before",
    "折線圖：各月貸出件數，本期與去年同月。": (
        "Line chart: loans lent by month, this period and the same months a year before."
    ),
    "滿足率：本期與去年同月": "Fill rate: this period and a year before",
    "折線圖：各月滿足率，本期與去年同月。": (
        "Line chart: fill rate by month, this period and the same months a year before."
    ),
    # tables without rows
    "本期沒有資料。": "No data for this period.",
    "前期沒有可比較的資料。": "The period before has nothing to compare with.",
    "到期末沒有罰款或賠償的往來。": "No fines or compensation up to the end of the period.",
    "期間內沒有停權。": "No suspensions in this period.",
    "本期還沒有公開的經驗分享；歡迎寫在月報表的封面。": (
        "No experience has been released yet; the cover of the monthly sheet has room for it."
    ),
    "本期的月份都還沒有結算。": "No month of this period is closed yet.",
    "結算之後沒有更正。": "Nothing has been restated since the closing.",
    "本期收下的報表沒有更正或提醒。": "The sheets accepted had no corrections or warnings.",
    "本期沒有不一致之處。": "No discrepancies in this period.",
    "本期沒有合格的報表。": "No sheets were accepted for this period.",
    "本期沒有事件。": "Nothing happened in this period.",
    "{alliance}　{span}評估資料": "{alliance} – Evaluation, {span}",
}  # fmt: skip
"""What stands over tables and charts, what charts say to those who do not see them, and what is
said where there is nothing."""

NOTES: Final = {
    "灰底空白：該館該期未繳或沒有資料，不是零；合計只加總已繳的部分。": (
        "Shaded blank: not reported or no data, which is not zero; totals add what was reported."
    ),
    "前期：{span}（長度相同、緊接在本期之前）。比率的增減為百分點。": (
        "Period before: {span}, of equal length and just before this one. Rates change by"
        " percentage points."
    ),
    "館數：本期至少有一個月資料的館。回報館數不同時，前後期不宜直接比較。": (
        "Libraries with data: those with at least one month of this period. Periods in which"
        " different numbers reported do not compare directly."
    ),
    "點選指標可跳到說明該數字的工作表；各指標的算法見『指標定義』，來源檔見『來源』。": (
        "Each measure links to the sheet that explains it; formulas are in “Definitions”, files in"
        " “Sources”."
    ),
    "準時、遲交以第一次送達日計；退回、退件：曾送達，尚無合格的版本。點選月份格可跳到『來源』的收件紀錄。": (
        "On time and late go by the first day of receipt. Returned and rejected: received, but no"
        " version is valid yet. A month's cell links to its receipt in “Sources”."
    ),
    "未繳不是零：未繳館月的件數在各表中空白。期中更新不算已繳。": (
        "Missing is not zero: its figures stay blank on every sheet. An interim sheet does not"
        " count as received."
    ),
    "使用率＝在外證日 ÷ 可用證日；只計該館已報的月份。": (
        "Utilisation = card-days out ÷ card-days available, in the months that the library reported."
    ),
    "在館等五欄：該館最近一個已報月份月底的張數。抵押於貸方：讀者持有且貸方館報有未還的書，由兩館報表推得。": (
        "In hand to void: cards at the end of the last month that the library reported. Pledged at"
        " lender: with a reader, while a lending library reports a book that is still out; derived"
        " from both sheets."
    ),
    "使用證張數：整期同一張只計一次，因此不等於各月相加。": (
        "Cards used: each card counts once in the period, so months do not add up to it."
    ),
    "列為貸方，欄為借方（借書證所屬館），數字是貸方借出紀錄的冊數；『·』為零。": (
        "Rows lend, columns borrow (the card's library); items by the lending library's records;"
        " “·” is zero."
    ),
    "指名前來之換證：借方登記簿的前往館為該館。還證而未見借書：期間內還證者，持證期間該館沒有這張證的借出紀錄（只計兩館已報的月份）。": (
        "Cards issued for it: the borrowing library's register names this library as destination."
        " Card back, no loan: returned in the period, and this library lent nothing on it meanwhile"
        " (months that both reported)."
    ),
    "證上指名他館：發證時前往館填的是另一館；當日無人持證：登記簿上沒有人持有該證，仍計入借方。": (
        "Card for another library: issued with another destination. Held by nobody: no reader held"
        " it by the register; the loan still counts for the card's library."
    ),
    "借貸比＝貸出 ÷ 借入；沒有借入時空白。": (
        "Net lending ratio = lent ÷ borrowed; blank where nothing was borrowed."
    ),
    "借入由各貸方館的借出紀錄推得，貸方館未繳的月份不在其中。": (
        "Borrowed is derived from the lending libraries' records, without the months that they did"
        " not report."
    ),
    "滿足＝貸出件數＋複印供應件數；滿足率＝滿足 ÷（滿足＋拒絕），沒有分母時空白。": (
        "Filled = loans lent + copies supplied; fill rate = filled ÷ (filled + refused), blank"
        " without a denominator."
    ),
    "收到＝滿足＋拒絕＋取消＋重複，依回覆日；取消、重複與處理中不在比率的分母。": (
        "Received = filled + refused + cancelled + duplicate, by day of answer. Cancelled,"
        " duplicate and open requests are in no denominator."
    ),
    "期末處理中：月底（整期為該館最近一個已報月份的月底）已申請而未回覆者，回覆後才計入收到。": (
        "Open at end: requested but not answered by the end of the month (for the period: of the"
        " last month that the library reported); received counts them once they are answered."
    ),
    "類別：政策＝貸方規定不提供；申請端＝申請或讀者的條件不符；可得性＝當時拿不到。重複與取消不是拒絕。": (
        "Categories: policy – the lending library's rules forbid it; requester – the request or the"
        " reader does not qualify; availability – not to be had then. Duplicate and cancelled"
        " requests are no refusals."
    ),
    "上表為借出，下表為複印。年代＝借出（複印為回覆）之年減出版年；沒有出版年者為不明。": (
        "Loans above, copies below. Age = year of the loan (of a copy: of the answer) minus year of"
        " publication; unknown without one."
    ),
    "上表依所複印資料的類型與貸方館，第二表依提供方式與貸方館；費用為新臺幣元，未填者不計。": (
        "First table: by type of the material copied and lending library; second: by way of supply"
        " and lending library. Fees in NT$; those not stated are left out."
    ),
    "沒有列出的館：沒有複印，或該期未繳（見『繳交情形』）。": (
        "Libraries not listed made no copies or did not report (see “Sheets received”)."
    ),
    "日曆天；提供與拒絕都計，處理中、取消、重複不計。合計列的中位數與百分位數由全部申請計算，不是各館的平均。": (
        "Calendar days; supplied and refused requests, without open, cancelled and duplicate ones."
        " Median and percentile in the total row are of all requests, not means of the libraries."
    ),
    "逾期：到期日次日落在期間內、到期日當天未還。逾期率＝逾期 ÷ 同期借出。": (
        "Overdue: the day after the due date lies in the period, and the item was not back by the"
        " due date. Overdue rate = overdue ÷ lent in the same period."
    ),
    "平均逾期天數：期間內逾期歸還者，到歸還日；期末仍逾期者（遺失除外），到該館最近一個已報月份的月底；日曆天。": (
        "Mean days overdue, in calendar days: items that came back late, until their return; items"
        " still overdue and not lost, until the end of the last month that the library reported."
    ),
    "各次催還：期間內寫給讀者的件次；查無持證人時改通知借方館。": (
        "Notices: written to readers in the period, counted by item; where nobody is known to hold"
        " the card, the borrowing library is told instead."
    ),
    "催還回收率：每一件次催還滿 14 日者，其中 14 日內歸還的比例；滿 14 日之日落在期間內。": (
        "Recovery: of all notices whose 14th day lies in the period, the share whose item was back"
        " by then."
    ),
    "調回：處理通知單所列，申請日落在期間內，歸貸方館；同一件重寄不重複計。": (
        "Recalled: from case notifications, by day of request, for the lending library; sent again,"
        " a recall counts once."
    ),
    "期限已到：調回期限落在期間內，且未在期限前取消；達成率＝期限內歸還 ÷ 期限已到。": (
        "Date reached: the recall date lies in the period and the recall was not cancelled before."
        " Compliance = back in time ÷ date reached."
    ),
    "已歸還、取消依發生日計，可能是期間之前調回的；歸還日取處理通知單或貸方館後來的月報表。": (
        "Returned and cancelled count on their day, also for earlier recalls; returns are those of"
        " the case notification or of the lending library's later monthly sheets."
    ),
    "離校人數：名單上異動日落在期間內者；未曾換證者不留個人資料，只計人數，直接放行。": (
        "Leavers: those who leave in the period by the lists. Of those who never had a card only"
        " the number is kept; they are cleared at once."
    ),
    "可放行、撤銷依告知與撤銷之日計；期末暫不放行：有館回覆有欠，或借書證未繳回查核；期末清查中：貸方館尚未回覆，沉默不算同意。": (
        "Cleared and withdrawn count on the day of the notice or withdrawal. Held: a library is"
        " owed something, or the card is not back. Being cleared: a lending library has yet to"
        " answer; silence is no consent."
    ),
    "回覆天數：第一次請教至該館回覆之日；未回覆者不計入中位數。": (
        "Days to answer: from the first question to that library's answer; the median is of those"
        " answered."
    ),
    "單位：元。第一表為期末未結，只列有未結者。請求出自處理通知單的罰款賠償，與月報表上未繳清的罰款；金額未定的遺失與毀損不計入。": (
        "In NT$. The first table is what is owed at the end, where something is. Claims are fines and compensation of case notifications, and unpaid fines of"
        " monthly sheets; losses and damage not yet priced are left out."
    ),
    "期末＝期初＋新增＋更正與撤銷－已繳－減免；結算後才報來的列在更正與撤銷。淨額為正，是他館應付該館；各館淨額相加為零。": (
        "At end = at start + new + corrected, withdrawn − paid − waived; what was told after a month"
        " was closed is among the corrected. A positive net amount is owed to the library; all of"
        " them add up to zero."
    ),
    "停權：停權起日落在期間內，歸貸方館；期間內結束、期末仍停權者，可能是期間之前開始的。": (
        "Suspensions: those that begin in the period, for the lending library; those that ended or"
        " are in force may have begun earlier."
    ),
    "逐筆的收據、工作表與列號見各館的往來對帳單（ill-workflows statement）。": (
        "Receipt, sheet and row of each claim are in the libraries' statements (ill-workflows"
        " statement)."
    ),
    "使用借書證張數逐月各自計算，不可相加；整期張數見『借書證使用』。": (
        "Cards used are counted month by month and do not add up; for the period see “Card use”."
    ),
    "各館寫在報表封面「經驗分享與建議」的文字（3.2.8），經承辦館逐則同意後列出；承辦館可能略作刪節。": (
        "What libraries wrote on the covers of their sheets (Article 3.2.8), as written, once the"
        " host library has released each text; it may have shortened some."
    ),
    "同一館各月重複的文字只列本期最早的一次。": (
        "A text that a library repeats is shown once, in its first month of this period."
    ),
    "更正：只有一種讀法，照那樣讀並告訴填表人。提醒：收下，值當作不明或照舊計入。豁免：承辦館具理由收下的錯誤。": (
        "Corrected: it could be read in one way only; read so, and the sender told. Warning:"
        " accepted, the value as unknown or as it stood. Waiver: an error that the host library"
        " accepted for a reason."
    ),
    "兩館不符：兩份報表互相矛盾，已寫信請兩館查對；違反規則：前往館、冊數上限、續借，只列在這裡。": (
        "Two libraries disagree: two sheets contradict each other, and both libraries were asked."
        " Rule not kept: destination, loan limit or renewal; listed only here."
    ),
    "同一檔案、工作表、欄與情形併為一列，儲存格連續者以「–」併寫，過長者只列前段；檔名含讀者姓名者只列收據。": (
        "One line for each file, sheet, column and finding; cells under one another are told"
        " together, long lists cut. Files, sheets"
        " and columns are called as in the file; one with a reader's name shows its receipt only."
    ),
    "結算的月份數字固定；之後收到的更正列在『結算月份的更正』，本活頁簿的數字不因而改變，重新開啟並再結算後才納入。": (
        "The figures of a closed month stand. Corrections that come later are listed in"
        " “Restatements of closed months” and change no figure here until the month is reopened"
        " and closed again."
    ),
    "第一表：本期每份採用的報表。第二表：各館各月每種事件出自哪一份收據、哪張工作表的哪幾列。": (
        "First table: every sheet used in this period. Second: the receipt, sheet (called as in the"
        " file) and rows that tell each library's events of each month."
    ),
    "同一筆續列於後月者，以最後一份報表的那一列為準，因此一個月的事件可能出自幾份收據。": (
        "What is carried over to later months counts by its row in the latest sheet, so the events"
        " of a month may come from several receipts."
    ),
    "其他工作表上的數字可點選跳到這裡；逐列列出：ill-workflows figures --from 起月 --to 訖月 --trace 指標。": (
        "Figures on other sheets link here. Row by row: ill-workflows figures --from MONTH --to"
        " MONTH --trace MEASURE."
    ),
    "一件事只在發生的那個月計一次，不論被幾份報表續列；只計該館已報的月份。": (
        "An event counts once, in its month, however many sheets carry it over; only months that"
        " the library reported count."
    ),
    "期末的狀態（在館、處理中、仍逾期、未結）是期間最後一個已報月份月底的樣子，不相加。": (
        "States (in hand, open, still overdue, owed) are those at the end of the last month"
        " reported, and are not added up."
    ),
    "資料名稱：figures --json 中的名稱。百分率一律四捨五入至小數一位。": (
        "Data name: as in figures --json. Percentages are rounded half up to one decimal."
    ),
}
"""What stands below the tables."""
