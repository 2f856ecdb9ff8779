"""The English of titles, headings, states, lists and measures of the evaluation's sheets."""

from __future__ import annotations

from typing import Final

TITLES: Final = {
    "摘要": "Summary", "繳交情形": "Sheets received", "借書證使用": "Card use",
    "貸借矩陣": "Lending matrix", "借貸比": "Net lending ratio", "資料供應": "Requests",
    "拒絕原因": "Reasons for refusal", "資料類型與年代": "Material type and age",
    "複印": "Copies", "處理時效": "Turnaround", "逾期與催還": "Overdue and notices",
    "緊急調回": "Recalls", "離校清查": "Leaver clearance", "停權與賠償": "Suspensions and claims",
    "月趨勢": "Monthly trend", "評比": "Ranking", "經驗分享": "Experience",
    "資料品質": "Data quality", "來源": "Sources", "指標定義": "Definitions",
}  # fmt: skip
"""Sheets, on their tabs and where others name them; at most 31 characters."""

ABOUT: Final = {
    "本期與前期的主要數字、繳交概況、變動最大的項目": (
        "Headline figures beside the period before, sheets received, largest changes"
    ),
    "各館各月的報表是準時、遲交、退回還是未繳": (
        "Each library's sheets by month: on time, late, returned or missing"
    ),
    "換證、使用率、持證天數，期末借書證在哪裡": (
        "Issues, utilisation, days held, and where the cards are at the end of the period"
    ),
    "哪一館借給哪一館幾冊，與借書證登記簿對照": (
        "Who lends how much to whom, compared with the loan card registers"
    ),
    "各館貸出與借入的冊數與比值": "Items lent and borrowed by each library, and their ratio",
    "收到的申請有多少滿足、拒絕、取消，與滿足率": (
        "Requests filled, refused and cancelled, and the fill rate"
    ),
    "為什麼不能提供：原因、類別、各館": (
        "Why requests were refused, by reason, category and library"
    ),
    "借出與複印的資料是什麼類型、多舊": "What types of material were lent and copied, and how old",
    "複印了什麼、多少頁、費用，怎麼提供": "What was copied, pages, fees, and how it was supplied",
    "從申請到回覆要幾天": "Days from request to answer",
    "逾期多少、寫了幾次催還、催還後還了多少": (
        "What fell overdue, the notices written, and what came back after them"
    ),
    "緊急調回多少件、多少件在期限內歸還": "Urgent recalls, and how many were back in time",
    "離校的讀者查清了沒有，貸方館多久回覆": (
        "How far leavers are cleared, and how soon lending libraries answer"
    ),
    "各館之間的罰款與賠償，誰應付誰多少；停權": (
        "Fines and compensation between libraries, who owes whom; suspensions"
    ),
    "每項主要數字的逐月走勢，與去年同月": "Every headline figure by month, and a year before",
    "獎勵提名的評比：權數可改，名次立即重算": (
        "Ranking for awards: change a weight and the places follow"
    ),
    "各館在報表封面寫下的經驗與建議": "What libraries wrote on the covers of their sheets",
    "更正、提醒與豁免，兩館不一致之處，結算後的更正": (
        "Corrections, warnings and waivers, discrepancies, restatements of closed months"
    ),
    "每個數字出自哪一份收據、哪張工作表的哪幾列": (
        "The receipt, sheet and rows that each figure comes from"
    ),
    "每項指標怎麼算、分母是什麼、依據什麼": "Formula, denominator and source of each measure",
}
"""What each sheet says, in the table of contents."""

