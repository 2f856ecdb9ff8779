"""The lists that drop-down cells offer, with their standards."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

PUBLICATION_TYPE: Final[dict[str, str]] = {
    "圖書": "Book",
    "期刊": "Journal",
    "期刊合訂本": "Journal",
    "報紙": "Newspaper",
    "參考書": "Book",
    "珍善本": "Book",
    "手稿": "Manuscript",
    "視聽資料": "AudioBook",
    "隨書附件": "Other",
    "學位論文": "Thesis",
    "地圖": "Map",
    "樂譜": "SheetMusic",
    "其他": "Other",
    "期刊文章": "Article",
    "專書章節": "Chapter",
    "會議論文": "ConferenceProc",
}
"""Material type → ISO 18626 PublicationType."""

LENT_KINDS: Final = tuple(list(PUBLICATION_TYPE)[:13])
"""What can be lent."""
REQUESTED_KINDS: Final = tuple(PUBLICATION_TYPE)
"""What can be asked for: what can be lent, and parts that are copied."""
KIND_SPELLINGS: Final = (
    ("書籍", "圖書"), ("書", "圖書"), ("一般圖書", "圖書"), ("中文圖書", "圖書"), ("西文圖書", "圖書"),
    ("雜誌", "期刊"), ("視聽", "視聽資料"), ("光碟", "視聽資料"), ("DVD", "視聽資料"), ("論文", "學位論文"),
    ("附件", "隨書附件"), ("合訂本", "期刊合訂本"), ("期刊論文", "期刊文章"), ("善本", "珍善本"),
)  # fmt: skip

SERVICES: Final = ("借閱", "複印")
OUTCOMES: Final = ("提供", "拒絕", "處理中", "取消", "重複")
SUPPLIED_AS: Final = ("紙本影印", "掃描電子檔", "微縮複印", "其他")
CONDITIONS: Final = ("正常", "遺失", "毀損")
STATUSES: Final = ("學生", "教師", "職員")
STATUS_SPELLINGS: Final = (("老師", "教師"), ("職工", "職員"), ("研究生", "學生"))
DEPOSITS: Final = ("學生證", "教職員證", "其他")
CHECKED_BY: Final = ("WebPAC", "電話", "傳真", "電子郵件")
CARD_STATES: Final = ("正常", "遺失", "註銷")
VOID_STATES: Final = CARD_STATES[1:]
"""In these a card is nobody's: a loan on it is a warning."""
REPORT_KINDS: Final = ("月報", "期中更新")
LEAVINGS: Final = ("離職", "退休", "畢業", "休學", "退學", "轉學", "留職停薪", "其他")
"""Why a reader leaves (Article 5.3)."""
CLAIM_KINDS: Final = ("逾期罰款", "遺失賠償", "毀損賠償", "其他")
UNSETTLED: Final = ("未結", "部分繳納")
"""A claim's states in which something is still owed."""
PAID: Final = "繳清"
WAIVED, CORRECTED, WITHDRAWN = "減免", "更正", "撤銷"
CLAIM_ACTIONS: Final = (*UNSETTLED, PAID, WAIVED, CORRECTED, WITHDRAWN)
FOUND: Final = "尋獲"
LOSSES: Final = (*VOID_STATES, FOUND)
"""What a home library reports of a card of its own."""
NOTHING_OWED: Final = "無欠書欠款"
ANSWERS: Final = (NOTHING_OWED, "有欠書", "有欠款", "有欠書且有欠款")
"""What a lender answers of a leaver's card (Article 5.3)."""
OWES_MONEY: Final = ANSWERS[2:]


class Reason(NamedTuple):
    """Why a request was refused; ``group`` is how the evaluation groups it."""

    code: str
    zh: str
    group: Literal["政策", "申請端", "可得性"]


REASONS: Final = (
    Reason("R01", "外借中", "可得性"),
    Reason("R02", "處理中/編目中", "可得性"),
    Reason("R03", "遺失/查無", "可得性"),
    Reason("R04", "不外借(限館內閱覽)", "政策"),
    Reason("R05", "無館藏", "可得性"),
    Reason("R06", "訂購中", "可得性"),
    Reason("R07", "卷期未到", "可得性"),
    Reason("R08", "裝訂中/修補中", "可得性"),
    Reason("R09", "缺卷期/缺頁", "可得性"),
    Reason("R10", "不在架上", "可得性"),
    Reason("R11", "指定參考書/教師指定", "政策"),
    Reason("R12", "書況不佳", "政策"),
    Reason("R13", "費用超過上限", "申請端"),
    Reason("R14", "有欠書或欠款", "申請端"),
    Reason("R15", "需預付", "申請端"),
    Reason("R16", "著作權疑慮", "政策"),
    Reason("R17", "書目資料不符", "申請端"),
    Reason("R18", "查無收藏館", "可得性"),
    Reason("R19", "他人預約中", "可得性"),
    Reason("R20", "違反本館借閱政策(珍善本、參考書、合訂本等)", "政策"),
    Reason("R21", "不提供館際互借", "政策"),
    Reason("R22", "借書證額滿/借閱冊數已滿", "申請端"),
    Reason("R23", "證件無效、逾期或停權", "申請端"),
    Reason("R24", "無法於期限內提供", "可得性"),
    Reason("R27", "其他(請說明)", "可得性"),
)
"""Reasons for refusal (Article 6.5), after ISO 18626 ReasonUnfilled and ISO 10161; duplicates
and cancellations (R26, R28) are outcomes, not reasons."""
BARRED_REASONS: Final = (
    ("重複申請", "reason_duplicate"),
    ("R26", "reason_duplicate"),
    ("重複", "reason_duplicate"),
    ("讀者自行取消", "reason_cancelled"),
    ("R28", "reason_cancelled"),
    ("取消", "reason_cancelled"),
)
OTHER_REASON: Final = "其他(請說明)"
