"""Claims and contradictions, told by workbooks that come by mail and written to real mailboxes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ill_workflows.app import App
from ill_workflows.forms import CARDS, USAGE, Form
from ill_workflows.forms.cases import CASES
from ill_workflows.jobs import post_office
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.xlsx.template import write_template
from tests.cli.command import ill
from tests.forms.filled import saved, type_on_cover
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.office import Office
from tests.jobs.alliance import clock, found, letters, reminded
from tests.jobs.mailing import sent
from tests.jobs.test_doubts import MAIL
from tests.ledger.rows import day

NAME, NUMBER, ADDRESS = "示範讀者", "B11012345", "b11012345@ill.test"
NEXT, NEXT_NUMBER = "虛構讀者", "B11099999"
LOAN = {
    "card": "HDU-07", "item": "0000123", "title": "食品化學", "material": "圖書",
    "lent_on": day("9-08"), "published": 2015,
}  # fmt: skip
ISSUE = {
    "card": "HDU-07", "patron": NUMBER, "name": NAME, "status": "學生", "email": ADDRESS,
    "deposit": "學生證", "issued_on": day("9-05"), "destination": "NSUT",
}  # fmt: skip
CLAIM = {
    "claim_no": "A-1", "card": "HDU-07", "item": "0000123", "kind": "遺失賠償", "amount": 450,
    "action": "未結", "opened_on": day("10-03"),
}  # fmt: skip
STOCK = [{"card": f"HDU-{n:02d}", "state": "正常"} for n in range(1, 51)]
NSUT, HDU, TMUT = (f"ill-{code}@ill.test" for code in ("nsut", "hdu", "tmut"))
LOST = "claim/NSUT/HDU-07%2F0000123%2F2025-09-08%2Flost"


class Alliance:
    """Libraries that send workbooks, and what lies in their mailboxes."""

    def __init__(self, app: App, office: Office) -> None:
        self.app, self.office, self.mails = app, office, 0

    def send(self, today: str, library: str, form: Form, month: str, **rows: Any) -> str:
        """A library's workbook by mail; answers what became of it."""
        data = write_template(
            form, members=self.app.members, library=self.app.members[library], month=month,
            rows=rows,
        )  # fmt: skip
        book = load_workbook(io.BytesIO(data))
        type_on_cover(book["封面"], {"填表人": "示範館員"})
        self.mails += 1
        sender = f"ill-{library.lower()}@ill.test"
        name = f"{form.name}-{library}.xlsx"
        self.office.put(sent(saved(book), name=name, sender=sender, subject=f"mail {self.mails}"))
        mailbox = open_mailbox(self.app)
        assert mailbox is not None
        (outcome,) = collect(self.app, mailbox, clock(today))
        return outcome.state

    def run(self, today: str) -> list[tuple[str, str, str]]:
        """A day's letters: policy and step, and to whom; sent."""
        known = {row["id"] for row in letters(self.app)}
        reminded(self.app, today)
        deliver(self.app, clock(today))
        return [
            (row["policy"], row["step"], row["to"][0])
            for row in letters(self.app)
            if row["id"] not in known
        ]

    def mailbox(self, address: str) -> list[EmailMessage]:
        """What this alliance has written to somebody, as it lies in the mailbox on the server."""
        ours = {row["message_id"] for row in letters(self.app) if row["state"] == "sent"}
        due = {row["message_id"] for row in letters(self.app) if address in row["to"]} & ours
        assert self.office.pair is not None
        self.office.pair.wait_for(address.partition("@")[0], len(due))
        with self.office.server.looking(address.partition("@")[0]) as box:
            texts = [mail.obj.as_string() for mail in box.fetch(mark_seen=False)]
        read = [message_from_string(text, policy=policy.default) for text in texts]
        kept = [one for one in read if str(one["Message-ID"]).strip() in ours]
        assert {str(one["Message-ID"]).strip() for one in kept} >= due
        return [one for one in kept if isinstance(one, EmailMessage)]