HEADINGS: Final = {
    # whom and when
    "館代碼": "Library code", "館名": "Library", "表單": "Form", "月份": "Month",
    "已報月數": "Months reported", "已報館數": "Libraries reporting",
    "貸方代碼": "Lender code", "貸方館名": "Lending library",
    "借方代碼": "Borrower code", "借方館名": "Borrowing library",
    # the summary and the trend
    "指標": "Measure", "單位": "Unit", "本期\n{span}": "This period\n{span}",
    "前期\n{span}": "Period before\n{span}", "去年同期\n{span}": "Year before\n{span}",
    "與去年同期\n增減": "Change on\nyear before",
    "與去年同期\n增減率(%)": "Change on\nyear before (%)",
    "本期": "This period", "前期": "Period before",
    "去年同月": "A year before", "增減": "Change", "增減率(%)": "Change (%)",
    "有資料的館數": "Libraries with data", "項目": "Item", "內容": "Content",
    "{measure}(%)": "{measure} (%)",
    # sheets received
    "應繳份數": "Sheets due", "未完成": "Still due", "回報率(%)": "Return rate (%)",
    # cards
    "換證次數": "Card issues", "使用證張數": "Cards used", "使用率(%)": "Utilisation (%)",
    "持證天數中位數": "Median days held", "在館": "In hand", "讀者持有": "With readers",
    "抵押於貸方": "Pledged at lender", "遺失": "Lost", "註銷": "Void",
    "在外證日": "Card-days out", "可用證日": "Card-days available",
    # who lends to whom
    "貸出合計": "Total lent", "前往館": "Destination", "指名前來之換證": "Cards issued for it",
    "還證而未見借書": "Card back, no loan", "借出而證上指名他館": "Lent, card for another library",
    "借出而當日無人持證": "Lent, card held by nobody", "貸出": "Lent", "借入": "Borrowed",
    "占貸出(%)": "Share of lent (%)", "占借入(%)": "Share of borrowed (%)",
    # requests
    "服務": "Service", "收到": "Received", "滿足": "Filled", "拒絕": "Refused",
    "取消": "Cancelled", "重複": "Duplicate", "期末處理中": "Open at end",
    "滿足率(%)": "Fill rate (%)", "拒絕率(%)": "Refusal rate (%)", "代號": "Code",
    "類別": "Category", "件數": "Number", "比例(%)": "Share (%)", "累計(%)": "Cumulative (%)",
    "資料類型": "Material type", "提供方式": "Way of supply", "頁數": "Pages",
    "費用(元)": "Fees (NT$)", "回覆件數": "Answers", "三日內回覆": "Within 3 days",
    "三日內(%)": "Within 3 days (%)", "中位數(日)": "Median (days)",
    "第90百分位數(日)": "90th percentile (days)",
    # overdue, recalls, leavers
    "逾期": "Overdue", "逾期率(%)": "Overdue rate (%)", "通知借方館": "To borrowing library",
    "催還滿14日": "14 days since notice", "14日內歸還": "Back within 14 days",
    "催還回收率(%)": "Recovery (%)", "平均逾期天數": "Mean days overdue", "階段": "Stage",
    "占借出(%)": "Share of lent (%)", "調回": "Recalled", "期限已到": "Date reached",
    "期限內歸還": "Back in time", "已歸還": "Returned", "達成率(%)": "Compliance (%)",
    "歸還天數中位數": "Median days to return", "未曾換證": "Never had a card",
    "曾換證": "Had a card", "離校人數": "Leavers", "可放行": "Cleared", "撤銷": "Withdrawn",
    "期末暫不放行": "Held at end", "期末清查中": "Being cleared at end", "請教": "Asked",
    "已回覆": "Answered", "有欠": "With something owed", "期末未回覆": "Unanswered at end",
    "回覆天數中位數": "Median days to answer",
    # claims
    "未結合計": "Total owed", "期初": "At start", "新增": "New",
    "更正與撤銷": "Corrected, withdrawn", "已繳": "Paid", "減免": "Waived", "期末": "At end",
    "期末應收": "Owed to it at end", "期末應付": "Owed by it at end", "淨額": "Net",
    "停權": "Suspensions", "期間內結束": "Ended in period", "期末仍停權": "In force at end",
    # experience, quality, sources, definitions
    "經驗分享與建議": "Experience and suggestions", "收據號碼": "Receipt",
    "兩館不符": "Two libraries disagree", "違反規則": "Rule not kept",
    "結算日": "Closed on", "封存碼": "Digest", "重新開啟": "Reopened on", "原因": "Reason",
    "發現日": "Noticed on", "變動數": "Figures changed",
    "結算值→更正值": "As closed → as corrected",
    "納入日": "Adopted on", "欄名": "Column", "情形": "What was found", "處數": "Cells",
    "檔案": "File", "工作表": "Sheet", "儲存格": "Cell addresses", "日期": "Date",
    "貸方": "Lender", "對方": "Other library", "貸方檔案": "Lender's file",
    "貸方工作表": "Lender's sheet", "貸方列": "Lender's row", "貸方收據": "Lender's receipt",
    "對方檔案": "Other file", "對方工作表": "Other sheet", "對方列": "Other row",
    "對方收據": "Other receipt", "收件日": "Received on", "SHA-256": "SHA-256", "列數": "Rows",
    "換證列": "Rows: card issues", "借出列": "Rows: loans", "申請列": "Rows: requests",
    "逾期列": "Rows: overdue", "事件": "Event", "列": "Row numbers", "Indicator": "In Chinese",
    "資料名稱": "Data name", "算法": "Formula", "分母": "Denominator", "依據": "Source",
}  # fmt: skip

