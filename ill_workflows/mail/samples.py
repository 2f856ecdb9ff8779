"""Invented letters of every kind: what ``check`` and the tests write.

They are made by :mod:`ill_workflows.mail.letters` from invented cases, so that a template is
tried with the very facts that it will get.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, Literal

from ill_workflows.errors import REFUSALS
from ill_workflows.forms import FORMS
from ill_workflows.forms.findings import Finding, Severity
from ill_workflows.ledger.places import Place
from ill_workflows.lending.cases import Discrepancy, Loan, Reader
from ill_workflows.lending.notices import Bundle, Notice
from ill_workflows.mail import (
    arrivals,
    chasing,
    claims,
    clearance,
    letters,
    losses,
    meeting,
    questions,
    recalls,
    refusals,
    suspensions,
)
from ill_workflows.mail.compose import Letter
from ill_workflows.mail.mime import Attachment
from ill_workflows.rules.calendar import Calendar
from ill_workflows.rules.policy import Member

TODAY: Final = date(2026, 10, 15)
READER: Final = Reader("HDU", "H41000001", "示範讀者", "reader@mail.hdu.example")
WITHOUT_ADDRESS: Final = Reader("HDU", "H41000002", "虛構讀者", "")
_LIBRARIES: Final = (
    ("NSUT", "南星示範科技大學", "Nansing Demonstration University of Science and Technology"),
    ("HDU", "虹島示範大學", "Hongdao Demonstration University"),
    ("TJU", "臺江虛構大學", "Taijiang Imaginary University"),
)
_LOAN: Final = Loan(
    "NSUT", "HDU", "HDU-07", "C450006", "食品化學（第 6 號）", "312.83 8764", date(2026, 9, 28),
    date(2026, 10, 12), date(2026, 10, 14), "R115-000021", READER, fine=15,
)  # fmt: skip
_LONG: Final = replace(
    _LOAN, card="HDU-12", item="0000123", call_number="", lent_on=date(2026, 8, 31),
    due_on=date(2026, 9, 14), fine=155,
    title="商用英文書信寫作：從詢價、報價到索賠的一百個實例 = A Hundred Letters for Business",
)  # fmt: skip
_OTHER: Final = replace(
    _LOAN, lender="TJU", item="31100031", title="會計學（第 9 號）", call_number="495 8247",
    lent_on=date(2026, 10, 8), due_on=date(2026, 10, 22), as_of=date(2026, 10, 9), fine=0,
)  # fmt: skip
_LENT: Final = "借出紀錄"
_ARRIVAL: Final = {
    "receipt": "R115-000042",
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "filename": "月報表_虹島示範大學.xlsx",
    "month": "2026-09",
    "interim": False,
    "received_on": TODAY,
    "message_id": "<20261015.0001@mail.hdu.example>",
}


def members(language: Literal["zh-TW", "en"]) -> dict[str, Member]:
    """Three invented libraries that read one language; NSUT is the host."""
    return {
        code: Member(
            code, name, Calendar(frozenset(range(5))), name_en=name_en, language=language,
            contacts=(f"ill@{code.lower()}.example",),
        )
        for code, name, name_en in _LIBRARIES
    }  # fmt: skip


def samples(language: Literal["zh-TW", "en"]) -> Iterator[Letter]:
    """Every letter, each in the shapes that it can have."""
    yield from _to_readers(members(language))
    yield from _to_libraries(members(language))
    yield from _of_discrepancies(members(language))
    yield from _receipts(members(language))
    yield from _troubles(members(language))
    yield from refusals.samples(members(language), TODAY)
    yield from chasing.samples(members(language))
    yield from claims.samples(members(language), READER, TODAY)
    yield from questions.samples(members(language))
    yield from clearance.samples(members(language), TODAY)
    yield from recalls.samples(members(language), TODAY, READER, WITHOUT_ADDRESS)
    yield from suspensions.samples(members(language), TODAY, READER, WITHOUT_ADDRESS)
    yield from losses.samples(members(language), TODAY)
    yield from meeting.samples(members(language), TODAY)


def _bundle(policy: str, step: str, to: tuple[str, str], *about: Loan | Discrepancy) -> Bundle:
    library = to[1] if to[0] == "library" else to[1].partition("/")[0]
    notices = tuple(Notice(policy, step, one.key, "", library, to, one) for one in about)
    return Bundle(policy, step, library, to, notices)


def _to_readers(libraries: dict[str, Member]) -> Iterator[Letter]:
    soon = replace(_LOAN, due_on=TODAY + timedelta(days=3), fine=0)
    later = replace(_OTHER, item="31100032", title="成本會計", due_on=TODAY + timedelta(days=4))
    told = (
        ("due_soon", "-3", (soon,)),
        ("due_soon", "-3", (soon, later)),
        ("overdue", "first", (_LOAN,)),
        ("overdue", "second", (_LOAN, replace(_LOAN, item="C450007", title="微積分", fine=0))),
        ("overdue", "final", (_LONG, replace(_LONG, item="0000125", title="經濟學", fine=0))),
    )
    page = Attachment("給讀者的信.html", "text/html", b"<p></p>")
    for policy, step, loans in told:
        for reader in (READER, WITHOUT_ADDRESS, replace(READER, name="")):
            books = [replace(loan, reader=reader) for loan in loans]
            others = [replace(_OTHER, reader=reader)] if reader.name else []
            one = _bundle(policy, step, ("reader", f"HDU/{reader.number}"), *books)
            letter = letters.to_reader(one, others, libraries, TODAY, "final")
            yield letter if reader.email else replace(letter, attachments=(page,))


def _to_libraries(libraries: dict[str, Member]) -> Iterator[Letter]:
    nobody = replace(_LOAN, card="HDU-41", item="0000077", title="工業設計研究（78）", reader=None)
    unreached = replace(_LONG, item="0000124", title="", reader=WITHOUT_ADDRESS)
    stale = replace(_LONG, as_of=date(2026, 9, 30), asked="stale")
    missing = replace(_LOAN, as_of=date(2026, 8, 31), asked="missing")
    sheet = Attachment("usage-NSUT-2026-10.xlsx", letters.XLSX, b"PK")
    owed = replace(_OTHER, lent_on=date(2026, 9, 14), due_on=date(2026, 9, 28))
    home, lender = ("library", "HDU"), ("library", "NSUT")
    told: tuple[tuple[str, str, tuple[str, str], tuple[Loan, ...]], ...] = (
        ("overdue_library", "14", home, (_LONG, owed, unreached, nobody)),
        ("overdue_library", "21", home, (_LONG,)),
        ("overdue_library", "1", home, (nobody,)),
        ("overdue_lender", "final", lender, (_LONG, _LOAN)),
        ("overdue_lender", "final", lender, (_LONG,)),
        ("still_out", "0", lender, (stale, missing)),
        ("still_out", "7", lender, (stale,)),
        ("still_out", "0", lender, (missing,)),
    )
    for policy, step, to, books in told:
        one = _bundle(policy, step, to, *books)
        yield letters.to_library(one, libraries, TODAY, (sheet,) if policy == "still_out" else ())
    for books in ((_LONG, owed), (_LONG,)):
        one = _bundle("overdue_library", "28", home, *books)
        yield letters.to_host(one, libraries["NSUT"], libraries, TODAY)


def _of_discrepancies(libraries: dict[str, Member]) -> Iterator[Letter]:
    def case(kind: str, day: date, *loans: Loan) -> Discrepancy:
        sent = (date(2026, 10, 5), date(2026, 10, 2))
        return Discrepancy(
            kind, loans[0].card, day, "NSUT", "HDU", loans, rests=False, answered_on=sent
        )

    lent = Place("R115-000021", "月報表_南星.xlsx", _LENT, 12)
    issue = Place("R115-000018", "借書證登記簿_虹島.xlsx", "換證紀錄", 31)
    rows = (("NSUT", lent), ("HDU", issue))
    again = replace(_LONG, item="0000124", title="統計學")
    cases: tuple[Discrepancy, ...] = (
        replace(
            case("nobody", _LOAN.lent_on, replace(_LOAN, reader=None)), places=(("NSUT", lent),)
        ),
        replace(case("reissued", date(2026, 9, 21), _LONG, again), places=rows),
        replace(case("card_in", date(2026, 9, 21), _LONG), places=rows),
        replace(case("days", date(2026, 9, 21), _LONG, again), places=rows),
        replace(case("void_card", _LOAN.lent_on, _LOAN), places=rows),
        replace(case("elsewhere", _LOAN.lent_on, _LOAN), places=rows),
        replace(case("over_limit", _LOAN.lent_on, _LOAN), places=(("NSUT", lent),)),
        replace(case("renewed", _LOAN.lent_on, _LOAN), places=(("NSUT", lent),)),
    )
    two = replace(
        case("two_lenders", _OTHER.lent_on, _LONG, _OTHER), lender="TJU", other="NSUT",
        places=(("NSUT", lent), ("TJU", Place("R115-000030", "", _LENT, 7))),
    )  # fmt: skip
    for code in ("NSUT", "HDU"):
        for told in (cases[:2], cases[:1], cases[1:2]):
            yield _contradiction(libraries, code, told)
    for one in (*cases[2:], two):
        for code in one.sides:
            yield _contradiction(libraries, code, (one,))
    yield _contradiction(libraries, "NSUT", (*cases, two))


def _contradiction(
    libraries: dict[str, Member], code: str, told: tuple[Discrepancy, ...]
) -> Letter:
    one = _bundle("discrepancy", "0", ("library", code), *told)
    return letters.of_discrepancy(one, libraries, TODAY)


def _found(
    cell: str,
    code: str,
    severity: Severity,
    heading: str = "",
    sheet: str = _LENT,
    **facts: str,
) -> Finding:
    return Finding(sheet, cell, code, severity, heading, facts)


def _receipts(libraries: dict[str, Member]) -> Iterator[Letter]:
    (usage,) = (form for form in FORMS if form.name == "usage")
    rows = {"借出紀錄": 18, "申請紀錄": 10}
    days = [
        _found(
            f"G{n}",
            "read_as",
            "corrected",
            "借出日",
            read=f"１１５．９．{n}",
            value=f"2026-09-{n:02d}",
        )
        for n in range(5, 22)
    ]
    card = _found("A30", "read_as", "corrected", "借書證號", read="hdu７", value="HDU-07")
    carried = _found(
        "", "carried_row_missing", "warning", card="HDU-12", title=_LONG.title, item=_LONG.item,
        lent="2026-08-31",
    )  # fmt: skip
    kind = _found(
        "E9", "choice_unknown", "warning", "資料類型", read="漫畫", choices="圖書、期刊、其他"
    )
    passed = _found("A24", "row_passed", "passed", read="小計 18 冊")
    many = [replace(days[0], cell=f"G{n}") for n in range(5, 305)]
    changes = {"added": 2, "changed": 1, "gone": 0, "replaces": "R115-000021"}
    member = libraries["HDU"]
    yield arrivals.receipt(
        member, usage, _ARRIVAL, [*days, card, carried, kind, passed], rows, changes, late=True
    )
    yield arrivals.receipt(member, usage, _ARRIVAL, [*many, card], rows, None, late=False)
    interim = {**_ARRIVAL, "month": "2026-10", "interim": True, "message_id": ""}
    yield arrivals.receipt(member, usage, interim, [], rows, None, late=False)
    waived = [
        _found("B12", "missing", "waived", "登錄號"),
        _found("", "row_left_out", "warning", row="12", keys="登錄號"),
    ]
    because = "登錄號貼紙已脫落，已向該館求證"
    yield arrivals.receipt(member, usage, _ARRIVAL, waived, rows, None, late=False, because=because)
    (departures,) = (form for form in FORMS if form.name == "departures")
    listed, told = {**_ARRIVAL, "month": ""}, {"all": 5000, "with_card": 37}
    yield arrivals.receipt(
        member, departures, listed, [], {"異動名單": 5000}, None, late=False, leavers=told
    )


def _troubles(libraries: dict[str, Member]) -> Iterator[Letter]:
    (usage,) = (form for form in FORMS if form.name == "usage")
    errors = [
        _found(
            f"A{n}", "card_no_member", "error", "借書證號", read=f"QQQU-{n:02d}", example="NSUT-07"
        )
        for n in range(5, 12)
    ]
    errors += [
        _found("G14", "date_future", "error", "借出日", read="2026-12-31", received="2026-10-15"),
        _found("C9", "missing_when", "error", "拒絕原因", "申請紀錄", because="結果為拒絕"),
    ]
    member, host = libraries["HDU"], libraries["NSUT"]
    yield arrivals.returned(member, usage, _ARRIVAL, errors, b"PK", standing="R115-000021")
    unknown = {**_ARRIVAL, "month": ""}
    yield arrivals.returned(member, usage, unknown, errors[-1:], b"PK", standing="")
    now = Attachment("usage-HDU-2026-09.xlsx", letters.XLSX, b"PK")
    yield arrivals.returned(member, usage, _ARRIVAL, errors[:1], b"PK", standing="", current=now)
    for zh, en in (REFUSALS["xls"], REFUSALS["foreign"]):
        yield arrivals.refused(host, {**_ARRIVAL, "month": ""}, zh, en)
    for others, large in ((["月報表.pdf", "掃描.docx"], False), ([], False), ([], True)):
        yield arrivals.no_workbook(
            member, "librarian@hdu.example", "9 月月報表", others, TODAY, message_id="", large=large
        )
    yield arrivals.held(host, _ARRIVAL, "會員資料表 membership 1")
    yield arrivals.held(host, _ARRIVAL, "")
    mailed = {**_ARRIVAL, "sender": "someone@ill.example", "library": "虹島示範大學"}
    yield arrivals.held(host, mailed, "月報表", ("寄件網域未通過驗證", "Nothing proves the sender"))
