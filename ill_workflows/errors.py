"""Everything that we raise for a user to read.

The tree::

    IllError                     exit 1
    ├── ConfigurationError       exit 2   config.toml: every mistake at once
    ├── HomeMissing              exit 2   the alliance's folder is not there, or is not one
    ├── UsageProblem             exit 2   an option or argument that cannot be carried out
    ├── FolderTrouble            exit 1   a file or folder that cannot be read or written
    ├── StoreTrouble             exit 1   the database is full, newer than we are, or not ours
    ├── SealBroken               exit 1   a closed month is not as it was frozen
    ├── UnreadableWorkbook       refused  a file that is no workbook we can open
    ├── MailboxDown              exit 75  the mailbox cannot be reached: try again later
    ├── MailboxRefused           exit 1   the mailbox does not let us do what is configured
    ├── BackupBroken             exit 1   a backup that is none, or damaged: nothing is restored
    ├── StaleRun                 exit 75  a job was taken over by another process
    ├── LetterBroken             set aside  a letter that asks for a fact we do not have
    └── DeliveryError
        ├── TransportDown        exit 75  nobody answered: try again later
        ├── Postponed            again    the server asked to come back later for this letter
        ├── InDoubt              shown    cut off while sending: it may have left
        ├── LetterRefused        told     the server refused the letter, not its recipients
        └── RecipientRefused     told     the server refused this address

A fault in a member's data is never an exception: it is a
:class:`ill_workflows.forms.findings.Finding` in a list.  Exceptions compose their message from
facts, so that callers write no prose.
"""

from __future__ import annotations

from collections.abc import Sequence
from traceback import extract_tb
from typing import ClassVar

REFUSALS: dict[str, tuple[str, str]] = {
    "empty": (
        "檔案是空的，請確認存檔後再寄一次。",
        "The file is empty. Please save it and send it again.",
    ),
    "not_zip": (
        "這不是 Excel 活頁簿（.xlsx）。請用 Excel 或 LibreOffice 開啟後，另存為「Excel 活頁簿 (*.xlsx)」再寄來。",
        "This is not an .xlsx workbook. Open it in Excel or LibreOffice, save it as .xlsx and send it.",
    ),
    "html": (
        "這是網頁（HTML）內容，只是檔名改成 .xlsx。請在 Excel 開啟後另存為「Excel 活頁簿 (*.xlsx)」再寄來。",
        "This is a web page (HTML) under an .xlsx name. Open it in Excel, save it as .xlsx and send it.",
    ),
    "csv": (
        "這是純文字（CSV）檔。請使用標準表單，存成「Excel 活頁簿 (*.xlsx)」再寄來。",
        "This is a text (CSV) file. Please use the standard form, saved as .xlsx.",
    ),
    "xls": (
        "這是舊版 Excel 格式（.xls）。請開啟後另存為「Excel 活頁簿 (*.xlsx)」再寄來，內容不必重填。",
        "This is the old .xls format. Open it, save it as .xlsx and send it; nothing needs retyping.",
    ),
    "encrypted": (
        "活頁簿有密碼，我們沒有這個密碼。請與承辦館約定密碼，或以約定的密碼重新加密後寄來。",
        "The workbook has a password that we do not hold. Agree on one with the host library, "
        "or send it with the password agreed on.",
    ),
    "ods": (
        "這是 OpenDocument（.ods）試算表。請另存為「Excel 活頁簿 (*.xlsx)」再寄來。",
        "This is an OpenDocument (.ods) sheet. Save it as .xlsx and send it.",
    ),
    "xlsb": (
        "這是二進位活頁簿（.xlsb）。請另存為「Excel 活頁簿 (*.xlsx)」再寄來。",
        "This is a binary workbook (.xlsb). Save it as .xlsx and send it.",
    ),
    "macro": (
        "活頁簿含有巨集（.xlsm）。請另存為不含巨集的「Excel 活頁簿 (*.xlsx)」再寄來。",
        "The workbook holds macros (.xlsm). Save it as .xlsx, without macros, and send it.",
    ),
    "truncated": (
        "檔案不完整（可能上傳或寄送中斷）。請重新存檔後再寄一次。",
        "The file is incomplete (an upload or mail was cut off). Save it again and send it again.",
    ),
    "too_large": (
        "活頁簿過大，無法安全開啟。請刪除不需要的工作表或空白列後再寄來。",
        "The workbook is too large to be opened safely. Remove sheets or empty rows not needed.",
    ),
    "gave_up": (
        "這份活頁簿讀起來需要的時間或記憶體超過上限，系統先停了下來，原檔已保留。"
        "請刪除不需要的工作表與格式後另存新檔再寄來；仍不行請告訴承辦館。",
        "Reading this workbook took more time or memory than it may, so we stopped; the original is "
        "kept. Remove sheets and formats not needed, save it anew and send it again; if that does "
        "not help, please tell the host library.",
    ),
    "foreign": (
        "這個活頁簿不是標準表單：找不到「封面」，也認不出任何一張標準工作表。請用承辦館寄送的表單填寫。",
        "This workbook is not a standard form: it has no cover (封面) and no sheet that we know. "
        "Please use the form that the host library sent.",
    ),
    "damaged": (
        "活頁簿內容損壞，無法讀取。請用 Excel 開啟並修復，另存新檔後再寄來。",
        "The workbook is damaged and cannot be read. Open and repair it in Excel, save it, send it.",
    ),
    "doctype": (
        "活頁簿內含不允許的 XML 宣告，為安全起見不予開啟。請用 Excel 另存新檔後再寄來。",
        "The workbook holds XML declarations that we do not open, for safety. Save it anew in Excel.",
    ),
    "strict": (
        "活頁簿存成「Strict Open XML」格式。請另存為一般的「Excel 活頁簿 (*.xlsx)」再寄來。",
        "The workbook is in Strict Open XML format. Save it as an ordinary .xlsx and send it.",
    ),
}
"""Kind of refusal → the sentence that goes out, in Traditional Chinese and English."""


