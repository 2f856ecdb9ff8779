"""A graduation at HDU: four readers with cards, two without; lenders with mailboxes."""

from __future__ import annotations

import io
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from ill_workflows.app import App, open_app
from ill_workflows.forms import FORMS
from ill_workflows.jobs.collect import collect
from ill_workflows.jobs.deliver import deliver
from ill_workflows.jobs.mailroom import open_mailbox
from ill_workflows.jobs.outcome import Outcome
from ill_workflows.xlsx.template import write_template
from tests.intake.mails import book, instead, mail, text
from tests.intake.office import Office
from tests.jobs.alliance import clock, letters, reminded
from tests.jobs.mailing import says
from tests.ledger.rows import day
from tests.servers.dovecot import Dovecot

CODES = ("NSUT", "HDU", "TMUT", "NSU", "TJU")
CONFIG = """
[alliance]
name = "示範館際合作聯盟"
host = "NSUT"
term = { from = 2025-08-01, to = 2027-07-31 }
[notices.sheet]
enabled = false
[mail]
sender = "館際合作 <SENDER@ill.test>"
transport = "smtp"
enabled_for = "*"
authserv_id = "mx.ill.test"
smtp = { host = "127.0.0.1", port = SMTP, tls = "none" }
imap = { host = "127.0.0.1", port = IMAP, tls = "none", user = "SENDER", password_file = "secret" }
"""
LIBRARY = '[[libraries]]\ncode = "{code}"\nname = "{code}示範大學"\nemail = "{address}"\n'
NAMES = {"H1": "甲示範", "H2": "乙示範", "H3": "丙示範", "H4": "丁示範"}
NEVER = {"X1": "戊從未", "X2": "己從未"}
DESTINATIONS = {"H1": "NSUT", "H2": "TMUT", "H3": "NSU", "H4": "TJU"}
FORM = {form.name: form for form in FORMS}


class Graduation:
    """The alliance, its mailboxes, and what happens day by day."""

    def __init__(self, home: Path, office: Office) -> None:
        assert office.pair is not None
        self.office, self.server = office, office.server
        text = CONFIG.replace("SENDER", office.user)
        text = text.replace("SMTP", str(office.pair.smtp.port))
        text = text.replace("IMAP", str(office.server.port))
        text += "".join(LIBRARY.format(code=code, address=self.address(code)) for code in CODES)
        (home / "inbox").mkdir(parents=True)
        (home / "config.toml").write_text(text, encoding="utf-8")
        (home / "secret").write_text("secret", encoding="utf-8")
        self.app: App = open_app(home)

    def address(self, code: str) -> str:
        """Where a library is written to: a mailbox of this test's own."""
        return f"{code.lower()}-{self.office.user}@ill.test"

    def mails(self, code: str, data: bytes, today: str, name: str = "sheet.xlsx") -> Outcome:
        """A library sends a workbook by mail."""
        heads = instead(
            from_=self.address(code), subject=f"{code} {today}", message_id=f"<{code}{today}@x>"
        )
        whole = mail(text(), book(name, data), heads=heads, top=says("dmarc=pass"))
        self.office.put(whole)
        mailbox = open_mailbox(self.app)
        assert mailbox is not None
        (outcome,) = collect(self.app, mailbox, clock(today))
        return outcome

    def sheet(self, form: str, code: str, month: str = "2025-09", **rows: Any) -> bytes:
        """A filled workbook."""
        member = self.app.members[code]
        return write_template(
            FORM[form], members=self.app.members, library=member, month=month, rows=rows
        )

    def register(self, **changed: dict[str, Any]) -> bytes:
        """HDU's register: each reader held a card in September, which is back and checked."""
        issues = [
            {
                "card": f"HDU-{n:02d}", "patron": patron, "name": name, "status": "學生",
                "email": f"{patron.lower()}-{self.office.user}@ill.test", "deposit": "學生證",
                "issued_on": day("9-08"), "destination": DESTINATIONS[patron],
                "returned_on": day("9-30"), "checked_by": "電話", "checked_on": day("9-30"),
                **changed.get(patron, {}),
            }
            for n, (patron, name) in enumerate(NAMES.items(), start=7)
        ]  # fmt: skip
        stock = [{"card": f"HDU-{n:02d}", "state": "正常"} for n in range(1, 51)]
        return self.sheet("cards", "HDU", cards_issues=issues, cards_stock=stock)

    def lent(self, code: str, card: str, item: str, month: str = "2025-09", **more: Any) -> bytes:
        """A lender's usage sheet with one loan."""
        loan = {
            "card": card, "item": item, "title": f"{code}之書", "material": "圖書",
            "lent_on": day("9-10"), **more,
        }  # fmt: skip
        return self.sheet("usage", code, month, usage_loans=[loan])

    def list_of_leavers(self) -> bytes:
        """As pasted from the registrar: readers who never had a card stand in it too."""
        rows = [
            {
                "patron": patron, "name": name, "status": "學生", "kind": "畢業",
                "leaving_on": day("10-31"),
            }
            for patron, name in {**NAMES, **NEVER}.items()
        ]  # fmt: skip
        return self.sheet("departures", "HDU", "2025-10", departures_leavers=rows)

    def passes(self, today: str) -> list[tuple[str, str, str]]:
        """A day: reminders are written and sent.  Answers (policy, step, to) of what is new."""
        before = {row["id"] for row in letters(self.app)}
        reminded(self.app, today)
        sent = deliver(self.app, clock(today))
        assert not sent.refusals
        assert sent.down is None
        return [
            (row["policy"], row["step"], row["to"][0].partition("-")[0].upper())
            for row in letters(self.app)
            if row["id"] not in before
        ]

    def mailbox(self, code: str) -> list[EmailMessage]:
        """What has come to a library, oldest first."""
        return received(self.server, self.address(code).partition("@")[0])

    def answer_sheet(self, code: str) -> bytes:
        """The clearance sheet that came with the newest letter to a lender."""
        for message in reversed(self.mailbox(code)):
            for part in message.iter_attachments():
                if (part.get_filename() or "").startswith("clearance-"):
                    data = part.get_content()
                    assert isinstance(data, bytes)
                    return data
        raise AssertionError(f"{code} has got no sheet")


def received(server: Dovecot, user: str) -> list[EmailMessage]:
    """The mails in somebody's inbox."""
    with server.looking(user) as box:
        raw = [message.obj.as_bytes() for message in box.fetch(mark_seen=False)]
    read = [message_from_bytes(one, policy=policy.default) for one in raw]
    return [one for one in read if isinstance(one, EmailMessage)]


def answered(data: bytes, answer: str, on: str, **more: Any) -> bytes:
    """The sheet, filled in by a lender as in Excel: every row gets the answer."""
    filled = load_workbook(io.BytesIO(data))
    page = filled["清查清單"]
    places = {str(cell.value).lstrip("*").rstrip("?"): cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        if page.cell(row, places["清查編號"]).value:
            page.cell(row, places["回覆"]).value = answer
            page.cell(row, places["回覆日"]).value = on
            for heading, value in more.items():
                page.cell(row, places[heading]).value = value
    held = io.BytesIO()
    filled.save(held)
    return held.getvalue()