WORDS: Final = {
    "合計": "Total", "無": "none",
    # over every sheet
    "{span}（{days}）": "{span} ({days})",
    "應繳 {due:,} 份，已收 {came:,} 份": "{came:,} of {due:,} sheets received",
    "{told}，回報率 {rate}%": "{told}, return rate {rate}%",
    # the state of a sheet
    "準時": "On time", "遲交": "Late", "退回": "Returned", "退件": "Rejected",
    "待確認": "On hold", "期中": "Interim", "未繳": "Missing", "未到期": "Not due",
    # the period
    "聯盟": "Alliance", "承辦圖書館": "Host library", "期間": "Period",
    "學年度": "Academic year (AY)", "會員館數": "Member libraries",
    "尚未有合格報表": "No valid sheet yet", "整期未繳的館": "Libraries that sent nothing",
    "結算": "Closing", "{months} 個月中已結算 {closed} 個月": "{closed} of {months} months closed",
    "{said}，{still}的數字仍可能變動": "{said}; figures of {still} may still change",
    "{said}；結算後有 {waiting} 筆更正未納入，見『資料品質』": (
        "{said}; corrections since, not adopted: {waiting}, see “Data quality”"
    ),
    # stages, events, findings
    "未定": "undecided", "前往館未定或未填": "Destination undecided or not stated",
    "借出": "Lent", "第一次催還": "First notice", "第二次催還": "Second notice",
    "最後催還": "Final notice", "催還後14日內歸還": "Back within 14 days of a notice",
    "換證": "Cards issued", "複印供應": "Copies supplied",
    "更正": "Corrected", "提醒": "Warning", "豁免": "Waiver",
    "{places} 等": "{places} …", "規則或行事曆變更": "rules or calendar changed",
    "已恢復為結算時的數字": "back to the figures as closed",
    "{measure} {library} {old}→{new}": "{measure} {library} {old}→{new}",
    "{form}（期中更新）": "{form} (interim)",
    # units
    "件": "items", "件、次": "items, issues", "次": "times", "張": "cards", "頁": "pages",
    "日": "days", "份": "sheets", "人": "persons", "年": "years", "倍": "ratio", "%": "%",
}  # fmt: skip

LISTS: Final = {
    "借閱": "Loans", "未填": "Not stated", "未填原因": "No reason given",
    # categories of reasons
    "政策": "Policy", "可得性": "Availability", "申請端": "Requester",
    # reasons for refusal, after ISO 18626 ReasonUnfilled and ISO 10161
    "外借中": "On loan", "處理中/編目中": "In process", "遺失/查無": "Lost or not found",
    "不外借(限館內閱覽)": "Non-circulating (library use only)", "無館藏": "Not held",
    "訂購中": "On order", "卷期未到": "Volume or issue not yet available",
    "裝訂中/修補中": "At the bindery or in repair", "缺卷期/缺頁": "Volume, issue or pages lacking",
    "不在架上": "Not on shelf", "指定參考書/教師指定": "On course reserve",
    "書況不佳": "Poor condition", "費用超過上限": "Cost exceeds limit",
    "有欠書或欠款": "Items or charges outstanding", "需預付": "Prepayment required",
    "著作權疑慮": "Copyright concern", "書目資料不符": "Not found as cited",
    "查無收藏館": "No holding library found", "他人預約中": "On hold for another reader",
    "違反本館借閱政策(珍善本、參考書、合訂本等)": (
        "Against lending policy (rare, reference, bound periodicals etc.)"
    ),
    "不提供館際互借": "Not available for interlibrary loan",
    "借書證額滿/借閱冊數已滿": "Loan limit reached",
    "證件無效、逾期或停權": "Card invalid, expired or suspended",
    "無法於期限內提供": "Cannot be supplied in time", "其他(請說明)": "Other",
    # material types, after ISO 18626 PublicationType
    "圖書": "Books", "期刊": "Journals", "期刊合訂本": "Bound periodicals", "報紙": "Newspapers",
    "參考書": "Reference books", "珍善本": "Rare books", "手稿": "Manuscripts",
    "視聽資料": "Audiovisual materials", "隨書附件": "Accompanying material",
    "學位論文": "Theses", "地圖": "Maps", "樂譜": "Scores", "其他": "Other",
    "期刊文章": "Journal articles", "專書章節": "Book chapters", "會議論文": "Conference papers",
    # age bands
    "1年以內": "Up to 1 year", "2–5年": "2–5 years", "6–10年": "6–10 years",
    "超過10年": "Over 10 years", "不明": "Unknown",
    # ways of supply
    "紙本影印": "Paper copy", "掃描電子檔": "Scan", "微縮複印": "Copy from microform",
}  # fmt: skip