MAILBOX_HINTS: dict[str, tuple[str, str]] = {
    "tls": (
        "無法建立加密連線，請檢查 [mail] imap 的 tls、port 與伺服器憑證",
        "no secure connection; check tls and port of [mail] imap and the server's certificate",
    ),
    "login": (
        "登入遭拒，請檢查 [mail] imap 的 user、auth 與 password_file",
        "the login was refused; check user, auth and password_file of [mail] imap",
    ),
    "folder": (
        "信件匣無法開啟，請檢查 [mail] imap 的 folder",
        "the folder cannot be opened; check folder of [mail] imap",
    ),
    "move": (
        "信件無法移到 Processed 或 Rejected，請檢查信箱的權限與容量",
        "a mail cannot be moved to Processed or Rejected; check the mailbox's rights and quota",
    ),
    "command": (
        "伺服器不接受這個要求，請以 `ill-workflows check` 檢查",
        "the server does not take this request; look with `ill-workflows check`",
    ),
}
"""What a mailbox refused → what to check, in Traditional Chinese and English."""


_FULL = (
    "磁碟已滿，清出空間後再執行一次即可",
    "the disk is full; make room and run it again",
)
SYSTEM_SAYS: dict[str, tuple[str, str]] = {
    "No space left on device": _FULL,
    "database or disk is full": _FULL,
    "Disk quota exceeded": (
        "已達磁碟配額，清出空間後再執行一次即可",
        "the disk quota is used up; make room and run it again",
    ),
    "Read-only file system": (
        "磁碟只能讀，請檢查掛載方式",
        "the disk is read-only; look at how it is mounted",
    ),
    "Permission denied": (
        "沒有權限，請檢查這個檔案與資料夾的權限",
        "it is not permitted; look at the rights of this file and its folder",
    ),
    "attempt to write a readonly database": (
        "沒有寫入的權限，請檢查 state.db 與其資料夾",
        "it may not be written; look at the rights of state.db and its folder",
    ),
    "disk I/O error": (
        "磁碟無法讀寫，可能已滿或故障",
        "the disk cannot be read or written; it may be full, or failing",
    ),
}
"""What the system or SQLite says → what it means for the host, in Traditional Chinese and English."""


class IllError(Exception):
    """The root of every exception that may reach a user; ``str()`` is a whole sentence."""

    exit_code: ClassVar[int] = 1


class ConfigurationError(IllError):
    """config.toml cannot be used; names every mistake, each with its key."""

    exit_code = 2

    def __init__(self, source: str, mistakes: list[str]) -> None:
        self.source = source
        self.mistakes = mistakes
        lines = "\n".join(f"  - {mistake}" for mistake in mistakes)
        super().__init__(
            f"{source}：有 {len(mistakes)} 處需要修改 / {len(mistakes)} to mend:\n{lines}"
        )


class HomeMissing(IllError):
    """The folder given with ``--home`` is not an alliance."""

    exit_code = 2

    def __init__(self, home: str, missing: str = "") -> None:
        zh = (
            f"「{home}」不是聯盟資料夾：裡面沒有 {missing}"
            if missing
            else f"沒有「{home}」這個資料夾"
        )
        en = (
            f"{home} is no alliance folder: there is no {missing} in it"
            if missing
            else f"there is no folder {home}"
        )
        super().__init__(
            f"{zh}。請用 --home 指定，或以 `ill-workflows init` 建立。 / "
            f"{en}. Name one with --home, or make one with `ill-workflows init`."
        )


