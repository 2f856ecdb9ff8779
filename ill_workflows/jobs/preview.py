"""Preview: each letter, each case, why now; for each open loan without a letter, why not.

Writes no letter and marks nothing.  The workbook holds a seal of each letter: what the host
approves is exactly what is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path
from typing import Final

from ill_workflows.app import App
from ill_workflows.errors import FolderTrouble, UnreadableWorkbook, UsageProblem
from ill_workflows.evaluation.model import Column, Sheet, Table
from ill_workflows.jobs import guard
from ill_workflows.jobs.decide import Today, decide
from ill_workflows.jobs.files import keep
from ill_workflows.jobs.post import Clock
from ill_workflows.jobs.recheck import TO_READERS
from ill_workflows.jobs.remind import plan
from ill_workflows.ledger.disagreements import NAMES
from ill_workflows.lending.cases import Discrepancy, Loan
from ill_workflows.lending.kinds import why_now
from ill_workflows.lending.notices import Case
from ill_workflows.lending.recalls import Recall
from ill_workflows.lending.suspensions import Suspension
from ill_workflows.lending.why import why_not
from ill_workflows.store.outbox import Written
from ill_workflows.xlsx.report import write_workbook

_LETTERS: Final = "今天的信"
_SEAL: Final = "核對碼"


@dataclass(frozen=True)
class Preview:
    """The letters that ``remind`` would write, or that wait for the answer to ``question``.

    ``doubts`` is what the host would be asked about them, ``broken`` those that cannot be composed.
    """

    letters: list[Written]
    today: Today
    question: guard.Question | None
    doubts: str
    broken: list[str]

    @cached_property
    def about(self) -> dict[str, Case]:
        """What the keys of cases stand for."""
        return {one.key: one for one in self.today.cases}

    @cached_property
    def silent(self) -> list[Loan]:
        """The open loans without a letter."""
        told = {case for letter in self.letters for case in letter.cases}
        return [loan for loan in self.today.loans if loan.key not in told]


def preview(app: App, clock: Clock) -> Preview:
    """Look at what would be written today, or what waits for the host's yes."""
    question = guard.standing(app)
    if question is not None:
        waiting = guard.waiting(app, question.number)
        return Preview(waiting, decide(app, clock), question, "", [])
    planned = plan(app, clock)
    facts = guard.doubts(app, planned.letters, clock)
    doubts = guard.unusual(facts) if facts is not None else ""
    broken = [str(bad) for bad in planned.broken]
    return Preview(planned.letters, planned.today, None, doubts, broken)


def lines(seen: Preview) -> Iterator[str]:
    """The preview on a terminal: letters with their cases, then the loans without one."""
    for letter in seen.letters:
        yield f"{letter.policy} {letter.step} → {_recipient(seen, letter)}"
        for case in letter.cases:
            yield f"    {case}  {_why_now(seen, letter, case)}".rstrip()
    if seen.silent:
        yield f"沒有信的借出 / open loans without a letter: {len(seen.silent)}"
    for loan in seen.silent:
        reason = why_not(loan, seen.today.day)
        yield f"    {loan.key}  {reason.zh} / {reason.en}"
    for told in (*seen.broken, seen.doubts):
        if told:
            yield told


def write_preview(app: App, seen: Preview, path: Path) -> None:
    """The preview as a workbook, for the host's eyes: it names readers.

    Raises:
        FolderTrouble: the file cannot be written.
    """
    day = seen.today.day.today
    data = write_workbook(
        (_letters(seen), _texts(seen), _cases(seen), _without(seen)),
        created=datetime(day.year, day.month, day.day, tzinfo=app.config.zone),
        title=f"{app.config.alliance.name}　{day} 預覽（沒有寫信）",
    )
    keep(path, data)


def approved_in(path: Path) -> frozenset[str]:
    """The seals of the letters that are still listed in a preview.

    Raises:
        FolderTrouble: the file cannot be read.
        UsageProblem: it is no preview.
    """
    from ill_workflows.xlsx.read import read_book

    try:
        book = read_book(path.read_bytes(), path.name)
    except OSError as bad:
        raise FolderTrouble(str(path), bad.strerror or str(bad)) from bad
    except UnreadableWorkbook as bad:
        raise UsageProblem(f"「{path}」讀不出來：{bad}", f"{path} cannot be read.") from bad
    rows = next((sheet.rows for sheet in book.sheets if sheet.title == _LETTERS), [])
    if not rows or _SEAL not in rows[0]:
        raise UsageProblem(
            f"「{path}」不是 remind --preview 寫的預覽。", f"{path} is no preview of remind."
        )
    place = rows[0].index(_SEAL)
    return frozenset(str(row[place]).strip() for row in rows[1:] if str(row[place]).strip())


def _recipient(seen: Preview, letter: Written) -> str:
    """Who gets a letter: the reader by name, else the library."""
    about = seen.about.get(letter.cases[0]) if letter.cases else None
    addresses = ", ".join(letter.to)
    if letter.policy in TO_READERS and isinstance(about, Loan) and about.reader is not None:
        by_hand = "" if about.reader.email else f"，由 {about.home} 轉交 by hand"
        return f"{about.reader.name} {addresses}{by_hand}"
    reader = about.reader if isinstance(about, Recall | Suspension) else None
    if letter.policy in TO_READERS and reader is not None and letter.to == (reader.email,):
        return f"{reader.name} {addresses}"
    return f"{letter.library} {addresses}"


