"""A recall from the lender's workbook to the day on which its sheet shows the book back."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from ill_workflows.app import App, open_app
from ill_workflows.forms import Form
from ill_workflows.forms.cards import CARDS
from ill_workflows.forms.cases import CASES
from ill_workflows.forms.usage import USAGE
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.delivered import Delivered
from ill_workflows.jobs.doors import collect_all
from ill_workflows.jobs.remind import remind
from ill_workflows.store import outbox
from ill_workflows.xlsx.template import write_template
from tests.intake.conftest import office as office  # noqa: PLC0414 - the fixture
from tests.intake.office import Office
from tests.jobs.alliance import clock, found
from tests.jobs.mailing import says, sent
from tests.ledger.rows import day

MAIL = """transport = "smtp"
enabled_for = "*"
authserv_id = "mx.ill.test"
smtp = {{ host = "127.0.0.1", port = {smtp}, tls = "none" }}
[mail.imap]
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{user}"
password_file = "secret"
"""
NAMES = ("示範讀者", "H41000001")
LOAN = {
    "card": "HDU-07", "item": "0000123", "title": "食品化學", "material": "圖書",
    "lent_on": day("9-08"),
}  # fmt: skip
ISSUE = {
    "card": "HDU-07", "patron": "H41000001", "name": "示範讀者", "status": "學生",
    "deposit": "學生證", "issued_on": day("9-05"), "destination": "TMUT",
}  # fmt: skip
RECALL = {
    "card": "HDU-07", "item": "0000123", "reason": "教師指定參考書", "needed_by": day("10-20"),
    "opened_on": day("10-03"),
}  # fmt: skip


class Alliance:
    """TMUT lends, HDU is at home, NSUT is the host; all of them have mailboxes on real servers."""

    def __init__(self, office: Office, home: Path) -> None:
        assert office.pair is not None
        self.office = office
        told = MAIL.format(smtp=office.pair.smtp.port, imap=office.server.port, user=office.user)
        (home / "secret").write_text("secret", encoding="utf-8")
        app = found(home, mail=told)
        config = (home / "config.toml").read_text(encoding="utf-8")
        config = config.replace("ill-", f"{office.user}-")
        hdu, head = self.address("hdu"), self.address("head")
        heads = f'emails = {{ contact = ["{hdu}"], head = ["{head}"] }}'
        config = config.replace(f'email = "{hdu}"', heads)
        (home / "config.toml").write_text(config, encoding="utf-8")
        self.app: App = open_app(app.home)

    def address(self, who: str) -> str:
        return f"{self.office.user}-{who}@ill.test"

    def book(self, form: Form, library: str, month: str, /, **rows: Any) -> bytes:
        kind = rows.pop("kind", "")
        return write_template(
            form, members=self.app.members, library=self.app.members[library], month=month,
            rows=rows, cover={"filled_by": "示範館員", **({"kind": kind} if kind else {})},
        )  # fmt: skip

    def mails_in(self, library: str, data: bytes, subject: str) -> None:
        mail = sent(
            data, top=says("dmarc=pass"), name="表單.xlsx", subject=subject,
            sender=self.address(library.lower()),
        )  # fmt: skip
        self.office.put(mail)

    def runs(self, today: str, hour: int = 9, *, reminds: bool = True) -> Delivered:
        """What the service does on a day: take in, write, send."""
        now = clock(today, hour)
        collect_all(self.app, now, lambda: None)
        if reminds:
            remind(self.app, now)
        return deliver(self.app, now)

    def box(self, who: str) -> list[tuple[str, str, str]]:
        """What lies in somebody's mailbox: policy, step, every word of it."""
        with self.office.server.looking(f"{self.office.user}-{who}") as box:
            mails = [bytes(mail.obj) for mail in box.fetch(mark_seen=False)]
        return [words(mail) for mail in mails]

    def got(self, who: str) -> list[tuple[str, str]]:
        """Policy and step of what came, receipts left out, in order."""
        return [(p, step) for p, step, _ in self.box(who) if p != "receipt"]


def words(raw: bytes) -> tuple[str, str, str]:
    mail = message_from_bytes(raw, policy=policy.default)
    parts = [p.get_content() for p in mail.walk() if p.get_content_maintype() == "text"]
    said = "\n".join([*map(str, mail.values()), *parts, raw.decode("latin-1")])
    return str(mail["X-ILL-Policy"]), str(mail["X-ILL-Step"]), said