class UsageProblem(IllError):
    """A command was called with something that it cannot carry out."""

    exit_code = 2

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


class FolderTrouble(IllError):
    """A file or folder that cannot be read or written."""

    def __init__(self, path: str, reason: str) -> None:
        zh, en = SYSTEM_SAYS.get(reason, (reason, reason))
        super().__init__(f"無法使用「{path}」：{zh}。 / {path} cannot be used: {en}.")


class StoreTrouble(IllError):
    """The database cannot be used as it is."""

    def __init__(self, url: str, reason: str) -> None:
        zh, en = SYSTEM_SAYS.get(reason, (reason, reason))
        super().__init__(f"資料庫 {url} 無法使用：{zh} / The database cannot be used: {en}")


class SealBroken(IllError):
    """What is kept of closed months is not what was frozen: their digests differ."""

    def __init__(self, months: Sequence[str]) -> None:
        named = "、".join(months)
        super().__init__(
            f"{named} 封存的數字與封存碼不符，資料庫可能損壞或被改過；請自備份還原，"
            "或以 reopen 說明原因後再 close"
            f" / What was frozen of {', '.join(months)} has been changed in the database: restore "
            "a backup, or reopen it, saying why, and close it again."
        )


class UnreadableWorkbook(IllError):
    """A file that cannot be opened as a workbook; ``kind`` is a key of :data:`REFUSALS`."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind
        self.zh, self.en = REFUSALS[kind]
        super().__init__(f"{name}：{self.zh} / {self.en}")


class BackupBroken(IllError):
    """A backup cannot be restored: it is none, or what it holds is not what was put in."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"備份 {path} 無法還原：{reason} / The backup {path} cannot be restored: {reason}"
        )


class StaleRun(IllError):
    """A job's lease ran out, and another process has taken it over: this one writes no more."""

    exit_code = 75

    def __init__(self, job: str) -> None:
        super().__init__(
            f"工作 {job} 已由另一個程序接手，這裡停止。"
            f" / The job {job} was taken over by another process; this one stops."
        )


class Stopped(Exception):
    """Somebody asked to stop; raised between two files, letters or jobs."""


class MailboxDown(IllError):
    """The mail server that holds the mailbox could not be reached, or asked to come back later."""

    exit_code = 75

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"信箱 {where} 暫時無法使用：{reason} / The mailbox at {where} is not available: {reason}"
        )


class MailboxRefused(IllError):
    """The mailbox does not let us do what is configured; ``what`` is a key of :data:`MAILBOX_HINTS`."""

    def __init__(self, where: str, what: str, reason: str) -> None:
        self.what = what
        zh, en = MAILBOX_HINTS[what]
        super().__init__(f"信箱 {where}：{zh}（{reason}） / Mailbox {where}: {en} ({reason})")


class LetterBroken(IllError):
    """A letter's template asks for a fact that the case does not have."""

    def __init__(self, template: str, reason: str) -> None:
        self.template = template
        super().__init__(
            f"信件範本 {template} 無法產生：{reason} / The letter {template} could not be written: {reason}"
        )


class DeliveryError(IllError):
    """A letter did not leave."""


class TransportDown(DeliveryError):
    """The mail server could not be reached or asked us to come back later."""

    exit_code = 75

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"郵件伺服器 {where} 暫時無法使用：{reason} / The mail server {where} is not available: {reason}"
        )


class Postponed(DeliveryError):
    """The server will not take this letter now; ``reasons`` maps address → answer."""

    exit_code = 75

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = reasons
        super().__init__(f"稍後再寄 / To be tried again later: {_answers(reasons)}")


class InDoubt(DeliveryError):
    """The connection broke while a letter was on its way: nobody knows whether it left."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"寄到 {where} 途中斷線，不確定是否已寄出：{reason} / "
            f"The connection to {where} broke while sending; it may have left: {reason}"
        )


class LetterRefused(DeliveryError):
    """The server refused the letter itself for good: too large, or what it says."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        super().__init__(f"伺服器拒收這封信 / Refused by the server: {answer}")


class RecipientRefused(DeliveryError):
    """The server refused the recipients for good; ``reasons`` maps address → answer."""

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = reasons
        super().__init__(f"收件人遭拒 / Refused by the server: {_answers(reasons)}")


def _answers(reasons: dict[str, str]) -> str:
    return "; ".join(f"{address}: {answer}" for address, answer in sorted(reasons.items()))


def place_of(bug: BaseException) -> str:
    """A mistake of ours by its kind and place, for a log: its message may hold a cell, or a name."""
    frames = list(extract_tb(bug.__traceback__))[-4:]
    places = (f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(bug).__name__} {' < '.join(places)}"
