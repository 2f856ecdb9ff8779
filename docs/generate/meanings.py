"""What the keys of config.toml mean, in both languages; a key without a meaning is an error."""

from __future__ import annotations

from typing import Final

SECTIONS: Final = {
    "alliance": ("聯盟是誰。", "Who the alliance is."),
    "rules": (
        "第七條：未另定規則的圖書館適用。",
        "Article 7: the defaults of libraries that set no rule of their own.",
    ),
    "libraries": (
        "一館一段。代碼、館名、信箱是必要的。",
        "One table a library. Code, name and an address are needed.",
    ),
    "libraries.emails": (
        "取代 `email`，分開聯絡人與主管：`emails = { contact = [...], head = [...] }`。",
        "In place of `email`: `emails = { contact = [...], head = [...] }`.",
    ),
    "libraries.rules": (
        "寫在該館之下：這一館自己的規則，沒寫的同 `[rules]`（第六條第一款）。",
        (
            "Below its library: the library's own rules; what is left out is as in `[rules]` "
            "(Article 6.1)."
        ),
    ),
    "closed": (
        "颱風停班停課、遷館等。不寫 `libraries` 或 `city` 就是全部的館；國定假日與補班日自動計入。",
        (
            "Typhoon days, moves and the like. Without `libraries` or `city`: everybody. Public "
            "holidays and make-up days are known."
        ),
    ),
    "intake": (
        "一個收到的檔案最多可以用掉多少；超過的檔案會退回說明，其他檔案照常處理。",
        "How much one received file may cost; a file beyond it is refused, the others go on.",
    ),
    "mail": ("信怎麼出去。", "How letters leave."),
    "mail.smtp": ("寄信的伺服器。", "The server that takes letters."),
    "mail.imap": ("收信的伺服器。", "The server that holds the mailbox."),
    "mail.guard": (
        "信比平常多很多，或日期不對時，先停下來問承辦館。",
        "Far more letters than usual, or a wrong date: the host is asked before anything is sent.",
    ),
    "notices.<policy>": (
        "每種通知的步驟；不寫的維持預設。各政策的預設見 [letters.md](letters.md)。",
        (
            "The steps of a policy; one that is not named keeps its defaults, see "
            "[letters.md](letters.md)."
        ),
    ),
    "schedule": (
        "crontab 寫法（分 時 日 月 週），以聯盟的時區計；空白就只在要求時執行。",
        "Crontab lines (minute hour day month weekday) in its time zone; empty: on request only.",
    ),
    "database": ("資料存在哪裡。", "Where the data are kept."),
}
"""Section → what it is about."""

