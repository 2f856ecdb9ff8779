"""``letters.md``: which letter is written when, to whom, from which template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Final

from docs.generate.markdown import both, code, lines, page, table
from ill_workflows.lending import recalls
from ill_workflows.lending.claims import HOST_AFTER as CLAIM_HOST_AFTER
from ill_workflows.lending.policies import POLICIES, NoticePolicy
from ill_workflows.lending.reminding import HOST_AFTER
from ill_workflows.mail.compose import LANGUAGES, Composer, Letter, package_templates
from ill_workflows.mail.samples import TODAY, samples

_POLICIES: Final = {
    "due_soon": ("應還日 the due date", "讀者 reader", ""),
    "overdue": ("應還日 the due date", "讀者 reader", "借方館 home library"),
    "overdue_lender": (
        "讀者的最後一封 the reader's last letter",
        "貸方館，只列證號 lending library, by card number",
        "",
    ),
    "overdue_library": (
        "應還日 the due date",
        "借方館 home library",
        f"{HOST_AFTER} 天起承辦館，只有件數 from {HOST_AFTER} the host, counts only",
    ),
    "still_out": ("資料過舊之日 the day on which facts are too old", "貸方館 lending library", ""),
    "discrepancy": ("矛盾出現之日 the day on which it shows", "兩館 both libraries", ""),
    "clearance": (
        "第一次請教之日 the day on which it was first asked",
        "貸方館，只列證號 lending library, by card number",
        "7 天起借方館，14 天承辦館只有件數 from 7 the home library; at 14 the host, counts only",
    ),
    "cleared": ("各館都回覆之日 the day of the last answer", "借方館 home library", ""),
    "held": ("有館回覆有欠之日 the day on which a lender holds", "借方館 home library", ""),
    "recall": (
        "申請日 the day of the recall",
        "借方館與讀者，各一封 home library and reader, a letter each",
        (
            f"{recalls.HOST_AFTER} 起承辦館，只有件數；{recalls.HEADS_AFTER} 起主管 "
            f"from {recalls.HOST_AFTER} the host, counts only; from {recalls.HEADS_AFTER} its heads"
        ),
    ),
    "recall_lender": (
        "申請日；書歸還時 the day of the recall; when it is back",
        "貸方館，只列證號 lending library, by card number",
        "",
    ),
    "suspension": (
        "收到之日；結束時 the day it is told; when it is over",
        "借方館與讀者，各一封 home library and reader, a letter each",
        "",
    ),
    "card_void": (
        "發生日 the day it is lost, void or found",
        "全部會員館，只有證號 all members, by card number",
        "",
    ),
    "claim": (
        "發生日 the day on which it was opened",
        "借方館 home library",
        f"{CLAIM_HOST_AFTER} 天起承辦館，只有總額 from {CLAIM_HOST_AFTER} the host, sums only",
    ),
    "sheet": (
        "報表到期日；另有當月首個開館日 the due day; besides, the month's first open day",
        "填送的館 the library",
        "10 天起主管；承辦館一份清單 from 10 its head; the host gets a list",
    ),
    "evaluation": (
        "彙整之日 the day on which it is compiled",
        "承辦館；委員會另一封 the host; the committee, a letter of its own",
        "",
    ),
    "term": (
        "合作期限的最後一天 the last day of the term",
        "承辦館 host library",
        "委員會 committee",
    ),
    "receipt": ("收件 arrival", "填送的館 its sender", ""),
    "returned": ("收件 arrival", "填送的館 its sender", ""),
}
"""Policy → days are counted from, to, copy to."""
_TEMPLATES: Final = {
    "due_soon": ("快到期", "the book is due soon"),
    "overdue": ("逾期：溫和、再次、最後", "overdue: mild, firm, final"),
    "overdue_lender": ("讀者已收到最後通知", "the reader has had the last letter"),
    "overdue_library": ("借方館的逾期清單", "the home library's list"),
    "overdue_host": ("久逾期的件數", "counts of long overdue books"),
    "still_out": ("歸還了嗎？附期中更新表", "is it still out? with the interim sheet"),
    "discrepancy": ("兩館資料互相矛盾", "two libraries' sheets contradict each other"),
    "clearance_request": (
        "請貸方館查對離校讀者的借書證，附回覆單",
        "lenders are asked about leavers' cards, with the sheet to answer on",
    ),
    "clearance_waiting": ("哪一館還沒有回覆", "who has not answered about whom"),
    "clearance_host": ("同上，只有件數", "the same in counts, without names"),
    "clearance_result": (
        "可以放行，附證明；或還有什麼沒了結",
        "cleared, with certificates; or what is still open",
    ),
    "certificate": ("離校清查證明，列印交給讀者", "the certificate, to print and hand over"),
    "recall": (
        "緊急調回：給借方館、給讀者",
        "an urgent recall: to the home library, to the reader",
    ),
    "recall_host": ("調回未還的件數", "counts of recalls that go on"),
    "recall_lender": (
        "給貸方館：已通知；書已歸還",
        "to the lender: what was done; that it is back",
    ),
    "suspension": (
        "停權與解除：給借方館、給讀者",
        "suspended, and over: to the home library, to the reader",
    ),
    "card_void": ("借書證遺失、註銷、尋獲", "a card is lost, void, or found again"),
    "claim": ("罰款與賠償還沒結清", "fines and compensations that are not settled"),
    "claim_host": ("久未結清的件數與總額", "counts and sums of claims long unsettled"),
    "sheet_due": (
        "當月表單與到期前提醒，附預填表單",
        "the month's sheets, pre-filled, and soon due",
    ),
    "sheet_missing": ("表單還沒收到", "sheets not yet received"),
    "sheet_list": ("給承辦館：催過仍未收到的館", "to the host: who was asked in vain"),
    "evaluation": (
        "評估活頁簿與會議報告，附上兩份檔案",
        "the evaluation workbook and the meeting's report, attached",
    ),
    "term": ("合作期限將滿：要做什麼、還缺什麼", "the term ends: what is to do, what is missing"),
    "receipt": ("收下的收據", "accepted: the receipt"),
    "returned": ("退回，附標好的活頁簿", "returned, with the marked workbook"),
    "address_refused": (
        "伺服器拒收：哪個讀者的信箱，附可列印的信",
        "a mail server refused: whose address, with the letter to print",
    ),
    "address_refused_host": ("同上，只有人數，沒有姓名", "the same in counts, without names"),
    "question": (
        "給承辦館：信比平常多很多，先問再寄",
        "to the host: far more letters than usual wait for its yes",
    ),
    "trouble": (
        "給承辦館：自動作業有事情要處理，一天一封",
        "to the host: a job of the service needs its help, once a day",
    ),
    "refused": ("檔案打不開", "the file could not be opened"),
    "no_workbook": ("信裡沒有活頁簿", "a mail without a workbook, to its librarian"),
    "held": ("先保留，還不能處理的表單", "kept: a form that is not processed yet"),
}
"""Template → what it says."""


def letters() -> str:
    """The page.

    Raises:
        KeyError: a policy or a template has no words here.
    """
    written = {language: _first_of_each(language) for language in LANGUAGES}
    facts = (
        (code(name), ", ".join(code(fact) for fact in letter.facts))
        for name, (letter, _) in written["zh-TW"].items()
    )
    return page(
        "# Letters 信件",
        both(
            "什麼時候寫、寫給誰，是 [config.toml](configuration.md) 的資料；寫什麼，是範本。",
            "When one is written and to whom is data in [config.toml](configuration.md); what it "
            "says is a template.",
        ),
        "## Policies 政策",
        table(
            ("政策 policy", "從哪天算 from", "步驟 steps", "時間 hours", "收件人 to", "副本 copy"),
            (_policy(policy) for policy in POLICIES),
        ),
        both(
            "步驟的天數到了、又還沒寫過，才會寫；一次只走一步，絕不趕進度。"
            "沒有電子郵件的讀者，信寄到借方館轉交。",
            "A step is written when its day has come and it has not been written; one step at a "
            "time, never hurried. A letter to a reader without an address goes to the home "
            "library, to be handed over.",
        ),
        both(
            "寫有讀者姓名的信，收件人、副本與密件都不會有別的圖書館。",
            "No letter that names a reader has another library among its recipients.",
        ),
        "## Templates 範本",
        both(
            "一封信一個檔：`templates/email/<language>/<letter>.j2`，內有 subject、text、html。"
            "聯盟資料夾裡同名的檔案優先；`ill-workflows check` 每一封都試寫。",
            "One file a letter, with the blocks subject, text and html. A file of the same name "
            "in the alliance's folder comes first; `ill-workflows check` writes every one of them.",
        ),
        table(("範本 letter", "說什麼 says", "主旨 subject（例 example）"), _templates(written)),
        "## Facts 範本可用的資料",
        both(
            "每一封還有 `language`、`alliance`、`sender`、`printed`；"
            "日期用 `|day`，月份用 `|month`。"
            "沒有的資料不會變成空白：這封信會停下來，並告訴承辦館。",
            "Each has `language`, `alliance`, `sender` and `printed` besides; days and months are "
            "written with `|day` and `|month`. A fact that is not there is never a blank: the "
            "letter is set aside and the host is told.",
        ),
        table(("範本 letter", "facts"), facts),
    )


def _policy(policy: NoticePolicy) -> tuple[str, ...]:
    counted, to, copy = _POLICIES[policy.name]
    steps = [
        f"{step.after}" if step.name == str(step.after) else f"{step.after} {code(step.name)}"
        for step in policy.steps
    ]
    if policy.every:
        steps.append(f"之後每 then every {policy.every}")
    return (code(policy.name), counted, lines(*steps), code(policy.hours), to, copy)


def _first_of_each(language: str) -> dict[str, tuple[Letter, str]]:
    """Template → the first invented letter that it writes, and its subject."""
    composer = Composer(
        [package_templates() / "email"], sender="ill@nsut.example", alliance="示範館際合作聯盟"
    )
    found: dict[str, tuple[Letter, str]] = {}
    moment = datetime.combine(TODAY, time(1), UTC)
    for letter in samples(language):  # type: ignore[arg-type]
        if letter.template not in found:
            found[letter.template] = (letter, composer.compose(letter, moment).subject)
    if missing := found.keys() ^ _TEMPLATES.keys():
        raise KeyError(f"letters without words, or words without a letter: {sorted(missing)}")
    return {name: found[name] for name in _TEMPLATES}


def _templates(written: dict[str, dict[str, tuple[Letter, str]]]) -> Iterator[tuple[str, ...]]:
    for name in written["zh-TW"]:
        subjects = [written[language][name][1] for language in LANGUAGES]
        yield code(name), lines(*_TEMPLATES[name]), lines(*subjects)