def _why_now(seen: Preview, letter: Written, case: str) -> str:
    about, day = seen.about.get(case), seen.today.day.today
    if about is None:
        return "未收到 not here yet" if letter.policy == "sheet" else ""
    if isinstance(about, Discrepancy):
        return f"{about.day} {' '.join(NAMES[about.kind])}"
    return _why_a_loan(about, letter, day) if isinstance(about, Loan) else why_now(about, day)


def _why_a_loan(about: Loan, letter: Written, day: date) -> str:
    late = about.overdue(day)
    if letter.policy == "still_out" and about.asked == "missing":
        return f"{about.due_on} 到期；最近的報表漏列 missing from the newest sheet"
    if letter.policy == "still_out":
        return f"{about.due_on} 到期；資料是 {(day - about.as_of).days} 天前的 facts are old"
    if late <= 0:
        return f"{about.due_on} 到期，還有 {-late} 天 not yet due"
    return f"{about.due_on} 到期，逾期 {late} 天 overdue"


def _letters(seen: Preview) -> Sheet:
    columns = (
        Column("編號", "count"), Column("政策"), Column("步驟"), Column("收件人", "long"),
        Column("副本", "long"), Column("館"), Column("主旨", "long"), Column("件數", "count"),
        Column(_SEAL),
    )  # fmt: skip
    rows = tuple(
        (
            number, one.policy, one.step, _recipient(seen, one), ", ".join(one.cc), one.library,
            one.subject, len(one.cases), one.seal,
        )
        for number, one in enumerate(seen.letters, start=1)
    )  # fmt: skip
    if seen.question is not None:
        approve = (
            f"這些信正等您決定：outbox approve {seen.question.number} 寄出，"
            f"outbox decline {seen.question.number} 不寄。 / They wait for your answer."
        )
    else:
        approve = (
            "同意後執行 remind --approved 加上本檔：只寫列在這裡、內容一字未變的信；"
            "刪去的列不寫。 / remind --approved with this file writes exactly the letters listed "
            "here; rows that you delete are left out."
        )
    notes = tuple(note for note in (approve, seen.doubts, *seen.broken) if note)
    return Sheet(_LETTERS, (Table(columns, rows, empty="今天沒有要寫的信。"),), notes=notes)


def _texts(seen: Preview) -> Sheet:
    """A line a row: Excel makes no row higher than 409 points."""
    columns = (Column("編號", "count"), Column("收件人", "long"), Column("內文", "free"))
    rows = tuple(
        (number if n == 0 else None, _recipient(seen, one) if n == 0 else None, line)
        for number, one in enumerate(seen.letters, start=1)
        for n, line in enumerate(_text(one).splitlines())
    )
    return Sheet("信的內文", (Table(columns, rows, empty="今天沒有要寫的信。"),))


def _text(letter: Written) -> str:
    part = message_from_bytes(letter.body, policy=policy.default).get_body(("plain",))
    return str(part.get_content()).strip() if part is not None else ""


def _cases(seen: Preview) -> Sheet:
    columns = (
        Column("信", "count"), Column("政策"), Column("步驟"), Column("收件人", "long"),
        Column("借書證"), Column("貸方館"), Column("題名", "long"), Column("應還日", "day"),
        Column("為什麼是今天", "long"), Column("案件", "long"),
    )  # fmt: skip
    rows = []
    for number, one in enumerate(seen.letters, start=1):
        for case in one.cases:
            about = seen.about.get(case)
            what = _what(about.loans[0] if isinstance(about, Discrepancy) else about)
            told = (number, one.policy, one.step, _recipient(seen, one))
            rows.append((*told, *what, _why_now(seen, one, case), case))
    return Sheet("每一件", (Table(columns, tuple(rows), empty="今天沒有要寫的信。"),))


def _what(about: Case | None) -> tuple[str | date | None, ...]:
    """Card, lender, title and due date, where a case has them."""
    if isinstance(about, Recall):
        return about.card, about.lender, about.title, about.needed_by
    named = (getattr(about, name, None) for name in ("card", "lender", "title", "due_on"))
    return tuple(named)


def _without(seen: Preview) -> Sheet:
    columns = (
        Column("借書證"), Column("貸方館"), Column("借方館"), Column("題名", "long"),
        Column("應還日", "day"), Column("逾期天數", "count"), Column("資料日期", "day"),
        Column("為什麼沒有信", "long"), Column("Why not", "long"),
    )  # fmt: skip
    rows = []
    for loan in seen.silent:
        reason = why_not(loan, seen.today.day)
        late = max(0, loan.overdue(seen.today.day.today))
        rows.append(
            (
                loan.card, loan.lender, loan.home, loan.title, loan.due_on, late, loan.as_of,
                reason.zh, reason.en,
            )
        )  # fmt: skip
    return Sheet("沒有信的借出", (Table(columns, tuple(rows), empty="每一筆借出都有信。"),))