MEANINGS: Final = {
    "alliance.name": ("聯盟名稱", "the alliance's name"),
    "alliance.host": ("承辦圖書館的代碼", "the host library's code"),
    "alliance.committee": (
        "委員會：收到評估活頁簿與會議報告的人",
        "the committee: who gets the evaluation workbook and the meeting's report",
    ),
    "alliance.timezone": ("時區", "the time zone"),
    "alliance.language": (
        "信件的語言；各館可另定",
        "the language of letters; a library may differ",
    ),
    "alliance.term": (
        "第九條：合作期限；期滿前提醒，期滿後彙整全期評估",
        "Article 9: the term of the agreement; the host is reminded, and the whole term evaluated",
    ),
    "alliance.meetings": (
        "聯盟會議的日期；會前七天寄評估資料給委員會",
        "the days of the alliance's meetings; the committee gets its papers seven days before",
    ),
    "rules.cards_per_library": ("每館借書證張數（7.1）", "loan cards a library (7.1)"),
    "rules.items": ("每張證同時可借冊數（7.3）", "books at a time on one card (7.3)"),
    "rules.days": ("借期天數（7.3）", "days of a loan (7.3)"),
    "rules.stale_after_days": (
        "資料超過這麼多天就先問貸方館，不打擾讀者",
        "facts older than this: the lender is asked, the reader is left in peace",
    ),
    "rules.sheet_due_day": (
        "報表於次月幾日前送達，遇承辦館休館順延",
        "the day of the next month by which sheets are due, moved to the host's next open day",
    ),
    "rules.open_weekdays": ("每週開館日", "the weekdays on which a library is open"),
    "rules.fine_per_day": (
        "逾期罰款，元／冊／日（7.6）",
        "NT$ a book and day late (7.6)",
    ),
    "rules.fine_cap": ("罰款上限；不寫就沒有上限", "a cap on the fine; left out: none"),
    "rules.fine_cap_unit": (
        "上限的單位：元，或計罰的天數",
        "the unit of the cap: NT$, or days that are charged",
    ),
    "rules.grace_days": ("寬限天數：這幾天內不罰", "days late that cost nothing"),
    "rules.grace_mode": (
        "超過寬限後，寬限的天數免計（forgive）或補計（back_charge）",
        "once grace is over, its days are forgiven or charged back",
    ),
    "rules.fine_counts_closed_days": ("休館日是否計罰", "whether closed days are charged"),
    "rules.excluded_kinds": (
        "不外借的資料類型（6.2）；借出時提醒",
        "kinds of material that are not lent (6.2); a loan of one is told as a warning",
    ),
    "libraries.code": (
        "館代碼：大寫英文字母與數字，也是借書證號的開頭（`NSUT-07`），不再改變",
        "capitals and digits; it begins every card number (`NSUT-07`) and stays for good",
    ),
    "libraries.name": ("館名", "the name in Chinese"),
    "libraries.name_en": ("英文館名", "the name in English"),
    "libraries.email": ("聯絡信箱；或用 `emails`", "the address written to; or `emails`"),
    "libraries.aliases": (
        "別館怎麼稱呼它：填在表裡也認得",
        "what other libraries type instead of the name",
    ),
    "libraries.city": ("縣市；`[[closed]]` 可用縣市指定", "for `[[closed]]` by city"),
    "libraries.joined": ("加入日；不寫就是一開始", "the day it joined; left out: from the start"),
    "libraries.left": (
        "退出日；紀錄仍讀得懂，之後不再催收",
        "the day it left; its history stays true, nothing more is asked of it",
    ),
    "libraries.cards": (
        "借書證張數；不寫同 `cards_per_library`",
        "its loan cards; left out: `cards_per_library`",
    ),
    "libraries.language": (
        "寫給這一館與其讀者的語言；不寫同聯盟",
        "the language of letters to it and its readers; left out: the alliance's",
    ),
    "libraries.workbook_password_file": (
        "存放這一館活頁簿密碼的檔案，相對於聯盟資料夾",
        "the file with the password of its workbooks, relative to the alliance's folder",
    ),
    "libraries.emails.contact": ("聯絡人：報表、通知、收據", "contact: sheets, notices, receipts"),
    "libraries.emails.head": ("主管", "the head"),
    "closed.from": ("第一天", "the first day"),
    "closed.to": ("最後一天", "the last day"),
    "closed.libraries": ("只有這些館（代碼）", "these libraries only (codes)"),
    "closed.city": ("只有這個縣市的館", "the libraries of this city only"),
    "closed.reason": ("事由", "the reason"),
    "intake.file_mb": ("檔案大小（MiB）", "size of the file (MiB)"),
    "intake.inflated_mb": (
        "解壓縮後的大小（MiB），邊解邊算",
        "what it inflates to (MiB), counted while inflating",
    ),
    "intake.parts": ("壓縮檔裡的檔案數", "files inside the zip"),
    "intake.cells": ("各工作表的儲存格總數，空格也算", "cells of all sheets, empty ones included"),
    "intake.memory_mb": ("讀檔程序的記憶體（MiB）", "memory of the process that reads (MiB)"),
    "intake.cpu_seconds": ("讀一個檔案的 CPU 秒數", "seconds of CPU for one file"),
    "intake.wall_seconds": ("讀一個檔案最多等幾秒", "seconds that one file is waited for"),
    "mail.transport": (
        "`folder`：信寫成 `outbox/` 裡的檔案；`smtp`：真的寄出",
        "`folder`: letters become files in `outbox/`; `smtp`: they are sent",
    ),
    "mail.sender": ("寄件人", "the sender of all letters"),
    "mail.enabled_for": (
        "smtp 只在這部主機寄信（主機名；`*` 為任何主機），還原的備份不會誤寄",
        'smtp sends from this host only (`"*"`: any), so that a restored backup mails nobody',
    ),
    "mail.authserv_id": (
        "自己的收信伺服器在 Authentication-Results 的名字",
        "our own mail server's name in Authentication-Results: only its results count",
    ),
    "mail.results_below_received": (
        "收信伺服器每封信都把結果寫在自己的 Received 之下才設 `true`（Gmail、Exchange、milter）",
        "`true` only where our server writes its results below its own Received, for every mail",
    ),
    "mail.sending_hours": (
        "一般信件只在開館日的這段時間寄出；收據與緊急通知隨時寄",
        "most letters leave on open days, in these hours; receipts and what is urgent at any hour",
    ),
    "mail.per_minute": (
        "每分鐘最多寄幾封；0 不限",
        "letters a minute at most; 0 sets no pace",
    ),
    "mail.guard.times": (
        "某種信比近 60 天任一天多這麼多倍，就先問承辦館",
        "so many times the letters of a policy on any of the last 60 days: the host is asked first",
    ),
    "mail.guard.at_least": ("少於這個數就不問", "fewer letters than that are never asked about"),
    "mail.guard.silent_days": (
        "超過這麼多天沒有收件也沒有信，就懷疑日期",
        "after so many days without a file or a letter the clock is doubted",
    ),
    "mail.smtp.host": ("伺服器", "the server"),
    "mail.smtp.port": ("埠號", "the port"),
    "mail.smtp.tls": (
        "`none` 只用於同一部主機上的伺服器",
        "`none` is for a server on the same machine",
    ),
    "mail.smtp.auth": ("登入方式", "how to log in"),
    "mail.smtp.user": ("帳號；空白就不登入", "the account; empty: no login"),
    "mail.smtp.password_file": (
        "存放密碼的檔案，相對於聯盟資料夾",
        "the file with the password, relative to the alliance's folder",
    ),
    "mail.smtp.password": (
        "只能由環境變數給：`ILL_MAIL__SMTP__PASSWORD`",
        "from the environment only: `ILL_MAIL__SMTP__PASSWORD`",
    ),
    "mail.imap.folder": ("收件的信箱資料夾", "the mailbox folder that is read"),
    "notices.<policy>.steps": (
        "步驟：名稱與天數（到期日之後幾天；負數為之前）。不寫名稱就以天數為名",
        (
            "steps: a name and days (after the day counted from; negative: before). Without a name "
            "a step is called by its days"
        ),
    ),
    "notices.<policy>.every": (
        "最後一步之後，每隔幾天再寫一次",
        "repeats after the last step, so many days apart",
    ),
    "notices.<policy>.hours": (
        "`office`：承辦館開館日；`any`：任何時候；`first`：第一步任何時候，其餘開館日",
        "`office`: the host's open days; `any`: any time; `first`: any time for the first step",
    ),
    "notices.<policy>.enabled": ("`false` 關閉這一種", "`false` switches it off"),
    "schedule.collect": ("收件", "taking in workbooks"),
    "schedule.remind": ("寫信", "writing the day's letters"),
    "schedule.deliver": ("寄出", "delivering the outbox"),
    "schedule.evaluate": (
        "彙整評估，寄給承辦館",
        "compiling the evaluation, for the host",
    ),
    "schedule.meeting": (
        "看看七天內有沒有會議；有就把評估寄給委員會，一次會議一封",
        "looking for a meeting within seven days: once each, the committee gets the evaluation",
    ),
    "database.url": (
        "空白：聯盟資料夾裡的 `state.db`；或 `postgresql+psycopg://…`",
        "empty: `state.db` in the alliance's folder; or `postgresql+psycopg://…`",
    ),
}
"""Dotted key → what it means.  A library's own rules and the two servers share their words."""
