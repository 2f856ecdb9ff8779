"""Preview: each letter, each case, why now; for each open loan without a letter, why not.

Writes no letter and marks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ill_workflows.app import App
from ill_workflows.evaluation.model import Column, Sheet, Table
from ill_workflows.jobs.files import keep
from ill_workflows.jobs.remind import Today
from ill_workflows.lending.cases import Discrepancy, Loan
from ill_workflows.lending.policies import Bundle, Notice
from ill_workflows.lending.why import why_not
from ill_workflows.xlsx.report import write_workbook


def lines(app: App, today: Today) -> Iterator[str]:
    """The preview on a terminal: letters with their cases, then the loans without one."""
    for one in today.bundles:
        yield f"{one.policy} {one.step} → {_recipient(app, one)}"
        for notice in one.notices:
            yield f"    {notice.case}  {_why_now(notice, today)}"
    silent = _silent(today)
    if silent:
        yield f"沒有信的借出 / open loans without a letter: {len(silent)}"
    for loan in silent:
        reason = why_not(loan, today.day)
        yield f"    {loan.key}  {reason.zh} / {reason.en}"


def write_preview(app: App, today: Today, path: Path) -> None:
    """The preview as a workbook, for the host's eyes: it names readers.

    Raises:
        FolderTrouble: the file cannot be written.
    """
    day = today.day.today
    data = write_workbook(
        (_letters(app, today), _notices(app, today), _without(today)),
        created=datetime(day.year, day.month, day.day, tzinfo=app.config.zone),
        title=f"{app.config.alliance.name}　{day} 預覽（沒有寫信）",
    )
    keep(path, data)


def _recipient(app: App, one: Bundle) -> str:
    if one.to[0] == "library":
        return f"{one.to[1]} {', '.join(app.members[one.to[1]].contacts)}"
    loan = one.notices[0].about
    if isinstance(loan, Loan) and loan.reader is not None:
        address = loan.reader.email or f"（沒有信箱，由 {loan.home} 轉交 / by hand）"
        return f"{loan.reader.name} {address}".strip()
    return one.to[1]


def _why_now(notice: Notice, today: Today) -> str:
    about, day = notice.about, today.day.today
    if isinstance(about, Discrepancy):
        kind = "當天沒有人持這張證 nobody held the card" if about.kind == "nobody" else (
            "書未還，證又換給別人 re-issued while a book is out"
        )  # fmt: skip
        return f"{about.day} {kind}"
    late = about.overdue(day)
    if notice.policy == "still_out" and about.asked == "missing":
        return f"{about.due_on} 到期；最近的報表漏列 missing from the newest sheet"
    if notice.policy == "still_out":
        return f"{about.due_on} 到期；資料 {(day - about.as_of).days} 天前 facts are old"
    if late <= 0:
        return f"{about.due_on} 到期，還有 {-late} 天 due in {-late} days"
    return f"{about.due_on} 到期，逾期 {late} 天 {late} days overdue"


def _silent(today: Today) -> list[Loan]:
    told = {notice.case for one in today.bundles for notice in one.notices}
    return [loan for loan in today.loans if loan.key not in told]


def _letters(app: App, today: Today) -> Sheet:
    columns = (
        Column("政策"), Column("步驟"), Column("收件人", "long"), Column("館"),
        Column("件數", "count"),
    )  # fmt: skip
    rows = tuple(
        (one.policy, one.step, _recipient(app, one), one.library, len(one.notices))
        for one in today.bundles
    )
    return Sheet("今天的信", (Table(columns, rows, empty="今天沒有要寫的信。"),))


def _notices(app: App, today: Today) -> Sheet:
    columns = (
        Column("政策"), Column("步驟"), Column("收件人", "long"), Column("借書證"),
        Column("貸方館"), Column("題名", "long"), Column("應還日", "day"),
        Column("為什麼是今天", "long"), Column("案件", "long"),
    )  # fmt: skip
    rows = []
    for one in today.bundles:
        for notice in one.notices:
            about = notice.about
            loan = about if isinstance(about, Loan) else about.loans[0]
            rows.append(
                (
                    one.policy, one.step, _recipient(app, one), loan.card, loan.lender, loan.title,
                    loan.due_on, _why_now(notice, today), notice.case,
                )
            )  # fmt: skip
    return Sheet("每一件", (Table(columns, tuple(rows), empty="今天沒有要寫的信。"),))


def _without(today: Today) -> Sheet:
    columns = (
        Column("借書證"), Column("貸方館"), Column("借方館"), Column("題名", "long"),
        Column("應還日", "day"), Column("逾期天數", "count"), Column("資料日期", "day"),
        Column("為什麼沒有信", "long"), Column("Why not", "long"),
    )  # fmt: skip
    rows = []
    for loan in _silent(today):
        reason = why_not(loan, today.day)
        late = max(0, loan.overdue(today.day.today))
        rows.append(
            (
                loan.card, loan.lender, loan.home, loan.title, loan.due_on, late, loan.as_of,
                reason.zh, reason.en,
            )
        )  # fmt: skip
    return Sheet("沒有信的借出", (Table(columns, tuple(rows), empty="每一筆借出都有信。"),))