@pytest.fixture
def alliance(office: Office, tmp_path: Path) -> Alliance:
    assert office.pair is not None
    told = MAIL.format(smtp=office.pair.smtp.port, imap=office.server.port, user=office.user)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    return Alliance(found(tmp_path, mail=told), office)


def words(mail: EmailMessage) -> Iterator[str]:
    """All that a letter holds: headers, texts, what is packed into its attachments."""
    yield from (f"{name}: {value}" for name, value in mail.items())
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        yield payload.decode(errors="replace")
        if payload[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(payload)) as packed:
                yield from (
                    packed.read(name).decode(errors="replace") for name in packed.namelist()
                )


def named(mails: list[EmailMessage]) -> set[str]:
    people = {NAME, NUMBER, ADDRESS, NEXT, NEXT_NUMBER}
    return {word for mail in mails for text in words(mail) for word in people if word in text}


def of(mails: list[EmailMessage], policy: str, step: str) -> str:
    """The one letter of a policy and step, all of its words."""
    (one,) = [m for m in mails if (m["X-ILL-Policy"], m["X-ILL-Step"]) == (policy, step)]
    return "\n".join(words(one))


def test_a_lost_book_from_the_claim_to_its_settlement(alliance: Alliance) -> None:
    lost = {**LOAN, "condition": "遺失"}
    assert alliance.send("10-02", "NSUT", USAGE, "2025-09", usage_loans=[lost]) == "accepted"
    register = {"cards_issues": [ISSUE], "cards_stock": STOCK}
    assert alliance.send("10-02", "HDU", CARDS, "2025-09", **register) == "accepted"
    assert alliance.run("10-03") == [("claim", "0", HDU)]
    assert alliance.run("10-13") == []

    assert alliance.send("10-14", "NSUT", CASES, "2025-10", cases_claims=[CLAIM]) == "accepted"
    assert alliance.run("10-15") == []  # one claim a card, item and kind: it was told on the 3rd
    assert alliance.run("10-17") == [("claim", "14", HDU)]
    part = {**CLAIM, "action": "部分繳納", "paid": 200, "acted_on": day("10-25")}
    assert alliance.send("10-27", "NSUT", CASES, "2025-10", cases_claims=[part]) == "accepted"
    assert alliance.run("10-31") == []
    assert alliance.run("11-03") == [("claim", "30", HDU)]
    assert alliance.run("12-02") == []
    assert alliance.run("12-03") == [("claim", "60", HDU), ("claim", "60", NSUT)]
    paid = {**part, "action": "繳清", "paid": 450, "acted_on": day("12-04")}
    assert alliance.send("12-05", "NSUT", CASES, "2025-12", cases_claims=[paid]) == "accepted"
    assert alliance.run("12-08") == []
    assert alliance.run("2026-03-02") == []

    home = alliance.mailbox(HDU)
    first, second, third = (of(home, "claim", step) for step in ("0", "14", "30"))
    assert all(word in first for word in (NAME, NUMBER, LOST, "金額由貸方館另行通知"))
    assert all(word in second for word in (NAME, "claim/NSUT/A-1", "編號 A-1", "450 元"))
    assert "尚欠 250 元（應繳 450 元）" in third
    others = [*alliance.mailbox(NSUT), *alliance.mailbox(TMUT)]
    assert named(others) == set()
    host = of(others, "claim", "60")
    assert "虹島示範大學圖書館的讀者有 1 件罰款或賠償久未結清" in host
    assert "HDU-07" not in host

    assert sums(alliance.app, "HDU", "2025-10") == [("NSUT", 0, 0, 450, 200, 0, 250)]
    assert sums(alliance.app, "HDU", "2025-12") == [("NSUT", 250, 0, 0, 250, 0, 0)]
    listed = lines(alliance.app, "NSUT", "2025-10")
    assert [line[6:9] for line in listed] == [
        ("提出", day("10-02"), 0), ("更正", day("10-14"), 450), ("部分繳納", day("10-25"), -200),
    ]  # fmt: skip