@pytest.fixture
def alliance(office: Office, tmp_path: Path) -> Alliance:
    one = Alliance(office, tmp_path)
    issue = {**ISSUE, "email": one.address("reader")}
    stock = [{"card": f"HDU-{n:02d}", "state": "正常"} for n in range(1, 51)]
    register = one.book(CARDS, "HDU", "2025-09", cards_issues=[issue], cards_stock=stock)
    one.mails_in("HDU", register, "register")
    one.mails_in("TMUT", one.book(USAGE, "TMUT", "2025-09", usage_loans=[LOAN]), "september")
    one.runs("10-02", reminds=False)
    return one


def arrived(alliance: Alliance, who: str, count: int) -> list[tuple[str, str]]:
    """What has come to somebody once so many letters are there besides receipts."""
    receipts = {"tmut": 2, "hdu": 1}.get(who, 0)
    assert alliance.office.pair is not None
    alliance.office.pair.wait_for(f"{alliance.office.user}-{who}", count + receipts)
    return alliance.got(who)


@pytest.mark.tool("dovecot")
def test_a_recall_is_chased_from_the_first_hour_until_a_sheet_shows_the_book_back(
    alliance: Alliance,
) -> None:
    recall = alliance.book(CASES, "TMUT", "2025-10", cases_recalls=[RECALL])
    alliance.mails_in("TMUT", recall, "recall")
    alliance.runs("10-04", 14, reminds=False)  # a Saturday, the host is closed
    assert arrived(alliance, "hdu", 1) == arrived(alliance, "reader", 1) == [("recall", "0")]
    alliance.runs("10-04", 15)
    alliance.runs("10-05", 15)
    assert len(alliance.got("hdu")) == len(alliance.got("reader")) == 1
    assert alliance.got("tmut") == []

    for today in ("10-07", "10-08", "10-09"):  # the 6th is a holiday
        alliance.runs(today)
    daily = [("recall", str(n)) for n in range(4)]
    assert arrived(alliance, "hdu", 4) == arrived(alliance, "reader", 4) == daily
    assert arrived(alliance, "tmut", 1) == [("recall_lender", "0")]
    assert arrived(alliance, "nsut", 1) == [("recall", "3")]
    for today in ("10-13", "10-14", "10-15", "10-16"):
        alliance.runs(today)
        alliance.runs(today, 16)
    assert arrived(alliance, "hdu", 8)[-1] == arrived(alliance, "head", 1)[0] == ("recall", "7")

    back = {**LOAN, "returned_on": day("10-16")}
    sheet = alliance.book(USAGE, "TMUT", "2025-10", usage_loans=[back], kind="期中更新")
    alliance.mails_in("TMUT", sheet, "interim")
    for today in ("10-17", "10-20", "10-21"):
        alliance.runs(today)
    assert alliance.got("tmut")[-1] == ("recall_lender", "back")
    assert len(alliance.got("hdu")) == len(alliance.got("reader")) == 8
    assert not {p for who in ("hdu", "reader") for p, _ in alliance.got(who)} - {"recall"}

    mine = (*NAMES, alliance.address("reader"))
    for policy_name, step, said in [*alliance.box("tmut"), *alliance.box("nsut")]:
        assert not [name for name in mine if name in said], (policy_name, step)
    for _, _, said in alliance.box("hdu")[1:]:
        assert all(name in said for name in mine)
    assert all("教師指定參考書" in said for _, _, said in alliance.box("reader"))


def rows(app: App, **wanted: str) -> list[dict[str, Any]]:
    with app.engine.connect() as connection:
        letters = outbox.listing(connection)
    return [row for row in letters if all(row[name] == value for name, value in wanted.items())]


@pytest.mark.tool("dovecot")
def test_a_book_that_comes_back_before_a_daily_letter_has_left_takes_it_back(
    alliance: Alliance,
) -> None:
    app = alliance.app
    recall = alliance.book(CASES, "TMUT", "2025-10", cases_recalls=[RECALL])
    alliance.mails_in("TMUT", recall, "recall")
    alliance.runs("10-07")
    remind(app, clock("10-08"))
    back: dict[str, date | str] = {**RECALL, "returned_on": day("10-08")}
    again = alliance.book(CASES, "TMUT", "2025-10", cases_recalls=[back])
    alliance.mails_in("TMUT", again, "back")
    alliance.runs("10-08", 11)
    daily = [row["state"] for row in rows(app, policy="recall", step="1")]
    assert daily == ["withdrawn", "withdrawn"]
    assert [row["step"] for row in rows(app, policy="recall_lender", state="sent")] == ["0", "back"]
