"""The words of every finding, in Traditional Chinese and English, in one table.

The same words guide the librarian in the template (input messages, guidance sheet), so that an
instruction and an error can never disagree.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Text(NamedTuple):
    """What is wrong and how to mend it; holes are filled from the finding's facts."""

    zh: str
    mend_zh: str
    en: str
    mend_en: str


TEXTS: Final[dict[str, Text]] = {
    # cells
    "missing": Text("「{heading}」沒有填。", "請補填。", "{heading} is empty.", "Please fill it in."),
    "missing_when": Text(
        "「{heading}」沒有填（{because}時需要）。", "請補填。",
        "{heading} is empty; it is needed here ({because}).", "Please fill it in.",
    ),
    "error_cell": Text(
        "這一格是公式錯誤值 {read}。", "請改成實際的內容。",
        "This cell shows the error {read}.", "Please type the actual content.",
    ),
    "formula_no_value": Text(
        "這一格是公式 {read}，但檔案裡沒有存下計算結果。", "請在 Excel 開啟存檔，或直接填入內容。",
        "This cell is the formula {read}, saved without its result.",
        "Open and save the file in Excel, or type the content.",
    ),
    "lost_digits": Text(
        "號碼「{read}」超過 15 位又以數字儲存，Excel 已改掉後面的位數。", "請先將儲存格設為「文字」，再重新輸入完整號碼。",
        "The number {read} has more than 15 digits and was stored as a number: Excel has lost some.",
        "Format the cell as text and type the whole number again.",
    ),
    "too_long": Text(
        "「{heading}」超過 {limit} 個字。", "請縮短。",
        "{heading} is longer than {limit} characters.", "Please shorten it.",
    ),
    # dates
    "date_unreadable": Text(
        "「{read}」看不出是哪一天。", "請寫成 114.10.15 或 2025/10/15。",
        "We cannot read {read} as a day.", "Write it as 114.10.15 or 2025/10/15.",
    ),
    "date_impossible": Text(
        "「{read}」這一天不存在。", "請更正日期。",
        "The day {read} does not exist.", "Please correct the date.",
    ),
    "date_ambiguous": Text(
        "「{read}」可能是 {first}，也可能是 {second}。", "請把年份寫完整，例如 114.10.15 或 2025/10/15。",
        "{read} could be {first} or {second}.", "Write the whole year, as in 114.10.15 or 2025/10/15.",
    ),
    "date_future": Text(
        "日期 {read} 在我們收到檔案的 {received} 之後。", "請更正日期；還沒發生的請留空白。",
        "The date {read} lies after {received}, the day on which we received the file.",
        "Correct the date, or leave the cell empty if it has not happened yet.",
    ),
    "date_far": Text(
        "「{read}」離我們收到檔案的 {received} 太遠，無法採用。", "請確認年份。",
        "{read} lies too far after {received}, the day on which we received the file; it cannot be used.",
        "Please check the year.",
    ),
    "weekday_mismatch": Text(
        "「{read}」的星期不符：{day} 是星期{weekday}。", "請更正日期，或寫上年份。",
        "The weekday in {read} does not match: {day} is a {weekday_en}.",
        "Correct the date, or write the year.",
    ),
    "returned_before_lent": Text(
        "歸還日 {read} 早於借出日 {other}。", "請更正其中一個日期。",
        "The return date {read} is before the loan date {other}.", "Please correct one of the two.",
    ),
    "due_before_lent": Text(
        "應還日 {read} 早於借出日 {other}。", "請更正，或將應還日留空白，由系統依貴館規則計算。",
        "The due date {read} is before the loan date {other}.",
        "Correct it, or leave it empty and we compute it by your rules.",
    ),
    "returned_before_issued": Text(
        "還證日 {read} 早於換證日 {other}。", "請更正其中一個日期。",
        "The card came back on {read}, before it was issued on {other}.", "Please correct one of the two.",
    ),
    "answered_before_requested": Text(
        "回覆日 {read} 早於申請日 {other}。", "請更正其中一個日期。",
        "The answer {read} is dated before the request {other}.", "Please correct one of the two.",
    ),
    "day_before_other": Text(
        "「{heading}」{read} 早於「{beside}」{other}。", "請更正其中一個日期。",
        "{heading} {read} lies before {beside} {other}.", "Please correct one of the two.",
    ),
    "lent_before_term": Text(
        "借出日 {read} 早於本期合作開始的 {other}。", "請確認年份。",
        "The loan date {read} lies before the term began on {other}.", "Please check the year.",
    ),
    # cards and libraries
    "card_unreadable": Text(
        "「{read}」看不出是哪一張借書證。", "請寫成「館代碼-號碼」，例如 {example}。",
        "We cannot read {read} as a card number.", "Write it as CODE-number, for example {example}.",
    ),
    "card_ambiguous": Text(
        "「{read}」可能是 {first}，也可能是 {second}。", "請加上連字號，寫成「館代碼-號碼」，例如 {example}。",
        "{read} could be {first} or {second}.", "Write it with a hyphen, as CODE-number, for example {example}.",
    ),
    "card_no_member": Text(
        "「{read}」不是任何會員館的借書證。", "請對照借書證上的號碼，例如 {example}。",
        "{read} is a card of no member library.", "Please check the number on the card, such as {example}.",
    ),
    "card_own": Text(
        "「{read}」是貴館自己的借書證；這張表只列他館讀者的證。", "請更正證號，或刪除這一列。",
        "{read} is your own library's card; this sheet lists cards of other libraries' readers only.",
        "Correct the number or delete the row.",
    ),
    "card_foreign": Text(
        "「{read}」不是貴館的借書證；這張表只列貴館自己的證。", "請更正證號（貴館的證號以 {own}- 開頭）。",
        "{read} is not a card of your library; this sheet lists your own cards only.",
        "Correct the number (yours begin with {own}-).",
    ),
    "card_void": Text(
        "借書證 {read} 已登記為遺失或註銷。", "請確認證號，並通知 {home}。",
        "Card {read} is registered as lost or void.", "Please check the number and tell {home}.",
    ),
    "library_unknown": Text(
        "「{read}」不是我們知道的會員館名稱。", "請填館代碼或全名，例如 {example}。",
        "We know no member library called {read}.", "Use its code or full name, for example {example}.",
    ),
    "library_own": Text(
        "申請館「{read}」是貴館自己；這裡只列他館的申請。", "請更正，或刪除這一列。",
        "{read} is your own library; this sheet lists requests of other libraries.",
        "Correct it or delete the row.",
    ),
    # choices and numbers
    "choice_unknown": Text(
        "「{read}」不在「{heading}」的選項裡。", "請從下拉選單選擇：{choices}。",
        "{read} is not a choice for {heading}.", "Choose from the list: {choices}.",
    ),
    "reason_duplicate": Text(
        "「{read}」不是拒絕原因。", "請將「結果」改為「重複」。",
        "{read} is not a reason for refusal.", "Set the outcome to 重複 (duplicate) instead.",
    ),
    "reason_cancelled": Text(
        "「{read}」不是拒絕原因。", "請將「結果」改為「取消」。",
        "{read} is not a reason for refusal.", "Set the outcome to 取消 (cancelled) instead.",
    ),
    "number_unreadable": Text(
        "「{read}」不是整數。", "請填數字，例如 {example}。",
        "{read} is not a whole number.", "Type a number, for example {example}.",
    ),
    "number_too_small": Text(
        "「{heading}」{read} 太小。", "請填 {least} 以上的整數。",
        "{heading} {read} is too small.", "It should be {least} or more.",
    ),
    "paid_too_much": Text(
        "已繳金額 {read} 大於金額 {other}。", "請更正其中一個金額。",
        "More is paid ({read}) than was asked for ({other}).", "Please correct one of the two.",
    ),
    "paid_too_little": Text(
        "處理是「繳清」，但已繳金額 {read} 少於金額 {other}。", "請更正金額；其餘不再收取的，處理請改為「減免」。",
        "It is said to be paid in full, but only {read} of {other} is.",
        "Correct the amounts; where the rest is not asked for any more, choose 減免 (waived).",
    ),
    "year_unreadable": Text(
        "「{read}」看不出是哪一年。", "請填民國年或西元年，例如 113 或 2024。",
        "We cannot read {read} as a year.", "Type the Minguo or Gregorian year, as 113 or 2024.",
    ),
    # rows
    "duplicate_key": Text(
        "這一列與第 {other} 列是同一筆（{keys}），但內容不同。", "請留下正確的一列，刪除另一列。",
        "This row and row {other} are the same record ({keys}) with different content.",
        "Keep the right one and delete the other.",
    ),
    "repeated_row": Text(
        "這一列與第 {other} 列完全相同，只算一次。", "",
        "This row is the same as row {other}; it was counted once.", "",
    ),
    "overlapping_issue": Text(
        "{card} 在 {read} 換出時，前一次換證（第 {other} 列，{since} 起）還沒有還證。",
        "請補上第 {other} 列的還證日，或更正換證日。",
        "{card} was issued on {read} while its issue in row {other} (since {since}) had not ended.",
        "Add the return date in row {other}, or correct this date.",
    ),
    "over_limit": Text(
        "{card} 在 {day} 同時借出 {count} 冊，超過貴館規則的 {limit} 冊。", "請確認；如屬實不必修改。",
        "{count} items were out on {card} on {day}; your limit is {limit}.",
        "Please check; if it is so, nothing need be changed.",
    ),
    "excluded_kind": Text(
        "「{read}」列在貴館的不外借資料中。", "請確認資料類型。",
        "{read} is on your list of materials not lent.", "Please check the material type.",
    ),
    "renewed": Text(
        "{card} 再次借出同一本書（第 {other} 列尚未歸還）；館際借書不續借。", "請補上第 {other} 列的歸還日，或更正。",
        "{card} borrowed the same item again while row {other} is not returned; there are no renewals.",
        "Add the return date in row {other}, or correct this row.",
    ),
    "reason_needs_note": Text(
        "拒絕原因「其他」需要在備註說明。", "請補填備註。",
        "The reason 其他 (other) needs a note.", "Please add one.",
    ),
    "answers_differ": Text(
        "同一個清查編號有兩種回覆：這一列是「{read}」，第 {other} 列是「{value}」。", "請改成同一個回覆。",
        "Two answers to one clearance number: {read} here, {value} in row {other}.",
        "Please give the same answer in both rows.",
    ),
    "owed_all_the_same": Text(
        "回覆是「{read}」，但同一列填了登錄號或欠款金額。", "如仍有欠書或欠款，請更正回覆；已結清的請刪去。",
        "The answer is {read}, but an item or an amount stands in the same row.",
        "If something is still owed, correct the answer; if not, clear those cells.",
    ),
    "row_left_out": Text(
        "第 {row} 列沒有可用的{keys}，無法計入，其他各列照收。", "如要計入，請補齊後重送。",
        "Row {row} has no usable {keys} and cannot be counted; the other rows are.",
        "To have it counted, fill it in and send the workbook again.",
    ),
    "carried_row_missing": Text(
        "上次填報時 {card} 借的「{title}」（登錄號 {item}，{lent} 借出）尚未歸還，這次的表裡沒有這一列。",
        "如已歸還，請列出並填歸還日；如仍在外，請照舊列出。",
        "“{title}” (item {item}), lent on {card} on {lent}, was still out in your last sheet and is "
        "missing from this one.",
        "List it again, with its return date if it is back.",
    ),
    "carried_issue_missing": Text(
        "上次填報時 {card}（{lent} 換證）尚未還證，這次的登記簿裡沒有這一列。",
        "如已還證，請列出並填還證日；如仍在讀者手上，請照舊列出。",
        "Card {card}, issued on {lent}, was still with its reader in your last register and is missing "
        "from this one.",
        "List it again, with its return date if it is back.",
    ),
    "issued_while_suspended": Text(
        "第 {row} 列：借書證 {card} 在 {day} 換給了一位停權中的讀者（{lender} 自 {since} 起停權）。",
        "請先收回這張證並向讀者說明；停權已經解除的話，請 {lender} 在處理通知單填上解除日。",
        "Row {row}: card {card} was issued on {day} to a reader who is suspended (by {lender}, from {since}).",
        "Please take the card back and explain; if the suspension has been lifted, ask {lender} to report it.",
    ),
    # the sheet and the cover
    "sheet_missing": Text(
        "找不到工作表「{read}」。", "請使用標準表單，不要刪除或改名工作表。",
        "The sheet {read} is missing.", "Use the standard form and keep its sheets.",
    ),
    "sheet_twice": Text(
        "工作表「{read}」與「{other}」的欄位相同，只讀取了「{other}」。", "如有資料，請併入「{other}」再寄一次。",
        "The sheets {read} and {other} have the same columns; only {other} was read.",
        "If it holds data, move them into {other} and send the file again.",
    ),
    "column_missing": Text(
        "工作表「{sheet}」找不到「{read}」欄。", "請補上這一欄的標題與內容。",
        "The sheet {sheet} has no column {read}.", "Add the column with its heading.",
    ),
    "column_twice": Text(
        "「{read}」欄出現兩次（{other} 已讀取）。", "請刪除或改名其中一欄。",
        "The column {read} stands twice ({other} was read).", "Delete or rename one of them.",
    ),
    "library_unreadable": Text(
        "看不出這份表是哪一館的：「{read}」。", "請在封面填上圖書館代碼，例如 {example}。",
        "We cannot tell whose form this is: {read}.", "Fill in the library's code on the cover, such as {example}.",
    ),
    "library_contradiction": Text(
        "封面寫的是「{read}」，但這份表單是發給 {other} 的。", "請更正封面，或改用貴館自己的表單。",
        "The cover says {read}, but this form was made for {other}.",
        "Correct the cover, or use your own library's form.",
    ),
    "month_unreadable": Text(
        "統計年月「{read}」看不懂。", "請寫成 114年10月。",
        "We cannot read the month {read}.", "Write it as 114年10月 or 2025-10.",
    ),
    "month_contradiction": Text(
        "封面的統計年月是「{read}」，但這份表單是 {other} 的。", "請更正封面，或改用該月的表單。",
        "The cover says {read}, but this form was made for {other}.",
        "Correct the cover, or use the form of that month.",
    ),
    "month_future": Text(
        "統計年月 {read} 還沒開始。", "請更正年月。",
        "The month {read} has not begun yet.", "Please correct it.",
    ),
    "form_contradiction": Text(
        "封面寫的是「{read}」，但工作表是「{other}」的。", "請更正封面，或改用「{read}」的表單。",
        "The cover says {read}, but the sheets are those of {other_en}.",
        "Correct the cover, or use the form {read}.",
    ),
    "version_other": Text(
        "這是第 {read} 版的表單，目前是第 {other} 版；已照常讀取。", "下次請使用新的表單。",
        "This is version {read} of the form; version {other} is in use. It was read all the same.",
        "Please use the new form next time.",
    ),
    "kind_unknown": Text("填報別「{read}」看不懂，當作「月報」。", "", "We do not know the kind of report {read}; it was taken as a monthly report.", ""),
    "filled_on_ignored": Text(
        "填表日期「{read}」不在 {first} 到 {last} 之間，未採用；以收件日為準。", "下次請填當天日期。",
        "The date of filling in, {read}, is not between {first} and {last}; we use the day of receipt.",
        "Next time, type the day itself.",
    ),
    # put right, and told
    "read_as": Text("我們把「{read}」讀成「{value}」。", "", "We read {read} as {value}.", ""),
    "heading_read_as": Text("我們把欄名「{read}」當作「{value}」。", "", "We took the heading {read} as {value}.", ""),
    # beside the table
    "column_unnamed": Text("「{read}」所在的這一欄沒有標題，整欄沒有讀取。", "", "The column that holds {read} has no heading; none of it was read.", ""),
    "row_passed": Text("這一列是標題、小計或說明，沒有讀取：「{read}」。", "", "A title, sum or note, not read: {read}.", ""),
    "column_passed": Text("標準表單沒有「{read}」欄，沒有讀取。", "", "The form has no column {read}; it was not read.", ""),
    "sheet_passed": Text("標準表單沒有「{read}」工作表，沒有讀取。", "", "The form has no sheet {read}; it was not read.", ""),
}  # fmt: skip