def sums(app: App, code: str, month: str) -> list[tuple[Any, ...]]:
    """What others claim from a library: opening, new, corrected, paid, waived, and what is left."""
    rows = list(book(app, code, month)["往來對帳"].iter_rows(values_only=True))
    start = next(n for n, row in enumerate(rows) if row[0] == "他館向本館請求") + 2
    end = next(n for n, row in enumerate(rows[start:], start) if row[0] == "合計")
    return [
        (row[0], *row[2:7], row[2] + row[3] + row[4] - row[5] - row[6]) for row in rows[start:end]
    ]


def lines(app: App, code: str, month: str) -> list[tuple[Any, ...]]:
    rows = list(book(app, code, month)["逐筆明細"].iter_rows(min_row=2, values_only=True))
    return [
        tuple(c.date() if hasattr(c, "date") else c for c in row)
        for row in rows
        if row[0] in {"他館向本館", "本館向他館"}
    ]


def book(app: App, code: str, month: str) -> Any:
    ran = ill("statement", "--month", month, "--library", code, home=app.home, today="2026-03-02")
    assert ran.code == 0, ran.err
    return load_workbook(app.home / "reports" / f"statement-{code}-{month}.xlsx")


def test_a_letter_about_a_claim_that_is_settled_meanwhile_does_not_leave(
    alliance: Alliance,
) -> None:
    claim = {**CLAIM, "opened_on": day("10-02")}
    assert alliance.send("10-02", "NSUT", CASES, "2025-10", cases_claims=[claim]) == "accepted"
    reminded(alliance.app, "10-03")
    waived = {**claim, "action": "減免", "acted_on": day("10-03")}
    assert alliance.send("10-03", "NSUT", CASES, "2025-10", cases_claims=[waived]) == "accepted"
    deliver(alliance.app, clock("10-03"))
    (letter,) = letters(alliance.app, policy="claim")
    assert letter["state"] == "withdrawn"
    assert alliance.run("10-20") == []
    for about in (post_office.About(card="HDU-07"), post_office.About(item="0000123")):
        assert [one["id"] for one in post_office.listing(alliance.app, about)] == [letter["id"]]
    assert post_office.listing(alliance.app, post_office.About(card="HDU-08")) == []


def test_a_card_that_was_given_out_too_early(alliance: Alliance) -> None:
    assert alliance.send("10-02", "NSUT", USAGE, "2025-09", usage_loans=[LOAN]) == "accepted"
    checked = {"returned_on": day("9-19"), "checked_by": "電話", "checked_on": day("9-19")}
    after = {
        **ISSUE, "patron": NEXT_NUMBER, "name": NEXT, "email": "b2@ill.test",
        "issued_on": day("9-24"),
    }  # fmt: skip
    register = {"cards_issues": [{**ISSUE, **checked}, after], "cards_stock": STOCK}
    assert alliance.send("10-02", "HDU", CARDS, "2025-09", **register) == "accepted"
    told = [one for one in alliance.run("10-03") if one[0] == "discrepancy"]
    assert sorted(told) == [("discrepancy", "0", HDU), ("discrepancy", "0", NSUT)]
    for address in (HDU, NSUT):
        letter = of(alliance.mailbox(address), "discrepancy", "0")
        assert all(
            word in letter
            for word in (
                "discrepancy/reissued/HDU-07/2025-09-24", "借出紀錄第 2 列", "換證紀錄第 3 列",
                "usage-NSUT.xlsx", "cards-HDU.xlsx",
            )
        )  # fmt: skip
        assert NAME not in letter
    back = {**LOAN, "returned_on": day("9-18")}
    assert alliance.send("10-07", "NSUT", USAGE, "2025-09", usage_loans=[back]) == "accepted"
    assert [one for one in alliance.run("10-17") if one[0] == "discrepancy"] == []
    assert named([*alliance.mailbox(NSUT), *alliance.mailbox(TMUT)]) == set()
